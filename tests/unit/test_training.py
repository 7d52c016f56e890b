"""Labels -> examples -> steps: all of a training that needs no torch."""

import json
import math
from typing import Annotated, Literal

import gguf
import numpy as np
import pytest

from extractor.errors import GoldError, RunStoppedError, SettingsError
from extractor.papers import Text
from extractor.providers.embedded.trained import Trained, trained_for
from extractor.records import Name, Number, Quote, Record
from extractor.training.adapter_file import write_adapter
from extractor.training.base import LINEARS, Shape, read_base
from extractor.training.examples import Example, answer_of, digest_of, example_of
from extractor.training.labels import gold_lines, read_file, read_labelled, read_texts
from extractor.training.plan import RATE, RATE_GOING_ON, Recipe, batch_at, split
from extractor.training.telling import in_words, line_of


class Outcome(Record):
    quote: Quote = ""
    outcome: Name | None = None
    effect: Annotated[float | None, Number(of="quote")] = None


class Trial(Record):
    condition: Name | None = None
    drugs: tuple[Name, ...] = ()
    phase: Literal["1", "2"] | None = None
    outcomes: tuple[Outcome, ...] = ()


ABSTRACT = (
    "Coastal fever is common. Saltane and Dunol were given. Dunol lowered fever by 2 degrees, pain by 30%."
)
LINE = {
    "id": "t1",
    "title": "Dunol for Coastal Fever",
    "abstract": ABSTRACT,
    "condition": "Coastal fever",
    "drugs": ["Dunol", "Saltane"],
    "phase": "2",
    "outcomes": [
        {"quote": "Dunol lowered fever by 2 degrees, pain by 30%", "outcome": "pain", "effect": 30},
        {"quote": "Dunol lowered fever by 2 degrees, pain by 30%", "outcome": "fever", "effect": 2},
    ],
}


@pytest.fixture
def label_file(tmp_path):
    """Return a function that writes objects to a file of labels and reads its lines."""

    def make(*lines, name="labels.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return read_file(path)

    return make


@pytest.fixture
def learn(label_file):
    """Return a function that reads objects as labels."""

    def read(*lines, texts=()):
        return read_labelled([label_file(*lines)], read_texts(texts), Trial)

    return read


# ---------------------------------------------------------------- labels


def test_a_labelled_paper_keeps_what_is_said_and_drops_what_is_null(learn):
    (labelled,) = learn({**LINE, "drugs": [], "outcomes": None})

    assert labelled.paper_id == "t1"
    assert labelled.text == Text(title=LINE["title"], abstract=ABSTRACT)
    assert labelled.record == {"condition": "Coastal fever", "phase": "2"}


def test_of_several_forms_the_first_that_stands_in_the_text_is_learned(learn):
    (labelled,) = learn({**LINE, "condition": {"accept": ["fever of coasts", "Coastal Fever"]}})

    assert labelled.record["condition"] == "Coastal Fever"


def test_what_may_be_left_out_is_not_learned(learn):
    (labelled,) = learn({**LINE, "drugs": ["Dunol", {"accept": ["Saltane"], "optional": True}]})

    assert labelled.record["drugs"] == ["Dunol"]


def test_texts_may_stand_in_a_file_of_their_own(learn, label_file):
    line = {key: value for key, value in LINE.items() if key not in ("title", "abstract")}
    texts = label_file({"id": "t1", "title": "A", "abstract": ABSTRACT}, name="texts.jsonl")

    (labelled,) = learn(line, texts=[texts])

    assert labelled.text == Text(title="A", abstract=ABSTRACT)


def test_what_is_not_in_the_text_is_named_with_file_line_and_field(learn):
    wrong = {**LINE, "id": "t2", "outcomes": [{"quote": "it cures all"}], "condition": "gout"}

    with pytest.raises(GoldError) as raised:
        learn(LINE, wrong)

    first, *problems = str(raised.value).splitlines()
    assert first == "the labels cannot be learned from:"
    assert [problem.rpartition("labels.jsonl, ")[2] for problem in problems] == [
        "line 2, condition: 'gout' is not in the title or abstract",
        "line 2, outcomes[0].quote: 'it cures all' is not in the title or abstract",
    ]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"phase": "9"}, "line 1, phase: "),
        ({"colour": "red"}, "line 1, colour: there is no such field"),
        ({"abstract": None}, "no abstract for 't1'; give it here, or by --texts FILE"),
    ],
)
def test_a_line_that_does_not_fit_is_named(learn, changed, problem):
    with pytest.raises(GoldError) as raised:
        learn({**LINE, **changed})
    assert problem in str(raised.value)


def test_a_paper_that_is_labelled_twice_is_refused(label_file):
    files = [label_file(LINE), label_file(LINE, name="more.jsonl")]

    with pytest.raises(GoldError, match=r"more\.jsonl, line 1: 't1' stands in .*labels\.jsonl, line 1 too"):
        read_labelled(files, {}, Trial)


def test_a_line_of_texts_that_is_none_is_named(label_file):
    with pytest.raises(GoldError, match=r"texts\.jsonl, line 2: abstract: "):
        read_texts([label_file({"id": "a", "abstract": "A."}, {"id": "b"}, name="texts.jsonl")])


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(GoldError, match=r"none\.jsonl cannot be read"):
        read_file(tmp_path / "none.jsonl")


def test_the_gold_of_some_papers_is_their_lines(label_file):
    file = label_file(LINE, {**LINE, "id": "t2"})
    one, _ = read_labelled([file], {}, Trial)

    assert [json.loads(line)["id"] for line in gold_lines([one], [file])] == ["t1"]


# ---------------------------------------------------------------- examples


def test_an_answer_follows_the_text(learn):
    (labelled,) = learn(LINE)

    assert answer_of(labelled, Trial) == (
        "condition: Coastal fever\n"
        "drugs: Dunol\n"
        "drugs: Saltane\n"
        "phase: 2\n"
        "outcomes: Dunol lowered fever by 2 degrees, pain by 30%\n"
        " effect: 2\n"
        " outcome: fever\n"
        'outcomes: "\n'
        " effect: 30\n"
        " outcome: pain\n"
    )


class Letters:
    """Tokens that are code points; 0 ends an answer."""

    def question(self, messages):
        return [ord(letter) for message in messages for letter in message.content]

    def answer(self, text):
        return [*map(ord, text), 0]


def test_of_an_example_the_answer_alone_is_learned(learn):
    (labelled,) = learn(LINE)

    example = example_of(labelled, Trial, Letters())

    answer = answer_of(labelled, Trial)
    assert "".join(map(chr, example.answer[:-1])) == answer
    assert example.inputs[example.first_target + 1 :] == example.answer[:-1]
    assert example.length == len(example.question) + len(answer) + 1


# ---------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("recipe", "papers", "steps"),
    [
        (Recipe(), 4, 60),
        (Recipe(), 964, 723),
        (Recipe(batch=8), 964, 362),
        (Recipe(epochs=2), 4, 2),
        (Recipe(epochs=0.1), 4, 1),
    ],
)
def test_a_few_papers_are_learned_more_often(recipe, papers, steps):
    assert recipe.steps(papers) == steps


def examples_of(count):
    return [Example(f"p{number}", (1, 2, 3), (4, 5)) for number in range(count)]


def test_more_labels_move_no_paper_from_one_part_to_the_other_by_their_order():
    examples = examples_of(40)

    forwards, backwards = split(examples, 100), split(examples[::-1], 100)

    assert forwards == backwards
    assert (len(forwards.learned), len(forwards.watched)) == (38, 2)


def test_at_least_one_paper_is_watched():
    assert len(split(examples_of(5), 100).watched) == 1


def test_a_paper_that_the_model_cannot_read_whole_is_named():
    with pytest.raises(SettingsError, match="p0: 5 tokens, and the model reads 4"):
        split(examples_of(1), 4)


def test_each_paper_is_learned_once_an_epoch_in_another_order():
    examples, recipe = examples_of(8), Recipe(batch=4)

    first, second = (
        [one.paper_id for step in steps for one in batch_at(examples, recipe, step)]
        for steps in ((0, 1), (2, 3))
    )

    assert sorted(first) == sorted(second) == [f"p{number}" for number in range(8)]
    assert first != second


def test_the_rate_rises_then_falls_to_nothing():
    recipe = Recipe(rate=1.0)

    rates = [recipe.rate_at(step, 100) for step in range(101)]

    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == max(rates) == 1.0
    assert rates[55] == pytest.approx(0.5)
    assert math.isclose(rates[100], 0, abs_tol=1e-9)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_a_training_that_goes_on_learns_more_slowly_unless_it_is_told_a_rate():
    assert Recipe().rate_at(6, 60) == RATE
    assert Recipe().going_on().rate_at(6, 60) == RATE_GOING_ON < RATE
    assert Recipe(rate=1e-2).going_on() == Recipe(rate=1e-2)


@pytest.mark.parametrize(
    "wrong", [{"rank": 0}, {"rate": -1.0}, {"linears": ("attn_q", "attn_z")}, {"linears": ()}]
)
def test_a_recipe_that_cannot_be_followed_is_refused(wrong):
    with pytest.raises(SettingsError):
        Recipe(**wrong)


def test_a_recipe_names_the_weights_that_it_trains():
    shape = Shape(blocks=3, width=8, heads=2, kv_heads=1, epsilon=1e-5, rotation=1e4, context=64)

    assert Recipe(blocks=1, linears=("attn_q",)).weights(shape) == ("blk.2.attn_q.weight",)
    assert len(Recipe().weights(shape)) == 3 * len(LINEARS)


def test_another_order_of_tokens_or_another_rate_is_another_training():
    examples = examples_of(2)

    assert digest_of(examples) != digest_of(examples[::-1])
    assert Recipe().digest("a") != Recipe(rate=1e-3).digest("a")
    assert Recipe().digest("a") == Recipe(device="cpu", threads=1).digest("a")


def test_what_is_told_says_how_long_it_still_takes():
    assert line_of(5, 105, 0.25, 40.0, 0.5) == (
        "step 5 of 105: loss 0.2500, best on watched papers 0.5000, 40.00 s a step, 1 h 06 min left"
    )
    assert [in_words(seconds) for seconds in (40, 200, 7500)] == ["40 s", "3 min", "2 h 05 min"]


# ---------------------------------------------------------------- files


def test_a_base_is_read_with_its_shape_and_plain_weights(tiny_llama):
    base = read_base(tiny_llama)

    assert base.shape == Shape(2, 64, 4, 2, base.shape.epsilon, 10000.0, 4096)
    assert base.shape.epsilon == pytest.approx(1e-5)
    assert base.end == 2
    assert base.tensors["blk.1.ffn_down.weight"].shape == (64, 96)
    assert base.tensors["blk.1.ffn_down.weight"].dtype == np.float32


def test_a_base_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "other.gguf"
    writer = gguf.GGUFWriter(path, "mamba")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()

    with pytest.raises(RunStoppedError, match="is of architecture 'mamba'; extractor trains 'llama' alone"):
        read_base(path)


def test_an_adapter_says_what_it_was_trained_for(tmp_path):
    path = tmp_path / "made.adapter.gguf"
    pair = (np.ones((2, 4), np.float32), np.full((3, 2), 0.5, np.float32))
    made = Trained("0123456789abcdef", "1", 2, "rules", ("tasks",), ("tasks", "findings.quote"))

    write_adapter(path, {"blk.0.attn_q.weight": pair}, alpha=4.0, name="made", trained=made)

    assert trained_for(path) == made
    reader = gguf.GGUFReader(path)
    assert {one.name: one.data.shape for one in reader.tensors} == {
        "blk.0.attn_q.weight.lora_a": (2, 4),
        "blk.0.attn_q.weight.lora_b": (3, 2),
    }
    assert reader.fields["adapter.lora.alpha"].contents() == 4.0
    assert not path.with_name(path.name + ".new").exists()


def test_an_adapter_of_elsewhere_says_nothing_and_answers_for_no_record(tiny_llama):
    assert trained_for(tiny_llama) == Trained()
    assert not Trained().answers(Trial)


def test_a_file_that_is_no_adapter_is_named(tmp_path):
    path = tmp_path / "no.adapter.gguf"
    path.write_bytes(b"GGUF nothing")
    with pytest.raises(RunStoppedError, match=r"no\.adapter\.gguf cannot be read"):
        trained_for(path)
