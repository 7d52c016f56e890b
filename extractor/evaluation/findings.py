"""What is found about one value of one paper: right or wrong, in the text or not."""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractor.evaluation.pairing import Pairing


class Verdict(enum.Enum):
    """What a finding says."""

    RIGHT = "right"
    EXTRA = "extra"
    IGNORED = "ignored"
    MISSED = "missed"
    SAME = "same"
    DIFFERENT = "different"
    IN_TEXT = "in the text"
    ABSENT = "not in the text"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One value, judged.

    `subject` is a score (right, extra, ignored, missed), a field of parts that were found (same, different:
    "claims.metric"), or a field whose values are looked for in the text. `predicted` and `expected` are
    there to be read; `expected` is None where the gold has nothing. `is_similar` marks a name that is right
    though its words are not quite the same.
    """

    subject: str
    verdict: Verdict
    predicted: str | None = None
    expected: str | None = None
    is_similar: bool = False


def findings_of(
    subject: str,
    pairing: Pairing,
    predicted: Sequence[str],
    expected: Sequence[str],
    similar: Iterable[int] = (),
) -> Iterator[Finding]:
    """Yield a finding a predicted item and one for each that was missed, both sides given to be read."""
    similar = frozenset(similar)
    for i, j in pairing.right.items():
        yield Finding(subject, Verdict.RIGHT, predicted[i], expected[j], i in similar)
    for i in pairing.extra:
        yield Finding(subject, Verdict.EXTRA, predicted[i])
    for i in pairing.ignored:
        yield Finding(subject, Verdict.IGNORED, predicted[i])
    for j in pairing.missed:
        yield Finding(subject, Verdict.MISSED, expected=expected[j])
