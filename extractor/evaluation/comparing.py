"""A field of a part that was found, and what it should be -> whether it is right."""

from collections.abc import Sequence
from typing import Any

from extractor.evaluation.gold import GoldItem, GoldPart
from extractor.evaluation.pairing import pair
from extractor.evaluation.reading import Row, texts_of, values_of
from extractor.evaluation.wording import agreement, is_named, name_agreement, name_words, plain
from extractor.records import FieldSpec, Judging, Role

_FOLDS = frozenset(("x", "times", "time", "fold", "-fold", "\u00d7", "factor", "x times"))
_PERCENTS = frozenset(("%", "percent", "percentage", "pct", "per cent"))
_POINTS = frozenset(
    (
        *("points", "point", "pp", "percentage points", "percentage point"),
        *("% points", "absolute %", "% absolute"),
    )
)
_NO_UNIT = frozenset(("", "none", "null", "score", "unitless", "-"))
_FIXED = frozenset(("x", "%", "points"))
"""Units that cannot be the name of what is measured."""

_SPEEDS = ("speed", "throughput", "accelerat")
_TIMES = frozenset(("time", "timing", "latency", "duration", "runtime"))
_SAVINGS = frozenset(("saving", "reduction"))
_TURNED = {"increase": "decrease", "decrease": "increase"}


def is_right(spec: FieldSpec, predicted: Row, gold: GoldPart, judging: Judging) -> bool:
    """Tell whether a field of a predicted part is what the gold has; nothing must meet nothing."""
    given, accepted = predicted.get(spec.name), gold.forms(spec.name)
    if spec.many:
        return _is_same_list(spec, values_of(spec, given), gold.values[spec.name])
    if spec.name == judging.unit:
        return _is_same_unit(given, accepted, gold, judging)
    if spec.name == judging.direction:
        return _is_same_direction(given, accepted, predicted, gold, judging)
    if spec.role is Role.NAME:
        return is_named(texts_of(given), accepted)
    values = values_of(spec, given)
    if not accepted:
        return not values
    return any(agreement(spec.role, value, accepted)[0] for value in values)


def _is_same_list(spec: FieldSpec, values: Sequence[Any], gold: Sequence[GoldItem]) -> bool:
    pairing = pair(len(values), gold, lambda i, j: agreement(spec.role, values[i], gold[j].accept))
    return not pairing.extra and not pairing.missed


# ---------------------------------------------------------------- units


def _is_same_unit(given: object, accepted: Sequence[Any], gold: GoldPart, judging: Judging) -> bool:
    in_points = judging.points is not None and judging.points[1] in gold.forms(judging.points[0])
    measures = gold.forms(judging.measure) if judging.measure else ()
    unit = _plain_unit(given)
    return any(
        _units_agree(unit, _plain_unit(form), measures, in_points=in_points) for form in accepted or (None,)
    )


def _units_agree(unit: str, expected: str, measures: Sequence[str], *, in_points: bool) -> bool:
    """Tell whether two units are one: a number without unit may be said to be in what it measures."""
    if unit == expected or (in_points and {unit, expected} == {"%", "points"}):
        return True
    if not unit or unit in _FIXED or expected in _FIXED:
        return False
    is_measure = name_agreement(unit, measures)[0] > 0
    if not expected:
        return is_measure
    if name_agreement(unit, (expected,))[0] or expected in unit.split():
        return True
    return is_measure and name_agreement(expected, measures)[0] > 0


def _plain_unit(unit: object) -> str:
    text = "" if unit is None else plain(str(unit)).strip().lower().strip(".")
    for known, forms in (("x", _FOLDS), ("%", _PERCENTS), ("points", _POINTS), ("", _NO_UNIT)):
        if text in forms:
            return known
    return text


# ---------------------------------------------------------------- directions


def _is_same_direction(
    given: object, accepted: Sequence[Any], predicted: Row, gold: GoldPart, judging: Judging
) -> bool:
    """
    Tell whether a direction is that of the gold.

    What is named as a time goes down where as a speed it goes up, and a saving goes either way.
    """
    stated = given or None
    if not accepted:
        return stated is None
    measures = gold.forms(judging.measure) if judging.measure else ()
    named = texts_of(predicted.get(judging.measure)) if judging.measure else []
    words = name_words(named[0]) if named else ()
    if stated and _SAVINGS.intersection(words):
        return True
    senses = {_sense(words), _sense(name_words(measures[0]) if measures else ())}
    is_turned = senses == {"speed", "time"}
    return any((_TURNED.get(form, form) if is_turned else form) == stated for form in accepted)


def _sense(words: Sequence[str]) -> str | None:
    """Tell a speed from a time, by the words of what is measured."""
    if any(word.startswith(_SPEEDS) for word in words):
        return "speed"
    return "time" if _TIMES.intersection(words) else None
