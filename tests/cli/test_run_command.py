"""`extractor run` as a person meets it: what it costs, what it tells, how it is stopped, what it needs."""

import contextlib
import csv
import io
import itertools
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import extractor

DB = Path("outputs/extractor.duckdb")
MODEL = "heron-large"
KEY = "sk-invented-9f8e7d6c5b4a"
MEBIBYTE = 1024 * 1024


def asked(sql):
    return extractor.Database().sql(sql).rows()


@pytest.fixture
def ask(extract, chat):
    """Return a function that runs a page against the server, in this process."""

    def run(page, *more):
        return extract("run", page, "--model", MODEL, "--base-url", chat.base_url, *more)

    return run


def of_size(reply, tokens_in, tokens_out):
    """Return an answer that is so many tokens long."""
    reply.body["usage"] = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": 0}
    return reply


# ---------------------------------------------------------------- the plan


def test_a_dry_run_tells_what_would_be_asked_and_makes_nothing(ask, chat, make_page, own_surroundings):
    page = make_page(3)
    page.write_text(f"{page.read_text()}\nA Lonely Title of Note\n")
    done = ask(page, "--dry-run")
    assert (done.code, done.out) == (0, "")
    assert "3 papers: 0 answered already, 0 failed and paid for" in done.err
    assert f"3 to ask of {MODEL}; 1 skipped" in done.err
    assert "title without abstract: A Lonely Title of Note" in done.err
    assert re.search(r"about \d{4} tokens in, 1500 out \(a guess: four characters a token", done.err)
    assert "no price is known for this model; --price" in done.err
    assert chat.count == 0
    assert list(own_surroundings.iterdir()) == [page]


def test_a_dry_run_goes_by_the_answers_that_are_stored_and_by_the_price(ask, chat, make_page):
    # Given two answers of 1,000 and 2,000 tokens, and an answer that could not be used,
    sizes = iter([(1000, 100), (2000, 200), (3000, 300)])
    chat.otherwise = lambda seen: of_size(
        chat.says(None, refusal="no") if "Reed 3:" in seen.title else chat.answers(seen), *next(sizes)
    )
    ask(make_page(3), "--concurrency", 1)
    before = (asked("from runs"), chat.count)
    # when a page of ten is planned,
    done = ask(make_page(10), "--dry-run", "--price", "2,10")
    # then it goes by their mean.
    assert done.code == 0
    assert "10 papers: 2 answered already, 1 failed and paid for (--retry-failed asks them again)" in done.err
    assert f"7 to ask of {MODEL}; 0 skipped" in done.err
    assert "about 10500 tokens in, 1050 out (from 2 stored answers of this model)" in done.err
    assert "about $0.0315" in done.err
    assert (asked("from runs"), chat.count) == before
    # With --retry-failed it counts one more, with --refresh all.
    assert "2 answered already, 0 failed" in ask(make_page(10), "--dry-run", "--retry-failed").err
    assert "0 answered already, 0 failed" in ask(make_page(10), "--dry-run", "--refresh").err
    # Where all is answered there is nothing to tell of tokens.
    assert "tokens" not in ask(make_page(2), "--dry-run").err


# ---------------------------------------------------------------- money


def test_a_run_stops_where_its_budget_is_spent_and_the_next_one_asks_the_rest(ask, chat, make_page):
    # Given answers that cost a dollar each,
    chat.otherwise = lambda seen: of_size(chat.answers(seen), 0, 1000)
    page, price = make_page(8), ("--price", "0,1000", "--concurrency", 2)
    # when five dollars are given, then five papers are asked, and it is told why no more are.
    done = ask(page, *price, "--max-cost", 5)
    assert done.code == 1
    assert "5 papers: 5 extracted (0 from cache), 0 failed" in done.err
    assert "tokens: 0 in, 5000 out; $5.0000" in done.err
    assert "stopped: $5.0000 of --max-cost 5 is spent, and another request may cost $1.0000." in done.err
    assert "Traceback" not in done.err
    assert chat.count == 5
    # When five more are given, then the three that are left are asked, and no other.
    done = ask(page, *price, "--max-cost", 5)
    assert done.code == 0
    assert "8 papers: 8 extracted (5 from cache), 0 failed" in done.err
    assert "stopped" not in done.err
    assert len(chat.titles) == len(set(chat.titles)) == 8
    # What was spent is stored by answer and by run.
    assert asked("select status, extracted, cost from runs order by started_at") == [
        {"status": "stopped", "extracted": 5, "cost": 5.0},
        {"status": "done", "extracted": 8, "cost": 3.0},
    ]
    assert asked("select sum(cost) total, count(*) n from responses") == [{"total": 8.0, "n": 8}]


def test_a_budget_that_pays_for_nothing_asks_nothing(ask, chat, make_page):
    done = ask(make_page(3), "--price", "0,1000", "--max-cost", "0.5")
    assert done.code == 1
    assert "0 papers: 0 extracted" in done.err
    assert "stopped: $0.0000 of --max-cost 0.5 is spent, and another request may cost $2.0000" in done.err
    assert chat.count == 0


def test_a_budget_without_a_price_is_refused(ask, chat, make_page):
    done = ask(make_page(3), "--max-cost", 1)
    assert done.code == 2
    assert MODEL in done.message
    assert "--price INPUT,OUTPUT" in done.message
    assert chat.count == 0
    assert not DB.exists()


def test_what_a_failure_cost_is_stored_with_it(ask, chat, make_page):
    chat.otherwise = lambda _: of_size(chat.says(None, refusal="no"), 1000, 100)
    done = ask(make_page(2), "--price", "1,10")
    assert "tokens: 2000 in, 200 out; $0.0040" in done.err
    assert asked("select cost from failures") == [{"cost": 0.002}] * 2
    assert asked("select cost from runs") == [{"cost": 0.004}]


def test_where_no_price_is_known_the_cost_is_null(ask, make_page):
    assert "$" not in ask(make_page(1)).err
    assert asked("select r.cost, a.cost answer_cost from runs r, responses a") == [
        {"cost": None, "answer_cost": None}
    ]


@pytest.mark.parametrize("price", ["1", "1;2", "a,b", "-1,2"])
def test_a_price_that_is_none_is_refused(ask, chat, make_page, price):
    done = ask(make_page(1), f"--price={price}")
    assert done.code == 2
    assert repr(price) in done.message
    assert chat.count == 0


# ---------------------------------------------------------------- asked anew


def test_refreshing_asks_anew_and_replaces_what_was_answered(ask, chat, make_page):
    # Given answers of an earlier day,
    chat.otherwise = lambda seen: chat.answers(seen, {"method": "Reed", "tasks": ["Old Task", "Other Task"]})
    ask(make_page(3))
    # when they are refreshed,
    chat.otherwise = lambda seen: chat.answers(seen, {"method": "Rush"})
    done = ask(make_page(3), "--refresh")
    # then each is asked again, and the newest answer alone is there.
    assert (done.code, chat.count) == (0, 6)
    assert "3 papers: 3 extracted (0 from cache)" in done.err
    assert asked("select method, tasks from records") == [{"method": "Rush", "tasks": []}] * 3
    assert asked("""
        select (select count(*) from responses) responses, (select count(*) from extractions) extractions,
            (select count(*) from all_records) records, (select count(*) from all_tasks) tasks,
            (select count(*) from papers) papers, (select count(*) from run_papers) run_papers
    """) == [{"responses": 3, "extractions": 3, "records": 3, "tasks": 0, "papers": 3, "run_papers": 6}]
    # A later run takes the newest.
    assert "3 extracted (3 from cache)" in ask(make_page(3)).err
    assert chat.count == 6


def test_what_cannot_be_refreshed_keeps_its_answer(ask, chat, make_page):
    chat.otherwise = lambda seen: chat.answers(seen, {"method": "Reed"})
    ask(make_page(3))
    chat.otherwise = lambda seen: (
        chat.says(None, refusal="no") if "Reed 2:" in seen.title else chat.answers(seen, {"method": "Rush"})
    )
    assert ask(make_page(3), "--refresh").code == 1
    assert [row["method"] for row in asked("select method from records order by title")] == [
        "Rush",
        "Reed",
        "Rush",
    ]
    assert "3 extracted (3 from cache), 0 failed" in ask(make_page(3)).err


def test_what_was_paid_for_is_asked_again_only_when_it_is_said_so(ask, chat, make_page):
    # Given a paper that is refused,
    chat.otherwise = lambda seen: (
        chat.says(None, refusal="no") if "Reed 2:" in seen.title else chat.answers(seen)
    )
    done = ask(make_page(3))
    assert done.code == 1
    assert "answers that were paid for are asked again only with --retry-failed" in done.err
    # when the page is run again, then nothing is asked,
    chat.otherwise = chat.answers
    assert ask(make_page(3)).code == 1
    assert chat.count == 3
    # and with --retry-failed that paper alone.
    assert ask(make_page(3), "--retry-failed").code == 0
    assert chat.titles[3:] == ["Reed 2: A Study of Reeds"]
    assert ask(make_page(3)).code == 0
    assert chat.count == 4


# ---------------------------------------------------------------- a server that refuses


def test_a_run_stops_where_the_server_turns_the_first_three_papers_down(ask, chat, make_page):
    chat.otherwise = lambda _: chat.fails(400, "temperature has to be 1 for this model", param="temperature")
    done = ask(make_page(20), "--concurrency", 1, "--param", "temperature=0")
    assert done.code == 2
    assert "the first 3 papers all were turned down" in done.message
    assert "temperature has to be 1" in done.message
    assert chat.count == 3
    assert asked("select status, failed from runs") == [{"status": "stopped", "failed": 3}]


def test_a_paper_that_is_too_long_fails_alone(ask, chat, make_page):
    too_long = chat.fails(400, "This is longer than 4096 tokens", code="context_length_exceeded")
    chat.otherwise = lambda seen: chat.answers(seen) if "Reed 5:" in seen.title else too_long
    done = ask(make_page(5), "--concurrency", 1)
    assert done.code == 1
    assert "5 papers: 1 extracted (0 from cache), 4 failed" in done.err
    assert asked("select distinct reason, paid from failures") == [{"reason": "too long", "paid": False}]


# ---------------------------------------------------------------- what is told


def test_the_runs_are_listed(ask, extract, chat, make_page):
    # Given a run in which a paper was refused, and one that asked nothing,
    chat.otherwise = lambda seen: of_size(
        chat.says(None, refusal="no") if "Reed 2:" in seen.title else chat.answers(seen), 1000, 100
    )
    ask(make_page(2), "--price", "1,10")
    ask(make_page(1), "--price", "1,10")
    # when the runs are listed, then the newest is the first.
    rows = json.loads(extract("runs", "--json").out)
    told = [
        {
            name: row[name]
            for name in ("status", "model", "papers", "failed", "from_cache", "input_tokens", "cost")
        }
        for row in rows
    ]
    assert told == [
        {
            "status": "done",
            "model": MODEL,
            "papers": 1,
            "failed": 0,
            "from_cache": 1,
            "input_tokens": None,
            "cost": None,
        },
        {
            "status": "done",
            "model": MODEL,
            "papers": 2,
            "failed": 1,
            "from_cache": 0,
            "input_tokens": 2000,
            "cost": 0.004,
        },
    ]
    as_csv = list(csv.DictReader(io.StringIO(extract("runs", "--csv").out)))
    assert [row["run_id"] for row in as_csv] == [row["run_id"] for row in rows]
    assert list(as_csv[0]) == list(rows[0])
    table = extract("runs").out
    assert "Runs (times are UTC, costs US dollars)" in table
    assert rows[0]["run_id"] in table


def test_a_run_tells_how_far_it_is_on_a_terminal(chat, make_page, eventually):
    # Given a run of six papers, one of them answered before, one that fails and one that does not come,
    extractor.run(make_page(1), model=MODEL, base_url=chat.base_url)
    released, numbers = threading.Event(), itertools.count(1)

    def reply(seen):
        nth = next(numbers)
        given = chat.says(None, refusal="no") if nth == 1 else chat.answers(seen)
        given = of_size(given, 900, 100)
        return given.held_until(released) if nth == 5 else given

    chat.otherwise = reply
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "extractor", "run", str(make_page(6)), "--model", MODEL]
    command += ["--base-url", chat.base_url, "--price", "1000,1000", "--concurrency", "1"]
    # when it is run on a terminal,
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, "COLUMNS": "200"}) as run:
        os.close(theirs)
        shown, reader = _read_on(ours)
        # then it says what is done, failed, from cache, how fast, and what was spent.
        told = re.compile(r"5 of 6 papers, 1 from cache, 1 failed, [\d.]+ a second, 4k tokens, \$4\.0000")
        eventually(lambda: told.search("".join(shown)))
        released.set()
        assert run.wait(20) == 1
        reader.join()
    os.close(ours)
    assert "6 papers: 5 extracted (1 from cache), 1 failed" in "".join(shown)


def _read_on(terminal):
    """Return what comes to a terminal, a list that grows, and the thread that reads it."""
    shown = []

    def read():
        with contextlib.suppress(OSError):  # So it ends where nobody writes any more.
            while data := os.read(terminal, 4096):
                shown.append(data.decode(errors="replace"))

    reader = threading.Thread(target=read)
    reader.start()
    return shown, reader


def test_a_verbose_run_names_the_request_that_failed_and_never_the_key(shell, chat, make_page):
    # Given a server that repeats the key in what it says is wrong,
    chat.script(chat.fails(503, f"not now, {KEY}"), chat.fails(429, f"slow down, {KEY}", retry_after="0.01"))
    # when a page is run verbosely,
    told = ("run", make_page(2), "--model", MODEL, "--base-url", chat.base_url, "--concurrency", 1)
    done = shell(*told, "--verbose", OPENAI_API_KEY=KEY)
    # then each request that failed is told by its paper and fingerprint, and the key is nowhere.
    assert (done.code, done.out) == (0, "")
    fingerprints = {row["fingerprint"] for row in asked("select fingerprint from responses")}
    assert chat.requests[0].key == KEY
    named = re.findall(r"\(([0-9a-f]{32})\)(?:, try 1 brought no answer| is rate limited)", done.err)
    assert len(named) == 2
    assert set(named) <= fingerprints
    assert "not now, ***" in done.err
    assert KEY not in done.err


def test_a_quiet_run_prints_nothing_whatever_happens_to_a_paper(ask, chat, make_page):
    chat.script(chat.fails(503, "not now"), chat.says(None, refusal="no"))
    done = ask(make_page(3), "--quiet", "--concurrency", 1)
    assert (done.code, done.out, done.err) == (1, "", "")


# ---------------------------------------------------------------- Ctrl-C


def test_a_second_ctrl_c_leaves_at_once_and_keeps_what_is_done(shell, chat, make_page, eventually):
    # Given a run with one answer, and two that do not come,
    page, never, numbers = make_page(6), threading.Event(), itertools.count(1)
    chat.otherwise = lambda seen: (
        chat.answers(seen) if next(numbers) == 1 else chat.answers(seen).held_until(never)
    )
    told = ("-m", "extractor", "run", page, "--model", MODEL, "--base-url", chat.base_url, "--concurrency", 2)
    run = shell.start(*told)
    eventually(lambda: chat.count == 3)
    # when it is interrupted twice,
    run.send_signal(signal.SIGINT)
    assert any("once more to leave now" in line for line in run.stderr)
    run.send_signal(signal.SIGINT)
    # then it does not wait for the answers, and says how to go on.
    out, err = run.communicate(timeout=10)
    never.set()
    assert (run.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert f"interrupted; what is done is kept, and the same command goes on: extractor run {page}" in err
    assert asked("select extracted from runs") == [{"extracted": 1}]
    assert chat.count == 3


# ---------------------------------------------------------------- what it needs


def test_a_journal_that_cannot_be_made_is_told_before_anything_is_asked(ask, chat, make_page):
    DB.parent.mkdir()
    Path(f"{DB}.journal").write_text("in the way")
    done = ask(make_page(1))
    assert done.code == 2
    assert f"the journal {DB}.journal cannot be" in done.message
    assert chat.count == 0


def test_a_folder_that_takes_no_file_is_told_before_anything_is_asked(ask, chat, make_page):
    done = ask(make_page(1), "--db", "/proc/papers.duckdb")
    assert done.code == 2
    assert "/proc/papers.duckdb" in done.message
    assert chat.count == 0


@pytest.fixture
def small_disk(tmp_path):
    """Yield a folder on a disk of its own that has 64 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "none", folder], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_stops_a_run_that_keeps_what_is_in_flight_and_goes_on_once_there_is_room(
    ask, extract, chat, make_page, small_disk
):
    # Given a database of one paper on a disk that has little more room than is kept in reserve,
    db = ("--db", small_disk / "papers.duckdb")
    long_answer = chat.answer({"method": "Reed " * 2000})
    chat.otherwise = lambda _: long_answer
    ask(make_page(1), *db)
    ballast = small_disk / "ballast"
    left = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    ballast.write_bytes(bytes(left - 5 * MEBIBYTE))
    # when a page of many is run,
    page = make_page(400)
    done = ask(page, *db, "--concurrency", 4)
    # then it stops with one message,
    assert done.code == 2, done.err
    assert "full" in done.message
    assert "the same command goes on" in done.message
    stopped_at = chat.count
    assert stopped_at < 400
    # and once there is room, the same command asks the rest alone: no answer was lost.
    ballast.unlink()
    done = ask(page, *db, "--concurrency", 4)
    assert done.code == 0, done.err
    assert len(chat.titles) == len(set(chat.titles)) == 400
    rows = extract(
        "sql",
        "select count(*) n, count(distinct paper_id) p from extractions join texts using (text_id)",
        "--csv",
        *db,
    ).out
    assert rows.splitlines() == ["n,p", "400,400"]
