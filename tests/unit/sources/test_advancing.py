from itertools import count

from extractor.sources.advancing import Advancing
from extractor.sources.shapes import FileRead, Skips

MEGABYTE = 1_000_000


class Clock:
    """Each look at it takes so many seconds."""

    def __init__(self, seconds):
        self._times = count(step=seconds)

    def __call__(self):
        return next(self._times)


def lines_told(seconds, blocks=500, size=None, skips=None):
    """Read blocks of a megabyte, with a clock by which each takes so many seconds."""
    told: list[str] = []
    taken = bytearray()
    advancing = Advancing(told.append, Skips() if skips is None else skips, lambda: False, Clock(seconds))
    for block in advancing.of([b"x"] * blocks, "reeds.jsonl", lambda: (len(taken) * MEGABYTE, size)):
        taken.extend(block)
    return told


def test_reading_that_takes_long_is_told_of_with_how_far_it_is():
    skips = Skips(files=[FileRead("reeds.jsonl", "JSON", papers=7)])
    skips.left_out["--where"] = 9

    assert lines_told(0.0625, size=500 * MEGABYTE, skips=skips) == [
        "reading reeds.jsonl: 32% of 500 MB, 7 papers, 9 left out",
        "reading reeds.jsonl: 64% of 500 MB, 7 papers, 9 left out",
        "reading reeds.jsonl: 96% of 500 MB, 7 papers, 9 left out",
    ]


def test_of_what_has_no_known_size_it_is_told_how_much_was_read():
    assert lines_told(0.0625, blocks=161) == ["reading reeds.jsonl: 160 MB, no papers yet"]


def test_who_waits_for_answers_is_not_told_that_reading_takes_long():
    assert lines_told(60.0, blocks=99) == []
