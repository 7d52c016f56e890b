"""Rows -> fewer: those of one board, the columns that a reader wants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from extractor.rendering.cells import plain
from extractor.rendering.tables import Held, Rows


@dataclass(frozen=True, slots=True)
class Group(Held):
    """Rows that share the values of some columns, without those columns."""

    shared: tuple[str, ...]


def by_columns(rows: Rows, names: Sequence[str]) -> Iterator[Group]:
    """Yield a group for each run of rows that share the values of the columns in `names`."""
    keys = [rows.columns.index(name) for name in names]
    rest = [index for index in range(len(rows.columns)) if index not in keys]
    columns = tuple(rows.columns[index] for index in rest)
    for shared, group in groupby(rows, key=lambda row: tuple(plain(row[key]) for key in keys)):
        yield Group(columns, tuple(tuple(row[i] for i in rest) for row in group), shared)


def to_be_read(rows: Rows, hidden: Sequence[str] = ()) -> Held:
    """Return the rows without the columns in `hidden`, and without those that are empty in every row."""
    held = tuple(rows)
    shown = [
        index
        for index, name in enumerate(rows.columns)
        if name not in hidden and (not held or any(row[index] not in (None, []) for row in held))
    ]
    columns = tuple(rows.columns[index] for index in shown)
    return Held(columns, tuple(tuple(row[index] for index in shown) for row in held))
