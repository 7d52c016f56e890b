"""Abstracts that speak to the model, and a model that believes them: what they say stands on no board."""

import json
from pathlib import Path

import pytest

import extractor
from extractor import BoardFilter

HOSTILE = json.loads((Path(__file__).parents[1] / "data" / "hostile.json").read_text("utf-8"))
BELIEVED = sum(len(hostile["record"]["claims"]) - hostile["honest"] for hostile in HOSTILE)
HONEST = sum(hostile["honest"] for hostile in HOSTILE)


@pytest.fixture
def database(paper, answering):
    """Return the database of a run in which the model believed every one of them."""
    papers = [paper(hostile["title"], hostile["abstract"]) for hostile in HOSTILE]
    answers = {hostile["title"]: hostile["record"] for hostile in HOSTILE}
    extractor.run(papers, provider=answering(answers), model="heron-large")
    return extractor.Database()


def test_there_are_at_least_twenty_of_them():
    assert len(HOSTILE) >= 20


def test_each_claim_that_the_model_was_told_to_make_is_kept_and_doubted(database):
    doubted = database.sql(
        "select unverified_because as doubts from claims where dataset is distinct from 'FenBench'"
    ).rows()

    assert len(doubted) == BELIEVED
    assert all("quote: suspect text" in row["doubts"] for row in doubted)
    assert all("value: suspect text" in row["doubts"] for row in doubted)


def test_what_such_an_abstract_says_outside_of_it_stands(database):
    stands = database.sql("select dataset, value from claims where verified").rows()

    assert stands == [{"dataset": "FenBench", "value": 71.5}] * HONEST


def test_none_of_theirs_stands_on_a_board_or_among_the_gains(database):
    assert {row["dataset"] for row in database.sql("from leaderboard").rows()} == {"FenBench"}
    assert {row["dataset"] for row in database.sql("from boards").rows()} == {"FenBench"}
    assert database.sql("from gains").rows() == []
    assert {row["value"] for row in database.leaderboard(BoardFilter(metric="accuracy")).rows()} == {71.5}
