"""
A statement -> the rows that it reads; one of somebody else's is held to limits.

DuckDB takes a WITH that writes a file at the top of a statement, and lets it write to the files of an
attached database even where that is read-only and access to files is off. So a statement is never run as it
stands: it is the source of a table, where DuckDB takes nothing but reading. And no function is taken that
runs another statement, or reaches beyond the database.
"""

import re
from collections.abc import Mapping

import duckdb

from extractor.errors import QueryError
from extractor.store.limits import Limits, watched
from extractor.store.reading import Selection
from extractor.store.results import Result
from extractor.store.spilling import Spill

LONGEST_STATEMENT = 100_000
"""Characters of a statement: DuckDB takes seconds to read one that is longer and nested."""

_RESULT = "memory.main.result"
# Each way to begin differs from the others, and a remark goes to its end: nothing is tried twice.
_BLANK = r"(?:\s|--[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*\*/)"
_EXPLAIN = re.compile(
    rf"{_BLANK}*explain\b(?P<analyze>{_BLANK}+analy[sz]e\b)?(?P<form>{_BLANK}*\(\s*format\s+\w+\s*\))?",
    re.IGNORECASE,
)
_NAMED = "select distinct lower(atom ->> '$') from json_tree(?::json) where key = 'function_name'"
_GIVE_TABLES = """
    select function_name from duckdb_functions() where function_type = 'table' and internal
    except
    select function_name from duckdb_functions() where function_type in ('scalar', 'aggregate', 'macro')
"""
_WITHIN = frozenset(
    (
        "duckdb_columns",
        "duckdb_constraints",
        "duckdb_databases",
        "duckdb_functions",
        "duckdb_indexes",
        "duckdb_keywords",
        "duckdb_schemas",
        "duckdb_settings",
        "duckdb_tables",
        "duckdb_types",
        "duckdb_variables",
        "duckdb_views",
        "json_each",
        "json_tree",
        "pragma_database_size",
        "pragma_show",
        "pragma_storage_info",
        "pragma_table_info",
        "pragma_version",
        "query_table",
        "repeat_row",
        "summary",
        "test_all_types",
        "unnest",
    )
)
"""Functions that give a table of what is in the database, or in their arguments; any other is refused."""
_IDLE = frozenset(("sleep_ms", "write_log"))


def run_query(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    params: Mapping[str, object],
    selection: Selection,
    limits: Limits | None,
    spill: Spill | None = None,
) -> Result:
    """
    Run one statement that reads, and keep its rows in memory.

    Without `limits` it is one of ours; with `spill` what does not fit into memory is put aside on disk.

    Raises:
        QueryError: it is no single statement that reads, goes beyond its limits, or DuckDB refuses it.
    """
    try:
        _select(connection, selection)
        if limits is None:
            if spill is not None:
                spill.set_on(connection)
            return _kept(connection, _reading_of(connection, sql), params)
        limits.set_on(connection)
        with watched(connection, limits):
            return _of_somebody(connection, sql, limits)
    except duckdb.Error as error:
        raise QueryError(limits.told(error) if limits else str(error)) from error


def _of_somebody(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> Result:
    if len(sql) > LONGEST_STATEMENT:
        message = f"the statement has {len(sql):,} characters; {LONGEST_STATEMENT:,} are read at most"
        raise QueryError(message)
    explained = _EXPLAIN.match(sql)
    query = _reading_of(connection, sql[explained.end() :] if explained else sql)
    _refuse_functions(connection, query)
    if explained is None:
        return _kept(connection, query, {}, limits.rows)
    asked = f"explain {explained['analyze'] or ''} {explained['form'] or ''} from (\n{query}\n)"
    return _plan(connection, connection.execute(asked).fetchall())


def _kept(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    params: Mapping[str, object],
    rows: int | None = None,
) -> Result:
    """Keep the rows of a query, the first so many; one more tells that there are more."""
    limit = "" if rows is None else f" limit {rows + 1}"
    connection.execute(f"create table {_RESULT} as from (\n{query}\n){limit}", dict(params) or None)
    if rows is None:
        return Result(connection, _RESULT)
    cut = connection.execute(f"delete from {_RESULT} where rowid >= {rows} returning 1").fetchall()
    return Result(connection, _RESULT, is_cut=bool(cut))


def _plan(connection: duckdb.DuckDBPyConnection, told: list[tuple[str, str]]) -> Result:
    """Keep a plan, a row a line of it."""
    connection.execute(f"create table {_RESULT} (kind varchar, plan varchar)")
    lines = [(kind, line) for kind, plan in told for line in plan.splitlines()]
    connection.executemany(f"insert into {_RESULT} values (?, ?)", lines)
    return Result(connection, _RESULT)


def _reading_of(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Return the one statement that a text holds, where DuckDB's parser says that it reads."""
    statements = connection.extract_statements(sql)
    types = [statement.type for statement in statements]
    if types == [duckdb.StatementType.MULTI]:
        message = (
            "a PIVOT must name its values: `pivot claims on metric in ('FID', 'WER') using max(value)`; "
            "`extractor compare --pivot` finds them itself"
        )
        raise QueryError(message)
    if types != [duckdb.StatementType.SELECT]:
        message = "one statement that reads is taken: SELECT, FROM, WITH, DESCRIBE, SHOW or EXPLAIN"
        raise QueryError(message)
    return statements[0].query.rstrip().rstrip(";")


def _refuse_functions(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse what reads or writes beyond the database, runs another statement, or only waits."""
    parsed = str(connection.execute("select json_serialize_sql(?::varchar)", [query]).fetchall()[0][0])
    if not parsed.startswith('{"error":false,'):
        message = "DuckDB does not tell which functions the statement calls, and so it is not run"
        raise QueryError(message)
    named = {row[0] for row in connection.execute(_NAMED, [parsed]).fetchall()}
    beyond = {row[0] for row in connection.execute(_GIVE_TABLES).fetchall()} - _WITHIN
    refused = sorted(named & (beyond | _IDLE))
    if refused:
        message = f"{', '.join(refused)}: not taken; a statement reads the rows of this database and no more"
        raise QueryError(message)


def _select(connection: duckdb.DuckDBPyConnection, selection: Selection) -> None:
    connection.execute("set variable run_id = ?", [selection.run_id])
    connection.execute("set variable model = ?", [selection.model])
