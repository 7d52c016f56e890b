"""A run's tally -> a moving bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SECONDS_BETWEEN_LINES = 10.0


class Counts(Protocol):
    """What is shown of a run."""

    papers: int
    failed: int
    from_cache: int

    @property
    def done(self) -> int:
        """Count of papers with an outcome."""
        ...


class ProgressBar:
    """A bar that moves; made by `shown_progress`."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("extracting", total=None, told="")

    def __call__(self, counts: Counts) -> None:
        """Show the counts."""
        self._bar.update(self._task, total=counts.papers, completed=counts.done, told=_beside(counts))

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
            rate = counts.done / (now - self._started)
            self.tell(f"{counts.done} of {counts.papers} papers, {rate:.2g} a second{_beside(counts)}")

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


def _beside(counts: Counts) -> str:
    told = ""
    if counts.from_cache:
        told += f", {counts.from_cache} from cache"
    if counts.failed:
        told += f", {counts.failed} failed"
    return told


@contextmanager
def shown_progress(console: Console, *, quiet: bool) -> Iterator[Shown]:
    """Yield what shows progress on this console: a bar on a terminal, lines elsewhere."""
    if quiet:
        yield Silence()
    elif console.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("papers{task.fields[told]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            yield ProgressBar(bar)
    else:
        yield ProgressLines(console)
