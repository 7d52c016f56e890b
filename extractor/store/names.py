"""Names as papers print them -> tables `names` and `metric_directions`, which views join."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from extractor.normalizing import (
    NameTable,
    acronyms_in,
    canonical,
    canonical_in_paper,
    direction_of,
    full_form_in_paper,
    spelling,
)
from extractor.papers import Text
from extractor.records import NameKind
from extractor.rows import Row, Table

AT_ONCE = 2_000
"""Papers whose names are in memory at once."""

Named = tuple[NameKind, str]
"""What a name is the name of, and the name as it is printed."""


@dataclass(frozen=True, slots=True)
class PrintedNames:
    """The names of one paper, with the text that may define them."""

    paper_id: str
    text: Text
    names: Collection[Named]


def names_in(tables: Sequence[Table], rows: dict[str, list[Row]]) -> set[Named]:
    """Return the names that rows hold."""
    return {
        (kind, printed)
        for table in tables
        for column, kind in table.names
        for row in rows.get(table.stored_name, ())
        for printed in _all_of(row.get(column))
        if printed
    }


def _all_of(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or ()


def add_names(
    connection: duckdb.DuckDBPyConnection, papers: Iterable[PrintedNames], table: NameTable
) -> None:
    """Add the names that are not in `names` yet, and the directions of metrics."""
    keys: dict[tuple[NameKind, str, str | None], str] = {}
    for paper in papers:
        for kind, printed, paper_id, key in _rows_of(paper, table):
            keys[kind, printed, paper_id] = key
    given = [
        {"kind": kind, "printed": printed, "paper_id": paper_id, "key": key}
        for (kind, printed, paper_id), key in keys.items()
    ]
    added = connection.execute(_ADD, [json.dumps(given)]).fetchall()
    if added:
        _spell(connection, {(kind, key) for kind, key in added}, table)
    if any(kind == "metric" for kind, _ in added):
        _direct(connection, table)


_NAMES = """unnest(from_json(?, '[{"kind": "varchar", "printed": "varchar", "paper_id": "varchar",
    "key": "varchar", "canonical": "varchar"}]'), recursive := true)"""
_ADD = f"""
    insert into names by name
    select kind, printed, paper_id, key, key as canonical
    from (select {_NAMES}) given
    where not exists (
        from names n
        where n.kind = given.kind and n.printed = given.printed
            and n.paper_id is not distinct from given.paper_id
    )
    returning kind, key
"""


def _rows_of(paper: PrintedNames, table: NameTable) -> Iterator[tuple[NameKind, str, str | None, str]]:
    """Yield kind, printed name, paper (None where it is the same in all) and key."""
    acronyms = acronyms_in(f"{paper.text.title}\n\n{paper.text.abstract}")
    for kind, printed in paper.names:
        key = canonical(kind, printed, table=table)
        yield kind, printed, None, key
        full = full_form_in_paper(printed, acronyms)
        here = canonical_in_paper(kind, printed, acronyms, table=table)
        if full and here != key:
            yield kind, printed, paper.paper_id, here
            # The full form is a spelling of what the acronym means here.
            yield kind, full, None, canonical(kind, full, table=table)


def _spell(
    connection: duckdb.DuckDBPyConnection, added: Collection[tuple[NameKind, str]], table: NameTable
) -> None:
    """Give all names of a key the same spelling."""
    wanted = [{"kind": kind, "key": key} for kind, key in added]
    printed: defaultdict[tuple[NameKind, str], list[str]] = defaultdict(list)
    for kind, key, name in connection.execute(_PRINTED, [json.dumps(wanted)]).fetchall():
        printed[kind, key].append(name)
    spelled = [
        {"kind": kind, "key": key, "canonical": spelling(kind, key, names, table=table) or key}
        for (kind, key), names in printed.items()
    ]
    connection.execute(_RESPELL, [json.dumps(spelled)])


_PRINTED = f"""
    select n.kind, n.key, n.printed
    from names n join (select {_NAMES}) wanted on n.kind = wanted.kind and n.key = wanted.key
    where n.paper_id is null
"""
_RESPELL = f"""
    update names set canonical = spelled.canonical
    from (select {_NAMES}) spelled
    where names.kind = spelled.kind and names.key = spelled.key and names.canonical <> spelled.canonical
"""


def _direct(connection: duckdb.DuckDBPyConnection, table: NameTable) -> None:
    """Give each metric its direction; those that no paper has any more, or spells otherwise, go."""
    connection.execute(f"delete from metric_directions where metric not in ({_METRICS})")
    missing = connection.execute(
        f"from ({_METRICS}) where canonical not in (select metric from metric_directions)"
    ).fetchall()
    rows = []
    for (metric,) in missing:
        direction, unit = direction_of(metric, table=table)
        rows.append({"metric": metric, "direction": direction, "unit": unit})
    connection.execute(_ADD_DIRECTIONS, [json.dumps(rows)])


_METRICS = "select distinct canonical from names where kind = 'metric'"
_ADD_DIRECTIONS = """
    insert into metric_directions by name
    select unnest(from_json(?, '[{"metric": "varchar", "direction": "varchar", "unit": "varchar"}]'),
        recursive := true)
"""


def are_current(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], table: NameTable) -> bool:
    """Tell whether the tables were filled by these lists."""
    known = connection.execute("select version from name_lists").fetchone()
    return known == (_version(tables, table),)


def fill_names(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], table: NameTable) -> None:
    """Fill both tables anew from all that papers print, by the lists as they are now."""
    for name in ("names", "metric_directions", "name_lists"):
        connection.execute(f"delete from {name}")
    everywhere = connection.execute("select distinct kind, printed from printed_names").fetchall()
    add_names(connection, [PrintedNames("", NO_TEXT, everywhere)], table)
    for papers in _defining(connection):
        add_names(connection, papers, table)
    connection.execute("insert into name_lists values (?)", [_version(tables, table)])


NO_TEXT = Text(abstract="")


def _defining(connection: duckdb.DuckDBPyConnection) -> Iterator[list[PrintedNames]]:
    """Yield, some at a time, the papers that may define an acronym that they use as a name."""
    connection.execute(f"create or replace temp table defining as {_DEFINING}")
    (count,) = connection.execute("select count(*) from defining").fetchone() or (0,)
    for start in range(0, count, AT_ONCE):
        found = connection.execute(
            "from defining where rowid >= ? and rowid < ?", [start, start + AT_ONCE]
        ).fetchall()
        yield [_defining_paper(*row) for row in found]
    connection.execute("drop table defining")


def _defining_paper(paper_id: str, title: str, abstract: str, names: list[dict[str, Any]]) -> PrintedNames:
    named = [(name["kind"], name["printed"]) for name in names]
    return PrintedNames(paper_id, Text(title=title, abstract=abstract), named)


_DEFINING = r"""
    select t.paper_id, t.title, t.abstract, list(distinct {'kind': p.kind, 'printed': p.printed}) as names
    from printed_names p join extractions e using (extraction_id) join texts t using (text_id)
    where regexp_matches(p.printed, '^[^ ]*[A-Z][^ ]*[A-Z][^ ]*$')
        and regexp_matches(t.title || t.abstract, '[(\[]')
    group by all
"""


def _version(tables: Sequence[Table], table: NameTable) -> str:
    names = [(one.stored_name, one.names) for one in tables]
    return f"{table.version}{names}"
