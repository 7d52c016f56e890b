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


BOTH = "model+rules"


def completed(model, partner, looked_for=(), leads=()):
    return complete(
        ground(model, TEXT),
        ground(partner, TEXT),
        found_by=("model", "rules"),
        looked_for=looked_for,
        leads=leads,
    )


def root_of(record):
    return {value.field: value.value for value in record.parts[0].values}


def rows_in(record, table):
    return [(part.values[0].value, part.found_by) for part in record.parts if part.table == table]


def test_what_the_partner_found_stands():
    made = completed(Reading(method="TideNet", mood="calm"), Reading(method="MudBench", mood="wild"))

    assert root_of(made) == {"method": "MudBench", "page": None, "mood": "wild"}
    assert made.parts[0].found_by == "rules"


@pytest.mark.parametrize("method", ["WaveRider", "TideNett maps tidal"], ids=["made up", "similar"])
def test_what_the_partner_found_stands_even_where_it_is_doubted(method):
    made = completed(Reading(method="TideNet"), Reading(method=method))

    assert (root_of(made)["method"], made.parts[0].is_verified) == (method, False)


def test_the_model_fills_what_the_partner_left_empty():
    made = completed(
        Reading(method="TideNet", datasets=("ShoreSet",)), Reading(page="https://example.org/tide")
    )

    assert root_of(made) == {"method": "TideNet", "page": "https://example.org/tide", "mood": None}
    assert made.parts[0].found_by == BOTH
    assert rows_in(made, "datasets") == [("ShoreSet", "model")]


@pytest.mark.parametrize("method", ["WaveRider", "TideNett maps tidal"], ids=["made up", "similar"])
def test_what_the_text_does_not_bear_out_fills_nothing(method):
    made = completed(Reading(method=method, datasets=(method, "MudBench")), Reading())

    assert root_of(made)["method"] is None
    assert rows_in(made, "datasets") == [("MudBench", "model")]
    assert [part.position for part in made.parts if part.table == "datasets"] == [0]


def test_a_name_that_the_model_gives_for_several_fields_fills_none():
    made = completed(Reading(method="TideNet", datasets=("Tide-Net", "MudBench")), Reading())

    assert root_of(made)["method"] is None
    assert rows_in(made, "datasets") == [("MudBench", "model")]


def test_a_row_without_values_was_found_by_nobody():
    assert completed(Reading(), Reading()).parts[0].found_by is None


def test_the_text_is_the_same():
    assert completed(Reading(), Reading()).text is TEXT


@pytest.mark.parametrize("again", ["MudBench", "mudbench", "Mud-Bench", "the MudBench"])
def test_an_item_that_both_found_says_so(again):
    made = completed(Reading(datasets=(again, "TideNet")), Reading(datasets=("MudBench", "ShoreSet")))

    assert rows_in(made, "datasets") == [("MudBench", BOTH), ("ShoreSet", "rules")]


def test_a_single_value_that_both_found_says_so():
    assert completed(Reading(method="tidenet"), Reading(method="TideNet")).parts[0].found_by == BOTH


def test_what_the_model_says_twice_fills_once():
    made = completed(Reading(datasets=("MudBench", "Mud-Bench", "ShoreSet")), Reading())

    assert rows_in(made, "datasets") == [("MudBench", "model"), ("ShoreSet", "model")]


def test_one_number_of_two_datasets_is_two_rows():
    quote = "93.2% accuracy on MudBench and 41.7 mIoU on ShoreSet"
    findings = tuple(Finding(quote=quote, dataset=name, value=93.2) for name in ("MudBench", "ShoreSet"))

    assert len(rows_in(completed(Reading(findings=findings), Reading()), "findings")) == 2


def test_equal_numbers_of_overlapping_quotes_are_the_same_finding():
    made = completed(
        Reading(findings=(Finding(quote="reaches 93.2% accuracy", value=93.2),)),
        Reading(findings=(Finding(quote="93.2% accuracy on MudBench", dataset="MudBench", value=93.2),)),
    )

    assert rows_in(made, "findings") == [("93.2% accuracy on MudBench", BOTH)]


@pytest.mark.parametrize(
    "other",
    [
        Finding(quote="needs 41.7 hours", value=41.7),
        Finding(quote="93.2% accuracy on MudBench and 41.7 mIoU", value=93.2),
        Finding(quote="41.7 mIoU on ShoreSet"),
        Finding(quote="Reading the Sea", value=41.7),
    ],
    ids=["equal number elsewhere", "other number of an overlapping quote", "no number", "in the title"],
)
def test_another_number_or_another_place_is_another_finding(other):
    theirs = Finding(quote="41.7 mIoU on ShoreSet", value=41.7)

    made = completed(Reading(findings=(theirs,)), Reading(findings=(other,)))

    assert rows_in(made, "findings") == [(other.quote, "rules")]


def test_quotes_that_only_touch_do_not_overlap():
    made = completed(
        Reading(findings=(Finding(quote="TideNet maps"),)), Reading(findings=(Finding(quote="tidal flats"),))
    )

    assert rows_in(made, "findings") == [("tidal flats", "rules")]


def test_where_the_partner_looked_for_a_list_and_found_nothing_there_is_none():
    model = Reading(findings=(Finding(quote="reaches 93.2% accuracy", value=93.2),), datasets=("MudBench",))

    made = completed(model, Reading(), looked_for=("findings", "datasets"))

    assert (rows_in(made, "findings"), rows_in(made, "datasets")) == ([], [])


def test_parts_of_a_field_that_the_partner_does_not_know_are_the_models():
    model = Reading(findings=(Finding(quote="reaches 93.2% accuracy", value=93.2),))

    assert rows_in(completed(model, Reading()), "findings") == [("reaches 93.2% accuracy", "model")]


def test_parts_without_a_quote_are_told_apart_by_their_words():
    made = completed(
        Reading(tools=(Tool(name="TideNet", purpose="maps"), Tool(name="ShoreSet", purpose="data"))),
        Reading(tools=(Tool(name="MudBench", purpose="data"), Tool(name="tide-net", purpose="maps"))),
    )

    assert rows_in(made, "tools") == [("MudBench", "rules"), ("tide-net", BOTH)]


def test_the_same_words_in_another_field_are_another_row():
    made = completed(Reading(tools=(Tool(name="TideNet"),)), Reading(tools=(Tool(purpose="TideNet"),)))

    assert [part.found_by for part in made.parts if part.table == "tools"] == ["rules"]


# ---------------------------------------------------------------- where the model leads


def test_where_the_model_leads_its_single_value_stands():
    made = completed(
        Reading(method="TideNet", mood="calm"), Reading(method="MudBench", mood="wild"), leads=["method"]
    )

    assert root_of(made) == {"method": "TideNet", "page": None, "mood": "wild"}
    assert made.parts[0].found_by == BOTH


def test_where_the_model_leads_and_says_nothing_there_is_nothing():
    made = completed(
        Reading(), Reading(method="TideNet", datasets=("MudBench",)), leads=["method", "datasets"]
    )

    assert (root_of(made)["method"], rows_in(made, "datasets")) == (None, [])
    assert made.parts[0].found_by is None


def test_where_the_model_leads_its_items_stand_and_say_what_the_partner_found_too():
    made = completed(
        Reading(datasets=("ShoreSet", "MudBench")),
        Reading(datasets=("mudbench", "TideNet")),
        looked_for=["datasets"],
        leads=["datasets"],
    )

    assert rows_in(made, "datasets") == [("ShoreSet", "model"), ("MudBench", BOTH)]


def test_where_the_model_leads_its_findings_stand_with_all_that_they_say():
    claim = Finding(quote="93.2% accuracy on MudBench", value=93.2, dataset="MudBench")
    made = completed(
        Reading(findings=(claim,)),
        Reading(findings=(Finding(quote="It reaches 93.2% accuracy", value=93.2, dataset="ShoreSet"),)),
        leads=["findings"],
    )

    (part,) = [part for part in made.parts if part.table == "findings"]
    assert {value.field: value.value for value in part.values} == claim.model_dump()
    assert part.found_by == BOTH


def test_of_a_finding_that_both_have_the_model_may_lead_in_single_fields():
    theirs = (
        Finding(quote="reaches 93.2% accuracy on MudBench", value=93.2, dataset="MudBench"),
        Finding(quote="and 41.7 mIoU on ShoreSet", value=41.7, dataset="WaveSet"),
    )
    ours = (
        Finding(quote="93.2% accuracy", value=93.2, dataset="ShoreSet"),
        Finding(quote="41.7 mIoU on ShoreSet", value=41.7, dataset="ShoreSet"),
        Finding(quote="needs 41.7 hours", value=41.7),
    )
    made = completed(Reading(findings=theirs), Reading(findings=ours), leads=["findings.dataset"])

    assert [
        (part.values[0].value, part.values[1].value, part.found_by)
        for part in made.parts
        if part.table == "findings"
    ] == [
        ("93.2% accuracy", "MudBench", BOTH),
        # What the text does not bear out takes the place of nothing.
        ("41.7 mIoU on ShoreSet", "ShoreSet", BOTH),
        ("needs 41.7 hours", None, "rules"),
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "stands"),
    [
        # Beside the number, and nearer than the model's: it stands.
        ("accuracy", "mIoU", "accuracy"),
        # The model's is as near.
        ("accuracy on MudBench", "accuracy", "accuracy"),
        # The partner's is too far to be sure.
        ("MudBench", "ShoreSet", "ShoreSet"),
        ("mIoU", "ShoreSet", "ShoreSet"),
        # The model says that there is none.
        ("accuracy", None, "accuracy"),
        ("MudBench", None, None),
        (None, "ShoreSet", "ShoreSet"),
    ],
)
def test_a_name_of_the_partners_beside_the_number_is_the_surer(ours, theirs, stands):
    quote = "It reaches 93.2% accuracy on MudBench and 41.7 mIoU on ShoreSet"
    made = completed(
        Reading(findings=(Finding(quote=quote, value=93.2, dataset=theirs),)),
        Reading(findings=(Finding(quote=quote, value=93.2, dataset=ours),)),
        leads=["findings.dataset"],
    )

    (part,) = [part for part in made.parts if part.table == "findings"]
    assert {value.field: value.value for value in part.values}["dataset"] == stands


def test_a_lead_in_a_field_of_the_record_is_none_in_a_part():
    claim = Finding(quote="93.2% accuracy on MudBench", value=93.2, dataset="MudBench")
    made = completed(
        Reading(findings=(claim,)),
        Reading(findings=(claim.model_copy(update={"dataset": "ShoreSet"}),)),
        leads=["dataset"],
    )

    (part,) = [part for part in made.parts if part.table == "findings"]
    assert part.values[1].value == "ShoreSet"


def test_of_one_number_that_is_claimed_of_two_things_each_row_gets_its_own():
    quote = "41.7 mIoU on ShoreSet, and needs 41.7 hours"
    claimed = [Finding(quote=quote, value=41.7)] * 2
    named = [Finding(quote=quote, value=41.7, dataset=name) for name in ("ShoreSet", "MudBench")]

    both = completed(Reading(findings=named), Reading(findings=claimed), leads=["findings.dataset"])

    datasets = [part.values[1].value for part in both.parts if part.table == "findings"]
    assert datasets == ["ShoreSet", "MudBench"]


def test_a_row_that_one_said_once_serves_two_of_the_other():
    quote = "41.7 mIoU on ShoreSet, and needs 41.7 hours"
    named = Finding(quote=quote, value=41.7, dataset="ShoreSet")

    both = completed(
        Reading(findings=[named]),
        Reading(findings=[Finding(quote=quote, value=41.7)] * 2),
        leads=["findings.dataset"],
    )

    assert rows_in(both, "findings") == [(quote, BOTH), (quote, BOTH)]
