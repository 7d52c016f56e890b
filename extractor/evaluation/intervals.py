"""
Counts of each paper -> how far a figure may be off by the choice of papers.

The bootstrap: as many papers as there are, are drawn again and again, with replacement, and the figure is
computed of each draw. Its middle 95% are the percentile interval (Efron and Tibshirani, An Introduction to
the Bootstrap, 1993, chapter 13). Runs that are compared are drawn together, paper by paper, so that their
difference has an interval of its own (Koehn, Statistical Significance Tests for Machine Translation
Evaluation, 2004).
"""

import math
import random
import struct
from collections.abc import Iterable, Iterator, Sequence

RESAMPLES, SEED = 2000, 0

_TAIL = 0.025
"""Share of the draws that lies below an interval, and above it."""


def resampled(counts: Sequence[Sequence[int]], resamples: int, seed: int) -> Iterator[tuple[int, ...]]:
    """
    Yield for each draw of papers the sum of their counts.

    The counts of a paper are packed side by side into one integer, 64 bits each, so that the sum of a
    draw is one sum of integers.
    """
    if not counts:
        return
    form = struct.Struct(f"<{len(counts[0])}Q")
    packed = [int.from_bytes(form.pack(*paper), "little") for paper in counts]
    draws = random.Random(seed)  # noqa: S311 - no secret hangs on it, and it must be the same each time.
    for _ in range(resamples):
        total = sum(draws.choices(packed, k=len(packed)))
        yield form.unpack(total.to_bytes(form.size, "little"))


def interval(figure: float | None, drawn: Iterable[float | None]) -> tuple[float | None, float | None]:
    """
    Return low and high of a figure; draws in which it is undefined say nothing.

    Where the draws lie to one side of the figure the interval is widened to hold it: of few papers, or of a
    field that only one of them has.
    """
    defined = sorted(value for value in drawn if value is not None)
    if figure is None or not defined:
        return figure, figure
    low = defined[math.floor(_TAIL * len(defined))]
    high = defined[math.ceil((1 - _TAIL) * len(defined)) - 1]
    return min(low, figure), max(high, figure)
