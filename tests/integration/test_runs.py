"""
Runs that are not alone, are killed, held up or limited: every paper is asked about once, no answer is lost.

The model is a server on loopback. A paper is known by its title, a run by the key that it sends.
"""

import asyncio
import contextlib
import itertools
import json
import signal
import threading
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai  # noqa: F401 - or the first paper's deadline is spent on importing it.
import pytest

import extractor
from extractor.errors import RunStoppedError, SchemaError
from extractor.papers import Paper, Text
from extractor.providers.fake import FakeProvider

DB = Path("outputs/extractor.duckdb")
MODEL = "heron-large"
KEYS = {
    "papers": "paper_id",
    "paper_ids": "alias",
    "texts": "text_id",
    "responses": "fingerprint",
    "extractions": "extraction_id",
    "runs": "run_id",
    "run_papers": "(run_id, paper_id)",
    "failures": "(run_id, paper_id)",
    "all_records": "extraction_id",
    "all_claims": "(extraction_id, position)",
    "all_tasks": "(extraction_id, position)",
    "all_datasets": "(extraction_id, position)",
    "all_metrics": "(extraction_id, position)",
    "evidence": "(extraction_id, table_name, position, field_path, item)",
}


def reeds(*numbers):
    return [f"Reed {number}: A Study of Reeds" for number in numbers]


def asked(sql):
    return extractor.Database().sql(sql).rows()


def doubled():
    """Return how many rows of each table have the key of another row."""
    sums = ", ".join(
        f"(select count(*) - count(distinct {key}) from {table}) {table}" for table, key in KEYS.items()
    )
    return {table: count for table, count in asked(f"select {sums}")[0].items() if count}


def journal_files():
    return list(Path(f"{DB}.journal").glob("*.jsonl"))


def journalled():
    """Return the titles of the papers whose outcomes are in the journal; it may be trimmed meanwhile."""
    found = set()
    for path in journal_files():
        with contextlib.suppress(FileNotFoundError):
            for line in path.read_text().splitlines():
                if line.startswith('{"fingerprint"'):
                    found.add(json.loads(line)["paper"]["text"]["title"])
    return found


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture
def begin(shell, chat):
    """Return a function that begins to run a page in a process of its own; its requests bear the key."""

    def start(page, *more, key="sk-one", **environment):
        told = ("run", page, "--model", MODEL, "--base-url", chat.base_url)
        return shell.start("-m", "extractor", *told, *more, OPENAI_API_KEY=key, **environment)

    return start


def ended(process):
    """Return how a process ended and what it said."""
    out, err = process.communicate(timeout=60)
    assert out == ""
    assert "Traceback" not in err, err
    return process.returncode, err


def run_with(chat, papers, **options):
    return extractor.run(papers, **{"model": MODEL, "base_url": chat.base_url, **options})


# ---------------------------------------------------------------- two runs at once


def test_two_processes_over_the_same_papers_ask_about_each_once(chat, make_page, begin, eventually):
    # Given two runs over the same papers, four requests of each in flight before any is answered,
    page, released = make_page(40), threading.Event()
    chat.otherwise = lambda seen: chat.answers(seen).held_until(released)
    runs = [begin(page, "--concurrency", 4, key=key) for key in ("sk-one", "sk-two")]
    eventually(lambda: chat.count == 8)
    # when they are answered,
    released.set()
    told = [ended(run) for run in runs]
    # then both end well and have every paper, and each was asked about once, by one of them.
    assert [code for code, _ in told] == [0, 0]
    assert all("40 papers: 40 extracted" in err for _, err in told)
    assert Counter(chat.titles) == dict.fromkeys(reeds(*range(1, 41)), 1)
    assert {seen.key for seen in chat.requests} == {"sk-one", "sk-two"}
    # Every row is there once.
    assert doubled() == {}
    assert (
        asked("select status, papers, extracted, failed from runs")
        == [{"status": "done", "papers": 40, "extracted": 40, "failed": 0}] * 2
    )
    assert asked("select count(*) n, count(*) filter (not from_cache) asked from run_papers") == [
        {"n": 80, "asked": 40}
    ]
    assert asked("select count(*) n from responses") == [{"n": 40}]
    assert journal_files() == []


def test_two_threads_over_the_same_papers_ask_about_each_once(chat, make_page, eventually):
    page, released = make_page(40), threading.Event()
    chat.otherwise = lambda seen: chat.answers(seen).held_until(released)
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(run_with, chat, page, concurrency=4) for _ in range(2)]
        eventually(lambda: chat.count == 8)
        released.set()
        summaries = [run.result() for run in runs]
    assert [summary.exit_code for summary in summaries] == [0, 0]
    assert [summary.tally.extracted for summary in summaries] == [40, 40]
    assert sum(summary.tally.from_cache for summary in summaries) == 40
    assert Counter(chat.titles) == dict.fromkeys(reeds(*range(1, 41)), 1)
    assert doubled() == {}
    assert asked("select count(*) n from run_papers") == [{"n": 80}]
    assert journal_files() == []


def test_what_a_killed_run_had_claimed_is_asked_by_the_one_beside_it(
    chat, make_page, begin, hold, eventually, monkeypatch
):
    # Given a run that gets three answers, later three more, and then none,
    page, first_three, three_more, never = make_page(40), *(threading.Event() for _ in range(3))
    numbers = itertools.count(1)

    def reply(seen):
        if seen.key == "sk-two":
            return chat.answers(seen)
        nth = next(numbers)
        return chat.answers(seen).held_until(first_three if nth <= 3 else three_more if nth <= 6 else never)

    chat.otherwise = reply
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    one = begin(page, "--concurrency", 4, key="sk-one")
    eventually(lambda: chat.count == 4)
    # whose answers stay in the journal, since another program holds the database,
    holder = hold(DB)
    first_three.set()
    eventually(lambda: len(journalled()) == 3)
    # and a second run beside it, which asks what the first has not claimed,
    two = begin(page, "--concurrency", 4, key="sk-two")
    eventually(lambda: chat.count > 20)
    three_more.set()
    eventually(lambda: sum(seen.key == "sk-one" for seen in chat.requests) == 10)
    # when the first is killed,
    kill(one)
    holder.communicate()
    # then the second asks what the first had claimed, and takes the six answers that it had journalled:
    code, err = ended(two)
    assert code == 0
    assert "40 papers: 40 extracted (6 from cache)" in err
    # asked about twice are the four alone that were in flight.
    counts = Counter(chat.titles)
    assert sorted(counts) == sorted(reeds(*range(1, 41)))
    assert Counter(counts.values()) == {1: 36, 2: 4}
    # What the first did is there too.
    assert doubled() == {}
    assert asked("select status, extracted, from_cache from runs order by started_at") == [
        {"status": "interrupted", "extracted": 6, "from_cache": 0},
        {"status": "done", "extracted": 40, "from_cache": 6},
    ]
    assert journal_files() == []
    never.set()


# ---------------------------------------------------------------- a database that is held


def test_a_database_that_is_held_from_before_stops_no_run(chat, make_page, begin, hold, eventually, tmp_path):
    # Given a database that has two papers, and that another program holds,
    run_with(chat, make_page(2))
    holder, released = hold(DB), threading.Event()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # when a page with these and three more is run,
    chat.otherwise = lambda seen: chat.answers(seen).held_until(released)
    run = begin(make_page(5), EXTRACTOR_WAIT="0.1", TMPDIR=str(temporary))
    eventually(lambda: chat.count == 5)
    # then what the database knows is read from a copy, so that the three alone are asked about,
    assert [path.name for path in temporary.glob("extractor-*/*.duckdb")] == ["extractor.duckdb"]
    released.set()
    code, err = ended(run)
    assert sorted(chat.titles) == reeds(1, 2, 3, 4, 5)
    # the copy is deleted, and it is told that the rows follow.
    assert list(temporary.iterdir()) == []
    assert code == 0
    assert "5 papers: 5 extracted (2 from cache), 0 failed" in err
    assert f"{DB} is held by" in err
    assert str(holder.pid) in err
    assert "nothing is lost" in err
    assert "follow at the next command" in err
    # Once the database is let go, the next command writes them.
    holder.communicate()
    assert asked("select count(*) n from records") == [{"n": 5}]
    assert asked("select count(*) n from run_papers where not from_cache") == [{"n": 5}]
    assert doubled() == {}
    assert journal_files() == []


def test_what_a_run_knew_already_follows_too_where_the_database_is_held_at_its_end(
    chat, make_page, hold, monkeypatch
):
    # Given a database that has two papers, and that another program holds,
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    run_with(chat, make_page(2))
    holder = hold(DB)
    # when a page with these and three more is run, and the database is let go,
    summary = run_with(chat, make_page(5))
    assert (summary.is_written, summary.exit_code) == (False, 0)
    holder.communicate()
    # then all five follow.
    assert asked("select papers, extracted, from_cache from runs order by started_at") == [
        {"papers": 2, "extracted": 2, "from_cache": 0},
        {"papers": 5, "extracted": 5, "from_cache": 2},
    ]
    assert doubled() == {}


def test_a_new_database_that_another_program_made_and_holds_stops_no_run(chat, make_page, hold, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    holder = hold(DB)
    summary = run_with(chat, make_page(2))
    assert (summary.tally.extracted, summary.is_written) == (2, False)
    holder.communicate()
    assert asked("select count(*) n from records") == [{"n": 2}]


def test_a_database_that_is_held_for_a_while_is_written_when_it_is_let_go(
    chat, make_page, hold, eventually, monkeypatch
):
    # Given a run of which four answers came while another program held the database,
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    first_four, last = threading.Event(), threading.Event()
    numbers = itertools.count(1)
    chat.otherwise = lambda seen: chat.answers(seen).held_until(first_four if next(numbers) < 5 else last)
    with ThreadPoolExecutor() as pool:
        run = pool.submit(run_with, chat, make_page(5), concurrency=1)
        eventually(lambda: chat.count == 1)
        holder = hold(DB)
        first_four.set()
        eventually(lambda: len(journalled()) == 4)
        # when it is let go, then the rows are there while the run goes on,
        holder.communicate()
        eventually(lambda: asked("select count(*) n from extractions") == [{"n": 4}])
        assert asked("select status from runs") == [{"status": "running"}]
        # and at its end nothing is left to follow.
        last.set()
        summary = run.result()
    assert summary.is_written
    assert journal_files() == []
    assert asked("select status, extracted, from_cache from runs") == [
        {"status": "done", "extracted": 5, "from_cache": 0}
    ]
    assert doubled() == {}


def test_what_brought_no_answer_is_asked_again_while_the_database_is_still_held(
    chat, make_page, hold, monkeypatch
):
    # Given a held database, and a run in which one paper got no answer and one was refused,
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    page = make_page(3)
    run_with(chat, make_page(1, "first.txt"))
    holder = hold(DB)
    answers = {reeds(2)[0]: chat.fails(503, "not now"), reeds(3)[0]: chat.says(None, refusal="no")}
    chat.otherwise = lambda seen: answers.get(seen.title) or chat.answers(seen)
    summary = run_with(chat, page, deadline=2.0)
    assert summary.tally.failed_for == {"no answer": 1, "refused": 1}
    # when the server is well again and the same page is run,
    before = chat.count
    chat.otherwise = chat.answers
    summary = run_with(chat, page)
    # then what was paid for is not asked again, the other is.
    assert chat.titles[before:] == reeds(2)
    assert summary.tally.failed_for == {"refused": 1}
    holder.communicate()
    assert asked("select count(*) n from records") == [{"n": 2}]
    assert asked("select reason, paid from failures order by paid") == [
        {"reason": "no answer", "paid": False},
        {"reason": "refused", "paid": True},
    ]
    assert doubled() == {}


TRIALS = '''
"""What the abstract of a trial says."""

from extractor.records import Name, Record


class Trial(Record):
    """One trial."""

    drug: Name | None = None
'''


def test_a_held_database_of_another_schema_is_refused_before_anything_is_asked(
    chat, make_page, hold, monkeypatch
):
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    Path("trials.py").write_text(TRIALS)
    chat.script(chat.says('{"drug": null}'))
    run_with(chat, make_page(1), schema_name="trials.py")
    hold(DB)

    with pytest.raises(SchemaError, match=r"'trials'.*--db"):
        run_with(chat, make_page(2))

    assert chat.count == 1
    assert journal_files() == []


def tiny_papers(count, alive):
    """Yield papers, each noted in `alive` for as long as anybody holds it."""
    for number in range(1, count + 1):
        text = Text(title=f"Reed {number}", abstract=f"Reed {number} reaches {number}.5% accuracy.")
        paper = Paper(paper_id=f"reed-{number}", text=text)
        alive.add(paper)
        yield paper


class PatientAnswering(FakeProvider):
    """A provider that answers at once, but the last of many papers only when it is told to."""

    def __init__(self, last):
        super().__init__()
        self.last, self.released = last, threading.Event()

    async def complete(self, request):
        if request.text.title == self.last:
            await asyncio.to_thread(self.released.wait, 60)
        return await super().complete(request)


def test_of_many_papers_that_wait_for_a_held_database_only_the_journal_keeps_all(
    hold, eventually, monkeypatch
):
    # Given a run over 2,300 papers while another program holds the database,
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    extractor.run(tiny_papers(1, weakref.WeakSet()), model="rules")
    holder, provider = hold(DB), PatientAnswering("Reed 2300")
    alive: weakref.WeakSet[Paper] = weakref.WeakSet()
    with ThreadPoolExecutor() as pool:
        run = pool.submit(extractor.run, tiny_papers(2300, alive), provider=provider)
        # when all but the last are answered, then more wait than are kept in memory,
        eventually(lambda: provider.asked == 2299)
        eventually(lambda: len(alive) < 500)
        assert len(journalled()) == 2299
        # and once the database is let go, all are written.
        holder.communicate()
        provider.released.set()
        summary = run.result()
    assert (summary.is_written, summary.tally.extracted) == (True, 2300)
    assert asked(
        "select model, count(*) n, count(distinct paper_id) papers from run_papers "
        "join runs using (run_id) group by all order by all"
    ) == [
        {"model": "fake", "n": 2300, "papers": 2300},
        {"model": "rules", "n": 1, "papers": 1},
    ]
    assert asked("select count(*) n from extractions") == [{"n": 2301}]
    assert journal_files() == []
    assert doubled() == {}


def test_papers_are_not_held_once_they_are_written():
    # Given ten thousand papers that are read one after the other,
    alive: weakref.WeakSet[Paper] = weakref.WeakSet()
    most: list[int] = []
    # when they are run, then at most what was looked up ahead and what waits to be written is in memory.
    summary = extractor.run(
        tiny_papers(10_000, alive), model="fake", on_progress=lambda _: most.append(len(alive))
    )
    assert summary.tally.extracted == 10_000
    assert max(most) <= 7500
    assert len(alive) == 0


# ---------------------------------------------------------------- killed


def test_a_run_that_is_killed_before_any_answer_is_asked_again_from_its_beginning(
    chat, make_page, begin, eventually
):
    # Given a run that has claimed four papers, two of them in flight,
    page, never = make_page(4), threading.Event()
    chat.otherwise = lambda seen: chat.answers(seen).held_until(never)
    run = begin(page, "--concurrency", 2)
    eventually(lambda: chat.count == 2)
    # when it is killed, and the same command is given again,
    kill(run)
    chat.otherwise = chat.answers
    code, err = ended(begin(page, "--concurrency", 2))
    # then all are asked about, twice only those that were in flight.
    assert (code, "4 papers: 4 extracted (0 from cache)" in err) == (0, True)
    assert Counter(chat.titles) == dict.fromkeys(reeds(1, 2), 2) | dict.fromkeys(reeds(3, 4), 1)
    assert doubled() == {}
    never.set()


@pytest.mark.parametrize("moment", ["before its batch is written", "between writing and trimming"])
def test_a_run_that_is_killed_loses_no_answer_and_doubles_none(
    chat, make_page, begin, hold, eventually, moment
):
    # Given a run that has two answers of five in its journal, two requests in flight,
    page, released, never = make_page(5), threading.Event(), threading.Event()
    numbers = itertools.count(1)
    chat.otherwise = lambda seen: chat.answers(seen).held_until(released if next(numbers) < 3 else never)
    run = begin(page, "--concurrency", 2)
    eventually(lambda: chat.count == 2)
    holder = hold(DB)
    released.set()
    eventually(lambda: journalled() == {*reeds(1, 2)} and chat.count == 4)
    as_it_was = {path: path.read_bytes() for path in journal_files()}
    # when it is killed,
    if moment == "between writing and trimming":
        holder.communicate()
        eventually(lambda: asked("select count(*) n from extractions") == [{"n": 2}] and not journalled())
    kill(run)
    if moment == "between writing and trimming":
        for path, lines in as_it_was.items():
            path.write_bytes(lines)
    else:
        holder.communicate()
    # and the same command is given again,
    chat.otherwise = chat.answers
    code, err = ended(begin(page, "--concurrency", 2))
    # then the two answers are there, and asked about twice are the two alone that were in flight.
    assert (code, "5 papers: 5 extracted (2 from cache)" in err) == (0, True)
    assert Counter(chat.titles) == dict.fromkeys(reeds(1, 2, 5), 1) | dict.fromkeys(reeds(3, 4), 2)
    assert asked(
        "select status, papers, extracted, failed, from_cache, input_tokens from runs order by started_at"
    ) == [
        {
            "status": "interrupted",
            "papers": 5,
            "extracted": 2,
            "failed": 0,
            "from_cache": 0,
            "input_tokens": 642,
        },
        {"status": "done", "papers": 5, "extracted": 5, "failed": 0, "from_cache": 2, "input_tokens": 963},
    ]
    assert asked("select count(*) n, count(*) filter (from_cache) c from run_papers") == [{"n": 7, "c": 2}]
    assert doubled() == {}
    assert journal_files() == []
    never.set()


# ---------------------------------------------------------------- stopped in the midst


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(401, "invalid_api_key", id="the key is taken back"),
        pytest.param(429, "insufficient_quota", id="the account is empty"),
    ],
)
def test_a_run_that_can_go_no_further_keeps_what_is_in_flight(chat, make_page, eventually, status, code):
    # Given a server that lets nobody in but the first two, and two that are in flight,
    released, full, numbers = threading.Event(), threading.Event(), itertools.count(1)

    def reply(seen):
        nth = next(numbers)
        if nth in (1, 2):
            return chat.answers(seen)
        if nth in (4, 5):
            if nth == 5:
                full.set()
            return chat.answers(seen).held_until(released)
        return chat.fails(status, "no more for today", code=code).held_until(full)

    chat.otherwise = reply
    page = make_page(20)
    with ThreadPoolExecutor() as pool:
        run = pool.submit(run_with, chat, page, concurrency=3)
        eventually(lambda: chat.count >= 5)
        released.set()
        with pytest.raises(RunStoppedError, match="no more for today"):
            run.result()
    # then the four answers are kept,
    assert asked("select status, extracted, failed from runs") == [
        {"status": "stopped", "extracted": 4, "failed": 0}
    ]
    before = [*chat.titles]
    assert len(before) <= 7
    # and when the server is well again, the rest alone is asked.
    chat.otherwise = chat.answers
    summary = run_with(chat, page)
    assert (summary.tally.extracted, summary.tally.from_cache) == (20, 4)
    assert chat.count - len(before) == 16
    assert doubled() == {}


def test_a_run_whose_server_goes_away_ends_by_itself_and_the_next_one_asks_the_rest(chat, make_page):
    # Given a server that goes away after three answers,
    page, numbers = make_page(9), itertools.count(1)
    with type(chat)() as mortal:
        mortal.otherwise = lambda seen: mortal.answers(seen) if next(numbers) < 4 else mortal.hangs_up()
        # when papers are asked about,
        summary = run_with(mortal, page, concurrency=9, deadline=3.0)
    # then the run ends by itself, the others failed without an answer,
    assert (summary.exit_code, summary.tally.extracted, summary.tally.failed) == (1, 3, 6)
    assert {failure.reason for failure in summary.tally.failures} == {"no answer"}
    assert asked("select reason, paid, count(*) n from failures group by all") == [
        {"reason": "no answer", "paid": False, "n": 6}
    ]
    # and asked by the next run, which fails to reach anybody at first.
    with pytest.raises(RunStoppedError, match="the first 3 papers all brought no answer"):
        run_with(mortal, page, deadline=1.0)
    with type(chat)(mortal.port) as risen:
        summary = run_with(risen, page)
    assert (summary.exit_code, summary.tally.extracted, summary.tally.from_cache) == (0, 9, 3)
    assert risen.count == 6
    assert doubled() == {}


def test_an_answer_that_was_to_be_asked_for_again_when_a_run_was_stopped_is_by_the_next_one(
    chat, make_page, begin, eventually
):
    # Given a run that is interrupted while an answer is in flight that will not fit the schema,
    page, released = make_page(2), threading.Event()
    chat.script(chat.says("no JSON").held_until(released))
    run = begin(page, "--concurrency", 1)
    eventually(lambda: chat.count == 1)
    run.send_signal(signal.SIGINT)
    assert any("waited for" in line for line in run.stderr)
    released.set()
    assert ended(run)[0] == 130
    assert chat.count == 1
    # when the same command is given again, then it asks about both papers.
    code, err = ended(begin(page, "--concurrency", 1))
    assert (code, "2 papers: 2 extracted" in err) == (0, True)


IN_A_LOOP = """
import asyncio, sys
import extractor

async def cell():
    try:
        extractor.run(
            sys.argv[1], model="heron-large", base_url=sys.argv[2], concurrency=2,
            tell=lambda line: print(line, flush=True),
        )
    except KeyboardInterrupt:
        print("interrupted", flush=True)

asyncio.new_event_loop().run_until_complete(cell())
"""


def test_a_run_that_is_interrupted_in_a_notebook_asks_nothing_more(shell, chat, make_page, eventually):
    # Given a run inside a running loop, two requests in flight,
    released = threading.Event()
    chat.otherwise = lambda seen: chat.answers(seen).held_until(released)
    notebook = shell.start("-W", "ignore", "-c", IN_A_LOOP, make_page(8), chat.base_url)
    eventually(lambda: chat.count == 2)
    # when its cell is interrupted,
    notebook.send_signal(signal.SIGINT)
    assert notebook.stdout.readline()
    released.set()
    notebook.communicate(timeout=30)
    # then what is in flight is kept, and no other paper is asked about.
    assert chat.count == 2
    assert asked("select status, extracted from runs") == [{"status": "stopped", "extracted": 2}]


# ---------------------------------------------------------------- papers that come slowly


def test_papers_that_come_slowly_cost_no_request_twice(chat):
    # Given papers of which the last twenty take an eighth of a second each to come,
    pause = threading.Event()

    def papers():
        for number in range(1, 521):
            if number > 500:
                pause.wait(0.125)
            text = Text(title=f"Reed {number}", abstract="Reeds bend in the wind.")
            yield Paper(paper_id=f"reed-{number}", text=text)

    # when each request may take a second,
    summary = run_with(chat, papers(), concurrency=16, timeout=1.0)
    # then those in flight meanwhile are in time.
    assert summary.tally.extracted == 520
    assert len(set(chat.titles)) == chat.count == 520
