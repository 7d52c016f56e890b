"""The command line: what it prints where, how it ends, and what it says when something is wrong."""

import csv
import io
import json
import mmap
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
from typer.testing import CliRunner

import extractor
from extractor import cli
from extractor.cli.options import Form
from extractor.exporting import Format
from extractor.rendering import FORMATS
from extractor.summaries import run_lines

REGISTERED = vars(typer.main.get_command(cli.app))["commands"]
COMMANDS = (
    *("run", "sql", "leaderboard", "compare", "export", "runs", "show", "rebuild", "models"),
    *("evaluate", "gold", "names", "import", "train"),
)
DB = Path("outputs/extractor.duckdb")
ESCAPE = "\x1b"


# ---------------------------------------------------------------- help


def test_every_command_is_listed(extract):
    done = extract("--help")
    assert done.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.out
    assert set(REGISTERED) == set(COMMANDS)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in ("compare", "rebuild")])
def test_a_command_with_arguments_has_help_with_examples(command):
    done = CliRunner().invoke(cli.app, [command, "-h"])
    assert done.exit_code == 0
    assert "Examples:" in done.output
    assert f"\n    extractor {command}" in done.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(command):
    assert REGISTERED[command].help
    for parameter in REGISTERED[command].params:
        assert getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in ("models", "gold", "names", "train")])
def test_every_command_takes_another_database(command):
    assert any("--db" in parameter.opts for parameter in REGISTERED[command].params)


def test_no_arguments_show_the_help(extract):
    done = extract()
    assert "Usage:" in done.out + done.err


def test_help_loads_no_model_and_no_client(shell):
    code = (
        "import sys\n"
        "from extractor import cli\n"
        "sys.argv = ['extractor', '--help']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'openai', 'instructor', 'xllamacpp', 'aiohttp', 'pandas', 'polars', 'pyarrow'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )
    process = shell.start("-c", code)
    out, _ = process.communicate()
    assert out.splitlines()[-1] == "loaded: []"


def test_the_module_is_the_command(shell):
    done = shell("--help")
    assert done.code == 0
    assert done.out.startswith("Usage: ")


# ---------------------------------------------------------------- the whole road


def test_a_page_goes_in_and_rows_a_board_and_a_csv_come_out(extract, page):
    # Given a page, when it is run,
    done = extract("run", page, "--model", "rules")
    # then a summary is told, and nothing else is on standard output.
    assert (done.code, done.out) == (0, "")
    assert "4 papers: 4 extracted (0 from cache), 0 failed, 0 skipped" in done.err
    assert str(DB) in done.err
    # When the boards are asked for, then the one with two papers is there,
    boards = json.loads(extract("leaderboard", "--json").out)
    assert (boards[0]["dataset"], boards[0]["rows"]) == ("CIFAR-100", 2)
    board = json.loads(extract("leaderboard", "--dataset", "CIFAR-100", "--json").out)
    assert [(row["rank"], row["method"], row["value"]) for row in board] == [
        (1, "Harbourlight", 83.4),
        (2, "Thornfield", 81.9),
    ]
    # and the claims go to a file.
    assert extract("export", "claims", "-o", "outputs/claims.csv").code == 0
    with Path("outputs/claims.csv").open(encoding="utf-8", newline="") as file:
        assert "83.4" in [row["value"] for row in csv.DictReader(file)]


def test_a_second_run_of_a_page_asks_nothing(extract, page):
    extract("run", page, "--model", "rules")
    assert "4 extracted (4 from cache)" in extract("run", page, "--model", "rules").err


def test_the_database_is_where_the_option_or_the_variable_says(extract, page, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_DB", "by_variable.duckdb")
    extract("run", page, "--model", "rules")
    extract("run", page, "--model", "rules", "--db", "folder/by_option.duckdb")
    assert Path("by_variable.duckdb").is_file()
    assert Path("folder/by_option.duckdb").is_file()
    assert not DB.exists()


def test_an_option_goes_before_its_variable(extract, page, chat, monkeypatch):
    # Given variables that name another model and a server that is not there,
    monkeypatch.setenv("EXTRACTOR_MODEL", "nobody")
    monkeypatch.setenv("EXTRACTOR_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    # when options name the right ones, then these are asked.
    done = extract("run", page, "--model", "heron-large", "--base-url", chat.base_url)
    assert done.code == 0, done.err
    assert chat.requests[0].body["model"] == "heron-large"


def test_a_quiet_run_says_nothing(extract, page):
    done = extract("run", page, "--model", "rules", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")


# ---------------------------------------------------------------- exit codes


def test_the_exit_code_says_that_some_papers_failed(extract, page, chat):
    # Given a server that declines one paper,
    declined = chat.says(None, refusal="I would rather not")
    chat.otherwise = lambda seen: declined if seen.speaks_of("Thornfield") else chat.answer()
    # when the page is run, then the code is 1, and the paper and the reason are told.
    done = extract("run", page, "--model", "heron-large", "--base-url", chat.base_url)
    assert done.code == 1
    assert "3 extracted (0 from cache), 1 failed" in done.err
    assert "thornfield" in done.err
    assert "refused" in done.err
    assert extract("sql", "select reason from failures", "--csv").out.splitlines() == ["reason", "refused"]


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("run", "nowhere.txt"), "nowhere.txt", id="a missing file"),
        pytest.param(("run", "*.ris"), "no file fits", id="a pattern that nothing fits"),
        pytest.param(
            ("run", "page.txt", "--model", "heron-large"),
            "OPENAI_API_KEY",
            id="an unknown model without a key",
        ),
        pytest.param(
            ("run", "page.txt", "--base-url", "http://127.0.0.1:9/v1"),
            "--model",
            id="an address without a model",
        ),
        pytest.param(
            ("run", "page.txt", "--model", "rules", "--base-url", "http://127.0.0.1:9/v1"),
            "rules",
            id="an address for a model that needs none",
        ),
        pytest.param(
            ("run", "page.txt", "--model", "heron-large", "--base-url", "localhost"),
            "http://",
            id="an address that is none",
        ),
        pytest.param(
            ("run", "page.txt", "--model", "rules", "--concurrency", "0"), "concurrency", id="no concurrency"
        ),
        pytest.param(
            ("run", "page.txt", "--model", "rules", "--schema", "poems"), "poems", id="an unknown schema"
        ),
        pytest.param(
            ("run", "page.txt", "--model", "rules", "--schema", "gone.py"),
            "gone.py",
            id="a missing schema file",
        ),
        pytest.param(
            ("run", "page.txt", "--model", "rules", "--db", "page.txt/a/b.duckdb"),
            "page.txt/a",
            id="a folder that cannot be made",
        ),
        pytest.param(
            ("run", "page.txt", "--model", "rules", "--db", "page.txt"),
            "page.txt",
            id="a database that is a text",
        ),
        pytest.param(
            ("run", "page.txt", "--model", "rules", "--db", "."), "folder", id="a database that is a folder"
        ),
        pytest.param(("sql", "select 1"), "extractor run", id="no database yet"),
        pytest.param(("leaderboard",), "extractor run", id="no database yet for boards"),
        pytest.param(("rebuild",), "extractor run", id="no database yet to rebuild"),
    ],
)
def test_what_cannot_run_ends_with_2_and_one_message(extract, arguments, told):
    done = extract(*arguments)
    assert done.code == 2
    assert told in done.message
    assert not DB.exists()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("sql", "from nowhere"), "nowhere", id="an unknown table in SQL"),
        pytest.param(("sql", "selec 1"), "selec", id="an error in SQL"),
        pytest.param(("sql", "drop table papers"), "one statement that reads", id="SQL that writes"),
        pytest.param(("export", "nothing"), "claims", id="an unknown table, with those there are"),
        pytest.param(("export", "claims", "-o", "claims.docx"), "--format", id="an ending that says nothing"),
        pytest.param(
            ("export", "claims", "-o", "page.txt/claims.csv"), "page.txt", id="a file that cannot be written"
        ),
        pytest.param(
            ("export", "claims", "--format", "parquet"), "--output", id="Parquet on standard output"
        ),
        pytest.param(("show", "no such paper"), "no such paper", id="an unknown paper"),
        pytest.param(("show", "a"), "among them", id="a part of several titles"),
    ],
)
def test_a_question_that_cannot_be_answered_ends_with_2_and_one_message(extract, arguments, told):
    done = extract(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert told in done.err
    assert done.err.startswith("error: ")
    assert done.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("run",), id="without its argument"),
        pytest.param(("run", "page.txt", "--colour"), id="with an unknown option"),
        pytest.param(("dance",), id="that is none"),
        pytest.param(("export", "claims", "--format", "docx"), id="with a format that is none"),
        pytest.param(("run", "page.txt", "--concurrency", "many"), id="with words for a number"),
    ],
)
def test_a_command_ends_with_2_and_its_usage(extract, arguments):
    done = extract(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert "Usage" in done.err


def test_an_unknown_variable_of_ours_is_told_with_those_there_are(extract, page, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_MODLE", "rules")
    done = extract("run", page)
    assert done.code == 2
    assert "EXTRACTOR_MODLE" in done.message
    assert "EXTRACTOR_MODEL" in done.message


def test_a_server_that_does_not_know_the_model_is_told_in_one_message(extract, page, chat):
    chat.otherwise = lambda _: chat.fails(
        404, "the model `heron-huge` does not exist", code="model_not_found"
    )
    done = extract("run", page, "--model", "heron-huge", "--base-url", chat.base_url)
    assert done.code == 2
    assert "heron-huge" in done.message
    assert "--model" in done.message


def test_a_wrong_key_is_told_in_one_message(extract, page, chat, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-invented")
    chat.otherwise = lambda _: chat.fails(401, "who are you?", code="invalid_api_key")
    done = extract("run", page, "--model", "heron-large", "--base-url", chat.base_url)
    assert done.code == 2
    assert "OPENAI_API_KEY" in done.message
    assert "sk-invented" not in done.err


# ---------------------------------------------------------------- pages


LONG = (
    "Reeds bend in the wind and do not break. We study how the stalks of one bed share their load, and why. "
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n\n\t\n", "empty", id="blanks"),
        pytest.param(b"%PDF-1.7\n\x00\x01", "PDF", id="a PDF"),
        pytest.param(b"PK\x03\x04\x00\x00", "zip", id="a zip archive"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00", "image", id="an image"),
        pytest.param(b"<!DOCTYPE html><html><body>Reeds</body></html>", "HTML", id="a web page"),
        pytest.param(b"@article{reeds, title={Reeds}}", "no abstract", id="BibTeX without abstracts"),
        pytest.param(b"A title\n\nand another\n", "no paper", id="no abstract"),
        pytest.param(b"Caf\xe9 society " * 40, "UTF-8", id="another encoding"),
        pytest.param(b'{"title": "Reeds"\n', "line 1", id="broken JSON lines"),
        pytest.param(b'{"title": "Reeds"}\n', "no abstract", id="JSON lines without abstracts"),
    ],
)
def test_a_file_that_holds_no_papers_is_told_as_what_it_is(extract, content, told):
    Path("given.txt").write_bytes(content)
    done = extract("run", "given.txt", "--model", "rules")
    assert done.code == 2
    assert told in done.message
    assert "given.txt" in done.message


def test_a_title_without_an_abstract_is_passed_over_and_told(extract):
    Path("given.txt").write_text(
        f"Reeds: A Study\n\n{LONG * 2}\n\nA Lonely Title of Note\n\nRushes: A Study\n\n{LONG * 3}\n"
    )
    done = extract("run", "given.txt", "--model", "rules")
    assert done.code == 0
    assert "2 papers: 2 extracted (0 from cache), 0 failed, 1 skipped" in done.err
    assert "line 5: title without abstract: A Lonely Title of Note" in done.err


def test_the_same_paper_twice_is_read_once_and_told(extract):
    Path("given.txt").write_text(f"Reeds: A Study\n\n{LONG * 2}\n\n" * 2)
    done = extract("run", "given.txt", "--model", "rules")
    assert done.code == 0
    assert "1 papers: 1 extracted" in done.err or "1 paper: 1 extracted" in done.err
    assert "line 5: the same paper as in line 1" in done.err


# ---------------------------------------------------------------- standard output


QUESTIONS = [
    pytest.param(("sql", "from claims"), id="sql"),
    pytest.param(("leaderboard",), id="boards"),
    pytest.param(("leaderboard", "--dataset", "CIFAR-100"), id="a board"),
    pytest.param(("leaderboard", "--gains"), id="gains"),
    pytest.param(("compare",), id="compare"),
]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("question", QUESTIONS)
def test_json_and_csv_hold_the_same_rows(extract, question):
    as_json = json.loads(extract(*question, "--json").out)
    as_csv = list(csv.DictReader(io.StringIO(extract(*question, "--csv").out)))
    assert len(as_json) == len(as_csv) > 0
    assert list(as_json[0]) == list(as_csv[0])
    for row, cells in zip(as_json, as_csv, strict=True):
        for name, value in row.items():
            assert (value is None) == (cells[name] == "")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("question", [*QUESTIONS, pytest.param(("show", "Thornfield"), id="show")])
def test_data_alone_is_on_standard_output_without_colours_when_piped(extract, question):
    done = extract(*question)
    assert done.code == 0
    assert ESCAPE not in done.out
    assert done.err == ""
    assert "Thornfield" in done.out or "CIFAR-100" in done.out


MANY = "select range as n from range(1500)"


@pytest.mark.usefixtures("filled")
def test_a_table_shows_a_thousand_rows_and_says_that_there_are_more(extract):
    done = extract("sql", MANY)
    assert [int(line) for line in done.out.split() if line.isdigit()] == list(range(1000))
    assert done.err == "these are the first 1,000 rows; --max-rows shows more\n"


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "md", "latex", "html", "tsv"])
def test_every_other_format_holds_all_rows(extract, form):
    done = extract("sql", MANY, "--format", form)
    assert "1499" in done.out
    assert done.err == ""


@pytest.mark.usefixtures("filled")
def test_so_many_rows_are_shown_as_are_asked_for(extract):
    done = extract("sql", MANY, "--max-rows", 2, "--csv")
    assert done.out == "n\n0\n1\n"
    assert "the first 2 rows" in done.err
    assert "1499" in extract("sql", MANY, "--max-rows", 1500).out
    assert extract("sql", MANY, "--max-rows", 1500).err == ""


@pytest.mark.usefixtures("filled")
def test_an_endless_statement_is_ended_at_its_time(extract):
    endless = "with recursive t(i) as (select 1 union all select i + 1 from t) select count(*) from t"
    done = extract("sql", endless, "--timeout", 1)
    assert done.code == 2
    assert "ended after 1 seconds; --timeout" in done.message


def test_a_command_whose_statement_does_not_end_is_ended(shell):
    end = "from extractor.cli.bounds import end_overrun; end_overrun()"
    process = shell.start("-c", end)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 2
    assert told == "error: the statement does not end at its time; the command is ended instead\n"


@pytest.mark.usefixtures("filled")
@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is bounded on Linux")
def test_what_a_process_holds_already_is_not_counted_to_a_statement(extract):
    # Given a process that holds more than a statement may take (set aside, and never touched),
    with mmap.mmap(-1, 3_300_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS):
        done = extract("sql", "select 1 as one", "--json")
    # when it asks for little, then it gets it.
    assert (done.code, json.loads(done.out)) == (0, [{"one": 1}])


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("form", ["csv", "json", "md", "html"])
def test_so_many_megabytes_are_printed_and_no_more(extract, form):
    asked = ("sql", "select repeat('reed ', 200) t from range(1500)", "--format", form)
    done = extract(*asked, "--max-output", 1)
    assert done.code == 2
    assert done.err == "error: the output was ended after 1 MB; --max-output gives it more\n"
    assert 900_000 < len(done.out) <= 1_000_000
    whole = extract(*asked, "--max-output", 2)
    assert (whole.code, whole.err) == (0, "")
    assert len(whole.out) > 1_500_000


def test_a_command_whose_printing_does_not_end_is_ended(shell):
    # Given a printing that is busy and writes nothing, as a table of huge cells is,
    busy = "while True: sum(range(1000))"
    process = shell.start(
        "-c", f"from extractor.cli.bounds import bounded_printing\nwith bounded_printing(0.1, 1):\n {busy}"
    )
    # when it takes longer than it may, then the command ends and says so.
    _, told = process.communicate(timeout=20)
    assert process.returncode == 2
    assert told == "error: printing the rows was ended after 0.1 seconds; --timeout gives it more\n"


@pytest.mark.usefixtures("filled")
def test_what_is_piped_is_not_cut_at_any_width(extract):
    out = extract("sql", "select title from papers order by 1").out
    assert "Harbourlight: Gated Pooling for Image Classification" in out


@pytest.mark.usefixtures("filled")
def test_a_board_says_that_it_is_claimed_in_the_abstract(extract):
    for question in (("leaderboard",), ("leaderboard", "--dataset", "CIFAR-100"), ("compare",)):
        assert "claimed in the abstract" in extract(*question).out


def test_where_no_board_has_two_rows_the_gains_are_shown_instead(extract, page):
    # Given a page whose papers share no board,
    page.write_text(page.read_text().partition("Thornfield:")[0])
    extract("run", page, "--model", "rules")
    # when the boards are asked for, then the gains come, and it is said why.
    done = extract("leaderboard")
    assert "no board has two rows" in done.err
    assert "1.5" in done.out


@pytest.mark.usefixtures("filled")
def test_no_rows_are_told_and_are_empty_data(extract):
    nothing = ("leaderboard", "--dataset", "nowhere")
    assert (extract(*nothing).out, extract(*nothing).code) == ("", 0)
    assert "no rows" in extract(*nothing).err
    assert json.loads(extract(*nothing, "--json").out) == []
    assert extract(*nothing, "--csv").out.startswith("rank,")


def test_text_of_a_paper_cannot_steer_the_terminal(extract, paper):
    title = f"Reeds {ESCAPE}[31mred{ESCAPE}]0;title\x07 and [bold]not bold[/bold]"
    extractor.run([paper(title, LONG)], model="rules")
    for question in (("sql", "select title from papers"), ("show", "Reeds"), ("compare",)):
        out = extract(*question).out
        assert ESCAPE not in out
        assert "\x07" not in out
        assert "[bold]not bold[/bold]" in out


def test_what_is_told_of_a_page_cannot_steer_the_terminal(extract):
    title = f"A {ESCAPE}[31mRed{ESCAPE}]0;title\x07 Title"
    Path("given.txt").write_text(f"Reeds\n\n{LONG * 2}\n\n{title}\n\nRushes\n\n{LONG * 3}\n")
    done = extract("run", "given.txt", "--model", "rules")
    assert "title without abstract" in done.err
    assert ESCAPE not in done.err
    assert "\x07" not in done.err


def test_a_reader_that_goes_away_ends_a_command_quietly(shell, make_page):
    # Given more rows than a pipe holds, and a reader that takes one line,
    extractor.run(make_page(3), model="rules")
    process = shell.start("-m", "extractor", "sql", "select repeat('reed ', 1000) from range(2000)", "--csv")
    process.stdout.readline()
    # when it goes away, then nothing is said of it.
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(20) in (0, 1, 141, -signal.SIGPIPE)


# ---------------------------------------------------------------- export


READERS: dict[str, Callable[[str], list[Any]]] = {
    "csv": lambda text: list(csv.DictReader(io.StringIO(text))),
    "json": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "tsv": lambda text: list(csv.DictReader(io.StringIO(text), delimiter="\t")),
    "md": lambda text: text.splitlines()[2:],
    "tex": lambda text: text.partition("\\midrule\n")[2].splitlines()[:-2],
    "html": lambda text: text.partition("<tbody>\n")[2].splitlines()[:-2],
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("form", READERS)
def test_a_table_is_written_by_the_files_ending(extract, form):
    done = extract("export", "claims", "--output", f"out/claims.{form}")
    assert (done.code, done.out) == (0, "")
    rows = READERS[form](Path(f"out/claims.{form}").read_text(encoding="utf-8"))
    assert len(rows) == len(extractor.Database().table("claims")) > 0
    assert f"{len(rows)} rows of claims" in done.err
    assert [path.name for path in Path("out").iterdir()] == [f"claims.{form}"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("command", [("export", "claims"), ("sql", "from claims")], ids=["export", "sql"])
@pytest.mark.parametrize("ending", READERS)
def test_a_table_is_written_to_standard_output_in_a_given_format(extract, command, ending):
    done = extract(*command, "--format", "latex" if ending == "tex" else ending)
    assert (done.code, done.err) == (0, "")
    assert len(READERS[ending](done.out)) == len(extractor.Database().table("claims"))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", ["json", "csv"])
def test_two_formats_have_a_short_form(extract, name):
    assert extract("sql", "from claims", f"--{name}").out == extract("sql", "from claims", "-f", name).out


@pytest.mark.usefixtures("filled")
def test_one_format_is_taken_and_no_more(extract):
    assert "csv and json" in extract("sql", "from claims", "--json", "--csv").message
    assert "html and json" in extract("sql", "from claims", "--json", "--format", "html").message


def test_every_text_format_can_be_printed_and_exported():
    assert {form.value for form in Form} == {*FORMATS, "table"}
    assert {form.value for form in Format} == {*FORMATS, "parquet", "xlsx", "bibtex"}


@pytest.mark.usefixtures("filled")
def test_a_table_is_written_as_parquet(extract):
    done = extract("export", "claims", "-o", "claims.parquet")
    assert done.code == 0, done.err
    with duckdb.connect() as other:
        rows = other.execute("from 'claims.parquet'").fetchall()
    assert len(rows) == len(extractor.Database().table("claims")) > 0


@pytest.mark.usefixtures("filled")
def test_the_format_goes_before_the_files_ending(extract):
    extract("export", "claims", "-o", "claims.txt", "--format", "jsonl")
    assert json.loads(Path("claims.txt").read_text().splitlines()[0])["title"]


@pytest.mark.usefixtures("filled")
def test_records_are_one_object_a_paper_with_the_keys_of_the_schema(extract):
    lines = extract("export", "records", "--format", "jsonl").out.splitlines()
    records = [json.loads(line) for line in lines]
    assert len(records) == 4
    keys = ["id", "title", "tasks", "method", "datasets", "metrics", "code_url", "claims"]
    assert list(records[0])[: len(keys)] == keys
    claim = next(claim for record in records for claim in record["claims"])
    assert list(claim)[:13] == [
        "quote", "task", "dataset", "metric", "method", "baseline", "value", "value_high",
        "baseline_value", "unit", "kind", "direction", "verified",
    ]  # fmt: skip


@pytest.mark.usefixtures("filled")
def test_a_table_is_known_in_any_case_of_letters(extract):
    assert extract("export", "CLAIMS").out == extract("export", "claims").out


def test_a_spreadsheet_runs_nothing_that_a_paper_says(extract, paper, answering):
    title = "Sums"
    given = [paper(title, "=1+1 is what it says.")]
    extractor.run(given, provider=answering({title: {"method": "=1+1"}}), model="heron-large")
    cells = next(csv.DictReader(io.StringIO(extract("export", "records").out)))
    assert cells["method"] == "'=1+1"


@pytest.mark.usefixtures("filled")
def test_a_failed_export_leaves_the_old_file_as_it_was(extract):
    Path("claims.csv").write_text("old")
    assert extract("export", "nothing", "-o", "claims.csv").code == 2
    assert Path("claims.csv").read_text() == "old"


# ---------------------------------------------------------------- show, rebuild


@pytest.mark.usefixtures("filled")
def test_one_paper_is_shown_with_its_evidence(extract):
    out = extract("show", "gated pooling").out
    assert "Harbourlight: Gated Pooling for Image Classification" in out
    assert "Pooling throws away where things are." in out
    assert "value: 83.4" in out
    assert "verified, found by rules" in out


@pytest.mark.usefixtures("filled")
def test_the_evidence_of_a_shown_paper_points_at_its_own_words(extract):
    shown = json.loads(extract("show", "Harbourlight", "--json").out)
    claims = shown["tables"]["claims"]
    places = [place for place in shown["evidence"] if place["field_path"] == "quote"]
    assert len(places) == len(claims) > 0
    for place in places:
        quote = claims[place["position"]]["quote"]
        assert shown[place["text_field"]][place["start"] : place["end"]] == quote


@pytest.mark.usefixtures("filled")
def test_a_database_is_rebuilt_without_a_request(extract):
    before = extract("export", "claims").out
    done = extract("rebuild")
    assert (done.code, done.out) == (0, "")
    assert "4 extractions" in done.err
    assert extract("export", "claims").out == before


# ---------------------------------------------------------------- Ctrl-C


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(shell, extract, make_page, chat, eventually):
    # Given a run with two answers, the third slow,
    page, released, at_once = make_page(5), threading.Event(), threading.Event()
    at_once.set()
    chat.otherwise = lambda _: chat.answer({"method": "Reed"}).held_until(
        released if chat.count > 2 else at_once
    )
    arguments = ("run", page, "--model", "heron-large", "--base-url", chat.base_url, "--concurrency", "1")
    run = shell.start("-m", "extractor", *arguments)
    eventually(lambda: chat.count == 3)
    # when it is interrupted, and the answer that is in flight comes,
    run.send_signal(signal.SIGINT)
    assert any("waited for" in line for line in run.stderr)
    released.set()
    out, err = run.communicate(timeout=20)
    # then it asks nothing more, and says how to go on,
    assert run.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert "interrupted" in err
    assert f"extractor run {page} --model heron-large" in err
    assert chat.count == 3
    # what is done is kept, the answer that was in flight with it,
    assert extractor.Database().sql("select status, extracted from runs").rows() == [
        {"status": "stopped", "extracted": 3}
    ]
    # and the same command asks for the rest alone.
    assert extract(*arguments).code == 0
    assert chat.count == 5


def test_a_held_database_is_told_by_its_holder_and_stops_no_run(extract, page, hold, monkeypatch):
    # Given a database that another program holds,
    extract("run", page, "--model", "fake")
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    holder = hold(DB)
    # when a page is run, then it is told who holds it, and that the rows follow.
    done = extract("run", page, "--model", "rules")
    assert (done.code, done.out) == (0, "")
    assert f"{DB} is held by" in done.err
    assert str(holder.pid) in done.err
    assert "4 papers: 4 extracted" in done.err
    assert "they follow at the next command" in done.err
    # When it is let go, then the next command has them.
    holder.communicate()
    rows = extract("sql", "select count(*) n from extractions where model = 'rules'", "--csv").out
    assert rows.splitlines() == ["n", "4"]


def test_a_question_to_a_held_database_is_told_by_its_holder(extract, page, hold, monkeypatch):
    extract("run", page, "--model", "rules")
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    holder = hold(DB)

    done = extract("sql", "from claims")

    assert done.code == 2
    assert f"{DB} is held by" in done.message
    assert str(holder.pid) in done.message


def test_a_run_whose_database_is_held_at_its_end_says_where_the_rows_are(page, hold, monkeypatch, answering):
    monkeypatch.setenv("EXTRACTOR_WAIT", "0.1")
    held = []

    def hold_when_done(tally):
        if tally.done == tally.papers:
            held.append(hold(DB))

    summary = extractor.run(page, provider=answering({}), on_progress=hold_when_done, concurrency=1)

    assert not summary.is_written
    assert "journal keeps the rows" in "\n".join(run_lines(summary))
    held[0].communicate("")
    assert len(extractor.Database().sql("from run_papers")) == summary.tally.papers


# ---------------------------------------------------------------- models


def test_models_without_a_server_are_listed(extract):
    done = extract("models", "list", "--json")

    names = [row["model"] for row in json.loads(done.out)]
    assert (names[0], names[-3:]) == ("embedded", ["local:FILE.gguf", "rules", "fake"])
    assert "local:qwen3-4b" in names


def test_the_path_of_the_weights_is_in_the_cache_folder(extract, monkeypatch, tmp_path):
    monkeypatch.setenv("EXTRACTOR_CACHE_DIR", str(tmp_path))

    assert Path(extract("models", "path").out.strip()).is_relative_to(tmp_path)


def test_weights_that_cannot_be_fetched_are_told_with_what_to_do(extract, monkeypatch, tmp_path):
    monkeypatch.setenv("EXTRACTOR_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    done = extract("models", "pull")

    assert done.code == 2
    assert "`extractor models pull` fetches it" in done.err


@pytest.mark.parametrize("given", ["temperature", "=1"], ids=["no value", "no name"])
def test_a_parameter_that_is_none_is_told(extract, page, given):
    done = extract("run", page, "--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--param", given)

    assert done.code == 2
    assert "NAME=VALUE" in done.message


def test_an_export_never_replaces_the_database(extract, page):
    extract("run", page, "--model", "rules")

    done = extract("export", "claims", "-f", "csv", "-o", DB)

    assert done.code == 2
    assert "is the database itself" in done.message
    assert extract("sql", "from claims").code == 0


def test_a_run_or_model_that_is_not_there_is_told(extract, page):
    extract("run", page, "--model", "rules")

    assert "no run 'nope' here" in extract("leaderboard", "--run", "nope").message
    assert "no model 'nope' here" in extract("export", "claims", "--model", "nope").message
