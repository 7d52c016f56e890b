"""
A text -> the acronyms that it defines itself, each with its full form.

The rule is that of A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", Pacific Symposium on Biocomputing 2003: in "full form (FF)" or "FF (full
form)", the letters of the acronym are found from its end to its beginning in the words beside it, and its
first letter begins a word. Words that begin with these very letters come first: by the rule alone, SSL were
supervised learning where self-supervised learning is printed.
"""

import re

_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]")
_SHORT = re.compile(r"[^\W_][\w&/.+-]*(?: [\w&/.+-]+)?")
_WORD_BEFORE = re.compile(r"[^\W_][\w&/.+-]*$")
_SENTENCE = re.compile(r"[.;:!?]\s+|[(\[)\]]|\n\n")
_LONGEST_SHORT = 10
_SPARE_WORDS = 5
_DRESS = re.compile(r"\\(?:text|math)?(?:bf|it|rm|tt|sc|sf)\b|\\(?:emph|underline)\b|[${}*]")


def acronyms_in(text: str) -> dict[str, str]:
    """
    Return acronym -> full form as the text defines them in brackets, plurals as singulars.

    "number of function evaluations (NFEs)" and "NFE (number of function evaluations)" both give
    `{"NFE": "number of function evaluations"}`; of two definitions the first counts.
    """
    found: dict[str, str] = {}
    plain = _DRESS.sub("", text)
    for bracket in _BRACKET.finditer(plain):
        defined = _defined(_before(plain, bracket.start()), bracket[1])
        if defined:
            found.setdefault(*defined)
    return found


def full_form(acronym: str, text: str) -> str | None:
    """Return the end of `text` that an acronym stands for, None where its letters are not in it."""
    letters = [char.lower() for char in acronym if char.isalnum()]
    place = len(text)
    for turn, letter in enumerate(reversed(letters), start=1):
        begins = turn == len(letters)
        place -= 1
        while place >= 0 and not (text[place].lower() == letter and (not begins or _begins(text, place))):
            place -= 1
        if place < 0:
            return None
    return text[place:].strip()


def singular(acronym: str) -> str:
    """Return NFE for NFEs."""
    return acronym[:-1] if _PLURAL.fullmatch(acronym) else acronym


_PLURAL = re.compile(r"[\w-]*[A-Z0-9]s")


def is_acronym(text: str) -> bool:
    """Tell whether a text may be an acronym: short, mostly capitals."""
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return (
        2 <= len(text) <= _LONGEST_SHORT  # noqa: PLR2004 - one letter stands for anything
        and " " not in text
        and capitals >= max(2, len(letters) / 2)
    )


def _defined(before: str, inside: str) -> tuple[str, str] | None:
    short = singular(re.split(r"[,;:]", inside.strip())[0].strip().strip("'\"“”"))
    if _SHORT.fullmatch(short) and is_acronym(short):
        return _checked(short, _last_words(before, short))
    last = _WORD_BEFORE.search(before.rstrip())
    short = singular(last.group()) if last else ""
    if is_acronym(short) and " " in inside:
        full = full_form(short, inside.strip())
        if full == inside.strip():
            return _checked(short, full)
    return None


def _checked(short: str, beside: str) -> tuple[str, str] | None:
    """Return acronym and full form where that is more than one word and longer."""
    full = _by_initials(short, beside) or full_form(short, beside)
    if full is None or len(full) <= len(short) or not re.search(r"[\s-]", full):
        return None
    words = full.split()
    return (short, " ".join(words)) if short not in words else None


_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(("a", "and", "for", "from", "in", "of", "on", "the", "to", "with"))


def _by_initials(short: str, beside: str) -> str | None:
    """Return the end of `beside` whose words begin with the letters of an acronym, small words aside."""
    letters = [char.lower() for char in short if char.isalnum()]
    for word in reversed(list(_WORD.finditer(beside))):
        if word[0][0].lower() == letters[-1]:
            letters.pop()
        elif word[0].lower() not in _SMALL:
            return None
        if not letters:
            return beside[word.start() :].strip()
    return None


def _before(text: str, end: int) -> str:
    """Return the part of the sentence that leads up to a bracket."""
    start = 0
    for mark in _SENTENCE.finditer(text, max(0, end - 300), end):
        start = mark.end()
    return text[max(start, end - 300) : end].rstrip()


def _last_words(before: str, short: str) -> str:
    letters = sum(char.isalnum() for char in short)
    words = before.split()
    return " ".join(words[-min(letters + _SPARE_WORDS, letters * 2) :])


def _begins(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
