"""
What is said <-> a line.

A segment is a header, `{"header": {...}}`, and then claims, `{"claims": [fingerprint, ...]}`, and
outcomes: any object with a `"fingerprint"`, which settles the claim on it. One that says
`"is_answer": false` brought none: another run may ask. A line that is torn or garbage says nothing.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]

_NO_ANSWER = b',"is_answer":false}\n'
_OUTCOME = re.compile(rb'\{"fingerprint":"([ !#-\[\]-~]+)"')


def line_of(said: Entry) -> bytes:
    """Return the line that says this; an outcome's fingerprint comes first, where `outlined` finds it."""
    if "fingerprint" in said:
        said = {"fingerprint": said["fingerprint"], **said}
    if said.get("is_answer") is False:
        said = {**{name: value for name, value in said.items() if name != "is_answer"}, "is_answer": False}
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def said_in(line: bytes) -> Entry | None:
    """Return what a line says, None where that is nothing."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def said_in_file(path: Path) -> Iterator[Entry]:
    """Yield what the lines of a file say, in order."""
    with path.open("rb") as lines:
        yield from filter(None, map(said_in, lines))


def entries_in(path: Path) -> Iterator[Entry]:
    """Yield the outcomes among them."""
    return (said for said in said_in_file(path) if fingerprint_in(said) is not None)


def outlined(line: bytes) -> Entry | None:
    """Return what a line says, of most outcomes the fingerprint alone: reading them in full takes long."""
    outcome = _OUTCOME.match(line)
    if outcome and line.endswith(b"}\n"):
        return {"fingerprint": outcome[1].decode(), "is_answer": not line.endswith(_NO_ANSWER)}
    return said_in(line)


def is_answer(said: Entry) -> bool:
    """Tell whether an outcome is an answer: usable or not, it was paid for."""
    return said.get("is_answer", True) is not False


def fingerprint_in(said: Entry) -> str | None:
    """Return the fingerprint of an outcome, None where something else is said."""
    fingerprint = said.get("fingerprint")
    return fingerprint if isinstance(fingerprint, str) else None


def claims_in(said: Entry) -> list[str]:
    """Return the fingerprints that are claimed."""
    claims = said.get("claims")
    return [claim for claim in claims if isinstance(claim, str)] if isinstance(claims, list) else []
