"""The tables that every database has -> their columns, what each means, and what null says there."""

import csv
import importlib.resources
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from extractor.rows import PREFIX
from extractor.store.definitions import BASE

_FILE = importlib.resources.files("extractor.store") / "meanings.csv"
_OF_ALL = PREFIX + "*"
_ADDED = re.compile(r"alter table (\w+) add column if not exists (\w+)")
_COLUMNS = """
    select c.table_name, c.column_name, c.data_type
    from duckdb_columns() c join duckdb_tables() t using (database_name, schema_name, table_name)
    order by c.table_name, c.column_index
"""

Columns = dict[str, str]
"""Names of columns with their SQL types, in order."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a table or column means; `null` is what null says in it, "" where it never is."""

    words: str
    null: str = ""


@cache
def base_tables() -> Mapping[str, Columns]:
    """Return the tables of `base.sql`."""
    tables: dict[str, Columns] = {}
    with duckdb.connect() as connection:
        connection.execute(BASE)
        for table, name, kind in connection.execute(_COLUMNS).fetchall():
            tables.setdefault(table, {})[name] = kind
    return tables


def added_later() -> frozenset[tuple[str, str]]:
    """Return the columns, each with its table, that older databases have not."""
    return frozenset((table, column) for table, column in _ADDED.findall(BASE))


@cache
def meanings() -> Mapping[tuple[str, str], Meaning]:
    """Return what tables (column "") and columns mean; those of every table of a record are of `all_*`."""
    rows = csv.DictReader(io.StringIO(_FILE.read_text("utf-8")))
    return {(row["table"], row["column"]): Meaning(row["meaning"], row["null"]) for row in rows}


def meaning_of(table: str, column: str = "") -> Meaning | None:
    """Return what a table or column means; None for a field of the record."""
    known = meanings()
    return known.get((table, column)) or (known.get((_OF_ALL, column)) if table.startswith(PREFIX) else None)
