from datetime import UTC, date, datetime

import pytest

from extractor.errors import SourceError
from extractor.sources.formats import values
from extractor.sources.formats.columns import columns_of, found, guessed, told
from extractor.sources.shapes import Found, Skipped


def paper(**record):
    return found(1, record, guessed(tuple(record)))


def read_under(columns, **record):
    return found(1, record, columns)


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("title", "abstract"),
        ("Title ", " ABSTRACT"),
        ("Document Title", "Abstract Note"),
        ("paper_title", "paperAbstract"),
        ("TI", "AB"),
        ("title", "summary"),
    ],
)
def test_names_of_columns_are_guessed_whatever_their_case_and_signs(title, abstract):
    read = paper(**{title: "Tide", abstract: "We read tides."})
    assert (read.title, read.abstract) == ("Tide", "We read tides.")


def test_what_a_model_has_written_is_no_abstract():
    assert paper(title="Tide", tldr="Tides.", ai_summary="Tides.", TLDR="Tides.").abstract is None


def test_of_two_columns_for_a_part_the_surer_is_asked_first_and_the_other_where_it_is_empty():
    assert paper(summary="short", abstract="long").abstract == "long"
    assert paper(summary="short", abstract=" ").abstract == "short"


def test_every_id_is_found_with_its_kind_the_files_own_first():
    read = paper(
        id="17",
        doi="https://doi.org/10.1000/Tide.1",
        arxiv_id="2601.00001v2 [cs.CL]",
        pmid=12345.0,
        openreview_id="aBc-d",
        url="https://example.org/tide",
    )
    assert read.ids == (
        "17",
        "arxiv:2601.00001",
        "doi:10.1000/tide.1",
        "pmid:12345",
        "openreview:aBc-d",
        "url:https://example.org/tide",
    )


def test_an_id_that_is_one_of_arxiv_or_a_doi_is_both():
    assert paper(title="Tide", id="2601.00001v1").ids == ("2601.00001v1", "arxiv:2601.00001")


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("https://openalex.org/W12", "openalex:W12"),
        ("http://arxiv.org/abs/2601.00001v1", "arxiv:2601.00001"),
        ("https://doi.org/10.1000/Tide", "doi:10.1000/tide"),
    ],
)
def test_an_id_that_is_an_address_is_what_it_names(own, name):
    assert paper(title="Tide", id=own).ids == (name,)


def test_an_id_of_web_of_science_is_known_in_all_the_world():
    assert paper(**{"UT (Unique WOS ID)": "WOS:0012"}).ids == ("wos:0012",)


def test_the_other_parts_are_read_too():
    read = paper(
        Title="Tide", Authors="Marsh, Ada; Ebb, Bo", Year=2026.0, Journal="J. Tides", Language="English"
    )
    assert read == Found(
        1, "Tide", None, (), ("Marsh, Ada", "Ebb, Bo"), date(2026, 1, 1), "J. Tides", None, "en"
    )


def test_the_most_exact_date_counts():
    assert paper(title="Tide", year=2026, date="2026-03-04").published == date(2026, 3, 4)


@pytest.mark.parametrize("status", ["Withdraw", "withdrawn", "Withdrawn Submission"])
def test_what_is_marked_withdrawn_is_skipped_and_what_is_rejected_is_not(status):
    assert paper(title="Tide", status=status) == Skipped(1, "withdrawn", "Tide")
    assert isinstance(paper(title="Tide", status="Reject"), Found)


@pytest.mark.parametrize(
    "none", ["", "  ", "NaN", "null", "None", "N/A", "<NA>", "\\N", "[No abstract available]", True]
)
def test_what_stands_for_nothing_is_nothing(none):
    assert paper(title="Tide", abstract=none).abstract is None


def test_a_column_that_is_named_goes_before_what_is_guessed():
    columns = columns_of(("title", "Name", "abstract"), {"title": "Name"})
    read = read_under(columns, title="a", Name="b", abstract="c")
    assert (read.title, read.abstract) == ("b", "c")


def test_a_column_that_is_named_for_one_part_is_not_guessed_for_another():
    columns = columns_of(("title", "abstract"), {"abstract": "title"})
    assert columns.names == {"abstract": ("title",)}


def test_a_column_is_named_in_any_case_and_a_part_by_any_of_its_names():
    columns = columns_of(("My Title", "when"), {"title": "my title", "date": "when"})
    assert columns.names == {"title": ("My Title",), "published": ("when",)}


def test_a_path_names_a_key_in_an_object():
    read = read_under(told({"title": "paper.name.en", "abstract": "x.y"}), paper={"name": {"en": "Tide"}})
    assert (read.title, read.abstract) == ("Tide", None)


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(SourceError, match="there is no column 'Nome'; the columns are: Name, Text"):
        columns_of(("Name", "Text"), {"title": "Nome"})


def test_a_part_that_there_is_not_is_named_with_those_that_are():
    with pytest.raises(
        SourceError, match="no part of a paper is called 'colour'; those are: title, abstract, id"
    ):
        columns_of(("Name",), {"colour": "Name"})


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["Ada Marsh", " Bo  Ebb "], ("Ada Marsh", "Bo Ebb")),
        ([{"name": "Ada Marsh"}, {"author": {"display_name": "Bo Ebb"}}], ("Ada Marsh", "Bo Ebb")),
        ([{"given": "Ada", "family": "Marsh"}, None, 3], ("Ada Marsh",)),
        ([["Marsh", "Ada", ""], ["Ebb", "Bo", "Jr."]], ("Ada Marsh", "Bo Ebb Jr.")),
        ("Ada Marsh, Bo Ebb and Cy Tide", ("Ada Marsh", "Bo Ebb", "Cy Tide")),
        ("Ada Marsh and Bo Ebb", ("Ada Marsh", "Bo Ebb")),
        ("Marsh, Ada and Ebb, Bo", ("Marsh, Ada", "Ebb, Bo")),
        ("Marsh, Ada; Ebb, Bo;", ("Marsh, Ada", "Ebb, Bo")),
        ("Marsh, A., Ebb, B.C.", ("Marsh, A.", "Ebb, B.C.")),
        ("Marsh, Ada", ("Marsh, Ada")),
        ("['Marsh, Ada', \"O'Ebb, Bo\"]", ("Marsh, Ada", "O'Ebb, Bo")),
        ("Ada Marsh", ("Ada Marsh",)),
        ("", ()),
        (None, ()),
    ],
)
def test_names_are_read_as_they_are_listed(given, names):
    assert values.names(given) == ((names,) if isinstance(names, str) else names)


@pytest.mark.parametrize(
    "given",
    [
        date(2026, 3, 4),
        datetime(2026, 3, 4, 5, 6, tzinfo=UTC),
        "2026-03-04T23:59:59.000Z",
        "Wed, 4 Mar 2026 05:06:07 GMT",
        1_772_582_400,
        1_772_582_400_000,
        {"value": "2026/03/04"},
    ],
)
def test_a_day_is_read_from_whatever_names_it(given):
    assert values.day(given) == date(2026, 3, 4)


@pytest.mark.parametrize("given", [None, "", "soon", float("inf"), float("nan"), 10**30, -5, [[[]]]])
def test_no_value_raises(given):
    assert values.day(given) is None
    assert isinstance(values.names(given), tuple)
    assert isinstance(values.text(given), str | None)


def test_a_value_that_is_nested_deep_is_none():
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert (values.text(deep), values.names(deep)) == (None, ())


def test_names_without_end_are_read_through():
    assert values.names(" and ".join(["Ada Reed"] * 100_000)) == ("Ada Reed",) * 100_000
    assert values.names("['" + '\\"a' * 600_000) == ()
