"""The store: rows go in once, come out the same, and neither a crash nor a lock loses or doubles any."""

import asyncio
import contextlib
import csv
import io
import json
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import extractor
from extractor.catalog import load_schema
from extractor.errors import QueryError, SchemaError, StoreError, StoreLockedError
from extractor.exchange import Response, Usage
from extractor.exporting import write_table
from extractor.outcomes import Failure
from extractor.papers import Paper, Text, title_alias
from extractor.pipeline import extraction_of
from extractor.providers.fake import FakeProvider
from extractor.store import Store
from extractor.store.connections import reading, writing

DB = Path("outputs/extractor.duckdb")

REEDS = {
    f"Reed {n}: A Study of Reeds": {
        "method": f"Reed {n}",
        "datasets": ["ReedBench"],
        "claims": [
            {
                "quote": f"Reed {n} reaches {n}.5% accuracy on ReedBench",
                "dataset": "ReedBench",
                "metric": "accuracy",
                "value": n + 0.5,
            }
        ],
    }
    for n in range(1, 20)
}


def asked(sql, db=None, **chosen):
    return extractor.Database(db, **chosen).sql(sql).rows()


def counts(db=None):
    tables = ("papers", "texts", "responses", "extractions", "all_claims", "all_records", "evidence")
    query = ", ".join(f"(select count(*) from {table}) as {table}" for table in tables)
    return asked(f"select {query}", db)[0]


def everything(*, but=()):
    """Return the rows of every table and view, in an order of their own."""
    with duckdb.connect(DB, read_only=True) as plain:
        names = plain.execute(
            "select table_name from duckdb_tables() "
            "union select view_name from duckdb_views() where not internal"
        ).fetchall()
        return {
            name: plain.execute(f'select * from "{name}" order by all').fetchall()
            for (name,) in names
            if name not in but
        }


# ---------------------------------------------------------------- there and back


# CSV is for other people's programs: what would steer a terminal is dropped there, so it is left out here.
words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"], include_characters="\n\t"), max_size=30)
figures = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**50), 2**50))
claims = st.fixed_dictionaries(
    {
        "quote": words,
        "dataset": st.none() | words,
        "value": figures,
        "unit": st.none() | words,
    }
)
records = st.fixed_dictionaries(
    {"tasks": st.lists(words, max_size=3), "claims": st.lists(claims, max_size=3)}
)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Return an empty database, made once, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.duckdb"
    Store(path).prepare(load_schema("papers"))
    return path


def extraction(paper, record, fingerprint="f" * 32, model="heron-large"):
    response = Response(json.dumps(record), model, Usage(1, 2), "stop")
    return extraction_of(paper, fingerprint, response, load_schema("papers"), "openai")


def run_row(run_id="20260101-000000-aaaa"):
    return {"run_id": run_id, "status": "done", "schema_name": "papers", "papers": 1}


def is_same(cell, text):
    """Tell whether a cell of our CSV is a text; a spreadsheet's formula has an apostrophe before it."""
    return cell in (text, f"'{text}")


@given(record=records, title=words, abstract=words)
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # Each example is a database: shrinking takes minutes.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_rows_come_back_from_the_database_and_from_csv_as_they_went_in(template, record, title, abstract):
    with tempfile.TemporaryDirectory() as folder:
        # Given a database with whatever a model may have answered,
        db = Path(folder, "a.duckdb")
        shutil.copy(template, db)
        paper = Paper(paper_id="p", text=Text(title=title, abstract=abstract))
        Store(db).write(load_schema("papers"), run_row(), [extraction(paper, record)])
        # when it is read and exported,
        stored = extractor.Database(db).table("claims").rows()
        tasks = extractor.Database(db).table("tasks").rows()
        write_table(extractor.Database(db), "claims", Path(folder, "claims.csv"))
        with Path(folder, "claims.csv").open(encoding="utf-8", newline="") as file:
            read = list(csv.DictReader(file))
    # then both hold the same values, to the last digit and sign.
    for key in ("quote", "dataset", "value", "unit"):
        given_values = [claim[key] for claim in record["claims"]]
        assert [row[key] for row in stored] == given_values
        texts = ["" if value is None else value for value in given_values]
        if key == "value":
            assert [float(row[key]) if row[key] else "" for row in read] == texts
        else:
            assert all(is_same(row[key], text) for row, text in zip(read, texts, strict=True))
    assert [row["name"] for row in tasks] == record["tasks"]
    assert {row["title"] for row in stored} <= {title}


def test_saving_twice_is_saving_once(paper):
    # Given a batch with an extraction and a failure,
    Store(DB).prepare(load_schema("papers"))
    good, bad = paper("Good", "It reaches 5.1 on Reeds."), paper("Bad", "It does not.")
    batch = [
        extraction(good, {"claims": [{"quote": "It reaches 5.1 on Reeds", "value": 5.1}]}),
        Failure(bad, "e" * 32, "refused", "the model declined", paid=True),
    ]
    # when it is written, and written again as after a crash between writing and forgetting,
    Store(DB).write(load_schema("papers"), run_row(), batch)
    once = everything(but=("runs",))
    Store(DB).write(load_schema("papers"), run_row(), batch)
    # then no table holds more, and none holds other rows.
    assert everything(but=("runs",)) == once
    assert counts()["papers"] == 2
    assert len(once["run_papers"]) == 2


def test_a_failed_batch_leaves_nothing_behind(paper):
    # Given a database whose last table to be written is gone,
    Store(DB).prepare(load_schema("papers"))
    with duckdb.connect(DB) as broken:
        broken.execute("drop table runs")
    # when a batch is written,
    with pytest.raises(StoreError, match="runs"):
        Store(DB).write(load_schema("papers"), run_row(), [extraction(paper("Good", "Text."), {})])
    # then its first part is not there either.
    assert counts()["papers"] == 0


# ---------------------------------------------------------------- any DuckDB client


def test_every_view_works_in_a_plain_client_of_another_process(page, shell):
    extractor.run(page, model="rules")
    code = (
        "import duckdb, json, sys\n"
        "db = duckdb.connect(sys.argv[1], read_only=True)\n"
        "views = db.execute('select view_name from duckdb_views() where not internal').fetchall()\n"
        "print(json.dumps({n: len(db.execute(f'from \"{n}\"').fetchall()) for (n,) in views}))\n"
    )
    process = shell.start("-c", code, DB)
    out, err = process.communicate()
    assert err == ""
    found = json.loads(out)
    assert {"claims", "tasks", "records", "leaderboard", "boards", "gains", "comparison"} <= set(found)
    assert found["records"] == 4
    assert found["leaderboard"] >= 2


def test_a_plain_client_chooses_a_run_by_a_variable(page):
    first = extractor.run(page, model="rules").run_id
    extractor.run(page, provider=FakeProvider(), model="fake")
    with duckdb.connect(DB, read_only=True) as plain:
        plain.execute("set variable model = 'fake'")
        assert plain.execute("select distinct provider from records").fetchall() == [("fake",)]
        plain.execute("set variable model = null")
        plain.execute(f"set variable run_id = '{first}'")
        assert plain.execute("select distinct provider from records").fetchall() == [("rules",)]


# ---------------------------------------------------------------- one statement that reads


READING = [
    "select 1 as a",
    "from claims limit 1",
    "with a as (select 1 as b) from a",
    "describe claims",
    "show tables",
    "summarize papers",
    "explain select 1",
    "values (1)",
    "select 1;",
    "select 1 -- and a remark",
]


def test_every_kind_of_reading_statement_is_taken(filled):
    for statement in READING:
        assert len(filled.sql(statement)) > 0, statement


WRITING = [
    pytest.param("copy claims to 'out.csv'", id="copy to a file"),
    pytest.param("copy papers from 'in.csv'", id="copy from a file"),
    pytest.param("attach 'other.duckdb'", id="attach"),
    pytest.param("insert into papers (title) values ('x')", id="insert"),
    pytest.param("update papers set title = 'x'", id="update"),
    pytest.param("delete from papers", id="delete"),
    pytest.param("drop table papers", id="drop"),
    pytest.param("create table t (a integer)", id="create"),
    pytest.param("create table memory.main.t (a integer)", id="create in memory"),
    pytest.param("pragma database_list", id="pragma"),
    pytest.param("set enable_external_access = true", id="set"),
    pytest.param("install httpfs", id="install"),
    pytest.param("load httpfs", id="load"),
    pytest.param("export database 'folder'", id="export"),
    pytest.param("checkpoint", id="checkpoint"),
    pytest.param("begin", id="begin"),
    pytest.param("select 1; select 2", id="two statements"),
    pytest.param("select 1; drop table papers", id="a second that writes"),
    pytest.param("explain analyze insert into papers (title) values ('x')", id="insert in an explain"),
    pytest.param("explain analyze copy claims to 'out.csv'", id="copy in an explain"),
    pytest.param("select 1) ; drop table papers; --", id="an early bracket"),
    pytest.param("", id="nothing"),
    pytest.param("-- a remark", id="a remark alone"),
]


@pytest.mark.parametrize("statement", WRITING)
def test_what_does_not_only_read_is_refused(filled, statement, own_surroundings):
    before = sorted(own_surroundings.rglob("*"))
    with pytest.raises(QueryError):
        filled.sql(statement)
    assert counts()["papers"] == 4
    assert sorted(own_surroundings.rglob("*")) == before


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("selec 1", "selec", id="a slip of the pen"),
        pytest.param("from nowhere", "nowhere", id="an unknown table"),
        pytest.param("select colour from claims", "colour", id="an unknown column"),
    ],
)
def test_what_duckdb_cannot_run_is_an_error_of_ours_that_names_it(filled, statement, told):
    with pytest.raises(QueryError, match=told):
        filled.sql(statement)


def test_a_file_that_is_no_database_is_told_as_such():
    Path("not.duckdb").write_text("these are words, and no database at all\n" * 200)
    with pytest.raises(StoreError, match=r"not\.duckdb"):
        extractor.Database("not.duckdb").sql("select 1")


def test_a_database_of_somebody_else_is_told_as_such():
    with duckdb.connect("other.duckdb") as other:
        other.execute("create table things (a integer)")
    database = extractor.Database("other.duckdb")
    for ask in (lambda: database.show("Reed"), database.boards, database.compare, database.rebuild):
        with pytest.raises(StoreError, match=r"other\.duckdb.*none of ours"):
            ask()


# ---------------------------------------------------------------- locks


@pytest.mark.usefixtures("filled")
def test_a_reader_of_a_held_database_says_who_holds_it(hold):
    holder = hold(DB)
    with pytest.raises(StoreLockedError, match=rf"held by.*{holder.pid}") as raised, reading(DB, wait=0.1):
        pass
    assert "--db" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.usefixtures("filled")
def test_a_writer_to_a_held_database_says_who_holds_it(hold, paper):
    holder = hold(DB)
    with pytest.raises(StoreLockedError, match=rf"held by.*{holder.pid}"):
        Store(DB).write(load_schema("papers"), run_row(), [extraction(paper("Good", "Text."), {})], wait=0.1)


@pytest.mark.usefixtures("filled")
def test_a_reader_waits_for_the_database_to_be_let_go(hold):
    holder = hold(DB)
    threading.Timer(0.3, holder.stdin.close).start()
    started = time.monotonic()
    assert asked("select count(*) n from papers") == [{"n": 4}]
    assert time.monotonic() - started >= 0.2


def test_a_result_holds_no_lock(filled):
    # Given results in use,
    rows = filled.table("claims")
    walk = iter(rows)
    next(walk)
    # when another connection wants to write, then it can,
    with writing(DB, wait=0.0) as connection:
        connection.execute("delete from all_claims")
    # and the results are what they were.
    assert len(list(walk)) == len(rows) - 1 > 0


@pytest.mark.usefixtures("filled")
def test_threads_may_read_and_write_one_database_at_once(paper):
    counted: list[int] = []

    def read():
        counted.extend(len(extractor.Database().table("papers")) for _ in range(5))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(5):
        Store(DB).write(load_schema("papers"), run_row(), [extraction(paper(f"Paper {number}", "Text."), {})])
    for reader in readers:
        reader.join()
    assert len(counted) == 15
    assert set(counted) <= set(range(4, 10))
    assert counts()["papers"] == 9


# ---------------------------------------------------------------- crashes

PAUSING = """
import asyncio, json, pathlib, sys
import extractor
from extractor.exchange import Response, Usage

answers = json.loads(pathlib.Path("answers.json").read_text())
at_once = int(sys.argv[2])

class Pausing:
    model = "heron-large"
    identity = {"provider": "openai"}
    asked = 0

    async def complete(self, request):
        self.asked += 1
        pathlib.Path(f"asked-{self.asked}").touch()
        if self.asked > at_once:
            while not pathlib.Path("go").exists():
                await asyncio.sleep(0.01)
        return Response(json.dumps(answers[request.text.title]), self.model, Usage(100, 20), "stop")

    async def aclose(self):
        pass

extractor.run(sys.argv[1], provider=Pausing(), model="heron-large", concurrency=3)
"""


@pytest.fixture
def pausing(shell, eventually):
    """Return a function that starts a run which answers some papers at once, the others when told to."""

    def start(page, *, at_once, asked):
        Path("answers.json").write_text(json.dumps(REEDS))
        run = shell.start("-c", PAUSING, page, at_once)
        eventually(lambda: Path(f"asked-{asked}").exists() or run.poll() is not None)
        return run

    return start


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def journals():
    return sorted(Path(f"{DB}.journal").glob("*.jsonl"))


def in_journal():
    """Return the outcomes that the journal holds, by file; one may be trimmed while it is read."""
    found = {}
    for path in journals():
        with contextlib.suppress(FileNotFoundError):
            lines = path.read_bytes().splitlines()
            found[path] = [line for line in lines if line.startswith(b'{"fingerprint"')]
    return found


def says_done():
    """Return whether the journal says of its run that all papers are done."""
    with contextlib.suppress(FileNotFoundError):
        return any(b'"status":"done"' in path.read_bytes() for path in journals())
    return False


def waiting_in_journal():
    return sum(map(len, in_journal().values()))


def kept():
    """Return the fingerprints of the answers that are in the journal or the database."""
    waiting = {json.loads(line)["fingerprint"] for lines in in_journal().values() for line in lines}
    return waiting | {row["fingerprint"] for row in asked("select fingerprint from responses")}


@pytest.fixture
def left_behind(pausing, hold, eventually):
    """Return a function by which a run is killed at its end, while its answers wait in the journal alone."""

    def leave(page, papers):
        run = pausing(page, at_once=0, asked=papers)
        holder = hold(DB)
        Path("go").touch()
        eventually(lambda: waiting_in_journal() == papers and says_done())
        kill(run)
        kill(holder)

    return leave


def values():
    return [row["value"] for row in asked("select value from claims order by value")]


def test_a_killed_run_loses_no_answer_and_asks_for_none_twice(make_page, pausing, answering, eventually):
    # Given a run that has six answers of nine, waits for three, and is killed,
    page = make_page(9)
    run = pausing(page, at_once=6, asked=9)
    eventually(lambda: len(kept()) == 6)
    kill(run)
    # when the same page is run again,
    provider = answering(REEDS)
    summary = extractor.run(page, provider=provider, model="heron-large")
    # then only the three are asked for that had no answer,
    assert len(provider.asked) == 3
    assert (summary.tally.extracted, summary.tally.from_cache) == (9, 6)
    # every row is there once,
    assert values() == [n + 0.5 for n in range(1, 10)]
    assert counts()["extractions"] == counts()["papers"] == counts()["responses"] == 9
    # each run tells what it did, and nothing is left in the journal.
    assert asked(
        "select status, papers, extracted, from_cache, input_tokens from runs order by started_at"
    ) == [
        {"status": "interrupted", "papers": 9, "extracted": 6, "from_cache": 0, "input_tokens": 600},
        {"status": "done", "papers": 9, "extracted": 9, "from_cache": 6, "input_tokens": 300},
    ]
    assert journals() == []


def test_a_run_goes_on_while_another_program_holds_the_database(make_page, left_behind):
    # Given a run that was answered, and ended, while another program held the database,
    left_behind(make_page(3), 3)
    # when anything at all is asked of the database, then the rows are there.
    assert values() == [1.5, 2.5, 3.5]
    assert asked("select status, extracted from runs") == [{"status": "done", "extracted": 3}]
    assert journals() == []


def test_the_next_run_takes_what_a_killed_run_left(make_page, left_behind, answering):
    page = make_page(2)
    left_behind(page, 2)
    told: list[str] = []
    provider = answering(REEDS)
    summary = extractor.run(page, provider=provider, model="heron-large", tell=told.append)
    assert (provider.asked, summary.tally.from_cache) == ([], 2)
    assert ["2" in line and "journal" in line for line in told] == [True]


def test_a_torn_last_line_of_a_journal_is_passed_over(make_page, left_behind, answering):
    # Given a journal whose last line was not written to its end,
    page = make_page(2)
    left_behind(page, 2)
    last = [path for path, outcomes in in_journal().items() if outcomes][-1]
    last.write_bytes(last.read_bytes()[:-10])
    # when the page is run again, then one paper is asked for anew and both are there.
    provider = answering(REEDS)
    extractor.run(page, provider=provider, model="heron-large")
    assert len(provider.asked) == 1
    assert values() == [1.5, 2.5]


def test_a_run_that_still_lives_keeps_its_journal(make_page, pausing, eventually):
    # Given a run that waits for its last answer,
    run = pausing(make_page(3), at_once=2, asked=3)
    # when other commands come by meanwhile,
    eventually(lambda: DB.is_file() and counts()["extractions"] == 2)
    assert asked("select status from runs") == [{"status": "running"}]
    # then it goes on to its end.
    Path("go").touch()
    assert run.wait(20) == 0
    assert asked("select status, extracted from runs") == [{"status": "done", "extracted": 3}]


# ---------------------------------------------------------------- asked once


def test_the_same_paper_from_two_files_is_one_paper(page, answering):
    # Given two files that share a paper, the second with an id of its own for it,
    entry = {"id": "2611.00001", "title": "Harbourlight: Gated Pooling for Image Classification"}
    abstract = page.read_text().split("\n\n")[4].strip()
    Path("again.jsonl").write_text(json.dumps({**entry, "abstract": abstract}) + "\n")
    provider = answering({})
    extractor.run(page, provider=provider, model="heron-large")
    # when both are run,
    summary = extractor.run("again.jsonl", provider=provider, model="heron-large")
    # then the paper is asked about once and known by both ids.
    assert summary.tally.from_cache == 1
    assert counts()["papers"] == 4
    ids = asked(
        "select distinct paper_id from paper_ids where alias in ('2611.00001', $$"
        + title_alias(entry["title"])
        + "$$)"
    )
    assert len(ids) == 1
    assert extractor.Database().show("2611.00001").title == entry["title"]


def test_another_version_of_a_paper_is_another_text_of_the_same_paper(answering):
    title = "Reed 1: A Study of Reeds"
    lines = [
        {"id": "reed", "title": title, "abstract": "Reed 1 reaches 1.5% accuracy on ReedBench."},
        {"id": "reed", "title": title, "abstract": "We add that Reed 1 reaches 1.5% accuracy on ReedBench."},
    ]
    for number, line in enumerate(lines):
        Path(f"v{number}.jsonl").write_text(json.dumps(line) + "\n")
        extractor.run(f"v{number}.jsonl", provider=answering(REEDS), model="heron-large")
    assert (counts()["papers"], counts()["texts"], counts()["extractions"]) == (1, 2, 2)
    assert asked("select count(*) n from records") == [{"n": 1}]
    assert extractor.Database().show("reed").abstract == lines[1]["abstract"]


def test_two_runs_of_two_models_are_both_kept_and_the_larger_model_counts(make_page, answering):
    page = make_page(2)
    # Given a run by a large model and a later one by the rules,
    large = extractor.run(page, provider=answering(REEDS), model="heron-large")
    rules = extractor.run(page, model="rules")
    # when rows are asked for, then the large model's count,
    assert asked("select distinct model from claims") == [{"model": "heron-large"}]
    # and a run or a model can be chosen instead.
    assert asked("select distinct model from claims", model="rules") == [{"model": "rules"}]
    assert asked("select distinct model from records", run=rules.run_id) == [{"model": "rules"}]
    assert asked("select distinct model from records", run=large.run_id) == [{"model": "heron-large"}]
    with pytest.raises(QueryError, match="no run '20200101-000000-0000' here"):
        asked("from records", run="20200101-000000-0000")
    assert extractor.Database(model="rules").show("Reed 1").model == "rules"


def test_the_newer_of_two_equal_models_counts(make_page, answering):
    page = make_page(1)
    extractor.run(page, provider=answering(REEDS, model="heron-large"), model="heron-large")
    extractor.run(page, provider=answering(REEDS, model="crane-large"), model="crane-large")
    assert asked("select distinct model from claims") == [{"model": "crane-large"}]


def test_a_fake_answer_never_counts_unless_it_is_chosen(make_page):
    page = make_page(1)
    fake = FakeProvider(lambda text: json.dumps(REEDS[text.title]))
    extractor.run(page, provider=fake, model="fake")
    assert asked("from records") == []
    assert asked("from leaderboard") == []
    assert [row["value"] for row in asked("from claims", model="fake")] == [1.5]


def test_each_run_notes_every_paper_that_it_did(make_page, answering):
    page = make_page(3)
    provider = answering(REEDS)
    first = extractor.run(page, provider=provider, model="heron-large").run_id
    second = extractor.run(page, provider=provider, model="heron-large").run_id
    assert asked(
        "select run_id, from_cache, count(*) n from run_papers group by all order by from_cache"
    ) == [
        {"run_id": first, "from_cache": False, "n": 3},
        {"run_id": second, "from_cache": True, "n": 3},
    ]
    assert provider.asked == list(REEDS)[:3]
    assert provider.is_closed


def test_a_paper_given_twice_in_one_run_is_asked_about_once(paper, answering):
    reed = paper("Reed 1: A Study of Reeds", "Reed 1 reaches 1.5% accuracy on ReedBench.")
    provider = answering(REEDS)
    extractor.run([reed, reed], provider=provider, model="heron-large", concurrency=2)
    assert len(provider.asked) == 1
    assert values() == [1.5]


def test_two_processes_may_run_on_one_database_at_once(make_page, shell):
    # Given two pages and one database,
    first, second = make_page(3, "first.txt"), make_page(6, "second.txt")
    # when both are run at the same time,
    runs = [shell.start("-m", "extractor", "run", page, "--model", "rules") for page in (first, second)]
    # then both end well, and each paper is there once.
    assert [(run.communicate()[1] and run.returncode) for run in runs] == [0, 0]
    assert counts()["papers"] == counts()["texts"] == counts()["extractions"] == counts()["responses"] == 6
    assert asked("select status, papers, extracted from runs order by papers") == [
        {"status": "done", "papers": 3, "extracted": 3},
        {"status": "done", "papers": 6, "extracted": 6},
    ]


# ---------------------------------------------------------------- rebuilding


def test_rebuilding_gives_the_same_rows_and_asks_nothing(make_page, answering):
    # Given a database of two models,
    page = make_page(4)
    provider = answering(REEDS)
    extractor.run(page, provider=provider, model="heron-large")
    extractor.run(page, model="rules")
    before = everything(but=("schemas",))
    # when its rows are derived anew,
    assert extractor.Database().rebuild() == (8, 0)
    # then every table and view holds what it held.
    assert everything(but=("schemas",)) == before
    assert len(provider.asked) == 4


def test_rebuilding_twice_is_rebuilding_once(make_page):
    extractor.run(make_page(3), model="rules")
    extractor.Database().rebuild()
    once = counts()
    extractor.Database().rebuild()
    assert counts() == once


# ---------------------------------------------------------------- schemas


TRIALS = '''
"""What the abstract of a trial says."""

from extractor.records import Name, Record


class Trial(Record):
    """One trial."""

    drug: Name | None = None
    arms: tuple[Name, ...] = ()
'''


def test_any_schema_gets_its_tables(make_page):
    # Given a schema of the user's own, and nothing beside it,
    Path("trials.py").write_text(TRIALS)
    fake = FakeProvider(lambda _: json.dumps({"drug": "Reed 1", "arms": ["reeds", "tulips"]}))
    # when a page is run with it,
    extractor.run(make_page(1), provider=fake, model="fake", schema_name="trials.py")
    # then its values are rows, grounded like any.
    assert [(row["name"], row["verified"]) for row in asked("from arms", model="fake")] == [
        ("reeds", True),
        ("tulips", False),
    ]
    assert asked("select drug, arms from records", model="fake") == [
        {"drug": "Reed 1", "arms": ["reeds", "tulips"]}
    ]


def test_a_schema_without_boards_says_so(make_page):
    Path("trials.py").write_text(TRIALS)
    extractor.run(make_page(1), provider=FakeProvider(), model="fake", schema_name="trials.py")
    for ask in (extractor.Database().boards, extractor.Database().leaderboard, extractor.Database().gains):
        with pytest.raises(QueryError, match="no boards"):
            ask()


def test_two_schemas_in_one_database_are_refused(make_page):
    Path("trials.py").write_text(TRIALS)
    page = make_page(1)
    extractor.run(page, model="rules")
    before = counts()
    fake = FakeProvider()
    with pytest.raises(SchemaError, match=r"'papers'.*--db"):
        extractor.run(page, provider=fake, model="fake", schema_name="trials.py")
    assert fake.asked == 0
    assert counts() == before


# ---------------------------------------------------------------- results


def test_a_result_is_columns_and_rows(filled):
    result = filled.sql("select 1 as a, 'x' as b union all select 2, null order by a")
    assert result.columns == ("a", "b")
    assert len(result) == 2
    assert list(result) == list(result) == [(1, "x"), (2, None)]
    assert result.rows() == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]


def test_a_result_is_an_arrow_stream_without_any_extra(filled):
    assert "arrow_array_stream" in repr(filled.sql("from records").__arrow_c_stream__())


def test_an_empty_result_keeps_its_columns(filled):
    result = filled.sql("select dataset, value from claims where false")
    assert (len(result), result.rows(), result.columns) == (0, [], ("dataset", "value"))


@pytest.mark.parametrize("table", ["claims", "records", "comparison", "leaderboard"])
def test_a_table_in_parquet_is_read_back_the_same(filled, table):
    write_table(filled, table, Path("out.parquet"))
    with duckdb.connect() as other:
        read = other.execute("from 'out.parquet'").fetchall()
    assert read == list(filled.table(table))


# ---------------------------------------------------------------- the doors


def test_the_sync_door_needs_no_loop(page):
    assert extractor.run(page, model="rules").tally.extracted == 4


async def test_the_sync_door_works_inside_a_running_loop(page):
    assert asyncio.get_running_loop().is_running()
    assert extractor.run(page, model="rules").tally.extracted == 4


async def test_an_error_comes_through_the_sync_door_inside_a_running_loop():
    with pytest.raises(extractor.ExtractorError, match="no file"):
        extractor.run("nowhere.txt", model="rules")


def test_papers_can_be_given_from_python(paper):
    papers = (paper(f"Reed {n}", f"Reed {n} reaches {n}.5% accuracy on ReedBench.") for n in (1, 2, 3))
    assert extractor.run(papers, model="rules").tally.extracted == 3
    assert counts()["papers"] == 3


def test_the_output_of_an_export_is_utf_8_whatever_the_surroundings(paper, shell):
    extractor.run([paper("Größenmaß", "Größenmaß reaches 5.1% WER on Übersee.")], model="rules")
    done = shell("sql", "select title from papers", "--csv", PYTHONIOENCODING="", LC_ALL="C.UTF-8")
    assert list(csv.reader(io.StringIO(done.out))) == [["title"], ["Größenmaß"]]


NARROWING = """
from extractor.records import Name, Record


class Trial(Record):
    condition: Name | None = None
    {more}
"""


def test_answers_that_no_longer_fit_keep_their_rows(paper):
    # Given rows of a schema
    Path("trials.py").write_text(NARROWING.format(more="drug: Name | None = None"))
    fever = paper("Fever", "Fever falls under Mossine.")
    answer = {"condition": "Fever", "drug": "Mossine"}
    fake = FakeProvider(lambda _: json.dumps(answer))
    extractor.run([fever], provider=fake, schema_name="trials.py")
    # when a field is taken away and all is derived anew,
    Path("trials.py").write_text(NARROWING.format(more=""))
    done = extractor.Database().rebuild()
    # then what the answer said is still there.
    assert done == (0, 1)
    assert extractor.Database().sql("select condition, drug from all_records").rows() == [answer]


def test_a_journal_that_cannot_be_read_is_set_aside_and_keeps_nobody_out(page, caplog):
    extractor.run(page, model="rules")
    folder = Path(f"{DB}.journal")
    (folder / "run1.lock").touch()
    (folder / "run1-000000.jsonl").write_text('{"fingerprint": "f1"}\n')

    assert len(extractor.Database().sql("from claims"))
    assert "set aside" in caplog.text
    assert (folder / "run1-000000.unusable").exists()
