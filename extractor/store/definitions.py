"""A schema -> its tables and views in a database."""

import hashlib
import importlib.resources
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb

from extractor.catalog import Schema
from extractor.errors import SchemaError
from extractor.outcomes import VERSION
from extractor.records import FieldSpec, Role, fields_of
from extractor.rows import PREFIX, ROOT, Table, tables_of
from extractor.store.reading import Defined, newest_schema

BASE = (importlib.resources.files("extractor.store") / "base.sql").read_text("utf-8")
MADE_BY = f"{VERSION}+{hashlib.sha256(BASE.encode()).hexdigest()[:8]}"
"""The version of the tables that every database has."""


def define(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """
    Make or complete the tables and views of a schema.

    Raises:
        SchemaError: the database belongs to another schema, or its views are no SQL.
    """
    if _has_tables(connection) and is_defined(connection, schema):
        return
    connection.execute(BASE)
    for table in tables_of(schema.record_type):
        _make_table(connection, table)
    try:
        connection.execute(_views_of(schema))
    except duckdb.Error as error:
        message = f"the views of schema {schema.name} cannot be made: {error}"
        raise SchemaError(message) from error
    _note(connection, schema)


def _has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute("select 1 from duckdb_tables() where table_name = 'schemas'").fetchone()
    return found is not None


def delete_rows(connection: duckdb.DuckDBPyConnection, schema: Schema, extraction_ids: Sequence[str]) -> None:
    """Delete extractions and what is derived with them; their answers stay."""
    tables = [table.stored_name for table in tables_of(schema.record_type)]
    for table in (*tables, "evidence", "extractions"):
        connection.execute(
            f'delete from "{table}" where extraction_id in (select unnest(?))', [list(extraction_ids)]
        )


def refuse_other(known: Defined | None, schema: Schema) -> None:
    """
    Refuse a schema beside the one that a database holds.

    Raises:
        SchemaError: it is another.
    """
    if known and known.name != schema.name:
        message = (
            f"the database holds schema {known.name!r}; give --db another file for schema {schema.name!r}"
        )
        raise SchemaError(message)


def is_defined(connection: duckdb.DuckDBPyConnection, schema: Schema) -> bool:
    """Tell whether the newest definition in the database is this very one."""
    known = newest_schema(connection)
    refuse_other(known, schema)
    return known is not None and (known.version, known.views, known.made_by) == (
        schema.version,
        _views_of(schema),
        MADE_BY,
    )


def _make_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in table.all_columns)
    connection.execute(f'create table if not exists "{table.stored_name}" ({columns})')
    for name, kind in table.columns:
        connection.execute(f'alter table "{table.stored_name}" add column if not exists "{name}" {kind}')


def _note(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    connection.execute("delete from schemas where version = ?", [schema.version])
    json_schema = json.dumps(schema.record_type.model_json_schema())
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.execute(
        "insert into schemas values (?, ?, ?, ?, ?, ?, ?)",
        [schema.name, schema.version, schema.reference, json_schema, _views_of(schema), MADE_BY, now],
    )


def _views_of(schema: Schema) -> str:
    """Return SQL for all views: what follows from the record, roles included, and the schema's own."""
    return f"{_record_views(schema)}\n{schema.views}"


def _record_views(schema: Schema) -> str:
    """Return SQL for a view a table, with each paper's current rows, and for `records`."""
    tables = tables_of(schema.record_type)
    views = [_current_view(table) for table in tables if table.name != ROOT]
    return "\n".join([*views, _records_view(schema), _names_view(tables)])


def _names_view(tables: Sequence[Table]) -> str:
    """Return SQL for one row a name as it is printed, of every run."""
    selects = [_names_of(table, column, kind) for table in tables for column, kind in table.names]
    selects = selects or [
        "select null::varchar as kind, null::varchar as printed, null::varchar as extraction_id where false"
    ]
    return f"create or replace view printed_names as {' union all '.join(selects)};"


def _names_of(table: Table, column: str, kind: str) -> str:
    is_list = dict(table.columns)[column].endswith("[]")
    printed = f'unnest("{column}")' if is_list else f'"{column}"'
    found = f"select '{kind}' as kind, {printed} as printed, extraction_id from \"{table.stored_name}\""
    return f"select * from ({found}) where printed is not null and printed <> ''"


def _current_view(table: Table) -> str:
    return f"""
        create or replace view "{table.name}" as
        select e.paper_id, e.title, r.*, e.provider, e.model
        from "{table.stored_name}" r join current_extractions e using (extraction_id)
        order by e.title, e.paper_id, r.position;
    """


def _records_view(schema: Schema) -> str:
    """Return SQL for one row a paper, lists nested, what is not verified named in `unverified`."""
    columns = ", ".join(_record_column(spec) for spec in fields_of(schema.record_type))
    tables = tables_of(schema.record_type)
    doubts = " || ".join(_doubts(table) for table in tables)
    return f"""
        create or replace view {ROOT} as
        select e.paper_id as id, e.title, {columns}, {doubts} as unverified, e.provider, e.model
        from current_extractions e
        join "{PREFIX}{ROOT}" r using (extraction_id)
        order by e.title, e.paper_id;
    """


def _record_column(spec: FieldSpec) -> str:
    if not spec.many and spec.role is not Role.PART:
        return f'r."{spec.name}"'
    if spec.part is None:
        item = f'x."{spec.role.value}"'
    else:
        inner = ", ".join(f'"{field.name}" := x."{field.name}"' for field in fields_of(spec.part))
        item = f"struct_pack({inner}, verified := x.verified)"
    return f"""coalesce((
        select list({item} order by x.position) from "{PREFIX}{spec.name}" x
        where x.extraction_id = e.extraction_id
    ), []) as "{spec.name}" """


def _doubts(table: Table) -> str:
    place = "" if table.name == ROOT else f"'{table.name}[' || x.position || '].' || "
    return f"""coalesce((
        select list({place}doubt order by x.position)
        from "{table.stored_name}" x, unnest(x.unverified_because) as d(doubt)
        where x.extraction_id = e.extraction_id
    ), [])"""
