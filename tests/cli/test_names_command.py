"""`extractor names`: what it lists, what it adds, what it refuses."""

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import extractor
from extractor import cli

DB = Path("outputs/extractor.duckdb")
LIST, DIRECTIONS = Path("outputs/names.csv"), Path("outputs/metric_directions.csv")
HEADER = "kind,printed,canonical\n"
COMMANDS = vars(vars(typer.main.get_command(cli.app))["commands"]["names"])["commands"]
MISPRINTED = ["Marshland Benchmark", "Marshlend Benchmark", "=Fen+1", "\x1b[31mMoor"]


@pytest.fixture
def printed(paper, answering):
    """Have a database in which papers print two names alike, and two that are no good for a terminal."""
    papers = [paper(title, f"{title} is about reeds.") for title in ("Alder", "Birch")]
    answers = {
        "Alder": {"datasets": MISPRINTED, "metrics": ["WER"]},
        "Birch": {"datasets": MISPRINTED[:1], "metrics": ["word error rate", "soggedness"]},
    }
    extractor.run(papers, provider=answering(answers), model="heron-large")


def rows_in(text):
    return list(csv.DictReader(io.StringIO(text)))


def canonical_names():
    rows = extractor.Database(DB).names("dataset").rows()
    return {row["printed"]: row["canonical"] for row in rows}


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_and_names_a_database(command):
    assert COMMANDS[command].help
    assert all(getattr(parameter, "help", None) for parameter in COMMANDS[command].params)
    assert any("--db" in parameter.opts for parameter in COMMANDS[command].params)


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"check"}))
def test_a_command_with_arguments_has_examples(command):
    done = CliRunner().invoke(cli.app, ["names", command, "-h"])
    assert f"\n    extractor names {command}" in done.output


# ---------------------------------------------------------------- list


@pytest.mark.usefixtures("printed")
def test_names_are_listed_by_what_they_mean(extract):
    done = extract("names", "list", "--kind", "metric", "--json")
    assert json.loads(done.out) == [
        {"kind": "metric", "canonical": "soggedness", "printed": "soggedness", "times": 1, "papers": 1},
        {"kind": "metric", "canonical": "Word error rate", "printed": "WER", "times": 1, "papers": 1},
        {
            "kind": "metric",
            "canonical": "Word error rate",
            "printed": "word error rate",
            "times": 1,
            "papers": 1,
        },
    ]


@pytest.mark.usefixtures("printed")
def test_without_a_kind_all_names_are_listed_and_none_steers_the_terminal(extract):
    done = extract("names", "list")
    assert done.code == 0
    assert "Marshland Benchmark" in done.out
    assert "Word error rate" in done.out
    assert "\x1b" not in done.out


@pytest.mark.usefixtures("printed")
def test_in_csv_no_name_is_a_formula(extract):
    cells = [row["printed"] for row in rows_in(extract("names", "list", "-k", "dataset", "--csv").out)]
    assert sorted(cells) == ["'=Fen+1", "Marshland Benchmark", "Marshlend Benchmark", "[31mMoor"]


def test_without_a_database_there_is_one_message(extract):
    assert "there is no database" in extract("names", "list").message


# ---------------------------------------------------------------- add


@pytest.mark.usefixtures("printed")
def test_a_name_that_is_added_is_one_with_the_other_at_the_next_command(extract):
    done = extract("names", "add", "dataset", "Marshlend Benchmark", "Marshland Benchmark")
    assert (done.code, done.out) == (0, "")
    assert f"1 new, 0 changed in {LIST}" in done.err
    assert canonical_names()["Marshlend Benchmark"] == "Marshland Benchmark"
    again = extract("names", "add", "dataset", "Marshlend Benchmark", "Marshland Benchmark")
    assert f"0 new, 0 changed in {LIST}" in again.err
    other = extract("names", "add", "dataset", "Marshlend Benchmark", "Fenland Benchmark")
    assert f"0 new, 1 changed in {LIST}" in other.err


@pytest.mark.usefixtures("printed")
def test_suggestions_change_nothing_until_they_are_added(extract):
    # Given suggestions,
    before = canonical_names()
    done = extract("names", "suggest", "--csv")
    assert [(row["kind"], row["printed"], row["canonical"]) for row in rows_in(done.out)] == [
        ("dataset", "Marshlend Benchmark", "Marshland Benchmark")
    ]
    # when they were only listed, then nothing is united;
    assert not LIST.exists()
    assert canonical_names() == before
    # when their file is added, then they are.
    Path("pairs.csv").write_text(done.out, encoding="utf-8")
    assert extract("names", "add", "--from", "pairs.csv").code == 0
    assert canonical_names()["Marshlend Benchmark"] == "Marshland Benchmark"
    assert extract("names", "suggest", "--json").out == "[]\n"


@pytest.mark.usefixtures("printed")
def test_a_name_that_goes_through_csv_is_the_same_name(extract):
    listed = rows_in(extract("names", "list", "--kind", "dataset", "--csv").out)
    (formula,) = [row["printed"] for row in listed if "Fen" in row["printed"]]
    Path("pairs.csv").write_text(f"{HEADER}dataset,{formula},+Fen\n", encoding="utf-8")
    assert extract("names", "add", "--from", "pairs.csv").code == 0
    assert canonical_names()["=Fen+1"] == "+Fen"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("dataset,Foo,Fen\ndataset,Foo,Moor\n", "line 3: 'Foo' is 'Fen' in line 2 and 'Moor' here"),
        ("place,Foo,Fen\n", "line 2: no kind 'place'"),
        ('dataset,"Foo,Fen\n', "line 2: "),
    ],
)
def test_a_file_that_is_broken_adds_nothing(extract, lines, told):
    Path("pairs.csv").write_text(HEADER + lines, encoding="utf-8")
    done = extract("names", "add", "--from", "pairs.csv")
    assert done.code == 2
    assert "pairs.csv" in done.message
    assert told in done.message
    assert not LIST.exists()


def test_what_contradicts_the_list_is_refused(extract):
    extract("names", "add", "dataset", "Foo", "Fen")
    done = extract("names", "add", "dataset", "foo", "Moor")
    assert done.code == 2
    assert f"{LIST} would contradict itself: line 3: 'foo' is 'Fen' in line 2" in done.message
    assert LIST.read_text(encoding="utf-8") == HEADER + "dataset,Foo,Fen\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dataset",),
        ("dataset", "Foo"),
        ("dataset", "Foo", ""),
        ("place", "Foo", "Bar"),
        ("dataset", "Foo", "Bar", "--from", "pairs.csv"),
        ("--from", "nowhere.csv"),
    ],
)
def test_what_is_no_name_is_refused(extract, arguments):
    done = extract("names", "add", *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert not LIST.exists()


# ---------------------------------------------------------------- direction, check, folder


@pytest.mark.usefixtures("printed")
def test_a_direction_that_is_given_counts_at_the_next_command(extract):
    asked = "select direction, unit from metric_directions where metric = 'soggedness'"
    assert extractor.Database(DB).sql(asked).rows() == [{"direction": None, "unit": None}]
    assert extract("names", "direction", "Soggedness", "down", "--unit", "g").code == 0
    assert json.loads(extract("sql", asked, "--json").out) == [{"direction": "down", "unit": "g"}]


def test_a_direction_that_is_none_is_refused(extract):
    assert extract("names", "direction", "soggedness", "sideways").code == 2
    assert not DIRECTIONS.exists()


def test_lists_that_agree_are_said_to(extract):
    extract("names", "add", "dataset", "Foo", "Fen")
    done = extract("names", "check")
    assert (done.code, done.out) == (0, "")
    assert "nothing contradicts itself" in done.err


def test_contradictions_are_told_by_file_and_line_and_are_a_failure(extract):
    LIST.parent.mkdir()
    LIST.write_text(HEADER + "dataset,Foo,Fen\ndataset,Foo,Moor\n", encoding="utf-8")
    DIRECTIONS.write_text("metric,direction\nregret,up\nregret,down\n", encoding="utf-8")
    done = extract("names", "check")
    assert done.code == 1
    assert done.err.splitlines() == [
        f"{LIST}, line 3: 'Foo' is 'Fen' in line 2 and 'Moor' here",
        f"{DIRECTIONS}, line 3: 'regret' is up in line 2 and down here",
    ]


@pytest.mark.parametrize(
    "command", [("names", "check"), ("names", "list"), ("sql", "select 1"), ("run", "page.txt")]
)
@pytest.mark.usefixtures("page")
def test_a_list_that_cannot_be_read_stops_every_command_with_its_line(extract, command):
    LIST.parent.mkdir()
    LIST.write_text(HEADER + "place,Foo,Fen\n", encoding="utf-8")
    done = extract(*command)
    assert done.code == 2
    assert f"{LIST}, line 2: no kind 'place'" in done.message


def test_the_folder_of_lists_may_be_named(extract, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_NAMES", "ours")
    assert extract("names", "add", "dataset", "Foo", "Fen").code == 0
    assert Path("ours/names.csv").read_text(encoding="utf-8") == HEADER + "dataset,Foo,Fen\n"
    assert not LIST.exists()


def test_a_file_in_the_place_of_that_folder_is_refused(extract, monkeypatch):
    Path("names.csv").write_text(HEADER, encoding="utf-8")
    monkeypatch.setenv("EXTRACTOR_NAMES", "names.csv")
    assert "is a file; name the folder" in extract("names", "check").message


def test_lists_lie_beside_another_database(extract):
    assert extract("names", "add", "dataset", "Foo", "Fen", "--db", "there/a.duckdb").code == 0
    assert Path("there/names.csv").is_file()
