"""
A string -> where title or abstract bears it out.

A string is looked for in three ways, the first that succeeds counts:

1. exact: the same code points, at word boundaries;
2. normalized: the same letters, digits and signs when case, Unicode forms, accents, hyphens, white
   space, LaTeX leftovers, articles and a plural ending are set aside;
3. fuzzy: similar (rapidfuzz, at least 88 of 100), with the very same digits and signs.

Offsets are code points of the stored text.
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
    """Finds strings in one text; what it prepares serves all values of the paper."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self._fields: tuple[tuple[TextField, str], ...] = (
            ("abstract", text.abstract),
            ("title", text.title),
        )

    @cached_property
    def _folded(self) -> dict[TextField, "Folded"]:
        return {name: fold(content) for name, content in self._fields}

    @cached_property
    def _lowered(self) -> dict[TextField, str]:
        return {name: _in_lower_case(content) for name, content in self._fields}

    def find(self, needle: str, near: Evidence | None = None) -> Evidence:
        """Return the best evidence for a string; of several places the one nearest to `near`."""
        needle = needle.strip()
        if not needle:
            return NOWHERE
        return (
            self._within(needle, near)
            or self._choose(Match.EXACT, self._exact(needle), near)
            or self._choose(Match.NORMALIZED, self._normalized(needle), near)
            or self._fuzzy(needle)
            or NOWHERE
        )

    def find_url(self, url: str) -> Evidence:
        """Return evidence for a link, which must stand there whole."""
        needle = url.strip()
        for name, content in self._fields:
            for start in _occurrences(content, needle):
                end = start + len(needle)
                if not (_URL_GOES_ON.match(content, end) or _URL_BEFORE.search(content[:start][-2:])):
                    return Evidence(Match.EXACT, name, start, end)
        return NOWHERE

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
        wanted = fold(needle).chars
        if not wanted:
            return
        for form in _plural_forms(needle, wanted):
            for name, folded in self._folded.items():
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
        if near is None:
            best = next(places, None)
        else:
            best = min(places, key=lambda place: _distance(place, near), default=None)
        return Evidence(match, best[0], best[1].start, best[1].end) if best else None

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


def _distance(place: tuple[TextField, Span], near: Evidence) -> int:
    name, span = place
    if name != near.field or near.start is None or near.end is None:
        return 1 << 30
    return max(0, near.start - span.start, span.end - near.end)


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


def _plural_forms(printed: str, folded: str) -> tuple[str, ...]:
    """Return a folded string, and without its plural ending where it has one: BIAS has none."""
    if printed.endswith("S"):
        return (folded,)
    if len(folded) > 4 and folded.endswith("ies"):  # noqa: PLR2004
        return (folded, folded[:-3] + "y")
    if len(folded) > 3 and folded.endswith("s") and not folded.endswith(("ss", "us", "is")):  # noqa: PLR2004
        return (folded, folded[:-1])
    return (folded,)
