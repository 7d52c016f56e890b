import json
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.papers import Text
from extractor.providers.embedded.spans import Spans, chunks_of, look_alike, restored
from extractor.records import Label, Name, Number, Quote, Record, Url

TEXT = Text(
    title='The "Sandbar" Effect',
    abstract=(
        'We call it the "Sandbar effect". Sandbar reaches 71.5\\% accuracy on DuneBench\nand lowers cost '
        "from 12 to 7.5 hours. With $\\alpha$ = 2 nothing changes. See https://example.org/sandbar."
    ),
)


class Finding(Record):
    quote: Quote = ""
    value: Annotated[float | None, Number(of="quote")] = None
    before: Annotated[float | None, Number(of="quote")] = None
    datasets: tuple[Name, ...] = ()
    screen: Literal["12”", "15”"] | None = None


class Reading(Record):
    method: Name | None = None
    page: Url | None = None
    mood: Label | None = None
    screen: Literal["12”", "15”"] | None = None
    is_survey: bool | None = None
    tasks: tuple[Name, ...] = ()
    main: Finding | None = None
    findings: tuple[Finding, ...] = ()


def restore(answer, text=TEXT):
    return restored(answer, Reading, Spans(text))


def restore_finding(text=TEXT, **finding):
    (made,) = restore({"findings": [finding]}, text)["findings"]
    return made


# ---------------------------------------------------------------- look-alikes and chunks


@given(st.text(), st.booleans())
def test_a_look_alike_is_as_long_as_its_text_and_differs_only_where_json_would_escape(text, keep_lines):
    made = look_alike(text, keep_lines=keep_lines)

    assert len(made) == len(text)
    assert all(
        new == old or old in '"\\' or (not old.isprintable() and not keep_lines)
        for new, old in zip(made, text, strict=True)
    )


@given(st.text())
def test_a_look_alike_needs_no_escape_in_json(text):
    assert json.dumps(look_alike(text), ensure_ascii=False) == f'"{look_alike(text)}"'


def test_lines_are_kept_for_what_the_model_reads_and_are_blanks_in_what_it_says():
    assert look_alike('a\n"b"', keep_lines=True) == "a\n”b”"
    assert look_alike('a\n"b"') == "a ”b”"


@given(st.text())
def test_the_chunks_of_a_text_are_the_text(text):
    assert "".join(chunks_of(text)) == text


@pytest.mark.parametrize(
    "chunk",
    [
        "93.1%",
        "1,234,567",
        "1.234,5",
        "7",
        look_alike("71.5\\%"),
        "Harbourlight",
        "Gießen",
        "ночь",
        "https://example.org/a-b_c?d=1&e=2#f",
    ],
)
def test_a_number_a_word_and_a_link_are_one_chunk_each(chunk):
    assert chunk in chunks_of(f"It is {chunk} here")


def test_cjk_and_emoji_are_chunks_of_one_code_point():
    assert chunks_of("海鸥🐦 93.1%的") == ["海", "鸥", "🐦", " ", "93.1%", "的"]


def test_marks_within_a_name_are_chunks_so_that_a_span_may_hold_them():
    assert chunks_of("Reed-Solver++ (RS)") == ["Reed", "-", "Solver", "+", "+", " ", "(", "RS", ")"]


@pytest.mark.parametrize("end", [".", ",", ")", "),", '".'])
def test_what_closes_a_sentence_is_no_part_of_its_link(end):
    text = Text(title="T", abstract=f"See (https://example.org/a{end} More.")
    assert Spans(text).links == ["https://example.org/a"]


def test_a_link_that_stands_twice_is_offered_once():
    text = Text(title="https://example.org/a", abstract="See https://example.org/a and http://example.org/b")
    assert Spans(text).links == ["https://example.org/a", "http://example.org/b"]


# ---------------------------------------------------------------- sentences


def numbers_of(abstract):
    return [sentence.numbers for sentence in Spans(Text(title="T", abstract=abstract)).sentences]


def test_each_sentence_states_its_own_numbers():
    assert numbers_of("Reed reaches 71.5% on Dune. It needs no data. It is 2x faster.") == [
        (71.5,),
        (),
        (2.0,),
    ]


@pytest.mark.parametrize(
    ("abstract", "numbers"),
    [
        ("It rises from 0.28 to 0.34 there.", {0.28, 0.34}),
        ("It runs 1.3-2x faster.", {1.3, 2}),
        ("It takes half the time.", {0.5}),
        ("It holds 7B weights.", {7e9}),
        ("It fell by 2\\% there.", {2}),
        ("It runs $3\\times$ faster.", {3}),
        ("It runs 4\\sim 16\\times faster.", {4, 16}),
        ("ReedNet-50 on CIFAR-10 wins.", set()),
    ],
)
def test_a_sentence_states_both_ends_of_a_range_and_words_and_no_digits_of_names(abstract, numbers):
    assert set(numbers_of(abstract)[0]) == numbers


@pytest.mark.parametrize("abstract", ["", "   ", "\n"])
def test_an_empty_abstract_has_no_sentences(abstract):
    assert Spans(Text(title="T", abstract=abstract)).sentences == []


@given(st.text())
def test_every_sentence_stands_in_the_look_alike_of_the_abstract(abstract):
    text = Text(title="T", abstract=abstract)
    assert all(one.text in look_alike(text.abstract) for one in Spans(text).sentences)


# ---------------------------------------------------------------- as printed


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("the ”Sandbar effect”", 'the "Sandbar effect"'),
        ("71.5⧵%", "71.5\\%"),
        ("$⧵alpha$ = 2", "$\\alpha$ = 2"),
        ("DuneBench and lowers", "DuneBench\nand lowers"),
        ("The ”Sandbar” Effect", 'The "Sandbar" Effect'),
        ("nowhere to be found", "nowhere to be found"),
        ("", ""),
    ],
)
def test_words_are_given_back_as_the_text_prints_them(said, printed):
    assert Spans(TEXT).printed(said) == printed


@given(st.text(min_size=1), st.data())
def test_any_span_of_an_abstract_comes_back_as_words_that_stand_there(abstract, data):
    text = Text(title="", abstract=abstract)
    start = data.draw(st.integers(0, len(text.abstract)))
    end = data.draw(st.integers(start, len(text.abstract)))
    said = look_alike(text.abstract[start:end])

    printed = Spans(text).printed(said)

    assert printed in text.abstract
    assert look_alike(printed) == said


def test_names_links_and_lists_are_restored_and_nothing_is_repeated():
    made = restore(
        {
            "method": "”Sandbar effect”",
            "page": "https://example.org/sandbar",
            "tasks": ["$⧵alpha$", "DuneBench", "$⧵alpha$"],
        }
    )

    assert made["method"] == '"Sandbar effect"'
    assert made["page"] == "https://example.org/sandbar"
    assert made["tasks"] == ["$\\alpha$", "DuneBench"]


def test_what_says_nothing_still_says_nothing():
    made = restore({"method": None, "page": None, "tasks": [], "main": None, "findings": []})

    assert Reading.model_validate(made) == Reading()


def test_labels_are_left_as_they_are():
    text = Text(title="T", abstract='On a 12" screen.')

    made = restore({"mood": "%", "screen": "12”", "is_survey": True}, text)

    assert (made["mood"], made["screen"], made["is_survey"]) == ("%", "12”", True)
    assert restore_finding(text, quote="12” screen", screen="12”")["screen"] == "12”"


def test_a_quote_that_holds_its_number_stays_as_narrow_as_it_is():
    assert restore_finding(quote="reaches 71.5⧵%", value=71.5)["quote"] == "reaches 71.5\\%"


@pytest.mark.parametrize(
    ("quote", "value", "wide"),
    [
        ("Sandbar reaches", 71.5, "Sandbar reaches 71.5\\%"),
        ("accuracy on", 71.5, "71.5\\% accuracy on"),
        ("and lowers cost", 12, "and lowers cost from 12"),
    ],
)
def test_a_quote_without_its_number_is_widened_until_it_holds_it(quote, value, wide):
    made = restore_finding(quote=quote, value=value)["quote"]

    assert made.startswith(wide)
    assert made in TEXT.abstract


def test_a_quote_is_widened_for_each_of_its_numbers():
    made = restore_finding(quote="hours", value=7.5, before=12)["quote"]

    assert made == "12 to 7.5 hours"


def test_a_quote_is_never_widened_beyond_its_sentence():
    # Given a quote of the first sentence, and a number that only the second states,
    made = restore_finding(quote="We call it", value=71.5)
    # then the quote stays as it is.
    assert made["quote"] == "We call it"


def test_a_single_part_is_restored_like_a_part_of_a_list():
    part = {"quote": "the ”Sandbar effect”", "datasets": ["$⧵alpha$", "$⧵alpha$"]}

    made = restore({"main": part, "findings": [part]})

    assert made["main"]["quote"] == made["findings"][0]["quote"] == 'the "Sandbar effect"'
    assert made["main"]["datasets"] == made["findings"][0]["datasets"] == ["$\\alpha$"]


def test_the_quote_of_a_single_part_is_widened_too():
    made = restore({"main": {"quote": "Sandbar reaches", "value": 71.5}})

    assert made["main"]["quote"].startswith("Sandbar reaches 71.5\\%")


class Scores(Record):
    quote: Quote = ""
    values: Annotated[tuple[float, ...], Number(of="quote")] = ()


class Scored(Record):
    scores: tuple[Scores, ...] = ()


def test_a_quote_is_widened_for_a_list_of_numbers():
    answer = {"scores": [{"quote": "and lowers cost", "values": [12, 7.5]}]}

    (made,) = restored(answer, Scored, Spans(TEXT))["scores"]

    assert made["values"] == [12, 7.5]
    assert made["quote"].startswith("and lowers cost from 12 to 7.5")


# ---------------------------------------------------------------- any text, any answer


@st.composite
def answers(draw):
    """Draw a text and an answer of the grammar's shape, its words from the text or from anywhere."""
    text = Text(title=draw(st.text(max_size=20)), abstract=draw(st.text() | st.sampled_from(_ABSTRACTS)))
    whole = look_alike(text.abstract)
    spans = st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole))).map(
        lambda ends: whole[min(ends) : max(ends)]
    )
    words = spans | st.text(max_size=10)
    stated = [number for sentence in Spans(text).sentences for number in sentence.numbers]
    numbers = st.sampled_from([*stated, 1, 0.5]) | st.floats(allow_nan=False, allow_infinity=False)
    screens = st.sampled_from(["12”", "15”"])
    findings = st.fixed_dictionaries(
        {"quote": words},
        optional={
            "value": numbers,
            "before": numbers,
            "datasets": st.lists(words, max_size=3),
            "screen": screens,
        },
    )
    shape = {
        "method": st.none() | words,
        "page": st.none() | words,
        "mood": st.none() | words,
        "screen": st.none() | screens,
        "is_survey": st.none() | st.booleans(),
        "tasks": st.lists(words, max_size=3),
        "main": st.none() | findings,
        "findings": st.lists(findings, max_size=2),
    }
    return text, draw(st.fixed_dictionaries(shape))


_ABSTRACTS = (
    TEXT.abstract,
    'It "rises" from 0.28 to 0.34 on 海鸥 🐦. Half of it is 3\\times faster. "5.5\\%"? Yes, 1,234 times.',
)


@given(answers())
def test_any_answer_to_any_text_is_restored_to_a_record(drawn):
    text, answer = drawn

    made = restore(answer, text)

    Reading.model_validate(made)
    assert json.loads(json.dumps(made)) == made


@given(answers())
def test_a_quote_of_the_text_stays_one_and_only_grows(drawn):
    text, answer = drawn
    for said, made in zip(answer["findings"], restore(answer, text)["findings"], strict=True):
        if said["quote"] in look_alike(text.abstract):
            assert made["quote"] in text.abstract
            assert said["quote"] in look_alike(made["quote"])
