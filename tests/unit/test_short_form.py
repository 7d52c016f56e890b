"""The short form in which a trained model answers, and the grammar that holds an answer to it."""

from enum import Enum
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from extractor.papers import Text
from extractor.providers.embedded.short_form import (
    read_short_form,
    said_once,
    shape_of,
    short_form,
    short_messages,
)
from extractor.providers.embedded.short_grammar import short_grammar_for
from extractor.providers.embedded.spans import Spans
from extractor.records import Label, Name, Number, Quote, Record, Url


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"


class Finding(Record):
    dataset: Name | None = None
    names: tuple[Name, ...] = ()
    value: Annotated[float | None, Number(of="quote")] = None
    high: Annotated[float | None, Number(of="quote")] = None
    is_new: bool | None = None
    quote: Quote = ""


class Tool(Record):
    name: Name | None = None
    price: float | None = None


class Reading(Record):
    method: Name | None = None
    tasks: tuple[Name, ...] = ()
    link: Url | None = None
    mood: Mood | None = None
    unit: Label | None = None
    count: int | None = None
    main: Tool | None = None
    findings: tuple[Finding, ...] = ()
    tools: tuple[Tool, ...] = ()


TEXT = Text(
    title="Marram: Dunes from One Camera",
    abstract="We present Marram. It reaches 71.5% on DuneBench and 62% on Shore. It is cheap. "
    "Code: github.com/x/marram.",
)


def test_a_value_is_a_line_and_what_says_nothing_has_none():
    record = {"method": "Marram", "tasks": ["dunes", "shores"], "link": None, "count": 3, "mood": "calm"}

    written = short_form(record, Reading)

    assert written == "method: Marram\ntasks: dunes\ntasks: shores\nmood: calm\ncount: 3\n"


def test_a_part_begins_with_its_quote_and_the_number_that_it_is_about():
    finding = {"dataset": "DuneBench", "high": 2.5, "value": 1.0, "is_new": False, "quote": "from 1 to 2.5"}

    written = short_form({"findings": [finding]}, Reading)

    assert written == (
        "findings: from 1 to 2.5\n value: 1\n dataset: DuneBench\n high: 2.5\n is_new: false\n"
    )


def test_a_quote_that_is_said_again_is_a_ditto_mark():
    findings = [{"quote": "71.5 and 62", "value": 71.5}, {"quote": "71.5 and 62", "value": 62.0}]

    written = short_form({"findings": findings}, Reading)

    assert written == 'findings: 71.5 and 62\n value: 71.5\nfindings: "\n value: 62\n'
    assert read_short_form(written, Reading) == {"findings": findings}


words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='"\\'), min_size=1)
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda n: round(n, 4))
findings = st.fixed_dictionaries(
    {"quote": words},
    optional={"value": numbers, "high": numbers, "dataset": words, "is_new": st.booleans()},
)
tools = st.fixed_dictionaries({}, optional={"name": words, "price": numbers})
records = st.fixed_dictionaries(
    {},
    optional={
        "method": words,
        "tasks": st.lists(words, min_size=1),
        "count": st.integers(-99, 99),
        "main": tools,
        "findings": st.lists(findings, min_size=1),
        "tools": st.lists(tools, min_size=1),
    },
)


@given(records)
def test_what_is_written_is_read_again(record):
    assert read_short_form(short_form(record, Reading), Reading) == record


@pytest.mark.parametrize("answer", ["Sure, here it is:\n", "colour: blue\n", " value: 3\n", "method\n"])
def test_what_is_no_line_of_the_form_is_named(answer):
    with pytest.raises(ValueError, match="no line of the short form") as raised:
        read_short_form(answer, Reading)
    assert repr(answer.rstrip("\n")) in str(raised.value)


def test_a_model_is_asked_with_the_text_alone():
    instruction, paper = short_messages(Text(title='The "Dune"\nEffect', abstract="One\ttwo."))

    assert instruction.content == "Fill in the record."
    assert paper.content == "The \u201dDune\u201d Effect\n\nOne two."


def test_what_is_said_twice_counts_once():
    findings = [{"quote": "a"}, {"quote": "b"}, {"quote": "a"}]

    assert said_once({"tasks": ["x", "y", "x"], "findings": findings}) == {
        "tasks": ["x", "y"],
        "findings": [{"quote": "a"}, {"quote": "b"}],
    }


# ---------------------------------------------------------------- what an adapter was trained for


class Told(Record):
    method: Name | None = Field(default=None, description="what is new")
    kind: Literal["a", "b"] | None = None


class ToldOtherwise(Record):
    method: Name | None = Field(default=None, description="its name")
    kind: Literal["a", "b"] | None = None


class Renamed(Record):
    name: Name | None = None
    kind: Literal["a", "b"] | None = None


class Widened(Record):
    method: Name | None = None
    kind: Literal["a", "b", "c"] | None = None


def test_a_description_changes_no_shape_and_all_that_an_answer_depends_on_does():
    assert shape_of(Told) == shape_of(ToldOtherwise)
    assert len({shape_of(one) for one in (Told, Renamed, Widened)}) == 3


# ---------------------------------------------------------------- the grammar


def rules_of(record_type, text=TEXT):
    header, *rules = short_grammar_for(record_type, Spans(text), end=2).split("\n")
    assert header == "%llguidance {}"
    return dict(rule.split(": ", 1) for rule in rules)


def test_an_answer_ends_with_the_token_that_is_named():
    assert rules_of(Reading)["start"].endswith(" <[2]>")


def test_each_number_of_a_sentence_leads_on_to_later_ones_alone():
    rules = rules_of(Reading)

    # Each may be claimed of two things: 71.5, 71.5, 62, 62.
    assert rules["body_0_7_1"].count('" value: 71.5"') == 2
    assert rules["body_2_7_1"].count('" value: 62"') == 2
    assert '" value: 71.5"' not in rules["body_2_7_1"]
    assert "next" not in rules["body_3_7_1"]


def test_a_sentence_without_numbers_has_no_part_with_one():
    rules = rules_of(Reading)

    assert "value" not in rules["plain_7_2"]
    assert "numbered_0_7_2" not in rules


def test_a_value_that_a_class_requires_has_its_line():
    class Named(Record):
        method: Name
        task: Name | None = None

    assert rules_of(Named)["start"] == '"method: " NAME "\\n" ("task: " NAME "\\n")? <[2]>'


def test_a_text_that_offers_nothing_leaves_an_answer_that_says_nothing():
    class Named(Record):
        method: Name | None = None

    assert rules_of(Named, Text(title="", abstract="..."))["start"] == '"" <[2]>'
