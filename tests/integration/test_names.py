"""Names in a database: what papers print, what it means, and that nothing depends on who came first."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

import extractor
from extractor.catalog import load_schema
from extractor.errors import SettingsError
from extractor.exchange import Response
from extractor.name_lists import DIRECTIONS, NAMES, add_direction, add_name
from extractor.normalizing import NameRow, shipped
from extractor.papers import Paper, Text
from extractor.pipeline import extraction_of
from extractor.rows import tables_of
from extractor.store.definitions import define
from extractor.store.names import are_current, fill_names
from extractor.store.writing import write_outcomes

DB = Path("outputs/extractor.duckdb")
FOLDER = DB.parent
HEADER = "kind,printed,canonical\n"
SCHEMA = load_schema("papers")


@pytest.fixture
def make(paper, answering):
    """Return a function: title -> (abstract, what it prints) is extracted into a database."""

    def run(papers, db=DB, **options):
        given_papers = [paper(title, abstract) for title, (abstract, _) in papers.items()]
        provider = answering({title: record for title, (_, record) in papers.items()})
        extractor.run(given_papers, provider=provider, model="heron-large", db=db, **options)
        return extractor.Database(db)

    return run


def claim(**printed):
    return {"quote": "", **printed}


def in_tables(connection):
    """Return both tables as sets of rows, none of them twice."""
    found = [connection.execute(f"from {name}").fetchall() for name in ("names", "metric_directions")]
    assert all(len(rows) == len(set(rows)) for rows in found)
    return [set(rows) for rows in found]


def tables(db=DB):
    with duckdb.connect(db, read_only=True) as plain:
        return in_tables(plain)


def meaning(database, kind="metric"):
    """Return canonical name by title of what papers print."""
    rows = database.sql(
        f"select p.title, canonical_name('{kind}', n.printed, p.paper_id) as canonical "
        f"from printed_names n join current_extractions p using (extraction_id) where n.kind = '{kind}'"
    ).rows()
    return {row["title"]: row["canonical"] for row in rows}


# ---------------------------------------------------------------- what is there after a run


def test_all_that_a_run_printed_has_a_canonical_name(make):
    record = {
        "tasks": ["image categorization"],
        "datasets": ["CIFAR10", "Reed-Bench dataset"],
        "metrics": ["top-1 acc."],
        "method": "AlderNet",
        "claims": [claim(task="Image Classification", metric="WER", dataset="CIFAR-10", baseline="Res-Net")],
    }
    database = make({"Alder": ("We study reeds.", record)})
    listed = database.sql("select kind, printed, canonical from names where paper_id is null").rows()
    assert {tuple(row.values()) for row in listed} == {
        ("task", "image categorization", "Image classification"),
        ("task", "Image Classification", "Image classification"),
        ("dataset", "CIFAR10", "CIFAR-10"),
        ("dataset", "CIFAR-10", "CIFAR-10"),
        ("dataset", "Reed-Bench dataset", "Reed-Bench dataset"),
        ("metric", "top-1 acc.", "Top-1 accuracy"),
        ("metric", "WER", "Word error rate"),
        ("method", "AlderNet", "AlderNet"),
        ("method", "Res-Net", "ResNet"),
    }
    assert {tuple(row.values()) for row in database.table("metric_directions").rows()} == {
        ("Top-1 accuracy", "up", "%"),
        ("Word error rate", "down", None),
    }


def test_null_and_empty_names_have_no_canonical_one(make):
    record = {"tasks": [""], "claims": [claim(dataset=None, metric="")]}
    database = make({"Alder": ("We study reeds.", record)})
    assert database.names().rows() == []
    nothing = (
        "select canonical_name('metric', null, 'alder') as of_null, canonical_name('task', '', null) as e"
    )
    assert database.sql(nothing).rows() == [{"of_null": None, "e": ""}]


def test_a_name_that_nobody_printed_means_itself(make):
    database = make({"Alder": ("We study reeds.", {})})
    assert database.sql("select canonical_name('dataset', 'Fen 7', null) as fen").rows() == [{"fen": "Fen 7"}]


@pytest.mark.parametrize("wanted", ["Foo-Bar 10", "FooBar10", "foobar10", "FOOBAR10"])
def test_any_of_its_names_chooses_a_name(make, wanted):
    printed = {"datasets": ["Foo-Bar 10", "FooBar10", "Foo-Bar 100"]}
    database = make({"Alder": ("We study reeds.", printed)})
    asked = f"select distinct canonical from names where means('dataset', canonical, '{wanted}')"
    assert database.sql(asked).rows() == [{"canonical": "FooBar10"}]


# ---------------------------------------------------------------- acronyms

HARVEST = ("We report the harvest rate (HRT) of reeds.", {"metrics": ["HRT"]})
HEART = ("We report the heron rest time (HRT) of birds.", {"metrics": ["HRTs"]})


def test_an_acronym_means_what_its_own_paper_says_and_elsewhere_itself(make):
    database = make(
        {
            "Alder": HARVEST,
            "Birch": HEART,
            "Cedar": ("We report HRT.", {"metrics": ["HRT"]}),
            "Dogwood": ("We report the harvest rate.", {"metrics": ["Harvest rate"]}),
        }
    )
    assert meaning(database) == {
        "Alder": "Harvest rate",
        "Birch": "heron rest time",
        "Cedar": "HRT",
        "Dogwood": "Harvest rate",
    }
    listed = [tuple(row.values()) for row in database.names("metric").rows()]
    assert listed == [
        ("metric", "Harvest rate", "HRT", 1, 1),
        ("metric", "Harvest rate", "Harvest rate", 1, 1),
        ("metric", "heron rest time", "HRTs", 1, 1),
        ("metric", "HRT", "HRT", 1, 1),
    ]


def test_an_acronym_keeps_its_meaning_when_all_is_filled_anew(make):
    papers = {"Alder": HARVEST, "Birch": HEART, "Cedar": ("We report HRT.", {"metrics": ["HRT"]})}
    database = make(papers)
    before = tables()
    database.rebuild()
    assert tables() == before
    assert meaning(database)["Alder"] == "harvest rate"


def test_a_text_that_two_papers_share_defines_for_the_one_that_views_name(paper, answering):
    # Given one text under two ids, asked of two models,
    abstract, record = HARVEST
    first = paper("Alder", abstract)
    second = Paper(paper_id="another-id", text=first.text)
    for given_paper, model in ((first, "heron-large"), (second, "heron-small")):
        extractor.run([given_paper], provider=answering({"Alder": record}, model=model), model=model)
    # when it is asked what its acronym means, then it is its full form, whichever answer counts.
    for model in ("heron-large", "heron-small"):
        database = extractor.Database(model=model)
        assert [row["canonical"] for row in database.names("metric").rows()] == ["harvest rate"]


def test_where_versions_of_a_paper_differ_in_a_definition_their_order_makes_no_difference(paper, answering):
    filled = []
    for turn, abstracts in enumerate(permutations([HARVEST[0], HEART[0]])):
        db = Path(f"outputs/{turn}.duckdb")
        for abstract in abstracts:
            provider = answering({"Alder": {"metrics": ["HRT"]}})
            extractor.run([paper("Alder", abstract)], provider=provider, model="heron-large", db=db)
        assert len(extractor.Database(db).sql("from texts")) == 2
        filled.append((tables(db), meaning(extractor.Database(db))))
    assert filled[0] == filled[1]


# ---------------------------------------------------------------- lists


def test_when_a_list_changes_reading_alone_fills_the_tables_anew(paper, answering):
    # Given a database in which two names are two,
    provider = answering({"Alder": {"datasets": ["Fen A", "Moor"], "metrics": ["soggedness"]}})
    extractor.run([paper("Alder", "We study reeds.")], provider=provider, model="heron-large")
    database = extractor.Database()
    asked = len(provider.asked)

    def told():
        of_datasets = database.sql("select distinct canonical from names where kind = 'dataset' order by all")
        return [row["canonical"] for row in of_datasets.rows()], database.table("metric_directions").rows()

    unknown = {"metric": "soggedness", "direction": None, "unit": None}
    assert told() == (["Fen A", "Moor"], [unknown])
    # when the user says that they are one, and which way is better,
    add_name(FOLDER, "dataset", "Moor", "Fen A")
    add_direction(FOLDER, "Soggedness", "down", "g")
    # then the next question follows, and no answer is asked for again;
    assert told() == (["Fen A"], [{"metric": "soggedness", "direction": "down", "unit": "g"}])
    assert len(provider.asked) == asked
    # and when the lists are gone, so is what they said.
    (FOLDER / NAMES).unlink()
    (FOLDER / DIRECTIONS).unlink()
    assert told() == (["Fen A", "Moor"], [unknown])


def test_what_lists_say_is_in_the_file_for_other_programs(make):
    make({"Alder": ("We study reeds.", {"datasets": ["Moor", "Fen"]})})
    add_name(FOLDER, "dataset", "Moor", "Fen")
    extractor.Database().runs()
    assert {canonical for *_, canonical, _ in tables()[0]} == {"Fen"}


def test_several_databases_may_share_lists(make, monkeypatch, tmp_path):
    monkeypatch.setenv("EXTRACTOR_NAMES", str(tmp_path / "ours"))
    add_name(tmp_path / "ours", "dataset", "Moor", "Fen")
    for name in ("a", "b"):
        database = make({"Alder": ("We study reeds.", {"datasets": ["Moor"]})}, db=Path(f"{name}.duckdb"))
        assert [row["canonical"] for row in database.names().rows()] == ["Fen"]


def test_a_broken_list_stops_a_run_before_anything_is_asked(paper, answering):
    FOLDER.mkdir()
    (FOLDER / NAMES).write_text(HEADER + "place,Foo,Bar\n", encoding="utf-8")
    provider = answering({})
    with pytest.raises(SettingsError, match=r"names\.csv, line 2: no kind 'place'"):
        extractor.run([paper("Alder", "We study reeds.")], provider=provider, model="heron-large")
    assert provider.asked == []


@dataclass
class _Meddling:
    """A provider that does something at its second request."""

    inner: Any
    act: Callable[[], object]
    model: str = "heron-large"

    @property
    def identity(self):
        return self.inner.identity

    async def complete(self, request):
        if len(self.inner.asked) == 1:
            self.act()
        return await self.inner.complete(request)

    async def aclose(self):
        await self.inner.aclose()


def test_a_list_that_changes_during_a_run_counts_for_all_of_it(paper, answering):
    papers = [paper(title, f"{title} is about reeds.") for title in ("Alder", "Birch", "Cedar")]
    inner = answering({one.text.title: {"datasets": ["Moor"]} for one in papers})
    provider = _Meddling(inner, lambda: add_name(FOLDER, "dataset", "Moor", "Fen"))
    extractor.run(papers, provider=provider, model="heron-large", concurrency=1)
    assert {(printed, canonical) for _, printed, _, canonical, _ in tables()[0]} == {("Moor", "Fen")}


def test_a_list_that_breaks_during_a_run_loses_nothing(paper, answering, caplog):
    add_name(FOLDER, "dataset", "Moor", "Fen")
    papers = [paper(title, f"{title} is about reeds.") for title in ("Alder", "Birch", "Cedar")]
    inner = answering({one.text.title: {"datasets": ["Moor"]} for one in papers})
    provider = _Meddling(inner, lambda: (FOLDER / NAMES).write_text("no list\n", encoding="utf-8"))
    with caplog.at_level(logging.WARNING):
        extractor.run(papers, provider=provider, model="heron-large", concurrency=1)
    assert "the lists of names stay as they were" in caplog.text
    assert {(printed, canonical) for _, printed, _, canonical, _ in tables()[0]} == {("Moor", "Fen")}
    assert len(inner.asked) == 3


_READER = """
import sys, threading, duckdb
held = duckdb.connect(sys.argv[1], read_only=True)
print("held", flush=True)
threading.Event().wait()
"""


def test_while_another_program_reads_the_database_it_can_be_read_with_the_names_it_has(
    make, shell, monkeypatch, caplog
):
    # Given a database that another program has open to read, and a list that has changed since,
    make({"Alder": ("We study reeds.", {"datasets": ["Moor"]})})
    reader = shell.start("-c", _READER, DB)
    assert reader.stdout.readline() == "held\n"
    add_name(FOLDER, "dataset", "Moor", "Fen")
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.05")
    # when it is asked, then it answers, and says that the names are old.
    with caplog.at_level(logging.WARNING):
        assert [row["canonical"] for row in extractor.Database().names().rows()] == ["Moor"]
    assert "views and names stay as they were" in caplog.text


# ---------------------------------------------------------------- any client

_OLD = """
    drop view printed_names; drop macro canonical_name; drop macro means;
    drop table names; drop table metric_directions; drop table name_lists;
    update schemas set extractor_version = 'of old';
"""


def test_a_database_from_before_there_were_names_gets_them_by_reading_alone(make):
    make({"Alder": HARVEST})
    before = tables()
    with duckdb.connect(DB) as old:
        for statement in old.extract_statements(_OLD):
            old.execute(statement)
    assert [row["canonical"] for row in extractor.Database().names().rows()] == ["harvest rate"]
    assert tables() == before


def test_a_database_runs_no_python_file_that_it_names_when_it_is_asked(make, tmp_path):
    # Given a database from elsewhere, whose schema is a file that is here,
    make({"Alder": HARVEST})
    schema = tmp_path / "theirs.py"
    schema.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with duckdb.connect(DB) as theirs:
        theirs.execute("update schemas set reference = ?, extractor_version = 'of old'", [str(schema)])
    # when it is asked, then it answers, and the file has not been run.
    assert [row["canonical"] for row in extractor.Database().names().rows()] == ["harvest rate"]
    assert len(extractor.Database().leaderboard()) == 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("attached", [False, True])
def test_the_file_works_where_this_package_is_not(make, attached):
    # Given a database, when a plain client opens it, or attaches it beside another,
    claims = [claim(quote="It reaches 7.5 accuracy on Moor-Bench", value=7.5, dataset="Moor-Bench")]
    claims[0]["metric"] = "accuracy"
    make(
        {"Alder": (f"{HARVEST[0]} It reaches 7.5 accuracy on Moor-Bench.", {**HARVEST[1], "claims": claims})}
    )
    with duckdb.connect() if attached else duckdb.connect(DB, read_only=True) as plain:
        prefix = ""
        if attached:
            plain.execute(f"attach '{DB}' as theirs (read_only)")
            prefix = "theirs."
        views = "select view_name from duckdb_views() where not internal"
        for (view,) in plain.execute(views).fetchall():
            plain.execute(f"from {prefix}{view}").fetchall()
        if attached:
            plain.execute("use theirs")
        asked = "select canonical_name(kind, printed, 'alder') from printed_names where kind = 'metric'"
        # then its views and macros work.
        assert sorted(plain.execute(asked).fetchall()) == [("Accuracy",), ("harvest rate",)]


# ---------------------------------------------------------------- what papers may print

HOSTILE = [
    "'; drop table names; --",
    '"); select 1; --',
    '=HYPERLINK("http://127.0.0.1")',
    "+cmd|' /C calc'!A0",
    "\x1b[2J\x1b[31mred",
    "two\nlines\r\n",
    "{n}@{n}",
    "$1 ?1 :name %s {0}",
    "\u202egnp.exe",
    "数据集-10",
    "𝔉en 7",
    "x" * 5_000,
    "(" * 200,
]


def test_hostile_names_are_data(make):
    database = make(
        {"Alder": ("We study reeds.", {"datasets": HOSTILE, "metrics": HOSTILE, "tasks": HOSTILE})}
    )
    listed = database.names("dataset").rows()
    assert {row["printed"] for row in listed} == set(HOSTILE)
    before = tables()
    database.rebuild()
    assert tables() == before


def test_a_hostile_list_is_data(make):
    make({"Alder": ("We study reeds.", {"datasets": ["Moor"], "metrics": ["wetness"]})})
    add_name(FOLDER, "dataset", "Moor", HOSTILE[0])
    add_direction(FOLDER, "wetness", "up", HOSTILE[1])
    assert [row["canonical"] for row in extractor.Database().names("dataset").rows()] == [HOSTILE[0]]
    assert [row["unit"] for row in extractor.Database().table("metric_directions").rows()] == [HOSTILE[1]]


# ---------------------------------------------------------------- one by one, or all at once


printed_names = st.one_of(
    st.sampled_from(
        ["HRT", "HRTs", " HRT ", "ÄÖÜ", "mHR@10", "Harvest rate", "harvest-rate", "WER", "", " "]
    ),
    st.sampled_from(["Foo-Bar 10", "foobar10", "F1", "f-measure", "HRT\u3000", "Ⅷ", "it's", "\x00HRT"]),
    st.text("HRTabé -'1\n(", max_size=6),
)
abstracts = st.sampled_from(
    [
        "We report the harvest rate (HRT) of reeds.",
        "We report HRT (heron rest time).",
        "We report the word error rate [WER].",
        "Ährenöl überall (ÄÖÜ) is what we report.",
        "We report nothing.",
    ]
)
answers = st.fixed_dictionaries(
    {"metrics": st.lists(printed_names, max_size=3), "datasets": st.lists(printed_names, max_size=2)}
)
some_papers = st.lists(st.tuples(abstracts, answers), min_size=1, max_size=4)


def extraction(number, abstract, record):
    paper = Paper(paper_id=f"p{number % 3}", text=Text(title=f"Reed {number % 2}", abstract=abstract))
    response = Response(json.dumps(record), "heron-large")
    return extraction_of(paper, f"{number:032}", response, SCHEMA, "openai")


OWN = shipped().with_own([NameRow("metric", "Moor", "Fen")])


def filled(batches, lists=OWN, *, first=OWN):
    """Return both tables of a database that is written in batches by the lists of `first`, then refilled."""
    with duckdb.connect() as connection:
        connection.execute("begin")
        define(connection, SCHEMA)
        fill_names(connection, first)
        for batch in batches:
            write_outcomes(connection, "20260101-000000-aaaa", batch, tables_of(SCHEMA.record_type), first)
        if not are_current(connection, lists):
            fill_names(connection, lists)
        return in_tables(connection)


SAME_TEXT = ("We report the harvest rate (HRT) of reeds.", {"metrics": [], "datasets": ["HRT"]})


@example(papers=[SAME_TEXT, SAME_TEXT, SAME_TEXT])  # The third is the first's text under another id.
@given(papers=some_papers)
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # Each example is several databases: shrinking takes minutes.
)
def test_filling_paper_by_paper_at_once_or_anew_gives_the_same(papers):
    # Given papers that share texts, ids and names,
    made = [extraction(number, *one) for number, one in enumerate(papers)]
    # when they are written one by one, all at once, or before the lists said anything,
    one_by_one = filled([[one] for one in made])
    at_once = filled([made])
    anew = filled([[one] for one in made], first=shipped())
    # then the tables are the same.
    assert one_by_one == at_once == anew


def test_spelling_does_not_depend_on_the_order_of_papers():
    answers_given = [
        ("We measure the harvest rate (HRT).", {"metrics": ["HRT"], "datasets": ["Foo-Bar 10"]}),
        ("We print Harvest-Rate.", {"metrics": ["Harvest-Rate", "HRT"], "datasets": ["foobar10"]}),
        ("We print more.", {"metrics": ["harvestrate"], "datasets": ["FooBar10", "Foobar-10"]}),
    ]
    made = [extraction(number, *answer) for number, answer in enumerate(answers_given)]
    found = [filled([one] for one in order) for order in permutations(made)]
    assert found == [found[0]] * 6
    assert {(kind, printed, paper, canonical) for kind, printed, paper, canonical, _ in found[0][0]} == {
        *(
            ("dataset", name, None, "FooBar10")
            for name in ("Foo-Bar 10", "foobar10", "FooBar10", "Foobar-10")
        ),
        *(("metric", name, None, "harvestrate") for name in ("Harvest-Rate", "harvestrate", "harvest rate")),
        ("metric", "HRT", None, "HRT"),
        ("metric", "HRT", "p0", "harvestrate"),
    }


def test_the_names_of_a_replaced_answer_go_with_it(paper, answering):
    reeds = [paper("Alder", "We study reeds.")]
    for printed in ("Foo10", "Foo-Bar 10"):
        provider = answering({"Alder": {"datasets": [printed], "metrics": [f"{printed} rate"]}})
        extractor.run(reeds, provider=provider, model="heron-large", refresh=True)
    assert {printed for _, printed, *_ in tables()[0]} == {"Foo-Bar 10", "Foo-Bar 10 rate"}
    assert {metric for metric, *_ in tables()[1]} == {"Foo-Bar 10 rate"}


# ---------------------------------------------------------------- schemas of one's own


@pytest.fixture
def run_schema(paper):
    """Return a function that writes a schema file and has a record of it in a database."""

    def run(source, record=None):
        file = Path("trials.py")
        file.write_text(source, encoding="utf-8")
        if record is not None:
            schema = load_schema("trials.py")
            provider = _Saying(json.dumps(record))
            extractor.run(
                [paper("Alder", HARVEST[0])],
                provider=provider,
                model="heron-large",
                schema_name=schema.reference,
            )
        return extractor.Database()

    return run


@dataclass
class _Saying:
    text: str
    model: str = "heron-large"

    @property
    def identity(self):
        return {"provider": "openai"}

    async def complete(self, _):
        return Response(self.text, self.model, finish_reason="stop")

    async def aclose(self):
        pass


PARTS = """
from extractor.records import Dataset, Metric, Name, Record

class Trial(Record):
    places: tuple[Dataset | None, ...] = ()
    measure: Metric | None = None
    arm: Name | None = None

class Trials(Record):
    trials: tuple[Trial, ...] = ()
    best: Metric | None = None
"""
TRIALS = {"trials": [{"places": ["Fen", None, "Moor"], "measure": "HRT", "arm": "Osier"}], "best": None}


def test_names_in_lists_of_parts_count_and_plain_names_do_not(run_schema):
    database = run_schema(PARTS, TRIALS)
    assert [(row["kind"], row["canonical"], row["printed"]) for row in database.names().rows()] == [
        ("dataset", "Fen", "Fen"),
        ("dataset", "Moor", "Moor"),
        ("metric", "harvest rate", "HRT"),
    ]
    before = tables()
    database.rebuild()
    assert tables() == before


def test_a_schema_without_such_fields_has_no_names(run_schema):
    source = (
        "from extractor.records import Name, Record\n\nclass Trial(Record):\n    arm: Name | None = None\n"
    )
    database = run_schema(source, {"arm": "Osier"})
    add_name(FOLDER, "dataset", "Moor", "Fen")
    assert database.names().rows() == []
    assert database.suggested_names() == []


def test_a_field_that_becomes_a_name_of_something_is_filled_when_rows_are_made_anew(run_schema):
    # Given a schema whose field is a plain name, which its JSON schema does not tell from a dataset,
    plain = "from extractor.records import Name, Dataset, Record\n\nclass Trial(Record):\n    place: {}\n"
    assert run_schema(plain.format("Name"), {"place": "Moor"}).names().rows() == []
    # when the file says that it is one, then it has a canonical name.
    database = run_schema(plain.format("Dataset"))
    database.rebuild()
    rows = database.names().rows()
    assert [(row["kind"], row["canonical"]) for row in rows] == [("dataset", "Moor")]


def test_where_the_schema_is_gone_or_another_by_now_names_follow_the_lists_all_the_same(run_schema, caplog):
    run_schema(PARTS, TRIALS)
    for change in (
        lambda file: file.write_text(PARTS.replace("best", "worst"), encoding="utf-8"),
        lambda file: file.unlink(),
    ):
        change(Path("trials.py"))
        name = "Mire" if Path("trials.py").exists() else "Bog"
        add_name(FOLDER, "dataset", "Moor", name)
        with caplog.at_level(logging.WARNING):
            names = [row["canonical"] for row in extractor.Database().names("dataset").rows()]
        assert sorted(names) == sorted(["Fen", name])
    assert caplog.text == ""
