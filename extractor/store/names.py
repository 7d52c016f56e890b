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
from extractor.outcomes import VERSION
from extractor.papers import Text
from extractor.records import NameKind
from extractor.rows import Row, Table

AT_ONCE = 2_000
"""Papers whose names are in memory at once."""
NAMES_AT_ONCE = 50_000

Named = tuple[NameKind, str]
"""What a name is the name of, and the name as it is printed."""


@dataclass(frozen=True, slots=True)
class PrintedNames:
    """Names with the text that prints them and may define them; without one they hold everywhere."""

    names: Collection[Named]
    text: Text | None = None


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
    rows = {row for paper in papers for row in _rows_of(paper, table)}
    given = [
        {"kind": kind, "printed": printed, "text_id": text_id, "key": key}
        for kind, printed, text_id, key in rows
    ]
    added = connection.execute(_ADD, [json.dumps(given)]).fetchall()
    if added:
        _spell(connection, set(added), table)
    if any(kind == "metric" for kind, _ in added):
        _direct(connection, table)


_NAMES = """unnest(from_json(?, '[{"kind": "varchar", "printed": "varchar", "text_id": "varchar",
    "key": "varchar", "canonical": "varchar"}]'), recursive := true)"""
# A paper whose texts define an acronym in two ways has a row for each: nothing depends on which came first.
_ADD = f"""
    insert into names by name
    select distinct given.kind, given.printed, t.paper_id, given.key, given.key as canonical
    from (select {_NAMES}) given left join texts t using (text_id)
    where not exists (
        from names n
        where n.kind = given.kind and n.printed = given.printed and n.key = given.key
            and n.paper_id is not distinct from t.paper_id
    )
    returning kind, key
"""


def _rows_of(paper: PrintedNames, table: NameTable) -> Iterator[tuple[NameKind, str, str | None, str]]:
    """Yield kind, printed name, text (None where it is the same in all) and key."""
    text = paper.text
    acronyms = acronyms_in(f"{text.title}\n\n{text.abstract}") if text else {}
    for kind, printed in paper.names:
        key = canonical(kind, printed, table=table)
        yield kind, printed, None, key
        full = full_form_in_paper(printed, acronyms)
        here = canonical_in_paper(kind, printed, acronyms, table=table)
        if text and full and here != key:
            yield kind, printed, text.text_id, here
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


def are_current(connection: duckdb.DuckDBPyConnection, table: NameTable) -> bool:
    """Tell whether the tables were filled by these lists; so are those of a database that has none yet."""
    wanted = _version(connection, table)
    return wanted is None or connection.execute("select version from name_lists").fetchone() == (wanted,)


def fill_names(connection: duckdb.DuckDBPyConnection, table: NameTable) -> None:
    """Fill both tables anew from all that papers print, by the lists as they are now."""
    for name in ("names", "metric_directions", "name_lists"):
        connection.execute(f"delete from {name}")
    for names in _in_parts(connection, _PRINTED_ANYWHERE, _NAMES_OF_PART, NAMES_AT_ONCE):
        add_names(connection, [PrintedNames(names)], table)
    for papers in _in_parts(connection, _DEFINING, _TEXTS_OF_PART, AT_ONCE):
        add_names(connection, (_defining(*paper) for paper in papers), table)
    connection.execute("insert into name_lists values (?)", [_version(connection, table)])


def _in_parts(
    connection: duckdb.DuckDBPyConnection, all_of_them: str, one_part: str, size: int
) -> Iterator[list[Any]]:
    """Yield the rows of a query, so many at a time; what is done meanwhile does not change them."""
    # Numbered by hand: within a transaction rows that it made itself have rowids of their own kind.
    connection.execute(
        f"create or replace temp table parted as select row_number() over () as place, * from ({all_of_them})"
    )
    (count,) = connection.execute("select count(*) from parted").fetchone() or (0,)
    for start in range(0, count, size):
        yield connection.execute(one_part, {"after": start, "last": start + size}).fetchall()
    connection.execute("drop table parted")


def _defining(title: str, abstract: str, names: list[dict[str, Any]]) -> PrintedNames:
    named = [(name["kind"], name["printed"]) for name in names]
    return PrintedNames(named, Text(title=title, abstract=abstract))


_PRINTED_ANYWHERE = "select distinct kind, printed from printed_names"
_NAMES_OF_PART = "select kind, printed from parted where place > $after and place <= $last"
# One word with a capital in it may be an acronym, and a text with a bracket may define one.
_DEFINING = r"""
    select e.text_id, list(distinct {'kind': p.kind, 'printed': p.printed}) as names
    from printed_names p join extractions e using (extraction_id) join texts t using (text_id)
    where regexp_matches(p.printed, '^[\pZ\pC]*[^ ]+[\pZ\pC]*$') and lower(p.printed) <> p.printed
        and (regexp_matches(t.abstract, '[(\[]') or regexp_matches(t.title, '[(\[]'))
    group by e.text_id
"""
_TEXTS_OF_PART = """
    select t.title, t.abstract, p.names
    from parted p join texts t using (text_id)
    where p.place > $after and p.place <= $last
"""


def _version(connection: duckdb.DuckDBPyConnection, table: NameTable) -> str | None:
    """Return what the tables follow from: extractor, lists, fields; None where nothing tells of fields."""
    found = connection.execute(_VIEWS).fetchone()
    return f"{VERSION} {table.version} {found[0]}" if found else None


_VIEWS = """
    select md5(views) from schemas
    where exists (
        from duckdb_views() where view_name = 'printed_names' and database_name = current_database()
    )
    order by added_at desc limit 1
"""
