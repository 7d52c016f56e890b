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
