"""What a grammar says. Whether llama.cpp reads it is shown in integration/test_embedded.py."""

import json
import re
from enum import Enum
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, create_model

from extractor.catalog import load_schema
from extractor.papers import Text
from extractor.providers.embedded.grammar import LONGEST_NAME, LONGEST_QUOTE, grammar_for
from extractor.providers.embedded.spans import Spans, chunks_of
from extractor.records import Label, Name, Number, Quote, Record, Url

PAPERS = load_schema("papers").record_type

TEXT = Text(
    title="Marram: Dunes from One Camera",
    abstract="We present Marram. It reaches 71.5% on DuneBench and is 2x faster. "
    "See https://example.org/marram and https://example.org/more.",
)


class Mood(Enum):
    CALM = "calm"
    WILD = 'so "wild"'


class Grade(Enum):
    ONE = 1
    TWO = 2


class Finding(Record):
    names: tuple[Name, ...] = ()
    mood: Mood | None = None
    value: Annotated[float | None, Number(of="quote")] = None
    steps: Annotated[int | None, Number(of="quote")] = None
    is_new: bool | None = None
    link: Url | None = None
    quote: Quote = ""


class Remark(Record):
    quote: Quote = ""
    who: Name | None = None


class Tool(Record):
    name: Name | None = None
    price: float | None = None
    colours: tuple[Label, ...] = ()


class Everything(Record):
    name: Name | None = None
    names: list[Name] = Field(default_factory=list)
    quote: Quote | None = None
    value: Annotated[float | None, Number(of="quote")] = None
    link: Url | None = None
    links: tuple[Url, ...] = ()
    label: Label | None = None
    word: str | None = None
    kind: Literal["a b", 'c "d"', "e\\f"] | None = None
    kinds: tuple[Literal["x", "y"], ...] = ()
    mood: Mood | None = None
    grade: Grade | None = None
    is_new: bool | None = None
    count: int | None = None
    ratio: float | None = None
    main: Finding | None = None
    findings: tuple[Finding, ...] = ()
    remark: Remark | None = None
    remarks: tuple[Remark, ...] = ()
    tool: Tool | None = None
    tools: tuple[Tool, ...] = ()


def grammar(record_type=PAPERS, text=TEXT):
    return grammar_for(record_type, Spans(text))


def rules_of(made):
    """Return the rules of a grammar by name; a name that is made twice, or is none, fails."""
    first, *lines = made.split("\n")
    assert first == "%llguidance {}"
    rules = {}
    for line in lines:
        name, colon, value = line.partition(": ")
        assert colon
        assert re.fullmatch(r"[a-z_][a-z0-9_]*|[A-Z_][A-Z0-9_]*", name), f"no name of a rule: {name}"
        assert name not in rules, f"made twice: {name}"
        rules[name] = value
    return rules


_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_PATTERN = re.compile(r"/(?:[^/\\]|\\.)+/")


def used_in(value):
    """Return the names of rules in an expression."""
    if value.startswith("%regex "):
        return set()
    return set(re.findall(r"\w+", re.sub(r"\{\d+,\d+\}", "", _PATTERN.sub("", _LITERAL.sub("", value)))))


def pattern_of(value):
    """Return the regular expression of a rule that holds one."""
    (found,) = _PATTERN.findall(value)
    return re.compile(found[1:-1].replace("\\/", "/"), re.DOTALL)


def literals_of(value):
    """Return the words between quotation marks in an expression."""
    return [json.loads(found) for found in _LITERAL.findall(value)]


def value_of(field, value):
    """Return what an object's expression has as the value of a field."""
    return value.partition(f'"\\"{field}\\": " ')[2].partition(' ", " "\\"')[0]


def offered(value):
    """Return the chunks that a terminal is made of."""
    return json.loads(value.removeprefix("%regex "))["substring_chunks"]


ODD_TEXTS = [
    pytest.param(Text(title="", abstract="It reaches 5.5% there."), id="no title"),
    pytest.param(Text(title="Gulls", abstract="They call. They fly."), id="no numbers and no links"),
    pytest.param(Text(title="A", abstract="Gulls"), id="one word"),
    pytest.param(Text(title="", abstract=""), id="nothing"),
    pytest.param(Text(title="...", abstract="?! 5.5%."), id="marks"),
    pytest.param(Text(title='"""', abstract='"It" is "5.5%", \\" \\\\ \\alpha \\n \\u0041.'), id="escapes"),
    pytest.param(
        Text(title="海鸥", abstract="达到93.1%。见https://example.org/海鸥 🐦👩‍🔬"), id="CJK and emoji"
    ),
    pytest.param(Text(title="a\tb\nc", abstract="It\r\nis \x015.5%\x7f \u2028 \u2029."), id="controls"),
    pytest.param(Text(title="start: /a/", abstract='%regex {"a": 1} 5% // <[1]> ${x} "'), id="a grammar"),
    pytest.param(Text(title="Long", abstract="Reed 7 reaches 7.5% of it, as before. " * 540), id="20 kB"),
]


# ---------------------------------------------------------------- any schema, any text


@pytest.mark.parametrize("record_type", [PAPERS, Everything], ids=["papers", "every kind of field"])
@pytest.mark.parametrize("text", ODD_TEXTS)
def test_each_rule_is_made_once_and_each_that_is_used_is_made(record_type, text):
    rules = rules_of(grammar(record_type, text))

    assert set().union(*map(used_in, rules.values())) <= rules.keys()


@given(st.text(), st.text())
def test_any_text_has_a_grammar_of_a_line_a_rule(title, abstract):
    rules = rules_of(grammar(Everything, Text(title=title, abstract=abstract)))

    assert set().union(*map(used_in, rules.values())) <= rules.keys()


class Case(Record):
    Claims: tuple[Finding, ...] = ()


Abroad = create_model("Abroad", __base__=Record, größen=(tuple[Finding, ...], ()))


class Alike(Record):
    a: tuple[Finding, ...] = ()
    a_0: tuple[Finding, ...] = ()
    A_0_1: tuple[Finding, ...] = ()


class Reserved(Record):
    start: Label | None = None
    label: Label | None = None
    number: float | None = None
    name: tuple[Finding, ...] = ()


@pytest.mark.parametrize("record_type", [Case, Abroad, Alike, Reserved])
def test_a_field_may_have_any_name(record_type):
    rules = rules_of(grammar(record_type))

    assert set().union(*map(used_in, rules.values())) <= rules.keys()
    keys = [literal for literal in literals_of(rules["start"]) if literal.endswith(": ")]
    assert [json.loads(key.removesuffix(": ")) for key in keys] == list(record_type.model_fields)


def test_the_fields_come_in_the_order_of_the_class():
    keys = [one for one in literals_of(rules_of(grammar())["start"]) if one.endswith(": ")]

    assert keys == ['"tasks": ', '"method": ', '"datasets": ', '"metrics": ', '"code_url": ', '"claims": ']


def test_the_same_text_has_the_same_grammar():
    assert grammar() == grammar(text=Text(title=TEXT.title, abstract=TEXT.abstract))


# ---------------------------------------------------------------- names


def test_names_are_spans_of_title_and_abstract():
    assert "".join(offered(rules_of(grammar())["TEXT_NAME"])).split(" \u2029 ") == [TEXT.title, TEXT.abstract]


@pytest.mark.parametrize(
    "name",
    [
        "Marram",
        "7",
        "Reed-Solver++",
        "Accuracy (ACC)",
        "93.1%",
        "C",
        "mAP@0.5",
        "海鸥",
        "🐦",
        "U.S.",
        "x" * 60,
    ],
)
def test_what_names_look_like_is_taken(name):
    assert pattern_of(rules_of(grammar())["NAME"]).fullmatch(name)


@pytest.mark.parametrize("name", ["", " Marram", "Marram ", "Marram,", ", Marram", "(Marram", "x" * 61])
def test_a_name_begins_and_ends_with_a_word_and_is_bounded(name):
    assert LONGEST_NAME == 60
    assert not pattern_of(rules_of(grammar())["NAME"]).fullmatch(name)


def test_no_name_runs_from_the_title_into_the_abstract():
    rules = rules_of(grammar(text=Text(title="Gulls", abstract="We study gulls.")))

    assert not pattern_of(rules["NAME"]).fullmatch("Gulls \u2029 We study")


def test_a_list_of_names_is_bounded():
    assert rules_of(grammar())["start"].startswith('"{" "\\"tasks\\": " "[" (name (", " name){0,2})? "]"')


# ---------------------------------------------------------------- links, labels, numbers


def test_only_the_links_of_the_text_can_be_given():
    links = literals_of(rules_of(grammar())["link"])

    assert [json.loads(link) for link in links] == [
        "https://example.org/marram",
        "https://example.org/more",
    ]


def test_a_choice_of_nothing_is_not_offered():
    # Given a text without a link or a number,
    made = grammar(Everything, Text(title="Gulls", abstract="They call and call."))
    # then there is no rule that would have to be answered with what no JSON holds,
    assert "\\u0000" not in made
    # and what would need one is null, or empty.
    start = rules_of(made)["start"]
    said = {
        name: "".join(literals_of(value_of(name, start))) for name in ("link", "links", "main", "findings")
    }
    assert said == {"link": "null", "links": "[]", "main": "null", "findings": "[]"}


@pytest.mark.parametrize("abstract", ["", "   ", "?! ..."])
def test_a_text_without_words_has_no_names(abstract):
    # A grammar whose names match nothing is passed over by llama.cpp, and the answer is then free.
    rules = rules_of(grammar(text=Text(title="", abstract=abstract)))

    assert "name" not in used_in(rules["start"])


@pytest.mark.parametrize(
    ("field", "choices"),
    [
        ("kind", ["a b", 'c "d"', "e\\f"]),
        ("mood", ["calm", 'so "wild"']),
        ("grade", [1, 2]),
        ("is_new", [True, False]),
    ],
)
def test_a_closed_label_is_one_of_its_choices(field, choices):
    value = value_of(field, rules_of(grammar(Everything))["start"])

    said = [json.loads(literal) for literal in literals_of(value)]

    assert said == [*choices, None]


def test_a_free_label_is_short_and_needs_no_escape():
    label = pattern_of(rules_of(grammar())["label"])

    assert all(label.fullmatch(json.dumps(one)) for one in ("%", "x", "GPU hours", "km/h", "F1", "x" * 16))
    assert not any(label.fullmatch(one) for one in ('""', '"a"b"', '"\\"', '"\n"', f'"{"x" * 17}"'))


class Measured(Record):
    ratio: float | None = None


@pytest.mark.parametrize("number", ["0", "-0.5", "7", "10", "71.5", "123456789012"])
def test_a_number_is_one_of_json(number):
    pattern = pattern_of(rules_of(grammar(Measured))["number"])

    assert pattern.fullmatch(number)
    assert isinstance(json.loads(number), int | float)


@pytest.mark.parametrize("number", ["007", "00", "-01", "01.5", "1.", ".5", "", "-", "1e5", "NaN"])
def test_a_number_is_nothing_that_json_refuses(number):
    assert not pattern_of(rules_of(grammar(Measured))["number"]).fullmatch(number)


class Counted(Record):
    count: int | None = None


def test_a_whole_number_has_no_decimals():
    rules = rules_of(grammar(Counted))
    (used,) = used_in(rules["start"])

    assert pattern_of(rules[used]).fullmatch("7")
    assert not pattern_of(rules[used]).fullmatch("7.5")


class Always(Record):
    is_survey: bool = False
    method: Name = ""
    count: int = 0
    kind: Literal["essay", "study"] = "study"


def test_a_field_that_cannot_be_null_is_not_offered_null():
    assert '"null"' not in rules_of(grammar(Always))["start"]


# ---------------------------------------------------------------- parts


def test_a_part_quotes_one_sentence_and_its_numbers_are_of_that_sentence():
    # Given three sentences, of which one states numbers,
    rules = rules_of(grammar())
    # then claims are about that one alone.
    assert used_in(rules["part_0"]) == {"part_0_1"}
    assert "".join(offered(rules["TEXT_QUOTE_1"])) == "It reaches 71.5% on DuneBench and is 2x faster."
    assert literals_of(rules["number_1"]) == ["71.5", "2"]


def test_the_quote_comes_first_and_its_number_next():
    keys = [one for one in literals_of(rules_of(grammar())["part_0_1"]) if one.endswith(": ")]

    assert keys[:2] == ['"quote": ', '"value": ']
    assert len(keys) == 12


def test_a_part_without_numbers_may_quote_every_sentence():
    class Remark(Record):
        quote: Quote = ""

    class Remarks(Record):
        remarks: tuple[Remark, ...] = ()

    rules = rules_of(grammar(Remarks))

    assert used_in(rules["part_0"]) == {"part_0_0", "part_0_1", "part_0_2"}


def test_a_whole_number_of_a_quote_is_no_decimal():
    # Given a sentence that states 71.5 and 2, only 2 can be a field of whole numbers.
    class Stepped(Record):
        quote: Quote = ""
        steps: Annotated[int | None, Number(of="quote")] = None

    class Steps(Record):
        steps: tuple[Stepped, ...] = ()

    made = grammar(Steps)

    assert '"2"' in made
    assert '"71.5"' not in made


@pytest.mark.parametrize(
    ("abstract", "numbers"),
    [
        ("It takes two thirds of the time.", [2 / 3]),
        ("It holds 12345678901 weights.", [12_345_678_901]),
        ("It falls by -3.2 dB, to 0.001.", [-3.2, 0.001]),
        ("It holds 1.5M weights.", [1_500_000]),
    ],
)
def test_numbers_are_offered_to_their_last_digit(abstract, numbers):
    rules = rules_of(grammar(text=Text(title="T", abstract=abstract)))

    assert [json.loads(one) for one in literals_of(rules["number_0"])] == numbers


def test_a_quote_is_bounded():
    pattern = pattern_of(rules_of(grammar())["QUOTE_1"])

    assert LONGEST_QUOTE == 280
    assert pattern.fullmatch("It reaches 71.5% on DuneBench.")
    assert pattern.fullmatch("x" * 280)
    assert not pattern.fullmatch("x" * 281)
    assert not pattern.fullmatch("It is ")


def test_a_number_at_the_root_is_of_the_quote_there():
    # Given a record with a quote and its number at the root,
    class Single(Record):
        quote: Quote | None = None
        value: Annotated[float | None, Number(of="quote")] = None

    start = rules_of(grammar(Single))["start"]
    # then the number is none of any number's choosing.
    assert "number" not in used_in(start)


@given(st.text(min_size=1))
def test_what_is_offered_is_the_text_whole(abstract):
    text = Text(title="T", abstract=abstract)

    assert offered(rules_of(grammar(text=text))["TEXT_NAME"]) == chunks_of(Spans(text).whole)
