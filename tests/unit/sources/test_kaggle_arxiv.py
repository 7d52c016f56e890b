import json
from datetime import date

import pytest

from extractor.sources.formats.kaggle_arxiv import FORMAT, read
from extractor.sources.shapes import Beginning, Found, Keep, Skipped

PAPER = {
    "id": "0704.0001",
    "submitter": "Ada Marsh",
    "authors": "Ada M\\'arsh and Bo Ebb",
    "title": "Reading Tides\n  at Sea",
    "comments": "5 pages",
    "journal-ref": "J. Tides 5",
    "doi": "10.1000/tide.1 10.1000/tide.2",
    "report-no": None,
    "categories": "cs.CL cs.LG",
    "license": None,
    "abstract": "  We read\ntides.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Mársh", "Ada", ""], ["Ebb", "Bo", "Jr."]],
}


def papers(*given):
    return list(FORMAT.read([f"{json.dumps(PAPER | change)}\n".encode() for change in given]))


def test_a_line_is_read_with_the_day_of_its_first_version():
    assert papers({}) == [
        Found(
            1,
            "Reading Tides\n  at Sea",
            "  We read\ntides.\n",
            ("arxiv:0704.0001", "doi:10.1000/tide.1", "doi:10.1000/tide.2"),
            ("Ada Mársh", "Bo Ebb Jr."),
            date(2007, 4, 2),
            "J. Tides 5",
            "https://arxiv.org/abs/0704.0001",
        )
    ]


def test_an_id_of_the_old_form_is_read():
    (found,) = papers({"id": "hep-th/9901001"})
    assert (found.ids[0], found.url) == ("arxiv:hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001")


def test_a_paper_that_a_comment_calls_withdrawn_is_skipped_with_that_reason():
    notice = {"comments": "This paper has been withdrawn by the author"}
    assert papers({}, notice)[1] == Skipped(2, "withdrawn", "Reading Tides at Sea")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"authors_parsed": None}, ("Ada M\\'arsh", "Bo Ebb")),
        ({"authors_parsed": [["Marsh"], ["Ebb", "Bo"]]}, ("Marsh", "Bo Ebb")),
        ({"authors_parsed": [5, None], "authors": "Ada"}, ()),
    ],
)
def test_authors_of_another_form_are_read(given, names):
    assert papers(given)[0].authors == names


@pytest.mark.parametrize("versions", [None, [], [None], [{"created": None}], [{"created": "soon"}], "v1"])
def test_versions_without_a_date_give_none(versions):
    assert papers({"versions": versions})[0].published is None


def test_a_line_that_a_filter_declines_is_left_out_before_anything_is_made_of_it():
    lines = b"".join(
        f"{json.dumps(PAPER | {'id': f'0704.000{n}', 'categories': c})}\n".encode()
        for n, c in enumerate(["cs.CL", "math.CO", "cs.CL"])
    )
    found = list(read([lines, b"{oh\n"], keep=Keep(lambda fields: "cs.CL" in fields["categories"])))
    assert [(one.line, type(one)) for one in found] == [(1, Found), (3, Found), (4, Skipped)]


def test_it_is_told_by_its_keys():
    assert FORMAT.fits(Beginning(json.dumps(PAPER).lower(), "x"))
    assert not FORMAT.fits(Beginning('{"id": "1", "title": "a", "categories": "b"}', "arxiv.json"))
