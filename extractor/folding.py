"""A text -> its letters, digits and signs alone, each with the place where it was printed."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Span(NamedTuple):
    """Code points `start` to `end`, the end not included."""

    start: int
    end: int


class Folded(NamedTuple):
    """A text's letters, digits and signs, and for each the place where it was printed."""

    chars: str
    starts: list[int]
    ends: list[int]

    def printed(self, start: int, end: int) -> Span | None:
        """Return where `chars[start:end]` was printed; None where it begins or ends within a character."""
        if start > 0 and self.starts[start - 1] == self.starts[start]:
            return None
        if end < len(self.ends) and self.ends[end] == self.ends[end - 1]:
            return None
        return Span(self.starts[start], self.ends[end - 1])


_TOKEN = re.compile(
    r"""\\(?:text(?:bf|it|tt|sc|rm|sf)?|emph|math(?:rm|bf|it|cal|sf|tt))\b  # LaTeX dress
    | \d+(?:[.,]\d+)*        # a number with its points
    | [^\W\d_]+              # letters
    | [+%@#&=<>]             # signs that tell names apart
    | [^\w\s]                # marks, some of which fold to letters
    """,
    re.VERBOSE,
)
_ARTICLE = re.compile(
    r"""(?:^|(?<=\s)) (?:an?|AN|An|the|The|THE) (?=\s+\S)          # between blanks
    | (?<=[\u2010-\u2015-]) (?:an?|the) (?=[\u2010-\u2015-])      # between hyphens
    | (?:^|(?<=[.!?]\s)) A (?=\s+\S)  # "Model A" has none: a capital alone only where a sentence starts""",
    re.VERBOSE,
)
_KEPT_MARKS = frozenset("+%@#&=<>.")


def fold(text: str) -> Folded:
    """Return what is left of a text when its form is set aside."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for token in _TOKEN.finditer(text):
        word, start = token.group(), token.start()
        if word[0] == "\\" and len(word) > 1:
            continue
        if _ARTICLE.match(text, start):
            continue
        for offset, char in enumerate(_folded_token(word, text, start)):
            for letter in char:
                chars.append(letter)
                starts.append(start + offset)
                ends.append(start + offset + 1)
    return Folded("".join(chars), starts, ends)


def _folded_token(word: str, text: str, start: int) -> list[str]:
    if word in _DASHES:
        return ["-"] if _SIGNED.match(text, start) else [""]
    if word.isascii():
        lowered = word.lower()
        if word[0].isdigit():
            lowered = _plain_number(word)
            if len(lowered) != len(word):
                return [letter if letter != "," else "" for letter in word]
        elif not word[0].isalpha() and word not in _KEPT_MARKS:
            return [""]
        return list(lowered)
    return [_folded_char(char) for char in word]


_SIGNED = re.compile(r"(?:^|(?<=[\s($\[])).(?=\.?\d)")
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def _plain_number(word: str) -> str:
    return word.replace(",", "") if _THOUSANDS.fullmatch(word) else word


_FRACTION_SLASH = "\u2044"


@lru_cache(maxsize=4096)
def _folded_char(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char).casefold()
    if _FRACTION_SLASH in plain:
        return char  # One half is not twelve.
    return "".join(c for c in plain if c.isalnum() or c in _KEPT_MARKS)
