"""What reading a file gives."""

from dataclasses import dataclass

from extractor.papers import Paper


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was passed over, where, and why."""

    line: int
    reason: str
    shown: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The papers of a file, each once, and what was passed over."""

    source: str
    papers: tuple[Paper, ...]
    skipped: tuple[Skipped, ...] = ()
