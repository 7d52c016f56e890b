from typing import Annotated

import pytest

from extractor.completing import complete
from extractor.grounding import ground
from extractor.papers import Text
from extractor.records import Label, Name, Number, Quote, Record, Url

TEXT = Text(
    title="TideNet: Reading the Sea",
    abstract=(
        "TideNet maps tidal flats. It reaches 93.2% accuracy on MudBench and 41.7 mIoU on ShoreSet, "
        "and needs 41.7 hours. Code: https://example.org/tide."
    ),
)


class Finding(Record):
    quote: Quote = ""
    dataset: Name | None = None
    value: Annotated[float | None, Number(of="quote")] = None


class Tool(Record):
    name: Name | None = None
    purpose: Label | None = None


class Reading(Record):
    method: Name | None = None
    page: Url | None = None
    mood: Label | None = None
    datasets: tuple[Name, ...] = ()
    findings: tuple[Finding, ...] = ()
    tools: tuple[Tool, ...] = ()


def completed(first, partner, text=TEXT):
    return complete(ground(first, text), ground(partner, text), found_by=("model", "rules"))


def root_of(record):
    return {value.field: value.value for value in record.parts[0].values}


def rows_in(record, table):
    return [part for part in record.parts if part.table == table]


def first_values(record, table):
    return [part.values[0].value for part in rows_in(record, table)]


def test_a_value_that_the_text_bears_out_stays():
    made = completed(Reading(method="TideNet"), Reading(method="Sea"))

    assert root_of(made)["method"] == "TideNet"
    assert made.parts[0].found_by == "model"


@pytest.mark.parametrize(
    "method", [None, "WaveRider", "TideNett maps tidal"], ids=["left out", "made up", "similar"]
)
def test_what_is_left_out_or_not_borne_out_comes_from_the_partner(method):
    made = completed(Reading(method=method), Reading(method="TideNet"))

    assert root_of(made)["method"] == "TideNet"
    assert made.parts[0].found_by == "rules"
    assert made.parts[0].is_verified


def test_a_row_of_both_says_so():
    made = completed(Reading(method="TideNet"), Reading(page="https://example.org/tide"))

    assert root_of(made) == {"method": "TideNet", "page": "https://example.org/tide", "mood": None}
    assert made.parts[0].found_by == "model+rules"


def test_a_label_needs_no_text_to_stay():
    assert root_of(completed(Reading(mood="calm"), Reading(mood="wild")))["mood"] == "calm"


def test_a_row_without_values_was_found_by_nobody():
    assert completed(Reading(), Reading()).parts[0].found_by is None


def test_the_text_is_the_same():
    assert completed(Reading(), Reading()).text is TEXT


def test_items_of_the_partner_follow_those_of_the_first():
    made = completed(Reading(datasets=("ShoreSet",)), Reading(datasets=("MudBench",)))

    rows = rows_in(made, "datasets")

    assert first_values(made, "datasets") == ["ShoreSet", "MudBench"]
    assert [row.found_by for row in rows] == ["model", "rules"]
    assert [row.position for row in rows] == [0, 1]


def test_items_that_the_text_does_not_bear_out_go_and_positions_close_up():
    made = completed(Reading(datasets=("SnowSet", "ShoreSet", "RainSet", "MudBench")), Reading())

    assert first_values(made, "datasets") == ["ShoreSet", "MudBench"]
    assert [row.position for row in rows_in(made, "datasets")] == [0, 1]


@pytest.mark.parametrize("again", ["MudBench", "mudbench", "Mud-Bench", "the MudBench"])
def test_an_item_of_the_same_fold_is_not_repeated(again):
    made = completed(Reading(datasets=("MudBench",)), Reading(datasets=(again, "ShoreSet")))

    assert first_values(made, "datasets") == ["MudBench", "ShoreSet"]


def test_the_firsts_own_repetitions_go():
    made = completed(Reading(datasets=("MudBench", "Mud-Bench", "ShoreSet")), Reading())

    assert first_values(made, "datasets") == ["MudBench", "ShoreSet"]


def test_a_doubted_item_is_replaced_by_the_partners():
    made = completed(
        Reading(findings=(Finding(quote="reaches 93.2% accuracy", value=39.2),)),
        Reading(findings=(Finding(quote="reaches 93.2% accuracy", value=93.2),)),
    )

    (row,) = rows_in(made, "findings")

    assert (row.values[2].value, row.found_by, row.is_verified) == (93.2, "rules", True)


def test_equal_numbers_of_overlapping_quotes_are_the_same_row():
    made = completed(
        Reading(findings=(Finding(quote="reaches 93.2% accuracy", value=93.2),)),
        Reading(findings=(Finding(quote="93.2% accuracy on MudBench", dataset="MudBench", value=93.2),)),
    )

    assert first_values(made, "findings") == ["reaches 93.2% accuracy"]


@pytest.mark.parametrize(
    "other",
    [
        Finding(quote="needs 41.7 hours", value=41.7),
        Finding(quote="93.2% accuracy on MudBench and 41.7 mIoU", value=93.2),
        Finding(quote="41.7 mIoU on ShoreSet"),
    ],
    ids=["equal number elsewhere", "other number of an overlapping quote", "no number"],
)
def test_another_number_or_another_place_is_another_row(other):
    mine = Finding(quote="41.7 mIoU on ShoreSet", value=41.7)

    made = completed(Reading(findings=(mine,)), Reading(findings=(other,)))

    assert first_values(made, "findings") == [mine.quote, other.quote]


def test_quotes_in_title_and_abstract_do_not_overlap():
    made = completed(
        Reading(findings=(Finding(quote="TideNet: Reading"),)),
        Reading(findings=(Finding(quote="TideNet maps"),)),
    )

    assert first_values(made, "findings") == ["TideNet: Reading", "TideNet maps"]


def test_quotes_that_only_touch_do_not_overlap():
    made = completed(
        Reading(findings=(Finding(quote="TideNet maps"),)), Reading(findings=(Finding(quote="tidal flats"),))
    )

    assert first_values(made, "findings") == ["TideNet maps", "tidal flats"]


def test_parts_without_a_quote_are_told_apart_by_their_words():
    made = completed(
        Reading(tools=(Tool(name="TideNet", purpose="maps"), Tool(name="ShoreSet", purpose="data"))),
        Reading(tools=(Tool(name="MudBench", purpose="data"), Tool(name="tide-net", purpose="maps"))),
    )

    assert first_values(made, "tools") == ["TideNet", "ShoreSet", "MudBench"]


def test_the_same_words_in_another_field_are_another_row():
    made = completed(Reading(tools=(Tool(name="TideNet"),)), Reading(tools=(Tool(purpose="TideNet"),)))

    assert [[value.value for value in row.values] for row in rows_in(made, "tools")] == [
        ["TideNet", None],
        [None, "TideNet"],
    ]


def test_what_only_the_partner_has_is_kept_even_where_it_is_doubted():
    made = completed(Reading(), Reading(datasets=("SnowSet",)))

    (row,) = rows_in(made, "datasets")

    assert (row.found_by, row.is_verified) == ("rules", False)


def test_completing_with_nothing_changes_no_value():
    record = Reading(
        method="TideNet",
        datasets=("MudBench", "ShoreSet"),
        findings=(Finding(quote="reaches 93.2% accuracy", value=93.2),),
    )

    made = completed(record, Reading())

    assert [part.values for part in made.parts] == [part.values for part in ground(record, TEXT).parts]


def test_a_name_that_the_model_gives_for_several_fields_stays_only_where_the_partner_has_it():
    made = completed(
        Reading(method="TideNet", datasets=("TideNet", "MudBench")),
        Reading(method="TideNet", datasets=("ShoreSet",)),
    )

    assert first_values(made, "datasets") == ["MudBench", "ShoreSet"]
    assert made.parts[0].found_by == "model"
