import gc
import gzip
import io
import itertools
import json
import os
import sys
import threading
import weakref
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from extractor.errors import SourceError
from extractor.papers import Paper, Text
from extractor.sources import Skips, read_file, single

FIRST = (
    "Tidal flats are hard to map. We present TideNet, a small network that reads one picture a day and "
    "says where water will stand. On MudBench it is right in 93.2% of all cases, and it needs half the "
    "time of WaveNet. We show where it fails, and why, and what a second picture brings. The code is at "
    "https://example.org/tide."
)
SECOND = (
    "Glaciers move slowly, and cameras miss it. We compare twelve ways of seeing motion in long series "
    "of pictures. The simplest of them is the best on IceSet, by 3 points. We ask for longer series."
)
SHORT = (
    "Words are many. We count them in nine languages, and find that few of them are ever used by "
    "anybody twice."
)
PAGE = f"""Daily Papers

Trending   New   About

Mon, Nov 23, 2026

TideNet: Reading the Sea

{FIRST}

Seeing Glaciers Move

{SECOND}
"""


def written(tmp_path, content, name="papers.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class Read(NamedTuple):
    papers: list[Paper]
    skipped: Skips


def read(tmp_path, content):
    reading = read_file(written(tmp_path, content))
    return Read(list(reading), reading.skipped)


def titles(reading):
    return [paper.text.title for paper in reading.papers]


def refusal(tmp_path, content):
    with pytest.raises(SourceError) as refused:
        read_file(written(tmp_path, content))
    return str(refused.value)


def wrapped(text, width=60):
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


# ---------------------------------------------------------------- pages


def test_a_page_gives_its_papers_without_its_header(tmp_path):
    reading = read(tmp_path, PAGE)

    assert titles(reading) == ["TideNet: Reading the Sea", "Seeing Glaciers Move"]
    assert [paper.text.abstract for paper in reading.papers] == [FIRST, SECOND]
    assert len(reading.skipped) == 0


def test_a_paper_says_where_it_was_read(tmp_path):
    path = written(tmp_path, PAGE)

    first, second = read_file(path)

    assert (first.source, first.line) == (str(path), 7)
    assert (second.source, second.line) == (str(path), 11)
    assert [PAGE.splitlines()[line - 1] for line in (7, 11)] == [first.text.title, second.text.title]


def test_a_paper_of_a_page_has_an_id_and_an_alias_from_its_title(tmp_path):
    paper = read(tmp_path, PAGE).papers[0]

    assert paper.paper_id.startswith("tidenet-reading-the-sea-")
    assert paper.aliases == ("title:tidenetreadingthesea",)


@pytest.mark.parametrize(
    "date",
    ["Nov 23, 2026", "23 November 2026", "Monday, November 23", "Mon Nov 23 2026", "nov 23"],
)
def test_all_before_the_date_line_is_header(tmp_path, date):
    page = f"A Site With A Long Name\n\n{date}\n\nTideNet: Reading the Sea\n\n{FIRST}\n"

    reading = read(tmp_path, page)

    assert titles(reading) == ["TideNet: Reading the Sea"]
    assert len(reading.skipped) == 0


@pytest.mark.parametrize(
    "page",
    [
        f"TideNet\n\n{FIRST}\n\nSeeing Glaciers Move\n\n{SECOND}",
        f"\n\n\nTideNet\n{FIRST}\nSeeing Glaciers Move\n{SECOND}\n\n\n",
        f"TideNet\n\n{wrapped(FIRST)}\n\nSeeing\nGlaciers Move\n\n{wrapped(SECOND)}\n",
        f"  TideNet  \n   \n  {FIRST}  \n \t \nSeeing  Glaciers\tMove\n\n{SECOND}",
        f"TideNet\n\nSubmitted by ana\n\n{FIRST}\n\n17\n\nSeeing Glaciers Move\n\n12 authors\n\n{SECOND}",
    ],
    ids=["no header", "no blank lines between", "wrapped lines", "blanks about", "counts and senders"],
)
def test_a_page_in_another_dress_gives_the_same(tmp_path, page):
    reading = read(tmp_path, page)

    assert [(p.text.title, p.text.abstract) for p in reading.papers] == [
        ("TideNet", FIRST),
        ("Seeing Glaciers Move", SECOND),
    ]


def test_a_short_abstract_is_one_by_its_sentences(tmp_path):
    assert titles(read(tmp_path, f"Counting Words\n\n{SHORT}\n")) == ["Counting Words"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"], ids=["CRLF", "CR", "LF"])
def test_every_kind_of_line_end_is_read(tmp_path, end):
    reading = read(tmp_path, PAGE.replace("\n", end))

    assert titles(reading) == ["TideNet: Reading the Sea", "Seeing Glaciers Move"]
    assert reading.papers[0].line == 7


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_mark_of_the_encoding_is_understood(tmp_path, encoding):
    mark = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")

    reading = read(tmp_path, (mark + f"Grün 数 😀 Net\n\n{FIRST}\n").encode(encoding))

    assert titles(reading) == ["Grün 数 😀 Net"]


def test_a_title_without_abstract_is_passed_over_and_told(tmp_path):
    page = f"TideNet\n\n{FIRST}\n\nAn Abstract Is Missing\n\nSeeing Glaciers Move\n\n{SECOND}"

    reading = read(tmp_path, page)

    assert titles(reading) == ["TideNet", "Seeing Glaciers Move"]
    assert [(s.line, s.reason, s.shown) for s in reading.skipped.first] == [
        (5, "title without abstract", "An Abstract Is Missing")
    ]


def test_a_title_at_the_end_is_passed_over_and_told(tmp_path):
    reading = read(tmp_path, f"TideNet\n\n{FIRST}\n\nAn Abstract Is Missing\n")

    assert [(s.line, s.reason) for s in reading.skipped.first] == [(5, "title without abstract")]


def test_an_abstract_without_title_is_passed_over_and_told(tmp_path):
    reading = read(tmp_path, f"{FIRST}\n\nSeeing Glaciers Move\n\n{SECOND}\n")

    assert titles(reading) == ["Seeing Glaciers Move"]
    (skipped,) = reading.skipped.first
    assert (skipped.line, skipped.reason) == (1, "abstract without title")
    assert skipped.shown == FIRST[:69] + "…"


def test_a_paper_that_comes_twice_is_read_once_and_told(tmp_path):
    reading = read(
        tmp_path, f"TideNet\n\n{FIRST}\n\nSeeing Glaciers Move\n\n{SECOND}\n\nTideNet\n\n{FIRST}\n"
    )

    assert titles(reading) == ["TideNet", "Seeing Glaciers Move"]
    assert [(s.line, s.reason, s.shown) for s in reading.skipped.first] == [
        (9, "the same paper as in line 1", "TideNet")
    ]


def test_two_papers_with_one_abstract_are_two(tmp_path):
    assert titles(read(tmp_path, f"TideNet\n\n{FIRST}\n\nTideNet, Again\n\n{FIRST}\n")) == [
        "TideNet",
        "TideNet, Again",
    ]


# ---------------------------------------------------------------- files that are not read


@pytest.mark.parametrize(
    "content", ["", "  \n\n\t\n", b"\xef\xbb\xbf"], ids=["nothing", "blanks", "mark alone"]
)
def test_an_empty_file_is_refused(tmp_path, content):
    assert refusal(tmp_path, content).endswith("papers.txt is empty")


@pytest.mark.parametrize(
    "content",
    ["Just a few words", "a\n\nb\n\nc", "Daily Papers\n\nMon, Nov 23, 2026\n"],
    ids=["words", "letters", "header alone"],
)
def test_a_file_without_papers_is_refused(tmp_path, content):
    told = refusal(tmp_path, content)

    assert "papers.txt holds no papers: nothing in it reads like a title with an abstract" in told


def test_a_file_with_abstracts_alone_says_so(tmp_path):
    told = refusal(tmp_path, f"{FIRST}\n")

    assert "holds no paper with an abstract" not in told
    assert "line 1 (abstract without title): Tidal flats are hard" in told


def packed(content, name="papers.txt"):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"),
        (packed(PAGE), "is a zip archive or office document"),
        (gzip.compress(gzip.compress(PAGE.encode())), "is a gzip file"),
        (b"\x89PNG\r\n\x1a\n", "is an image"),
        (b"SQLite format 3\x00", "is an SQLite database"),
        (b"BZh91AY&SY", "is a bzip2 file"),
        (b"TideNet\x00\x01\x02", "is a binary file"),
    ],
    ids=["PDF", "zip", "gzip within gzip", "image", "SQLite", "bzip2", "binary"],
)
def test_a_binary_file_is_refused_and_named(tmp_path, content, kind):
    assert f"papers.txt {kind}; pages of text, JSON, " in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<!DOCTYPE html>\n<html><p>TideNet</p></html>", "HTML"),
        ("\n  <HTML lang='en'>", "HTML"),
        ('<?xml version="1.0"?><reeds/>', "XML"),
        ("<reeds><reed/></reeds>", "markup"),
    ],
    ids=["HTML", "upper case HTML", "XML", "markup"],
)
def test_a_file_that_is_nothing_known_says_what_was_tried(tmp_path, content, kind):
    told = refusal(tmp_path, content)

    assert f"papers.txt is nothing known and looks like {kind}; tried: Parquet, Atom, as of arXiv" in told
    assert told.endswith(", BibTeX, table (CSV or TSV), page of titles and abstracts in turn (text)")


def test_a_page_that_begins_with_a_bracket_is_a_page(tmp_path):
    page = f"[Submitted on 23 Nov 2026]\n\nTideNet\n\n{FIRST}\n"

    assert titles(read(tmp_path, page)) == ["TideNet"]


def test_a_file_that_is_not_utf_8_is_read_as_windows_1252_and_the_line_is_told(tmp_path):
    content = f"TideNet\n\n{FIRST}\n\nGlätte – naïve “Ice”\n\n{SECOND}\n".encode("cp1252")

    reading = read(tmp_path, content)

    assert titles(reading) == ["TideNet", "Glätte – naïve “Ice”"]
    (note,) = reading.skipped.notes
    assert note.endswith("papers.txt, line 5: not UTF-8; the file is read as Windows-1252")


def test_a_file_in_the_encoding_of_another_script_is_refused(tmp_path):
    told = refusal(tmp_path, "Приливы и отливы моря трудно изучать.\n".encode("koi8-r") * 9)

    assert told.endswith("papers.txt is neither UTF-8 nor Windows-1252; save it as UTF-8")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_its_mark(tmp_path, encoding):
    assert titles(read(tmp_path, f"Grün Net\n\n{FIRST}\n".encode(encoding))) == ["Grün Net"]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"there is no file .*nothing\.txt"):
        read_file(tmp_path / "nothing.txt")


def test_a_file_that_cannot_be_read_is_refused_and_the_system_says_why(tmp_path):
    with pytest.raises(SourceError, match="cannot be read: File name too long"):
        read_file(tmp_path / ("n" * 300))


def test_a_link_without_end_is_refused_and_the_system_says_why(tmp_path):
    (tmp_path / "endless").symlink_to("endless")
    with pytest.raises(SourceError, match=r"endless cannot be read: Too many levels of symbolic links"):
        read_file(tmp_path / "endless")


def test_standard_input_that_is_closed_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(SourceError, match="standard input is closed"):
        read_file("-")


def test_a_text_without_end_costs_its_own_title_only(tmp_path):
    book = f"A Long Book\n\n{'So it goes on. ' * 80_000}\n\n"
    reading = read(tmp_path, f"TideNet\n\n{FIRST}\n\n{book}Seeing Glaciers Move\n\n{SECOND}\n")

    assert titles(reading) == ["TideNet", "Seeing Glaciers Move"]
    assert [(one.line, one.reason, one.shown) for one in reading.skipped.first] == [
        (5, "over 1 MiB of text under one title", "A Long Book")
    ]


def test_a_page_of_many_mebibytes_is_read_and_its_lines_without_abstract_are_counted(tmp_path):
    between = "Three Words Alone\n\n" * 300_000
    page = f"TideNet\n\n{FIRST}\n\n{between}Seeing Glaciers Move\n\n{SECOND}\n"
    reading = read(tmp_path, page)

    assert titles(reading) == ["TideNet", "Seeing Glaciers Move"]
    assert reading.skipped.by_reason == {"title without abstract": 300_000}
    assert reading.skipped.first[0].line == 5


def test_blanks_without_end_are_given_up(tmp_path):
    assert refusal(tmp_path, b"\n" * (17 << 20)).endswith("begins with over 16 MiB of blanks")


# ---------------------------------------------------------------- JSON lines


def lines_of(*objects):
    return "".join(json.dumps(thing, ensure_ascii=False) + "\n" for thing in objects)


def test_json_lines_give_an_object_a_line(tmp_path):
    content = lines_of(
        {"id": "a1", "title": "TideNet", "abstract": FIRST, "other": [1]},
        {"paper_id": "a2", "title": "Seeing Glaciers Move", "abstract": SECOND},
        {"title": "Counting Words", "abstract": SHORT},
        {"id": 17, "abstract": "Few words are enough here."},
    )

    reading = read(tmp_path, content)

    assert [(p.paper_id[:12], p.text.title, p.line) for p in reading.papers] == [
        ("a1", "TideNet", 1),
        ("a2", "Seeing Glaciers Move", 2),
        ("counting-wor", "Counting Words", 3),
        ("17", "", 4),
    ]
    assert reading.papers[0].text.abstract == FIRST
    assert [alias.partition("#")[2] for alias in reading.papers[3].aliases] == ["17"]


def test_empty_lines_between_json_lines_count_as_lines(tmp_path):
    content = (
        "\n"
        + lines_of({"title": "TideNet", "abstract": FIRST})
        + "\n\n"
        + lines_of({"id": "a", "abstract": SECOND})
    )

    assert [paper.line for paper in read(tmp_path, content).papers] == [2, 5]


@pytest.mark.parametrize("mark", ["\ufeff", "\r\n"], ids=["mark of the encoding", "CRLF"])
def test_json_lines_are_known_behind_marks_and_line_ends(tmp_path, mark):
    content = mark + lines_of({"title": "TideNet", "abstract": FIRST}).replace("\n", "\r\n")

    assert titles(read(tmp_path, content)) == ["TideNet"]


@pytest.mark.parametrize(
    ("thing", "reason", "told"),
    [
        ({"id": "a2", "title": "No Abstract"}, "no abstract", "No Abstract"),
        ({"id": "a2", "abstract": None}, "no abstract", "a2"),
        ({"id": "a2", "abstract": "  "}, "no abstract", "a2"),
        ({"abstract": "Few words are enough here."}, "neither id nor title", "Few words are enough here."),
        (
            {"id": "a1", "title": "TideNet, Later", "abstract": SECOND},
            "the same paper as in line 1",
            "TideNet, Later",
        ),
        ({"id": "a9", "title": "TideNet", "abstract": FIRST}, "the same paper as in line 1", "TideNet"),
    ],
    ids=["no key", "null", "blanks", "no name", "same id", "same text"],
)
def test_a_json_line_that_is_no_new_paper_is_passed_over_and_told(tmp_path, thing, reason, told):
    content = lines_of({"id": "a1", "title": "TideNet", "abstract": FIRST}, thing)

    reading = read(tmp_path, content)

    assert len(reading.papers) == 1
    assert [(s.line, s.reason, s.shown) for s in reading.skipped.first] == [(2, reason, told)]


def test_a_file_whose_every_line_is_passed_over_says_why(tmp_path):
    told = refusal(tmp_path, lines_of({"id": "a1"}, {"id": "a2"}))

    assert told.endswith(
        "holds no paper with title and abstract: 2 passed over, the first in line 1 (no abstract): a1"
    )


NO_JSON = "no JSON ({}); JSON lines hold one object a line"
NO_OBJECT = "a JSON object is needed, with keys title and abstract"


@pytest.mark.parametrize(
    ("line", "reason", "told"),
    [
        (
            b'{"title": "TideNet", ',
            NO_JSON.format("Expecting property name enclosed in double quotes, column 22"),
            '{"title": "TideNet",',
        ),
        (b"TideNet", NO_JSON.format("Expecting value, column 1"), "TideNet"),
        (b"[1]", NO_OBJECT, "[1]"),
        (b"3", NO_OBJECT, "3"),
        (b"null", "null instead of a paper", "null"),
    ],
    ids=["cut off", "words", "list", "number", "null"],
)
def test_a_bad_json_line_is_named_and_the_rest_is_read(tmp_path, line, reason, told):
    content = lines_of({"id": "a1", "abstract": FIRST}).encode() + line + b"\n"
    content += lines_of({"id": "a3", "abstract": SECOND}).encode()

    reading = read(tmp_path, content)

    assert [(paper.paper_id, paper.line) for paper in reading.papers] == [("a1", 1), ("a3", 3)]
    assert [(s.line, s.reason, s.shown) for s in reading.skipped.first] == [(2, reason, told)]


@pytest.mark.parametrize(
    "line",
    ["[" * 100_000, '{"id": "a2", "abstract": ' + "[" * 600 + "]" * 600 + "}", '{"id": ' + "1" * 5000 + "}"],
    ids=["without end", "deep", "long number"],
)
def test_a_line_that_is_too_much_for_python_stops_nothing(tmp_path, line):
    content = (
        lines_of({"id": "a1", "abstract": FIRST}) + line + "\n" + lines_of({"id": 3, "abstract": SECOND})
    )

    papers = read(tmp_path, content).papers

    assert [paper.paper_id for paper in papers if paper.line != 2] == ["a1", "3"]


def test_a_bad_first_line_is_passed_over_too(tmp_path):
    reading = read(tmp_path, '{"title" TideNet}\n' + lines_of({"id": "a2", "abstract": SECOND}))

    assert [paper.line for paper in reading.papers] == [2]
    assert [(s.line, s.kind) for s in reading.skipped.first] == [(1, "no JSON")]


def test_an_object_over_several_lines_is_one_paper(tmp_path):
    reading = read(tmp_path, json.dumps({"title": "TideNet", "abstract": FIRST}, indent=2))

    assert [(paper.text.title, paper.line) for paper in reading.papers] == [("TideNet", 1)]


def test_a_line_that_is_not_utf_8_in_a_file_that_is_costs_itself_alone(tmp_path):
    bad = '{"id": "a2", "title": "Glätte", "abstract": "x"}\n'.encode("latin-1")
    good = lines_of({"id": "a1", "title": "Fjørd – ice", "abstract": FIRST}, {"id": "a3", "abstract": SECOND})
    first, third = good.encode().splitlines(keepends=True)

    reading = read(tmp_path, first + bad + third)

    assert [paper.line for paper in reading.papers] == [1, 3]
    assert [(s.line, s.reason) for s in reading.skipped.first] == [(2, "not UTF-8")]


def test_json_lines_in_utf_16_are_read(tmp_path):
    content = lines_of({"title": "Grün 数 😀 Net", "abstract": FIRST}, {"id": "a2", "abstract": SECOND})

    papers = read(tmp_path, content.encode("utf-16")).papers

    assert [(paper.text.title, paper.line) for paper in papers] == [("Grün 数 😀 Net", 1), ("", 2)]


def test_a_line_beyond_all_measure_is_passed_over_and_told(tmp_path):
    first, last = lines_of({"id": "a1", "abstract": FIRST}), lines_of({"id": "a3", "abstract": SECOND})
    content = f'{first}{{"abstract": "{"reed " * (1 << 22)}"}}\n{last}'

    reading = read(tmp_path, content)

    assert [paper.line for paper in reading.papers] == [1, 3]
    ((line, reason, shown),) = [(s.line, s.reason, s.shown) for s in reading.skipped.first]
    assert (line, reason) == (2, "over 16 MiB in one line")
    assert shown == '{"abstract": "reed reed reed reed reed reed reed reed reed reed reed …'


def test_json_lines_may_be_of_any_size(tmp_path):
    path = written(
        tmp_path, lines_of(*({"id": number, "abstract": f"{number}. {FIRST}"} for number in range(1000)))
    )
    with path.open("r+b") as file:
        file.seek(1 << 28)
        file.write(b"\n" + lines_of({"id": "last", "abstract": SECOND}).encode())

    reading = read_file(path)

    assert [paper.paper_id for paper in reading][-2:] == ["999", "last"]
    assert reading.skipped.by_reason == {"over 16 MiB in one line": 1}


@pytest.mark.parametrize(
    "char", ["\u2028", "\u2029", "\x85"], ids=["line separator", "paragraph separator", "next line"]
)
def test_a_line_separator_within_a_json_string_ends_no_line(tmp_path, char):
    content = lines_of(
        {"title": "TideNet", "abstract": f"One or two.{char}Or three."}, {"id": "a2", "abstract": SECOND}
    )

    reading = read(tmp_path, content)

    assert [paper.line for paper in reading.papers] == [1, 2]
    assert reading.papers[0].text.abstract == "One or two. Or three."


@pytest.mark.parametrize("abstract", ["\\u0000", "\\ud800"], ids=["NUL", "lone surrogate"])
def test_an_abstract_of_nothing_that_can_be_stored_is_no_abstract(tmp_path, abstract):
    content = (
        lines_of({"title": "TideNet", "abstract": FIRST}) + f'{{"id": "a2", "abstract": "{abstract}"}}\n'
    )

    assert [(s.line, s.reason) for s in read(tmp_path, content).skipped.first] == [(2, "no abstract")]


def test_what_no_database_takes_is_dropped_from_a_title(tmp_path):
    content = '{"title": "Tide\\ud800Net\\u0000", "abstract": "Few \\ud83d\\ude00 words are enough here."}'

    (paper,) = read(tmp_path, content).papers

    assert (paper.text.title, paper.text.abstract) == ("TideNet", "Few 😀 words are enough here.")


def test_an_id_of_zero_is_an_id(tmp_path):
    assert [p.paper_id for p in read(tmp_path, lines_of({"id": 0, "abstract": SECOND})).papers] == ["0"]


@pytest.mark.parametrize(
    "title",
    [
        "Byte Models Revisited",
        "Bypassing Attention",
        "Octopus",
        "Published Results Are Biased: A Study",
        "Marigold",
    ],
)
def test_a_title_that_only_resembles_the_sites_own_words_is_a_title(tmp_path, title):
    assert titles(read(tmp_path, f"{title}\n\n{FIRST}\n")) == [title]


def test_a_line_of_authors_is_no_title(tmp_path):
    page = f"TideNet: A Survey\n\nAna Reed, Bo Larsen, Wei Zhang\n\n{FIRST}\n"

    assert titles(read(tmp_path, page)) == ["TideNet: A Survey"]


# ---------------------------------------------------------------- one after the other


class Given(Iterator[Paper]):
    """Invented papers without end, counted as they are taken, seen for as long as anybody holds them."""

    def __init__(self):
        self.taken = 0
        self.held: weakref.WeakSet[Paper] = weakref.WeakSet()

    def __next__(self):
        self.taken += 1
        paper = invented(str(self.taken))
        self.held.add(paper)
        return paper


def invented(paper_id, abstract=None, line=None):
    text = Text(title=f"Paper {paper_id}", abstract=abstract or f"{paper_id}. {FIRST}")
    return Paper(paper_id=paper_id, text=text, line=line)


def test_papers_from_python_are_taken_as_they_are_asked_for():
    given = Given()

    reading = single("given from Python", given)

    assert given.taken == 0
    assert [paper.paper_id for paper in itertools.islice(reading, 2)] == ["1", "2"]
    assert given.taken == 2
    assert reading.source == "given from Python"


def test_a_paper_that_was_handed_out_is_not_held():
    given = Given()

    last = next(itertools.islice(single("given from Python", given), 49, None))

    gc.collect()
    assert list(given.held) == [last]


def test_a_file_is_read_as_its_papers_are_asked_for(tmp_path):
    path = written(tmp_path, lines_of(*({"id": n, "abstract": f"{n}. {FIRST}"} for n in range(2000))))
    papers = iter(read_file(path))
    first = next(papers)

    with path.open("r+b") as file:
        file.truncate(400_000)
    rest = list(papers)

    assert first.paper_id == "0"
    assert [paper.paper_id for paper in rest] == [str(n) for n in range(1, len(rest) + 1)]
    assert 700 < len(rest) < 1200


def test_what_is_passed_over_is_counted_on_the_way(tmp_path):
    lines = [{"id": "a0"}, {"id": "a1", "abstract": FIRST}, {"id": "a2"}, {"id": "a3", "abstract": SECOND}, 5]
    reading = read_file(written(tmp_path, lines_of(*lines)))
    before = len(reading.skipped)

    meanwhile = [len(reading.skipped) for _ in reading]

    assert (before, meanwhile, len(reading.skipped)) == (1, [1, 2], 3)
    assert [(s.line, s.kind) for s in reading.skipped.first] == [
        (1, "no abstract"),
        (3, "no abstract"),
        (5, "a JSON object is needed"),
    ]


def test_of_many_that_are_passed_over_the_first_are_kept_and_all_are_counted(tmp_path):
    paper = {"id": "a1", "abstract": FIRST}

    skipped = read(tmp_path, lines_of(paper, *[paper] * 30, *[{"id": "a2"}] * 12)).skipped

    assert len(skipped) == 42
    assert skipped.by_reason == {"the same paper": 30, "no abstract": 12}
    assert [s.line for s in skipped.first] == list(range(2, 22))


def test_skips_of_which_only_the_count_is_known_have_a_length():
    assert len(Skips(count=3)) == 3
    assert len(Skips()) == 0


def test_papers_are_handed_out_once(tmp_path):
    reading = read_file(written(tmp_path, PAGE))
    assert len(list(reading)) == 2

    with pytest.raises(SourceError, match=r"the papers of .*papers\.txt are handed out once; read it again"):
        iter(reading)


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (PAGE, 2),
        (f"{PAGE}\n\nAn Abstract Is Missing\n", 2),
        ('{"id": 1, "abstract": "Few words are enough here."}\n\n{"id": 2}\n3', 4),
        ("\ufeff\n\n" + '{"id": 1, "abstract": "Few words are enough here."}\r\n' * 3, 5),
    ],
    ids=["page", "page and a title", "lines", "blank lines"],
)
def test_how_many_papers_there_are_at_most_is_known_before_they_are_read(tmp_path, content, count):
    reading = read_file(written(tmp_path, content))

    assert reading.count == count
    assert 1 <= len(list(reading)) <= count


def test_how_many_papers_python_gives_is_known_where_it_has_a_length():
    papers = [invented("a1"), invented("a2")]

    assert single("given from Python", papers).count == 2
    assert single("given from Python", iter(papers)).count is None


def test_the_same_paper_from_python_is_told_by_its_id_or_its_line():
    papers = [invented("a1"), invented("a2", line=7), invented("a1", SECOND), invented("a2", SECOND, line=9)]

    reading = single("given from Python", papers)

    assert [paper.paper_id for paper in reading] == ["a1", "a2"]
    assert [(s.line, s.reason) for s in reading.skipped.first] == [
        (0, "the same paper as a1"),
        (9, "the same paper as in line 7"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize(
    ("content", "count"),
    [(PAGE, 2), (lines_of(*({"id": n, "abstract": f"{n}. {FIRST}"} for n in range(2000))), None)],
    ids=["page", "JSON lines"],
)
def test_a_pipe_is_read_once_from_its_beginning_to_its_end(tmp_path, content, count):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(content,), daemon=True)
    writer.start()

    reading = read_file(path)
    papers = list(reading)
    writer.join()

    assert reading.count == count
    assert len(papers) == (count or 2000)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a name")
def test_a_path_that_is_no_text_is_read_all_the_same(tmp_path):
    path = written(tmp_path, PAGE, name="papers-\udce9.txt")

    reading = read_file(path)

    assert reading.source.endswith("papers-.txt")
    assert {paper.source for paper in reading} == {reading.source}
