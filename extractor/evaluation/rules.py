"""
A record type -> what is judged of it, and what counts in the macro mean.

A single value and a list are scored as a list of one and of many. Of parts with numbers those that state
one are scored by themselves and count in the mean; those that state none, and the items of a list whose
primary one is what counts, are scored beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractor.errors import SchemaError
from extractor.records import FieldSpec, Judging, Record, Role, fields_of

NUMBERED, UNNUMBERED = "_numbered", "_unnumbered"
"""Endings of the scores of parts that state a number, and of those that could and do not."""

_KEYS = (Role.NAME, Role.URL, Role.LABEL)


@dataclass(frozen=True, slots=True)
class PartRule:
    """
    What makes two parts of a type the same, and what is then compared.

    They are the same where the first of `numbers` is equal, and each further one that the gold gives, and
    the `quote` agrees. Parts without a quote and numbers are the same where the first of `keys` that the
    gold gives agrees. `nearest` decides between equals; `compared` are the fields of which a share is right.
    """

    judging: Judging
    quote: str | None
    numbers: tuple[str, ...]
    keys: tuple[FieldSpec, ...]
    nearest: tuple[str, ...]
    compared: tuple[FieldSpec, ...]


@cache
def judged_fields(record_type: type[Record]) -> tuple[FieldSpec, ...]:
    """
    Return the fields of a record type that are judged.

    Raises:
        SchemaError: its `judging` names a field that it does not have, or one of another role.
    """
    judging = record_type.judging
    specs = {spec.name: spec for spec in fields_of(record_type)}
    for name, roles in _named(judging):
        if name not in specs or (roles and specs[name].role not in roles):
            kinds = " or ".join(role.value for role in roles)
            what = f"no {kinds} field" if kinds else "no field"
            message = f"{record_type.__name__}.judging: there is {what} {name!r}"
            raise SchemaError(message)
    return tuple(spec for spec in specs.values() if spec.name not in judging.unjudged)


def _named(judging: Judging) -> Iterator[tuple[str, tuple[Role, ...]]]:
    """Yield the fields that are named, each with the roles that it may have (none: any)."""
    yield from ((name, ()) for name in (*judging.primary, *judging.unjudged))
    yield from ((name, (Role.NAME,)) for name in judging.nearest)
    yield from ((name, (Role.NAME,)) for name in (judging.measure,) if name)
    points = judging.points[0] if judging.points else None
    yield from ((name, (Role.LABEL,)) for name in (judging.unit, judging.direction, points) if name)


@cache
def part_rule(record_type: type[Record]) -> PartRule:
    """Return what makes two parts of a type the same."""
    specs = judged_fields(record_type)
    single = [spec for spec in specs if not spec.many]
    quote = next((spec.name for spec in single if spec.role is Role.QUOTE), None)
    numbers = tuple(spec.name for spec in single if spec.role is Role.NUMBER)
    names = tuple(spec.name for spec in single if spec.role is Role.NAME)
    return PartRule(
        judging=record_type.judging,
        quote=quote,
        numbers=numbers,
        keys=tuple(sorted((s for s in single if s.role in _KEYS), key=lambda s: _KEYS.index(s.role))),
        nearest=record_type.judging.nearest or names,
        compared=tuple(spec for spec in specs if spec.name not in (quote, *numbers)),
    )


@cache
def score_names(record_type: type[Record]) -> dict[str, bool]:
    """
    Return the scores of a record type by name, each with whether it counts in the macro mean.

    Raises:
        SchemaError: its `judging` names what it does not have, or two scores have one name.
    """
    scores: dict[str, bool] = {}
    for name, is_counted in _scores(record_type):
        if name in scores:
            message = f"{record_type.__name__}: two scores are named {name!r}; rename a field"
            raise SchemaError(message)
        scores[name] = is_counted
    return scores


def _scores(record_type: type[Record]) -> Iterator[tuple[str, bool]]:
    for spec in judged_fields(record_type):
        primary = record_type.judging.primary.get(spec.name)
        if spec.part is not None and part_rule(spec.part).numbers:
            yield spec.name + NUMBERED, True
            yield spec.name + UNNUMBERED, False
        elif primary is not None:
            yield primary, True
            yield spec.name, False
        else:
            yield spec.name, True
