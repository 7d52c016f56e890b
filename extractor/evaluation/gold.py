"""Lines of a gold file -> what should be found in each paper."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from extractor.errors import GoldError
from extractor.evaluation.forms import GoldLine, given_in, is_blank, line_type
from extractor.evaluation.wording import plain_url
from extractor.records import FieldSpec, Record, Role, fields_of


@dataclass(frozen=True, slots=True)
class GoldItem:
    """One value that should be found (may be, where it is optional), in any of the accepted forms."""

    accept: tuple[Any, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class GoldPart:
    """One part that should be found: its fields' values, none where a field should stay empty."""

    values: Mapping[str, tuple[GoldItem, ...]]
    optional: bool = False

    def forms(self, name: str) -> tuple[Any, ...]:
        """Return the accepted forms of a single field, none where it should stay empty."""
        items = self.values[name]
        return items[0].accept if items else ()


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """What should be found in one paper, by field: `items` of values and of lists, `parts` of parts."""

    paper_id: str
    title: str | None
    items: Mapping[str, tuple[GoldItem, ...]]
    parts: Mapping[str, tuple[GoldPart, ...]]


@dataclass(frozen=True, slots=True)
class Gold:
    """What should be found in papers, for records of one type."""

    record_type: type[Record]
    papers: tuple[GoldPaper, ...]


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


def read_gold(lines: Iterable[str], record_type: type[Record], *, name: str = "the gold file") -> Gold:
    """
    Return the papers of a gold file.

    Raises:
        GoldError: a line cannot be used; the message names file, line and field.
        SchemaError: the record type has a field that a gold file cannot hold.
    """
    papers: list[GoldPaper] = []
    for _, read in read_lines(lines, record_type):
        if not isinstance(read, GoldLine):
            more = f" (and {len(read) - 1} more in this line)" if len(read) > 1 else ""
            message = f"{name}, {read[0]}{more}"
            raise GoldError(message)
        papers.append(_paper(read, record_type))
    if not papers:
        message = f"{name} holds no papers"
        raise GoldError(message)
    return Gold(record_type, tuple(papers))


def read_lines(
    lines: Iterable[str], record_type: type[Record]
) -> Iterator[tuple[int, GoldLine | list[Problem]]]:
    """Yield each line that is not blank, with its number: as it was read, or what is wrong with it."""
    first_lines: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        read = _read_line(number, line, record_type)
        if isinstance(read, GoldLine):
            first = first_lines.setdefault(read.id, number)
            if first != number:
                read = [Problem(number, "id", f"{read.id!r} stands in line {first} too")]
        yield number, read


def _read_line(number: int, line: str, record_type: type[Record]) -> GoldLine | list[Problem]:
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
    except ValueError as error:
        return [Problem(number, "", f"not JSON ({error})")]
    if not isinstance(value, dict):
        return [Problem(number, "", 'no JSON object; a line is {"id": ..., a key for each field}')]
    try:
        return line_type(record_type).model_validate(value)
    except ValidationError as error:
        return [Problem(number, _place(e["loc"]), _what(e)) for e in error.errors()]


def _refuse_constant(name: str) -> None:
    message = f"{name} is no number"
    raise ValueError(message)


def _place(loc: tuple[int | str, ...]) -> str:
    """Return the place of an error as one would write it in Python; forms are their field's own matter."""
    if "accept" in loc:
        loc = loc[: loc.index("accept")]
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")


def _what(error: ErrorDetails) -> str:
    if plain := _PLAIN.get(error["type"]):
        return plain
    what, given = error["msg"].removeprefix("Value error, "), error["input"]
    return f"{what}, not {given!r}" if isinstance(given, str | int | float) else what


_PLAIN = {
    "extra_forbidden": "there is no such field",
    "missing": "missing",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


def _paper(line: GoldLine, record_type: type[Record]) -> GoldPaper:
    specs = fields_of(record_type)
    return GoldPaper(
        paper_id=line.id,
        title=line.title,
        items={spec.name: _items(spec, line) for spec in specs if spec.part is None},
        parts={spec.name: _parts(spec, spec.part, line) for spec in specs if spec.part is not None},
    )


def _items(spec: FieldSpec, holder: BaseModel) -> tuple[GoldItem, ...]:
    items = (GoldItem(_compared(spec, form.accept), form.optional) for form in given_in(spec, holder))
    return tuple(item for item in items if item.accept)


def _compared(spec: FieldSpec, forms: tuple[Any, ...]) -> tuple[Any, ...]:
    if spec.role is not Role.URL:
        return forms
    urls = (plain_url(form) for form in forms)
    return tuple(url for url in urls if url)


def _parts(spec: FieldSpec, record_type: type[Record], line: GoldLine) -> tuple[GoldPart, ...]:
    return tuple(
        GoldPart({inner.name: _items(inner, part) for inner in fields_of(record_type)}, part.optional)
        for part in given_in(spec, line)
        if not is_blank(part, record_type)
    )
