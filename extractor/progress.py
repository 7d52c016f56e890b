"""A run's tally -> a moving bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from extractor.exchange import Usage

SECONDS_BETWEEN_LINES = 10.0
MINUTE, HOUR = 60, 3600


class Counts(Protocol):
    """What is shown of a run; `papers` is None where it is not known how many there are."""

    papers: int | None
    failed: int
    from_cache: int
    usage: Usage

    @property
    def done(self) -> int:
        """Count of papers with an outcome."""
        ...

    @property
    def passed_over(self) -> int:
        """Count of what is no paper of this run: skipped, or not wanted."""
        ...


class ProgressBar:
    """A bar that moves; made by `shown_progress`."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._started = time.monotonic()
        self._task = bar.add_task("extracting", total=None, told="")

    def __call__(self, counts: Counts) -> None:
        """Show the counts."""
        told = told_of(counts, time.monotonic() - self._started)
        self._bar.update(self._task, total=_total(counts), completed=counts.done, told=told)

    def tell(self, line: str) -> None:
        """Print a line above the bar."""
        self._bar.console.print(line, markup=False, highlight=False)


class ProgressLines:
    """A line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = self._last = time.monotonic()

    def __call__(self, counts: Counts) -> None:
        """Print the counts where the last line is long past."""
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            self.tell(told_of(counts, now - self._started))

    def tell(self, line: str) -> None:
        """Print a line."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class Silence:
    """Shows nothing."""

    def __call__(self, counts: Counts) -> None:
        """Show nothing."""

    def tell(self, line: str) -> None:
        """Say nothing."""


Shown = ProgressBar | ProgressLines | Silence


def told_of(counts: Counts, seconds: float) -> str:
    """Return the counts of a run that has taken so many seconds, as one line."""
    total = _total(counts)
    told = [f"{counts.done} of {total} papers" if total else f"{counts.done} papers"]
    if counts.from_cache:
        told.append(f"{counts.from_cache} from cache")
    if counts.failed:
        told.append(f"{counts.failed} failed")
    rate = counts.done / seconds if seconds else 0.0
    told.append(f"{_figure(rate)} a second")
    told.extend(_spent(counts.usage))
    # What was there at once says nothing of how long the rest takes.
    asked = counts.done - counts.from_cache
    pace = asked / seconds if seconds and asked > 0 else rate
    if total and pace:
        told.append(f"{_span((total - counts.done) / pace)} left")
    return ", ".join(told)


def _total(counts: Counts) -> int | None:
    """Return how many papers there are; what was passed over so far is none."""
    return None if counts.papers is None else max(counts.done, counts.papers - counts.passed_over)


def _spent(usage: Usage) -> Iterator[str]:
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
    if tokens:
        yield f"{_short(tokens)} tokens"
    if usage.cost:
        yield f"${usage.cost:.4f}"


def _short(count: int) -> str:
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (1000, "k")):
        if count >= size * 0.9995:
            return f"{_figure(count / size)}{letter}"
    return str(count)


def _figure(number: float) -> str:
    """Return three digits, or all before the point; never an exponent."""
    return f"{number:.3g}" if 0.001 <= number < 999.5 else f"{number:.0f}"  # noqa: PLR2004


def _span(seconds: float) -> str:
    seconds = round(seconds)
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min {seconds % MINUTE:.0f} s"
    return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"


@contextmanager
def shown_progress(console: Console, *, quiet: bool) -> Iterator[Shown]:
    """Yield what shows progress on this console: a bar on a terminal, lines elsewhere."""
    if quiet:
        yield Silence()
    elif console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
        with Progress(*columns, console=console, transient=True) as bar:
            yield ProgressBar(bar)
    else:
        yield ProgressLines(console)
