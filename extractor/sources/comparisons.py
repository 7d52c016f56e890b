"""A name and what it is compared with -> what tells of a record whether that holds, or cannot be told."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Value = str | float | bool | None
Test = Callable[[Mapping[str, Any]], bool | None]

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "<>": lambda one, other: bool(one != other),
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
}


class Field:
    """A name: gives its value in a record, that of "paper.title" in the object `paper`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_there = False

    def __call__(self, record: Mapping[str, Any]) -> Value:
        """Return the value, a list or object as a text; None where there is none."""
        if self.name in record:
            self.is_there = True
            value = record[self.name]
            return value if isinstance(value, str) else _plain(value)
        outer, dot, inner = self.name.partition(".")
        while dot and isinstance(within := record.get(outer), Mapping):
            if inner in within:
                self.is_there = True
                return _plain(within[inner])
            record, (outer, dot, inner) = within, inner.partition(".")
        return None


def _plain(value: object) -> Value:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(map(str, value))
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
    )


def all_of(tests: Sequence[Test]) -> Test:
    """Return what holds where all hold."""

    def test(record: Mapping[str, Any]) -> bool | None:
        holds: bool | None = True
        for one in tests:
            result = one(record)
            if result is False:
                return False
            holds = holds if result else None
        return holds

    return test


def any_of(tests: Sequence[Test]) -> Test:
    """Return what holds where one holds."""

    def test(record: Mapping[str, Any]) -> bool | None:
        holds: bool | None = False
        for one in tests:
            result = one(record)
            if result:
                return True
            holds = None if result is None else holds
        return holds

    return test


def negated(inner: Test) -> Test:
    """Return what holds where another does not."""

    def test(record: Mapping[str, Any]) -> bool | None:
        result = inner(record)
        return None if result is None else not result

    return test


def compared(field: Field, sign: str, wanted: Value) -> Test:
    """Return what compares a value by one of COMPARED: with a number as numbers, with a text as texts."""
    compare = COMPARED[sign]

    def test(record: Mapping[str, Any]) -> bool | None:
        value = field(record)
        if value is None:
            return None
        if isinstance(wanted, str):
            return compare(value if isinstance(value, str) else f"{value:g}", wanted)
        if isinstance(wanted, bool):
            return compare(str(value).lower(), str(wanted).lower())
        number = _number(value)
        return None if number is None else compare(number, wanted)

    return test


def _number(value: Value) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def like(field: Field, pattern: str, *, is_exact: bool) -> Test:
    """Return what compares with a pattern in which % is any text and _ any character."""
    inner = pattern.strip("%")
    if is_exact and pattern == f"%{inner}%" and "%" not in inner and "_" not in inner:

        def holds(record: Mapping[str, Any]) -> bool | None:  # As most patterns are, several times as fast.
            value = field(record)
            return None if value is None else inner in str(value)

        return holds
    parts = ({"%": ".*?", "_": "."}.get(part, re.escape(part)) for part in re.split("([%_])", pattern))
    matches = re.compile("".join(parts), re.DOTALL if is_exact else re.DOTALL | re.IGNORECASE).fullmatch

    def fits(record: Mapping[str, Any]) -> bool | None:
        value = field(record)
        return None if value is None else bool(matches(str(value)))

    return fits
