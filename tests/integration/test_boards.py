"""Boards: who stands where, by claims written by hand."""

import pytest

import extractor
from extractor import BoardFilter


def claim(quote, dataset=None, metric=None, value=None, **more):
    return {"quote": quote, "dataset": dataset, "metric": metric, "value": value, **more}


@pytest.fixture
def boards(paper, answering):
    """Return a function: papers by title, each with the claims that stand in its text -> a database."""

    def make(papers, **record):
        given, answers = [], {}
        for title, claims in papers.items():
            text = " ".join(f"{c['quote']}." for c in claims if c.get("is_printed", True))
            given.append(paper(title, f"We study {title} for marsh mapping. {text}"))
            kept = [{key: value for key, value in c.items() if key != "is_printed"} for c in claims]
            answers[title] = {
                "method": title,
                "tasks": ["marsh mapping"],
                "claims": kept,
                **record.get(title, {}),
            }
        extractor.run(given, provider=answering(answers), model="heron-large")
        return extractor.Database()

    return make


def score(value, metric="accuracy", dataset="MarshBench", **more):
    return claim(f"It reaches {value} {metric} on {dataset}", dataset, metric, value, kind="absolute", **more)


def ranks(database, **chosen):
    return [
        (row["rank"], row["method"], row["value"])
        for row in database.leaderboard(BoardFilter(**chosen)).rows()
    ]


def test_where_more_is_better_the_highest_comes_first(boards):
    database = boards({"Alder": [score(70.5)], "Birch": [score(91.2)], "Cedar": [score(80.1)]})
    assert ranks(database) == [(1, "Birch", 91.2), (2, "Cedar", 80.1), (3, "Alder", 70.5)]


@pytest.mark.parametrize("metric", ["FID", "word error rate", "perplexity", "RMSE", "latency", "WER"])
def test_where_less_is_better_the_lowest_comes_first(boards, metric):
    papers = {name: [score(v, metric)] for name, v in (("Alder", 7.5), ("Birch", 9.25), ("Cedar", 3.5))}
    assert ranks(boards(papers)) == [(1, "Cedar", 3.5), (2, "Alder", 7.5), (3, "Birch", 9.25)]


def test_equal_values_share_a_rank_and_the_next_is_skipped(boards):
    papers = {name: [score(v)] for name, v in (("Alder", 90), ("Birch", 80), ("Cedar", 90), ("Dogwood", 70))}
    assert [row[:2] for row in ranks(boards(papers))] == [
        (1, "Alder"),
        (1, "Cedar"),
        (3, "Birch"),
        (4, "Dogwood"),
    ]


def test_where_the_direction_is_unknown_nobody_is_ranked(boards):
    # Given a metric that nobody has heard of,
    database = boards({"Alder": [score(1.5, "soggedness")], "Birch": [score(2.5, "soggedness")]})
    # when the board is asked for, then it has no ranks, and says so.
    assert [row[0] for row in ranks(database)] == [None, None]
    assert {row["better"] for row in database.leaderboard().rows()} == {"unknown"}
    assert [row["better"] for row in database.boards().rows()] == ["unknown"]


def test_a_papers_own_word_on_direction_helps_where_the_metrics_name_does_not(boards):
    papers = {
        "Alder": [score(1.5, "soggedness", direction="decrease")],
        "Birch": [score(2.5, "soggedness")],
    }
    assert [row[:2] for row in ranks(boards(papers))] == [(1, "Alder"), (2, "Birch")]


def test_what_the_text_does_not_bear_out_stands_on_no_board_unless_asked_for(boards):
    # Given a claim that its paper does not print,
    papers = {"Alder": [score(70.5)], "Birch": [score(99.9, is_printed=False)]}
    database = boards(papers)
    # when the board is asked for, then it is left out; and marked where it is asked for.
    assert [row[1] for row in ranks(database)] == ["Alder"]
    shown = database.leaderboard(BoardFilter(with_unverified=True)).rows()
    assert [(row["rank"], row["method"], row["verified"]) for row in shown] == [
        (1, "Birch", False),
        (2, "Alder", True),
    ]
    assert [row["rows"] for row in database.boards().rows()] == [1]
    assert [row["rows"] for row in database.boards(BoardFilter(with_unverified=True)).rows()] == [2]


def test_a_board_is_a_dataset_and_a_metric_however_they_are_printed(boards):
    papers = {
        "Alder": [score(70.5, "Accuracy", "Marsh-Bench")],
        "Birch": [score(71.5, "accuracy", "MarshBench")],
        "Cedar": [score(72.5, "accuracy", "FenBench")],
        "Dogwood": [score(73.5, "F1", "MarshBench")],
    }
    database = boards(papers)
    listed = [(row["dataset"], row["metric"], row["rows"], row["papers"]) for row in database.boards().rows()]
    assert listed[0][2:] == (2, 2)
    assert sorted(listed[1:]) == [("FenBench", "accuracy", 1, 1), ("MarshBench", "F1", 1, 1)]


def test_boards_are_listed_with_most_rows_first_and_the_best_of_each(boards):
    papers = {
        "Alder": [score(70.5), score(3.5, "FID", "Fens")],
        "Birch": [score(91.2), score(2.5, "FID", "Fens")],
        "Cedar": [score(80.1)],
        "Dogwood": [score(50.5, "F1", "Bogs")],
    }
    listed = boards(papers).boards().rows()
    assert [
        (row["dataset"], row["rows"], row["better"], row["best_method"], row["best_value"]) for row in listed
    ] == [
        ("MarshBench", 3, "higher", "Birch", 91.2),
        ("Fens", 2, "lower", "Birch", 2.5),
        ("Bogs", 1, "higher", "Dogwood", 50.5),
    ]


@pytest.mark.parametrize(
    ("chosen", "methods"),
    [
        pytest.param({"dataset": "fens"}, ["Birch"], id="a dataset"),
        pytest.param({"metric": "f1"}, ["Cedar"], id="a metric"),
        pytest.param({"task": "reed counting"}, ["Cedar"], id="a task"),
        pytest.param({"task": "Marsh Mapping"}, ["Birch", "Alder"], id="the paper's own task"),
        pytest.param({"dataset": "MarshBench", "metric": "accuracy"}, ["Alder"], id="a dataset and a metric"),
        pytest.param({"dataset": "nowhere"}, [], id="nothing that is there"),
    ],
)
def test_boards_are_narrowed_by(boards, chosen, methods):
    reeds = claim(
        "For reed counting it reaches 60.5 F1 on MarshBench", "MarshBench", "F1", 60.5, kind="absolute"
    )
    database = boards(
        {
            "Alder": [score(70.5)],
            "Birch": [score(71.5, dataset="Fens")],
            "Cedar": [{**reeds, "task": "reed counting"}],
        }
    )
    assert [row[1] for row in ranks(database, **chosen)] == methods


def test_a_task_that_is_the_papers_and_not_the_claims_is_marked(boards):
    rows = boards({"Alder": [score(70.5)]}).leaderboard().rows()
    assert [(row["task"], row["task_from_paper"]) for row in rows] == [("marsh mapping", True)]


@pytest.mark.parametrize("kind", ["ratio", "relative_change", "difference"])
def test_a_gain_stands_on_no_board(boards, kind):
    gain = claim(
        "It is 3.5 points better in accuracy on MarshBench than Osier", "MarshBench", "accuracy", 3.5
    )
    database = boards({"Alder": [score(70.5)], "Birch": [{**gain, "kind": kind, "baseline": "Osier"}]})
    assert [row[1] for row in ranks(database)] == ["Alder"]
    assert [(row["method"], row["kind"], row["baseline"]) for row in database.gains().rows()] == [
        ("Birch", kind, "Osier")
    ]


def test_a_claim_without_a_number_stands_on_no_board_and_is_no_gain(boards):
    words = claim(
        "It outperforms Osier in accuracy on MarshBench", "MarshBench", "accuracy", kind="qualitative"
    )
    database = boards({"Alder": [words]})
    assert (len(database.leaderboard()), len(database.gains()), len(database.table("claims"))) == (0, 0, 1)


def test_gains_are_narrowed_and_borne_out_like_boards(boards):
    faster = claim("It runs 4x faster than Osier", None, None, 4, unit="x", kind="ratio", baseline="Osier")
    better = claim("It gains 2.5 points of accuracy on Fens", "Fens", "accuracy", 2.5, kind="difference")
    hidden = claim("It runs 9x faster", None, None, 9, kind="ratio", is_printed=False)
    database = boards({"Alder": [faster, better, hidden]})
    assert [row["value"] for row in database.gains().rows()] == [2.5, 4]
    assert [row["value"] for row in database.gains(BoardFilter(dataset="fens")).rows()] == [2.5]
    assert len(database.gains(BoardFilter(with_unverified=True))) == 3


def test_papers_stand_side_by_side(boards):
    gain = claim("It runs 4x faster than Osier", None, None, 4, kind="ratio", baseline="Osier")
    database = boards(
        {"Alder": [score(70.5), gain], "Birch": []},
        Alder={"datasets": ["MarshBench"], "metrics": ["accuracy"]},
    )
    assert database.compare().rows() == [
        {
            "title": "Alder",
            "task": "marsh mapping",
            "method": "Alder",
            "datasets": ["MarshBench"],
            "metrics": ["accuracy"],
            "gains": ["It runs 4x faster than Osier"],
            "code_url": None,
            "unverified": 0,
            "paper_id": "alder",
        },
        {
            "title": "Birch",
            "task": "marsh mapping",
            "method": "Birch",
            "datasets": [],
            "metrics": [],
            "gains": [],
            "code_url": None,
            "unverified": 0,
            "paper_id": "birch",
        },
    ]


def test_one_paper_with_two_values_on_a_board_counts_once_as_a_paper(boards):
    database = boards({"Alder": [score(70.5), score(71.5)], "Birch": [score(60.5)]})
    assert [(row["rows"], row["papers"]) for row in database.boards().rows()] == [(3, 2)]


def test_the_boards_of_a_chosen_model_are_its_own(boards, paper):
    database = boards({"Alder": [score(70.5)]})
    again = paper("Alder", "We study Alder for marsh mapping. It reaches 70.5 accuracy on MarshBench.")
    extractor.run([again], model="rules")
    assert [row["found_by"] for row in database.leaderboard().rows()] == ["openai"]
    by_rules = extractor.Database(model="rules").leaderboard().rows()
    assert {row["found_by"] for row in by_rules} == {"rules"}


def test_a_board_is_asked_for_in_plain_sql_as_by_the_command(boards):
    database = boards({"Alder": [score(70.5)], "Birch": [score(91.2)]})
    by_view = database.sql("select * from leaderboard").rows()
    by_macro = database.sql("from board(on_dataset := 'MarshBench')").rows()
    assert by_view == by_macro == database.leaderboard().rows()


def test_a_name_that_looks_like_sql_is_only_a_name(boards):
    database = boards({"Alder": [score(70.5)]})
    assert ranks(database, dataset="x'; drop table papers; --") == []
    assert len(database.table("papers")) == 1


def test_percents_are_not_ranked_among_fractions(boards):
    database = boards({"Alder": [score(91.5, unit="%")], "Birch": [score(0.95)], "Cedar": [score(0.75)]})
    assert ranks(database) == [(1, "Alder", 91.5), (1, "Birch", 0.95), (2, "Cedar", 0.75)]
