r"""
LaTeX in a text -> the letters and signs that it stands for; formulas and other commands stay as they are.

Decoded are accents (G\"odel, {\'e}, \v{s}), special letters (\ss, {\o}, \L), signs of text (\%, \&,
\textendash), the long dash (---), ties (Fig.~3), and braces that only protect capitals or a sign ({BERT},
{--}, {``}). All this only outside of $...$, \(...\), \[...\].
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

_ABOVE = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ",
    "ng": "ŋ", "NG": "Ŋ", "SS": "ẞ",
}  # fmt: skip
_SIGNS = {
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotesingle": "'",
    "textquotedblleft": "“", "textquotedblright": "”", "textquotedbl": '"', "quotedblbase": "„",
    "guillemotleft": "«", "guillemotright": "»", "textasciitilde": "~", "textasciicircum": "^",
    "textunderscore": "_", "textbar": "|", "textless": "<", "textgreater": ">",
    "textdegree": "°", "textmu": "µ", "texteuro": "€", "textregistered": "®", "texttrademark": "™",
    "textcopyright": "©", "textbullet": "•", "textellipsis": "…", "textperiodcentered": "·", "textpm": "±",
    "texttimes": "×", "textsection": "§", "copyright": "©", "pounds": "£", "ldots": "…", "dots": "…",
    "textordmasculine": "º", "textordfeminine": "ª",
}  # fmt: skip
_WORDS = _LETTERS | _SIGNS
_FORMULA = "\ufdd0"  # no character, by Unicode: it stands for a formula while the text around it is read

# A letter under an accent, bare or in braces; i and j may stand there without their dots.
_BASE = r"(?:\{\s*\\?([^\W\d_])\s*\}|\\([ij])(?![A-Za-z])[ ]?|([^\W\d_]))"
_ACCENT = re.compile(r"\\([\"'`^~=.])" + _BASE)
_NAMED_ACCENT = re.compile(
    r"\\([cvuHkrdb])(?:(?=\{)|(?=\\[ij](?![A-Za-z]))|(?<=\\[cvuHk])[ ](?=[A-Za-z]))" + _BASE
)
_WORD = re.compile(rf"\\({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|[ ](?=\S))?")
# A sign that LaTeX has another use for, as programs write it: {\~}, \^{}, {\{}; as ADS does, lowered.
_BARE_SIGN = re.compile(r"\{\\([~^{}])(?:\{\})?\}|\\([~^])\{\}|\\raisebox\{-?[\d.]+ex\}(?=\\textasciitilde)")
_ESCAPED = re.compile(r"\\([\\%&#_])")
_DOLLAR = re.compile(r"\\[\\$]")
# He said \"so\", it\'s: the work of a program that writes text into code, not of LaTeX.
_CLOSING_QUOTE = re.compile(r"\\\"(?![\w{\\])")
_POSSESSIVE = re.compile(r"\\'s(?!\w)")
_LONG_DASH = re.compile(r"(?<!-)---(?!-)")
# These two begin with what they look for, and only then look behind: so most of a text is passed at once.
_TIE = re.compile(
    rf"~(?:(?<=[^\W\d_]{{2}}~)|(?<=[.,:;)\]}}%{_FORMULA}]~)|(?<=\d~)(?=[^\W\d]))(?=[\w\\({{\[{_FORMULA}])"
)
# Braces of a command, an index or an exponent stay; others go if they hold a sign, a letter that LaTeX made,
# or words with a capital.
_BRACES = re.compile(
    r"\\[A-Za-z]+\*?\s*\{|_\s*\{|\^\s*\{"
    r"|\{(?<![\\}]\{)([^\x00-\x7f]|[A-Z'`\"%&#~$-]|--|``|''|(?=[^{}]*[^\Wa-z\d_])[\w.'’/+ -]{1,80})\}"
)
_BRACED = {"--": "–", "``": "“", "''": "”"}
_DELIMITER = re.compile(r"\\.|\$\$?", re.DOTALL)
_RARE = ("\\$", "$$", "\\(", "\\[")
_CLOSING = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}


def without_latex(text: str) -> str:
    """Return a text that holds no formulas (see `outside_formulas`), its LaTeX decoded."""
    if "\\" in text:
        text = _BARE_SIGN.sub(lambda found: found[1] or found[2] or "", text)
        text = _NAMED_ACCENT.sub(_accented, _with_accents(text))
        text = _ESCAPED.sub(_unescaped, _WORD.sub(lambda found: _WORDS[found[1]], text))
    if "---" in text:
        text = _LONG_DASH.sub("—", text)
    if "{" in text:
        text = _BRACES.sub(lambda found: _BRACED.get(found[1], found[1] or found[0]), text)
    return _TIE.sub(" ", text) if "~" in text else text


def outside_formulas(text: str, change: Callable[[str], str]) -> str:
    """Return a text with a change made to it, its formulas as they were: the change sees a sign for each."""
    if _FORMULA in text:
        return text  # No program that writes text writes this, and its formulas could not be told from it.
    texts, formulas = _apart(text)
    if not formulas:
        return change(_without_escaped_dollars(text))
    plain = _FORMULA.join(texts)
    changed = change(plain)
    if changed == plain:
        return text
    return "".join(
        piece for pair in zip(changed.split(_FORMULA), [*formulas, ""], strict=True) for piece in pair
    )


def _apart(text: str) -> tuple[list[str], list[str]]:
    """Return the texts before, between and after formulas, and the formulas."""
    if not any(map(text.__contains__, _RARE)):  # As most formulas are, several times as fast.
        pieces = text.split("$")
        if len(pieces) % 2 == 0:  # The last dollar is one.
            pieces[-2:] = [f"{pieces[-2]}${pieces[-1]}"]
        return pieces[::2], [f"${formula}$" for formula in pieces[1::2]]
    spans = list(_formulas(text))
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    texts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return texts, [text[start:end] for start, end in spans]


def _without_escaped_dollars(text: str) -> str:
    """Return a text whose dollars are not escaped, unless it has others: two may enclose a formula."""
    plain = _DOLLAR.sub(lambda found: found[0].removesuffix("$"), text)
    return text if "$" in plain else _DOLLAR.sub(lambda found: found[0].replace("\\$", "$"), text)


def _formulas(text: str) -> Iterator[tuple[int, int]]:
    """Yield where formulas begin and end, those that do."""
    last = {opening: text.rfind(closing) for opening, closing in _CLOSING.items()}
    opened, start = "", 0
    for found in _DELIMITER.finditer(text):
        if opened and found[0] == _CLOSING[opened]:
            yield start, found.end()
            opened = ""
        elif not opened and last.get(found[0], -1) > found.start():
            opened, start = found[0], found.start()


def _with_accents(text: str) -> str:
    """Return a text with its accents decoded, but for quotes that were escaped."""
    has_escaped_quotes = bool(_CLOSING_QUOTE.search(text))

    def accented(found: re.Match[str]) -> str:
        at = found.start()
        follows_letter = text[at - 1 : at].isalpha()
        is_quote = has_escaped_quotes and found[1] == '"' and not follows_letter
        is_possessive = follows_letter and _POSSESSIVE.match(text, at)
        return found[0] if is_quote or is_possessive else _accented(found)

    return _ACCENT.sub(accented, text)


def _accented(found: re.Match[str]) -> str:
    """Return a letter with its accent; what is no letter that there is stays as it was."""
    mark, *bases = found.groups()
    letter = unicodedata.normalize("NFC", next(base for base in bases if base) + _ABOVE[mark])
    return letter if len(letter) == 1 else found[0]


def _unescaped(found: re.Match[str]) -> str:
    return found[0] if found[1] == "\\" else found[1]
