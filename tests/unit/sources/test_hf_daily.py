import json
from datetime import date

import pytest

from extractor.sources.formats.hf_daily import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

PAPER = {
    "id": "2601.00001",
    "authors": [{"_id": "1", "name": "Ada Marsh", "hidden": False}, {"_id": "2", "name": "Bo Ebb"}],
    "publishedAt": "2026-01-02T17:59:30.000Z",
    "title": "Reading\n  Tides",
    "summary": "We read\ntides.",
    "upvotes": 6,
    "ai_summary": "A model on tides.",
}
ENTRY = {
    "paper": PAPER,
    "publishedAt": "2026-01-05T00:57:09.392Z",
    "title": "Reading Tides",
    "summary": "Outside.",
    "submittedBy": {"name": "Cy"},
}
FOUND = Found(
    1,
    "Reading\n  Tides",
    "We read\ntides.",
    ("arxiv:2601.00001",),
    ("Ada Marsh", "Bo Ebb"),
    date(2026, 1, 2),
    url="https://huggingface.co/papers/2601.00001",
)


def read(content):
    return list(FORMAT.read([json.dumps(content).encode()]))


@pytest.mark.parametrize("content", [[ENTRY], ENTRY, [PAPER], PAPER, {"dailyPapers": [ENTRY]}])
def test_a_paper_is_read_with_its_own_day_and_texts(content):
    assert read(content) == [FOUND]


def test_what_is_not_inside_is_taken_from_outside():
    inner = {"id": "2601.00001"}
    (found,) = read([ENTRY | {"paper": inner}])
    assert (found.title, found.abstract, found.published) == ("Reading Tides", "Outside.", None)


def test_what_a_model_has_written_is_no_abstract():
    (found,) = read([{"paper": {"id": "2601.00001", "title": "Tide", "ai_summary": "A model on tides."}}])
    assert found.abstract is None


def test_an_id_that_is_none_of_arxiv_makes_no_address():
    (found,) = read([{"paper": PAPER | {"id": "../../x"}}])
    assert (found.ids, found.url) == (("../../x",), None)


def test_an_error_of_the_service_is_skipped():
    assert read({"error": "Invalid date"}) == [Skipped(1, "an error instead of papers", "Invalid date")]


@pytest.mark.parametrize("content", [[ENTRY], [PAPER]])
def test_it_is_told_by_its_keys(content):
    assert FORMAT.fits(Beginning(json.dumps(content).lower(), "x"))


def test_other_json_is_not_taken_for_it():
    assert not FORMAT.fits(Beginning('[{"title": "a", "summary": "b"}]', "hf_daily.json"))
    assert not FORMAT.fits(Beginning('[{"title": "a", "summary": "b", "publishedat": "2021"}]', "x"))
