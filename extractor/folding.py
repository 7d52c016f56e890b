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
    r"""\\(?:text(?:bf|it|tt|sc|rm|sf|sl)?|emph|math(?:rm|bf|it|cal|sf|tt|bb)|bf|it|em|sc|rm|tt|sf|sl
      |boldsymbol|operatorname|underline|[mh]box)(?![a-zA-Z])  # LaTeX dress
    | \d+(?:[.,]\d+)*        # a number with its points
    | [^\W\d_]+              # letters
    | [+%@#&=<>]             # signs that tell names apart
    | [^\w\s]                # marks, some of which fold to letters
    """,
    re.VERBOSE,
)
_ARTICLE = re.compile(
    r"""(?:^|(?<=[\s~])) (?:an?|AN|An|the|The|THE) (?=[\s~\\]+\S)  # between blanks
    | (?<=[\u2010-\u2015\u2212-]) (?:an?|the) (?=[\u2010-\u2015\u2212-])  # between hyphens
    | (?:^|(?<=[.!?]\s)) A (?=\s+\S)  # "Model A" has none: a capital alone only where a sentence starts""",
    re.VERBOSE,
)
_ARTICLES = frozenset(("a", "an", "the", "A", "An", "AN", "The", "THE"))
_KEPT_MARKS = frozenset("+%@#&=<>.")


def fold(text: str, *, articles: bool = False) -> Folded:
    """Return what is left of a text when its form is set aside; articles too, unless asked for."""
    chars: list[str] = []
    starts: list[int] = []
    for token in _TOKEN.finditer(text):
        word, start = token.group(), token.start()
        if word[0] == "\\" and len(word) > 1:
            continue
        if not articles and word in _ARTICLES and _ARTICLE.match(text, start):
            continue
        if word.isascii() and word.isalpha():
            chars.append(word.lower())
            starts.extend(range(start, token.end()))
            continue
        for place, char in enumerate(_folded_token(word, text, start), start):
            chars.append(char)
            starts.extend([place] * len(char))
    return Folded("".join(chars), starts, [start + 1 for start in starts])


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


_SIGNED = re.compile(r"(?:^|(?<=[\s~($\[{])).(?=\.?\d)")
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
