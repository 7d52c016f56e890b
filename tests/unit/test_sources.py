import gzip
import io
import json
import zipfile

import pytest

from extractor.errors import SourceError
from extractor.sources import read_file

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


def read(tmp_path, content):
    return read_file(written(tmp_path, content))


def titles(reading):
    return [paper.text.title for paper in reading.papers]


def refusal(tmp_path, content):
    with pytest.raises(SourceError) as refused:
        read(tmp_path, content)
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
    assert reading.skipped == ()


def test_a_paper_says_where_it_was_read(tmp_path):
    path = written(tmp_path, PAGE)

    first, second = read_file(path).papers

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
    assert reading.skipped == ()


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
    assert [(s.line, s.reason, s.shown) for s in reading.skipped] == [
        (5, "title without abstract", "An Abstract Is Missing")
    ]


def test_a_title_at_the_end_is_passed_over_and_told(tmp_path):
    reading = read(tmp_path, f"TideNet\n\n{FIRST}\n\nAn Abstract Is Missing\n")

    assert [(s.line, s.reason) for s in reading.skipped] == [(5, "title without abstract")]


def test_an_abstract_without_title_is_passed_over_and_told(tmp_path):
    reading = read(tmp_path, f"{FIRST}\n\nSeeing Glaciers Move\n\n{SECOND}\n")

    assert titles(reading) == ["Seeing Glaciers Move"]
    (skipped,) = reading.skipped
    assert (skipped.line, skipped.reason) == (1, "abstract without title")
    assert skipped.shown == FIRST[:69] + "…"


def test_a_paper_that_comes_twice_is_read_once_and_told(tmp_path):
    reading = read(
        tmp_path, f"TideNet\n\n{FIRST}\n\nSeeing Glaciers Move\n\n{SECOND}\n\nTideNet\n\n{FIRST}\n"
    )

    assert titles(reading) == ["TideNet", "Seeing Glaciers Move"]
    assert [(s.line, s.reason, s.shown) for s in reading.skipped] == [
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
    assert "papers.txt is empty; a page of titles and abstracts in turn" in refusal(tmp_path, content)


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
        (gzip.compress(PAGE.encode()), "is a gzip file"),
        (b"\x28\xb5\x2f\xfd\x24\x05", "is a zstd file"),
        (b"\x89PNG\r\n\x1a\n", "is an image"),
        (b"PAR1\x15\x00", "is a Parquet file"),
        (b"SQLite format 3\x00", "is an SQLite database"),
        (b"TideNet\x00\x01\x02", "is a binary file"),
        ("<!DOCTYPE html>\n<html><p>TideNet</p></html>", "looks like HTML"),
        ("\n  <HTML lang='en'>", "looks like HTML"),
        ('<?xml version="1.0"?><feed/>', "looks like XML"),
        ("<feed><entry/></feed>", "looks like markup"),
        ("@article{tide,\n title = {TideNet},\n}", "looks like BibTeX"),
        ("@inproceedings{tide,\n title = {TideNet},\n}", "looks like BibTeX"),
        ("@Misc{tide,\n title = {TideNet},\n}", "looks like BibTeX"),
        ("@book{tide,\n title = {TideNet},\n}", "looks like BibTeX"),
        ("% Export of a library\n@article{tide,\n title = {TideNet},\n}", "looks like BibTeX"),
        ("TY  - JOUR\nTI  - TideNet\nER  -", "looks like RIS"),
        ("PMID- 12345\nTI  - TideNet", "looks like NBIB"),
        (json.dumps([{"title": "TideNet", "abstract": FIRST}]), "looks like one JSON list"),
    ],
    ids=[
        "PDF",
        "zip",
        "gzip",
        "zstd",
        "image",
        "Parquet",
        "SQLite",
        "binary",
        "HTML",
        "upper case HTML",
        "XML",
        "markup",
        "article",
        "inproceedings",
        "misc",
        "book",
        "BibTeX comment",
        "RIS",
        "NBIB",
        "JSON list",
    ],
)
def test_another_kind_of_file_is_refused_and_named(tmp_path, content, kind):
    told = refusal(tmp_path, content)

    assert f"papers.txt {kind}; " in told
    assert "a page of titles and abstracts in turn (text), or JSON lines" in told


def test_a_page_that_begins_with_a_bracket_is_a_page(tmp_path):
    page = f"[Submitted on 23 Nov 2026]\n\nTideNet\n\n{FIRST}\n"

    assert titles(read(tmp_path, page)) == ["TideNet"]


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path):
    content = f"TideNet\n\n{FIRST}\n\nGlätte\n".encode("latin-1")

    assert refusal(tmp_path, content).endswith("papers.txt, line 5: not UTF-8; save the file as UTF-8")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"there is no file .*nothing\.txt"):
        read_file(tmp_path / "nothing.txt")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match="is a folder; give a file"):
        read_file(tmp_path)


def test_a_file_beyond_all_measure_is_refused_unread(tmp_path):
    path = tmp_path / "papers.txt"
    with path.open("wb") as file:
        file.truncate((1 << 28) + 1)

    with pytest.raises(SourceError, match="has over 256 MiB; split it"):
        read_file(path)


# ---------------------------------------------------------------- JSON lines


def lines_of(*objects):
    return "".join(json.dumps(thing, ensure_ascii=False) + "\n" for thing in objects)


def test_json_lines_give_an_object_a_line(tmp_path):
    content = lines_of(
        {"id": "a1", "title": "TideNet", "abstract": FIRST, "other": [1]},
        {"paper_id": "a2", "title": "Seeing Glaciers Move", "abstract": SECOND},
        {"title": "Counting Words", "abstract": SHORT},
        {"id": 17, "abstract": "Few words."},
    )

    reading = read(tmp_path, content)

    assert [(p.paper_id[:12], p.text.title, p.line) for p in reading.papers] == [
        ("a1", "TideNet", 1),
        ("a2", "Seeing Glaciers Move", 2),
        ("counting-wor", "Counting Words", 3),
        ("17", "", 4),
    ]
    assert reading.papers[0].text.abstract == FIRST
    assert reading.papers[3].aliases == ()


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
        ({"abstract": "Few words."}, "neither id nor title", "Few words."),
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
    assert [(s.line, s.reason, s.shown) for s in reading.skipped] == [(2, reason, told)]


def test_a_file_whose_every_line_is_passed_over_says_why(tmp_path):
    told = refusal(tmp_path, lines_of({"id": "a1"}, {"id": "a2"}))

    assert told.endswith(
        "holds no paper with title and abstract: 2 passed over, the first in line 1 (no abstract): a1"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"title": "TideNet", ', "line 2: no JSON ("),
        ("TideNet", "line 2: no JSON ("),
        ("[1]", "line 2: a JSON object is needed, with keys title and abstract"),
        ("3", "line 2: a JSON object is needed"),
        ("null", "line 2: a JSON object is needed"),
        ("[" * 100_000, "line 2: no JSON ("),
    ],
    ids=["cut off", "words", "list", "number", "null", "very deep"],
)
def test_a_bad_json_line_is_named(tmp_path, line, told):
    content = lines_of({"title": "TideNet", "abstract": FIRST}) + line + "\n"

    assert told in refusal(tmp_path, content)


@pytest.mark.parametrize(
    "char", ["\u2028", "\u2029", "\x85"], ids=["line separator", "paragraph separator", "next line"]
)
def test_a_line_separator_within_a_json_string_ends_no_line(tmp_path, char):
    content = lines_of({"title": "TideNet", "abstract": f"One.{char}Two."}, {"id": "a2", "abstract": SECOND})

    reading = read(tmp_path, content)

    assert [paper.line for paper in reading.papers] == [1, 2]
    assert reading.papers[0].text.abstract == "One. Two."


@pytest.mark.parametrize("abstract", ["\\u0000", "\\ud800"], ids=["NUL", "lone surrogate"])
def test_an_abstract_of_nothing_that_can_be_stored_is_no_abstract(tmp_path, abstract):
    content = (
        lines_of({"title": "TideNet", "abstract": FIRST}) + f'{{"id": "a2", "abstract": "{abstract}"}}\n'
    )

    assert [(s.line, s.reason) for s in read(tmp_path, content).skipped] == [(2, "no abstract")]


def test_what_no_database_takes_is_dropped_from_a_title(tmp_path):
    content = '{"title": "Tide\\ud800Net\\u0000", "abstract": "Few \\ud83d\\ude00 words."}'

    (paper,) = read(tmp_path, content).papers

    assert (paper.text.title, paper.text.abstract) == ("TideNet", "Few 😀 words.")


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
