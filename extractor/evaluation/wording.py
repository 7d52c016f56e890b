"""
Two names, quotes, links, numbers or labels -> how well they agree, from 0 (not at all) to 1.

Agreement of words is token F1: twice the tokens in common, over the tokens of both.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from extractor.records import Role

SHORTEST_QUOTE = 3
"""Tokens of a quote that is all there is to tell a thing by; fewer stand anywhere."""

NAME_F1, QUOTE_F1 = 0.6, 0.5
"""Token F1 from which two names, and two quotes, say the same."""

_SIMILAR = 0.999
"""At most for names that share their tokens in another order: only equal names agree fully."""
_CONTAINED = 0.75
_LONGEST_QUOTE = 100
_SAME_NUMBER = 1e-6

_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_PLUS = re.compile(r"_?\+(?!\w)")
_MINUS = re.compile(r"_-(?!\w)|(?<=\w)-(?![^\s,;.)])")
_HYPHENATED = re.compile(r"\w+(?:-\w+)+")
_DROPPED_MARKS = str.maketrans("", "", "\\^'`~$")
_NO_WORD = re.compile(r"[\W_]")
_ARTICLES = frozenset(("a", "an", "the"))
_SMALL_WORDS = frozenset(("to", "of", "in", "on", "by", "at", "or", "as", "is"))
_QUOTE_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_SCHEME_AND_HOST = re.compile(r"[a-z]+://[^/]*", re.IGNORECASE)


def plain(text: str) -> str:
    """Return a text with one form for each character, dash and apostrophe, and no escaped percent signs."""
    text = unicodedata.normalize("NFKC", text).replace("\\%", "%")
    return _DASHES.sub("-", text).replace("\u2019", "'")


# ---------------------------------------------------------------- names


@lru_cache(maxsize=1 << 16)
def name_words(name: str) -> tuple[str, ...]:
    """
    Return the words of a name, in lower case and singular, without articles and marks.

    A plus or minus that ends a word stays, as a word. Hyphens join what looks like one name (CIFAR-10
    is cifar10) and part other words (fine-tuning is two).
    """
    text = _MINUS.sub(" minus ", _PLUS.sub(" plus ", plain(name)))
    text = _HYPHENATED.sub(_joined_or_parted, text)
    words = _NO_WORD.sub(" ", text.lower().translate(_DROPPED_MARKS)).split()
    return tuple(_singular(word) for word in words if word not in _ARTICLES)


def _joined_or_parted(match: re.Match[str]) -> str:
    parts = match.group().split("-")
    is_name = any(map(_is_code, parts)) and all(_is_code(part) or _has_capital(part) for part in parts)
    return ("" if is_name else " ").join(parts)


def _is_code(part: str) -> bool:
    """Tell whether a part of a hyphenated word looks like an acronym, a letter or a number."""
    is_short = len(part) <= 2 and part.lower() not in _SMALL_WORDS  # noqa: PLR2004 - one or two letters.
    return is_short or _has_capital(part[1:]) or any(char.isdigit() for char in part)


def _has_capital(part: str) -> bool:
    return any(char.isupper() for char in part)


def _singular(word: str) -> str:
    if len(word) > len("ties") and word.endswith("ies"):
        return word.removesuffix("ies") + "y"
    if len(word) > len("is") and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word.removesuffix("s")
    return word


def name_agreement(name: str, accepted: Sequence[str]) -> tuple[float, int]:
    """Return how well a name agrees with the nearest of the accepted forms, and which that is."""
    words = name_words(name)
    best = (0.0, 0)
    for index, form in enumerate(accepted):
        agreement = _words_agreement(words, name_words(form))
        if agreement > best[0]:
            best = (agreement, index)
    return best


def is_named(names: Sequence[str], accepted: Sequence[str]) -> bool:
    """Tell whether one of the names is accepted; where no form is, whether there is no name."""
    if not accepted:
        return not names
    return any(name_agreement(name, accepted)[0] for name in names)


def _words_agreement(words: Sequence[str], others: Sequence[str]) -> float:
    if not words:
        return 0.0
    if "".join(words) == "".join(others):
        return 1.0
    agreement = min(_token_f1(words, others), _SIMILAR)
    return agreement if agreement >= NAME_F1 else 0.0


def _token_f1(tokens: Sequence[str], others: Sequence[str]) -> float:
    common = (Counter(tokens) & Counter(others)).total()
    return 2 * common / (len(tokens) + len(others)) if common else 0.0


# ---------------------------------------------------------------- quotes, links, numbers


def quote_agreement(quote: str, other: str, *, shortest: int) -> float:
    """
    Return how well two quotes agree.

    One that contains the other agrees well whatever its length, unless the other has fewer tokens than
    `shortest`, or it is a whole abstract: a single word and a whole text would agree with everything.
    """
    tokens, others = _quote_tokens(quote), _quote_tokens(other)
    if not tokens or not others:
        return 0.0
    agreement = _token_f1(tokens, others)
    short, long = sorted((tokens, others), key=len)
    if shortest <= len(short) and len(long) <= _LONGEST_QUOTE and _spaced(short) in _spaced(long):
        return max(agreement, _CONTAINED)
    return agreement if agreement >= QUOTE_F1 else 0.0


@lru_cache(maxsize=1 << 12)
def _quote_tokens(quote: str) -> tuple[str, ...]:
    return tuple(_QUOTE_TOKEN.findall(plain(quote).lower()))


def _spaced(tokens: Sequence[str]) -> str:
    return f" {' '.join(tokens)} "


def plain_url(url: str) -> str:
    """Return a link without what surrounds it in print, its scheme and host in lower case."""
    bare = url.strip().strip("<>\"'").rstrip(".,;:)]}/'\" ")
    host = _SCHEME_AND_HOST.match(bare)
    return host.group().lower() + bare[host.end() :] if host else bare


def is_same_number(number: float | None, other: float | None) -> bool:
    """Tell whether two numbers are given and equal."""
    return number is not None and other is not None and abs(number - other) <= _SAME_NUMBER


# ---------------------------------------------------------------- any value


def agreement(role: Role, value: Any, accepted: Sequence[Any]) -> tuple[float, int]:  # noqa: ANN401
    """Return how well a value agrees, by its field's role, with the nearest form, and which that is."""
    if role is Role.NAME:
        return name_agreement(value, accepted)
    best = (0.0, 0)
    for index, form in enumerate(accepted):
        agreed = _agreement(role, value, form)
        if agreed > best[0]:
            best = (agreed, index)
    return best


def _agreement(role: Role, value: Any, form: Any) -> float:  # noqa: ANN401
    if role is Role.QUOTE:
        return quote_agreement(value, form, shortest=SHORTEST_QUOTE)
    if role is Role.NUMBER:
        return float(is_same_number(value, form))
    return float(value == form)
