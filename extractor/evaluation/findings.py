"""What is found about one value of one paper: right or wrong, in the text or not."""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.evaluation.gold import GoldPart
from extractor.evaluation.pairing import Pairing
from extractor.evaluation.rules import PartRule

_QUOTE = 100
"""Characters of a quote that are shown."""


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
    there to be read; `expected` is None where the gold has nothing. `part` is what the part is known by, of
    which it is a field. `is_similar` marks a name that is right though its words are not quite the same.
    """

    subject: str
    verdict: Verdict
    predicted: str | None = None
    expected: str | None = None
    part: str | None = None
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
        yield Finding(subject, Verdict.RIGHT, predicted[i], expected[j], is_similar=i in similar)
    for i in pairing.extra:
        yield Finding(subject, Verdict.EXTRA, predicted[i])
    for i in pairing.ignored:
        yield Finding(subject, Verdict.IGNORED, predicted[i])
    for j in pairing.missed:
        yield Finding(subject, Verdict.MISSED, expected=expected[j])


# ---------------------------------------------------------------- to be read


def shown(value: Any) -> str:  # noqa: ANN401 - whatever a run gives.
    """Return a value as text; several are parted by semicolons, nothing and blanks are empty."""
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, map(shown, value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.10g}"
    return "" if value is None or not str(value).strip() else str(value)


def shown_part(rule: PartRule, part: Mapping[str, Any]) -> str:
    """Return what a part is known by: its numbers and quote, or else its keys."""
    numbers = "-".join(filter(None, (shown(part.get(name)) for name in rule.numbers)))
    quote = shown(part.get(rule.quote))[:_QUOTE] if rule.quote else ""
    keys = "" if quote else ", ".join(filter(None, (shown(part.get(spec.name)) for spec in rule.keys)))
    return ": ".join(filter(None, (numbers, f"\u00ab{quote}\u00bb" if quote else keys)))


def shown_gold_part(rule: PartRule, part: GoldPart) -> str:
    """Return what a part of the gold is known by."""
    return shown_part(rule, {name: [item.accept[0] for item in items] for name, items in part.values.items()})
