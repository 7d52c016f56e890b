"""The commands `export` and `import`: what they take, tell and refuse."""

import json
from pathlib import Path

import pytest

import extractor


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name one thing to write: a table, --sql, --all"),
        (("claims", "--sql", "from claims"), "name one thing to write"),
        (("claims", "--all", "archive"), "name one thing to write"),
        (("--all", "archive", "-o", "claims.csv"), "no --output, --format"),
        (("--all", "archive", "--model", "rules"), "no --output, --format"),
        (("claims", "-f", "xlsx"), "xlsx is not for standard output; name a file by --output"),
        (("claims", "-f", "json", "--excel"), "--excel is for csv and tsv, not for json"),
        (("--sql", "drop table papers", "-o", "a.csv"), "one statement that reads"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is_written(extract, arguments, told):
    done = extract("export", *arguments)
    assert done.code == 2
    assert told in done.message
    assert [path.name for path in Path().iterdir() if path.name not in ("outputs", "page.txt")] == []


@pytest.mark.usefixtures("filled")
def test_the_rows_of_a_statement_are_written(extract):
    done = extract("export", "--sql", "select method, value from claims where value > 80", "-o", "best.jsonl")
    assert (done.code, done.out) == (0, "")
    rows = [json.loads(line) for line in Path("best.jsonl").read_text().splitlines()]
    assert {row["method"] for row in rows} == {"Harbourlight", "Thornfield"}
    assert f"{len(rows)} rows written to best.jsonl" in done.err


@pytest.mark.usefixtures("filled")
def test_a_statement_that_takes_too_long_is_ended(extract):
    query = "select count(*) from range(1000000000) a, range(1000000) b"
    done = extract("export", "--sql", query, "-o", "count.csv", "--timeout", "1")
    assert done.code == 2
    assert "ended after 1 seconds" in done.message
    assert not Path("count.csv").exists()


@pytest.mark.usefixtures("filled")
def test_texts_that_were_cut_for_a_workbook_are_counted(extract):
    done = extract("export", "--sql", "select repeat('a', 40000) as text", "-o", "long.xlsx")
    assert done.code == 0
    assert "1 texts were longer than a cell takes" in done.err


def test_all_tables_go_to_a_folder_and_come_back(extract, filled):
    done = extract("export", "--all", "archive")
    assert (done.code, done.out) == (0, "")
    assert "tables written to archive" in done.err
    again = extract("import", "archive", "--db", "again.duckdb")
    assert (again.code, again.out) == (0, "")
    assert "tables read into again.duckdb" in again.err
    assert list(extractor.Database("again.duckdb").table("claims")) == list(filled.table("claims"))


@pytest.mark.usefixtures("filled")
def test_a_folder_that_is_no_export_is_told(extract):
    assert "outputs holds no manifest.json" in extract("import", "outputs").message
