import io
import re
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from extractor.exchange import Usage
from extractor.progress import ProgressBar, ProgressLines, Silence, shown_progress, told_of


@dataclass
class Counts:
    """What a run has done so far."""

    done: int = 0
    papers: int | None = None
    failed: int = 0
    from_cache: int = 0
    passed_over: int = 0
    usage: Usage = field(default_factory=Usage)


def console(*, is_terminal):
    return Console(file=io.StringIO(), force_terminal=is_terminal, width=100, color_system=None)


# ---------------------------------------------------------------- one line


@pytest.mark.parametrize(
    ("counts", "seconds", "line"),
    [
        (Counts(), 0, "0 papers, 0 a second"),
        (Counts(30), 10, "30 papers, 3 a second"),
        (Counts(30, 90), 10, "30 of 90 papers, 3 a second, 20 s left"),
        (Counts(0, 90), 10, "0 of 90 papers, 0 a second"),
        (Counts(90, 90), 30, "90 of 90 papers, 3 a second, 0 s left"),
        (Counts(30, 90, failed=2), 10, "30 of 90 papers, 2 failed, 3 a second, 20 s left"),
        (Counts(30, usage=Usage(900, 99)), 10, "30 papers, 3 a second, 999 tokens"),
        (Counts(30, usage=Usage(900, 100)), 10, "30 papers, 3 a second, 1k tokens"),
        (Counts(30, usage=Usage(12_000, 345)), 10, "30 papers, 3 a second, 12.3k tokens"),
        (
            Counts(30, usage=Usage(1_000_000, 500_000, cost=0.25)),
            10,
            "30 papers, 3 a second, 1.5M tokens, $0.2500",
        ),
        (Counts(30, usage=Usage(None, 12)), 10, "30 papers, 3 a second, 12 tokens"),
        (Counts(30, usage=Usage(0, 0, cost=0.0)), 10, "30 papers, 3 a second"),
        (Counts(1), 3, "1 papers, 0.333 a second"),
    ],
    ids=repr,
)
def test_a_run_is_told_in_one_line(counts, seconds, line):
    assert told_of(counts, seconds) == line


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (1, "1 s"),
        (59, "59 s"),
        (60, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (3660, "1 h 1 min"),
        (7199, "1 h 59 min"),
        (90_000, "25 h 0 min"),
    ],
)
def test_what_is_left_is_told_in_hours_minutes_and_seconds(left, told):
    counts = Counts(10, 10 + left)

    assert told_of(counts, 10).endswith(f" a second, {told} left")


@pytest.mark.parametrize(
    ("done", "seconds", "left"),
    [
        (600, 597, "1 min 0 s"),
        (1000, 995, "1 min 40 s"),
        (2400, 2397, "4 min 0 s"),
        (36_000, 35_997, "1 h 0 min"),
    ],
)
def test_there_are_no_sixty_seconds_in_what_is_left(done, seconds, left):
    # A tenth is left: 59.7 s, 99.5 s, 239.7 s and 3599.7 s.
    assert told_of(Counts(done, done + done // 10), seconds).endswith(f", {left} left")


@pytest.mark.parametrize(
    ("counts", "seconds", "told"),
    [
        (Counts(999), 1, "999 a second"),
        (Counts(5000), 1, "5000 a second"),
        (Counts(123_456), 10, "12346 a second"),
        (Counts(1, usage=Usage(999_499, 0)), 1, "999k tokens"),
        (Counts(1, usage=Usage(999_999, 0)), 1, "1M tokens"),
        (Counts(1, usage=Usage(1_234_567_890, 0)), 1, "1.23G tokens"),
    ],
    ids=repr,
)
def test_large_figures_are_written_as_people_write_them(counts, seconds, told):
    assert told in told_of(counts, seconds)


@given(
    st.builds(
        Counts,
        done=st.integers(0, 10**7),
        papers=st.one_of(st.none(), st.integers(0, 10**7)),
        from_cache=st.integers(0, 10**7),
        failed=st.integers(0, 10**7),
        passed_over=st.integers(0, 10**7),
        usage=st.builds(Usage, st.integers(0, 10**12), st.integers(0, 10**12)),
    ),
    st.floats(0, 10**7),
)
def test_every_run_can_be_told_and_no_figure_has_an_exponent(counts, seconds):
    told = told_of(counts, seconds)

    assert "\n" not in told
    assert not re.search(r"\de[+-]", told)


def test_what_is_passed_over_is_not_waited_for():
    assert told_of(Counts(30, 100, passed_over=10), 10).startswith("30 of 90 papers")


def test_more_outcomes_than_papers_were_counted_are_all_there_is():
    assert told_of(Counts(30, 20), 10).startswith("30 of 30 papers")


def test_papers_that_were_answered_before_do_not_promise_a_quick_end():
    # Given 1000 papers of which 900 were there at once, and 10 were asked in 100 seconds,
    counts = Counts(910, 1000, from_cache=900)
    # then the 90 that are left take 900 seconds and not 10.
    told = told_of(counts, 100)
    assert "910 of 1000 papers, 900 from cache" in told
    assert told.endswith("15 min 0 s left")


# ---------------------------------------------------------------- where it is shown


def test_on_a_terminal_a_bar_moves():
    screen = console(is_terminal=True)

    with shown_progress(screen, quiet=False) as shown:
        shown(Counts(30, 90))
        shown.tell("a model is [fetched]")

    assert isinstance(shown, ProgressBar)
    assert "30 of 90 papers" in screen.file.getvalue()
    assert "a model is [fetched]" in screen.file.getvalue()


def test_elsewhere_a_line_is_printed_now_and_then():
    file = console(is_terminal=False)

    with shown_progress(file, quiet=False) as shown:
        shown(Counts(30, 90))
        shown.tell("a model is [fetched]")

    assert isinstance(shown, ProgressLines)
    assert file.file.getvalue() == "a model is [fetched]\n"


def test_a_long_line_is_not_broken_where_nobody_looks():
    file = console(is_terminal=False)

    with shown_progress(file, quiet=False) as shown:
        shown.tell("word " * 60)

    assert file.file.getvalue().count("\n") == 1


@pytest.mark.parametrize("is_terminal", [True, False])
def test_who_wants_quiet_has_it(is_terminal):
    silent = console(is_terminal=is_terminal)

    with shown_progress(silent, quiet=True) as shown:
        shown(Counts(30, 90))
        shown.tell("a model is fetched")

    assert isinstance(shown, Silence)
    assert silent.file.getvalue() == ""
