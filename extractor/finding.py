"""
A string -> where title or abstract bears it out.

A string is looked for in three ways, the first that succeeds counts:

1. exact: the same code points, at word boundaries;
2. normalized: the same letters, digits and signs when case, Unicode forms, accents, hyphens, white
   space, LaTeX leftovers, articles and a plural ending are set aside;
3. fuzzy: similar (rapidfuzz, at least 88 of 100), with the very same digits and signs.

Of several places the one nearest to the quote is taken. A place in a passage that is to be avoided is taken
only where there is no firm one elsewhere. Offsets are code points of the stored text.
"""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz

from extractor.folding import Folded, Span, fold
from extractor.papers import Text
from extractor.suspecting import Passage

TextField = Literal["title", "abstract"]

FUZZY_CUTOFF = 88
FUZZY_SHORTEST, FUZZY_LONGEST = 5, 1000


class Match(enum.Enum):
    """How well a value is borne out."""

    EXACT = "exact"
    NORMALIZED = "normalized"
    FUZZY = "fuzzy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value stands: `start:end` of `field`, or nowhere."""

    match: Match
    field: TextField | None = None
    start: int | None = None
    end: int | None = None

    @property
    def is_firm(self) -> bool:
        """True where the text reads the same, small differences of form aside."""
        return self.match in (Match.EXACT, Match.NORMALIZED)


NOWHERE = Evidence(Match.NONE)


class Finder:
    """Finds strings in one text, if it can outside of some passages; what it prepares serves all values."""

    def __init__(self, text: Text, avoided: tuple[Passage, ...] = ()) -> None:
        self.text = text
        self.avoided = avoided
        self._fields: tuple[tuple[TextField, str], ...] = (
            ("abstract", text.abstract),
            ("title", text.title),
        )

    @cached_property
    def _folded(self) -> dict[TextField, "Folded"]:
        return {name: fold(content) for name, content in self._fields}

    @cached_property
    def _folded_with_articles(self) -> dict[TextField, "Folded"]:
        return {name: fold(content, articles=True) for name, content in self._fields}

    @cached_property
    def _lowered(self) -> dict[TextField, str]:
        return {name: _in_lower_case(content) for name, content in self._fields}

    def find(self, needle: str, near: Evidence | None = None) -> Evidence:
        """Return the best evidence for a string; of several places the one nearest to `near`."""
        needle = needle.strip()
        if not needle:
            return NOWHERE
        return self._firm(needle, near) or self._fuzzy(needle) or NOWHERE

    def find_url(self, url: str) -> Evidence:
        """Return evidence for a link, which must stand there whole."""
        return self._choose(Match.EXACT, self._whole_links(url.strip()), None) or NOWHERE

    def is_avoided(self, evidence: Evidence) -> bool:
        """Tell whether evidence touches a passage that is to be avoided."""
        if not self.avoided:
            return False
        return any(passage.touches(evidence.field, evidence.start, evidence.end) for passage in self.avoided)

    def _firm(self, needle: str, near: Evidence | None) -> Evidence | None:
        """Return the first firm evidence that is outside of what is avoided, else the first."""
        ways = filter(None, self._ways(needle, near))
        first = next(ways, None)
        if first is None or not self.is_avoided(first):
            return first
        return next((found for found in ways if not self.is_avoided(found)), first)

    def _ways(self, needle: str, near: Evidence | None) -> Iterator[Evidence | None]:
        yield self._within(needle, near)
        yield self._choose(Match.EXACT, self._exact(needle), near)
        yield self._choose(Match.NORMALIZED, self._normalized(needle), near)

    def _whole_links(self, needle: str) -> Iterator[tuple[TextField, Span]]:
        for name, content in self._fields:
            for start in _occurrences(content, needle):
                end = start + len(needle)
                if not (_URL_GOES_ON.match(content, end) or _URL_BEFORE.search(content[:start][-2:])):
                    yield name, Span(start, end)

    def _within(self, needle: str, near: Evidence | None) -> Evidence | None:
        """Return evidence for a string that stands in `near` itself: no other place is nearer."""
        if near is None or near.field is None:
            return None
        content: str = getattr(self.text, near.field)
        for start in _occurrences(content, needle, near.start or 0, near.end):
            if _is_whole(content, start, start + len(needle)):
                return Evidence(Match.EXACT, near.field, start, start + len(needle))
        return None

    def _exact(self, needle: str) -> Iterator[tuple[TextField, Span]]:
        for name, content in self._fields:
            for start in _occurrences(content, needle):
                if _is_whole(content, start, start + len(needle)):
                    yield name, Span(start, start + len(needle))

    def _normalized(self, needle: str) -> Iterator[tuple[TextField, Span]]:
        yield from self._folded_places(needle, fold(needle).chars, self._folded)
        yield from self._folded_places(needle, fold(needle, articles=True).chars, self._folded_with_articles)

    def _folded_places(
        self, needle: str, wanted: str, texts: dict[TextField, "Folded"]
    ) -> Iterator[tuple[TextField, Span]]:
        for form in _number_forms(needle, wanted):
            for name, folded in texts.items():
                for start in _occurrences(folded.chars, form):
                    span = folded.printed(start, start + len(form))
                    if span and _is_whole(getattr(self.text, name), *span, plural=True):
                        yield name, span

    def _choose(
        self,
        match: Match,
        places: Iterator[tuple[TextField, Span]],
        near: Evidence | None,
    ) -> Evidence | None:
        found = (Evidence(match, name, span.start, span.end) for name, span in places)
        if near is None and not self.avoided:
            return next(found, None)
        return min(found, key=lambda place: (self.is_avoided(place), _distance(place, near)), default=None)

    def _fuzzy(self, needle: str) -> Evidence | None:
        if not FUZZY_SHORTEST <= len(needle) <= FUZZY_LONGEST:
            return None
        for name, content in self._fields:
            found = fuzz.partial_ratio_alignment(
                _in_lower_case(needle), self._lowered[name], score_cutoff=FUZZY_CUTOFF
            )
            if not found or found.dest_end - found.dest_start < FUZZY_SHORTEST:
                continue
            start, end = _to_word_ends(content, found.dest_start, found.dest_end)
            if digits_and_signs(needle) == digits_and_signs(content[start:end]):
                return Evidence(Match.FUZZY, name, start, end)
        return None


def _occurrences(content: str, needle: str, begin: int = 0, end: int | None = None) -> Iterator[int]:
    start = content.find(needle, begin, end) if needle else -1
    while start >= 0:
        yield start
        start = content.find(needle, start + 1, end)


def _distance(place: Evidence, near: Evidence | None) -> int:
    if near is None:
        return 0
    if near.field != place.field or near.start is None or near.end is None:
        return 1 << 30
    if place.start is None or place.end is None:
        return 1 << 30
    return max(0, near.start - place.start, place.end - near.end)


_URL_GOES_ON = re.compile(r"[\w/%?=&#~+@-]|[.:]\w", re.ASCII)
_URL_BEFORE = re.compile(r"(?:[\w.@-]|(?<!/)/)\Z", re.ASCII)


def _is_whole(content: str, start: int, end: int, *, plural: bool = False) -> bool:
    """Tell whether a place is no mere piece of a longer word or number."""
    if start > 0 and _goes_before(content, start):
        return False
    if end >= len(content) or not content[end - 1].isalnum():
        return True
    if plural and _PLURAL_END.match(content, end):
        return True
    return not _word_goes_on(content, end)


_PLURAL_END = re.compile(r"(?:s|es)(?!\w)")
_NUMBER_BEFORE = re.compile(r"(?<![\w.,])\d[\d.,]*\Z")
_NUMBER_GOES_ON = re.compile(r"[.,]\d")


def _goes_before(content: str, start: int) -> bool:
    """Tell whether a word or number that holds `start` begins before it."""
    if _NUMBER_GOES_ON.match(content, start):
        return content[start - 1].isdigit()
    if content[start].isdigit() and content[start - 1] in ".,":
        return start == 1 or not (content[start - 2].isalpha() or content[start - 2] in ".!?)")
    if content[start].isalpha() and _NUMBER_BEFORE.search(content[max(0, start - 24) : start]):
        return False  # A unit set solid: the fps of 35fps.
    return _is_word_letter(content[start - 1]) and _is_word_letter(content[start])


def _word_goes_on(content: str, end: int) -> bool:
    after = content[end]
    if after in "+@#":
        return True
    if content[end - 1].isdigit() and _NUMBER_GOES_ON.match(content, end):
        return True
    return _is_word_letter(after) and _is_word_letter(content[end - 1])


def _is_word_letter(char: str) -> bool:
    """Tell whether a character joins its neighbours to a word; CJK writes no spaces between words."""
    return char.isalnum() and not _is_unspaced(char)


def _is_unspaced(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" or char >= "\U00020000"


def _in_lower_case(text: str) -> str:
    """Return a text in lower case and of the same length: some letters would become two."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _to_word_ends(content: str, start: int, end: int) -> Span:
    while start > 0 and content[start - 1].isalnum() and content[start].isalnum():
        start -= 1
    while end < len(content) and content[end - 1].isalnum() and content[end].isalnum():
        end += 1
    return Span(start, end)


_DIGITS_AND_SIGNS = re.compile(r"\d+(?:[.,]\d+)*|(?<![\w])[-\u2212+](?=\.?\d)|[%<>=]|\+(?!\w)")


def digits_and_signs(text: str) -> list[str]:
    """Return what a fuzzy match may not change: numbers, signs, percent and comparison marks."""
    return _DIGITS_AND_SIGNS.findall(text.replace("\u2212", "-"))


_SINGULARS = (("ies", "y"), ("ses", "sis"), ("ices", "ix"), ("ices", "ex"), ("corpora", "corpus"))
_PLURALS = (("y", "ies"), ("sis", "ses"), ("ix", "ices"), ("ex", "ices"), ("corpus", "corpora"))
_PLURAL_ES = ("ches", "shes", "xes", "sses", "zes")


def _number_forms(printed: str, folded: str) -> Iterator[str]:
    """Yield a folded string, and what it is in the singular or an uncommon plural: BIAS has no other."""
    if not folded:
        return
    yield folded
    if printed.endswith("S"):
        return
    for ending, other in (*_SINGULARS, *_PLURALS):
        if folded.endswith(ending) and len(folded) > len(ending) + 1:
            yield folded[: -len(ending)] + other
    if folded.endswith(_PLURAL_ES):
        yield folded[:-2]
    of_capitals = printed.endswith("s") and printed[-2:-1].isupper()
    if of_capitals or (len(folded) > _SHORTEST_PLURAL and _PLURAL_S.search(folded)):
        yield folded[:-1]


_SHORTEST_PLURAL = 3
_PLURAL_S = re.compile(r"(?<![su])s\Z")
