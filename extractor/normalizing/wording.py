"""Plain text -> its words, each in one spelling: case, plural, British and American set aside."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class Word(NamedTuple):
    """Letters, a number or a sign; `glued` where nothing parts it from the letters or digits before."""

    text: str
    glued: bool


Words = tuple[Word, ...]

_TOKEN = re.compile(
    r"""'(?P<year>\d\d)(?!\d)                                             # '14 is 2014
    | 's\b                                                                # Cohen's kappa
    | (?P<number>\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:\.\d+)*|(?<![\w.])\.\d+)
    | (?P<letters>[^\W\d_]+)
    | (?P<sign>[+*#<>%@])                                                 # signs that tell names apart
    """,
    re.VERBOSE,
)
_THIS_CENTURY = 50


def words_of(text: str) -> Words:
    """Return the words of undressed text."""
    words: list[Word] = []
    end = -1
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        start = token.start()
        if kind == "letters":
            words.append(Word(fold(token.group()), start == end))
        elif kind == "number":
            words.append(Word(_plain_number(token.group()), start == end))
        elif kind == "year":
            words.append(Word(full_year(token["year"]), glued=False))
        elif kind == "sign":
            words.append(Word(token.group(), glued=False))
        end = token.end() if kind in {"letters", "number"} else -1
    return tuple(words)


def full_year(short: str) -> str:
    """Return a year of two digits in four."""
    return ("20" if int(short) < _THIS_CENTURY else "19") + short


def squash(words: Iterable[Word]) -> str:
    """
    Return words in one string.

    Blanks and hyphens are no part of a name: ImageNet, Image-Net and Image Net are one.
    """
    squashed = ""
    for word in words:
        squashed = joined(squashed, word.text)
    return squashed


def joined(squashed: str, text: str) -> str:
    """Return squashed words and one more, after "_" where two numbers, or what is marked, would run on."""
    if squashed and ((text[0].isdigit() and squashed[-1].isdigit()) or is_marked(text)):
        return f"{squashed}_{text}"
    return squashed + text


def key(words: Iterable[Word]) -> str:
    """Return squashed words that read again as they are: the s of ImageNet-S is no plural, `imagenetS`."""
    squashed = squash(words)
    return _ENDING.sub(_kept, squashed) if "s" in squashed else squashed


_ENDING = re.compile(r"[a-z]+s(?![^\W\d_])")


def _kept(run: re.Match[str]) -> str:
    letters = run.group()
    return letters if fold(letters) == letters else letters[:-1] + "S"


def is_marked(text: str) -> bool:
    """Tell whether a word is one whose small m counts: mAP is not MAP."""
    return text[0] == "m" and text[1:2].isupper()


def _plain_number(number: str) -> str:
    plain = number.replace(",", "")
    if plain[0] == ".":
        plain = "0" + plain
    if plain.count(".") == 1:
        whole, _, decimals = plain.partition(".")
        plain = f"{whole}.{decimals.rstrip('0') or '0'}"
    return plain


@lru_cache(maxsize=1 << 15)
def fold(letters: str) -> str:
    """
    Return a run of letters in small ones, in the singular, in American spelling.

    The m of mAP, mIoU, mBERT stays marked: `mAp`. So does a last s that `key` has found to be no plural.
    """
    if is_marked(letters):
        return "m" + letters[1] + fold(letters[1:])[1:]
    if _SETTLED.fullmatch(letters):
        return letters
    acronym = _ACRONYMS.fullmatch(letters)
    if acronym:
        return acronym[1].lower()
    lowered = letters.casefold()
    if letters[-1] == "S" and len(letters) <= _LONG and lowered not in _SHORT_PLURALS:
        return lowered  # BraTS and BRATS are no plurals, PARAMETERS may be.
    return _singular(_american(lowered))


_ACRONYMS = re.compile(r"(?!A[PR]s)([A-Z]{2,})s")  # The s of APs and ARs is of small objects.
_SETTLED = re.compile(r"[a-z]+S")
_BRITISH = re.compile(
    r"(token|local|optim|visual|recogn|summar|normal|general|categor|regular|person)is(?=e|ing)"
)
_SPELLINGS = re.compile(
    r"modell(?=ing|ed)|labell(?=ing|ed)|colour|behaviour|neighbour|tumour|^humour$|^centre|^fibre|^grey|^dialogs?$"
)


def _american(word: str) -> str:
    found = _SPELLINGS.search(word)
    if found:
        word = word.replace(found.group(), _AMERICAN[found.group()[:4]])
    return _BRITISH.sub(r"\1iz", word).replace("isation", "ization") if "is" in word else word


_AMERICAN = {
    "mode": "model",
    "labe": "label",
    "colo": "color",
    "beha": "behavior",
    "neig": "neighbor",
    "tumo": "tumor",
    "humo": "humor",
    "cent": "center",
    "fibr": "fiber",
    "grey": "gray",
    "dial": "dialogue",
}
_LONG = 5
_SHORT_PLURALS = frozenset(
    (
        "bits",
        "cars",
        "cats",
        "days",
        "dogs",
        "hits",
        "logs",
        "maps",
        "nets",
        "pets",
        "runs",
        "sets",
        "tags",
        "ways",
    )
)
_PLURAL = re.compile(r"(?:(?P<y>(?<!mov)ie)|(?<=ss)e|(?<=x)e)?(?<![isu])s$")


def _singular(word: str) -> str:
    """Strip a plural of long words; of short ones only where it is sure: APS and AP are two."""
    if word[-1] != "s" or not (len(word) >= _LONG or word in _SHORT_PLURALS):
        return word
    found = _PLURAL.search(word)
    return word if found is None else word[: found.start()] + ("y" if found["y"] else "")
