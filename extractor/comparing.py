"""Papers or methods by name -> their rows side by side, or a pivot of one metric."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from extractor.arranging import pivot_of, refuse_unknown
from extractor.boards import BoardFilter, macro_call
from extractor.catalog import BOARD, METHODS_COMPARED, PAPERS_COMPARED
from extractor.errors import QueryError
from extractor.papers import title_alias
from extractor.rendering import Held
from extractor.rows import ROOT
from extractor.store import Result

Ask = Callable[[str, Mapping[str, object]], Result]

COMPARISON = "comparison"


@dataclass(frozen=True, slots=True)
class Compared:
    """
    What is put side by side: `names` are papers (an id, a method, a part of a title) or methods; none is all.

    `columns` are those to show, in that order; none is all. `limit` is the most rows to show.
    """

    names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    task: str | None = None
    with_unverified: bool = False
    limit: int | None = None

    def arguments(self) -> dict[str, object]:
        """Return the parameters of the macros that compare."""
        return BoardFilter(task=self.task, with_unverified=self.with_unverified).arguments()


EVERYTHING = Compared()


@dataclass(frozen=True, slots=True)
class _Relation:
    """What is asked: a view, or a call of a macro with its arguments; and the columns that it has."""

    sql: str
    arguments: Mapping[str, object]
    columns: tuple[str, ...]


def _relation(ask: Ask, sql: str, arguments: Mapping[str, object]) -> _Relation:
    return _Relation(sql, arguments, ask(f"from {sql} limit 0", arguments).columns)


def compared_papers(ask: Ask, wanted: Compared, views: Sequence[str]) -> Result:
    """Return a row a paper; `views` are the tables and views that there are."""
    arguments = wanted.arguments()
    view = COMPARISON if COMPARISON in views else ROOT
    relation = _relation(ask, macro_call(PAPERS_COMPARED, arguments) if arguments else view, arguments)
    meant = [paper for name in wanted.names for paper in _papers_meant(ask, name, relation)]
    return _chosen(ask, relation, wanted, "paper_id" if "paper_id" in relation.columns else "id", meant)


def compared_methods(ask: Ask, wanted: Compared) -> Result:
    """Return a row a method, with the papers that claim something for it."""
    arguments = wanted.arguments()
    relation = _relation(ask, macro_call(METHODS_COMPARED, arguments), arguments)
    meant = [method for name in wanted.names for method in methods_meant(ask, name)]
    return _chosen(ask, relation, wanted, "method", meant)


def pivot(ask: Ask, metric: str, wanted: Compared, *, as_numbers: bool = False) -> Held:
    """
    Return a row a method and a column a dataset: what is claimed of one metric, the best of each marked.

    With `as_numbers` a cell is the score alone, None where the board could not compare it.

    Raises:
        QueryError: a method is named that is not here.
    """
    chosen = BoardFilter(metric=metric, task=wanted.task, with_unverified=wanted.with_unverified)
    rows = ask(f"from {macro_call(BOARD, chosen.arguments())}", chosen.arguments())
    methods = {method for name in wanted.names for method in methods_meant(ask, name)}
    shown = [row for row in rows.rows() if not wanted.names or row["method"] in methods]
    return pivot_of(shown, limit=wanted.limit, as_numbers=as_numbers)


def methods_meant(ask: Ask, name: str) -> list[str]:
    """
    Return the canonical methods that a name means.

    Raises:
        QueryError: none is.
    """
    found = [row["canonical"] for row in ask(_METHODS, {"name": name}).rows()]
    if not found:
        message = f"no method {name!r}; `extractor compare --by method --columns method` lists them"
        raise QueryError(message)
    return found


_METHODS = """
    select distinct canonical from names
    where kind = 'method' and means('method', canonical, $name)
    order by canonical
"""
MEANT = """
    select p.paper_id, p.title, bool_or(i.alias in ($id, $alias)) as is_exact
    from papers p join paper_ids i using (paper_id)
    where i.alias in ($id, $alias) or contains(lower(p.title), lower($part))
    group by all order by is_exact desc, p.title
"""


def papers_called(ask: Ask, name: str) -> list[dict[str, object]]:
    """Return paper_id, title and is_exact of the papers with this id, or this within their title."""
    return ask(MEANT, {"id": name, "alias": title_alias(name), "part": name}).rows()


def _papers_meant(ask: Ask, name: str, relation: _Relation) -> list[str]:
    """Return the papers with this id, else those that present this method, else of a title with it."""
    called = papers_called(ask, name)
    found = [str(row["paper_id"]) for row in called if row["is_exact"]]
    if not found and {"method", "paper_id"} <= set(relation.columns):
        asked = f"select paper_id from {relation.sql} where means('method', method, $name)"
        found = [row["paper_id"] for row in ask(asked, {**relation.arguments, "name": name}).rows()]
    found = found or [str(row["paper_id"]) for row in called]
    if not found:
        message = f'no paper {name!r}; `extractor sql "select paper_id, title from papers"` lists them'
        raise QueryError(message)
    return found


def _chosen(ask: Ask, relation: _Relation, wanted: Compared, key: str, meant: Sequence[str]) -> Result:
    """Return the rows whose key is meant, in the order in which they are named, with the wanted columns."""
    refuse_unknown(wanted.columns, relation.columns)
    columns = ", ".join(_quoted(name) for name in wanted.columns or relation.columns)
    given = {**relation.arguments, "limit": wanted.limit}
    if not wanted.names:
        return ask(f"select {columns} from {relation.sql} limit $limit", given)
    return ask(
        f"select {columns} from {relation.sql} where list_contains($meant, {_quoted(key)}) "
        f"order by list_position($meant, {_quoted(key)}) limit $limit",
        {**given, "meant": list(meant)},
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
