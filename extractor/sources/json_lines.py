"""JSON lines, an object a paper -> titles and abstracts."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from extractor.papers import storable
from extractor.sources.shapes import Skipped, short

LONGEST = 1 << 24
NOT_UTF_8 = "not UTF-8"
_BEGINNING = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One object: `given_id` is None where it has none; `abstract` likewise."""

    line: int
    given_id: str | None
    title: str
    abstract: str | None


def read_json_lines(blocks: Iterable[bytes]) -> Iterator[Line | Skipped]:
    """Yield an object a line, with keys `title`, `abstract` and perhaps `id`; a bad line is passed over."""
    for number, data in enumerate(_lines(blocks), start=1):
        if len(data) > LONGEST:
            yield Skipped(number, f"over {LONGEST >> 20} MiB in one line", _shown(data))
        elif data.strip():
            yield _read(number, data)


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines; of one that is longer than LONGEST only so much as shows that it is."""
    begun = bytearray()
    for block in blocks:
        *ended, rest = block.split(b"\n")
        for piece in ended:
            begun += piece[: LONGEST + 1 - len(begun)]
            yield bytes(begun)
            begun.clear()
        begun += rest[: LONGEST + 1 - len(begun)]
    yield bytes(begun)


def _read(number: int, data: bytes) -> Line | Skipped:
    try:
        given = json.loads(data.decode())
        if isinstance(given, dict):
            return _line(number, given)
    except UnicodeDecodeError:
        return Skipped(number, NOT_UTF_8, _shown(data))
    except json.JSONDecodeError as error:
        return _no_json(number, data, f"{error.msg}, column {error.colno}")
    except (ValueError, RecursionError) as error:
        return _no_json(number, data, str(error))
    return Skipped(number, "a JSON object is needed", _shown(data), ", with keys title and abstract")


def _line(number: int, given: dict[str, Any]) -> Line:
    return Line(
        number,
        _text(given.get("id", given.get("paper_id"))),
        _text(given.get("title")) or "",
        _text(given.get("abstract")),
    )


def _no_json(number: int, data: bytes, problem: str) -> Skipped:
    return Skipped(number, "no JSON", _shown(data), f" ({problem}); JSON lines hold one object a line")


def _text(value: object) -> str | None:
    if value is None:
        return None
    text = str(value)
    if text.isprintable() and "  " not in text:
        return text.strip() or None  # As nearly every text: nothing but blanks would change below.
    return " ".join(storable(text).split()) or None


def _shown(data: bytes) -> str:
    return short(" ".join(data[:_BEGINNING].decode(errors="replace").split()))
