"""A text -> its letters, digits and signs alone, each with the place where it was printed."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Folded(NamedTuple):
    """A text's letters, digits and signs, and for each the place where it was printed."""

    chars: str
    starts: list[int]
    ends: list[int]


_TOKEN = re.compile(
    r"""\\(?:text(?:bf|it|tt|sc|rm|sf)?|emph|math(?:rm|bf|it|cal|sf|tt))\b  # LaTeX dress
    | \d+(?:[.,]\d+)*        # a number with its points
    | [^\W\d_]+              # letters
    | [\u2010-\u2015\u2212-](?=\.?\d) # perhaps a sign
    | [+%@#&=<>]             # signs that tell names apart
    | [^\w\s]                # marks, some of which fold to letters
    """,
    re.VERBOSE,
)
_ARTICLES = frozenset(("a", "an", "the"))
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
        if word.lower() in _ARTICLES and _stands_alone(text, start, token.end()):
            continue
        for offset, char in enumerate(_folded_token(word, text, start)):
            for letter in char:
                chars.append(letter)
                starts.append(start + offset)
                ends.append(start + offset + 1)
    return Folded("".join(chars), starts, ends)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a word has blanks on both sides: the "A" of "A-MEM" is no article."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return before.isspace() and after.isspace()


def _folded_token(word: str, text: str, start: int) -> list[str]:
    if word in _DASHES:
        before = text[start - 1] if start else " "
        return ["-"] if before.isspace() or before in "($[" else [""]
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


_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def _plain_number(word: str) -> str:
    return word.replace(",", "") if _THOUSANDS.fullmatch(word) else word


@lru_cache(maxsize=4096)
def _folded_char(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char).casefold()
    return "".join(c for c in plain if c.isalnum() or c in _KEPT_MARKS)
