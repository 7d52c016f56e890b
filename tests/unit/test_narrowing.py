"""What of a record an answer has, where a partner tells the rest."""

from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import ValidationError

from extractor.papers import Text
from extractor.providers.embedded.narrowing import narrowed, says_of
from extractor.providers.embedded.short_form import FORM_VERSION, shape_of, short_form
from extractor.providers.embedded.short_grammar import short_grammar_for
from extractor.providers.embedded.spans import Spans
from extractor.providers.embedded.trained import Trained
from extractor.records import Judging, Label, Metric, Name, Number, Quote, Record, Role, Url, fields_of


class Finding(Record):
    dataset: Name | None = None
    metric: Metric | None = None
    unit: Label | None = None
    count: Annotated[int | None, Number(of="quote")] = None
    high: Annotated[float | None, Number(of="quote")] = None
    quote: Quote = ""


class Tool(Record):
    name: Name | None = None
    price: float | None = None


class Reading(Record):
    judging: ClassVar[Judging] = Judging(primary={"tasks": "task"})

    tasks: tuple[Name, ...] = ()
    method: Name | None = None
    datasets: tuple[Name, ...] = ()
    link: Url | None = None
    mood: Literal["calm", "wild"] | None = None
    main: Tool | None = None
    findings: tuple[Finding, ...] = ()


EVERYTHING = ("tasks", "method", "datasets", "link", "mood", "main", "findings")
TOLD = ("quote", "count", "high")


@pytest.mark.parametrize(
    ("leads", "known", "says"),
    [
        (EVERYTHING, EVERYTHING, EVERYTHING),
        ((), (), EVERYTHING),
        ((), EVERYTHING, ()),
        (("tasks", "link"), EVERYTHING, ("tasks", "link")),
        # A part is found again by its quote and its numbers.
        (
            ("findings.metric",),
            EVERYTHING,
            ("findings.metric", "findings.count", "findings.high", "findings.quote"),
        ),
        (("main.price",), EVERYTHING, ("main.name", "main.price")),
        # A field of the record leads in none of the same name within a part.
        (("method", "metric"), EVERYTHING, ("method",)),
        (("findings.metric",), ("datasets",), ("tasks", "method", "link", "mood", "main", "findings")),
    ],
)
def test_an_answer_has_what_it_leads_in_and_what_a_partner_may_lack(leads, known, says):
    assert says_of(Reading, leads, known) == says


def test_what_a_class_requires_is_said_though_a_partner_knows_it():
    class Strict(Record):
        datasets: tuple[Name, ...]
        tasks: tuple[Name, ...] = ()

    assert says_of(Strict, (), ("datasets", "tasks")) == ("datasets",)


def part_in(record_type, list_name):
    (part,) = [spec.part for spec in fields_of(record_type) if spec.name == list_name]
    return part


def test_a_narrowed_record_is_one_of_the_same_fields_in_the_same_order():
    says = says_of(Reading, ("tasks", "findings.metric"), EVERYTHING)
    narrow = narrowed(Reading, says)

    tasks, findings = fields_of(narrow)
    assert tasks == fields_of(Reading)[0]
    assert findings.name == "findings"
    assert narrow.judging == Reading.judging
    kept = {spec.name: spec for spec in fields_of(Finding)}
    metric, count, high, quote = fields_of(part_in(narrow, "findings"))
    assert (metric, high, quote) == (kept["metric"], kept["high"], kept["quote"])
    assert (count.name, count.role, count.kind, count.of) == ("count", Role.NUMBER, int, "quote")


def test_a_narrowed_part_that_quotes_a_number_has_one():
    narrow = narrowed(Reading, says_of(Reading, ("findings.metric",), EVERYTHING))
    said = {"quote": "12 gulls", "count": 12, "metric": "gulls"}

    assert narrow.model_validate({"findings": [said]}).model_dump()["findings"] == ({**said, "high": None},)
    with pytest.raises(ValidationError, match=r"findings\.0\.count"):
        narrow.model_validate({"findings": [{"quote": "gulls"}]})


def test_a_single_part_that_quotes_nothing_stays_single():
    narrow = narrowed(Reading, says_of(Reading, ("main.price",), EVERYTHING))

    assert narrow.model_validate({"main": {"name": "net", "price": 2}}).model_dump()["main"] == {
        "name": "net",
        "price": 2.0,
    }
    assert narrow.model_validate({}).model_dump()["main"] is None


def test_a_part_without_its_number_is_no_part_of_an_answer():
    narrow = narrowed(Reading, says_of(Reading, ("findings.metric",), EVERYTHING))
    findings = [
        {"quote": "It is cheap", "metric": "price"},
        {"quote": "12 gulls an hour", "count": 12, "metric": "gulls"},
    ]

    written = short_form({"findings": findings}, narrow)

    assert written == "findings: 12 gulls an hour\n count: 12\n metric: gulls\n"
    assert "It is cheap" in short_form({"findings": findings}, Reading)


def test_the_grammar_asks_for_no_part_without_its_number():
    text = Text(title="Gulls", abstract="We count 12 gulls. It is cheap and easy.")

    def start_of(record_type):
        lines = short_grammar_for(record_type, Spans(text), end=2).split("\n")
        return next(line for line in lines if line.startswith("start: "))

    narrow = narrowed(Reading, says_of(Reading, ("findings.metric",), EVERYTHING))
    assert "plain" in start_of(Reading)
    assert start_of(narrow).endswith(" numbered_0_0_0? <[2]>")


def test_a_trained_model_answers_with_all_where_it_does_not_say_what():
    whole = Trained(shape_of(Reading), FORM_VERSION)
    narrow = Trained(shape_of(Reading), FORM_VERSION, says=("tasks", "findings.quote", "findings.count"))

    assert whole.answer_type(Reading) is Reading
    assert [spec.name for spec in fields_of(narrow.answer_type(Reading))] == ["tasks", "findings"]
    # It is of use for the whole record all the same.
    assert narrow.answers(Reading)
