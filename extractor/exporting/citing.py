"""Rows that name papers -> entries of BibTeX, each with what its abstract claims."""

from collections.abc import Iterator
from contextlib import contextmanager

from extractor.errors import SettingsError
from extractor.queries import Database
from extractor.rendering import Cited, bibtex_entries
from extractor.store import Result

_NAMING = ("paper_id", "id")


@contextmanager
def entries_of(database: Database, rows: Result) -> Iterator[tuple[int, Iterator[str]]]:
    """
    Yield how many papers the rows name, and an entry for each, in the order in which they come first.

    The rows are let go of before: of a large table they hold as much memory as the papers will.

    Raises:
        SettingsError: no column names papers.
    """
    column = next((name for name in _NAMING if name in rows.columns), None)
    if column is None:
        message = f"BibTeX is of papers: the rows need a column paper_id, and have {', '.join(rows.columns)}"
        raise SettingsError(message)
    place = rows.columns.index(column)
    ids = list(dict.fromkeys(str(row[place]) for row in rows if row[place] is not None))
    rows.close()
    query = _CITED_WITH_CLAIMS if _tells_results(database) else _CITED
    with database.streamed(query, {"ids": ids}) as cited:
        yield len(cited), bibtex_entries(_cited(row) for row in cited)


def _cited(row: tuple[object, ...]) -> Cited:
    return Cited(*row)  # type: ignore[arg-type] # the columns of the query below


def _tells_results(database: Database) -> bool:
    """Tell whether the schema's views say in words what papers claim."""
    with database.streamed(_TOLD) as told:
        return len(told) == len(_TELLING)


_TELLING = ("paper_id", "results", "gains")
_TOLD = """
    select column_name from duckdb_columns()
    where database_name = 'extractor' and table_name = 'comparison'
        and column_name in ('paper_id', 'results', 'gains')
"""
_CITED = """
    with wanted as (select unnest($ids) as paper_id, generate_subscripts($ids, 1) as place),
    known as (
        select paper_id, list(alias order by alias) as aliases from paper_ids
        where paper_id in (select unnest($ids))
        group by paper_id
    )
    select
        p.paper_id, p.title, p.authors, p.published, p.venue, p.url, coalesce(known.aliases, []) as aliases,
        []::varchar[] as claims
    from wanted join papers p using (paper_id) left join known using (paper_id)
    order by place
"""
_CITED_WITH_CLAIMS = _CITED.replace(
    "[]::varchar[] as claims", "coalesce(list_concat(c.results, c.gains), []) as claims"
).replace(
    "left join known using (paper_id)",
    "left join known using (paper_id) left join comparison c using (paper_id)",
)
