import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SourceError
from extractor.sources.formats.tables import FORMAT, read
from extractor.sources.shapes import Beginning, Found, Skipped


def papers(content, size=None, **told):
    data = content if isinstance(content, bytes) else content.encode()
    size = size or max(1, len(data))
    return list(read((data[at : at + size] for at in range(0, len(data), size)), told))


def texts(content, **told):
    return [(one.line, one.title, one.abstract) for one in papers(content, **told) if isinstance(one, Found)]


def skips(content):
    return [(one.line, one.kind) for one in papers(content) if isinstance(one, Skipped)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_what_divides_the_cells_is_guessed(sign):
    content = f"id{sign}Title{sign}Abstract\n17{sign}Tide{sign}We read.\n"
    assert papers(content) == [Found(2, "Tide", "We read.", ("17",))]


def test_excels_own_word_on_what_divides_is_taken():
    assert texts("sep=;\r\nTitle;Abstract\r\nTide, a;We read, and read.\r\n") == [
        (3, "Tide, a", "We read, and read.")
    ]


def test_quoted_cells_hold_lines_quotes_and_dividers():
    assert texts('title,abstract\n"Tide, ""a""","We\nread.\n"\nEbb,Low.\n') == [
        (2, 'Tide, "a"', "We\nread.\n"),
        (5, "Ebb", "Low."),
    ]


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ('title,abstract\n"He said \\"a, b\\"",x\n', 'He said "a, b"'),
        ('title\tabstract\n"Why" not?\tx\n"Because": b\ty\n', '"Why" not?'),
    ],
)
def test_quotes_are_meant_as_the_beginning_shows(content, title):
    assert texts(content)[0][1] == title


def test_a_byte_in_the_wrong_place_skips_its_row_alone():
    assert texts(b"title,abstract\na,\xff\nb,c\n") == [(3, "b", "c")]
    assert skips(b"title,abstract\na,\xff\nb,c\n") == [(2, "not UTF-8")]


def test_a_quote_that_is_never_closed_costs_its_row_alone():
    content = 'title,abstract\n"a","b"\n"never,closed\n"c","d"\n"e","f"\n'
    assert texts(content) == [(2, "a", "b"), (4, "c", "d"), (5, "e", "f")]
    assert skips(content) == [(3, "malformed row")]


def test_a_table_that_ends_in_a_quote_says_so():
    assert skips('title,abstract\na,b\n"c","d') == [(3, "malformed row")]


def test_quotes_in_disorder_end_the_reading_at_last():
    def blocks():
        yield b"title,abstract\n"
        for _ in range(3000):
            yield b'"a' + b"x" * 30_000 + b"\n"

    found = [one for one in read(blocks()) if isinstance(one, Skipped)]
    assert found[-1].detail == " (quotes are in disorder; nothing more is read)"


def test_a_line_without_end_is_skipped_in_bounded_memory():
    content = b"title,abstract\na,b\nc," + b"x" * (20 << 20) + b"\nd,e\n"
    first, long, last = papers(content, 1 << 20)
    assert (first.title, last.title, last.line) == ("a", "d", 4)
    assert (long.line, long.kind, long.detail) == (3, "malformed row", " (over 16 MiB)")
    assert len(long.shown) < 100


def test_a_cell_may_be_long():
    assert len(texts(f"title,abstract\na,{'x' * 300_000}\n")[0][2]) == 300_000


def test_missing_and_empty_cells_are_none_and_rows_of_blanks_no_rows():
    assert texts('title,abstract,doi\nTide\n"",We read.\n,,\n  , ,\n\nEbb,,\n') == [
        (2, "Tide", None),
        (3, None, "We read."),
        (7, "Ebb", None),
    ]


def test_cells_beyond_the_columns_skip_their_row_where_they_hold_something():
    content = "title,abstract\na,b,,\nc,d,e\n"
    assert texts(content) == [(2, "a", "b")]
    assert skips(content) == [(3, "more cells than columns")]


def test_a_table_without_abstracts_is_read_all_the_same():
    assert texts("title,year\nTide,2026\n") == [(2, "Tide", None)]


def test_lines_before_the_names_of_columns_are_passed_over():
    assert texts("About: all, as of today\n\nTitle,Abstract\nTide,We read.\n") == [(4, "Tide", "We read.")]


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", "\n\n"])
def test_a_table_without_titles_and_abstracts_is_told_once(content):
    (skipped,) = papers(content)
    assert skipped.kind == "no column of titles or abstracts"
    assert "--map title=" in skipped.detail


def test_columns_that_are_named_go_before_what_is_guessed():
    assert texts("Wort;Text, lang;title\nTide;We read.;x\n", title="wort", abstract="Text, lang") == [
        (2, "Tide", "We read.")
    ]


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(SourceError, match="there is no column 'Wort'; the columns are: title, abstract"):
        papers("title,abstract\na,b\n", title="Wort")


def test_of_two_columns_of_one_name_the_first_counts():
    assert texts("title,abstract,title\na,b,c\n") == [(2, "a", "b")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(end):
    assert texts(end.join(["title,abstract", '"a, b",c', "d,e"])) == [(2, "a, b", "c"), (3, "d", "e")]


CELLS = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])).map("A cell: {}.".format)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1), st.sampled_from(",;\t|"), st.integers(1, 50))
def test_what_is_written_is_read(rows, sign, size):
    table = io.StringIO(newline="")
    csv.writer(table, delimiter=sign, quoting=csv.QUOTE_ALL).writerows([("title", "abstract"), *rows])
    read_ = papers(table.getvalue(), size)
    assert [(one.title, one.abstract) for one in read_] == rows


def test_a_cell_may_hold_signs_that_end_lines_elsewhere():
    assert texts('title\tabstract\n"Tide"\t"We\x1e\tread."\n') == [(2, "Tide", "We\x1e\tread.")]


def test_a_quoted_cell_of_a_tsv_may_hold_a_line_end_and_a_tab():
    assert texts('"title"\t"abstract"\n"Tide"\t"We\n\tread."\n') == [(2, "Tide", "We\n\tread.")]


@given(st.binary(max_size=200), st.integers(1, 20))
def test_no_bytes_raise(data, size):
    for begun in (b"", b"title,abstract\n", b'"title";abstract\n"'):
        assert all(isinstance(one, Found | Skipped) for one in papers(begun + data, size))


@pytest.mark.parametrize(
    ("text", "name", "fits"),
    [
        ("title,abstract\na,b\n", "x", True),
        ("title;year;doi\na;b;c\n", "x", True),
        ("pt\tti\tso\tab\na\tb\tc\td\n", "savedrecs.txt", True),
        ("anything,else\n", "x.csv", True),
        ("anything,else\n", "x.tsv.gz", True),
        ("anything,else\n", "x", False),
        ("the title, in a page\nand so on", "x", False),
        ('{"title": "a"}\n', "x.csv", False),
        ("title\r,abstract\n", "x", False),
        ("a,b\n", "x", False),
    ],
)
def test_it_is_told_by_its_name_or_the_names_of_its_columns(text, name, fits):
    assert FORMAT.fits(Beginning(text, name)) is fits


def test_columns_of_one_name_are_told_apart_however_many():
    many = ",".join(["Title", "Abstract", *(f"c{number}" for number in range(200_000)), "Title"])

    assert texts(f"{many}\nTide,We read.\n") == [(2, "Tide", "We read.")]
