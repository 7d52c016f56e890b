"""A journal: what is appended is found, what is claimed is nobody else's, and a full disk loses nothing."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from extractor.errors import StoreError
from extractor.journal import Claim, Journal, left_behind
from extractor.journal.others import Others

HEADER = {"source": "page.txt"}
SHARED = {"claiming", "turns"}
RESERVE = 4 * 1024 * 1024


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "papers.duckdb.journal"


@pytest.fixture
def begin(folder):
    """Yield a function that begins a run's journal; they are closed at the test's end."""
    with contextlib.ExitStack() as open_ones:
        yield lambda run_id: open_ones.enter_context(journal_of(folder, run_id))


def journal_of(folder, run_id, **more):
    return Journal(folder, run_id, lambda: HEADER, **more)


def outcome(fingerprint, **more):
    return {"fingerprint": fingerprint, **more}


def left_in(folder):
    return {remains.run_id: list(remains.entries()) for remains in left_behind(folder)}


def leave(folder, run_id, *entries):
    with journal_of(folder, run_id) as journal:
        for entry in entries:
            journal.append(entry)


def drop_dead(folder, run_id, journal):
    """Close a journal and put its files back as they were: what is left when a process is killed."""
    files = [path for path in folder.iterdir() if path.name.startswith((f"{run_id}-", f"{run_id}."))]
    left = {path: path.read_bytes() for path in files}
    journal.__exit__()
    for path, content in left.items():
        path.write_bytes(content)


def files_of(folder):
    return sorted({path.name for path in folder.iterdir()} - SHARED)


def turns_in(folder):
    turns = folder / "turns"
    return turns.stat().st_size if turns.exists() else 0


def write_lines(folder, *lines, run_id="gone", number=0):
    """Write a segment by hand, as a run that is gone left it."""
    folder.mkdir(exist_ok=True)
    (folder / f"{run_id}.lock").touch()
    path = folder / f"{run_id}-{number:06}.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def claimed(journal, *fingerprints):
    """Return what is granted to a run that has looked into the database just now."""
    granted, is_stale = journal.claim(fingerprints, since=journal.turns())
    assert not is_stale
    return granted


# ---------------------------------------------------------------- there and back


def test_a_journal_that_took_nothing_leaves_nothing(folder):
    leave(folder, "run1")

    assert files_of(folder) == []
    assert left_in(folder) == {}


def test_a_journal_that_only_claimed_leaves_nothing(folder):
    with journal_of(folder, "run1") as journal:
        claimed(journal, "f1")

    assert files_of(folder) == []


def test_what_was_not_forgotten_is_left_for_the_next_command(folder):
    leave(folder, "run1", outcome("f1"), outcome("f2", text="ü 数 😀\n"))

    assert left_in(folder) == {"run1": [outcome("f1"), outcome("f2", text="ü 数 😀\n")]}


def test_every_line_is_in_the_file_as_soon_as_it_is_handed_over(folder, begin):
    journal = begin("run1")
    claimed(journal, "f2", "f1")
    journal.append({"n": 1, "fingerprint": "f1"})

    assert (folder / "run1-000000.jsonl").read_text().splitlines() == [
        '{"header":{"source":"page.txt"}}',
        '{"claims":["f1","f2"]}',
        '{"fingerprint":"f1","n":1}',
    ]


def test_a_journal_can_be_synced_at_any_time(folder, begin):
    journal = begin("run1")
    journal.sync()
    journal.append(outcome("f1"))
    journal.cut()
    journal.append(outcome("f2"))
    journal.sync()
    journal.append(outcome("f3"))
    journal.cut()
    journal.forget()
    journal.sync()

    assert files_of(folder) == ["run1-000002.jsonl", "run1.lock", "run1.reserve"]


def test_what_was_cut_and_forgotten_is_gone(folder):
    with journal_of(folder, "run1") as journal:
        journal.append(outcome("f1"))
        journal.cut()
        journal.append(outcome("f2"))
        journal.forget()

    assert left_in(folder) == {"run1": [outcome("f2")]}


def test_what_was_cut_but_not_forgotten_stays(folder):
    with journal_of(folder, "run1") as journal:
        journal.append(outcome("f1"))
        journal.cut()
        journal.append(outcome("f2"))
        journal.cut()

    assert left_in(folder) == {"run1": [outcome("f1"), outcome("f2")]}


def test_what_was_cut_can_be_read_again_until_it_is_forgotten(begin):
    journal = begin("run1")
    for number in range(3):
        claimed(journal, f"f{number}", "f9")
        journal.append(outcome(f"f{number}"))
        journal.cut()
    journal.append(outcome("f3"))

    assert list(journal.cut_entries()) == [outcome("f0"), outcome("f1"), outcome("f2")]

    journal.forget()

    assert list(journal.cut_entries()) == []


def test_forgetting_takes_every_cut_so_far(folder):
    with journal_of(folder, "run1") as journal:
        for number in range(3):
            journal.append(outcome(f"f{number}"))
            journal.cut()
        journal.forget()

    assert files_of(folder) == []


def test_what_comes_after_the_cut_is_not_forgotten_with_it(folder):
    with journal_of(folder, "run1") as journal:
        journal.append(outcome("f1"))
        journal.forget()

    assert left_in(folder) == {"run1": [outcome("f1")]}


def test_cutting_where_nothing_was_answered_makes_no_file(folder, begin):
    journal = begin("run1")
    journal.cut()
    claimed(journal, "f1")
    journal.cut()

    assert files_of(folder) == ["run1-000000.jsonl", "run1.lock", "run1.reserve"]


def test_each_file_begins_with_the_header_as_it_stands_then(folder):
    papers = iter(range(9))
    with Journal(folder, "run1", lambda: {"papers": next(papers)}) as journal:
        journal.append(outcome("f1"))
        journal.cut()
        journal.append(outcome("f2"))

    headers = [path.read_text().splitlines()[0] for path in sorted(folder.glob("*.jsonl"))]
    assert headers == ['{"header":{"papers":0}}', '{"header":{"papers":1}}']


@given(fingerprint=st.text(), text=st.text())
def test_whatever_a_model_answers_can_be_kept_and_found(tmp_path_factory, fingerprint, text):
    folder = tmp_path_factory.mktemp("journal")
    entry = outcome(fingerprint, raw_text=text)

    leave(folder, "run1", entry, outcome("f2"))

    assert left_in(folder)["run1"] == [entry, outcome("f2")]
    with journal_of(folder, "run2") as other:
        assert other.elsewhere([fingerprint]) == {fingerprint: entry}


def test_a_lone_surrogate_costs_no_entry(folder):
    leave(folder, "run1", outcome("f1", raw_text="Tide\ud800Net"), outcome("f2"))

    first, second = left_in(folder)["run1"]

    assert first["raw_text"].startswith("Tide")
    assert second == outcome("f2")


# ---------------------------------------------------------------- what runs that are gone left


def test_the_file_of_a_living_process_is_not_taken(folder, begin):
    leave(folder, "gone", outcome("f1"))
    begin("living").append(outcome("f2"))

    assert left_in(folder) == {"gone": [outcome("f1")]}


def test_remains_stay_until_they_are_forgotten(folder):
    leave(folder, "run1", outcome("f1"))

    assert left_in(folder) == left_in(folder) == {"run1": [outcome("f1")]}

    for remains in left_behind(folder):
        remains.forget()

    assert left_in(folder) == {}
    assert files_of(folder) == []


def test_remains_are_held_while_they_are_looked_at(folder):
    leave(folder, "run1", outcome("f1"))

    for remains in left_behind(folder):
        assert list(remains.entries()) == [outcome("f1")]
        assert left_in(folder) == {}


def test_remains_are_found_where_the_file_of_the_lock_is_gone(folder):
    # Given the files of a run, and a version of filelock that deletes a lock's file when it is let go,
    leave(folder, "run1", outcome("f1"))
    (folder / "run1.lock").unlink(missing_ok=True)
    # then they are found all the same.
    assert left_in(folder) == {"run1": [outcome("f1")]}


def test_runs_do_not_mix(folder):
    leave(folder, "run1", outcome("f1"))
    leave(folder, "run2", outcome("f2"))

    assert left_in(folder) == {"run1": [outcome("f1")], "run2": [outcome("f2")]}


def test_a_run_whose_name_begins_with_anothers_keeps_its_own(folder):
    leave(folder, "run", outcome("f1"))
    leave(folder, "run-2", outcome("f2"))
    leave(folder, "run-000002", outcome("f3"))

    assert left_in(folder) == {
        "run": [outcome("f1")],
        "run-2": [outcome("f2")],
        "run-000002": [outcome("f3")],
    }


def test_more_than_a_million_cuts_stay_in_order(folder):
    write_lines(folder, '{"fingerprint":"f2"}', number=1_000_000)
    write_lines(folder, '{"fingerprint":"f1"}', number=999_999)

    assert left_in(folder) == {"gone": [outcome("f1"), outcome("f2")]}


@pytest.mark.parametrize(
    "torn",
    [b'{"n":2', b'{"text":"caf\xc3', b"", b"\x00\x00\x00\x00", b"3\n", b"[]\n", b"not json\n", b"{}\n"],
    ids=["cut off", "half a letter", "nothing", "holes", "no object", "a list", "no JSON", "says nothing"],
)
def test_a_torn_line_is_passed_over(folder, begin, torn):
    leave(folder, "run1", outcome("f1"))
    (path,) = folder.glob("*.jsonl")
    path.write_bytes(torn + b"\n" + path.read_bytes() + torn)

    assert left_in(folder) == {"run1": [outcome("f1")]}
    assert begin("run2").elsewhere(["f1"]) == {"f1": outcome("f1")}


def test_remains_tell_the_last_header(folder):
    write_lines(folder, '{"header":{"pap', '{"header":[]}', '{"fingerprint":"f1","header":{"of":"a letter"}}')
    write_lines(folder, '{"header":{"papers":2}}', number=1)
    write_lines(folder, '{"header":{"papers":3}}', number=2)

    (remains,) = left_behind(folder)

    assert remains.header == {"papers": 3}
    assert remains.folder == folder


def test_outcomes_without_a_header_are_refused(folder):
    write_lines(folder, '{"claims":["f1"]}', '{"fingerprint":"f1"}')

    (remains,) = left_behind(folder)

    with pytest.raises(ValueError, match="the outcomes of gone have no header"):
        _ = remains.header


def test_where_there_is_no_outcome_no_header_is_needed(folder):
    write_lines(folder, '{"claims":["f1"]}')

    (remains,) = left_behind(folder)

    assert remains.header == {}


def test_remains_that_are_set_aside_are_read_no_more(folder):
    write_lines(folder, '{"fingerprint":"f1"}')

    for remains in left_behind(folder):
        assert remains.set_aside() == str(folder / "gone-000000.unusable")

    assert left_in(folder) == {}
    assert files_of(folder) == ["gone-000000.unusable"]


def test_claims_that_a_dead_run_left_are_cleaned_away_without_a_turn(folder):
    journal = journal_of(folder, "gone")
    claimed(journal, "f1")
    drop_dead(folder, "gone", journal)

    for remains in left_behind(folder):
        assert list(remains.entries()) == []
        remains.forget()

    assert (files_of(folder), turns_in(folder)) == ([], 0)


def test_the_reserve_of_a_dead_run_is_deleted_before_its_remains_are_written(folder):
    journal = journal_of(folder, "gone")
    journal.append(outcome("f1"))
    drop_dead(folder, "gone", journal)

    for remains in left_behind(folder):
        assert files_of(folder) == ["gone-000000.jsonl", "gone.lock"]
        remains.forget()


def test_a_folder_that_is_not_there_has_nothing_left(folder):
    assert left_in(folder) == {}
    assert not folder.exists()


# ---------------------------------------------------------------- claims


def test_what_a_living_run_has_claimed_is_granted_to_no_other(begin):
    first, second = begin("run1"), begin("run2")

    assert claimed(first, "f1", "f2") == {"f1", "f2"}
    assert claimed(second, "f2", "f3") == {"f3"}
    assert second.elsewhere(["f1", "f2", "f3", "f4"]) == {"f1": None, "f2": None}
    assert first.elsewhere(["f1", "f2", "f3", "f4"]) == {"f3": None}


def test_an_answer_is_found_elsewhere_as_soon_as_it_lands(begin):
    first, second = begin("run1"), begin("run2")
    claimed(first, "f1", "f2")
    first.append(outcome("f1", n=1))

    assert second.elsewhere(["f1", "f2"]) == {"f1": outcome("f1", n=1), "f2": None}
    assert claimed(second, "f1", "f2") == frozenset()


def test_an_answer_that_nobody_claimed_is_found_too(begin):
    first, second = begin("run1"), begin("run2")
    first.append(outcome("f1"))

    assert second.elsewhere(["f1"]) == {"f1": outcome("f1")}
    assert claimed(second, "f1") == frozenset()


def test_a_run_is_not_granted_what_it_holds_itself(begin):
    journal = begin("run1")

    assert claimed(journal, "f1", "f2") == {"f1", "f2"}
    assert claimed(journal, "f1", "f3") == {"f3"}

    journal.append(outcome("f1"))
    assert claimed(journal, "f1") == frozenset()
    journal.cut()
    assert claimed(journal, "f1", "f2") == frozenset()
    assert journal.elsewhere(["f1", "f2"]) == {}


def test_claiming_nothing_is_granted_nothing(folder, begin):
    journal = begin("run1")

    assert journal.claim([], since=journal.turns()) == Claim(frozenset(), is_stale=False)
    assert b"claims" not in (folder / "run1-000000.jsonl").read_bytes()


def test_claims_that_are_unanswered_outlive_the_file_they_were_made_in(begin):
    first, second = begin("run1"), begin("run2")
    claimed(first, "f1", "f2", "f3")
    first.append(outcome("f1"))
    first.cut()
    first.append(outcome("f2"))
    first.cut()
    first.forget()

    assert second.elsewhere(["f1", "f2", "f3"]) == {"f3": None}
    assert claimed(second, "f3") == frozenset()


def test_an_answer_in_a_later_file_settles_a_claim_in_an_earlier_one(begin):
    first, second = begin("run1"), begin("run2")
    claimed(first, "f1", "f2")
    first.append(outcome("f1"))
    assert second.elsewhere(["f1", "f2"]) == {"f1": outcome("f1"), "f2": None}
    first.cut()
    first.append(outcome("f2"))

    assert second.elsewhere(["f1", "f2"]) == {"f1": outcome("f1"), "f2": outcome("f2")}


def test_whoever_looked_into_the_database_too_early_is_sent_back(begin):
    # Given a run that has looked a request up and found nothing,
    first, second = begin("run1"), begin("run2")
    since = second.turns()
    # when another claims it, is answered, and has the answer in the database,
    claimed(first, "f1")
    first.append(outcome("f1"))
    first.cut()
    first.forget()
    # then nothing is granted to the one that looked before,
    assert second.elsewhere(["f1"]) == {}
    assert second.claim(["f1", "f2"], since=since) == Claim(frozenset(), is_stale=True)
    # and what was not granted is not claimed.
    assert claimed(first, "f2") == {"f2"}


def test_ones_own_answers_in_the_database_are_no_reason_to_look_again(begin):
    first, second = begin("run1"), begin("run2")
    since = second.turns()
    second.append(outcome("f1"))
    second.cut()
    second.forget()

    assert second.turns() == since == 0
    assert first.turns() == 1
    assert second.claim(["f2"], since=since).granted == {"f2"}


def test_the_remains_of_a_dead_run_that_are_written_are_a_reason_to_look_again(folder, begin):
    leave(folder, "gone", outcome("f1"))
    journal = begin("run1")
    since = journal.turns()

    for remains in left_behind(folder):
        remains.forget()

    assert journal.claim(["f1"], since=since) == Claim(frozenset(), is_stale=True)


def test_forgetting_nothing_is_no_turn(folder, begin):
    journal = begin("run1")
    journal.append(outcome("f1"))
    journal.forget()

    assert turns_in(folder) == 0


def test_the_claims_of_a_dead_run_fall_free_and_its_answers_are_found(folder, begin):
    # Given a run that has claimed two requests, and one answer,
    gone, journal = journal_of(folder, "gone"), begin("run1")
    claimed(gone, "f1", "f2")
    assert journal.elsewhere(["f1", "f2"]) == {"f1": None, "f2": None}
    gone.append(outcome("f1"))
    # when it is killed,
    drop_dead(folder, "gone", gone)
    # then its answer is not asked for again, and the other request is anybody's.
    assert journal.elsewhere(["f1", "f2"]) == {"f1": outcome("f1")}
    assert claimed(journal, "f1", "f2") == {"f2"}


def test_what_a_dead_run_left_is_found_by_a_run_that_begins_later(folder, begin):
    gone = journal_of(folder, "gone")
    for number in range(3):
        claimed(gone, f"f{number}", f"g{number}")
        gone.append(outcome(f"f{number}"))
        gone.cut()
    drop_dead(folder, "gone", gone)

    held = begin("run1").elsewhere([*"abc", "f0", "f1", "f2", "g0", "g1", "g2"])

    assert held == {f"f{number}": outcome(f"f{number}") for number in range(3)}


def test_the_claims_of_a_run_that_ended_fall_free(folder, begin):
    journal = begin("run1")
    with journal_of(folder, "run2") as other:
        claimed(other, "f1", "f2")
        other.append(outcome("f1"))
        assert claimed(journal, "f1", "f2") == frozenset()

    assert journal.elsewhere(["f1", "f2"]) == {"f1": outcome("f1")}
    assert claimed(journal, "f1", "f2") == {"f2"}


def test_an_answer_that_cannot_be_read_is_no_answer(folder, begin):
    # Given a line that a power cut left with a hole in it,
    write_lines(folder, '{"fingerprint":"f1","text":"\x00\x00\x00\x00"}', '{"fingerprint":"f2"}')
    journal = begin("run1")
    # then it is not found, and can be asked for.
    assert journal.elsewhere(["f1", "f2"]) == {"f2": outcome("f2")}
    assert claimed(journal, "f1", "f2") == {"f1"}


def test_what_goes_between_the_look_and_the_reading_is_not_held(folder):
    path = write_lines(folder, '{"fingerprint":"f1"}')
    others = Others(folder, "run1")
    others.read()
    path.unlink()

    assert others.entries(["f1"]) == {}


def test_what_was_set_aside_is_nobodys(folder, begin):
    write_lines(folder, '{"fingerprint":"f1"}')
    write_lines(folder, '{"fingerprint":"f2"}', number=1)
    journal = begin("run1")
    assert journal.elsewhere(["f1", "f2"]).keys() == {"f1", "f2"}

    for remains in left_behind(folder):
        remains.set_aside()

    assert claimed(journal, "f1", "f2") == {"f1", "f2"}


def test_half_a_line_is_read_when_it_is_whole(folder, begin):
    path = write_lines(folder, '{"fingerprint":"f1"}')
    journal = begin("run1")
    with path.open("a") as lines:
        lines.write('{"fingerprint":"f2",')
        lines.flush()
        assert journal.elsewhere(["f1", "f2"]) == {"f1": outcome("f1")}
        lines.write('"n":2}\n')

    assert journal.elsewhere(["f1", "f2"]) == {"f1": outcome("f1"), "f2": outcome("f2", n=2)}


@pytest.mark.parametrize("line", ['{"claims":3}', '{"claims":[3,null]}', '{"fingerprint":3}'])
def test_a_line_of_an_odd_shape_holds_nothing(folder, begin, line):
    write_lines(folder, line)
    journal = begin("run1")

    assert journal.elsewhere(["3"]) == {}
    assert claimed(journal, "3") == {"3"}


# ---------------------------------------------------------------- all of it in any order

PRINTS = [f"f{number}" for number in range(6)]


@dataclass
class Run:
    """One run as it should be: what it has claimed, and what it has answered but not forgotten."""

    run_id: str
    journal: Journal
    looked: tuple[int, frozenset[str]] = (0, frozenset())
    is_looked_stale: bool = False
    unanswered: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    fresh: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    @property
    def holds(self):
        return {*self.unanswered, *self.fresh, *self.cut}


class Runs(RuleBasedStateMachine):
    """Two runs at a time on one database, which end and are killed at any moment."""

    def __init__(self):
        super().__init__()
        self.surroundings = tempfile.TemporaryDirectory()
        self.folder = Path(self.surroundings.name)
        self.database = set()
        self.answered = set()
        self.left = {}
        self.begun = 0
        self.runs = [self.begin(), self.begin()]

    def begin(self):
        self.begun += 1
        run_id = f"run{self.begun}"
        run = Run(run_id, journal_of(self.folder, run_id))
        self.look_up(run)
        return run

    which = st.integers(0, 1)
    some = st.sets(st.sampled_from(PRINTS), min_size=1)

    @rule(which=which)
    def look_into_the_database(self, which):
        self.look_up(self.runs[which])

    @rule(which=which, some=some)
    def claim(self, which, some):
        run, other = self.runs[which], self.runs[1 - which]
        since, missing = run.looked
        wanted = some & missing - run.done  # A run knows what it has done itself since it looked.
        granted, is_stale = run.journal.claim(wanted, since=since)
        assert is_stale == run.is_looked_stale
        held = other.holds | run.holds | {one for prints in self.left.values() for one in prints}
        assert granted == (frozenset() if is_stale else wanted - held)
        assert not granted & self.answered
        run.unanswered |= granted

    @precondition(lambda self: any(run.unanswered for run in self.runs))
    @rule(data=st.data())
    def answer(self, data):
        run = data.draw(st.sampled_from([run for run in self.runs if run.unanswered]))
        fingerprint = data.draw(st.sampled_from(sorted(run.unanswered)))
        run.journal.append(outcome(fingerprint, by=run.run_id))
        run.unanswered.remove(fingerprint)
        run.fresh.append(fingerprint)
        self.answered.add(fingerprint)

    @rule(which=which)
    def cut(self, which):
        run = self.runs[which]
        run.journal.cut()
        run.cut += run.fresh
        run.fresh = []

    @rule(which=which)
    def forget(self, which):
        run = self.runs[which]
        assert [entry["fingerprint"] for entry in run.journal.cut_entries()] == run.cut
        self.database.update(run.cut)
        run.done.update(run.cut)
        run.journal.forget()
        if run.cut:
            self.turn(but=run)
        run.cut = []

    @rule(which=which)
    def end(self, which):
        run = self.runs[which]
        run.journal.__exit__()
        self.go(which)

    @rule(which=which)
    def kill(self, which):
        run = self.runs[which]
        drop_dead(self.folder, run.run_id, run.journal)
        self.go(which)

    @rule()
    def write_what_is_left(self):
        for remains in left_behind(self.folder):
            prints = [entry["fingerprint"] for entry in remains.entries()]
            assert prints == self.left.get(remains.run_id, [])
            assert not prints or remains.header == HEADER
            self.database.update(prints)
            remains.forget()
            if prints:
                self.turn(but=None)
        self.left.clear()

    @rule(which=which)
    def look_elsewhere(self, which):
        run, other = self.runs[which], self.runs[1 - which]
        held = dict.fromkeys(other.unanswered)
        for run_id, prints in {**self.left, other.run_id: other.cut + other.fresh}.items():
            held.update({one: outcome(one, by=run_id) for one in prints})
        assert run.journal.elsewhere(PRINTS) == held

    def look_up(self, run):
        run.looked = run.journal.turns(), frozenset(PRINTS) - self.database
        run.is_looked_stale = False

    def turn(self, but):
        for run in self.runs:
            run.is_looked_stale |= run is not but

    def go(self, which):
        run = self.runs[which]
        self.left[run.run_id] = run.cut + run.fresh
        self.runs[which] = self.begin()

    def teardown(self):
        for run in self.runs:
            run.journal.__exit__()
            self.left[run.run_id] = run.cut + run.fresh
        self.runs = []
        self.write_what_is_left()
        assert self.database == self.answered
        assert files_of(self.folder) == []
        self.surroundings.cleanup()


def test_whatever_happens_nothing_is_asked_twice_and_no_answer_is_lost():
    run_state_machine_as_test(Runs, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


# ---------------------------------------------------------------- disks


@dataclass
class Disk:
    """A disk that is nearly full: `room` bytes are left, and `freed` more when the reserve is deleted."""

    reserve: Path
    room: int
    freed: int = RESERVE
    error: int = errno.ENOSPC

    def write(self, file, content):
        if not self.reserve.exists():
            self.room, self.freed = self.room + self.freed, 0
        if not self.room:
            raise OSError(self.error, os.strerror(self.error))
        done = os.write(file, content[: self.room])
        self.room -= done
        return done


LONG = "long " * 50


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_what_is_in_flight_finds_the_room_that_was_kept_back(folder, error):
    disk = Disk(folder / "run1.reserve", room=150, error=error)
    with journal_of(folder, "run1", write=disk.write) as journal:
        assert disk.reserve.stat().st_size == RESERVE
        claimed(journal, "f1", "f2", "f3")
        journal.append(outcome("f1"))
        assert not journal.is_full

        journal.append(outcome("f2", text=LONG))

        assert journal.is_full
        assert not disk.reserve.exists()
        journal.append(outcome("f3"))

    assert left_in(folder) == {"run1": [outcome("f1"), outcome("f2", text=LONG), outcome("f3")]}


def test_when_the_reserve_is_used_up_too_it_is_told_and_spoils_no_other_entry(folder, begin):
    disk = Disk(folder / "run1.reserve", room=100, freed=50)
    with journal_of(folder, "run1", write=disk.write) as journal:
        journal.append(outcome("f1"))
        with pytest.raises(StoreError, match=r"papers\.duckdb\.journal cannot be written: No space left"):
            journal.append(outcome("f2", text=LONG))
        disk.room = 1000
        journal.append(outcome("f3"))
        assert journal.is_full

    assert left_in(folder) == {"run1": [outcome("f1"), outcome("f3")]}
    assert begin("run2").elsewhere(["f1", "f2", "f3"]).keys() == {"f1", "f3"}


def test_a_claim_that_cannot_be_written_is_none(folder, begin):
    disk = Disk(folder / "run1.reserve", room=50, freed=0)
    with journal_of(folder, "run1", write=disk.write) as journal:
        with pytest.raises(StoreError, match="No space left"):
            claimed(journal, "f1")

        assert claimed(begin("run2"), "f1") == {"f1"}


def test_a_cut_finds_the_room_that_was_kept_back(folder):
    disk = Disk(folder / "run1.reserve", room=80)
    with journal_of(folder, "run1", write=disk.write) as journal:
        journal.append(outcome("f1"))
        journal.cut()

        assert journal.is_full

    assert left_in(folder) == {"run1": [outcome("f1")]}


def test_where_no_file_can_be_begun_the_one_before_goes_on(folder):
    disk = Disk(folder / "run1.reserve", room=80, freed=0)
    with journal_of(folder, "run1", write=disk.write) as journal:
        journal.append(outcome("f1"))
        with pytest.raises(StoreError, match="No space left"):
            journal.cut()
        assert files_of(folder) == ["run1-000000.jsonl", "run1.lock"]
        disk.room = 1000
        journal.append(outcome("f2"))
        journal.cut()
        assert list(journal.cut_entries()) == [outcome("f1"), outcome("f2")]


def test_a_disk_that_is_broken_is_told_and_the_reserve_is_kept(folder):
    disk = Disk(folder / "run1.reserve", room=50, error=errno.EIO)
    with journal_of(folder, "run1", write=disk.write) as journal:
        with pytest.raises(StoreError, match="cannot be written: Input/output error"):
            journal.append(outcome("f1", text=LONG))

        assert not journal.is_full
        assert disk.reserve.exists()


def test_a_journal_that_cannot_begin_leaves_nothing(folder):
    disk = Disk(folder / "run1.reserve", room=10, freed=0)

    with pytest.raises(StoreError, match="No space left"):
        journal_of(folder, "run1", write=disk.write)

    assert files_of(folder) == []


NO_RESERVE = """
import resource, sys
from pathlib import Path
from extractor.errors import StoreError
from extractor.journal import Journal

folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
with Journal(folder, "run1", dict) as journal:
    print(sorted(path.name for path in folder.glob("run1*")))
    journal.append({"fingerprint": "f1"})
    try:
        journal.append({"fingerprint": "f2", "text": "long " * 50})
    except StoreError as error:
        print(error)
    print(journal.is_full)
    journal.append({"fingerprint": "f3"})
"""


def test_where_no_room_can_be_kept_back_a_run_goes_on_without(folder):
    done = subprocess.run(
        [sys.executable, "-c", NO_RESERVE, folder], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == [
        "['run1-000000.jsonl', 'run1.lock']",
        f"the journal {folder} cannot be written: File too large",
        "False",
    ]
    assert left_in(folder) == {"run1": [outcome("f1"), outcome("f3")]}


def test_a_file_that_cannot_be_synced_is_told_each_time(folder, begin):
    journal = begin("run1")
    journal.append(outcome("f1"))
    (folder / "run1-000000.jsonl").unlink()
    (folder / "run1-000000.jsonl").mkdir()

    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be written: Is a directory"):
            journal.sync()


def test_a_folder_that_is_a_file_is_refused(folder):
    folder.write_text("something else")

    with pytest.raises(
        StoreError, match=r"the journal .*papers\.duckdb\.journal cannot be written: File exists"
    ):
        journal_of(folder, "run1")


def test_a_folder_within_a_file_is_refused(folder):
    folder.write_text("something else")

    with pytest.raises(StoreError, match="cannot be written: Not a directory"):
        journal_of(folder / "deeper", "run1")


def test_a_folder_that_goes_away_is_told(folder, begin):
    journal = begin("run1")
    shutil.rmtree(folder)

    with pytest.raises(StoreError, match="cannot be read: No such file or directory"):
        journal.elsewhere(["f1"])
    with pytest.raises(StoreError, match="cannot be read: No such file or directory"):
        journal.claim(["f1"], since=0)


def test_what_brought_no_answer_may_be_asked_by_another_run_also_after_a_cut(begin):
    one, other = begin("one"), begin("other")
    one.claim(["f1", "f2"], since=0)
    one.append(outcome("f2"))
    one.cut()
    one.append({"is_answer": False, **outcome("f1"), "reason": "no answer"})
    assert other.elsewhere(["f1", "f2"]) == {"f2": outcome("f2")}
    assert other.claim(["f1", "f2"], since=0).granted == {"f1"}
