"""What a table is: named columns and rows, and which columns hold numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol


class Rows(Protocol):
    """Named columns, and an iterator of tuples, as often as one is asked for."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        ...

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Iterate over the rows."""
        ...


class Counted(Rows, Protocol):
    """Rows that know how many they are."""

    def __len__(self) -> int:
        """Return the count of rows."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that are in memory."""

    columns: tuple[str, ...]
    tuples: tuple[tuple[Any, ...], ...]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Iterate over the rows."""
        return iter(self.tuples)

    def __len__(self) -> int:
        """Return the count of rows."""
        return len(self.tuples)

    def rows(self) -> list[dict[str, Any]]:
        """Return each row as a dictionary by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.tuples]


def numeric_columns(rows: Rows) -> list[bool]:
    """Return of each column whether it holds numbers alone, one at least."""
    seen = [False] * len(rows.columns)
    fits = [True] * len(rows.columns)
    for row in rows:
        for index, value in enumerate(row):
            if value is not None:
                seen[index] = True
                fits[index] &= is_number(value)
    return [is_seen and is_fit for is_seen, is_fit in zip(seen, fits, strict=True)]


def is_number(value: object) -> bool:
    """Tell whether a value is a number, and no truth value."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
