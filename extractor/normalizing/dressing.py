"""A printed name -> plain text: LaTeX, accents, odd dashes and typesetters' signs are set aside."""

import re
import unicodedata

_PLAIN = re.compile(r"[A-Za-z0-9 .,:()/+%@-]*")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u02bc\u2032`", "'"),
        **dict.fromkeys("\u2192\u21d2\u27f6", " to "),
        **dict.fromkeys("\u2264\u2a7d", "<"),
        **dict.fromkeys("\u2265\u2a7e", ">"),
        "\u00d7": "x",
        "\u2206": "delta",
        "\u2020": "",
        "\u2021": "",
        "~": " ",
    }
)
_GREEK = re.compile("[\u0391-\u03a9\u03b1-\u03c9]")
_LATEX = (
    (re.compile(r"\\(?:text|math)[a-z]*\b\s?|\\(?:emph|rm|bf|it|sc|tt|sf|cal|left|right)\b\s?"), ""),
    (re.compile(r"\\([%&_#$])"), r"\1"),
    (re.compile(r"\\times\b"), "x"),
    (re.compile(r"\\(?:to|rightarrow|longrightarrow)\b"), " to "),
    (re.compile(r"\\leq?\b"), "<"),
    (re.compile(r"\\geq?\b"), ">"),
    (re.compile(r"\\[,;: ]"), " "),
    (re.compile(r"\\([A-Za-z]+)"), r"\1"),
    (re.compile(r"[${}\\]"), ""),
)
_ARROW = re.compile(r"\s*[-=]+>\s*")
_CITED = re.compile(r"\s*\[\d+(?:\s*[,-]\s*\d+)*\]")


def undress(printed: str) -> str:
    """Return the name as it would be typed: F$_1$ as F_1, a Greek letter by its name, an arrow as "to"."""
    if _PLAIN.fullmatch(printed):
        return printed
    text = printed
    if "\\" in text or "$" in text or "{" in text:
        for pattern, plain in _LATEX:
            text = pattern.sub(plain, text)
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFD", text)
        text = _GREEK.sub(_spelled, "".join(char for char in decomposed if not unicodedata.combining(char)))
    return _ARROW.sub(" to ", _CITED.sub("", text)).replace("^-", " minus ")


def _spelled(letter: re.Match[str]) -> str:
    """Return a Greek letter's name."""
    return unicodedata.name(letter[0]).split()[-1].lower().replace("lamda", "lambda")
