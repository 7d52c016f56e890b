"""Rows of somebody's files -> an error where they name rows, or places of a text, that are not there."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from extractor.catalog import Schema
from extractor.errors import StoreError
from extractor.finding import Match
from extractor.rows import tables_of
from extractor.store.given import ROWS, asked

_REFERENCES = (
    ("paper_ids", "papers", "paper_id"),
    ("paper_sources", "papers", "paper_id"),
    ("texts", "papers", "paper_id"),
    ("run_papers", "papers", "paper_id"),
    ("run_papers", "runs", "run_id"),
    ("failures", "papers", "paper_id"),
    ("failures", "runs", "run_id"),
    ("extractions", "texts", "text_id"),
    ("extractions", "responses", "fingerprint"),
    ("evidence", "extractions", "extraction_id"),
)


def refuse_dangling(connection: duckdb.DuckDBPyConnection, schema: Schema, files: Mapping[str, Path]) -> None:
    """
    Refuse files, whose rows are in the database by now, that belong to no others.

    Raises:
        StoreError: a row refers to one that neither the files nor the database have, or evidence lies
            beyond its text.
    """
    for table, other, key in _references(schema):
        query = _DANGLING.format(other=other, key=key)
        for (found,) in asked(connection, files[table], query) if table in files else ():
            message = f"{files[table]} has rows of {key} {found!r}, which table {other} does not have"
            raise StoreError(message)
    for found in asked(connection, files["evidence"], _BEYOND) if "evidence" in files else ():
        message = f"{files['evidence']} names a place that is none of its text: {found}"
        raise StoreError(message)


def _references(schema: Schema) -> Iterator[tuple[str, str, str]]:
    """Yield each table with the one it refers to, and by which column; fields of the past may dangle."""
    yield from _REFERENCES
    for table in tables_of(schema.record_type):
        yield table.stored_name, "extractions", "extraction_id"


_MATCHES = ", ".join(f"'{match.value}'" for match in Match)
_DANGLING = f"""
    select given."{{key}}" from {ROWS} given
    where not exists (from "{{other}}" known where known."{{key}}" = given."{{key}}")
    limit 1
"""
_BEYOND = f"""
    select given.extraction_id, given.match, given.text_field, given."start", given."end"
    from {ROWS} given join extractions using (extraction_id) join texts t using (text_id)
    where not coalesce(given.match in ({_MATCHES}), false)
        or (given."start" is not null or given."end" is not null) and not coalesce(
            given.text_field in ('title', 'abstract')
            and given."start" between 0 and given."end"
            and given."end" <= length(if(given.text_field = 'title', t.title, t.abstract)),
            false
        )
    limit 1
"""
