"""A Parquet file that may come from anybody -> what a statement tells of its rows, or does with them."""

from pathlib import Path
from typing import Any

import duckdb

from extractor.errors import StoreError

ROWS = "read_parquet($file, hive_partitioning = false)"
"""The rows of the file, in a statement."""


def asked(
    connection: duckdb.DuckDBPyConnection, file: Path, query: str, **params: object
) -> list[tuple[Any, ...]]:
    """
    Return what a statement tells: a few rows.

    Raises:
        StoreError: the file is no Parquet, or is spoilt.
    """
    try:
        return connection.execute(query, {"file": _place(file), **params}).fetchall()
    except duckdb.Error as error:
        message = f"{file} cannot be read as Parquet: {str(error).splitlines()[0]}"
        raise StoreError(message) from error


def _place(file: Path) -> str:
    """Return a file's path with nothing in it that is a pattern."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in str(file.resolve()))
