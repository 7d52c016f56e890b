"""Boards: who stands where, by claims written by hand."""

from datetime import date

import duckdb
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import extractor
from extractor import BoardFilter, Compared
from extractor.errors import QueryError


def claim(quote, dataset=None, metric=None, value=None, **more):
    return {"quote": quote, "dataset": dataset, "metric": metric, "value": value, **more}


NO_FACTS: dict[str, dict[str, object]] = {}


@pytest.fixture
def boards(paper, answering):
    """Return a function: papers by title, each with the claims that stand in its text -> a database."""

    def make(papers, facts=NO_FACTS, **record):
        given, answers = [], {}
        for title, claims in papers.items():
            text = " ".join(f"{c['quote']}." for c in claims if c.get("is_printed", True))
            given.append(paper(title, f"We study {title} for marsh mapping. {text}", **facts.get(title, {})))
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


def change(database, statement, values=()):
    """Change the rows of a database by hand."""
    with duckdb.connect(database.path) as connection:
        connection.execute(statement, list(values))


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
    assert listed == [
        ("MarshBench", "Accuracy", 2, 2),
        ("FenBench", "Accuracy", 1, 1),
        ("MarshBench", "F1", 1, 1),
    ]


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


def test_gains_are_narrowed_and_borne_out_like_boards(boards):
    faster = claim("It runs 4x faster than Osier", None, None, 4, unit="x", kind="ratio", baseline="Osier")
    better = claim("It gains 2.5 points of accuracy on Fens", "Fens", "accuracy", 2.5, kind="difference")
    hidden = claim("It runs 9x faster", None, None, 9, kind="ratio", is_printed=False)
    database = boards({"Alder": [faster, better, hidden]})
    assert [row["value"] for row in database.gains().rows()] == [2.5, 4]
    assert [row["value"] for row in database.gains(BoardFilter(dataset="fens")).rows()] == [2.5]
    assert len(database.gains(BoardFilter(with_unverified=True))) == 3


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


# ---------------------------------------------------------------- rows without a number


@pytest.mark.parametrize("metric", ["accuracy", "FID", "soggedness"])
def test_a_row_without_a_number_stands_last_whichever_way_is_better(boards, metric):
    words = claim(f"It beats all in {metric} on MarshBench", "MarshBench", metric)
    papers = {
        "Alder": [{**words, "kind": "qualitative"}],
        "Birch": [score(0.5, metric)],
        "Cedar": [{**words, "kind": "absolute"}],
        "Dogwood": [score(99.5, metric)],
    }
    database = boards(papers)
    assert [(row[0], row[1]) for row in ranks(database)][2:] == [(None, "Alder"), (None, "Cedar")]
    assert len(database.gains()) == 0


def test_what_is_no_number_is_ranked_nowhere(boards):
    database = boards({"Alder": [score(70.5)], "Birch": [score(80.5)]})
    change(database, "update all_claims set value = 'nan'::double where value = 80.5")
    assert ranks(database) == [(1, "Alder", 70.5), (None, "Birch", None)]


def test_a_claim_without_dataset_or_metric_stands_on_no_board(boards):
    somewhere = claim("It reaches 71.5 accuracy", None, "accuracy", 71.5, kind="absolute")
    something = claim("It reaches 72.5 on MarshBench", "MarshBench", None, 72.5, kind="absolute")
    database = boards({"Alder": [somewhere, something]})
    assert (len(database.leaderboard()), len(database.table("claims"))) == (0, 2)


# ---------------------------------------------------------------- which way is better


def test_the_table_of_directions_counts_for_more_than_the_papers_words(boards):
    papers = {name: [score(v, direction="decrease")] for name, v in (("Alder", 70.5), ("Birch", 80.5))}
    database = boards(papers)
    assert [row[1] for row in ranks(database)] == ["Birch", "Alder"]
    assert {(row["better"], row["better_from"]) for row in database.leaderboard().rows()} == {
        ("higher", "table")
    }


@pytest.mark.parametrize(
    ("directions", "better"),
    [
        pytest.param(["increase", "decrease"], ("unknown", None), id="as many"),
        pytest.param(["increase", "decrease", "decrease"], ("lower", "claims"), id="the more"),
        pytest.param(["increase", None, None], ("higher", "claims"), id="one that speaks"),
        pytest.param([None, None], ("unknown", None), id="none"),
    ],
)
def test_where_the_table_knows_nothing_the_more_papers_decide(boards, directions, better):
    papers = {
        f"Reed {number}": [score(number + 0.5, "soggedness", direction=way)]
        for number, way in enumerate(directions)
    }
    rows = boards(papers).leaderboard().rows()
    assert {(row["better"], row["better_from"]) for row in rows} == {better}
    assert all((row["rank"] is None) == (better[0] == "unknown") for row in rows)


def test_a_gain_tells_the_direction_of_its_board_and_of_no_other(boards):
    # Given a metric that no table has, and a paper that brings it down on one dataset,
    gain = claim("It brings soggedness on Fens down by 2.5 points", "Fens", "soggedness", 2.5)
    papers = {
        "Alder": [score(7.5, "soggedness", "Fens"), {**gain, "kind": "difference", "direction": "decrease"}],
        "Birch": [score(5.5, "soggedness", "Fens"), score(6.5, "soggedness", "Bogs")],
    }
    # when the boards are asked for, then that one is ranked, and the other is not.
    found = {row["dataset"]: (row["better"], row["best_method"]) for row in boards(papers).boards().rows()}
    assert found == {"Fens": ("lower", "Birch"), "Bogs": ("unknown", None)}


def test_what_is_not_borne_out_has_no_say_in_the_direction(boards):
    papers = {
        "Alder": [score(1.5, "soggedness", direction="increase", is_printed=False)],
        "Birch": [score(2.5, "soggedness")],
    }
    assert {
        row["better"] for row in boards(papers).leaderboard(BoardFilter(with_unverified=True)).rows()
    } == {"unknown"}


# ---------------------------------------------------------------- units

IN_PERCENT = "in %: not ranked among plain numbers"


@pytest.mark.parametrize(
    ("given", "ranked"),
    [
        pytest.param(
            [(91.5, "%"), (0.95, "fraction"), (0.5, "fraction")],
            [(1, 0.95, 95.0, None), (2, 91.5, 91.5, None), (3, 0.5, 50.0, None)],
            id="percents and fractions that say so",
        ),
        pytest.param(
            [(57, "%"), (0.57, "fraction"), (56, "percent")],
            [(1, 57, 57, None), (1, 0.57, 57, None), (3, 56, 56, None)],
            id="a percent that is as much as a fraction",
        ),
        pytest.param(
            [(91.5, "%"), (0.95, None)],
            [(1, 91.5, 91.5, None), (None, 0.95, None, "unit unclear: 0.95 may be a fraction")],
            id="a number that may be either",
        ),
        pytest.param(
            [(91.5, None), (0.95, None)],
            [(1, 91.5, 91.5, None), (None, 0.95, None, "unit unclear: 0.95 may be a fraction")],
            id="percents and a fraction without any unit",
        ),
        pytest.param(
            [(91.5, "%"), (93.5, None), (1500, None)],
            [
                (1, 93.5, 93.5, "no unit: taken as %"),
                (2, 91.5, 91.5, None),
                (None, 1500, None, "unit unclear: 1500 is above 100 %"),
            ],
            id="numbers that can only be percents, and one that cannot",
        ),
        pytest.param(
            [(0.95, None), (0.75, None)],
            [(1, 0.95, 95, None), (2, 0.75, 75, None)],
            id="fractions among themselves",
        ),
        pytest.param(
            [(0, "%"), (0, None)],
            [(1, 0, 0, None), (1, 0, 0, "no unit: taken as %")],
            id="nothing, which is as much in both",
        ),
        pytest.param(
            [(91.5, "accuracy"), (92.5, "%"), (93.5, "points")],
            [
                (1, 93.5, 93.5, "no unit: taken as %"),
                (2, 92.5, 92.5, None),
                (3, 91.5, 91.5, "no unit: taken as %"),
            ],
            id="the metric's own name as a unit",
        ),
        pytest.param(
            [(1.2, "fraction"), (0.93, "fraction"), (150, "%"), (0.9, "ratio"), (91.5, "per-cent")],
            [
                (1, 0.93, 93, None),
                (2, 91.5, 91.5, None),
                (None, 150, None, "above 100 %: not ranked"),
                (None, 1.2, None, "unit unclear: 1.2 is no fraction"),
                (None, 0.9, None, "unit unclear: 0.9 may be a fraction"),
            ],
            id="more than all",
        ),
    ],
)
def test_percents_and_fractions_are_brought_together_where_the_unit_says_so(boards, given, ranked):
    papers = {f"Reed {number}": [score(v, unit=unit)] for number, (v, unit) in enumerate(given)}
    rows = boards(papers).leaderboard().rows()
    assert [(row["rank"], row["value"], row["score"], row["note"]) for row in rows] == ranked


@pytest.mark.parametrize(
    ("given", "ranked"),
    [
        pytest.param(
            [(12, "ms"), (0.5, "s"), (900, "µs")],
            [(1, 900, None), (2, 12, None), (3, 0.5, None)],
            id="units of one kind",
        ),
        pytest.param(
            [(12, "ms"), (15, "ms"), (3, "steps")],
            [(1, 12, None), (2, 15, None), (None, 3, "in steps: not ranked among s")],
            id="the unit of most rows",
        ),
        pytest.param(
            [(12, "ms"), (3, None)],
            [(1, 12, None), (None, 3, "no unit: not ranked among s")],
            id="none beside one",
        ),
        pytest.param(
            [(12, "steps/s"), (3, None), (0.5, None)],
            [(1, 0.5, None), (2, 3, None), (None, 12, "in steps/s: not ranked among plain numbers")],
            id="one beside more that have none",
        ),
        pytest.param(
            [(12, "ms"), (3, "steps")],
            [(None, 12, "units differ"), (None, 3, "units differ")],
            id="one against one",
        ),
    ],
)
def test_unlike_units_are_not_ranked_with_each_other(boards, given, ranked):
    papers = {f"Reed {number}": [score(v, "latency", unit=unit)] for number, (v, unit) in enumerate(given)}
    rows = boards(papers).leaderboard().rows()
    notes = [row["note"] and row["note"].partition(": nothing")[0] for row in rows]
    assert [(r["rank"], r["value"], note) for r, note in zip(rows, notes, strict=True)] == ranked


@pytest.mark.parametrize(
    ("metric", "given", "ranked"),
    [
        pytest.param(
            "FID",
            [(2.5, None), (0.95, None), (120, None), (12, "%")],
            [(1, 0.95, None), (2, 2.5, None), (3, 120, None), (None, 12, IN_PERCENT)],
            id="a stray percent",
        ),
        pytest.param(
            "perplexity",
            [(22.5, None), (12, "%")],
            [(1, 22.5, None), (None, 12, IN_PERCENT)],
            id="one percent against one plain number",
        ),
        pytest.param(
            "compression ratio",
            [(4, "ratio"), (4.5, None)],
            [(1, 4.5, None), (2, 4, None)],
            id="a ratio that is no fraction",
        ),
        pytest.param(
            "speedup",
            [(5, "×"), (4, "times"), (3, "x"), (6, None)],
            [(1, 6, None), (2, 5, None), (3, 4, None), (4, 3, None)],
            id="times, and a plain number of what is customarily told in times",
        ),
        pytest.param(
            "number of parameters",
            [(40, "M"), (3, "million"), (1, "B"), (2, "m")],
            [(1, 3, None), (2, 40, None), (3, 1, None), (None, 2, "in m: not ranked among million")],
            id="millions, which are not metres",
        ),
        pytest.param(
            "accuracy",
            [(12, "m"), (14, "m"), (13, None)],
            [(1, 14, None), (2, 12, None), (None, 13, "no unit: not ranked among m")],
            id="a plain number, which prints no percent",
        ),
    ],
)
def test_a_number_is_turned_into_percent_only_where_its_metric_is_customarily_in_percent(
    boards, metric, given, ranked
):
    papers = {f"Reed {number}": [score(v, metric, unit=unit)] for number, (v, unit) in enumerate(given)}
    rows = boards(papers).leaderboard().rows()
    assert [(row["rank"], row["value"], row["note"]) for row in rows] == ranked


def test_a_lone_fraction_among_larger_numbers_is_ranked_and_flagged(boards):
    papers = {name: [score(v, "BLEU")] for name, v in (("Alder", 34.5), ("Birch", 0.35))}
    rows = boards(papers).leaderboard().rows()
    assert [(row["rank"], row["value"], row["note"]) for row in rows] == [
        (1, 34.5, None),
        (2, 0.35, "no unit: may be a fraction among larger numbers"),
    ]


@pytest.mark.parametrize(
    ("metric", "first", "score_of_range"), [("accuracy", "Birch", 85), ("FID", "Alder", 91)]
)
def test_of_a_range_the_end_counts_that_claims_less(boards, metric, first, score_of_range):
    span = f"It reaches 85 to 91 {metric} on MarshBench"
    papers = {
        "Alder": [score(90.5, metric)],
        "Birch": [
            score(90.7, metric),
            claim(span, "MarshBench", metric, 85, value_high=91, kind="absolute"),
        ],
    }
    rows = boards(papers).leaderboard().rows()
    assert rows[0]["method"] == first
    assert [(row["rank"], row["score"], row["result"]) for row in rows if row["value_high"]] == [
        (3, score_of_range, "85-91")
    ]


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 200).map(lambda whole: whole / 2),
            st.sampled_from(["%", "fraction", None]),
        ),
        max_size=8,
    )
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_rank_is_one_more_than_how_many_are_better(boards, given):
    # Given any claims on one board,
    database = extractor.Database()
    if not database.path.is_file():
        boards({"Alder": [score(70.5)]})
    change(database, "delete from all_claims")
    for position, (value, unit) in enumerate(given):
        change(database, ADDED, [position, value, unit])
    # when it is asked for,
    rows = database.leaderboard().rows()
    # then equal scores share a rank, better ones come first, and what is not ranked stands behind.
    scores = [row["score"] for row in rows if row["rank"] is not None]
    assert [row["rank"] for row in rows[: len(scores)]] == [
        1 + sum(s > score for s in scores) for score in scores
    ]
    assert [row["rank"] for row in rows[len(scores) :]] == [None] * (len(rows) - len(scores))
    without = [row["value"] is None for row in rows]
    assert without == sorted(without)
    assert {row["value"] for row in rows} == {value for value, _ in given}


ADDED = """
    insert into all_claims by name
    select extraction_id, ?::integer as position, 'x' as quote, 'MarshBench' as dataset, 'accuracy' as metric,
        'Reed ' || position as method, ?::double as value, ? as unit, 'absolute' as kind, true as verified
    from extractions
"""


# ---------------------------------------------------------------- whose results


def quoted(value, baseline, baseline_value):
    quote = f"It reaches {value} accuracy on MarshBench, where {baseline} has {baseline_value}"
    more = {"baseline": baseline, "baseline_value": baseline_value, "kind": "absolute"}
    return claim(quote, "MarshBench", "accuracy", value, **more)


def test_quoted_baselines_stand_apart_and_only_where_they_are_asked_for(boards):
    # Given two papers that quote the same baseline, with numbers better than their own,
    database = boards({"Alder": [quoted(70.5, "Osier", 75.5)], "Birch": [quoted(71.5, "Osier", 76.5)]})
    # when the board is asked for, then own results are ranked, each with what it is compared with;
    rows = database.leaderboard().rows()
    assert [(row["rank"], row["method"], row["over"]) for row in rows] == [
        (1, "Birch", "Osier 76.5"),
        (2, "Alder", "Osier 75.5"),
    ]
    # and where baselines are asked for, they follow, unranked, each with the paper that quotes it.
    more = database.leaderboard(BoardFilter(with_baselines=True)).rows()
    assert more[:2] == rows
    told = [(row["rank"], row["method"], row["value"], row["whose"], row["title"]) for row in more[2:]]
    assert told == [(None, "Osier", 76.5, "baseline", "Birch"), (None, "Osier", 75.5, "baseline", "Alder")]
    assert [row["value"] for row in database.table("quoted_baselines").rows()] == [76.5, 75.5]
    assert [row["rows"] for row in database.boards().rows()] == [2]


def test_a_claim_about_what_the_paper_compares_with_is_no_result_of_its_own(boards):
    theirs = claim(
        "Osier reaches 75.5 accuracy on MarshBench", "MarshBench", "accuracy", 75.5, method="Osier"
    )
    ours = claim("It beats Osier with 70.5 accuracy on MarshBench", "MarshBench", "accuracy", 70.5)
    database = boards({"Alder": [{**ours, "baseline": "Osier", "method": "Alder"}, theirs]})
    assert ranks(database) == [(1, "Alder", 70.5)]
    assert [row["method"] for row in database.table("quoted_baselines").rows()] == ["Osier"]


def test_a_step_on_the_way_to_the_papers_method_is_its_own_result(boards):
    first = claim(
        "Alder S beats Osier with 70.5 accuracy on MarshBench",
        *("MarshBench", "accuracy", 70.5),
        method="Alder S",
        baseline="Osier",
    )
    second = claim(
        "Alder beats Alder S with 72.5 accuracy on MarshBench",
        *("MarshBench", "accuracy", 72.5),
        method="Alder",
        baseline="Alder S",
    )
    assert [row[1] for row in ranks(boards({"Alder": [first, second]}))] == ["Alder", "Alder S"]


def test_what_a_paper_claims_twice_counts_once(boards):
    again = claim("That is 70.5 accuracy on MarshBench", "MarshBench", "accuracy", 70.5, unit="%")
    database = boards({"Alder": [score(70.5), again], "Birch": [score(70.5)]})
    assert ranks(database) == [(1, "Alder", 70.5), (1, "Birch", 70.5)]
    assert [row["unit"] for row in database.leaderboard().rows()] == ["%", None]


def test_what_a_paper_claims_in_two_units_counts_once_where_it_is_as_much(boards):
    once = [score(91.5, unit="%"), score(0.915, unit="fraction")]
    twice = [score(10, "latency", unit="ms"), score(10, "latency", unit="s")]
    rows = boards({"Alder": [*once, *twice]}).leaderboard().rows()
    assert [(row["rank"], row["metric"], row["result"]) for row in rows] == [
        (1, "Accuracy", "91.5 %"),
        (1, "Latency", "10 ms"),
        (2, "Latency", "10 s"),
    ]


def test_what_the_text_does_not_bear_out_is_lent_to_no_claim(boards):
    # Given a record whose method, task and link its text does not print,
    lent = {"method": "Sallow", "tasks": ["bird ringing"], "code_url": "https://example.org/nowhere"}
    database = boards({"Alder": [score(70.5)]}, Alder=lent)
    # when the board is asked for, then the claim stands there without them.
    row = database.leaderboard().rows()[0]
    assert (row["rank"], row["method"], row["task"], row["code_url"]) == (1, None, None, None)


# ---------------------------------------------------------------- narrowing


def test_a_method_and_a_limit_narrow_what_is_shown_and_change_no_rank(boards):
    papers = {name: [score(v)] for name, v in (("Alder", 70.5), ("Birch", 90.5), ("Cedar", 80.5))}
    database = boards(papers)
    assert ranks(database, method="alder") == [(3, "Alder", 70.5)]
    assert ranks(database, limit=2) == [(1, "Birch", 90.5), (2, "Cedar", 80.5)]


def test_a_limit_holds_for_each_board_and_for_the_list_of_boards(boards):
    papers = {
        "Alder": [score(70.5), score(60.5, dataset="Fens")],
        "Birch": [score(71.5), score(61.5, dataset="Fens"), score(50.5, dataset="Bogs")],
    }
    database = boards(papers)
    assert [row[1] for row in ranks(database, metric="accuracy", limit=1)] == ["Birch", "Birch", "Birch"]
    assert [row["dataset"] for row in database.boards(BoardFilter(limit=2)).rows()] == ["Fens", "MarshBench"]


def test_since_a_day_only_papers_from_then_on_are_ranked(boards):
    papers = {name: [score(v)] for name, v in (("Alder", 90.5), ("Birch", 80.5), ("Cedar", 70.5))}
    facts = {"Alder": {"published": date(2025, 12, 31)}, "Birch": {"published": date(2026, 1, 1)}}
    database = boards(papers, facts)
    assert ranks(database, since=date(2026, 1, 1)) == [(1, "Birch", 80.5)]


def test_a_name_is_taken_in_any_spelling(boards):
    database = boards({"Alder": [score(70.5, "top-1 accuracy", "CIFAR10")]})
    for chosen in ({"dataset": "CIFAR-10"}, {"dataset": "cifar 10"}, {"metric": "Top 1 Acc. (%)"}):
        assert ranks(database, **chosen) == [(1, "Alder", 70.5)], chosen
    for chosen in ({"dataset": "CIFAR-100"}, {"metric": "top-1 error"}):
        assert ranks(database, **chosen) == []


def test_an_acronym_belongs_to_the_board_of_what_its_paper_calls_so(boards):
    # Given a paper that defines an acronym, and one that prints the full form,
    defines = claim(
        "Its bog depth score (BDS) is 7.5 on Fens", "Fens", "BDS", 7.5, kind="absolute", direction="increase"
    )
    papers = {"Alder": [defines], "Birch": [score(8.5, "bog depth score", "Fens")]}
    # when the boards are asked for, then it is one.
    database = boards(papers)
    assert [(row["metric"], row["rows"]) for row in database.boards().rows()] == [("bog depth score", 2)]
    assert [row["printed_metric"] for row in database.leaderboard().rows()] == ["bog depth score", "BDS"]
    assert len(database.leaderboard(BoardFilter(metric="bds"))) == 2


def test_of_names_that_differ_in_case_the_one_that_is_written_so_is_meant(boards):
    # Given two metrics whose names differ only in case,
    papers = {"Alder": [score(70.5, "mAP"), score(60.5, "MAP")]}
    database = boards(papers)
    # when one is asked for by its own name, then it alone is meant; else both are.
    for name, values in (("mAP", [70.5]), ("MAP", [60.5]), ("Map", [60.5, 70.5])):
        assert [row[2] for row in ranks(database, metric=name)] == values, name
    assert list(database.pivot("mAP")) == [("Alder", "70.5")]


def test_a_board_calls_a_metric_as_the_list_of_names_does(boards, paper, answering):
    # Given a paper whose two texts say different things of an acronym,
    database = boards({"Alder": [score(70.5, "bog depth score (BDS)"), score(71.5, "BDS")]})
    other = "We study Alder. Its bird density sum (BDS) is 72.5 on MarshBench."
    claims = [claim("Its bird density sum (BDS) is 72.5 on MarshBench", "MarshBench", "BDS", 72.5)]
    answers = answering({"Alder": {"method": "Alder", "claims": claims}})
    extractor.run([paper("Alder", other)], provider=answers, model="heron-large")
    # when it is asked what it is called, then boards and names agree.
    called = {row["canonical"] for row in database.names("metric").rows() if row["printed"] == "BDS"}
    shown = {row["metric"] for row in database.table("board_claims").rows() if row["printed_metric"] == "BDS"}
    texts = database.sql(
        "select distinct canonical from names where printed = 'BDS' and paper_id is not null"
    )
    assert len(texts) == 2
    assert shown == called


# ---------------------------------------------------------------- gains


def test_gains_are_ordered_by_metric_dataset_and_baseline_the_largest_first(boards):
    def gain(value, kind, unit, **more):
        words = " ".join(str(word) for word in more.values())
        return claim(f"It gains {value} {unit} {words}", value=value, kind=kind, unit=unit, **more)

    papers = {
        "Alder": [
            gain(4, "ratio", "x"),
            gain(12, "relative_change", "%", metric="latency", direction="decrease"),
            gain(
                3.5,
                "difference",
                "points",
                metric="F1",
                dataset="Fens",
                baseline="Osier",
                direction="increase",
            ),
            gain(
                9.5,
                "difference",
                "points",
                metric="F1",
                dataset="Fens",
                baseline="Osier",
                direction="increase",
            ),
        ],
    }
    rows = boards(papers).gains().rows()
    assert [(row["metric"], row["dataset"], row["baseline"], row["gain"]) for row in rows] == [
        ("F1", "Fens", "Osier", "+9.5 points"),
        ("F1", "Fens", "Osier", "+3.5 points"),
        ("Latency", None, None, "-12 %"),
        (None, None, None, "4x"),
    ]


@pytest.mark.parametrize(
    ("gain", "told"),
    [
        pytest.param({"kind": "relative_change", "direction": "decrease"}, "-12 to -14 %", id="less"),
        pytest.param(
            {"kind": "difference", "unit": "dB", "direction": "increase"}, "+12 to +14 dB", id="more"
        ),
        pytest.param({"kind": "difference", "unit": "dB"}, "12-14 dB", id="neither"),
        pytest.param({"kind": "ratio"}, "12-14x", id="a ratio"),
    ],
)
def test_both_ends_of_a_gain_have_its_sign(boards, gain, told):
    quote = f"It changes latency by 12 to 14 {gain.get('unit', '%')}"
    database = boards({"Alder": [claim(quote, None, "latency", 12, value_high=14, **gain)]})
    assert [row["gain"] for row in database.gains().rows()] == [told]


# ---------------------------------------------------------------- comparison


@pytest.fixture
def compared(boards):
    """Return the database of three papers."""
    gain = claim("It gains 2.5 points of F1 over Osier", None, "F1", 2.5, unit="points", kind="difference")
    papers = {
        "Alder": [score(70.5), score(60.5, dataset="Fens")],
        "Birch": [score(80.5), {**gain, "baseline": "Osier", "direction": "increase"}],
        "Cedar": [score(65.5, dataset="Fens"), score(99.5, is_printed=False)],
    }
    return boards(papers, Alder={"datasets": ["MarshBench", "Fens"], "metrics": ["accuracy", "Accuracy"]})


def test_papers_stand_side_by_side(compared):
    rows = compared.compare().rows()
    assert rows[0] == {
        "title": "Alder",
        "task": "marsh mapping",
        "method": "Alder",
        "datasets": ["MarshBench", "Fens"],
        "metrics": ["Accuracy"],
        "results": ["Accuracy 70.5 on MarshBench", "Accuracy 60.5 on Fens"],
        "gains": [],
        "code_url": None,
        "published": None,
        "unverified": 0,
        "paper_id": "alder",
    }
    assert [(row["title"], row["results"], row["gains"]) for row in rows[1:]] == [
        ("Birch", ["Accuracy 80.5 on MarshBench"], ["F1 +2.5 points over Osier"]),
        ("Cedar", ["Accuracy 65.5 on Fens"], []),
    ]


def test_named_papers_stand_in_the_order_in_which_they_are_named_with_the_chosen_columns(compared):
    wanted = Compared(("CEDAR", "alder"), ("paper_id", "method"))
    assert compared.compare(wanted).rows() == [
        {"paper_id": "cedar", "method": "Cedar"},
        {"paper_id": "alder", "method": "Alder"},
    ]


def test_what_is_compared_is_limited_and_narrowed_by_task(compared):
    assert [row["title"] for row in compared.compare(Compared(limit=2)).rows()] == ["Alder", "Birch"]
    assert len(compared.compare(Compared(task="Marsh Mapping"))) == 3
    assert len(compared.compare(Compared(task="reed counting"))) == 0


def test_what_is_not_borne_out_is_compared_where_it_is_asked_for(compared):
    shown = compared.compare(Compared(("Cedar",), with_unverified=True)).rows()
    assert shown[0]["results"] == ["Accuracy 65.5 on Fens", "Accuracy 99.5 on MarshBench"]


def test_methods_stand_side_by_side_over_papers(boards):
    papers = {"Alder": [score(70.5)], "On Alder": [score(60.5, dataset="Fens", method="Alder")]}
    database = boards(papers, **{"On Alder": {"method": None}})
    rows = database.compare_methods(Compared(columns=("method", "titles", "datasets", "results"))).rows()
    assert rows == [
        {
            "method": "Alder",
            "titles": ["Alder", "On Alder"],
            "datasets": ["Fens", "MarshBench"],
            "results": ["Accuracy 70.5 on MarshBench", "Accuracy 60.5 on Fens"],
        }
    ]
    assert len(database.compare_methods(Compared(("ALDER",)))) == 1


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        pytest.param(
            lambda database: database.compare(Compared(columns=("title", "nope"))),
            "no column 'nope'.*title",
            id="a column",
        ),
        pytest.param(lambda database: database.compare(Compared(("nope",))), "no paper 'nope'", id="a paper"),
        pytest.param(
            lambda database: database.compare_methods(Compared(("nope",))), "no method 'nope'", id="a method"
        ),
        pytest.param(
            lambda database: database.pivot("accuracy", Compared(("nope",))),
            "no method 'nope'",
            id="a method of a pivot",
        ),
    ],
)
def test_a_name_that_is_not_here_is_told(compared, ask, message):
    with pytest.raises(QueryError, match=message):
        ask(compared)


def test_a_pivot_has_a_row_a_method_and_a_column_a_dataset_with_the_best_marked(compared):
    table = compared.pivot("ACC")
    assert table.columns == ("method", "Fens", "MarshBench")
    assert list(table) == [
        ("Alder", "60.5", "70.5"),
        ("Birch", None, "80.5 *"),
        ("Cedar", "65.5 *", None),
    ]
    assert list(compared.pivot("accuracy", Compared(("birch", "alder"), limit=1))) == [
        ("Alder", "60.5", "70.5"),
    ]
    assert list(compared.pivot("soggedness")) == []


def test_a_pivot_is_read_as_numbers_where_they_can_be_compared(boards):
    papers = {
        "Alder": [score(70.5, unit="%")],
        "Birch": [score(0.805, unit="fraction")],
        "Cedar": [score(0.9)],
    }
    assert boards(papers).pivot("accuracy", as_numbers=True).rows() == [
        {"method": "Alder", "MarshBench": 70.5},
        {"method": "Birch", "MarshBench": 80.5},
        {"method": "Cedar", "MarshBench": None},
    ]
