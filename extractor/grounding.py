"""A record's values -> evidence in title and abstract, and what is to be doubted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from extractor.finding import Evidence, Finder, Match
from extractor.papers import Text
from extractor.quantities import numbers_in
from extractor.records import FieldSpec, Record, Role, fields_of
from extractor.suspecting import suspect_passages

SUSPECT = "suspect text"
"""The doubt about what stands in a passage that speaks to a model, or is hidden from a reader."""

_GROUNDED_ROLES = (Role.NAME, Role.QUOTE, Role.URL)


@dataclass(frozen=True, slots=True)
class GroundedValue:
    """One value of a part: `item` counts within a list; `evidence` is None for labels."""

    field: str
    role: Role
    item: int | None
    value: Any
    evidence: Evidence | None
    doubt: str | None


@dataclass(frozen=True, slots=True)
class GroundedPart:
    """
    One row to be: the record's own single values, an item of a list, or a part.

    `table` is None for the record's own values, `is_item` true where the row is one plain value;
    `found_by` says which provider gave it.
    """

    table: str | None
    position: int
    values: tuple[GroundedValue, ...]
    is_item: bool = False
    found_by: str | None = None

    @property
    def unverified_because(self) -> tuple[str, ...]:
        """Each reason why the row is not verified."""
        return tuple(f"{v.field}: {v.doubt}" for v in self.values if v.doubt)

    @property
    def is_verified(self) -> bool:
        """True where every name, quote, link and number is borne out."""
        return not self.unverified_because


@dataclass(frozen=True, slots=True)
class GroundedRecord:
    """A record whose every value is tied to the text, or marked; its own single values come first."""

    text: Text
    parts: tuple[GroundedPart, ...]


def ground(record: Record, text: Text) -> GroundedRecord:
    """Return the record with evidence for each of its values, and what is to be doubted."""
    return GroundedRecord(text, tuple(_parts(record, Finder(text, suspect_passages(text)))))


def _parts(record: Record, finder: Finder) -> Iterator[GroundedPart]:
    specs = fields_of(type(record))
    single = tuple(spec for spec in specs if spec.role is not Role.PART and not spec.many)
    yield GroundedPart(None, 0, tuple(_grounded_values(record, single, finder)))
    for spec in specs:
        for position, item in enumerate(_items_of(record, spec)):
            values = (
                _grounded_values(item, fields_of(type(item)), finder)
                if isinstance(item, Record)
                else _grounded_values(record, (spec,), finder, only=position)
            )
            yield GroundedPart(spec.name, position, tuple(values), is_item=not isinstance(item, Record))


def _items_of(record: Record, spec: FieldSpec) -> tuple[Any, ...]:
    """Return what makes the rows of a field's own table: nothing where the field is a single value."""
    value = getattr(record, spec.name)
    if spec.many:
        return tuple(item for item in value or () if item is not None)
    return (value,) if spec.role is Role.PART and value is not None else ()


def _grounded_values(
    record: Record, specs: tuple[FieldSpec, ...], finder: Finder, *, only: int | None = None
) -> Iterator[GroundedValue]:
    """Yield the values of some fields of a record; `only` takes that item of each list, as its row."""
    near = _quote_place(record, finder)
    for spec in specs:
        if not spec.many:
            yield _grounded_value(record, spec, getattr(record, spec.name), finder, near)
        elif only is not None:
            yield _grounded_value(record, spec, _items_of(record, spec)[only], finder, near)
        else:
            for item, value in enumerate(_items_of(record, spec)):
                yield replace(_grounded_value(record, spec, value, finder, near), item=item)


def _quote_place(record: Record, finder: Finder) -> Evidence | None:
    for spec in fields_of(type(record)):
        if spec.role is Role.QUOTE and not spec.many:
            evidence = finder.find(getattr(record, spec.name) or "")
            return evidence if evidence.start is not None else None
    return None


def _grounded_value(
    record: Record,
    spec: FieldSpec,
    value: Any,  # noqa: ANN401 - whatever the field holds.
    finder: Finder,
    near: Evidence | None,
) -> GroundedValue:
    evidence, doubt = None, None
    if value is not None and spec.role in _GROUNDED_ROLES:
        evidence = finder.find_url(value) if spec.role is Role.URL else finder.find(value, near)
        doubt = _string_doubt(evidence, finder)
    elif value is not None and spec.of is not None:
        doubt = _number_doubt(value, getattr(record, spec.of) or "", spec.of, finder)
    return GroundedValue(spec.name, spec.role, None, value, evidence, doubt)


def _string_doubt(evidence: Evidence, finder: Finder) -> str | None:
    if finder.is_avoided(evidence):
        return SUSPECT
    if evidence.is_firm:
        return None
    if evidence.match is Match.FUZZY and evidence.field is not None:
        printed = getattr(finder.text, evidence.field)[evidence.start : evidence.end]
        return f"only similar to {printed!r}"
    return "not in the text"


def _number_doubt(value: float, quote: str, of: str, finder: Finder) -> str | None:
    if not any(math.isclose(value, number, rel_tol=1e-9) for number in numbers_in(quote)):
        return f"{value:g} is not in the {of}"
    return SUSPECT if finder.avoided and finder.is_avoided(finder.find(quote)) else None
