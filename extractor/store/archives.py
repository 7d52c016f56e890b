"""All tables of a database -> a Parquet file each."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extractor.errors import StoreError
from extractor.rows import PREFIX
from extractor.store.meanings import Columns, base_tables
from extractor.store.results import COMPRESSION, ROWS_IN_A_GROUP, errno_of

_TABLES = """
    select c.table_name, c.column_name, c.data_type
    from duckdb_columns() c join duckdb_tables() t using (database_name, schema_name, table_name)
    where c.database_name = 'extractor' and c.schema_name = 'main'
    order by c.table_name, c.column_index
"""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table with its columns in order, and how many rows it has."""

    name: str
    columns: Columns
    rows: int


@dataclass(frozen=True, slots=True)
class StoredSchema:
    """A version of the schema that a database was filled with, and its record as JSON schema."""

    name: str
    version: str
    json_schema: str


@dataclass(frozen=True, slots=True)
class Archive:
    """What was written of a database; the newest version of its schema comes last."""

    tables: tuple[StoredTable, ...]
    schemas: tuple[StoredSchema, ...]


def file_of(folder: Path, table: str) -> Path:
    """Return where the rows of a table stand."""
    return folder / f"{table}.parquet"


def copy_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> Archive:
    """Write every table of the extractor's own, rows in the order in which they are stored."""
    # One thread holds one group of rows in memory.
    connection.execute("set threads = 1")
    tables: dict[str, Columns] = {}
    for table, name, kind in connection.execute(_TABLES).fetchall():
        if table in base_tables() or table.startswith(PREFIX):
            tables.setdefault(table, {})[name] = kind
    schemas = connection.execute(
        "select name, version, json_schema from schemas order by added_at"
    ).fetchall()
    if not schemas:
        message = "the database holds no schema; `extractor run` fills it"
        raise StoreError(message)
    return Archive(
        tuple(
            StoredTable(table, columns, _copy(connection, table, file_of(folder, table)))
            for table, columns in tables.items()
        ),
        tuple(StoredSchema(*row) for row in schemas),
    )


def _copy(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> int:
    try:
        copied = connection.execute(f'copy (from "{table}") to {_quoted(file)} ({_HOW})').fetchone()
    except duckdb.IOException as error:
        number = errno_of(error)
        message = f"{file} cannot be written: {os.strerror(number) if number else error}"
        raise StoreError(message) from error
    return int(copied[0]) if copied else 0


_HOW = f"format parquet, compression {COMPRESSION}, row_group_size {ROWS_IN_A_GROUP}"


def _quoted(file: Path) -> str:
    doubled = str(file).replace("'", "''")
    return f"'{doubled}'"


def write_texts(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]], file: Path) -> None:
    """Write a few rows of texts to a Parquet file."""
    with duckdb.connect() as connection:
        named = ", ".join(f'"{column}" varchar' for column in columns)
        connection.execute(f"create table told ({named})")
        places = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into told values ({places})", [list(row) for row in rows])
        connection.execute(f"copy told to {_quoted(file)} ({_HOW})")
