"""Lines of a gold file -> what should be found in each paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from extractor.errors import GoldError
from extractor.evaluation.forms import GoldLine, given_in, is_blank
from extractor.evaluation.lines import Problem, read_lines
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
    """
    What should be found in papers, for records of one type; `name` is that of the file.

    `passed_over` are keys of the file that the record type does not have.
    """

    name: str
    record_type: type[Record]
    papers: tuple[GoldPaper, ...]
    passed_over: tuple[Problem, ...] = ()


def read_gold(lines: Iterable[str], record_type: type[Record], *, name: str = "the gold file") -> Gold:
    """
    Return the papers of a gold file: JSON lines, or one JSON list.

    Raises:
        GoldError: a line cannot be used; the message names file, line and field.
        SchemaError: the record type has a field that a gold file cannot hold.
    """
    papers: list[GoldPaper] = []
    passed_over: list[Problem] = []
    for read in read_lines(lines, record_type):
        if read.given is None:
            more = f" (and {len(read.problems) - 1} more in this line)" if len(read.problems) > 1 else ""
            message = f"{name}, {read.problems[0]}{more}"
            raise GoldError(message)
        papers.append(_paper(read.given, record_type))
        passed_over.extend(read.problems)
    if not papers:
        message = f"{name} holds no papers"
        raise GoldError(message)
    return Gold(name, record_type, tuple(papers), tuple(passed_over))


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
