"""JSON lines, an object a paper -> titles and abstracts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractor.errors import SourceError
from extractor.papers import storable


@dataclass(frozen=True, slots=True)
class Line:
    """One object: `given_id` is None where it has none; `abstract` likewise."""

    line: int
    given_id: str | None
    title: str
    abstract: str | None


def read_json_lines(content: str, source: str) -> Iterator[Line]:
    """
    Yield an object a line, with keys `title`, `abstract` and perhaps `id`.

    Raises:
        SourceError: a line is no JSON object.
    """
    for number, text in enumerate(content.split("\n"), start=1):
        if text.strip():
            given = _object(text, f"{source}, line {number}")
            yield Line(
                number,
                _text(given.get("id", given.get("paper_id"))),
                _text(given.get("title")) or "",
                _text(given.get("abstract")),
            )


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"{place}: no JSON ({error}); JSON lines hold one object a line"
        raise SourceError(message) from error
    if not isinstance(given, dict):
        message = f"{place}: a JSON object is needed, with keys title and abstract"
        raise SourceError(message)
    return given


def _text(value: object) -> str | None:
    return None if value is None else " ".join(storable(str(value)).split()) or None
