"""Outcomes -> rows of a database, each answer's once."""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
from pydantic import TypeAdapter

from extractor.normalizing import NameTable
from extractor.outcomes import VERSION, Extraction, Failure, Outcome
from extractor.papers import Paper
from extractor.rows import Row, Table, rows_of
from extractor.sources import Again
from extractor.store.names import PrintedNames, add_names, names_in
from extractor.store.papers import enriched, key_of, known_papers, new_sources, paper_rows, stored_ids

Rows = dict[str, list[Row]]

_AGAIN_AT_ONCE = 2_000
_AS_JSON = TypeAdapter(list[Row])
"""Writes JSON several times as fast as the standard library, with the interpreter's lock held as shortly."""


def write_outcomes(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    outcomes: Sequence[Outcome],
    tables: Sequence[Table],
    lists: NameTable,
) -> None:
    """Write what became of papers; what is there already is not written again."""
    papers = [outcome.paper for outcome in outcomes]
    ids = stored_ids(connection, papers)
    extractions = [outcome for outcome in outcomes if isinstance(outcome, Extraction)]
    known = _known(connection, "extractions", "extraction_id", {x.extraction_id for x in extractions})
    fresh = {x.extraction_id: x for x in extractions if x.extraction_id not in known}
    rows: Rows = {}
    _add(rows, _run_rows(run_id, _unwritten(connection, run_id, outcomes, ids), ids))
    printed: list[PrintedNames] = []
    for extraction in fresh.values():
        derived = rows_of(extraction)
        _add(rows, _answer_rows(extraction))
        _add(rows, derived)
        printed.append(PrintedNames(names_in(tables, derived), extraction.paper.text))
    rows["responses"] = _unknown(connection, "responses", "fingerprint", rows.get("responses", []))
    _write_papers(connection, papers, ids)
    insert_rows(connection, rows)
    add_names(connection, printed, lists)


def write_again(connection: duckdb.DuckDBPyConnection, again: Again) -> None:
    """Take in what another place tells of papers that are stored; leave those that are not stored yet."""
    waiting = again.waiting()
    while papers := list(itertools.islice(waiting, _AGAIN_AT_ONCE)):
        known = known_papers(connection, papers)
        _write_papers(connection, known, stored_ids(connection, known))
        done = set(map(id, known))
        for paper in papers:
            if id(paper) not in done:
                again.leave(paper)


def _write_papers(
    connection: duckdb.DuckDBPyConnection, papers: Sequence[Paper], ids: Mapping[str, str]
) -> None:
    rows = paper_rows(papers, ids)
    rows["papers"] = enriched(connection, rows["papers"])
    rows["paper_sources"] = new_sources(connection, rows["paper_sources"])
    for table, key in (("paper_ids", "alias"), ("texts", "text_id")):
        rows[table] = _unknown(connection, table, key, rows[table])
    insert_rows(connection, rows)


def _unwritten(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    outcomes: Sequence[Outcome],
    ids: Mapping[str, str],
) -> list[Outcome]:
    """Return the outcomes that this run has not written before: a journal may be read twice."""
    asked = {"run": run_id, "papers": list(ids.values())}
    found = connection.execute(_WRITTEN, asked).fetchall()
    written = {row[0] for row in found}
    return [outcome for outcome in outcomes if _key_of(outcome) not in written]


_WRITTEN = """
    select coalesce(extraction_id, failed.fingerprint)
    from run_papers left join failures failed using (run_id, paper_id)
    where run_id = $run and paper_id in (select unnest($papers))
"""


def _key_of(outcome: Outcome) -> str:
    return outcome.extraction_id if isinstance(outcome, Extraction) else outcome.fingerprint


def write_run(connection: duckdb.DuckDBPyConnection, run: Row) -> None:
    """Write the row of a run anew."""
    connection.execute("delete from runs where run_id = ?", [run["run_id"]])
    insert_rows(connection, {"runs": [run]})


def close_interrupted(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Fill the row of a run that ended without closing it, from the papers that it did."""
    connection.execute(_CLOSE, {"run": run_id})


_CLOSE = """
    update runs
    set status = if(status = 'running', 'interrupted', status),
        extracted = done.extracted, failed = done.failed,
        from_cache = done.from_cache, input_tokens = paid.input_tokens,
        output_tokens = paid.output_tokens, cached_tokens = paid.cached_tokens, cost = paid.cost
    from (
        select
            count(*) filter (outcome = 'extracted') as extracted,
            count(*) filter (outcome = 'failed') as failed,
            count(*) filter (from_cache) as from_cache
        from run_papers where run_id = $run
    ) as done, (
        select
            sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
            sum(cached_tokens) as cached_tokens, sum(cost) as cost
        from (
            select input_tokens, output_tokens, null as cached_tokens, cost from failures where run_id = $run
            union all
            select r.input_tokens, r.output_tokens, r.cached_tokens, r.cost
            from run_papers p
            join extractions e using (extraction_id)
            join responses r using (fingerprint)
            where p.run_id = $run and not p.from_cache
        )
    ) as paid
    where run_id = $run
"""


def _answer_rows(extraction: Extraction) -> Rows:
    """Return an extraction's rows of `responses` and `extractions`."""
    response = extraction.response
    answered = {
        "fingerprint": extraction.fingerprint,
        "text": response.text,
        "model": response.model,
        "finish_reason": response.finish_reason,
        "attempts": response.attempts,
        "input_tokens": response.usage.input_tokens,
        "output_tokens": response.usage.output_tokens,
        "cached_tokens": response.usage.cached_tokens,
        "cost": response.usage.cost,
        "completion": response.completion,
        "completed_by": response.completed_by,
        "leads": list(response.leads),
        "answered_at": _now(),
    }
    return {"responses": [answered], "extractions": [extraction_row(extraction)]}


def extraction_row(extraction: Extraction) -> Row:
    """Return the row of `extractions`."""
    return {
        "extraction_id": extraction.extraction_id,
        "text_id": extraction.paper.text.text_id,
        "fingerprint": extraction.fingerprint,
        "schema_name": extraction.schema_name,
        "schema_version": extraction.schema_version,
        "provider": extraction.provider,
        "model": extraction.response.model,
        "extractor_version": VERSION,
        "created_at": _now(),
    }


def insert_rows(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Iterable[Row]]) -> None:
    """Insert rows by table; they cross as one JSON text a table, which is far faster than row by row."""
    shapes = _shapes(connection)
    for table, given in rows.items():
        batch = list(given)
        if batch:
            shape = json.dumps([shapes[table]])
            connection.execute(
                f'insert into "{table}" by name select r.* '
                f"from (select unnest(from_json(?, '{shape}')) as r)",
                [_AS_JSON.dump_json(batch).decode()],
            )


def _shapes(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Return each table's columns as the JSON structure that `from_json` takes."""
    shapes: dict[str, dict[str, Any]] = {}
    for table, name, kind in connection.execute(_COLUMNS).fetchall():
        shapes.setdefault(table, {})[name] = [kind[:-2]] if kind.endswith("[]") else kind
    return shapes


_COLUMNS = "select table_name, column_name, data_type from duckdb_columns() order by column_index"


def _add(rows: Rows, more: Mapping[str, Iterable[Row]]) -> None:
    for table, given in more.items():
        rows.setdefault(table, []).extend(given)


def _run_rows(run_id: str, outcomes: Iterable[Outcome], ids: Mapping[str, str]) -> Rows:
    rows: Rows = {"run_papers": [], "failures": []}
    for outcome in outcomes:
        stored = ids[key_of(outcome.paper)]
        extraction_id = outcome.extraction_id if isinstance(outcome, Extraction) else None
        rows["run_papers"].append(
            {
                "run_id": run_id,
                "paper_id": stored,
                "extraction_id": extraction_id,
                "outcome": "extracted" if extraction_id else "failed",
                "from_cache": outcome.from_cache,
            }
        )
        if isinstance(outcome, Failure) and not outcome.from_cache:
            rows["failures"].append(_failure_row(run_id, stored, outcome))
    return rows


def _failure_row(run_id: str, paper_id: str, failure: Failure) -> Row:
    return {
        "run_id": run_id,
        "paper_id": paper_id,
        "text_id": failure.paper.text.text_id,
        "fingerprint": failure.fingerprint,
        "reason": failure.reason,
        "message": failure.message,
        "paid": failure.paid,
        "raw_text": failure.raw_text,
        "model": failure.model,
        "attempts": failure.attempts,
        "input_tokens": failure.usage.input_tokens,
        "output_tokens": failure.usage.output_tokens,
        "cost": failure.usage.cost,
        "failed_at": _now(),
    }


def _unknown(connection: duckdb.DuckDBPyConnection, table: str, key: str, rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose key is not in the table yet, of each key the first."""
    single = {row[key]: row for row in reversed(rows)}
    known = _known(connection, table, key, set(single))
    return [row for value, row in single.items() if value not in known]


def _known(connection: duckdb.DuckDBPyConnection, table: str, key: str, values: set[str]) -> set[str]:
    found = connection.execute(
        f'select "{key}" from "{table}" where "{key}" in (select unnest(?))',
        [list(values)],
    ).fetchall()
    return {row[0] for row in found}


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat()
