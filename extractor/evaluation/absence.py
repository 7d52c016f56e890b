"""
The values of a record and the text it was read from -> which of them the text does not state.

Names, quotes and links must stand there, white space and case aside. A number marked as one of a quote
must be among the numbers of the text, of which words ("half", "twelve"), fractions, percents and the
suffixes K, M and B state some too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractor.evaluation.findings import Finding, Verdict, shown
from extractor.evaluation.reading import Row, parts_of, texts_of, values_in, values_of
from extractor.evaluation.rules import judged_fields
from extractor.evaluation.wording import is_same_number, plain, plain_url
from extractor.papers import Text
from extractor.records import FieldSpec, Record, Role

_NUMBER = re.compile(r"(?P<whole>\d+(?:,\d{3})*)(?P<decimals>\.\d+)?\s?(?P<scale>%|[KMB]\b)?")
_SCALES = {"%": 0.01, "K": 1e3, "M": 1e6, "B": 1e9}
_FRACTION = re.compile(r"(\d+)/(\d+)")
_WORD = re.compile(r"\w+")
_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_BEGINNINGS = {
    ("half", "halve"): (0.5, 50.0),
    ("doubl", "twice"): (2.0,),
    ("tripl",): (3.0,),
    ("quarter",): (0.25, 25.0),
}
"""Beginnings of words that state a number, and as which."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text states."""

    words: str
    numbers: frozenset[float]

    @classmethod
    def by(cls, text: Text) -> "Stated":
        """Return what title and abstract state."""
        whole = f"{text.title} \n {text.abstract}"
        return cls(_folded(whole), frozenset(_numbers_in(plain(whole))))


def look_up(record_type: type[Record], row: Row, stated: Stated) -> Iterator[Finding]:
    """Yield for each name, quote, link and marked number of a record whether the text states it."""
    for spec in judged_fields(record_type):
        if spec.part is None:
            yield from _looked_up(spec.name, spec, _root_values(record_type, spec, row), stated)
            continue
        for part in parts_of(spec, row.get(spec.name)):
            for inner in judged_fields(spec.part):
                values = _values(inner, part.get(inner.name))
                yield from _looked_up(f"{spec.name}.{inner.name}", inner, values, stated)


def _root_values(record_type: type[Record], spec: FieldSpec, row: Row) -> list[Any]:
    return values_in(record_type, spec, row) if spec.role is Role.NAME else _values(spec, row.get(spec.name))


def _values(spec: FieldSpec, given: Any) -> list[Any]:  # noqa: ANN401 - whatever a run gives.
    """Return the values of a field that must stand in the text, as they are given."""
    if spec.role in (Role.NAME, Role.URL):
        return texts_of(given)
    return values_of(spec, given) if spec.role is Role.QUOTE or spec.of is not None else []


def _looked_up(subject: str, spec: FieldSpec, values: list[Any], stated: Stated) -> Iterator[Finding]:
    for value in values:
        if spec.role is Role.NUMBER:
            is_stated = any(is_same_number(value, number) for number in stated.numbers)
        else:
            words = _folded(plain_url(value) if spec.role is Role.URL else value)
            is_stated = words != "" and words in stated.words
        yield Finding(subject, Verdict.IN_TEXT if is_stated else Verdict.ABSENT, shown(value))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _numbers_in(text: str) -> Iterator[float]:
    for match in _NUMBER.finditer(text):
        number = float(match["whole"].replace(",", "") + (match["decimals"] or ""))
        yield number
        if match["scale"]:
            yield number * _SCALES[match["scale"]]
    for over, under in _FRACTION.findall(text):
        if float(under):
            yield float(over) / float(under)
    words = set(_WORD.findall(text.lower()))
    yield from (float(number) for number, word in enumerate(_WORDS) if word in words)
    for beginnings, numbers in _BEGINNINGS.items():
        if any(word.startswith(beginnings) for word in words):
            yield from numbers
