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

LONGEST_CELL = 1 << 17
"""Characters of a text in a cell."""

_NOTHING: Mapping[str, str] = MappingProxyType({})

# What a hostile file could ask for: memory, and code of extensions from the network.
_SAFE: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_BATCH = 64
_IS_CUT = "\ufdd0"  # no character, by Unicode
_BROKEN = (duckdb.Error, OverflowError, ValueError)
_COLUMNS = "from read_parquet($path, hive_partitioning = false) limit 0"
_ROWS = "select {} from read_parquet($path, hive_partitioning = false)"
_TEXTS, _OTHERS = "cut(columns(lambda name: name in $texts))", "columns(lambda name: name in $others)"
# Two thousand cells are in memory at once, and a small file can ask for many that are long.
_CUT = f"create temp macro cut(x) as if(length(x) > {LONGEST_CELL}, '{_IS_CUT}' || left(x, 100), x)"


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
        columns = columns_of(tuple(names), given)
        used = [*(name for those in columns.names.values() for name in those), *keep.names]
        if not columns.are_of_papers:
            advice = "; say which they are: --map title=...,abstract=..."
            yield Skipped(1, "no column of titles or abstracts", short(", ".join(names)), advice)
            return
        for line, row in enumerate(_rows(connection, place, names, used), start=1):
            if not isinstance(row, dict):
                yield _rest(line, row)
            elif keep(row):
                yield _too_large(line, row) or found(line, row, columns)


def _names(connection: duckdb.DuckDBPyConnection, path: Path, place: str) -> dict[str, bool]:
    """Return the names of the columns, each with whether texts stand there."""
    try:
        described = connection.execute(_COLUMNS, {"path": place}).description or ()
        return {name: kind == duckdb.sqltypes.VARCHAR for name, kind, *_ in described}
    except duckdb.Error as error:
        message = f"{path} cannot be read as Parquet: {_first_line(error)}"
        raise SourceError(message) from error


def _rows(
    connection: duckdb.DuckDBPyConnection, place: str, are_texts: Mapping[str, bool], used: list[str]
) -> Iterator[dict[str, Any] | Exception]:
    """Yield the rows; where nothing more can be read, why."""
    known = [name for name in used if name in are_texts]
    texts, others = (
        [name for name in known if are_texts[name]],
        [name for name in known if not are_texts[name]],
    )
    asked = {key: those for key, those in (("texts", texts), ("others", others)) if those}
    parts = ", ".join({"texts": _TEXTS, "others": _OTHERS}[key] for key in asked)
    try:
        connection.execute(_CUT)
        result = connection.execute(_ROWS.format(parts), {"path": place} | asked)
        names = [column[0] for column in result.description or ()]
        while batch := result.fetchmany(_BATCH):
            yield from (dict(zip(names, row, strict=True)) for row in batch)
    except _BROKEN as error:
        yield error


def _too_large(line: int, row: Mapping[str, Any]) -> Skipped | None:
    for value in row.values():
        if isinstance(value, str) and value.startswith(_IS_CUT):
            return Skipped(line, f"over {LONGEST_CELL >> 10} Ki characters in one cell", short(value[1:]))
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
