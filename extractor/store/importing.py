"""
A Parquet file a table -> the rows of a database, all or nothing.

The files may come from anybody: their names, columns and types must be those of a database of this schema.
Nothing that they hold is run: tables and views are made by the schema that is given, and what schemas are
loaded by is taken from it, not from the files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extractor.catalog import Schema
from extractor.errors import StoreError
from extractor.rows import PREFIX, tables_of
from extractor.store.definitions import define, is_defined
from extractor.store.given import ROWS, asked
from extractor.store.meanings import Columns, added_later, base_tables, meanings
from extractor.store.referring import refuse_dangling

_KEYS = {
    "papers": "paper_id",
    "paper_ids": "alias",
    "texts": "text_id",
    "runs": "run_id",
    "responses": "fingerprint",
    "extractions": "extraction_id",
}
_DERIVED = ("names", "metric_directions", "name_lists")
_SINGLE = tuple(table for table in _KEYS if table != "extractions")  # One answer may be checked twice.
_TYPES = frozenset(kind + many for kind in ("VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN") for many in ("", "[]"))
_SAFE = {
    "memory_limit": "2GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": True,
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows each table's file has; `is_beside_others` where the database had papers before."""

    rows: dict[str, int]
    is_beside_others: bool


def load_tables(connection: duckdb.DuckDBPyConnection, schema: Schema, files: Mapping[str, Path]) -> Loaded:
    """
    Insert the rows of each table's file, in their order.

    Raises:
        StoreError: a file is no table of this schema, has rows that the database has already, or rows that
            belong to none.
        SchemaError: the database belongs to another schema.
    """
    for setting, value in _SAFE.items():
        connection.execute(f"set {setting} = ?", [value])
    columns = {table: _columns(connection, table, file) for table, file in files.items()}
    _refuse_other_schema(connection, schema, files)
    _make_tables(connection, schema, columns, files)
    is_beside_others = any(_has_rows(connection, table) for table in _KEYS)
    if is_beside_others:
        _refuse_held(connection, files)
    else:
        _clear(connection)
    rows = {table: _insert(connection, schema, table, columns[table], files[table]) for table in files}
    _refuse_twice(connection, files)
    refuse_dangling(connection, schema, files)
    if not is_defined(connection, schema):
        define(connection, schema)
    return Loaded(rows, is_beside_others)


def _make_tables(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    columns: Mapping[str, Columns],
    files: Mapping[str, Path],
) -> None:
    """Make all tables and views; tables that are new have the columns of their files, in that order."""
    wanted = {
        table.stored_name: {name: kind.upper() for name, kind in table.all_columns}
        for table in tables_of(schema.record_type)
    }
    for table, found in columns.items():
        _refuse_other_types(found, wanted.get(table, found), table, files[table])
        _refuse_odd_times(connection, found, files[table])
        _make(connection, table, found)
        _refuse_other_types(found, _stored(connection, table), table, files[table])
    define(connection, schema)


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete what a database has before any paper is in it."""
    for table in ("schemas", *_DERIVED):
        connection.execute(f'delete from "{table}"')


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f'select 1 from "{table}" limit 1').fetchone() is not None


def _columns(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> Columns:
    """Return the columns of a file, where they can be those of its table."""
    columns = {name: kind for name, kind, *_ in asked(connection, file, f"describe from {ROWS}")}
    if table in base_tables():
        _refuse_columns(_misfits_of_base(table, columns), table, file)
    else:
        _refuse_columns(_misfits_of_record(table, columns), table, file)
    return columns


def _misfits_of_base(table: str, columns: Columns) -> list[str]:
    known = base_tables()[table]
    odd = [f"{name} {kind}" for name, kind in columns.items() if known.get(name) != kind]
    missing = [name for name in known if name not in columns and (table, name) not in added_later()]
    return odd + [f"no {name}" for name in missing]


def _misfits_of_record(table: str, columns: Columns) -> list[str]:
    """Return what no table of a record has: fields that a schema no longer has are taken."""
    if not (table.startswith(PREFIX) and table.isidentifier()):
        return ["its name is none of a database of ours"]
    odd = [
        f"{name} {kind}"
        for name, kind in columns.items()
        if not (name.isidentifier() and (kind in _TYPES or (name, kind) == ("position", "INTEGER")))
    ]
    needed = [column for of, column in meanings() if of == f"{PREFIX}*" and column]
    return odd + [f"no {name}" for name in needed if name not in columns]


def _refuse_columns(misfits: list[str], table: str, file: Path) -> None:
    if misfits:
        message = f"{file} does not hold table {table}: {', '.join(misfits[:5])}"
        raise StoreError(message)


def _refuse_other_schema(
    connection: duckdb.DuckDBPyConnection, schema: Schema, files: Mapping[str, Path]
) -> None:
    if "schemas" not in files:
        message = "the folder has no table schemas, which says what its rows are"
        raise StoreError(message)
    query = f"select name from {ROWS} where name is distinct from $name limit 1"
    for (found,) in asked(connection, files["schemas"], query, name=schema.name):
        message = f"the folder holds schema {found!r}, and not {schema.name!r}; --schema names another"
        raise StoreError(message)


def _make(connection: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> None:
    """Make a table with all that its file has, also what the schema no longer has."""
    named = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f'create table if not exists "{table}" ({named})')
    for name, kind in columns.items():
        connection.execute(f'alter table "{table}" add column if not exists "{name}" {kind}')


def _stored(connection: duckdb.DuckDBPyConnection, table: str) -> Columns:
    found = connection.execute(f'from "{table}" limit 0').description or []
    return {column[0]: str(column[1]) for column in found}


def _refuse_other_types(columns: Columns, wanted: Columns, table: str, file: Path) -> None:
    _refuse_columns(
        [f"{name} {kind}" for name, kind in columns.items() if wanted.get(name, kind) != kind], table, file
    )


def _refuse_odd_times(connection: duckdb.DuckDBPyConnection, columns: Columns, file: Path) -> None:
    """Refuse dates and times that Python has none of: before year 1, after 9999, and infinity."""
    for name in (name for name, kind in columns.items() if kind in ("DATE", "TIMESTAMP")):
        query = f"""
            select "{name}"::varchar from {ROWS}
            where isinf("{name}") or year("{name}") not between 1 and 9999 limit 1
        """
        for (found,) in asked(connection, file, query):
            message = f"{file} holds {name} {found}; dates from year 1 to 9999 are read"
            raise StoreError(message)


def _refuse_held(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> None:
    for table, key in ((table, key) for table, key in _KEYS.items() if table in files):
        query = f'select "{key}" from {ROWS} where "{key}" in (select "{key}" from "{table}") limit 1'
        for (found,) in asked(connection, files[table], query):
            message = f"the database has {table} of the folder already ({found}); --db names another file"
            raise StoreError(message)


def _insert(
    connection: duckdb.DuckDBPyConnection, schema: Schema, table: str, columns: Columns, file: Path
) -> int:
    """Insert the rows of a file, and return how many it has; names are filled anew where there are some."""
    ((count,),) = asked(connection, file, f"select count(*) from {ROWS}")
    if table in _DERIVED and _has_rows(connection, table):
        return int(count)
    chosen = ", ".join(f'"{name}"' for name in columns)
    params: dict[str, object] = {}
    rows = f"select {chosen} from {ROWS}"
    if table == "schemas":
        rows = f"select * replace ($reference as reference) from ({rows})"
        rows += " where version not in (select version from schemas)"
        params["reference"] = schema.reference
    asked(connection, file, f'insert into "{table}" by name {rows}', **params)
    return int(count)


def _refuse_twice(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> None:
    for table in _SINGLE:
        key = _KEYS[table]
        found = connection.execute(
            f'select "{key}" from "{table}" group by "{key}" having count(*) > 1 or "{key}" is null limit 1'
        ).fetchone()
        if found and table in files:
            message = f"{files[table]} holds {key} {found[0]!r} twice or without a value"
            raise StoreError(message)
