"""Lines of a gold file, or the items of its JSON list -> each as it was read, and what is wrong with it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from extractor.evaluation.forms import GoldLine, line_type
from extractor.records import Record, fields_of

_UNKNOWN = "extra_forbidden"
_BETWEEN_ITEMS = re.compile(r"[\s,]*")
_PLAIN = {
    _UNKNOWN: "there is no such field",
    "missing": "missing",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of a gold file; `field` is empty where it is the line as such."""

    line: int
    field: str
    what: str

    def __str__(self) -> str:
        """Return place and problem, to be read."""
        where = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{where}: {self.what}"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """
    One line as it was read; `given` is None where it cannot be used.

    Keys that the schema does not have are problems that leave a line usable.
    """

    number: int
    given: GoldLine | None
    problems: tuple[Problem, ...] = ()

    @classmethod
    def refused(cls, number: int, what: str, field: str = "") -> "ReadLine":
        """Return a line that cannot be used, for one reason."""
        return cls(number, None, (Problem(number, field, what),))


def read_lines(lines: Iterable[str], record_type: type[Record]) -> Iterator[ReadLine]:
    """
    Yield each line that is not blank, as it was read.

    Where the first one begins a JSON list, it is the items of that list, with the lines where they begin.
    """
    first_lines: dict[str, int] = {}
    for number, line in _numbered(lines):
        read = _read(number, line, record_type)
        if read.given is not None and read.given.id in first_lines:
            first = first_lines[read.given.id]
            read = ReadLine.refused(number, f"{read.given.id!r} stands in line {first} too", "id")
        if read.given is not None:
            first_lines[read.given.id] = number
        yield read


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    written = [line.rstrip("\n") for line in lines]
    if "".join(written).lstrip().startswith("["):
        yield from _items("\n".join(written))
    else:
        yield from ((number, line) for number, line in enumerate(written, start=1) if line.strip())


def _items(text: str) -> Iterator[tuple[int, str]]:
    """Yield each item of a JSON list with its line; what is no item, and a list without end, as no JSON."""
    decoder, line, at = json.JSONDecoder(), 1, 0
    end = text.index("[") + 1
    while True:
        start = _item_start(text, end)
        line += text.count("\n", at, start)
        if text[start:].rstrip() == "]":
            return
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            yield line, text[start:]
            return
        yield line, text[start:end]
        at = start


def _item_start(text: str, at: int) -> int:
    match = _BETWEEN_ITEMS.match(text, at)
    return match.end() if match else at


def _read(number: int, line: str, record_type: type[Record]) -> ReadLine:
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return ReadLine.refused(number, f"not JSON ({error})")
    if not isinstance(value, dict):
        return ReadLine.refused(number, 'no JSON object; a line is {"id": ..., a key for each field}')
    try:
        return ReadLine(number, line_type(record_type).model_validate(value))
    except ValidationError as error:
        problems = tuple(Problem(number, _place(e["loc"]), _what(e)) for e in error.errors())
        unknown = [e["loc"] for e in error.errors() if e["type"] == _UNKNOWN]
    if len(unknown) < len(problems) or not any(spec.name in value for spec in fields_of(record_type)):
        return ReadLine(number, None, problems)
    for loc in unknown:
        _remove(value, loc)
    return ReadLine(number, line_type(record_type).model_validate(value), problems)


def _remove(value: Any, loc: tuple[int | str, ...]) -> None:  # noqa: ANN401 - JSON.
    for step in loc[:-1]:
        value = value[step]
    del value[loc[-1]]


def _refuse_constant(name: str) -> None:
    message = f"{name} is no number"
    raise ValueError(message)


def _place(loc: tuple[int | str, ...]) -> str:
    """Return the place of an error as one would write it in Python; forms are their field's own matter."""
    if "accept" in loc:
        loc = loc[: loc.index("accept")]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")


def _what(error: Mapping[str, Any]) -> str:
    if plain := _PLAIN.get(error["type"]):
        return plain
    what, given = str(error["msg"]).removeprefix("Value error, "), error["input"]
    return f"{what}, not {given!r}" if isinstance(given, str | int | float) else what
