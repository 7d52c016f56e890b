"""A value or a part -> one line to be read."""

from collections.abc import Mapping
from typing import Any

from extractor.evaluation.gold import GoldPart
from extractor.evaluation.rules import PartRule

_QUOTE = 100
"""Characters of a quote that are shown."""


def shown(value: Any) -> str:  # noqa: ANN401 - whatever a run gives.
    """Return a value as text; several are parted by semicolons, nothing is empty."""
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, map(shown, value)))
    return "" if value is None else str(value)


def shown_part(rule: PartRule, part: Mapping[str, Any]) -> str:
    """Return what a part is known by: its numbers and quote, or else its keys."""
    numbers = "-".join(filter(None, (shown(part.get(name)) for name in rule.numbers)))
    quote = shown(part.get(rule.quote))[:_QUOTE] if rule.quote else ""
    keys = "" if quote else ", ".join(filter(None, (shown(part.get(spec.name)) for spec in rule.keys)))
    return ": ".join(filter(None, (numbers, f"\u00ab{quote}\u00bb" if quote else keys)))


def shown_gold_part(rule: PartRule, part: GoldPart) -> str:
    """Return what a part of the gold is known by."""
    return shown_part(rule, {name: [item.accept[0] for item in items] for name, items in part.values.items()})
