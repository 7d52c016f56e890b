"""Quantity in its sentence -> the kind of figure it is, and the way that its metric moves."""

import re

from extractor.providers.rules.patterns import compiled, either
from extractor.quantities import Quantity

_ABOUT = either(
    r"""
    a; an; the; of; over; about; around; up to; more than; less than; at least; at most; almost;
    nearly; only; just; as much as; approximately; roughly; average; an average of; further;
    large; significant; substantial; wide; absolute; relative; margins?; factor; than; another;
    additional; between
    """
)
_CHANGES = either(
    r"""
    improv\w+; gains?; increas\w*; boosts?; reduc\w+; decreas\w*; drops?; margins?; advantages?;
    speed-?ups?; savings?; difference; lifts?; degradation; rises?; increments?
    """
)
_DELTA_BEFORE = compiled(
    rf"(?:\bby(?:\s{_ABOUT}){{0,6}}"
    rf"|\b{_CHANGES}\s(?:\w+\s){{0,3}}?(?:of|up\sto|from|is|by|between)(?:\s{_ABOUT}){{0,2}}"
    r"|\+|\bfactor\sof|\bgain\w*|\bimproves?\s(?:\w+\s){0,2}"
    r"|\b(?:improvements?|gains?|increase|reduction)\b[^.;,]{0,70}\b(?:is|are|of|by))"
    r"\s?[(~$+]?\s?$"
)
_COMPARED = either(
    r"""
    improvements?; gains?; increase[sd]?; reductions?; higher; lower; better; less; fewer; faster;
    more; smaller; decrease[sd]?; drops?; boosts?; reduced; improved; advantage; margin; worse;
    larger; speed-?ups?; savings?; cheaper; improving; above; below; saved; cut; relative;
    absolute(?:ly)?; degradation; shorter; longer; extra; slower; greater; over
    (?:the|previous|prior|state|an?|existing)
    """
)
_MEASURE = either(
    r"""
    mean; averaged?; absolute; relative; overall; significant; top-1; accuracy; performance; m?AP;
    F1; BLEU; mIoU; points?; WER; word; error; rate; test; classification; AUC; the; in; of;
    percentage; per; cent; relatively; absolutely; perplexity; further; more; fewer; on
    """
)
_NOUNS = either(
    r"""
    improvements?; gains?; reductions?; savings?; speed-?ups?; drops?; boosts?; overhead; pruned
    """
)
_DELTA_AFTER = compiled(
    rf"[\s-]*(?:\([^()]{{1,20}}\)\s)?(?:{_MEASURE}\s){{0,4}}?{_COMPARED}\b"
    rf"|\s(?:[\w/-]+\s){{1,3}}?{_NOUNS}\b"
)
_ABSOLUTE = compiled(r"\b(?:absolute(?:ly)?|points?|pp|margins?)\b")
_AMOUNT = either(
    r"""
    parameters?; time; computations?; computational; costs?; memory; FLOPs; size; model;
    inference; training time; original; compute; weights; resources; calls; speed-?ups?; queries;
    energy
    """
)
_SHARE_OF = compiled(rf"\s?of\s(?:the\s|its\s|their\s|that\s|all\s)*(?:\w+\s){{0,2}}?{_AMOUNT}")
_DOWN = compiled(
    r"\b"
    + either(
        r"""
        reduc\w*; decreas\w*; lower\w*; less(?! than); fewer(?! than); smaller; drops?; dropp\w+;
        cut\w*; sav(?:e|es|ed|ing|ings); shrink\w*; shorter; cheaper; declin\w*; compress\w*;
        degrad\w*; minimi\w+; worse; half; lighter; prun\w+; alleviat\w+; slower
        """
    )
    + r"\b"
)
_UP = compiled(
    r"\b"
    + either(
        r"""
        increas\w*; higher; more(?! than); faster; speed\w*; accelerat\w*; larger; greater;
        rais\w*; boost\w*; doubl\w+; quicker
        """
    )
    + r"\b"
)
_BETTER = compiled(
    r"\b"
    + either(
        r"""
        improv\w*; gains?; outperform\w*; surpass\w*; better; exceed\w*; beat\w*; advanc\w*;
        superior; enhanc\w*; advantage; margin; over; lift\w*; ahead; push\w*
        """
    )
    + r"\b|\+"
)
_BECOMES = compiled(
    r"\b(?P<verb>improv|boost|increas|rais|lift|push|reduc|decreas|lower|drop)\w*\s[^.;,]{0,70}?\bto\s"
    r"(?:about\s|over\s|only\s)?$"
)
_CLAUSE = re.compile(r"[,;]|\b(?:and|while|with)\b")
_FALLS = ("reduc", "decreas", "lower", "drop")
_NEAR_BEFORE, _NEAR_AFTER, _CLOSE = 70, 70, 12


def kind_of(text: str, start: int, quantity: Quantity) -> str:
    """Return absolute, relative_change, difference or ratio; `start` begins the sentence."""
    before = text[max(start, quantity.start - _NEAR_BEFORE) : quantity.start]
    after = text[quantity.end : quantity.end + _NEAR_AFTER]
    if quantity.baseline is not None:
        return "absolute"
    if quantity.unit == "x" or (quantity.unit == "%" and _SHARE_OF.match(after)):
        return "ratio"
    signed = text[quantity.start] == "+" or before.rstrip().endswith("+")
    if not (signed or _DELTA_AFTER.match(after) or _DELTA_BEFORE.search(before)):
        return "absolute"
    near = before[-30:] + text[quantity.start : quantity.end] + after[:40]
    if quantity.unit == "%" and not signed and not _ABSOLUTE.search(near):
        return "relative_change"
    return "difference"


def direction_of(
    text: str, start: int, quantity: Quantity, kind: str, *, rising: bool, compared: bool
) -> str | None:
    """Return which way the metric goes: "increase", "decrease", or None for a plain score.

    `rising` says that more of the metric is better, `compared` that a baseline is named.
    """
    if quantity.baseline is not None:
        return "increase" if quantity.value > quantity.baseline else "decrease"
    good = "increase" if rising else "decrease"
    before = text[max(start, quantity.start - 80) : quantity.start]
    if kind == "absolute":
        return _of_score(before, good, compared=compared)
    after = _CLAUSE.split(text[quantity.end : quantity.end + 60], maxsplit=1)[0]
    return _stated(before, after, good, kind)


def _of_score(before: str, good: str, *, compared: bool) -> str | None:
    """Read the direction of a score from "improves it to", or from a beaten baseline."""
    match = _BECOMES.search(before)
    if match:
        return "decrease" if match["verb"].lower() in _FALLS else good
    return good if compared else None


def _stated(before: str, after: str, good: str, kind: str) -> str | None:
    """Read the direction from the words nearest to the number."""
    near = f"{before}\0{after}"
    marks = [(_distance(near, match), "decrease") for match in _DOWN.finditer(near)]
    marks += [(_distance(near, match), "increase") for match in _UP.finditer(near)]
    marks += [(_distance(near, match) + 3, good) for match in _BETTER.finditer(near)]
    if marks:
        return min(marks)[1]
    if kind != "ratio":
        return good
    return "decrease" if after.startswith(" of ") else None


def _distance(near: str, match: re.Match[str]) -> int:
    """Count the characters between a word and the number; words far behind it weigh less."""
    mark = near.find("\0")
    ahead = match.start() - mark
    if ahead < 0:
        return mark - match.end() + 2
    return ahead if ahead <= _CLOSE else 2 * ahead + 10
