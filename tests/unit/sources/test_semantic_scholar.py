import json
from datetime import date

import pytest

from extractor.sources.formats.semantic_scholar import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

NAME = "0123456789abcdef0123456789abcdef01234567"
PAPER = {
    "paperId": NAME,
    "externalIds": {"ArXiv": "2601.00001", "DOI": "10.1000/TIDE.1", "PubMed": "123", "CorpusId": 45},
    "url": f"https://www.semanticscholar.org/paper/{NAME}",
    "title": "Reading Tides",
    "abstract": "We read tides.",
    "venue": "",
    "publicationVenue": {"name": "Journal of Tides"},
    "year": 2026,
    "publicationDate": "2026-01-02",
    "tldr": {"model": "tldr@v2.0.0", "text": "A model on tides."},
    "authors": [{"authorId": "1", "name": "Ada Marsh"}, {"authorId": None, "name": "Bo Ebb"}],
}
FOUND = Found(
    1,
    "Reading Tides",
    "We read tides.",
    ("arxiv:2601.00001", "doi:10.1000/tide.1", "pmid:123", f"s2:{NAME}", "s2:corpus:45"),
    ("Ada Marsh", "Bo Ebb"),
    date(2026, 1, 2),
    "Journal of Tides",
    f"https://www.semanticscholar.org/paper/{NAME}",
)


def read(content):
    text = content if isinstance(content, str) else json.dumps(content)
    return list(FORMAT.read([text.encode()]))


@pytest.mark.parametrize(
    "content",
    [
        PAPER,
        [PAPER],
        {"total": 1, "token": None, "data": [PAPER]},
        {"total": 1, "offset": 0, "next": 5, "data": [PAPER]},
        {"recommendedPapers": [PAPER]},
        {"offset": 0, "data": [{"contexts": [], "citingPaper": PAPER}]},
        {"authorId": "1", "name": "Ada Marsh", "papers": [PAPER]},
        {key.lower(): value for key, value in PAPER.items()},
    ],
)
def test_a_paper_is_read_from_every_answer(content):
    assert read(content) == [FOUND]


def test_ids_unknown_in_a_batch_are_skipped_and_the_others_read():
    assert read([None, PAPER, None]) == [
        Skipped(1, "null instead of a paper", "null"),
        FOUND,
        Skipped(1, "null instead of a paper", "null"),
    ]


@pytest.mark.parametrize("given", [{"abstract": None}, {"abstract": ""}])
def test_what_a_model_has_written_is_no_abstract(given):
    (found,) = read(PAPER | given)
    assert found.abstract is None


def test_nulls_everywhere_make_an_empty_record():
    nulls = dict.fromkeys(PAPER) | {"paperId": NAME}
    assert read(nulls) == [Found(1, None, None, (f"s2:{NAME}",))]


def test_a_year_is_its_first_day_where_there_is_no_date():
    (found,) = read(PAPER | {"publicationDate": None})
    assert found.published == date(2026, 1, 1)


@pytest.mark.parametrize(
    "answer", [{"error": "Paper not found"}, {"message": "Paper not found", "code": "404"}]
)
def test_an_error_of_the_service_is_skipped(answer):
    assert read(answer) == [Skipped(1, "an error instead of papers", "Paper not found")]


@pytest.mark.parametrize(
    "content", [PAPER, [None, PAPER], {"paperId": NAME}, {"corpusid": 1, "abstract": "x"}]
)
def test_it_is_told_by_its_keys(content):
    assert FORMAT.fits(Beginning(json.dumps(content).lower(), "x"))


def test_other_json_is_not_taken_for_it():
    assert not FORMAT.fits(Beginning('[{"paperid": "17", "title": "a"}]', "x"))
    assert not FORMAT.fits(Beginning('[{"corpusid": 17, "title": "a", "journal_name": "b"}]', "x"))
