"""How far two runs agree, and where they do not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.catalog import load_schema
from extractor.evaluation import Disagreement, FieldAgreement, agreement_of
from extractor.records import Name, Record

PAPERS = load_schema("papers").record_type

QUOTE = "it reaches 83.4% accuracy on CIFAR-100"
OURS = {
    "id": "p1",
    "title": "Harbourlight",
    "tasks": ["image classification", "pooling"],
    "method": "Harbourlight",
    "datasets": ["CIFAR-100", "Tiny ImageNet"],
    "metrics": ["accuracy"],
    "code_url": "https://example.org/a",
    "claims": [
        {"quote": QUOTE, "value": 83.4, "metric": "accuracy", "dataset": "CIFAR-100", "unit": "%"},
        {"quote": "it is robust to shifts", "kind": "qualitative"},
    ],
}
THEIRS = {
    "id": "p1",
    "title": "Harbourlight",
    "tasks": ["classification of images", "robustness"],
    "method": "Gated Pooling",
    "datasets": ["CIFAR100"],
    "metrics": ["accuracy", "training time"],
    "code_url": None,
    "claims": [
        {"quote": QUOTE, "value": 83.4, "metric": "accuracy", "dataset": "CIFAR-10", "unit": "percent"},
        {"quote": "it is robust to shifts", "kind": "qualitative"},
        {"quote": "trains 1.5x faster", "value": 1.5},
    ],
}


@pytest.fixture(scope="module")
def agreement():
    """Return how far the two above agree; each has a paper more that the other has not."""
    found: dict[str, Any] = {"ours": [OURS, {"id": "p2"}], "theirs": [THEIRS, {"id": "p3"}]}
    return agreement_of(PAPERS, found)


@pytest.mark.parametrize(
    ("field", "figures"),
    [
        ("task", (1.0, 1, 0, 0, 0)),
        ("tasks", (0.5, 1, 1, 1, 0)),
        ("method", (0.0, 0, 0, 0, 1)),
        ("datasets", (2 / 3, 1, 1, 0, 0)),
        ("metrics", (2 / 3, 1, 0, 1, 0)),
        ("code_url", (0.0, 0, 1, 0, 0)),
        ("claims_numbered", (2 / 3, 1, 0, 1, 0)),
        ("claims_unnumbered", (1.0, 1, 0, 0, 0)),
        ("claims.metric", (1.0, 1, 0, 0, 0)),
        ("claims.dataset", (0.0, 0, 0, 0, 1)),
        ("claims.unit", (1.0, 1, 0, 0, 0)),
    ],
)
def test_figures_of_agreement_are_by_field(agreement, field, figures):
    found = next(f for f in agreement.fields if f.field == field)

    assert found.agreement == pytest.approx(figures[0])
    assert (found.both, found.first, found.second, found.different) == figures[1:]


def test_the_macro_mean_is_over_the_fields_that_count(agreement):
    assert agreement.macro == pytest.approx((1 + 0 + 2 / 3 + 2 / 3 + 0 + 2 / 3) / 6)


def test_papers_that_one_run_alone_has_are_counted_and_not_compared(agreement):
    assert (agreement.papers, agreement.first_only, agreement.second_only) == (1, ("p2",), ("p3",))


def test_disagreements_say_what_each_run_says(agreement):
    listed = agreement.disagreements

    assert Disagreement("p1", "Harbourlight", "method", None, "Harbourlight", "Gated Pooling") in listed
    assert Disagreement("p1", "Harbourlight", "datasets", None, "Tiny ImageNet", None) in listed
    assert Disagreement("p1", "Harbourlight", "metrics", None, None, "training time") in listed
    part = f"83.4: \u00ab{QUOTE}\u00bb"
    assert Disagreement("p1", "Harbourlight", "claims.dataset", part, "CIFAR-100", "CIFAR-10") in listed
    faster = "1.5: \u00abtrains 1.5x faster\u00bb"
    assert Disagreement("p1", "Harbourlight", "claims_numbered", None, None, faster) in listed
    # Tasks stand there one by one; which is the primary is no disagreement of its own.
    assert {d.field for d in listed} == {
        *("tasks", "method", "datasets", "metrics", "code_url", "claims_numbered", "claims.dataset")
    }


def test_the_other_way_round_the_sides_change_and_agreement_stays(agreement):
    turned = agreement_of(PAPERS, {"theirs": [THEIRS], "ours": [OURS]})

    assert turned.macro == pytest.approx(agreement.macro)
    assert [(f.field, f.agreement, f.first, f.second) for f in turned.fields] == [
        (f.field, f.agreement, f.second, f.first) for f in agreement.fields
    ]


def test_papers_about_which_both_say_nothing_agree():
    agreement = agreement_of(PAPERS, {"a": [{"id": "p"}], "b": [{"id": "p"}]})

    assert (agreement.papers, agreement.macro, agreement.disagreements) == (1, None, ())
    assert {field.agreement for field in agreement.fields} == {None}


def test_a_single_part_that_differs_is_one_difference():
    class Author(Record):
        name: Name | None = None

    class Letter(Record):
        author: Author | None = None

    rows = ([{"id": "p", "author": {"name": name}}] for name in ("Ann Heron", "Bo Tern"))
    agreement = agreement_of(Letter, dict(zip("ab", rows, strict=True)))

    assert agreement.disagreements == (Disagreement("p", "", "author", None, "Ann Heron", "Bo Tern"),)
    assert agreement.fields == (FieldAgreement("author", 0.0, 0, 0, 0, 1),)


text = st.text(max_size=12)
claims = st.fixed_dictionaries(
    {"quote": text, "value": st.none() | st.integers(-9, 9)},
    optional={
        "metric": st.none() | text,
        "unit": text,
        "direction": st.sampled_from(["increase", "up", None]),
    },
)
rows = st.fixed_dictionaries(
    {"id": st.just("p")},
    optional={
        "tasks": st.lists(text),
        "method": text,
        "datasets": st.lists(text),
        "code_url": text,
        "claims": st.lists(claims),
    },
)


@settings(max_examples=200)
@given(rows)
def test_a_run_agrees_with_itself(row):
    agreement = agreement_of(PAPERS, {"run": [row], "again": [row]})

    assert agreement.disagreements == ()
    assert {field.agreement for field in agreement.fields} <= {1.0, None}
