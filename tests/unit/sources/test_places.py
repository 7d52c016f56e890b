import os

import pytest

from extractor.errors import SourceError
from extractor.sources.places import Place, places
from extractor.sources.shapes import Skipped


@pytest.fixture
def folder(tmp_path):
    for name in ("b.ris", "a.bib", "in/c.csv", "in/.hidden.txt", ".git/config", "z.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("reeds")
    return tmp_path


def found(folder, *named):
    return [
        (place.kind if isinstance(place, Skipped) else "read", os.path.relpath(place.source or "?", folder))
        if isinstance(place, Skipped)
        else ("read", os.path.relpath(place.name, folder))
        for place in places(named)
    ]


def test_a_folder_gives_all_files_within_it_in_order_and_names_those_that_are_hidden(folder):
    assert found(folder, folder) == [
        ("hidden", ".git"),
        ("read", "a.bib"),
        ("read", "b.ris"),
        ("hidden", "in/.hidden.txt"),
        ("read", "in/c.csv"),
        ("read", "z.txt"),
    ]


def test_a_pattern_gives_the_files_that_fit_it(folder):
    assert found(folder, f"{folder}/*.bib", f"{folder}/**/*.csv") == [("read", "a.bib"), ("read", "in/c.csv")]


def test_a_file_that_is_named_twice_is_read_once(folder):
    assert found(folder, folder / "in" / "c.csv", folder / "in")[-1] == ("the same file again", "in/c.csv")


def test_a_file_whose_name_is_a_pattern_is_that_file(folder):
    (folder / "[a].bib").write_text("reeds")

    assert found(folder, f"{folder}/[a].bib") == [("read", "[a].bib")]


def test_a_pattern_that_nothing_fits_is_refused(folder):
    with pytest.raises(SourceError, match=r"no file fits .*\*\.nbib"):
        list(places([f"{folder}/*.nbib"]))


def test_a_link_to_a_folder_is_not_followed_and_a_pipe_is_passed_over(folder):
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")

    kinds = dict(reversed(one) for one in found(folder, folder))

    assert kinds["loop"] == kinds["pipe"] == "no regular file"


def test_a_link_without_end_is_passed_over_in_a_folder_and_a_place_where_it_is_named(folder):
    endless = folder / "in" / "endless"
    endless.symlink_to("endless")

    assert ("no regular file", "in/endless") in found(folder, folder)
    assert ("read", "z.txt") in found(folder, folder)
    assert found(folder, endless) == [("read", "in/endless")]


def test_standard_input_is_a_place_of_its_own():
    assert list(places(["-"])) == [Place(None)]
    assert Place(None).name == "standard input"
