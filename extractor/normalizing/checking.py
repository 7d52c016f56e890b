"""A user's lists -> what contradicts itself in them, with the lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractor.normalizing.keys import key_of
from extractor.normalizing.rows import DirectionRow, NameRow
from extractor.records import NAME_KINDS, NameKind


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of a list; `line` is None for a row that was not read from a file."""

    line: int | None
    message: str


def check_names(rows: Iterable[NameRow]) -> list[Problem]:
    """
    Return the contradictions of a list of names, in the order of its lines.

    They are: one printed name with two canonical names, a canonical name that is sent on to another, names
    that go in a circle, one canonical name in two spellings.
    """
    given = list(rows)
    problems = [problem for kind in NAME_KINDS for problem in _of_kind(kind, given)]
    return sorted(problems, key=lambda problem: problem.line or 0)


def check_directions(rows: Iterable[DirectionRow]) -> list[Problem]:
    """Return the metrics of a list that are given two directions."""
    first: dict[str, DirectionRow] = {}
    problems = []
    for row in rows:
        known = first.setdefault(key_of("metric", row.metric, {}), row)
        if known.direction != row.direction:
            message = f"{row.metric!r} is {_told(known)} in line {known.line} and {_told(row)} here"
            problems.append(Problem(row.line, message))
    return problems


def _told(row: DirectionRow) -> str:
    return row.direction or "none"


def _of_kind(kind: NameKind, given: list[NameRow]) -> Iterator[Problem]:
    first: dict[str, NameRow] = {}
    spelled: dict[str, NameRow] = {}
    for row in given:
        if row.kind != kind:
            continue
        known = first.setdefault(key_of(kind, row.printed, {}), row)
        if known.canonical != row.canonical:
            message = (
                f"{row.printed!r} is {known.canonical!r} in line {known.line} and {row.canonical!r} here"
            )
            yield Problem(row.line, message)
        same = spelled.setdefault(key_of(kind, row.canonical, {}), row)
        if same.canonical != row.canonical:
            message = f"{row.canonical!r} is spelled {same.canonical!r} in line {same.line}"
            yield Problem(row.line, message)
    yield from _sent_on(kind, first)


def _sent_on(kind: NameKind, first: dict[str, NameRow]) -> Iterator[Problem]:
    """Yield the names that do not arrive at once where they are sent."""
    for key, row in first.items():
        onward = first.get(key_of(kind, row.canonical, {}))
        if (
            onward is None
            or onward is row
            or key_of(kind, onward.canonical, {}) == key_of(kind, row.canonical, {})
        ):
            continue
        if _comes_back(kind, key, first):
            message = f"{row.printed!r} goes in a circle by way of {row.canonical!r} (line {onward.line})"
        else:
            message = (
                f"{row.printed!r} is sent to {row.canonical!r}, which line {onward.line} sends on to "
                f"{onward.canonical!r}: name {onward.canonical!r} in both"
            )
        yield Problem(row.line, message)


def _comes_back(kind: NameKind, start: str, first: dict[str, NameRow]) -> bool:
    seen: set[str] = set()
    key = start
    while key in first and key not in seen:
        seen.add(key)
        key = key_of(kind, first[key].canonical, {})
    return key == start
