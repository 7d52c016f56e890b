import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SettingsError
from extractor.sources.conditions import Condition

RECORD = {
    "id": "0704.0001",
    "categories": "cs.CL cs.LG",
    "year": 2019,
    "cited": "12",
    "journal-ref": None,
    "open": True,
    "tags": ["reed", "wind"],
    "paper": {"venue": {"name": "Reeds"}, "pages": 9},
    "its name": "Heron's",
}


@pytest.mark.parametrize(
    "text",
    [
        "categories like '%cs.CL%'",
        "categories LIKE 'cs.__ cs.%'",
        "categories ilike '%CS.cl%'",
        "categories not like '%math%'",
        "year = 2019",
        "year >= 2019 and year < 2020.5",
        "year <> 2018 and year != 2017",
        "year = '2019'",
        "cited > 9",
        "year between 2018 and 2019",
        "year in (2018, 2019)",
        "id in ('0704.0001')",
        '"journal-ref" is null',
        "journal-ref is null and id is not null",
        "missing is null",
        "open = true",
        "tags like '%wind%'",
        "paper.venue.name = 'Reeds' and paper.pages = 9",
        "\"its name\" = 'Heron''s'",
        "(year = 1 or year = 2019) and not (categories like '%math%')",
        "not year = 1 or missing = 2",
    ],
)
def test_a_condition_that_holds_keeps_a_record(text):
    assert Condition(text)(RECORD)


@pytest.mark.parametrize(
    "text",
    [
        "categories like 'cs.CL'",
        "categories like '%CS.cl%'",
        "year > 2019",
        "missing = 1",
        "not missing = 1",
        "missing not like '%a%'",
        "year = 2019 and missing = 1",
        "cited > 100",
        "id > 5000",
        "journal-ref like '%'",
        "open = false",
    ],
)
def test_a_condition_that_does_not_hold_or_cannot_be_told_leaves_a_record_out(text):
    assert not Condition(text)(RECORD)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it ends too early"),
        ("year", "it ends too early"),
        ("year =", "it ends too early"),
        ("year = x", "a text in single quotes or a number is needed, not 'x'"),
        ("year = 1 year", "'year' is not expected"),
        ("(year = 1", "')' is missing"),
        ("year ~ 1", "character 6 ('~') is not understood"),
        ("year is 1", "'null' is missing"),
        ("1 = 1", "a name is needed, not '1'"),
        ("categories like '%cs", "is not understood"),
        ("year and 1", "after year a comparison is needed"),
        ("exec(1)", "after exec a comparison is needed"),
        ("(" * 9_000, "nested too deeply"),
        ("year = 1 or " * 9_000, "over 10000 characters"),
    ],
)
def test_what_is_no_condition_is_refused_and_the_place_is_told(text, told):
    with pytest.raises(SettingsError, match="--where") as refused:
        Condition(text)

    assert told in str(refused.value)


def test_names_that_no_record_has_are_known():
    condition = Condition("categorie like '%cs%' or year = 2019")

    condition(RECORD)

    assert condition.names == ("categorie", "year")
    assert condition.missing == ("categorie",)


@given(st.text(max_size=40), st.text(max_size=40))
def test_like_with_a_text_between_percent_signs_is_whether_it_stands_there(text, part):
    part = part.replace("%", "").replace("_", "")
    quoted = part.replace("'", "''")

    assert Condition(f"a like '%{quoted}%'")({"a": text}) == (part in text)
