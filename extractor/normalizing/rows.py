"""What one line of a list says: of a name, or of a metric."""

from dataclasses import dataclass
from typing import Literal

from extractor.records import NameKind

Direction = Literal["up", "down"]
"""Whether more of a metric is better, or less."""


@dataclass(frozen=True, slots=True)
class NameRow:
    """What is printed, and the name that it belongs to; `line` where it was read."""

    kind: NameKind
    printed: str
    canonical: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class DirectionRow:
    """A metric, which way is better (None where neither is), and its unit; `line` where it was read."""

    metric: str
    direction: Direction | None
    unit: str | None = None
    line: int | None = None
