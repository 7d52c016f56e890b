"""What reading a file gives."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from extractor.errors import SourceError
from extractor.papers import Paper

KEPT = 20
_SHOWN = 70


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was passed over, where, and why: `kind` is one of few, `detail` is what this one adds to it."""

    line: int
    kind: str
    shown: str
    detail: str = ""

    @property
    def reason(self) -> str:
        """Why, in full."""
        return f"{self.kind}{self.detail}"


@dataclass(slots=True)
class Skips:
    """What was passed over so far: how much, the first few in full, and counts by kind."""

    count: int = 0
    first: list[Skipped] = field(default_factory=list)
    by_reason: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        """Return the count of all that was passed over."""
        return self.count

    def add(self, skipped: Skipped) -> None:
        """Take one in."""
        self.count += 1
        self.by_reason[skipped.kind] += 1
        if len(self.first) < KEPT:
            self.first.append(skipped)


class Reading:
    """
    The papers of a source, each once, read as they are asked for; what is passed over is counted on the way.

    `count` is how many papers there are at most, for showing progress; None where only reading would tell.
    `is_given` says that a program hands the papers out, and may want to do so in its own thread.
    """

    def __init__(
        self,
        source: str,
        papers: Iterable[Paper],
        skipped: Skips,
        count: int | None = None,
        *,
        is_given: bool = False,
    ) -> None:
        self.source = source
        self.is_given = is_given
        self.count = count
        self.skipped = skipped
        self._papers: Iterable[Paper] | None = papers

    def __iter__(self) -> Iterator[Paper]:
        """
        Return what reads the papers.

        Raises:
            SourceError: it was asked for before: papers are handed out once; or, later, the file is gone.
        """
        papers, self._papers = self._papers, None
        if papers is None:
            message = f"the papers of {self.source} are handed out once; read it again"
            raise SourceError(message)
        return iter(papers)


def short(text: str) -> str:
    """Return the beginning of a text, to be shown."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
