"""Rows as they are read: chosen columns, side by side, a pivot, a narrow terminal."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from extractor.arranging import BOARD, chosen_columns, fitted, lends_task, pivot_of, side_by_side, to_read
from extractor.errors import QueryError
from extractor.rendering import Held, plain

BOARDS = Held(
    ("rank", "method", "result", "title", "task", "task_from_paper", "verified"),
    (
        (1, "Alder", "91.2 %", "Alder: A Tree", "reed counting", True, True),
        (2, "Birch", "90.1 %", "Birch: A Tree", "marsh mapping", False, True),
    ),
)


def test_columns_are_chosen_in_any_order():
    chosen = chosen_columns(BOARDS, ["method", "rank"])
    assert chosen == Held(("method", "rank"), (("Alder", 1), ("Birch", 2)))


def test_a_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(QueryError, match="no column 'nope'; there are: rank, method"):
        chosen_columns(BOARDS, ["nope"])


def test_a_board_is_read_under_short_names_with_the_papers_task_marked():
    read = to_read(BOARDS, BOARD)
    assert read.columns == ("rank", "method", "value", "task", "paper", "verified")
    assert [row[3] for row in read] == ["reed counting †", "marsh mapping"]
    assert lends_task(BOARDS)
    assert not lends_task(chosen_columns(BOARDS, ["rank"]))


def test_rows_of_another_shape_are_read_as_they_are():
    rows = Held(("drug", "effect"), (("reeds", 1.5),))
    assert to_read(rows, BOARD) == rows


def test_side_by_side_a_row_is_a_column_and_each_item_of_a_list_a_line():
    rows = Held(
        ("title", "datasets", "code_url"), (("Alder", ["Fens", "Bogs"], None), ("Birch", [], "https://b"))
    )
    assert side_by_side(rows, "title") == Held(
        ("", "Alder", "Birch"),
        (("datasets", "Fens", ""), ("", "Bogs", ""), ("code_url", "", "https://b")),
    )


# ---------------------------------------------------------------- pivots


def placed(rank, method, dataset, result, metric="accuracy", **more):
    row = {"rank": rank, "method": method, "dataset": dataset, "metric": metric, "result": result}
    return {"title": "A Title", "whose": "own", **row, **more}


def test_what_fills_most_cells_comes_first():
    table = pivot_of(
        [placed(1, "Alder", "Bogs", "3"), placed(1, "Birch", "Fens", "4"), placed(2, "Birch", "Bogs", "1")]
    )
    assert table == Held(("method", "Bogs", "Fens"), (("Birch", "1", "4"), ("Alder", "3 *", None)))


def test_equally_good_ones_are_both_best_and_one_alone_is_not():
    table = pivot_of(
        [placed(1, "Alder", "Bogs", "3"), placed(1, "Birch", "Bogs", "3"), placed(1, "Birch", "Fens", "4")]
    )
    assert list(table) == [("Birch", "3 *", "4"), ("Alder", "3 *", None)]


def test_a_method_shows_its_best_value_and_what_is_not_ranked_is_not_best():
    rows = [
        placed(1, "Alder", "Bogs", "9"),
        placed(2, "Alder", "Bogs", "8"),
        placed(None, "Birch", "Bogs", "0.99"),
    ]
    assert list(pivot_of(rows)) == [("Alder", "9"), ("Birch", "0.99")]


def test_a_pivot_leaves_out_what_has_no_value_and_quoted_baselines():
    rows = [placed(None, "Alder", "Bogs", None), placed(None, "Osier", "Bogs", "5", whose="baseline")]
    assert pivot_of(rows) == Held(("method",), ())


def test_two_metrics_of_one_name_have_columns_of_their_own():
    rows = [placed(1, "Alder", "Bogs", "3"), placed(1, "Alder", "Bogs", "4", metric="adaptive accuracy")]
    assert pivot_of(rows).columns == ("method", "Bogs (accuracy)", "Bogs (adaptive accuracy)")


def test_a_dataset_that_is_called_method_is_not_taken_for_the_first_column():
    assert pivot_of([placed(1, None, "method", "3")]) == Held(
        ("method", "method (dataset)"), (("A Title", "3"),)
    )


# ---------------------------------------------------------------- narrow terminals

WORDS = st.text(alphabet="abcdefgh ", max_size=80)


@given(
    st.lists(st.tuples(st.integers(1, 999), WORDS, WORDS, WORDS), min_size=1, max_size=5),
    st.integers(40, 200),
)
def test_a_table_fits_into_a_terminal(rows, width):
    shown = fitted(Held(("rank", "method", "quote", "paper"), tuple(rows)), width, ["quote"])
    widths = [max(len(plain(cell)) for cell in column) for column in zip(shown.columns, *shown, strict=True)]
    assert sum(widths) + 3 * len(widths) <= width
    assert [row[0] for row in shown] == [row[0] for row in rows]


def test_a_wide_terminal_shows_all():
    rows = Held(("rank", "quote"), ((1, "It reaches 91.2 % accuracy"),))
    assert fitted(rows, 200, ["quote"]) == rows


def test_a_narrow_terminal_goes_without_what_can_be_spared_but_not_without_a_doubt():
    rows = Held(("method", "quote", "verified"), (("Alder", "q" * 60, False),))
    assert fitted(rows, 40, ["quote", "verified"]).columns == ("method", "verified")
    borne_out = Held(rows.columns, (("A" * 30, "q" * 60, True),))
    assert fitted(borne_out, 30, ["quote", "verified"]) == Held(("method",), (("A" * 26 + "…",),))
