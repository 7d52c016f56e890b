"""A database -> answers that are known, and what it holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from extractor.exchange import Response, Usage
from extractor.outcomes import Failure
from extractor.papers import Paper, Text

_RESPONSE = "model, finish_reason, attempts, input_tokens, output_tokens, cached_tokens, cost"


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose extractions count: of one run, of one model, or as the view `current_extractions` says."""

    run_id: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Defined:
    """A schema as a database holds it, and which extractor's tables it has."""

    name: str
    version: str
    reference: str
    views: str
    made_by: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A response with the paper that it was about, and the provider kind that gave it."""

    paper: Paper
    fingerprint: str
    provider: str
    extraction_id: str
    created_at: datetime
    response: Response


@dataclass(frozen=True, slots=True)
class AnswerSizes:
    """How many answers there are, and their mean tokens, all attempts of one together."""

    answers: int
    input_tokens: float
    output_tokens: float


NO_ANSWERS = AnswerSizes(0, 0.0, 0.0)


def names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of all tables and views."""
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'extractor' "
        "union all select view_name from duckdb_views() where database_name = 'extractor' "
        "and not internal order by 1"
    ).fetchall()
    return [row[0] for row in found]


def has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether there is any table."""
    return connection.execute("select 1 from duckdb_tables() limit 1").fetchone() is not None


def newest_schema(connection: duckdb.DuckDBPyConnection) -> Defined | None:
    """Return the schema that was defined last, None where there is none."""
    found = connection.execute(
        "select name, version, reference, views, extractor_version from schemas "
        "order by added_at desc limit 1"
    ).fetchone()
    return Defined(*found) if found else None


def answer_sizes(connection: duckdb.DuckDBPyConnection, model: str) -> AnswerSizes:
    """Return how long a model's answers are."""
    found = connection.execute(
        "select count(*), avg(input_tokens), avg(output_tokens) from responses "
        "where model = ? and input_tokens is not null and output_tokens is not null",
        [model],
    ).fetchone()
    return AnswerSizes(*found) if found and found[0] else NO_ANSWERS


def look_up(
    connection: duckdb.DuckDBPyConnection, fingerprints: Sequence[str]
) -> dict[str, Response | Failure]:
    """Return the response of each fingerprint that has one, else its newest paid failure."""
    given = [list(fingerprints)]
    known: dict[str, Response | Failure] = {}
    for row in connection.execute(_PAID_FAILURES, given).fetchall():
        known[row[0]] = _failure_of(row)
    # The texts are read only where there are some: they are by far the largest column.
    rows = [row[0] for row in connection.execute(_FOUND, given).fetchall()]
    for row in connection.execute(_RESPONSES, [rows]).fetchall() if rows else ():
        known[row[0]] = _response_of(row[1:])
    return known


_FOUND = "select rowid from responses where fingerprint in (select unnest(?))"
_RESPONSES = f"""
    select fingerprint, text, completion, completed_by, leads, {_RESPONSE}
    from responses where rowid in (select unnest(?))
"""
_PAID_FAILURES = """
    select fingerprint, reason, message, raw_text, model, attempts
    from failures where paid and fingerprint in (select unnest(?)) order by failed_at
"""


def _response_of(row: Sequence[Any]) -> Response:
    text, completion, completed_by, leads, model, finish_reason, attempts, *tokens = row
    return Response(
        text=text,
        model=model,
        usage=Usage(*tokens),
        finish_reason=finish_reason,
        attempts=attempts,
        completion=completion,
        completed_by=completed_by,
        leads=tuple(leads or ()),
    )


def _failure_of(row: Sequence[Any]) -> Failure:
    fingerprint, reason, message, raw_text, model, attempts = row
    return Failure(
        paper=Paper(paper_id="", text=Text(abstract="")),
        fingerprint=fingerprint,
        reason=reason,
        message=message,
        paid=True,
        raw_text=raw_text,
        model=model,
        attempts=attempts,
        from_cache=True,
    )


def stored_answers(
    connection: duckdb.DuckDBPyConnection, schema_name: str, at_once: int
) -> Iterator[list[StoredAnswer]]:
    """Yield every stored answer to a schema, in batches."""
    cursor = connection.cursor()
    cursor.execute(
        f"""
        select p.paper_id, t.title, t.abstract, e.fingerprint, e.provider, e.extraction_id, e.created_at,
            r.text, r.completion, r.completed_by, r.leads,
            {", ".join("r." + c for c in _RESPONSE.split(", "))}
        from extractions e
        join responses r using (fingerprint) join texts t using (text_id) join papers p using (paper_id)
        where e.schema_name = ?
        """,
        [schema_name],
    )
    while rows := cursor.fetchmany(at_once):
        yield [
            StoredAnswer(
                paper=Paper(paper_id=row[0], text=Text(title=row[1], abstract=row[2])),
                fingerprint=row[3],
                provider=row[4],
                extraction_id=row[5],
                created_at=row[6],
                response=_response_of(row[7:]),
            )
            for row in rows
        ]
