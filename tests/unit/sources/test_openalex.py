import json
from datetime import date

import pytest

from extractor.sources.formats.openalex import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

WORK = {
    "id": "https://openalex.org/W123",
    "doi": "https://doi.org/10.1000/Tide.1",
    "title": "Reading Tides",
    "display_name": "Reading Tides",
    "publication_year": 2026,
    "publication_date": "2026-01-02",
    "ids": {"openalex": "https://openalex.org/W123", "pmid": "https://pubmed.ncbi.nlm.nih.gov/456"},
    "language": "en",
    "primary_location": {
        "landing_page_url": "https://doi.org/10.1000/tide.1",
        "source": {"display_name": "Journal of Tides"},
    },
    "authorships": [
        {"author": {"display_name": "Ada Marsh"}, "raw_author_name": "A. Marsh"},
        {"author": {"display_name": None}, "raw_author_name": "Bo Ebb"},
    ],
    "locations": [{"landing_page_url": "http://arxiv.org/abs/2601.00001v2", "pdf_url": None}, None],
    "abstract_inverted_index": {"tides": [2, 5], "We": [0], "read": [1, 4], "and": [3]},
}
FOUND = Found(
    1,
    "Reading Tides",
    "We read tides and read tides",
    ("arxiv:2601.00001", "doi:10.1000/tide.1", "pmid:456", "openalex:W123"),
    ("Ada Marsh", "Bo Ebb"),
    date(2026, 1, 2),
    "Journal of Tides",
    "https://doi.org/10.1000/tide.1",
    "en",
)


def read(content):
    text = content if isinstance(content, str) else json.dumps(content)
    return list(FORMAT.read([text.encode()]))


def abstract(index):
    (found,) = read(WORK | {"abstract_inverted_index": index})
    return found.abstract


@pytest.mark.parametrize(
    "content",
    [WORK, [WORK], {"meta": {"count": 1}, "results": [WORK], "group_by": []}, f"{json.dumps(WORK)}\n"],
)
def test_a_work_is_read_from_every_answer(content):
    assert read(content) == [FOUND]


def test_a_dump_has_a_work_a_line():
    assert [found.line for found in read(f"{json.dumps(WORK)}\n" * 3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (None, None),
        ({}, None),
        ({"We": [0], "tides": [7], "read": [3]}, "We read tides"),
        ({"We": [0], "far": [10**18]}, "We far"),
        ({"IndexLength": 2, "InvertedIndex": {"tides": [1], "Read": [0]}}, "Read tides"),
        ('{"tides": [1], "Read": [0]}', "Read tides"),
        ('{"tides": [1', None),
        ({"We": None, "read": ["1"], "tides": [2]}, "tides"),
        (["We"], None),
    ],
)
def test_an_abstract_is_put_together_whatever_its_index_lacks(index, text):
    assert abstract(index) == text


def test_the_name_that_is_shown_stands_in_for_a_title():
    (found,) = read(WORK | {"title": None})
    assert found.title == "Reading Tides"


def test_nulls_everywhere_make_an_empty_record():
    assert read(dict.fromkeys(WORK) | {"id": WORK["id"]}) == [Found(1, None, None, ("openalex:W123",))]


def test_an_author_is_no_work():
    assert read({"results": [{"id": "https://openalex.org/A5", "display_name": "Ada Marsh"}]}) == [
        Skipped(1, "no work of OpenAlex", "https://openalex.org/A5")
    ]


def test_it_is_told_by_its_keys():
    assert FORMAT.fits(Beginning(json.dumps(WORK).lower(), "x"))
    assert FORMAT.fits(Beginning('{"id": "https://openalex.org/a5", "display_name": "ada marsh"}', "x"))
    assert not FORMAT.fits(Beginning('[{"title": "a", "abstract": "b"}]', "openalex.json"))


def test_other_json_that_names_its_works_is_not_taken_for_it():
    content = '[{"title": "a", "abstract": "b", "authors": ["c"], "work": "https://openalex.org/w1"}]'

    assert not FORMAT.fits(Beginning(content, "x"))
