"""The user's own lists: what is read of them, what is added, and what is refused."""

import csv
import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SettingsError
from extractor.name_lists import (
    DIRECTIONS,
    NAMES,
    Added,
    Lists,
    add_direction,
    add_from,
    add_name,
    own_directions,
    own_names,
    problems_in,
)
from extractor.normalizing import canonical, direction_of, shipped

HEADER = "kind,printed,canonical\n"


@pytest.fixture
def folder(tmp_path):
    """Return a folder for lists."""
    return tmp_path / "lists"


@pytest.fixture
def write(folder):
    """Return a function that writes a list."""

    def written(text, name=NAMES):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
        return folder / name

    return written


def said(folder):
    return [(row.kind, row.printed, row.canonical) for row in own_names(folder)]


def name_of(lists, kind, printed):
    return canonical(kind, printed, table=lists.table)


# ---------------------------------------------------------------- reading


def test_without_lists_there_are_those_that_ship(folder):
    assert Lists().table is Lists(folder).table is shipped()


def test_own_names_and_directions_go_before_those_that_ship(folder, write):
    write(HEADER + "dataset,CIFAR10,Small Pictures\n")
    write("metric,direction,unit\naccuracy,down,points\n", DIRECTIONS)
    table = Lists(folder).table
    assert canonical("dataset", "CIFAR-10", table=table) == "Small Pictures"
    assert direction_of("accuracy", table=table) == ("down", "points")
    assert direction_of("accuracy", table=shipped())[0] == "up"


def test_a_list_is_read_again_when_it_changes_and_no_more_when_it_is_gone(folder, write):
    lists = Lists(folder)
    file = write(HEADER + "dataset,Foo,Marsh\n")
    assert name_of(lists, "dataset", "foo") == "Marsh"
    write(HEADER + "dataset,Foo,Fenny\n")  # As long as it was.
    assert name_of(lists, "dataset", "foo") == "Fenny"
    file.unlink()
    assert name_of(lists, "dataset", "foo") == "foo"


def test_a_list_that_has_not_changed_is_not_read_again(folder, write):
    write(HEADER + "dataset,Foo,Marsh\n")
    lists = Lists(folder)
    assert lists.table is lists.table


def test_a_list_that_is_broken_meanwhile_stays_as_it_was_and_that_is_said_once(folder, write, caplog):
    write(HEADER + "dataset,Foo,Marsh\n")
    lists = Lists(folder)
    with caplog.at_level(logging.WARNING):
        write(HEADER + "dataset,Foo,Marsh\nplace,Bar,Fen\n")
        assert [name_of(lists, "dataset", "foo") for _ in range(3)] == ["Marsh"] * 3
    (message,) = [record.getMessage() for record in caplog.records]
    assert f"{folder / NAMES}, line 3" in message
    write(HEADER + "dataset,Foo,Fen\n")
    assert name_of(lists, "dataset", "foo") == "Fen"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind,printed\ndataset,Foo\n", "line 1: no column canonical"),
        (HEADER + "place,Foo,Bar\n", "line 2: no kind 'place'"),
        (HEADER + "dataset,,Bar\n", "line 2: nothing in column printed"),
        (HEADER + 'dataset,Foo,"Bar\n', "line 2: "),
        (HEADER + "dataset,Foo,Bar,Baz\n", "line 2: 4 cells under 3 columns"),
        ("", "line 1: no header"),
    ],
)
def test_a_broken_list_is_refused_with_file_and_line(folder, write, text, told):
    file = write(text)
    with pytest.raises(SettingsError) as raised:
        Lists(folder)
    assert f"{file}, {told}" in str(raised.value)


def test_a_list_that_is_no_text_is_refused_by_name(folder, write):
    file = write(HEADER)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=f"{file} cannot be read as UTF-8 text"):
        Lists(folder)


def test_a_folder_in_the_place_of_a_list_is_refused_by_name(folder):
    (folder / NAMES).mkdir(parents=True)
    with pytest.raises(SettingsError, match=f"{folder / NAMES} cannot be read"):
        Lists(folder)


# ---------------------------------------------------------------- adding


def test_the_first_name_makes_the_list(folder):
    assert add_name(folder, "dataset", "ImageNet ILSVRC", "ImageNet") == Added(new=1, changed=0)
    assert (folder / NAMES).read_text(encoding="utf-8") == HEADER + "dataset,ImageNet ILSVRC,ImageNet\n"


def test_a_name_that_is_there_gets_what_is_said_last_in_its_place(folder):
    add_name(folder, "dataset", "Foo", "Marsh")
    add_name(folder, "dataset", "Bar", "Moor")
    assert add_name(folder, "dataset", "Foo", "Fen") == Added(new=0, changed=1)
    assert said(folder) == [("dataset", "Foo", "Fen"), ("dataset", "Bar", "Moor")]


def test_what_a_user_wrote_beside_the_names_stays(folder, write):
    # Given a list as a spreadsheet writes it, with a column of notes, and short lines,
    file = write("\ufeffnote,Kind,Printed,Canonical\r\n,,,\r\nsee p. 3,dataset,Foo,Marsh\r\n", NAMES)
    # when names are added and changed,
    assert add_name(folder, "metric", "Bar", "Baz") == Added(new=1, changed=0)
    assert add_name(folder, "dataset", "Foo", "Fen") == Added(new=0, changed=1)
    # then the notes are there.
    assert list(csv.reader(file.read_text(encoding="utf-8").splitlines())) == [
        ["note", "kind", "printed", "canonical"],
        ["see p. 3", "dataset", "Foo", "Fen"],
        ["", "metric", "Bar", "Baz"],
    ]


def test_a_list_of_directions_without_units_gets_a_column_for_them(folder, write):
    write("metric,direction\nregret,down\n", DIRECTIONS)
    add_direction(folder, "win share", "up", "%")
    assert [(row.metric, row.direction, row.unit) for row in own_directions(folder)] == [
        ("regret", "down", None),
        ("win share", "up", "%"),
    ]


def test_a_unit_stays_where_a_direction_is_changed_without_one(folder):
    add_direction(folder, "win share", "down", "%")
    add_direction(folder, "win share", "up")
    assert [(row.direction, row.unit) for row in own_directions(folder)] == [("up", "%")]


def test_a_direction_is_changed_in_its_place(folder):
    for direction in ("up", "none"):
        add_direction(folder, "regret", direction)
    assert [(row.metric, row.direction) for row in own_directions(folder)] == [("regret", None)]


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\x00"), min_size=1).filter(
    str.strip
)
formulas = st.text("'=+-@\t\r\n\x1b\";, a", min_size=1).filter(str.strip)


@given(printed=names | formulas, canonical_name=names | formulas)
def test_a_name_comes_back_as_it_was_added_and_no_spreadsheet_runs_it(
    tmp_path_factory, printed, canonical_name
):
    folder = tmp_path_factory.mktemp("lists")
    add_name(folder, "method", printed, canonical_name)
    assert said(folder) == [("method", printed.strip(), canonical_name.strip())]
    with (folder / NAMES).open(encoding="utf-8", newline="") as lines:
        cells = [cell for line in csv.reader(lines) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_names_that_a_spreadsheet_would_run_are_known_again(folder, write):
    write(HEADER + "method,=Foo,Bar\n")
    assert add_name(folder, "method", "=Foo", "Baz") == Added(new=0, changed=1)
    assert said(folder) == [("method", "=Foo", "Baz")]


def test_a_file_of_names_is_added_whole(folder, tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text(
        "canonical,similarity,kind,printed\nFen,0.9,dataset,Fenn\nFen,0.8,dataset,Fehn\n", "utf-8"
    )
    add_name(folder, "dataset", "Fenn", "Fenn")
    assert add_from(file, folder) == Added(new=1, changed=1)
    assert said(folder) == [("dataset", "Fenn", "Fen"), ("dataset", "Fehn", "Fen")]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("dataset,Foo,Fen\ndataset,Foo,Moor\n", "line 3: 'Foo' is 'Fen' in line 2 and 'Moor' here"),
        ("dataset,Foo,Fen\ndataset,foo!,Moor\n", "line 3: 'foo!' is 'Fen' in line 2 and 'Moor' here"),
        ("dataset,Foo,Bar\ndataset,Bar,Foo\n", "goes in a circle"),
        ("dataset,Foo,Bar\ndataset,Bar,Baz\n", "line 2: 'Foo' is sent to 'Bar', which line 3 sends on"),
        ("dataset,Foo,Fen\nplace,Foo,Moor\n", "line 3: no kind 'place'"),
        ("dataset,Foo,\n", "line 2: nothing in column canonical"),
    ],
)
@pytest.mark.parametrize("before", ["", HEADER + "metric,kept,as it is\n"])
def test_a_file_that_is_broken_or_contradicts_itself_adds_none(folder, write, tmp_path, before, lines, told):
    if before:
        write(before)
    file = tmp_path / "pairs.csv"
    file.write_text(HEADER + lines, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        add_from(file, folder)
    assert str(file) in str(raised.value)
    assert told in str(raised.value)
    assert not (folder / NAMES).exists() or (folder / NAMES).read_text(encoding="utf-8") == before
    assert (folder / NAMES).exists() == bool(before)


def test_what_contradicts_the_list_is_refused_with_its_lines(folder):
    add_name(folder, "dataset", "Foo", "Fen")
    before = (folder / NAMES).read_bytes()
    with pytest.raises(SettingsError) as raised:
        add_name(folder, "dataset", "FOO", "Moor")
    assert str(folder / NAMES) in str(raised.value)
    assert "line 3: 'FOO' is 'Fen' in line 2 and 'Moor' here" in str(raised.value)
    assert (folder / NAMES).read_bytes() == before


def test_two_directions_of_one_metric_are_refused(folder):
    add_direction(folder, "regret", "down")
    with pytest.raises(SettingsError, match="line 3: 'Regret' is down in line 2 and up here"):
        add_direction(folder, "Regret", "up")
    assert [row.direction for row in own_directions(folder)] == ["down"]


def test_nothing_is_added_to_a_list_that_cannot_be_read(folder, write):
    file = write(HEADER + "place,Foo,Bar\n")
    before = file.read_bytes()
    with pytest.raises(SettingsError, match="line 2: no kind 'place'"):
        add_name(folder, "dataset", "Foo", "Fen")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("given_name", "told"),
    [
        (("dataset", " ", "Fen"), "nothing in column printed"),
        (("dataset", "Foo", ""), "nothing in column canonical"),
        (("place", "Foo", "Fen"), "no kind 'place'"),
        (("dataset", "Foo \udcff", "Fen"), "cannot be written"),
    ],
)
def test_what_is_no_name_is_refused(folder, given_name, told):
    with pytest.raises(SettingsError, match=told):
        add_name(folder, *given_name)
    assert not (folder / NAMES).exists()


def test_a_file_that_is_not_there_is_said(folder, tmp_path):
    with pytest.raises(SettingsError, match=r"no file .*pairs\.csv"):
        add_from(tmp_path / "pairs.csv", folder)


def test_where_a_file_stands_in_the_place_of_the_folder_that_is_said(tmp_path):
    (tmp_path / "lists").write_text("")
    with pytest.raises(SettingsError, match=f"{tmp_path / 'lists' / NAMES} cannot be written"):
        add_name(tmp_path / "lists", "dataset", "Foo", "Fen")


def test_what_several_add_at_once_is_all_there(folder):
    adding = [
        threading.Thread(target=add_name, args=(folder, "dataset", f"Fen {n}", f"Fen no. {n}"))
        for n in range(12)
    ]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()
    assert sorted(printed for _, printed, _ in said(folder)) == sorted(f"Fen {n}" for n in range(12))


def test_a_list_that_is_a_link_stays_one(folder, tmp_path):
    kept = tmp_path / "kept.csv"
    kept.write_text(HEADER, encoding="utf-8")
    folder.mkdir()
    (folder / NAMES).symlink_to(kept)
    add_name(folder, "dataset", "Foo", "Fen")
    assert (folder / NAMES).is_symlink()
    assert kept.read_text(encoding="utf-8") == HEADER + "dataset,Foo,Fen\n"


# ---------------------------------------------------------------- checking


def test_contradictions_are_listed_with_their_files(folder, write):
    write(HEADER + "dataset,Foo,Fen\ndataset,Foo,Moor\n")
    write("metric,direction\nregret,up\nRegret,down\n", DIRECTIONS)
    assert [(name, problem.line) for name, problem in problems_in(folder)] == [(NAMES, 3), (DIRECTIONS, 3)]


def test_lists_that_are_not_there_have_no_problems(folder):
    assert problems_in(folder) == []
