"""The parts that a run gives for a field, and those of the gold -> what is found about each."""

from collections.abc import Iterator, Sequence
from typing import Any

from extractor.evaluation.comparing import is_right
from extractor.evaluation.findings import Finding, Verdict, findings_of, shown, shown_gold_part, shown_part
from extractor.evaluation.gold import GoldPart
from extractor.evaluation.pairing import Pairing, pair
from extractor.evaluation.reading import Row, number_of, parts_of, text_of, texts_of, values_of
from extractor.evaluation.rules import NUMBERED, UNNUMBERED, PartRule, part_rule
from extractor.evaluation.wording import (
    SHORTEST_QUOTE,
    agreement,
    is_named,
    is_same_number,
    quote_agreement,
)
from extractor.records import FieldSpec, Record


def judge_parts(
    spec: FieldSpec,
    part_type: type[Record],
    given: Any,  # noqa: ANN401 - whatever a run gives.
    gold: Sequence[GoldPart],
) -> Iterator[Finding]:
    """Yield what is found about the parts of a field; those that state a number are judged by themselves."""
    rule = part_rule(part_type)
    predicted = parts_of(spec, given)
    if not rule.numbers:
        yield from _judged(spec.name, rule, predicted, gold, has_numbers=False)
        return
    first = rule.numbers[0]
    for ending, has_numbers in ((NUMBERED, True), (UNNUMBERED, False)):
        ours = [part for part in predicted if (number_of(part.get(first)) is not None) is has_numbers]
        theirs = [part for part in gold if bool(part.values[first]) is has_numbers]
        yield from _judged(spec.name, rule, ours, theirs, has_numbers=has_numbers, ending=ending)


def _judged(
    field: str,
    rule: PartRule,
    predicted: Sequence[Row],
    gold: Sequence[GoldPart],
    *,
    has_numbers: bool,
    ending: str = "",
) -> Iterator[Finding]:
    def fit(i: int, j: int) -> tuple[float, float]:
        agreed = _agreement(rule, predicted[i], gold[j], has_numbers=has_numbers)
        return agreed, -_nearness(rule, predicted[i], gold[j]) if agreed else 0

    pairing = pair(len(predicted), gold, fit)
    ours = [shown_part(rule, part) for part in predicted]
    theirs = [shown_gold_part(rule, part) for part in gold]
    yield from findings_of(field + ending, pairing, ours, theirs)
    if ending != UNNUMBERED:
        yield from _compared(field, rule, predicted, gold, pairing)


def _agreement(rule: PartRule, predicted: Row, gold: GoldPart, *, has_numbers: bool) -> float:
    """Return how well a part agrees with one of the gold: its numbers, and its quote, or else its key."""
    if has_numbers and not _is_same_numbers(rule, predicted, gold):
        return 0.0
    if rule.quote is not None:
        quote, shortest = text_of(predicted.get(rule.quote)), 1 if has_numbers else SHORTEST_QUOTE
        forms = gold.forms(rule.quote)
        return max((quote_agreement(quote, form, shortest=shortest) for form in forms), default=0.0)
    return 1.0 if has_numbers else _key_agreement(rule, predicted, gold)


def _is_same_numbers(rule: PartRule, predicted: Row, gold: GoldPart) -> bool:
    """Tell whether each number that the gold gives is given."""
    return all(
        any(is_same_number(number_of(predicted.get(name)), form) for form in gold.forms(name))
        for name in rule.numbers
        if gold.values[name]
    )


def _key_agreement(rule: PartRule, predicted: Row, gold: GoldPart) -> float:
    for spec in rule.keys:
        if forms := gold.forms(spec.name):
            values = values_of(spec, predicted.get(spec.name))
            return max((agreement(spec.role, value, forms)[0] for value in values), default=0.0)
    return 0.0


def _nearness(rule: PartRule, predicted: Row, gold: GoldPart) -> int:
    """Return how many of the names agree that decide between equals, each heavier than all after it."""
    return sum(
        1 << place
        for place, name in enumerate(reversed(rule.nearest))
        if gold.values[name] and is_named(texts_of(predicted.get(name)), gold.forms(name))
    )


def _compared(
    field: str, rule: PartRule, predicted: Sequence[Row], gold: Sequence[GoldPart], pairing: Pairing
) -> Iterator[Finding]:
    """Yield of each part that was found which of its further fields are right."""
    for i, j in pairing.right.items():
        for spec in rule.compared:
            yield Finding(
                f"{field}.{spec.name}",
                Verdict.SAME if is_right(spec, predicted[i], gold[j], rule.judging) else Verdict.DIFFERENT,
                shown(predicted[i].get(spec.name)) or None,
                shown([item.accept[0] for item in gold[j].values[spec.name]]) or None,
                shown_gold_part(rule, gold[j]),
            )
