"""
A title or an abstract as it stands in a file -> the text that is stored, and that quotes are looked for in.

White space is unwrapped: lines and paragraphs are joined by one blank, a word that is divided at a line's end
is left so. Entities are decoded (&lt;, &amp;lt; and &#233; alike, for nobody wrote them). Tags of markup are
removed where they clearly are tags (<i>so</i>, <jats:p>); `a < b > c` and `p<0.05` stay. LaTeX is decoded as
`latex` says. All else is left as it is: formulas, other commands, the form of Unicode, upper and lower case.
"""

import html
import re
from collections.abc import Sequence
from html.entities import html5

from extractor.papers import storable
from extractor.sources.latex import outside_formulas, without_latex

NOTICE_WORDS, NOTICE_LETTERS = 80, 1000

_ROUNDS = 8
_ENTITY = re.compile(r"&(?:amp;|#38;|#x26;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NAMES = (
    r"abbr|a|big|bold|b|blockquote|break|br|center|cite|code|dd|div|dl|dt|em|font|h[1-6]|hr|inf|inline-formula"
    r"|italic|i|list-item|list|li|math|mfenced|mfrac|mi|mml|mn|monospace|mover|mo|mrow|mspace|msqrt|mstyle"
    r"|msubsup|msub|msup|mtext|munder|ol|p|roman|sans-serif|scp|sc|sec|small|span|strike|strong|sub|sup|s"
    r"|tex-math|title|tt|ul|underline|u"
)
_TAG = re.compile(
    rf"<(/?)((?:jats|mml|xhtml|m):[a-z][\w-]*|{_NAMES})(?:\s[^<>]{{0,300}})?(/?)>", re.IGNORECASE
)
_ALONE = re.compile(r"(?:jats|mml|xhtml|m):.*|br|hr|break", re.IGNORECASE)
_BLOCK = re.compile(
    r"(?:(?:jats|xhtml):)?(?:blockquote|br(?:eak)?|center|dd|div|dl|dt|h[1-6]|hr|li|list(?:-item)?|ol|p|sec|title|ul)",
    re.IGNORECASE,
)
_WORK = (
    r"(?:paper|article|manuscript|sub?mission|work|preprint|pre-print|e-?print|version|report|note|letter|study"
    r"|draft|contribution|publication|abstract|document|thesis)"
)
_WITHDRAWN = re.compile(
    rf"""\W*(?:(?:note|notice|retraction|withdrawal|erratum)\b\W*)?(?:
      (?:(?:this|the|our)\s)?(?:(?:present|current|above|following|original|arxiv|entire|whole|first)\s)*{_WORK}\s
        (?:(?:by|of|with|entitled|titled|contain(?:s|ed)|\()[^;:]{{0,80}}\s)?(?:and\s)?
        (?:(?:has|have)\sbeen|was|is|is\sbeing|will\sbe|had\sto\sbe|must\sbe|should\sbe)\s
        (?:(?:now|temporarily|hereby|being|since|voluntarily|officially|currently|already)\s)*
        (?:withdrawn?|retracted|removed\s(?:by|from\sarxiv))\b(?!\sfrom\sthe\s(?!arxiv|archive|journal))
      |(?:the|both|all)?\s*(?:authors?|i|we)\s
        (?:(?:has|have|hereby|wish(?:es)?\sto|decided\sto|would\slike\sto)\s)*
        (?:withdrawn?|withdrew|retract(?:ed)?)\s(?:(?:this|the|our|my)\s(?:\w+\s)?{_WORK}|it)\b
      |(?:(?:this\s)?{_WORK}\s)?(?:withdrawn|retracted)
        (?:\s(?:by|due|because|for|as|since|from\sarxiv|pending|at)\b|\W*$|\W*[.:;)\]])
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def clean(text: str) -> str:
    """Return the text that is stored; to clean it again changes nothing, but where much is nested in much."""
    text = _unwrapped(text)
    for _ in range(_ROUNDS):  # What one round decodes may be the next one's work: {\'e} -> {é} -> é.
        if not _has_signs(text):
            break
        before, text = text, _cleaned(text)
        if text == before:
            break
    return text


def is_clean(texts: Sequence[str]) -> bool:
    """Tell, at once for all of them, whether there are texts and each is as `clean` would leave it."""
    together = " ".join(["", *texts, ""])  # Two blanks where a text is empty, begins or ends with one.
    return together.isprintable() and "  " not in together and not _has_signs(together)


def _has_signs(text: str) -> bool:
    """Tell whether there may be anything to decode."""
    return "&" in text or "<" in text or "\\" in text or "{" in text or "~" in text or "---" in text


def _cleaned(text: str) -> str:
    decoded = _ENTITY.sub(_entity, text) if "&" in text else text
    cleaned = outside_formulas(decoded, _without_markup)
    return text if cleaned == text else _unwrapped(cleaned)


def _unwrapped(text: str) -> str:
    line = text.strip().replace("\n", " ")
    if line.isprintable() and "  " not in line:
        return line  # As nearly every text; what follows takes five times as long.
    return " ".join(storable(text).split())


def _entity(found: re.Match[str]) -> str:
    """Return what an entity stands for; a name that there is none of stays as it was."""
    name = found[1]
    return html.unescape(f"&{name};") if name.startswith("#") else html5.get(f"{name};", found[0])


def _without_markup(text: str) -> str:
    if not _has_signs(text):
        return text
    return without_latex(_without_tags(text) if "<" in text else text)


def _without_tags(text: str) -> str:
    """Return a text without its tags: those that come in pairs, or that nothing else can be."""
    tags = [(bool(found[1]), found[2].lower()) for found in _TAG.finditer(text)]
    paired = {name for closes, name in tags if closes} & {name for closes, name in tags if not closes}

    def removed(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name not in paired and not found[3] and not _ALONE.fullmatch(name):
            return found[0]
        return " " if _BLOCK.fullmatch(name) else ""

    return _TAG.sub(removed, text)


def is_withdrawal(abstract: str) -> bool:
    """
    Tell whether an abstract is only the notice that the paper was withdrawn or retracted.

    It begins with one and is short: where more than NOTICE_WORDS stand, the abstract itself is there too.
    """
    if len(abstract) > NOTICE_LETTERS or not _WITHDRAWN.match(abstract):
        return False
    return len(abstract.split()) <= NOTICE_WORDS
