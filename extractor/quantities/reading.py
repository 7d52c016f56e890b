"""Text -> every number that a fair reader could say stands in it."""

import math
import re
from collections.abc import Iterator

from extractor.quantities.numerals import (
    ATOM,
    FRACTION,
    ORDERS,
    PERCENT,
    SURE_DECIMAL,
    decimals,
    is_open,
    number,
    with_decimals,
)
from extractor.quantities.words import READINGS, SCALE, scaled, whole_cardinal

_MAYBE_DECIMAL = re.compile(r",(\d{1,2})(?!\d|[.,]\d)")
_THOUSANDS = re.compile(r"(?:(?:[\u00a0\u2009\u202f]|\{,\}|\\,)\d{3})+(?!\d)")
_BLANK_THOUSANDS = re.compile(r"(?: \d{3})+(?![\d.,])")
_MINUS = "\u2212"
_POWER = re.compile(
    r"(?:[eE]|\s?(?:\\times|\\cdot|[x\u00d7])\s?10\s?\^\s?\{?\s?|(?<=(?<!\d)10)\^\s?\{?\s?(?P<of_ten>))"
    r"(?P<power>[-+\u2212]?\d{1,2})(?![\d.])"
)
# What makes digits a part of a name; a range ("5x-11x"), a deviation ("pm0.3") and a fold ("x4") make none.
_NAME_BEFORE = re.compile(r"(?:[^\W\d_]|[@_])\Z|[^\W\d_][')+]?[-\u2010-\u2013\u2212]\Z")
_NO_NAME_BEFORE = re.compile(
    r"(?:sim|approx|pm|times|leq|geq|(?<![^\W\d_])[xX])\Z|\d\s?[^\W\d_]{1,3}[-\u2010-\u2013\u2212]\Z"
)
_NAME_AFTER = re.compile(r"[dD](?!\w)")


def numbers_in(text: str) -> frozenset[float]:
    """
    Gather every number that a fair reader could say stands in the text (a generous superset).

    Digits of names (CIFAR-10, Top-1, F1) and orders of magnitude are none.
    """
    found: set[float] = set()
    skip_to = 0
    for match in ATOM.finditer(text):
        if match.start() < skip_to:
            continue
        if match["number"]:
            found.update(_readings(text, match))
            decimal = decimals(SURE_DECIMAL, text, match)
            skip_to = decimal.end() if decimal else 0
        elif (word := match.group().lower()) in READINGS and not ORDERS.match(text, match.end()):
            found.update(READINGS[word])
            value, skip_to = whole_cardinal(text, word, match.end())
            found.add(value or READINGS[word][0])
    return frozenset(number for number in found if math.isfinite(number))


def _readings(text: str, match: re.Match[str]) -> list[float]:
    """Read digits in every way that their surroundings allow."""
    if _is_digits_of_name(text, match) or ORDERS.match(text, match.end()):
        return []
    value = number(match.group())
    readings = [value, *_longer_numbers(text, match), *_multiples(text, value, match.end())]
    if match.start() and text[match.start() - 1] in "-\u2212" and is_open(text, match.start() - 2):
        readings += [-reading for reading in readings]
    return readings


def _longer_numbers(text: str, match: re.Match[str]) -> Iterator[float]:
    """Yield the numbers that digits begin: decimals behind a comma, thousands set apart."""
    end = match.end()
    if decimal := decimals(_MAYBE_DECIMAL, text, match) or decimals(SURE_DECIMAL, text, match):
        yield with_decimals(match.group(), decimal)
    if thousands := _THOUSANDS.match(text, end):
        yield float(re.sub(r"\D", "", match.group() + thousands.group()))
    if match.group().isdecimal() and (thousands := _BLANK_THOUSANDS.match(text, end)):
        yield float((match.group() + thousands.group()).replace(" ", ""))


def _multiples(text: str, value: float, end: int) -> Iterator[float]:
    """Yield what a number is with what stands behind it: a power of ten, a divisor, a scale."""
    if power := _POWER.match(text, end):
        yield _raised(1.0 if power["of_ten"] is not None else value, power)
    if (fraction := FRACTION.match(text, end)) and float(fraction[1]):
        yield value / float(fraction[1])
    if scale := SCALE.match(text, end):
        yield scaled(value, scale.group())


def _raised(value: float, power: re.Match[str]) -> float:
    """Return 0.0003 for 3e-4 and 3 x 10^-4."""
    return float(f"{value}e{power['power'].replace(_MINUS, '-')}")


def _is_digits_of_name(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 8) : match.start()]
    if _NAME_BEFORE.search(before) and not _NO_NAME_BEFORE.search(before):
        return PERCENT.match(text, match.end()) is None
    return _NAME_AFTER.match(text, match.end()) is not None
