"""Title and abstract -> the passages that are hidden or speak to a model, and how far each reaches."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

from extractor.papers import Text
from extractor.suspecting.addresses import ADDRESSES, OTHER_SCRIPTS
from extractor.suspecting.disguises import undisguised
from extractor.suspecting.hidden import HIDDEN, unreadable_spans
from extractor.suspecting.patterns import Reading

Spans = list[tuple[int, int]]


class Passage(NamedTuple):
    """Code points `start` to `end` of title or abstract, the end not included."""

    field: Literal["title", "abstract"]
    start: int
    end: int

    def touches(self, field: str | None, start: int | None, end: int | None) -> bool:
        """Tell whether a place shares a character with this passage."""
        if field != self.field or start is None or end is None:
            return False
        return start < self.end and self.start < end


def suspect_passages(text: Text) -> tuple[Passage, ...]:
    """Return the passages of title and abstract that speak to a model or are hidden, in order and apart."""
    spans = _spans(text.title + _BETWEEN + text.abstract)
    return tuple(_passages(spans, len(text.title)))


_BETWEEN = "\n\n"
"""What stands between title and abstract: what is never closed in one goes on in the other."""


def _passages(spans: Spans, title_end: int) -> Iterator[Passage]:
    begin = title_end + len(_BETWEEN)
    for start, end in spans:
        if start < title_end:
            yield Passage("title", start, min(end, title_end))
        if end > begin:
            yield Passage("abstract", max(start, begin) - begin, end - begin)


def _spans(content: str) -> Spans:
    """Return the suspect spans of a text, none touching another."""
    plain, places = _plain(content)
    plain = undisguised(plain)
    reading = Reading(plain)
    found = [match.span() for match in reading.matches(HIDDEN)]
    found += _reaches(reading, found)
    if places:
        found = [(places[start], places[end - 1] + 1) for start, end in found]
    return _united([*found, *unreadable_spans(content)])


def _reaches(reading: Reading, hidden: Spans) -> Spans:
    """Return from where to where each address reaches, those within hidden text left out."""
    rules = ADDRESSES if reading.lowered.isascii() else ADDRESSES + OTHER_SCRIPTS
    matches = [match.span() for match in reading.matches(rules) if not _is_within(match.start(), hidden)]
    if not matches:
        return []
    sentences = [0, *(found.end() for found in _SENTENCE_END.finditer(reading.lowered))]
    found: Spans = []
    for start, end in sorted(matches):
        if not _is_within(start, found[-1:]):
            found.append(_reach(reading.lowered, sentences, start, end))
    return found


def _reach(lowered: str, sentences: list[int], start: int, end: int) -> tuple[int, int]:
    paragraph = _PARAGRAPH_END.search(lowered, end)
    last = paragraph.start() if paragraph else len(lowered)
    first = bisect_right(sentences, start) - 1
    if first and _POINTS_BACK.search(lowered, sentences[first], last):
        first -= 1
    return sentences[first], last


_SENTENCE_END = re.compile(r"[.!?]['\")\]]*\s+|[\u3002\uff01\uff1f]|\n")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n|\Z")
_POINTS_BACK = re.compile(
    r"\b(?:everything|anything|all)\selse\b|\b(?:above|preceding|previous|last)\s(?:\w+\s)?"
    r"(?:sentence|claim|result|value|number|line|figure)s?\b"
)


def _is_within(start: int, spans: Spans) -> bool:
    return any(first <= start < last for first, last in spans)


def _united(spans: Spans) -> Spans:
    united: Spans = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((start, end))
    return united


_WIDTHLESS = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")


def _plain(content: str) -> tuple[str, list[int]]:
    """Return a text without what has no width and in plain letters; its places, unless they are the same."""
    if content.isascii() or (unicodedata.is_normalized("NFKC", content) and not _WIDTHLESS.search(content)):
        return content, []
    places = [place for place, char in enumerate(content) if not _WIDTHLESS.match(char)]
    return "".join(_plain_char(content[place]) for place in places), places


def _plain_char(char: str) -> str:
    plain = char if char.isascii() else unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char
