"""Figures of test_figures_are_those_of_the_scorer were computed once by the scorer beside the data."""

import json
from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from extractor.catalog import load_schema
from extractor.errors import GoldError, SchemaError
from extractor.evaluation import (
    Listed,
    Problem,
    Share,
    check_gold,
    evaluate,
    gold_template,
    read_gold,
)
from extractor.evaluation.wording import name_agreement, plain_url, quote_agreement
from extractor.papers import Paper, Text
from extractor.records import Judging, Label, Name, Number, Quote, Record, Url

PAPERS = load_schema("papers").record_type


def item(*accept, optional=False):
    return {"accept": list(accept), "optional": optional}


def claim(quote, value=None, **fields):
    return {"quote": quote, "value": value, **fields}


GOLD = [
    {
        "id": "p1",
        "title": "Harbourlight: Gated Pooling",
        "tasks": [item("image classification", "classifying images"), item("pooling", optional=True)],
        "method": item("Harbourlight"),
        "datasets": [item("CIFAR-100"), item("Tiny ImageNet", "TinyImageNet")],
        "metrics": [item("accuracy", "top-1 accuracy"), item("training time", optional=True)],
        "code_url": "https://example.org/harbourlight",
        "claims": [
            claim(
                "reaches 83.4% accuracy on CIFAR-100",
                83.4,
                metric=["accuracy"],
                dataset=["CIFAR-100"],
                unit="%",
                kind="absolute",
            ),
            claim(
                "trains 1.5 to 2x faster than average pooling",
                1.5,
                value_high=2,
                metric=["training time"],
                baseline=["average pooling"],
                unit="x",
                kind="ratio",
                direction="decrease",
            ),
            claim("is robust to shifts of the image", kind="qualitative", metric=["robustness"]),
        ],
    },
    {
        "id": "p2",
        "title": "Low Tide",
        "tasks": [item("speech recognition")],
        "method": item("Low Tide", optional=True),
        "datasets": [item("LibriSpeech")],
        "metrics": [item("word error rate", "WER")],
        "code_url": None,
        "claims": [
            claim(
                "lowers the word error rate by 0.4 points and 0.4 points on the other split",
                0.4,
                metric=["word error rate", "WER"],
                dataset=["the clean split"],
                unit="points",
                kind="difference",
                direction="decrease",
            ),
            claim(
                "lowers the word error rate by 0.4 points and 0.4 points on the other split",
                0.4,
                metric=["word error rate", "WER"],
                dataset=["the other split"],
                unit="points",
                kind="difference",
                direction="decrease",
            ),
        ],
    },
    {
        "id": "p3",
        "title": "On Patience",
        "tasks": [],
        "method": None,
        "datasets": [],
        "metrics": [],
        "code_url": None,
        "claims": [],
    },
]
TEXTS = {
    "p1": Text(
        title="Harbourlight: Gated Pooling",
        abstract="Harbourlight is for image classification. It reaches 83.4% accuracy on CIFAR-100, "
        "trains 1.5 to 2x faster than average pooling and is robust to shifts of the image.",
    ),
    "p2": Text(title="Low Tide", abstract="For speech recognition on LibriSpeech, at half the frames."),
    "p3": Text(title="On Patience", abstract="Annotators grow tired."),
}
ROWS: list[dict[str, Any]] = [
    {
        "id": "p1",
        "tasks": ["Classifying image", "poolings", "segmentation"],
        "method": "Harbour-Light",
        "datasets": ["CIFAR100", "CIFAR 100", "Tiny ImageNet dataset"],
        "metrics": ["training times", "F1"],
        "code_url": "HTTPS://Example.org/harbourlight.",
        "claims": [
            claim(
                "it reaches 83.4% accuracy on CIFAR-100",
                "83.4%",
                metric="Accuracy",
                dataset="CIFAR",
                unit=None,
                kind="absolute",
            ),
            claim(
                "1.5 to 2x faster",
                1.5,
                value_high=2.0,
                metric="training speed",
                unit="times",
                kind="ratio",
                direction="increase",
            ),
            claim("robust", kind="qualitative"),
        ],
    },
    {
        "id": "elsewhere",
        "title": "LOW TIDE!",
        "tasks": "recognition of birds",
        "datasets": None,
        "metrics": ["WER"],
        "claims": [
            claim(
                "lowers the word error rate by 0.4 points",
                0.4,
                dataset="other split",
                metric="WER",
                unit="%",
                kind="absolute",
                direction="decrease",
            ),
            claim("lowers the word error rate by 0.4 points", 0.5, metric="WER"),
            claim("half the frames are enough for this", None, kind="qualitative"),
        ],
    },
    {"id": "p4", "tasks": ["anything"]},
]


def gold_of(lines, record_type=PAPERS):
    return read_gold((json.dumps(line) for line in lines), record_type)


def judged(line, row, record_type=PAPERS):
    """Return the scores of one paper, as (right, extra, missed, ignored)."""
    gold, rows = gold_of([line | {"id": "p"}], record_type), [row | {"id": "p"}]
    run = evaluate(gold, {"run": rows}, {}, resamples=0).runs[0]
    return {name: (s.tp, s.fp, s.fn, s.ignored) for name, s in run.scores.items()}


def accuracy_of(field, expected, given, record_type=PAPERS):
    """Return how often a field of one claim is right, beside the fields that it is read with."""
    same = {"quote": "it is 5 of them", "value": 5}
    gold = gold_of([{"id": "p", "claims": [same | expected]}], record_type)
    rows = [{"id": "p", "claims": [same | given]}]
    run = evaluate(gold, {"run": rows}, {}, resamples=0).runs[0]
    return run.accuracies[f"claims.{field}"].all.count


# ---------------------------------------------------------------- all rules at once


@pytest.fixture(scope="module")
def run():
    """Return the figures of the run above."""
    return evaluate(gold_of(GOLD), {"run": ROWS}, {"run": TEXTS}).runs[0]


@pytest.mark.parametrize(
    ("name", "precision", "recall", "f1", "counts"),
    [
        ("task", 0.5, 0.333, 0.4, (1, 1, 2, 0)),
        ("tasks", 0.333, 0.5, 0.4, (1, 2, 1, 1)),
        ("method", 1.0, 1.0, 1.0, (1, 0, 0, 0)),
        ("datasets", 0.667, 0.667, 0.667, (2, 1, 1, 0)),
        ("metrics", 0.5, 0.5, 0.5, (1, 1, 1, 1)),
        ("code_url", 1.0, 1.0, 1.0, (1, 0, 0, 0)),
        ("claims_numbered", 0.75, 0.75, 0.75, (3, 1, 1, 0)),
        ("claims_unnumbered", 0.0, 0.0, 0.0, (0, 2, 1, 0)),
    ],
)
def test_figures_are_those_of_the_scorer(run, name, precision, recall, f1, counts):
    score = run.scores[name]

    assert (score.precision, score.recall, score.f1) == pytest.approx((precision, recall, f1), abs=0.0005)
    assert (score.tp, score.fp, score.fn, score.ignored) == counts


def test_the_macro_mean_is_that_of_the_scorer(run):
    macro = run.macro

    assert (macro.precision, macro.recall, macro.f1) == pytest.approx((0.736, 0.708, 0.719), abs=0.0005)
    assert macro.fields == ("task", "method", "datasets", "metrics", "code_url", "claims_numbered")


@pytest.mark.parametrize(
    ("field", "right", "stated"),
    [
        ("unit", Share(2, 3), Share(2, 3)),
        ("metric", Share(2, 3), Share(2, 3)),
        ("baseline", Share(2, 3), Share(0, 1)),
        ("dataset", Share(2, 3), Share(1, 2)),
        ("kind", Share(2, 3), Share(2, 3)),
        ("direction", Share(3, 3), Share(2, 2)),
        ("method", Share(3, 3), Share(0, 0)),
    ],
)
def test_shares_of_right_fields_are_of_the_numbered_claims_that_were_found(run, field, right, stated):
    accuracy = run.accuracies[f"claims.{field}"]

    assert (accuracy.all, accuracy.stated) == (right, stated)


def test_values_that_are_not_in_the_text_are_counted_by_field(run):
    assert run.absent_in_all == Share(20, 29)
    assert run.absent["claims.quote"] == Share(3, 6)
    assert run.absent["claims.value"] == Share(1, 4)


def test_a_paper_that_a_run_does_not_have_counts_as_empty_and_one_without_gold_not_at_all(run):
    assert (run.missing, run.unknown) == (("p3",), ("p4",))
    assert [paper.paper_id for paper in run.papers] == ["p1", "p2", "p3"]


def test_errors_are_listed_by_paper(run):
    listed = list(run.errors())

    accuracy = "83.4: \u00abreaches 83.4% accuracy on CIFAR-100\u00bb"
    assert Listed("p1", "tasks", "extra", None, "segmentation", None) in listed
    assert Listed("p1", "datasets", "similar", None, "Tiny ImageNet dataset", "Tiny ImageNet") in listed
    assert Listed("p1", "metrics", "missed", None, None, "accuracy") in listed
    assert Listed("p1", "claims.dataset", "different", accuracy, "CIFAR", "CIFAR-100") in listed
    assert (
        Listed("p1", "code_url", "not in the text", None, "HTTPS://Example.org/harbourlight.", None) in listed
    )
    number = "0.5: \u00ablowers the word error rate by 0.4 points\u00bb"
    assert Listed("p2", "claims_numbered", "extra", None, number, None) in listed
    assert {error.paper_id for error in listed} == {"p1", "p2", "p3"}
    assert not any(error.predicted == "Harbour-Light" and error.what == "extra" for error in listed)


# ---------------------------------------------------------------- names, quotes, links


@pytest.mark.parametrize(
    ("name", "form", "agreement"),
    [
        ("CIFAR-10", "cifar10", 1.0),
        ("fine-tuning", "Fine tuning", 1.0),
        ("finetuning", "fine-tuning", 1.0),
        ("W-PCA", "WPCA", 1.0),
        ("the top-1 accuracies", "Top-1 accuracy", 1.0),
        ("\uff26\uff29\uff24", "FID", 1.0),
        ("F_+", "F plus", 1.0),
        ("F_-", "F_+", 0.0),
        ("bus", "bu", 0.0),
        ("test set accuracy", "accuracy on test set", 6 / 7),
        ("set of tests", "test of set", 0.999),
        ("word error", "word error rate on speech", 0.0),
        ("the", "the", 0.0),
    ],
)
def test_names_agree_by_their_words(name, form, agreement):
    assert name_agreement(name, [form])[0] == pytest.approx(agreement)


def test_a_name_goes_with_the_form_that_is_nearest():
    assert name_agreement("error rate of words", ["rate", "word error rate", "error rate"]) == (6 / 7, 1)


@pytest.mark.parametrize(
    ("quote", "other", "shortest", "agreement"),
    [
        ("It gains 4.5%.", "it gains 4.5 %", 1, 1.0),
        ("gains", "it gains 4.5% on all of the five sets", 1, 0.75),
        ("it gains", "it gains 4.5% on all of the five sets", 3, 0.0),
        ("gains a lot on all sets", "gains little on all sets", 3, 8 / 11),
        ("gains 4", "gains 4.5 on every set", 1, 0.0),
        ("gains on all", " ".join(["it gains on all"] * 30), 1, 0.0),
        ("", "", 1, 0.0),
    ],
    ids=["same", "contained", "too short", "similar", "another number", "whole abstract", "empty"],
)
def test_quotes_agree_by_their_words_or_where_one_contains_the_other(quote, other, shortest, agreement):
    assert quote_agreement(quote, other, shortest=shortest) == pytest.approx(agreement)


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("<HTTPS://Example.ORG/A/b/.>", "https://example.org/A/b"),
        ("example.org/A),", "example.org/A"),
        ("...", ""),
    ],
)
def test_links_are_compared_without_what_stands_around_them(url, plain):
    assert plain_url(url) == plain


# ---------------------------------------------------------------- who belongs to whom


def test_a_required_item_is_taken_before_an_optional_one():
    line = {"datasets": [item("MudBench", optional=True), item("MudBench")]}

    assert judged(line, {"datasets": ["MudBench"]})["datasets"] == (1, 0, 0, 0)


def test_an_item_said_twice_is_extra_and_beside_an_optional_one_ignored():
    line = {"datasets": [item("MudBench"), item("ShoreSet", optional=True)]}

    twice = {"datasets": ["MudBench", "Mud-Bench", "ShoreSet", "ShoreSet"]}
    assert judged(line, twice)["datasets"] == (1, 1, 0, 2)


def test_the_nearest_item_is_taken_first_and_of_two_the_earlier_form():
    line = {"datasets": [item("shore", "sea"), item("sea", "shore")]}

    assert judged(line, {"datasets": ["sea"]})["datasets"] == (1, 0, 1, 0)
    assert judged(line, {"datasets": ["sea", "shore"]})["datasets"] == (2, 0, 0, 0)


@pytest.mark.parametrize(
    ("method", "given", "counts"),
    [
        (None, None, (0, 0, 0, 0)),
        (None, "TideNet", (0, 1, 0, 0)),
        (item("TideNet"), "TideNet", (1, 0, 0, 0)),
        (item("TideNet"), "WaveNet", (0, 1, 1, 0)),
        (item("TideNet"), None, (0, 0, 1, 0)),
        (item("TideNet", optional=True), "TideNet", (0, 0, 0, 1)),
        (item("TideNet", optional=True), "WaveNet", (0, 1, 0, 0)),
        (item("TideNet", optional=True), None, (0, 0, 0, 0)),
    ],
)
def test_a_single_name_is_a_list_of_one(method, given, counts):
    assert judged({"method": method}, {"method": given})["method"] == counts


@pytest.mark.parametrize(
    ("tasks", "given", "counts"),
    [
        ([item("tides")], ["waves", "tides"], (1, 0, 0, 0)),
        ([item("tides"), item("waves", optional=True)], ["waves"], (1, 0, 0, 0)),
        ([item("tides")], ["waves"], (0, 1, 1, 0)),
        ([item("tides")], [], (0, 0, 1, 0)),
        ([], [], (0, 0, 1, 0)),
    ],
)
def test_the_primary_task_counts_once_a_paper(tasks, given, counts):
    assert judged({"tasks": tasks}, {"tasks": given})["task"] == counts


def test_undefined_scores_are_left_out_of_the_mean():
    gold = gold_of([{"id": "p", "tasks": [item("tides")], "datasets": [item("MudBench")]}])

    run = evaluate(gold, {"run": [{"id": "p", "tasks": ["tides"]}]}, {}).runs[0]

    metrics, datasets = run.scores["metrics"], run.scores["datasets"]
    assert (metrics.precision, metrics.recall, metrics.f1, metrics.low) == (None, None, None, None)
    assert (datasets.precision, datasets.recall, datasets.f1) == (None, 0.0, 0.0)
    assert (run.macro.precision, run.macro.recall, run.macro.f1) == (1.0, 0.5, 0.5)
    assert run.macro.fields == ("task", "datasets")
    assert (run.accuracies, run.absent_in_all.share) == ({}, None)


# ---------------------------------------------------------------- claims


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({"value": 1.3, "value_high": 2}, (1, 0, 0, 0)),
        ({"value": "1.3x", "value_high": "2x"}, (1, 0, 0, 0)),
        ({"value": 1.3}, (0, 1, 1, 0)),
        ({"value": 1.300002, "value_high": 2}, (0, 1, 1, 0)),
        ({"value": "some", "value_high": 2}, (0, 1, 1, 0)),
        ({"value": 1.3, "value_high": 2, "quote": "nothing of the kind"}, (0, 1, 1, 0)),
        ({}, (0, 0, 1, 0)),
    ],
)
def test_numbered_claims_are_the_same_by_their_numbers_and_quote(given, counts):
    expected = claim("is 1.3-2x faster", 1.3, value_high=2)

    found = judged({"claims": [expected]}, {"claims": [{"quote": "1.3-2x faster", **given}]})

    assert found["claims_numbered"] == counts


def test_of_equal_claims_the_metric_decides_before_baseline_and_dataset():
    quote, line = "gains 4 points on both", {"metric": ["FID"], "baseline": ["A"], "dataset": ["B"]}
    other = {"metric": ["recall"], "baseline": ["C"], "dataset": ["D"]}
    gold = gold_of([{"id": "p", "claims": [claim(quote, 4, **other), claim(quote, 4, **line)]}])

    row = {"id": "p", "claims": [claim(quote, 4, metric="FID", baseline="C", dataset="D")]}
    run = evaluate(gold, {"run": [row]}, {}).runs[0]

    assert run.accuracies["claims.metric"].all == Share(1, 1)
    assert run.accuracies["claims.baseline"].all == Share(0, 1)


@pytest.mark.parametrize(
    ("expected", "given", "right"),
    [
        ({"unit": "x"}, {"unit": "times"}, 1),
        ({"unit": "x"}, {"unit": "Fold"}, 1),
        ({"unit": "%"}, {"unit": "percent"}, 1),
        ({"unit": "%"}, {"unit": "points"}, 0),
        ({"unit": "%", "kind": "difference"}, {"unit": "percentage points"}, 1),
        ({"unit": None, "metric": ["BLEU"]}, {"unit": "BLEU"}, 1),
        ({"unit": None, "metric": ["BLEU"]}, {"unit": "%"}, 0),
        ({"unit": "BLEU points", "metric": ["BLEU"]}, {"unit": "BLEU"}, 1),
        ({"unit": "WER", "metric": ["WER", "word errors"]}, {"unit": "word errors"}, 1),
        ({"unit": "days"}, {"unit": "GPU days"}, 1),
        ({"unit": "ms"}, {"unit": None}, 0),
        ({"unit": None}, {"unit": "none"}, 1),
    ],
)
def test_units_are_the_same_whatever_they_are_called(expected, given, right):
    assert accuracy_of("unit", expected, given) == right


@pytest.mark.parametrize(
    ("direction", "metric", "given", "named", "right"),
    [
        ("increase", "accuracy", "increase", "accuracy", 1),
        ("increase", "accuracy", "decrease", "accuracy", 0),
        ("increase", "inference speed", "decrease", "latency", 1),
        ("increase", "inference speed", "increase", "latency", 0),
        ("decrease", "training time", "increase", "throughput", 1),
        ("decrease", "cost", "increase", "cost saving", 1),
        ("decrease", "cost", None, "cost saving", 0),
        (None, "cost", None, "cost", 1),
        (None, "cost", "increase", "cost", 0),
    ],
)
def test_directions_turn_between_a_speed_and_a_time(direction, metric, given, named, right):
    expected = {"direction": direction, "metric": [metric]}

    assert accuracy_of("direction", expected, {"direction": given, "metric": named}) == right


@pytest.mark.parametrize(("given", "right"), [(None, 0), ("", 0), ("ratio", 1)])
def test_labels_are_equal_or_wrong(given, right):
    assert accuracy_of("kind", {"kind": "ratio"}, {"kind": given}) == right


def test_fields_that_are_not_judged_are_neither_compared_nor_looked_for():
    gold = gold_of([{"id": "p", "claims": [claim("it is 5", 5, task=["tides"], baseline_value=4)]}])
    row = {"id": "p", "claims": [claim("it is 5", 5, task="waves", baseline_value=3)]}

    run = evaluate(gold, {"run": [row]}, {"run": {"p": Text(abstract="It is 5.")}}).runs[0]

    assert run.scores["claims_numbered"].f1 == 1.0
    assert "claims.task" not in run.accuracies
    assert run.absent == {"claims.quote": Share(0, 1), "claims.value": Share(0, 1)}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("half of it", 0.5),
        ("half of it", 50),
        ("twice as fast", 2),
        ("tripled", 3),
        ("one quarter", 25),
        ("a set of twenty", 20),
        ("1/8 of it, not 1/0", 0.125),
        ("8% of it", 0.08),
        ("12,500 of them", 12500),
        ("1.5M of them", 1.5e6),
        ("7 B of them", 7e9),
    ],
)
def test_numbers_are_in_a_text_in_many_ways(text, number):
    gold = gold_of([{"id": "p"}])
    row = {"id": "p", "claims": [claim(text, number), claim(text, number + 0.01)]}

    run = evaluate(gold, {"run": [row]}, {"run": {"p": Text(abstract=text)}}, resamples=0).runs[0]

    assert run.absent["claims.value"] == Share(1, 2)


# ---------------------------------------------------------------- intervals and differences


def many_papers(right):
    """Return gold of twenty papers, and rows of which so many are right."""
    gold = gold_of([{"id": f"p{n}", "method": item("TideNet")} for n in range(20)])
    return gold, [{"id": f"p{n}", "method": "TideNet" if n < right else "WaveNet"} for n in range(20)]


def test_an_interval_holds_its_figure_and_is_the_same_for_the_same_seed():
    gold, rows = many_papers(16)

    first, again, other = (evaluate(gold, {"run": rows}, {}, seed=seed).runs[0] for seed in (7, 7, 8))

    score = first.scores["method"]
    assert score.f1 == 0.8
    # The quantiles of a binomial distribution: twenty papers, of which 0.8 are right.
    assert (score.low, score.high) == (0.6, 0.95)
    assert (first.scores, first.macro) == (again.scores, again.macro)
    assert (first.macro.low, first.macro.f1, first.macro.high) == (0.3, 0.4, 0.475)  # no tasks: 0
    assert other.scores["method"].f1 == 0.8


def test_a_run_has_the_same_interval_beside_others():
    gold, rows = many_papers(15)
    _, better = many_papers(19)

    alone = evaluate(gold, {"run": rows}, {}).runs[0]
    beside = evaluate(gold, {"better": better, "run": rows}, {}).runs[1]

    assert (alone.scores, alone.macro) == (beside.scores, beside.macro)


def test_an_interval_of_one_paper_is_its_figure():
    gold = gold_of([{"id": "p", "method": item("TideNet")}])

    score = evaluate(gold, {"run": [{"id": "p", "method": "TideNet"}]}, {}).runs[0].scores["method"]

    assert (score.f1, score.low, score.high) == (1.0, 1.0, 1.0)


@settings(max_examples=50)
@drawn(st.lists(st.sampled_from(["TideNet", "WaveNet", None]), min_size=1, max_size=12), st.integers(0, 99))
def test_every_interval_holds_its_figure(methods, seed):
    gold = gold_of([{"id": f"p{n}", "method": item("TideNet")} for n in range(len(methods))])
    rows = [{"id": f"p{n}", "method": method} for n, method in enumerate(methods)]

    score = evaluate(gold, {"run": rows}, {}, resamples=50, seed=seed).runs[0].scores["method"]

    span: list[Any] = [0, score.low, score.f1, score.high, 1]
    assert span == sorted(span)


def test_without_draws_an_interval_is_its_figure():
    gold, rows = many_papers(15)

    score = evaluate(gold, {"run": rows}, {}, resamples=0).runs[0].scores["method"]

    assert (score.low, score.high) == (0.75, 0.75)


def test_a_run_does_not_differ_from_itself():
    gold, rows = many_papers(15)

    (difference,) = evaluate(gold, {"one": rows, "two": rows}, {}).differences

    assert (difference.run, difference.baseline) == ("two", "one")
    assert (difference.macro.f1, difference.macro.low, difference.macro.high) == (0.0, 0.0, 0.0)
    assert difference.scores["metrics"].f1 is None


def test_a_difference_is_of_the_same_papers():
    gold, rows = many_papers(10)
    _, better = many_papers(14)

    (difference,) = evaluate(gold, {"one": rows, "two": better}, {}).differences

    # Twenty papers, of which 0.2 differ: of papers drawn for each run by themselves it would be -0.1 to 0.5.
    method = difference.scores["method"]
    assert (method.f1, method.low, method.high) == pytest.approx((0.2, 0.05, 0.4))


def test_without_runs_there_are_no_figures():
    evaluation = evaluate(gold_of(GOLD), {}, {})

    assert (evaluation.papers, evaluation.runs, evaluation.differences) == (3, (), ())


word = st.text("abcdefghij", min_size=3, max_size=8)
names = st.lists(st.lists(word, min_size=1, max_size=3).map(" ".join), unique=True, max_size=4)
found_claims = st.fixed_dictionaries(
    {
        "quote": st.lists(word, min_size=4, max_size=12).map(" ".join),
        "value": st.none() | st.integers(-99, 99),
        "metric": st.none() | word,
        "unit": st.sampled_from([None, "%", "x", "points"]),
        "direction": st.sampled_from([None, "increase", "decrease"]),
    }
)
found_rows = st.fixed_dictionaries(
    {"id": st.just("p"), "tasks": names, "datasets": names, "metrics": names, "method": st.none() | word},
    optional={"claims": st.lists(found_claims, max_size=4)},
)


@settings(max_examples=100)
@drawn(found_rows)
def test_what_is_found_is_right_by_a_gold_file_made_of_it(row):
    paper = Paper(paper_id="p", text=Text(abstract=""))
    gold = read_gold(gold_template(PAPERS, [paper], [row]), PAPERS)

    run = evaluate(gold, {"run": [row]}, {}, resamples=20).runs[0]

    without_tasks = 0 if not row["tasks"] else 1.0  # Every paper has a task: finding none is an error.
    assert run.scores["task"].f1 == without_tasks
    assert {score.f1 for name, score in run.scores.items() if name != "task"} <= {1.0, None}
    assert all(accuracy.all.share == 1 for accuracy in run.accuracies.values())
    assert not any(error.what != "missed" for error in run.errors())


# ---------------------------------------------------------------- schemas of one's own


class Author(Record):
    name: Name | None = None
    country: Label | None = None
    topics: tuple[Name, ...] = ()


class Dose(Record):
    drug: Name | None = None
    amount: float | None = None


class Remark(Record):
    passage: Quote = ""
    mood: Literal["glad", "sad"] | None = None


class Finding(Record):
    quote: Quote = ""
    effect: Annotated[float | None, Number(of="quote")] = None


class Trial(Record):
    drugs: tuple[Name, ...] = ()
    passage: Quote | None = None
    pages: tuple[Url, ...] = ()
    patients: int | None = None
    phase: Literal["1", "2"] | None = None
    is_blind: bool | None = None
    marks: tuple[Label, ...] = ()
    lead: Author | None = None
    authors: tuple[Author, ...] = ()
    doses: tuple[Dose, ...] = ()
    remarks: tuple[Remark, ...] = ()
    findings: tuple[Finding, ...] = ()


TRIAL = {
    "id": "t1",
    "drugs": ["Aspirin", ["ASA", "salicylate"]],
    "passage": "it helps with most headaches",
    "pages": ["https://example.org/a", {"accept": ["https://example.org/b"], "optional": True}],
    "patients": 120,
    "phase": "2",
    "is_blind": True,
    "marks": ["open", "long"],
    "lead": {"name": "Ann Heron", "country": "NZ", "topics": ["tides", "waves"]},
    "authors": [{"name": ["Ann Heron", "A. Heron"]}, {"name": "Bo Tern", "optional": True}],
    "doses": [{"drug": "Aspirin", "amount": 5}, {"drug": "Tidal"}],
    "remarks": [{"passage": "we were glad to see it", "mood": "glad"}],
    "findings": [{"quote": "5 of 9 were well", "effect": 5}, {"quote": "all of them slept"}],
}
TRIAL_ROW = {
    "id": "t1",
    "drugs": ["aspirin", "salicylates"],
    "passage": "helps with most headaches",
    "pages": ["https://EXAMPLE.org/b", "https://example.org/c"],
    "patients": 121,
    "phase": "2",
    "is_blind": True,
    "marks": ["long", "short"],
    "lead": {"name": "Ann Heron", "country": "AU", "topics": ["wave", "tide"]},
    "authors": [{"name": "A. Heron"}, {"name": "Bo Tern"}, {"name": "Cy Gull"}],
    "doses": [{"drug": "Ibuprofen", "amount": 5.0}, {"drug": "tidal"}],
    "remarks": [{"passage": "glad to see it", "mood": "sad"}],
    "findings": [{"quote": "5 of 9", "effect": 5}, {"quote": "slept"}],
}


@pytest.fixture(scope="module")
def trial():
    """Return the figures of a run over a schema of one's own."""
    text = Text(abstract="Aspirin. https://example.org/b. 5 of 9")
    return evaluate(gold_of([TRIAL], Trial), {"run": [TRIAL_ROW]}, {"run": {"t1": text}}).runs[0]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("drugs", (2, 0, 0, 0)),
        ("passage", (1, 0, 0, 0)),
        ("pages", (0, 1, 1, 1)),
        ("patients", (0, 1, 1, 0)),
        ("phase", (1, 0, 0, 0)),
        ("is_blind", (1, 0, 0, 0)),
        ("marks", (1, 1, 1, 0)),
        ("lead", (1, 0, 0, 0)),
        ("authors", (1, 1, 0, 1)),
        ("doses_numbered", (1, 0, 0, 0)),
        ("doses_unnumbered", (1, 0, 0, 0)),
        ("remarks", (1, 0, 0, 0)),
        ("findings_numbered", (1, 0, 0, 0)),
        ("findings_unnumbered", (0, 1, 1, 0)),
    ],
)
def test_rules_follow_from_the_roles_of_a_schema(trial, name, counts):
    score = trial.scores[name]

    assert (score.tp, score.fp, score.fn, score.ignored) == counts


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({"country": "NZ"}, (1, 0, 0, 0)),
        ({"name": "Ann Heron", "country": "AU"}, (0, 1, 1, 0)),
        ({"name": "Ann Heron"}, (0, 1, 1, 0)),
    ],
)
def test_a_part_without_quote_and_numbers_is_known_by_the_first_name_or_label_of_the_gold(given, counts):
    line = {"authors": [{"country": "NZ"}]}

    assert judged(line, {"authors": [given]}, Trial)["authors"] == counts


def test_a_part_of_which_the_gold_has_nothing_to_know_it_by_is_never_found():
    part = {"topics": ["tides"]}

    assert judged({"authors": [part]}, {"authors": [part]}, Trial)["authors"] == (0, 1, 1, 0)


def test_every_field_of_a_schema_counts_and_of_parts_with_numbers_those_that_state_one(trial):
    assert set(trial.scores) - set(trial.macro.fields) == {"doses_unnumbered", "findings_unnumbered"}


def test_further_fields_of_parts_are_compared_by_their_roles(trial):
    right = {field: accuracy.all.count for field, accuracy in trial.accuracies.items()}

    assert (right["lead.name"], right["lead.country"], right["lead.topics"]) == (1, 0, 1)
    assert (right["doses.drug"], right["remarks.mood"]) == (0, 0)


def test_only_numbers_of_a_quote_are_looked_for_in_the_text(trial):
    looked_for = {field for field, share in trial.absent.items() if share.of}

    assert {"patients", "doses.amount", "phase", "is_blind"}.isdisjoint(looked_for)
    assert trial.absent["pages"] == Share(1, 2)
    assert trial.absent["findings.effect"] == Share(0, 1)


def test_a_schema_may_say_what_its_roles_do_not():
    class Reading(Record):
        judging: ClassVar[Judging] = Judging(primary={"places": "place"}, unjudged=("mood",))
        places: tuple[Name, ...] = ()
        mood: Label | None = None

    found = judged({"places": ["Harwich", "Dover"]}, {"places": ["Dover"], "mood": "calm"}, Reading)

    assert found == {"place": (1, 0, 0, 0), "places": (1, 0, 1, 0)}


@pytest.mark.parametrize(
    ("judging", "message"),
    [
        (Judging(primary={"town": "t"}), "no field 'town'"),
        (Judging(unjudged=("town",)), "no field 'town'"),
        (Judging(nearest=("mood",)), "no name field 'mood'"),
        (Judging(unit="places"), "no label field 'places'"),
        (Judging(primary={"places": "mood"}), "two scores are named 'mood'"),
    ],
)
def test_what_a_schema_says_of_fields_it_does_not_have_is_refused(judging, message):
    rules = judging

    class Reading(Record):
        judging: ClassVar[Judging] = rules
        places: tuple[Name, ...] = ()
        mood: Label | None = None

    with pytest.raises(SchemaError, match=message):
        evaluate(gold_of([{"id": "p"}], Reading), {"run": []}, {})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TRIAL, "name"]), inner),
    max_leaves=6,
)


@settings(max_examples=60)
@drawn(st.dictionaries(st.sampled_from(sorted(TRIAL.keys() - {"id"})), ANYTHING))
def test_whatever_a_run_gives_is_judged(row):
    expected = {"drugs": 2, "patients": 1, "lead": 1, "authors": 1, "doses_numbered": 1}

    found = judged(TRIAL, row, Trial)

    assert {name: found[name][0] + found[name][2] for name in expected} == expected


# ---------------------------------------------------------------- gold files of one's own


PAPER = Paper(
    paper_id="t1",
    text=Text(
        title="Aspirin",
        abstract="It helps with most headaches; we were glad to see it. 5 of 9 were well, all of them slept.",
    ),
)


@pytest.mark.parametrize("record_type", [PAPERS, Trial])
def test_a_template_has_no_problems_and_nothing_filled_in(record_type):
    lines = list(gold_template(record_type, [PAPER]))

    assert check_gold(lines, record_type) == []
    (paper,) = read_gold(lines, record_type).papers
    assert not any(paper.items.values())
    assert not any(paper.parts.values())


def test_a_template_shows_title_abstract_and_the_form_of_a_part():
    (line,) = gold_template(Trial, [PAPER])

    row = json.loads(line)
    assert (row["title"], row["abstract"]) == (PAPER.text.title, PAPER.text.abstract)
    assert row["findings"] == [{"quote": None, "effect": None, "optional": False}]
    assert row["lead"] == {"name": None, "country": None, "topics": [], "optional": False}


def test_a_template_filled_with_what_a_run_found_is_gold_by_which_it_is_right():
    row = {**TRIAL_ROW, "passage": "helps with most headaches", "findings": TRIAL["findings"], "remarks": []}
    lines = list(gold_template(Trial, [PAPER], [row]))

    assert check_gold(lines, Trial) == []
    run = evaluate(read_gold(lines, Trial), {"run": [row]}, {}).runs[0]
    assert {score.f1 for score in run.scores.values()} == {1.0, None}
    assert json.loads(lines[0])["drugs"][0] == {"accept": ["aspirin"], "optional": False}
    assert json.loads(lines[0])["patients"] == 121


def test_a_whole_gold_file_has_no_problems():
    assert check_gold(map(json.dumps, GOLD), PAPERS) == []
    assert check_gold([json.dumps(TRIAL), "\n"], Trial) == []


@pytest.mark.parametrize(
    ("given", "field", "what"),
    [
        ({"colour": "red"}, "colour", "there is no such field"),
        ({"drugs": "Aspirin"}, "drugs", "must be a list"),
        ({"drugs": [{"accept": []}]}, "drugs[0]", "no form is accepted"),
        ({"drugs": ["A", {"optional": True}]}, "drugs[1]", "missing"),
        ({"drugs": ["A", " "]}, "drugs[1]", "a blank is no form of anything, not ' '"),
        ({"drugs": [5]}, "drugs[0]", "Input should be a valid string, not 5"),
        ({"patients": "12"}, "patients", "Input should be a valid integer, not '12'"),
        ({"phase": "3"}, "phase", "Input should be '1' or '2', not '3'"),
        ({"is_blind": "yes"}, "is_blind", "Input should be a valid boolean, not 'yes'"),
        ({"drugs": [{"accept": ["A"], "optional": "no?"}]}, "drugs[0].optional", "valid boolean"),
        ({"doses": [{"amount": True}]}, "doses[0].amount", "Input should be a valid number, not True"),
        ({"doses": ["Aspirin"]}, "doses[0]", "must be an object"),
        ({"doses": [{"drug": "A"}, {"size": 5}]}, "doses[1].size", "there is no such field"),
        ({"findings": [{"effect": 5}]}, "findings[0]", "nothing finds it: give its quote"),
        ({"authors": [{"topics": ["A"]}]}, "authors[0]", "nothing finds it: give its name or country"),
        ({"doses": [{"drug": "A"}, {"amount": 5}], "lead": {"topics": ["A"]}}, "lead", "nothing finds it"),
        (
            {"findings": [{"quote": "6 of 9"}]},
            "findings[0].quote",
            "'6 of 9' is not in the title or abstract",
        ),
        ({"passage": "it hurts"}, "passage", "'it hurts' is not in the title or abstract"),
        ({"drugs": [{"accept": ["A"], "quote": "B"}]}, "drugs[0]", "'B' is not in the title or abstract"),
        ({"title": 5}, "title", "Input should be a valid string, not 5"),
    ],
)
def test_what_is_wrong_in_a_gold_file_is_told_with_line_and_field(given, field, what):
    lines = [json.dumps({"id": "t0"}), json.dumps({"id": "t1", "abstract": PAPER.text.abstract} | given)]

    (problem,) = check_gold(lines, Trial)

    assert (problem.line, problem.field) == (2, field)
    assert what in problem.what


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": ', "line 2: not JSON"),
        ('{"id": "t1", "patients": NaN}', "line 2: not JSON (NaN is no number)"),
        ("[]", "line 2: no JSON object"),
        ("{}", "line 2, id: missing"),
        ('{"id": ""}', "line 2, id: String should have at least 1 character"),
        ('{"id": "t0"}', "line 2, id: 't0' stands in line 1 too"),
    ],
)
def test_a_line_that_is_no_paper_is_told(line, told):
    (problem,) = check_gold(['{"id": "t0"}', line], Trial)

    assert str(problem).startswith(told)
    with pytest.raises(GoldError, match=r"^mine\.jsonl, line 2"):
        read_gold(['{"id": "t0"}', line], Trial, name="mine.jsonl")


def test_all_problems_are_told_at_once_and_reading_tells_the_first():
    lines = ['{"id": "t0", "colour": 1, "drugs": [5]}', "", "[]"]

    assert [(p.line, p.field) for p in check_gold(lines, Trial)] == [(1, "drugs[0]"), (1, "colour"), (3, "")]
    with pytest.raises(GoldError, match=r"line 1, drugs\[0\]: .*\(and 1 more in this line\)"):
        read_gold(lines, Trial)


@pytest.mark.parametrize("indent", [None, 1])
def test_a_gold_file_may_be_one_json_list(indent):
    lines = json.dumps([{"id": "a", "patients": 5}, {"id": "b", "patients": 6}], indent=indent).splitlines()

    assert [paper.paper_id for paper in read_gold(lines, Trial).papers] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"id": "a"},\n{"id": "b", "patients": "x"}]', "line 2, patients: "),
        ('[{"id": "a"},\n\n{"id": "a"}]', "line 3, id: 'a' stands in line 1 too"),
        ('\n[{"id": "a"},\n{"id": "b"', "line 3: not JSON"),
        ('[{"id": "a"}', "line 1: not JSON"),
        ('[{"id": "a"}]\n{"id": "b"}', "line 1: not JSON"),
        ('[{"id": "a"},\n5]', "line 2: no JSON object"),
    ],
    ids=["a wrong item", "an item twice", "torn in an item", "torn at its end", "more after it", "no object"],
)
def test_an_item_of_a_list_is_told_with_the_line_where_it_begins(text, told):
    (problem,) = check_gold(text.splitlines(), Trial)

    assert str(problem).startswith(told)


def test_an_id_that_is_a_number_is_read_as_text():
    assert read_gold(['{"id": 5, "patients": 7}'], Trial).papers[0].paper_id == "5"


def test_keys_that_a_schema_does_not_have_are_passed_over_and_told():
    line = {
        "id": "t0",
        "source": 5,
        "drugs": [{"accept": ["A"], "note": ""}],
        "doses": [{"drug": "A", "by": 1}],
    }

    gold = gold_of([line], Trial)

    assert {problem.field for problem in gold.passed_over} == {"source", "drugs[0].note", "doses[0].by"}
    assert gold.papers == gold_of([{"id": "t0", "drugs": ["A"], "doses": [{"drug": "A"}]}], Trial).papers
    assert evaluate(gold, {}, {}).passed_over == gold.passed_over


def test_a_line_with_none_of_a_schemas_fields_is_foreign():
    with pytest.raises(GoldError, match="line 1, method: there is no such field"):
        read_gold(['{"id": "p1", "method": "TideNet"}'], Trial)


def test_a_file_without_papers_is_no_gold():
    with pytest.raises(GoldError, match="holds no papers"):
        read_gold(["", "\n"], Trial)


def test_a_field_whose_name_a_gold_file_needs_is_refused():
    class Reading(Record):
        abstract: Label | None = None

    with pytest.raises(SchemaError, match="abstract: a gold file uses that name"):
        check_gold(["{}"], Reading)


def test_a_problem_of_a_line_as_such_names_no_field():
    assert str(Problem(3, "", "not JSON")) == "line 3: not JSON"
