"""A Parquet file, its columns guessed or told -> what is found."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from extractor.errors import SourceError
from extractor.sources.formats.columns import columns_of, found
from extractor.sources.formats.shared_ids import sure_ids
from extractor.sources.shapes import KEEP_ALL, LONGEST, Beginning, FileFormat, Found, Keep, Skipped, short

_NOTHING: Mapping[str, str] = MappingProxyType({})

# What a hostile file could ask for: memory, and code of extensions from the network.
_SAFE: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_BATCH = 64
_BROKEN = (duckdb.Error, OverflowError, ValueError)
_COLUMNS = "from read_parquet($path, hive_partitioning = false) limit 0"
_ROWS = "select columns(lambda name: name in $names) from read_parquet($path, hive_partitioning = false)"


@sure_ids()
def read(path: Path, given: Mapping[str, str] = _NOTHING, keep: Keep = KEEP_ALL) -> Iterator[Found | Skipped]:
    """
    Yield a paper a row, counted from 1; `given` says which column holds which part, the others are guessed.

    Only columns that hold a part, or that `keep` asks for, are read. Where the rest of a file is broken, what
    came before is kept.

    Raises:
        SourceError: it is no Parquet file, or a part or a column is given that there is not.
    """
    place = re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))  # A name is no pattern.
    with contextlib.closing(duckdb.connect(config=_SAFE)) as connection:
        names = _names(connection, path, place)
        columns = columns_of(names, given)
        used = [*(name for those in columns.names.values() for name in those), *keep.names]
        if not columns.are_of_papers:
            advice = "; say which they are: --map title=...,abstract=..."
            yield Skipped(1, "no column of titles or abstracts", short(", ".join(names)), advice)
            return
        for line, row in enumerate(_rows(connection, place, used), start=1):
            if not isinstance(row, dict):
                yield _rest(line, row)
            elif keep(row):
                yield _too_large(line, row) or found(line, row, columns)


def _names(connection: duckdb.DuckDBPyConnection, path: Path, place: str) -> tuple[str, ...]:
    try:
        return tuple(column[0] for column in connection.execute(_COLUMNS, {"path": place}).description or ())
    except duckdb.Error as error:
        message = f"{path} cannot be read as Parquet: {_first_line(error)}"
        raise SourceError(message) from error


def _rows(
    connection: duckdb.DuckDBPyConnection, place: str, used: list[str]
) -> Iterator[dict[str, Any] | Exception]:
    """Yield the rows; where nothing more can be read, why."""
    try:
        result = connection.execute(_ROWS, {"path": place, "names": used})
        names = [column[0] for column in result.description or ()]
        while batch := result.fetchmany(_BATCH):
            yield from (dict(zip(names, row, strict=True)) for row in batch)
    except _BROKEN as error:
        yield error


def _too_large(line: int, row: Mapping[str, Any]) -> Skipped | None:
    for value in row.values():
        if isinstance(value, str | bytes) and len(value) > LONGEST:
            return Skipped(line, f"over {LONGEST >> 20} MiB in one record", short(str(value[:100])))
    return None


def _rest(line: int, error: Exception) -> Skipped:
    return Skipped(line, "the rest of the file cannot be read", _first_line(error))


def _first_line(error: Exception) -> str:
    return short(next(iter(str(error).splitlines()), type(error).__name__))


def _fits(beginning: Beginning) -> bool:
    return beginning.text.startswith("par1")


FORMAT = FileFormat("Parquet", _fits, read, frozenset({"given", "keep"}))
