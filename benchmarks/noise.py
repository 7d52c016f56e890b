"""A string -> the same string as a model, a typesetter or a PDF reader might have written it."""

import random
import re
from collections.abc import Callable

Noise = Callable[[str, random.Random], str]

_LIGATURES = (("ffi", "\ufb03"), ("ffl", "\ufb04"), ("ff", "\ufb00"), ("fi", "\ufb01"), ("fl", "\ufb02"))
_ARTICLE = re.compile(r"(?<![\w-])(?:the|an|a) (?=\w)")
_LONGEST_NAME = 6
_LAST_WORD = re.compile(r"[^\W\d_]{3,}\Z")
_DRESSES = (
    r"\textbf{%s}",
    r"\emph{%s}",
    r"\textit{%s}",
    r"{\bf %s}",
    r"{\em %s}",
    r"\textsc{%s}",
    r"$\mathrm{%s}$",
    r"$%s$",
    r"{%s}",
    r"\text{%s}",
)


def case(text: str, chance: random.Random) -> str:
    """Write it all small, all in capitals, each word with a capital, or the first alone."""
    return chance.choice((str.lower, str.upper, str.title, str.capitalize))(text)


def hyphens(text: str, chance: random.Random) -> str:
    """Write its hyphens as other dashes, as blanks or not at all; blanks as hyphens where it has none."""
    dash = chance.choice(("", " ", "\u2010", "\u2011", "\u2013", " - "))
    return re.sub(r"(?<=\w)-(?=\w)", dash, text) if "-" in text else text.replace(" ", "-", 1)


def plural(text: str, chance: random.Random) -> str:
    """Write its last word in the plural, or in the singular where it ends with s."""
    del chance  # There is but one way.
    if not _LAST_WORD.search(text) or len(text.split()) > _LONGEST_NAME:
        return text
    if text.endswith("ies"):
        return text[:-3] + "y"
    if text.endswith(("ches", "shes", "xes", "sses")):
        return text[:-2]
    if text.endswith("s"):
        return text if text.endswith(("ss", "us", "is", "ics")) else text[:-1]
    if text.endswith(("ch", "sh", "x", "z")):
        return text + "es"
    return text[:-1] + "ies" if re.search(r"[^aeiouAEIOU]y\Z", text) else text + "s"


def latex(text: str, chance: random.Random) -> str:
    """Dress one of its words in LaTeX, escape its signs, or tie its words together."""
    words = text.split(" ")
    place = chance.randrange(len(words))
    words[place] = chance.choice(_DRESSES).replace("%s", words[place])
    tie = chance.choice((" ", "~", r"\ "))
    return re.sub(r"(?<!\\)([%&#_])", r"\\\1", tie.join(words))


def ligatures(text: str, chance: random.Random) -> str:
    """Set it with ligatures."""
    del chance  # There is but one way.
    for letters, ligature in _LIGATURES:
        text = text.replace(letters, ligature)
    return text


def blanks(text: str, chance: random.Random) -> str:
    """Double its blanks, break its lines, or set blanks that do not break."""
    return text.replace(" ", chance.choice(("  ", "   ", "\n", " \n", "\u00a0", "\t")))


def article(text: str, chance: random.Random) -> str:
    """Drop one of its articles; put one before it where it has none."""
    found = list(_ARTICLE.finditer(text))
    if not found:
        return f"the {text}"
    one = chance.choice(found)
    return text[: one.start()] + text[one.end() :]


def unicode_forms(text: str, chance: random.Random) -> str:
    """Write it with a soft hyphen or zero-width space in a word, full width letters or a minus sign."""
    if "-" in text and chance.random() < 1 / 3:
        return text.replace("-", "\u2212")
    if text.isascii() and chance.random() < 1 / 3:
        return "".join(chr(ord(char) + 0xFEE0) if char.isalpha() else char for char in text)
    longest = max(re.findall(r"[^\W\d_]+", text), key=len, default="")
    half = len(longest) // 2
    return (
        text.replace(longest, longest[:half] + chance.choice("\u00ad\u200b") + longest[half:], 1)
        if half
        else text
    )


def line_end(text: str, chance: random.Random) -> str:
    """Break a long word at a line's end, with a hyphen."""
    words = [word for word in re.findall(r"[a-z]+", text) if len(word) > 6]  # noqa: PLR2004
    if not words:
        return text
    word = chance.choice(words)
    return text.replace(word, f"{word[:3]}-\n{word[3:]}", 1)


KINDS: dict[str, Noise] = {
    "case": case,
    "hyphens": hyphens,
    "plural": plural,
    "LaTeX": latex,
    "ligatures": ligatures,
    "doubled blanks": blanks,
    "articles": article,
    "Unicode forms": unicode_forms,
    "hyphenated at a line's end": line_end,
}
