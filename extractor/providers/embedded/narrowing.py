"""
A record type, and what of an answer is read beside a partner's -> the record type of that answer.

What a partner knows, and a model does not lead in, is left out of its answer: it would take time and change
nothing. A part in which it leads in some fields alone keeps these, with the quote and the numbers by which
the partner's part is found again; where its quote is about a number, it must have one.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Annotated, Any

from pydantic import create_model

from extractor.providers.embedded.short_form import lead_of, number_of
from extractor.records import FieldSpec, Number, Record, Role, fields_of


def says_of(record_type: type[Record], leads: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """
    Return the fields that an answer is to have, those of a part by themselves as `list.field`.

    `leads` are the fields in which it stands, `known` those of which a partner tells all that there is.
    """
    return tuple(_said(record_type, leads, known))


def _said(record_type: type[Record], leads: Collection[str], known: Collection[str]) -> Iterator[str]:
    for spec in fields_of(record_type):
        if spec.name in leads or spec.name not in known or spec.is_required:
            yield spec.name
        elif spec.part is not None:
            led = _inner(leads, spec.name)
            yield from (f"{spec.name}.{inner.name}" for inner in _said_of_part(spec.part, led))


def _said_of_part(part: type[Record], led: Collection[str]) -> list[FieldSpec]:
    """Return the fields of a part that tell which it is, and those in which the model leads; none without."""
    specs = fields_of(part)
    if not any(spec.name in led for spec in specs):
        return []
    lead = lead_of(part)
    return [
        spec
        for spec in specs
        if spec is lead or spec.role is Role.NUMBER or spec.name in led or spec.is_required
    ]


@cache
def narrowed(record_type: type[Record], says: tuple[str, ...]) -> type[Record]:
    """Return a record type with the fields `says` of another, in its order."""
    given: dict[str, Any] = {}
    for spec in fields_of(record_type):
        info = record_type.model_fields[spec.name]
        inner = _inner(says, spec.name)
        if spec.name in says:
            given[spec.name] = (info.annotation, info)
        elif spec.part is not None and inner:
            part: Any = _narrowed_part(spec.part, inner)
            given[spec.name] = (tuple[part, ...], ()) if spec.many else (part | None, None)
    return _made(record_type, given)


def _inner(names: Collection[str], list_name: str) -> tuple[str, ...]:
    """Return those names that are fields of a list's parts."""
    start = f"{list_name}."
    return tuple(name.removeprefix(start) for name in names if name.startswith(start))


def _narrowed_part(part: type[Record], says: tuple[str, ...]) -> type[Record]:
    given: dict[str, Any] = {}
    for spec in fields_of(part):
        if spec.name in says:
            info = part.model_fields[spec.name]
            is_number = spec is number_of(part)
            given[spec.name] = (
                (Annotated[spec.kind, Number(of=spec.of or "")], ...)
                if is_number
                else (info.annotation, info)
            )
    return _made(part, given)


def _made(original: type[Record], fields: dict[str, Any]) -> type[Record]:
    made: type[Record] = create_model(original.__name__, __base__=Record, **fields)
    made.judging = original.judging
    return made
