"""A value and the forms that are accepted for it -> how well they agree, by the role of the field."""

from collections.abc import Sequence
from typing import Any

from extractor.evaluation.wording import is_same_number, name_agreement, quote_agreement
from extractor.records import Role

SHORTEST_QUOTE = 3
"""Tokens of a quote that is all there is to tell a thing by; fewer stand anywhere."""


def agreement(role: Role, value: Any, accepted: Sequence[Any]) -> tuple[float, int]:  # noqa: ANN401
    """Return how well a value agrees with the nearest accepted form, and which that is; 0 is not at all."""
    if role is Role.NAME:
        return name_agreement(value, accepted)
    best = (0.0, 0)
    for index, form in enumerate(accepted):
        agreed = _agreement(role, value, form)
        if agreed > best[0]:
            best = (agreed, index)
    return best


def _agreement(role: Role, value: Any, form: Any) -> float:  # noqa: ANN401
    if role is Role.QUOTE:
        return quote_agreement(value, form, shortest=SHORTEST_QUOTE)
    if role is Role.NUMBER:
        return float(is_same_number(value, form))
    return float(value == form)
