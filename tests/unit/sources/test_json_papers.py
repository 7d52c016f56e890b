import json
from datetime import date

import pytest

from extractor.errors import SourceError
from extractor.sources.formats.json_papers import FORMAT, read
from extractor.sources.shapes import Beginning, Found


def papers(content, **given):
    return list(read([content.encode()], given))


@pytest.mark.parametrize(
    "content",
    [
        '[{"title": "Tide", "abstract": "We read tides.", "id": "17"}]',
        '{"Title": "Tide", "summary": "We read tides.", "paper_id": 17}\n',
        '{"papers": [{"paperTitle": "Tide", "Abstract": "We read tides.", "id": 17}]}',
        '{"17": {"title": "Tide", "abstract": "We read tides."}}',
    ],
)
def test_papers_are_read_under_names_that_are_in_use(content):
    assert papers(content) == [Found(1, "Tide", "We read tides.", ("17",))]


def test_keys_that_are_named_go_before_what_is_guessed():
    content = (
        '{"title": "no", "inner": {"name": "Tide"}, "abstract": "We read tides."}\n{"abstract": "Ebb."}\n'
    )
    assert [(one.title, one.abstract) for one in papers(content, title="inner.name")] == [
        ("Tide", "We read tides."),
        (None, "Ebb."),
    ]


def test_a_part_that_there_is_not_is_refused():
    with pytest.raises(SourceError, match="colour"):
        papers("[]", colour="x")


def test_records_with_other_keys_are_each_read_by_their_own():
    content = '{"title": "a", "abstract": "A"}\n{"headline": "b"}\n{"paper_title": "c", "summary": "C"}\n'
    assert [(one.title, one.abstract) for one in papers(content)] == [("a", "A"), (None, None), ("c", "C")]


def test_values_of_any_kind_are_read():
    content = (
        '[{"title": ["Ti", "de"], "abstract": {"value": "A"}, "authors": {"x": 1}, "year": 1e400, "doi": 5}]'
    )
    assert papers(content) == [Found(1, "Ti de", "A")]


@pytest.mark.parametrize(("text", "fits"), [('{"a": 1}', True), ("[]", True), ("a page", False)])
def test_json_is_told_by_how_it_begins(text, fits):
    assert FORMAT.fits(Beginning(text, "x")) is fits


def test_items_of_csl_and_works_of_crossref_are_read_with_their_days_and_people():
    item = {
        "id": "reed2021",
        "DOI": "10.1000/Reed",
        "title": "Reeds",
        "abstract": "<jats:title>Abstract</jats:title><jats:p>We count reeds.</jats:p>",
        "author": [
            {"family": "Reed", "given": "Ada B."},
            {"literal": "Marsh Group"},
            {"family": "Meer", "given": "Jan", "non-dropping-particle": "van der"},
        ],
        "container-title": ["Marshes"],
        "issued": {"date-parts": [["2021", 3, 4]]},
    }
    assert papers(json.dumps({"status": "ok", "message": {"items": [item]}})) == [
        Found(
            1,
            "Reeds",
            "<jats:p>We count reeds.</jats:p>",
            ("reed2021", "doi:10.1000/reed"),
            ("Ada B. Reed", "Marsh Group", "Jan van der Meer"),
            date(2021, 3, 4),
            "Marshes",
        )
    ]


def test_a_day_that_is_not_told_is_none():
    content = '{"title": "Reeds", "abstract": "We count reeds.", "issued": {"date-parts": [[null]]}}'
    assert papers(content) == [Found(1, "Reeds", "We count reeds.")]


def test_a_paper_in_an_object_of_its_own_is_read_there():
    entry = {"key": "K1", "meta": {"by": 1}, "data": {"title": "Reeds", "abstractNote": "We count reeds."}}
    assert papers(json.dumps([entry])) == [Found(1, "Reeds", "We count reeds.", ("K1",))]


def test_another_paper_that_an_entry_names_is_not_taken_for_it():
    entry = {"title": "Reeds", "cites": {"title": "Tides", "abstract": "We read tides."}}
    assert papers(json.dumps([entry])) == [Found(1, "Reeds", None)]


@pytest.mark.parametrize(
    "people",
    [
        {
            "authorList": {
                "author": [{"firstName": "A", "lastName": "Reed"}, {"firstName": "B", "lastName": "Sedge"}]
            }
        },
        {"creators": [{"creator": "A Reed"}, {"creator": "B Sedge"}]},
        {"authors": [{"author": {"name": "A Reed"}}, {"author": {"name": "B Sedge"}}]},
    ],
)
def test_people_are_found_however_deep_they_stand(people):
    (found,) = papers(json.dumps([{"title": "Reeds", "abstract": "We count reeds."} | people]))
    assert found.authors == ("A Reed", "B Sedge")


@pytest.mark.parametrize(
    "content",
    [
        '{"title": {"0": "Tide", "1": "Reed"}, "abstract": {"0": "We read.", "1": null}, "id": [7, 8]}',
        '{"title": ["Tide", "Reed"], "abstract": ["We read.", null], "id": [7, 8], "source": "a table"}',
    ],
)
def test_a_table_written_by_its_columns_is_read_by_its_rows(content):
    assert papers(content) == [Found(1, "Tide", "We read.", ("7",)), Found(1, "Reed", None, ("8",))]


def test_a_text_in_several_pieces_is_no_column():
    content = '{"title": ["Tide"], "abstract": ["We read.", "They are right."], "id": "17"}'

    assert papers(content) == [Found(1, "Tide", "We read. They are right.", ("17",))]


def test_the_word_that_a_paper_stands_under_is_no_id():
    held = {"title": "Tide", "abstract": "We read."}
    entries = [{"paper": held, "library": {"name": "Mine"}}, {"paper": held}, {"paper": {"title": "Reed"}}]

    assert papers(json.dumps({"papers": entries})) == [
        *[Found(1, "Tide", "We read.")] * 2,
        Found(1, "Reed", None),
    ]
