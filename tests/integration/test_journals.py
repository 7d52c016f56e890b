"""Journals of several processes and threads: each request is granted once, whoever is killed and when."""

import contextlib
import shutil
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from extractor.journal import Journal, left_behind

MEBIBYTE = 1024 * 1024


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "papers.duckdb.journal"


@pytest.fixture
def journal(folder):
    """Yield the journal of a run in this process."""
    with journal_of(folder, "here") as journal:
        yield journal


def journal_of(folder, run_id):
    return Journal(folder, run_id, dict)


def outcome(fingerprint, **more):
    return {"fingerprint": fingerprint, **more}


def claimed(journal, *fingerprints):
    return journal.claim(fingerprints, since=journal.turns()).granted


def files_of(folder):
    return sorted({path.name for path in folder.iterdir()} - {"claiming", "turns"})


def left_in(folder):
    return {remains.run_id: list(remains.entries()) for remains in left_behind(folder)}


def line_from(process):
    return next(iter(process.stdout), "").strip()


def kill(process):
    process.kill()
    process.wait()


# ---------------------------------------------------------------- another process

OBEYING = """
import sys
from pathlib import Path
from extractor.journal import Journal

with Journal(Path(sys.argv[1]), "there", dict) as journal:
    print("began", flush=True)
    for line in sys.stdin:
        what, *fingerprints = line.split()
        if what == "claim":
            print(*sorted(journal.claim(fingerprints, since=journal.turns()).granted), flush=True)
        elif what == "answer":
            for fingerprint in fingerprints:
                journal.append({"fingerprint": fingerprint, "n": 1})
            print("answered", flush=True)
        elif what == "cut":
            journal.cut()
            print("cut", flush=True)
"""


class Other:
    """A run in another process, which does what it is told."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-c", OBEYING, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert line_from(self.process) == "began"

    def __call__(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return line_from(self.process).split()


@pytest.fixture
def other(folder):
    """Yield a run in another process."""
    other = Other(folder)
    yield other
    with other.process:
        other.process.kill()


def test_what_another_process_claims_and_answers_is_seen_here(journal, other):
    assert other("claim", "f1", "f2") == ["f1", "f2"]
    assert claimed(journal, "f1", "f3") == {"f3"}
    assert other("claim", "f3", "f4") == ["f4"]
    assert journal.elsewhere(["f1", "f2", "f3"]) == {"f1": None, "f2": None}

    other("answer", "f1")

    assert journal.elsewhere(["f1", "f2"]) == {"f1": outcome("f1", n=1), "f2": None}


def test_a_killed_process_loses_its_claims_and_none_of_its_answers(folder, journal, other):
    # Given a process that has claimed three requests and answered two of them, in two files,
    other("claim", "f1", "f2", "f3")
    other("answer", "f1")
    other("cut")
    other("answer", "f2")
    assert journal.elsewhere(["f3"]) == {"f3": None}
    # when it is killed,
    kill(other.process)
    # then the third can be claimed, the two are found here,
    assert journal.elsewhere(["f1", "f2", "f3"]) == {"f1": outcome("f1", n=1), "f2": outcome("f2", n=1)}
    assert claimed(journal, "f1", "f2", "f3") == {"f3"}
    # and by the next command.
    assert left_in(folder) == {"there": [outcome("f1", n=1), outcome("f2", n=1)]}


def test_a_killed_process_leaves_no_room_taken_once_its_remains_are_read(folder, other):
    other("answer", "f1")
    kill(other.process)
    assert (folder / "there.reserve").stat().st_size == 4 * MEBIBYTE

    for remains in left_behind(folder):
        remains.forget()

    assert files_of(folder) == []


def test_what_a_process_wrote_is_left_behind_once_it_is_gone(folder, other):
    assert left_in(folder) == {}

    other("answer", "f1")
    assert left_in(folder) == {}

    kill(other.process)
    assert left_in(folder) == {"there": [outcome("f1", n=1)]}


# ---------------------------------------------------------------- many at once

RACING = """
import sys
from pathlib import Path
from extractor.journal import Journal

folder, database, run_id = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]


def write(prints):
    for fingerprint in prints:
        (database / fingerprint).touch()


with Journal(folder, run_id, dict) as journal:
    print("ready", flush=True)
    sys.stdin.readline()
    waiting = []
    for start in range(0, 500, 5):
        group = [f"f{number}" for number in range(start, start + 5)]
        granted, is_stale = (), True
        while is_stale:
            since = journal.turns()
            missing = [one for one in group if not (database / one).exists()]
            granted, is_stale = journal.claim(missing, since=since)
        for fingerprint in sorted(granted):
            print(fingerprint, flush=True)
            journal.append({"fingerprint": fingerprint})
            waiting.append(fingerprint)
        if start % 15 == 0:
            journal.cut()
            write(waiting)
            journal.forget()
            waiting = []
"""


def test_of_many_processes_that_race_each_request_is_granted_to_one(folder, tmp_path):
    # Given four processes that want the same 500 requests, and write what they have to a database,
    database = tmp_path / "database"
    database.mkdir()
    command = [sys.executable, "-c", RACING, folder, database]
    pipe = subprocess.PIPE
    with contextlib.ExitStack() as started:
        racers = [
            started.enter_context(
                subprocess.Popen([*command, f"run{number}"], stdin=pipe, stdout=pipe, text=True)
            )
            for number in range(4)
        ]
        assert [line_from(racer) for racer in racers] == ["ready"] * 4
        # when they all begin at once,
        for racer in racers:
            print(file=racer.stdin, flush=True)
        with ThreadPoolExecutor() as pool:
            granted = list(pool.map(lambda racer: racer.communicate(timeout=60)[0].split(), racers))
    # then each request is granted once,
    assert [racer.returncode for racer in racers] == [0] * 4
    assert Counter(one for ones in granted for one in ones) == {f"f{number}": 1 for number in range(500)}
    # and its answer is in the database or left for the next command.
    written = {path.name for path in database.iterdir()}
    left = {entry["fingerprint"] for entries in left_in(folder).values() for entry in entries}
    assert len(written | left) == 500


def test_of_threads_that_race_each_request_is_granted_to_one(folder):
    abreast = threading.Barrier(3)

    def race(number):
        mine = []
        with journal_of(folder, f"run{number}") as journal:
            for one in range(300):
                abreast.wait(20)
                mine += claimed(journal, f"f{one}")
            abreast.wait(20)
        return mine

    with ThreadPoolExecutor(3) as pool:
        granted = list(pool.map(race, range(3)))

    assert Counter(one for ones in granted for one in ones) == {f"f{one}": 1 for one in range(300)}


def test_an_answer_that_lands_at_a_runs_very_end_is_not_asked_for_again(folder):
    # Given a long journal, so that whoever reads it all has read long ago what comes before it,
    with journal_of(folder, "z") as long:
        for number in range(20_000):
            long.append(outcome(f"z{number}"))
    abreast = threading.Barrier(2)

    def answer(number):
        with journal_of(folder, f"a{number}") as there:
            claimed(there, "f1")
            abreast.wait(20)
            claimed(there, "f2", "f3")
            there.append(outcome("f1"))

    # when a run has its answer and is gone while another reads,
    held = []
    with ThreadPoolExecutor(1) as pool:
        for number in range(10):
            ended = pool.submit(answer, number)
            with journal_of(folder, "here") as here:
                abreast.wait(20)
                held.append(here.elsewhere(["f1"]))
            ended.result(20)
            (folder / f"a{number}-000000.jsonl").unlink()
    # then the request is the other's at all times.
    assert all(found in ({"f1": None}, {"f1": outcome("f1")}) for found in held)


def test_a_journal_is_synced_in_another_thread_while_it_is_written(journal):
    is_done = threading.Event()

    def sync():
        count = 0
        while not is_done.is_set():
            journal.sync()
            count += 1
        return count

    with ThreadPoolExecutor(1) as pool:
        synced = pool.submit(sync)
        for number in range(300):
            journal.append(outcome(f"f{number}"))
            if number % 3 == 0:
                journal.cut()
            if number % 9 == 0:
                journal.forget()
        is_done.set()
        assert synced.result(20) > 0

    journal.cut()
    assert [entry["fingerprint"] for entry in journal.cut_entries()] == ["f298", "f299"]


# ---------------------------------------------------------------- a disk that is full

FULL = """
import sys
from pathlib import Path
from extractor.errors import StoreError
from extractor.journal import Journal, left_behind

folder = Path(sys.argv[1]) / "journal"
text = "x" * 1000
with Journal(folder, "run1", dict) as journal:
    count = 0
    while not journal.is_full:
        journal.append({"fingerprint": f"f{count}", "text": text})
        count += 1
    for _ in range(100):
        journal.append({"fingerprint": f"f{count}", "text": text})
        count += 1
    journal.cut()
    journal.forget()
    print(count, "and room again")
    try:
        for count in range(count * 2):
            journal.append({"fingerprint": f"f{count}", "text": text})
    except StoreError as error:
        print(error)
(remains,) = left_behind(folder)
entries = list(remains.entries())
print(count == len(entries), all(entry["text"] == text for entry in entries))
"""


def test_a_disk_that_fills_up_loses_nothing(tmp_path):
    # Given a disk of eight megabytes,
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = f'mount -t tmpfs -o size=8m tmpfs {disk} && exec "$@"'
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted, "sh"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no disk of one's own can be mounted here")
    # when a run fills it,
    done = subprocess.run(
        [*alone, sys.executable, "-c", FULL, disk], capture_output=True, text=True, check=True
    )
    # then a hundred more outcomes find room, what goes gives room again, and what was written is whole.
    room, told, whole = done.stdout.splitlines()
    assert int(room.removesuffix(" and room again")) > 3500
    assert told == f"the journal {disk / 'journal'} cannot be written: No space left on device"
    assert whole == "True True"
