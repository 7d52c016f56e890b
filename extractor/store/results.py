"""What a query gives: rows in memory that hold no lock on the file."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from extractor.errors import QueryError
from extractor.store.connections import interruptible

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

_AT_ONCE = 100
_NOT_IN_PYTHON = frozenset(("INTERVAL", "TIME_NS", "TIMESTAMP_NS"))
"""Types whose values Python would round: they come as text."""
_NUMBER_OF_ERROR = re.compile(r'"errno":"(\d+)"')
COMPRESSION, ROWS_IN_A_GROUP = "zstd", 20_480
"""How Parquet is written: in groups that are small enough for long abstracts, and large enough to be fast."""


class Result:
    """
    The rows of a query: `columns` their names, iterating gives tuples.

    Where `is_cut`, the query has more. It speaks the Arrow C stream protocol, so that polars, pyarrow and
    others take it as it is.
    """

    def __init__(self, memory: duckdb.DuckDBPyConnection, table: str, *, is_cut: bool = False) -> None:
        self._memory = memory
        self._table = table
        self.is_cut = is_cut
        self.columns: tuple[str, ...] = tuple(self._relation().columns)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """
        Iterate over the rows, each a tuple, fetched a hundred at a time; intervals and nanoseconds are text.

        Raises:
            QueryError: there is no memory for them.
        """
        cursor = self._memory.cursor()
        try:
            cursor.execute(f"select {self._exact()} from {self._table}")
            while batch := cursor.fetchmany(_AT_ONCE):
                yield from batch
        except duckdb.OutOfMemoryException as error:
            message = "the rows need more memory to be read than there is; ask for fewer, or for less of each"
            raise QueryError(message) from error

    def __len__(self) -> int:
        """Return the count of rows."""
        return len(self._relation())

    def rows(self) -> list[dict[str, Any]]:
        """Return each row as a dictionary by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self]

    def write_parquet(self, file: Path) -> None:
        """
        Write the rows to a Parquet file, so many in memory at once as a group of its rows has.

        Raises:
            OSError: the file cannot be written.
            QueryError: Parquet has no place for a value.
        """
        # By a database of its own: this one may be kept from files.
        with interruptible(), contextlib.closing(duckdb.connect(config={"threads": "1"})) as other:
            try:
                other.from_arrow(self).write_parquet(
                    str(file), compression=COMPRESSION, row_group_size=ROWS_IN_A_GROUP
                )
            except duckdb.Error as error:
                if number := errno_of(error):
                    raise OSError(number, os.strerror(number)) from error
                raise QueryError(str(error)) from error

    def close(self) -> None:
        """Let go of the rows."""
        self._memory.close()

    def to_arrow(self) -> "pa.Table":
        """Return a pyarrow Table (extra `arrow`)."""
        return self._relation().to_arrow_table()

    def to_pandas(self) -> "pd.DataFrame":
        """Return a pandas DataFrame (extra `pandas`)."""
        return self._relation().df()

    def to_polars(self) -> "pl.DataFrame":
        """Return a polars DataFrame (extra `polars`)."""
        frame: pl.DataFrame = self._relation().pl()
        return frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as an Arrow C stream."""
        return self._relation().__arrow_c_stream__(requested_schema)

    def _exact(self) -> str:
        """Return the columns for Python, that of which it would round as text."""
        quoted = ['"' + name.replace('"', '""') + '"' for name in self.columns]
        kinds = map(str, self._relation().types)
        return ", ".join(
            f"{name}::varchar" if kind in _NOT_IN_PYTHON else name
            for name, kind in zip(quoted, kinds, strict=True)
        )

    def _relation(self) -> duckdb.DuckDBPyRelation:
        return self._memory.table(self._table)


def errno_of(error: duckdb.Error) -> int | None:
    """Return the system's number of what went wrong with a file, where DuckDB tells it."""
    found = _NUMBER_OF_ERROR.search(str(error))
    return int(found[1]) if found else None
