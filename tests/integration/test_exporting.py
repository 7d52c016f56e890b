"""Rows to files: what other programs read of them."""

import datetime as dt
import gc
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extractor
from extractor.errors import QueryError, SettingsError
from extractor.exporting import Format, write_sql, write_table
from extractor.papers import Paper, Text
from extractor.rendering import FORMATS, Cited, Held, bibtex_entries, write_workbook
from extractor.sources.formats.bibtex import FORMAT as BIBTEX
from extractor.sources.shapes import Found

WORDS = st.text(
    st.sampled_from("ab ;,\"'|\n=+-@\\{}%$&#_^~<>`[]éß数😀") | st.characters(codec="utf-8"), max_size=12
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


def one_row(*values):
    return Held(tuple(f"c{number}" for number in range(len(values))), (values,))


# ---------------------------------------------------------------- data that others read


def by_duckdb(file: Path) -> list[tuple[Any, ...]]:
    reading = {
        ".parquet": "from read_parquet(?)",
        ".csv": "from read_csv(?)",
        ".tsv": "from read_csv(?)",
        ".jsonl": "from read_json(?)",
    }
    with duckdb.connect() as other:
        return other.execute(reading[file.suffix], [str(file)]).fetchall()


def by_pandas(file: Path) -> list[tuple[Any, ...]]:
    pandas = pytest.importorskip("pandas", reason="an extra")
    reading: dict[str, Callable[[], Any]] = {
        ".parquet": lambda: pandas.read_parquet(file),
        ".csv": lambda: pandas.read_csv(file),
        ".tsv": lambda: pandas.read_csv(file, sep="\t"),
        ".jsonl": lambda: pandas.read_json(file, lines=True),
    }
    frame = reading[file.suffix]().astype(object)
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


def by_polars(file: Path) -> list[tuple[Any, ...]]:
    polars = pytest.importorskip("polars", reason="an extra")
    reading: dict[str, Callable[[], Any]] = {
        ".parquet": lambda: polars.read_parquet(file),
        ".csv": lambda: polars.read_csv(file),
        ".tsv": lambda: polars.read_csv(file, separator="\t"),
        ".jsonl": lambda: polars.read_ndjson(file),
    }
    rows: list[tuple[Any, ...]] = reading[file.suffix]().rows()
    return rows


SEEN = "select title, method, dataset, metric, value, unit, verified, position from claims order by all"


@pytest.mark.parametrize("read", [by_duckdb, by_pandas, by_polars])
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_other_programs_read_the_same_values(filled, read, ending):
    file = Path(f"claims.{ending}")
    write_sql(filled, SEEN, file)
    assert read(file) == list(filled.sql(SEEN))


@pytest.mark.parametrize("read", [by_duckdb, by_pandas, by_polars])
@pytest.mark.parametrize("table", ["claims", "records", "leaderboard", "papers", "evidence"])
def test_a_whole_table_opens_in_other_programs(filled, read, table):
    file = Path(f"{table}.parquet")
    written = write_table(filled, table, file)
    assert len(read(file)) == written.rows == len(filled.table(table))


@given(text=WORDS, number=NUMBERS, whole=st.integers(-(2**53), 2**53), truth=st.booleans())
@settings(max_examples=50)
def test_a_row_of_csv_is_read_back_by_duckdb_as_it_was(tmp_path_factory, text, number, whole, truth):
    file = tmp_path_factory.mktemp("row") / "row.csv"
    file.write_text(
        "".join(FORMATS["csv"].lines(one_row(text, number, whole, truth, None))), "utf-8", newline=""
    )
    reading = (
        "from read_csv(?, header = true, quote = '\"', escape = '\"', delim = ',', "
        "allow_quoted_nulls = false, "
        "columns = {c0: 'varchar', c1: 'double', c2: 'bigint', c3: 'boolean', c4: 'varchar'})"
    )
    with duckdb.connect() as other:
        ((told, *rest),) = other.execute(reading, [str(file)]).fetchall()
    assert rest == [number, whole, truth, None]
    assert told.removeprefix("'") == next(iter(_told(text))).removeprefix("'")


def _told(text):
    """Yield what CSV has of a text: no control codes, and lines end in a line feed."""
    yield re.sub(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
        "\U000e0000-\U000e007f]",
        "",
        re.sub("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text),
    )


def test_null_and_an_empty_text_are_told_apart_in_csv():
    assert list(FORMATS["csv"].lines(one_row(None, "", 1)))[1] == ',"",1\n'


def test_a_row_of_one_null_is_a_row():
    assert list(FORMATS["csv"].lines(one_row(None)))[1] == '""\n'


@pytest.mark.parametrize("read", [by_duckdb, by_pandas, by_polars])
def test_what_is_no_number_and_what_is_without_end_are_numbers_to_other_programs(filled, read):
    query = "select unnest(['nan'::double, 'inf'::double, '-inf'::double, 1e308, -0.5]) as value"
    write_sql(filled, query, Path("odd.csv"))
    told = [row[0] for row in read(Path("odd.csv"))]
    assert told[0] is None or told[0] != told[0]  # pandas: missing
    assert told[1:] == [float("inf"), float("-inf"), 1e308, -0.5]


def test_what_python_would_round_is_written_as_it_is(filled):
    write_sql(
        filled,
        """
        select interval '1 year 2 days' as span, timestamp_ns '2026-01-02 03:04:05.123456789' as moment,
            '\\x00=\\xFF'::blob as bytes
        """,
        Path("exact.csv"),
    )
    written = Path("exact.csv").read_text("utf-8")
    assert written == ("span,moment,bytes\n1 year 2 days,2026-01-02 03:04:05.123456789,\\x00\\x3D\\xFF\n")
    with duckdb.connect() as other:
        (told,) = other.execute("select bytes::blob from read_csv('exact.csv')").fetchall()
    assert told == (b"\0=\xff",)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
@pytest.mark.parametrize("form", [form for form in Format if form is not Format.XLSX])
def test_a_full_disk_is_told(filled, form):
    with pytest.raises(SettingsError, match="/dev/full cannot be written: No space left on device"):
        write_table(filled, "claims", Path("/dev/full"), form)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_workbook_that_cannot_be_written_is_told_as_the_system_tells_it(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_workbook(one_row(1), tmp_path / "gone" / "a.xlsx", "a")
    gc.collect()  # XlsxWriter leaves a file open, which Python says as it throws it away.


def test_what_parquet_has_no_place_for_is_told_and_the_older_file_stays(filled):
    Path("a.parquet").write_text("mine")
    with pytest.raises(QueryError, match="negative intervals"):
        write_sql(filled, "select interval '-1 day' as span", Path("a.parquet"))
    assert Path("a.parquet").read_text() == "mine"
    assert not list(Path().glob(".a.parquet*"))


@pytest.mark.parametrize("form", Format)
def test_a_folder_is_no_file(filled, form):
    Path("folder").mkdir()
    with pytest.raises(SettingsError, match="folder is a folder; name a file in it"):
        write_table(filled, "claims", Path("folder"), form)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_a_file_that_is_written_anew_may_be_read_by_whom_it_could_be_read(filled, ending):
    file = Path(f"claims.{ending}")
    file.touch()
    file.chmod(0o600)
    write_table(filled, "claims", file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_name_may_be_as_long_as_a_file_may_be_called(filled):
    file = Path("数" * 80 + ".csv")
    write_table(filled, "claims", file)
    assert file.stat().st_size > 0


def test_excel_is_told_of_utf_8_by_a_mark_and_by_nothing_else(filled):
    write_table(filled, "claims", Path("plain.csv"))
    write_table(filled, "claims", Path("marked.csv"), for_excel=True)
    assert Path("marked.csv").read_bytes() == b"\xef\xbb\xbf" + Path("plain.csv").read_bytes()
    assert by_duckdb(Path("marked.csv")) == by_duckdb(Path("plain.csv"))


def test_a_mark_is_for_csv_and_tsv(filled):
    with pytest.raises(SettingsError, match="--excel is for csv and tsv, not for jsonl"):
        write_table(filled, "claims", Path("claims.jsonl"), for_excel=True)


def test_a_statement_to_be_written_reaches_nothing_but_the_database(filled):
    Path("secret.csv").write_text("a\n1\n")
    with pytest.raises(QueryError, match="read_csv"):
        write_sql(filled, "from read_csv('secret.csv')", Path("out.parquet"))
    assert not Path("out.parquet").exists()


def test_two_papers_of_one_title_do_not_mix_their_rows(answering):
    papers = [
        Paper(paper_id=name, text=Text(title="Reeds", abstract=f"Bed {name}. Reed reaches 5.1% and 6.2%."))
        for name in ("b", "a")
    ]
    claims = [{"quote": "Reed reaches 5.1%", "value": 5.1}, {"quote": "6.2%", "value": 6.2}]
    extractor.run(papers, provider=answering({"Reeds": {"claims": claims}}), model="heron-large")
    rows = extractor.Database().table("claims").rows()
    assert [(row["paper_id"], row["position"]) for row in rows] == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


# ---------------------------------------------------------------- a workbook


def sheet_of(file):
    return openpyxl.load_workbook(file).active


def test_a_workbook_has_numbers_dates_and_texts(tmp_path):
    day, time = dt.date(2026, 11, 12), dt.datetime.fromisoformat("2026-11-12T09:30:05")
    columns = ("text", "number", "whole", "truth", "day", "time", "list", "nothing")
    row = ("TideNet", 93.25, -7, True, day, time, ["a", "b"], None)
    write_workbook(Held(columns, (row,)), tmp_path / "a.xlsx", "claims")
    sheet = sheet_of(tmp_path / "a.xlsx")
    assert sheet.title == "claims"
    assert [cell.value for cell in sheet[1]] == list(columns)
    assert [cell.value for cell in sheet[2]] == [
        *("TideNet", 93.25, -7, True, dt.datetime.fromisoformat("2026-11-12"), time, '["a", "b"]', None)
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "b", "d", "d", "s", "n"]


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+5", "-5", "{=1+1}", "http://example.org", "007", "1e5"]
)
def test_a_text_in_a_workbook_is_only_a_text(tmp_path, text):
    write_workbook(Held((text,), ((text,),)), tmp_path / "a.xlsx", text)
    sheet = sheet_of(tmp_path / "a.xlsx")
    for cell in (sheet["A1"], sheet["A2"]):
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert sheet["A2"].quotePrefix == text.startswith(("=", "@", "+", "-"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (10**15, "1000000000000000"),
        (10**400, "1" + "0" * 400),
        (float("inf"), "inf"),
        (dt.date(1815, 12, 10), "1815-12-10"),
        (dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "2026-01-02 00:00:00+00:00"),
    ],
    ids=["more digits than a sheet has", "a huge number", "infinity", "before 1900", "a time with a zone"],
)
def test_what_a_sheet_has_no_cell_for_is_text(tmp_path, value, shown):
    write_workbook(one_row(value), tmp_path / "a.xlsx", "a")
    assert sheet_of(tmp_path / "a.xlsx")["A2"].value == shown


@given(WORDS)
@settings(max_examples=50)
def test_any_text_makes_a_workbook_that_opens(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("book") / "a.xlsx"
    write_workbook(one_row(text, 1), file, text)
    told = next(iter(_told(text))).translate({0xFFFE: None, 0xFFFF: None})
    assert [cell.value or "" for cell in sheet_of(file)[2]] == [told, 1]


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_counted(tmp_path):
    row = ("x" * 32_767, "y" * 32_768, "😀" * 16_384)
    assert write_workbook(one_row(*row), tmp_path / "a.xlsx", "a") == 2
    cells = [cell.value for cell in sheet_of(tmp_path / "a.xlsx")[2]]
    assert cells == [row[0], "y" * 32_766 + "…", "😀" * 16_383 + "…"]


def test_a_workbook_does_not_tell_when_it_was_made(tmp_path):
    write_workbook(one_row(1), tmp_path / "a.xlsx", "a")
    made = openpyxl.load_workbook(tmp_path / "a.xlsx").properties
    assert (made.created, made.modified) == (dt.datetime.fromisoformat("1980-01-01"),) * 2


def test_more_rows_than_a_sheet_takes_are_refused_before_any_is_written(tmp_path):
    class Many(Held):
        def __len__(self):
            return 1_048_576

    with pytest.raises(SettingsError, match=r"1,048,576 rows; a sheet takes 1,048,575"):
        write_workbook(Many(("a",), ()), tmp_path / "a.xlsx", "a")
    assert not (tmp_path / "a.xlsx").exists()


# ---------------------------------------------------------------- BibTeX


def cited(**given):
    empty = {"title": None, "authors": None, "published": None, "venue": None, "url": None}
    return Cited(**{"paper_id": "reed-1", **empty, "aliases": [], "claims": [], **given})


def test_an_entry_has_all_that_is_known_of_a_paper():
    entry = cited(
        paper_id="arxiv:2611.00001",
        title="Reeds & Rushes: 50% of {Marsh}",
        authors=["Ann Example", "Sedge and Sons", "others"],
        published=dt.date(2026, 11, 12),
        venue="Marsh_Conf",
        url="https://example.org/a_b?c=%20#d",
        aliases=["arxiv:2611.00001", "doi:10.1000/x_1", "title:reeds"],
        claims=["Accuracy 91.2 % on MarshBench", "Memory 4x"],
    )
    assert "".join(bibtex_entries([entry])) == (
        "@misc{arxiv:2611.00001,\n"
        "  title = {{Reeds \\& Rushes: 50\\% of \\textbraceleft{}Marsh\\textbraceright{}}},\n"
        "  author = {Ann Example and {Sedge and Sons} and {others}},\n"
        "  year = {2026},\n"
        "  month = nov,\n"
        "  howpublished = {Marsh\\_Conf},\n"
        "  eprint = {2611.00001},\n"
        "  archiveprefix = {arXiv},\n"
        "  doi = {10.1000/x_1},\n"
        "  url = {https://example.org/a_b?c=%20#d},\n"
        "  note = {Claimed in the abstract: Accuracy 91.2 \\% on MarshBench; Memory 4x},\n"
        "}\n\n"
    )


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://a.example/}{", "https://a.example/\\input", "https://a.example/ b"],
)
def test_an_address_that_is_none_is_left_out(url):
    assert "url" not in "".join(bibtex_entries([cited(url=url)]))


def test_every_entry_has_a_key_of_its_own():
    entries = "".join(
        bibtex_entries(cited(paper_id=name) for name in ("a b", "a-b", "A-B", "a,b}", "数据", "数"))
    )
    assert re.findall(r"@misc\{(.*),", entries) == ["a-b", "a-b-2", "A-B-3", "a-b-4", "paper", "paper-2"]


@given(st.lists(WORDS, min_size=1, max_size=3), WORDS)
def test_no_text_leaves_its_field(texts, title):
    written = "".join(bibtex_entries([cited(title=title, authors=texts, venue=title, claims=texts)] * 2))
    depth = 0
    for mark in re.findall(r"[{}@]", written):
        assert mark != "@" or depth == 0 or "@" in "".join([title, *texts])
        depth += {"{": 1, "}": -1}.get(mark, 0)
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"^@", written, re.MULTILINE)) == 2


def read_back(written):
    return [one for one in BIBTEX.read([written.encode()]) if isinstance(one, Found)]


def test_what_is_written_is_read_back_as_the_same_papers(filled):
    # Given an export of all papers, when it is read as a source, then title and id are the same.
    write_table(filled, "papers", Path("papers.bib"))
    found = read_back(Path("papers.bib").read_text("utf-8"))
    assert [one.title for one in found] == [row["title"] for row in filled.table("papers").rows()]


def test_the_papers_of_a_view_are_cited_once_each_in_its_order(filled):
    written = write_table(filled, "leaderboard", Path("board.bib"))
    ids = list(dict.fromkeys(row["paper_id"] for row in filled.table("leaderboard").rows()))
    text = Path("board.bib").read_text("utf-8")
    assert re.findall(r"@misc\{(.*),", text) == ids
    assert written.rows == len(ids) == 3
    assert "Claimed in the abstract: Accuracy 83.4 \\% on CIFAR-100" in text


def test_records_name_their_papers_too(filled):
    assert write_table(filled, "records", Path("records.bib")).rows == 4


def test_rows_that_name_no_paper_are_no_bibliography(filled):
    with pytest.raises(SettingsError, match="need a column paper_id, and have run_id"):
        write_table(filled, "run_list", Path("runs.bib"))
    assert not Path("runs.bib").exists()


def test_a_schema_that_tells_no_results_gives_entries_without_a_note(paper):
    Path("trials.py").write_text(
        "from extractor.records import Name, Record\n\n\nclass Trial(Record):\n    sort: Name | None = None\n"
    )
    extractor.run([paper("Reeds", "Reeds bend.")], model="fake", schema_name="trials.py")
    write_table(extractor.Database(model="fake"), "papers", Path("papers.bib"))
    assert "title = {{Reeds}}" in Path("papers.bib").read_text()
    assert "note" not in Path("papers.bib").read_text()


@pytest.mark.parametrize("form", Format)
def test_the_same_rows_are_the_same_bytes(filled, form):
    write_table(filled, "leaderboard", Path("once"), form)
    write_table(filled, "leaderboard", Path("again"), form)
    assert Path("once").read_bytes() == Path("again").read_bytes()


def test_every_format_has_an_ending(filled):
    for form in Format:
        ending = {"latex": "tex", "bibtex": "bib"}.get(form.value, form.value)
        assert write_table(filled, "claims", Path(f"out.{ending}")).rows > 0
        assert Path(f"out.{ending}").stat().st_size > 0
