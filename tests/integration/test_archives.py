"""All tables to a folder and back: the same rows, and nothing of a folder that is odd."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import extractor
from extractor.catalog import load_schema
from extractor.errors import ExtractorError, SettingsError, StoreError
from extractor.exporting import read_all, write_all
from extractor.store import Store
from extractor.store.meanings import base_tables, meanings

AGAIN = Path("again.duckdb")
KIND = {"kind": "all tables of an extractor database"}
BASE = "select table_name from duckdb_tables() order by 1"


def rows_of(path: Path) -> dict[str, str]:
    """Return the rows of every table, as text: so not-a-number is itself."""
    with duckdb.connect(str(path), read_only=True) as database:
        tables = [row[0] for row in database.execute(BASE).fetchall()]
        return {table: repr(database.execute(f'from "{table}"').fetchall()) for table in tables}


def sealed(folder: Path, table: str) -> None:
    """Have the manifest tell of a file as it is now."""
    manifest = json.loads((folder / "manifest.json").read_text())
    data = (folder / f"{table}.parquet").read_bytes()
    told = {"name": table, "rows": 0, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    others = [known for known in manifest["tables"] if known["name"] != table]
    (folder / "manifest.json").write_text(json.dumps({**manifest, "tables": [*others, told]}))


def replaced(folder: Path, table: str, query: str) -> None:
    """Put the rows of a query, in which `old` is what was there, in the place of a table's file."""
    file, odd = folder / f"{table}.parquet", folder / "odd"
    with duckdb.connect() as other:
        other.execute(f"create view old as from '{file}'" if file.exists() else "select 1")
        other.execute(f"copy ({query}) to '{odd}' (format parquet)")
    odd.replace(file)
    sealed(folder, table)


@pytest.fixture
def folder(filled: extractor.Database, own_surroundings: Path) -> Path:
    """Return the folder of all tables of the page."""
    write_all(filled, own_surroundings / "archive")
    return own_surroundings / "archive"


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("name", ["archive", "a [b] *c? 'd'", "day=1", "数据"])
def test_every_table_comes_back_with_the_same_rows(filled, name):
    written = write_all(filled, Path(name))
    read = read_all(Path(name), AGAIN)
    assert rows_of(AGAIN) == rows_of(filled.path)
    assert read == written
    assert list(extractor.Database(AGAIN).table("leaderboard")) == list(filled.table("leaderboard"))
    assert rows_of(AGAIN) == rows_of(filled.path)


ANY: Mapping[str, st.SearchStrategy[Any]] = {
    "VARCHAR": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    "DOUBLE": st.floats(),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "INTEGER": st.integers(-(2**31), 2**31 - 1),
    "BOOLEAN": st.booleans(),
    "DATE": st.dates(),
    "TIMESTAMP": st.datetimes(),
}
OWN = {"papers": "paper_id", "runs": "run_id", "texts": "text_id", "responses": "fingerprint"}
OWN |= {"extractions": "extraction_id", "paper_ids": "alias"}
"""The tables that others refer to, which come first, each with the key that no two rows of it share."""
NAMED = frozenset(("paper_id", "run_id", "text_id", "fingerprint", "extraction_id"))
"""Columns that refer to rows of those, wherever they are."""
KEPT = ("schemas", "name_lists")


def values_of(kind: str) -> st.SearchStrategy[Any]:
    """Return what a column of a type may hold, null and lists of nulls among it."""
    if kind.endswith("[]"):
        return st.none() | st.lists(values_of(kind[:-2]), max_size=3)
    return st.none() | ANY[kind]


def rows_for(
    table: str, columns: Mapping[str, str], keys: Mapping[str, list[Any]]
) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Return some rows of a table, none of whose keys is there twice, that refer to `keys` of other rows."""

    def cells_of(column: str, kind: str) -> st.SearchStrategy[Any]:
        if column == OWN.get(table):
            return ANY[kind]
        if column in NAMED:
            return st.sampled_from(keys[column]) if keys[column] else st.nothing()
        return values_of(kind)

    cells = st.tuples(*(cells_of(column, kind) for column, kind in columns.items()))
    place = list(columns).index(OWN[table]) if table in OWN else None
    single = None if place is None else lambda row: row[place]
    return st.just([]) if cells.is_empty else st.lists(cells, max_size=3, unique_by=single)


@st.composite
def any_rows(draw: Any, columns: Mapping[str, Mapping[str, str]]) -> dict[str, list[tuple[Any, ...]]]:
    """Return any rows of tables, whose columns are given."""
    keys: dict[str, list[Any]] = {}
    rows = {}
    for table in sorted(columns, key=lambda name: [*OWN, name].index(name)):
        rows[table] = draw(rows_for(table, columns[table], keys))
        if table in OWN:
            place = list(columns[table]).index(OWN[table])
            keys[OWN[table]] = [row[place] for row in rows[table]]
    # Where a value stands in its text is tried by what a run finds.
    nowhere = {"match": "none", "start": None, "end": None}
    rows["evidence"] = [
        tuple(nowhere.get(name, value) for name, value in zip(columns["evidence"], row, strict=True))
        for row in rows["evidence"]
    ]
    return rows


@pytest.fixture
def empty() -> Path:
    """Return a database with tables and no rows."""
    path = Path("empty.duckdb")
    Store(path).prepare(load_schema("papers"))
    return path


@given(data=st.data())
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_come_back_as_they_were(empty, data):
    # Given a database with any rows in every table,
    made = Path("made.duckdb")
    shutil.copy(empty, made)
    with duckdb.connect(str(made)) as database:
        found = database.execute(
            "select table_name, list(column_name order by column_index), "
            "list(data_type order by column_index) from duckdb_columns() "
            "join duckdb_tables() using (table_name) group by all order by 1"
        ).fetchall()
        columns = {
            table: dict(zip(names, kinds, strict=True)) for table, names, kinds in found if table not in KEPT
        }
        for table, rows in data.draw(any_rows(columns)).items():
            for row in rows:
                database.execute(f'insert into "{table}" values ({", ".join("?" * len(row))})', list(row))
    # when it is exported and imported, then each table has the same rows in the same order.
    write_all(extractor.Database(made), Path("any"))
    read_all(Path("any"), AGAIN)
    assert rows_of(AGAIN) == rows_of(made)
    shutil.rmtree("any")
    AGAIN.unlink()


def test_a_folder_is_added_to_other_papers(filled, folder, paper):
    # Given a database with another paper, when the folder is read into it,
    extractor.run(
        [paper("Reeds", "We present Reed. Reed reaches 5.1% accuracy on ReedBench.")], model="rules", db=AGAIN
    )
    read_all(folder, AGAIN)
    # then it has the papers and the names of both.
    both = extractor.Database(AGAIN)
    assert len(both.table("papers")) == 5
    assert {"Harbourlight", "Reed"} <= {row["canonical"] for row in both.names("method").rows()}
    assert len(both.table("claims")) > len(filled.table("claims"))


def test_a_folder_is_read_once(folder):
    read_all(folder, AGAIN)
    before = rows_of(AGAIN)
    with pytest.raises(StoreError, match=r"has papers of the folder already \(.*\); --db names another"):
        read_all(folder, AGAIN)
    assert rows_of(AGAIN) == before


TRIALS = """
from pydantic import Field

from extractor.records import Name, Record


class Trial(Record):
    drugs: list[Name] = Field(default=[], description="drugs that were given")
    {more}
"""


@pytest.fixture
def trials(paper: Callable[..., Any]) -> Path:
    """Return the folder of a database whose schema does not ship, and has lost a list and a value since."""
    schema = Path("trials.py")
    schema.write_text(TRIALS.format(more="sort: Name | None = None\n    places: list[Name] = []"))
    extractor.run([paper("Reeds", "Reeds bend.")], model="fake", schema_name="trials.py", db="trials.duckdb")
    schema.write_text(TRIALS.format(more=""))
    extractor.run([paper("Rushes", "They bend.")], model="fake", schema_name="trials.py", db="trials.duckdb")
    write_all(extractor.Database("trials.duckdb"), Path("trials"))
    return Path("trials")


def test_a_schema_of_ones_own_comes_back_with_fields_that_it_has_no_more(trials):
    read_all(trials, AGAIN, "trials.py")
    assert rows_of(AGAIN) == rows_of(Path("trials.duckdb"))
    assert "all_places" in rows_of(AGAIN)


def test_a_schema_that_does_not_ship_must_be_named(trials):
    with pytest.raises(StoreError, match="schema 'trials', which does not ship; say where it is: --schema"):
        read_all(trials, AGAIN)
    assert not AGAIN.exists()


def test_nothing_that_a_folder_names_is_run(folder, extract):
    # Given a folder whose schema is to be loaded from a file of somebody's,
    Path("evil.py").write_text("from pathlib import Path\n\nPath('was_run').touch()\n")
    evil = Path("evil.py").resolve()
    replaced(
        folder, "schemas", f"select * replace ('{evil}' as reference, 'drop table papers' as views) from old"
    )
    # when it is read and asked, then the file is not run.
    read_all(folder, AGAIN)
    assert extract("show", "Harbourlight", "--db", AGAIN).code == 0
    assert not Path("was_run").exists()


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("table", "query", "told"),
    [
        ("papers", "select 1 as a", "does not hold table papers: a INTEGER, no paper_id"),
        ("papers", "select * replace (1 as title) from old", "title INTEGER"),
        ("papers", "select *, 1 as more from old", "more INTEGER"),
        ("papers", "select * exclude (title) from old", "no title"),
        ("papers", "from old union all from old", "paper_id '.*' twice"),
        ("papers", "select * replace (date '290000-01-01' as published) from old", "published 290000-01-01"),
        ("runs", "select * replace (timestamp 'infinity' as ended_at) from old", "ended_at infinity"),
        ("texts", "select * replace (null::varchar as text_id) from old", "text_id None twice"),
        ("all_claims", "select * replace ('a' as value) from old", "value VARCHAR"),
        ("all_claims", "select * exclude (position) from old", "no position"),
        ("all_claims", 'select *, 1 as "a b" from old', "a b INTEGER"),
        ("all_odd", "select {'a': 1} as extraction_id", "extraction_id STRUCT"),
        ("secrets", "select 1 as a", "its name is none of a database of ours"),
        ("schemas", "select * replace ('trials' as name) from old", "holds schema 'trials', and not"),
        ("texts", "select * replace ('odd' as paper_id) from old", "paper_id 'odd', which table papers does"),
        ("extractions", "select * replace (null::varchar as text_id) from old", "text_id None, which"),
        ("extractions", "select * replace ('odd' as fingerprint) from old", "table responses does not"),
        ("all_claims", "select * replace ('odd' as extraction_id) from old", "table extractions does not"),
        ("evidence", "select * replace ('odd' as extraction_id) from old", "table extractions does not"),
        ("evidence", 'select * replace (-1::int as "start") from old', "a place that is none of its text"),
        ("evidence", 'select * replace (9999::int as "end") from old', "a place that is none of its text"),
        ("evidence", "select * replace ('body' as text_field) from old", "a place that is none of its text"),
        ("evidence", "select * replace ('[bold]' as \"match\") from old", "a place that is none of its text"),
        ("ALL_CLAIMS", "from read_parquet('archive/all_claims.parquet')", "is not what .* writes"),
    ],
)  # fmt: skip
def test_a_foreign_table_is_refused_and_nothing_is_kept(folder, table, query, told):
    replaced(folder, table, query)
    with pytest.raises(StoreError, match=told):
        read_all(folder, AGAIN)
    assert not AGAIN.exists()


def test_what_another_version_wrote_is_told_where_it_does_not_fit(folder):
    replaced(folder, "papers", "select *, 1 as citations from old")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "extractor": "99.0"}))
    with pytest.raises(StoreError, match=r"citations INTEGER \(extractor '99.0' wrote the folder, and this"):
        read_all(folder, AGAIN)


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


@pytest.mark.parametrize(
    "is_sealed", [False, True], ids=["as the manifest has it not", "as the manifest has it"]
)
@pytest.mark.parametrize(
    "spoil",
    [
        cut_off,
        lambda file: file.write_bytes(b"PAR1" + bytes(100) + b"PAR1"),
        lambda file: file.write_text("paper_id\n1\n"),
        lambda file: file.write_bytes(b""),
    ],
    ids=["cut off", "zeros", "CSV", "empty"],
)
def test_a_file_that_was_spoilt_is_told_and_nothing_is_kept(folder, spoil, is_sealed):
    spoil(folder / "texts.parquet")
    if is_sealed:
        sealed(folder, "texts")
    with pytest.raises(StoreError, match=r"texts\.parquet (cannot be read as Parquet|is not the file)"):
        read_all(folder, AGAIN)
    assert not AGAIN.exists()


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"kind": "another"}',
        KIND | {"schema": {"name": 1}, "tables": []},
        KIND | {"schema": {"name": "papers"}, "tables": 5},
        KIND | {"schema": {"name": "papers"}, "tables": []},
        KIND | {"schema": {"name": "papers"}, "tables": [{"name": ".."}]},
        KIND | {"schema": {"name": "papers"}, "tables": [{"name": "a" * 300}]},
        KIND | {"schema": {"name": "papers"}, "tables": [{"name": "papers"}, {"name": "PAPERS"}]},
        KIND | {"schema": {"name": "/etc/a.py"}, "tables": []},
    ],
)
def test_a_manifest_that_is_none_is_refused(folder, manifest):
    told = manifest if isinstance(manifest, str) else json.dumps(manifest)
    (folder / "manifest.json").write_text(told)
    with pytest.raises(StoreError):
        read_all(folder, AGAIN)
    assert not AGAIN.exists()


def test_an_export_that_was_broken_off_is_refused(folder):
    (folder / "manifest.json").unlink()
    with pytest.raises(StoreError, match="one that was broken off"):
        read_all(folder, AGAIN)


def test_a_missing_table_is_told(folder):
    (folder / "evidence.parquet").unlink()
    with pytest.raises(StoreError, match=r"evidence\.parquet is missing: the export is not whole"):
        read_all(folder, AGAIN)


@pytest.mark.usefixtures("trials")
def test_a_database_of_another_schema_is_left_as_it_is(folder):
    before = rows_of(Path("trials.duckdb"))
    with pytest.raises(ExtractorError, match="holds schema 'trials'"):
        read_all(folder, Path("trials.duckdb"))
    assert rows_of(Path("trials.duckdb")) == before


# ---------------------------------------------------------------- the folder


def test_a_folder_that_is_not_empty_is_refused(filled):
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("mine")
    with pytest.raises(SettingsError, match=r"mine is not empty; .* --force"):
        write_all(filled, Path("mine"))
    assert [file.name for file in Path("mine").iterdir()] == ["notes.txt"]


def test_an_export_is_replaced_by_force_and_other_files_stay(filled, folder, page):
    # Given a folder with an export that has a table more, and a file of the user's,
    replaced(folder, "all_gone", "select 1 as a")
    (folder / "notes.txt").write_text("mine")
    # when it is exported again by force, then the export is whole, and the file is there.
    extractor.run(page, model="fake")
    write_all(filled, folder, force=True)
    read_all(folder, AGAIN)
    assert rows_of(AGAIN) == rows_of(filled.path)
    assert (folder / "notes.txt").read_text() == "mine"
    assert not (folder / "all_gone.parquet").exists()
    assert not list(folder.glob(".part-*"))


def test_a_failed_export_leaves_no_folder():
    with pytest.raises(StoreError, match="no database"):
        write_all(extractor.Database("nowhere.duckdb"), Path("archive"))
    assert not Path("archive").exists()


def test_a_folder_that_is_a_file_is_told(filled):
    Path("archive").touch()
    with pytest.raises(SettingsError, match="archive cannot be written"):
        write_all(filled, Path("archive"))


# ---------------------------------------------------------------- the dictionary


def test_every_column_of_every_table_has_a_meaning(folder, filled):
    with duckdb.connect() as other:
        told = other.execute(f"from '{folder}/data_dictionary.parquet'").fetchall()
    with duckdb.connect(str(filled.path), read_only=True) as database:
        columns = database.execute(
            "select table_name, column_name, data_type from duckdb_columns() "
            "join duckdb_tables() using (table_name) order by table_name, column_index"
        ).fetchall()
    assert [row[:3] for row in told] == columns
    assert [row for row in told if not row[3] or "does not describe" in row[3]] == []
    meaning = "what the number measures, as printed"
    assert ("all_claims", "metric", "VARCHAR", meaning, "the abstract says none, or none was found") in told
    assert ("all_tasks", "name", "VARCHAR") in [row[:3] for row in told]


def test_what_is_described_is_there_and_what_is_there_is_described():
    described = {(table, column) for table, column in meanings() if column and table != "all_*"}
    assert described == {(table, column) for table, columns in base_tables().items() for column in columns}
    assert {table for table, column in meanings() if not column} == {*base_tables(), "all_*"}


def test_where_a_column_is_null_the_dictionary_tells_what_that_says(filled, folder, paper, answering):
    # Given a database of rules, and of a model that answers one paper oddly and another one not at all,
    claims = [{"quote": "Reed reaches 5.1%", "value": 5.1, "metric": "heron"}]
    papers = [paper("Reeds", "Reed reaches 5.1%."), paper("Rushes", "They bend.", line=3)]
    answers = {"Reeds": {"claims": claims}, "Rushes": {"claims": 5}}
    extractor.run(papers, provider=answering(answers), model="heron-large")
    with duckdb.connect(str(filled.path), read_only=True) as database:
        # when columns that hold null are looked for,
        told = database.execute(f"from '{folder}/data_dictionary.parquet'").fetchall()
        silent = [(table, column) for table, column, *_, null in told if not null]
        held = [
            (table, column)
            for table, column in silent
            if database.execute(f'select 1 from "{table}" where "{column}" is null limit 1').fetchone()
        ]
    # then the dictionary tells of each what null says there.
    assert held == []


def test_the_dictionary_is_a_page_too(folder):
    page = (folder / "data_dictionary.md").read_text("utf-8")
    assert "## all_claims" in page
    assert "| metric | VARCHAR | what the number measures, as printed | the abstract says none" in page
    assert (
        "| direction | VARCHAR | whether the metric goes up or down through the work; one of increase" in page
    )
    assert "| named datasets and benchmarks used or introduced, one entry each |" in page


def test_a_schema_of_ones_own_is_described_by_its_fields(trials):
    page = (trials / "data_dictionary.md").read_text("utf-8")
    assert "| drugs that were given |" in page
    assert "## all_places" in page


def test_a_schema_that_is_no_json_leaves_the_fields_undescribed(filled):
    with duckdb.connect(str(filled.path)) as database:
        database.execute("update schemas set json_schema = '[1'")
    write_all(filled, Path("archive"))
    assert "does not describe" in Path("archive/data_dictionary.md").read_text("utf-8")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_every_file_of_a_folder_opens_in_other_programs(folder, library):
    library = pytest.importorskip(library, reason="an extra")
    for table in json.loads((folder / "manifest.json").read_text())["tables"]:
        assert len(library.read_parquet(folder / f"{table['name']}.parquet")) == table["rows"]
