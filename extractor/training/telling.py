"""Steps done and seconds gone -> what is told of a training, and when."""

import time
from dataclasses import dataclass, field

TELL_EVERY, KEEP_EVERY = 15.0, 60.0
"""Seconds between two lines, and between two copies on disk."""
_HOUR, _MINUTE = 3600, 60


@dataclass(slots=True)
class Timer:
    """Goes off every so many seconds, the first time after as many."""

    seconds: float
    _last: float = field(default_factory=time.monotonic)

    @property
    def is_due(self) -> bool:
        """True once the seconds are over; it then begins anew."""
        now = time.monotonic()
        is_over = now - self._last >= self.seconds
        if is_over:
            self._last = now
        return is_over


def line_of(step: int, steps: int, loss: float, seconds_a_step: float, best: float | None) -> str:
    """Return how far a training is."""
    watched = "" if best is None else f", best on watched papers {best:.4f}"
    left = in_words((steps - step) * seconds_a_step)
    return f"step {step} of {steps}: loss {loss:.4f}{watched}, {seconds_a_step:.2f} s a step, {left} left"


def in_words(seconds: float) -> str:
    """Return a time for a reader: `2 h 05 min`, `3 min`, `40 s`."""
    if seconds >= _HOUR:
        return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE):02d} min"
    return f"{int(seconds // _MINUTE)} min" if seconds >= _MINUTE else f"{int(seconds)} s"
