"""Words of a metric's name -> what turns its direction, or hides it: attackers, denials, waits, counts."""

import re

from extractor.normalizing.rows import Direction
from extractor.normalizing.wording import Words

MISHAPS = frozenset(
    (
        *("accident", "alarm", "breakdown", "collision", "crash", "death", "error", "failure", "fault"),
        *("hallucination", "misclassification", "negative", "outlier", "positive", "progression"),
        *("recurrence", "relapse", "violation"),
    )
)
"""What goes wrong and can be counted: less of it is better, and it has no unit unless a share is named."""
_STOPS = frozenset(("disengagement", "intervention", "takeover"))
"""Mishaps only where the way between two of them is told."""
_AIMS = frozenset(
    (
        *("accuracy", "completion", "convergence", "detection", "diagnosis", "goal", "recovery", "repair"),
        *("solution", "success", "target", "train"),
    )
)
"""What one wants to arrive at soon."""

_ENDS = frozenset(("till", "to", "until"))
_WAIT = re.compile(
    r"""\b(?P<measure>days?|distance|episodes?|frames?|hours?|iterations?|km|kilomet(?:er|re)s?|miles?|minutes?
        |months?|number|rounds?|seconds?|steps?|time|trials?|years?)
    [\s-]+(?P<link>above|before|below|between|in(?=\srange)|per|since|till|to|until|without)[\s-]+(?P<event>\S.*)""",
    re.VERBOSE | re.IGNORECASE,
)


def waiting(metric: str) -> re.Match[str] | None:
    """Return how far it is to what, None where the name tells no such way: mean time / between / failures."""
    return _WAIT.search(metric)


def direction_of_wait(link: str, event: Words) -> Direction | None:
    """Return "up" where the end of the wait is a mishap, "down" where it is an aim: time to accuracy."""
    texts = [word.text for word in event]
    mishaps = MISHAPS | _STOPS if link in {"between", "per"} else MISHAPS
    if len(texts) == 1 and texts[0] in mishaps and link in _ENDS | {"before", "between", "per"}:
        return "up"
    return "down" if texts and texts[-1] in _AIMS and link in _ENDS else None


_CHANGE = re.compile(
    r"\b(declines?|decreases?|drops?|gains?|improvements?|reductions?|savings?)\s+in\s+(?!%)", re.IGNORECASE
)


_NO = re.compile(r"^no\.\s+(?!of\b)", re.IGNORECASE)


def with_of(metric: str) -> str:
    """Return a name with the "of" that it means: drop in accuracy is drop of accuracy."""
    return _CHANGE.sub(r"\1 of ", _NO.sub("number of ", metric))


_ATTACKERS = frozenset(
    (
        *("adversary", "attack", "attacker", "backdoor", "deception", "eavesdropper", "evasion", "injection"),
        *("jailbreak", "jailbreaking", "membership", "poisoning", "trojan"),
    )
)
_DEFENDED = frozenset(
    (
        *("defense", "defence", "detection", "detector", "diagnosis", "forecasting", "identification"),
        *("localization", "prediction", "recognition", "resilience", "resistance", "robustness"),
    )
)


def is_attackers(words: Words) -> bool:
    """Tell whether a name measures an attack, good for one side only; attack detection is no attack."""
    texts = [word.text for word in words]
    places = [place for place, text in enumerate(texts) if text in _ATTACKERS]
    return bool(places) and _DEFENDED.isdisjoint(texts[places[0] :])


_DENIALS = frozenset(
    (
        *("anti", "failed", "false", "incorrect", "inverse", "minus", "missed", "negative", "no", "non"),
        *("not", "un", "undetected", "unsuccessful", "wrong", "zero"),
        *("avoided", "blocked", "corrected", "detected", "fixed", "found", "identified", "injected"),
        *("predicted", "prevented", "recovered", "repaired"),
    )
)
_NONE_OF = frozenset(("no", "non", "zero"))
_FALSE = frozenset(("failed", "false", "incorrect", "missed", "undetected", "unsuccessful", "wrong"))


def is_denied(before: Words) -> bool:
    """Tell whether the word before what is measured denies it or mends it: non-, zero-, corrected."""
    return bool(before) and before[-1].text in _DENIALS


def direction_of_denied(before: Words, ending: Words, direction: Direction | None) -> Direction | None:
    """Return "up" for a share without mishap (non-collision rate); a wrong error stays one; else None."""
    if before[-1].text in _NONE_OF and direction == "down" and ending[0].text in MISHAPS:
        return "up"
    return "down" if before[-1].text in _FALSE and direction == "down" else None


_WITHSTANDS: dict[str, Direction | None] = {
    "immunity": "up",
    "resilience": "up",
    "resistance": "up",
    "robustness": "up",
    "tolerance": "up",
    "sensitivity": None,
    "susceptibility": "down",
    "vulnerability": "down",
}
_PROPERTY = re.compile(r"(?:[ae]nce|ity|ness)$")


def withstands(head: str) -> tuple[Direction | None, None] | None:
    """Return what a word before "to" or "against" tells by itself: resistance, vulnerability."""
    last = head.rsplit(maxsplit=1)[-1].lower()
    return (_WITHSTANDS[last], None) if last in _WITHSTANDS else None


def is_property(head: str) -> bool:
    """Tell whether a word before "to" names a property, so that what is behind it tells nothing."""
    return _PROPERTY.search(head) is not None


_COUNTS = re.compile(
    r"^\s*(?:(?:average|mean|median|total|max\w*|min\w*)\s+)?(?:#|(?:numbers?|num)\b|no\.)|\bcounts?\s*$",
    re.IGNORECASE,
)
_PER = re.compile(rf"\b(?:{'|'.join(sorted(MISHAPS))})s?\b.*\sper\s", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:fraction|percent(?:age)?s?|probability|proportion|rates?|share)(?:\s*[(\[].*)?\s*$", re.IGNORECASE
)


def is_counted(metric: str) -> bool:
    """Tell whether a name counts, so that it has no %: number of failures, collisions per kilometre."""
    return bool(_COUNTS.search(metric) or _PER.search(metric))


def is_share(metric: str, words: Words) -> bool:
    """Tell whether a name is the share of mishaps: slot error rate."""
    return bool(_SHARE.search(metric)) and not MISHAPS.isdisjoint(word.text for word in words[-2:])
