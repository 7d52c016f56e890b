import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import StoreError
from extractor.journal import Journal, left_behind

KILLED = """
import os, sys
from pathlib import Path
from extractor.journal import Journal

journal = Journal(Path(sys.argv[1]), "killed")
journal.append({"n": 1})
journal.cut()
journal.append({"n": 2})
os._exit(9)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "papers.duckdb.journal"


def left_in(folder):
    return {remains.run_id: list(remains.entries()) for remains in left_behind(folder)}


def leave(folder, run_id, *entries):
    with Journal(folder, run_id) as journal:
        for entry in entries:
            journal.append(entry)


def files_of(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_journal_that_took_nothing_leaves_nothing(folder):
    leave(folder, "run1")

    assert files_of(folder) == []
    assert left_in(folder) == {}


def test_what_was_not_forgotten_is_left_for_the_next_command(folder):
    leave(folder, "run1", {"n": 1}, {"n": "ü 数 😀\n"})

    assert left_in(folder) == {"run1": [{"n": 1}, {"n": "ü 数 😀\n"}]}


def test_an_entry_is_in_the_file_as_soon_as_it_is_appended(folder):
    with Journal(folder, "run1") as journal:
        journal.append({"n": 1})

        written = b"".join(path.read_bytes() for path in folder.glob("*.jsonl"))

    assert written == b'{"n":1}\n'


def test_a_journal_can_be_synced(folder):
    with Journal(folder, "run1") as journal:
        journal.append({"n": 1})
        journal.sync()

    assert left_in(folder) == {"run1": [{"n": 1}]}


def test_what_was_cut_and_forgotten_is_gone(folder):
    with Journal(folder, "run1") as journal:
        journal.append({"n": 1})
        journal.cut()
        journal.append({"n": 2})
        journal.forget()

    assert left_in(folder) == {"run1": [{"n": 2}]}


def test_what_was_cut_but_not_forgotten_stays(folder):
    with Journal(folder, "run1") as journal:
        journal.append({"n": 1})
        journal.cut()
        journal.append({"n": 2})
        journal.cut()

    assert left_in(folder) == {"run1": [{"n": 1}, {"n": 2}]}


def test_forgetting_takes_every_cut_so_far(folder):
    with Journal(folder, "run1") as journal:
        for number in range(3):
            journal.append({"n": number})
            journal.cut()
        journal.forget()

    assert files_of(folder) == []


def test_what_comes_after_the_cut_is_not_forgotten_with_it(folder):
    with Journal(folder, "run1") as journal:
        journal.append({"n": 1})
        journal.forget()

    assert left_in(folder) == {"run1": [{"n": 1}]}


def test_cutting_nothing_makes_no_file(folder):
    with Journal(folder, "run1") as journal:
        journal.cut()
        journal.cut()
        count = len(list(folder.glob("*.jsonl")))

    assert count == 1


def test_the_file_of_a_living_process_is_not_taken(folder):
    leave(folder, "gone", {"n": 1})

    with Journal(folder, "living") as journal:
        journal.append({"n": 2})

        assert left_in(folder) == {"gone": [{"n": 1}]}


def test_what_a_killed_process_wrote_is_read(folder):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)

    assert killed.returncode == 9
    assert left_in(folder) == {"killed": [{"n": 1}, {"n": 2}]}


def test_remains_stay_until_they_are_forgotten(folder):
    leave(folder, "run1", {"n": 1})

    assert left_in(folder) == left_in(folder) == {"run1": [{"n": 1}]}

    for remains in left_behind(folder):
        remains.forget()

    assert left_in(folder) == {}
    assert files_of(folder) == []


def test_remains_are_held_while_they_are_looked_at(folder):
    leave(folder, "run1", {"n": 1})

    for remains in left_behind(folder):
        assert list(remains.entries()) == [{"n": 1}]
        assert left_in(folder) == {}


def test_runs_do_not_mix(folder):
    leave(folder, "run1", {"n": 1})
    leave(folder, "run2", {"n": 2})

    assert left_in(folder) == {"run1": [{"n": 1}], "run2": [{"n": 2}]}


def test_a_run_whose_name_begins_with_anothers_keeps_its_own(folder):
    leave(folder, "run", {"n": 1})
    leave(folder, "run-2", {"n": 2})

    assert left_in(folder) == {"run": [{"n": 1}], "run-2": [{"n": 2}]}


@pytest.mark.parametrize(
    "torn",
    [b'{"n":2', b'{"text":"caf\xc3', b"", b"\x00\x00\x00\x00", b"3\n", b"not json\n"],
    ids=["cut off", "half a letter", "nothing", "holes", "no object", "no JSON"],
)
def test_a_torn_last_line_is_passed_over(folder, torn):
    leave(folder, "run1", {"n": 1})
    (path,) = folder.glob("*.jsonl")
    path.write_bytes(path.read_bytes() + torn)

    assert left_in(folder) == {"run1": [{"n": 1}]}


@given(text=st.text())
def test_whatever_a_model_answers_can_be_kept(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("journal")

    leave(folder, "run1", {"raw_text": text}, {"n": 2})

    (_, second) = left_in(folder)["run1"]
    assert second == {"n": 2}


def test_a_lone_surrogate_costs_no_entry(folder):
    leave(folder, "run1", {"raw_text": "Tide\ud800Net"}, {"n": 2})

    first, second = left_in(folder)["run1"]

    assert first["raw_text"].startswith("Tide")
    assert second == {"n": 2}


def test_a_folder_that_is_a_file_is_refused(folder):
    folder.write_text("something else")

    with pytest.raises(
        StoreError, match=r"the journal .*papers\.duckdb\.journal cannot be written: File exists"
    ):
        Journal(folder, "run1")


def test_a_folder_within_a_file_is_refused(folder):
    folder.write_text("something else")

    with pytest.raises(StoreError, match="cannot be written: Not a directory"):
        Journal(folder / "deeper", "run1")


FULL_DISK = """
import resource, sys
from pathlib import Path
from extractor.errors import StoreError
from extractor.journal import Journal

resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
with Journal(Path(sys.argv[1]), "run1") as journal:
    journal.append({"n": 1})
    try:
        journal.append({"text": "long " * 50})
    except StoreError as error:
        print(error)
    journal.append({"n": 2})
"""


def test_a_full_disk_is_told_and_spoils_no_other_entry(folder):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, folder], capture_output=True, text=True, check=True
    )

    assert "cannot be written: File too large" in done.stdout
    assert left_in(folder) == {"run1": [{"n": 1}, {"n": 2}]}


def test_a_folder_that_is_not_there_has_nothing_left(folder):
    assert left_in(folder) == {}
