"""Passage -> what the work is compared with there, as printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.providers.rules.patterns import compiled, either

_MARK = compiled(
    r"\b"
    + either(
        r"""
        (?:compared?|comparison|relative|superior|comparable|similar|equal|on par) (?:to|with);
        than; outperfo?r?m\w*; surpass\w*; exceed\w*; beat(?:s|ing)?; outpac\w+; versus; vs\.?;
        over; above(?= the); behind; as \w+ as; improv\w+ (?:over|upon|on); improv\w+
        """
    )
    + r"\s"
)
_END = either(
    r"""
    by; in; on; with; at; for; while; when; using; under; from; across; as; to; which; that;
    w\.r\.t; both; via; without; whilst; but; or; is; are; including; such; like; trained; within;
    over; reported; has; have; significantly; where; evaluated; proposed; based; does;
    do; did; -; of \d; of \w+ size; and achiev\w*; and obtain\w*; and reduc\w*; and is; and are;
    and an?; and the; and also; and set; and improv\w*; and yield\w*; and has; and with; and by;
    and on; and in; and over; and requir\w*; and can; and it; and we; and even; and establish\w*;
    and reach\w*
    """
)
_NOUN_PHRASE = re.compile(
    r"(?:significantly\s|consistently\s|all\s(?=the))?(?:both\s)?"
    r"(?:the\s|(?:those|that)\sof\s(?:the\s)?|an?\s|its\s|their\s|those\s(?:from|using)\s)?"
    r"(?P<name>[^\s,;:.()](?:[^,;:()]{0,100}?[^\s,;:.()])??)(?:['\u2019]s\b)?"
    rf"(?=\s{_END}\b|\s?[,;:()\[]|\.\s|\.?$|\s\d)"
)
_NOT_NAMES = compiled(
    r"(?:\d|[+~]|"
    + either(
        r"""
        half; or; and; it; them; that; which; when; if; one; two; us; this; just; ever; others?;
        twice; by; in; on; with; all$; both$; many$; previously$
        """
    )
    + r"\b)"
)
_STATE = compiled(
    r"\b(?:improv\w+|advanc\w+|push\w*|boost\w*|increas\w*|rais\w*|reduc\w*|surpass\w*|updat\w+"
    r"|exceed\w*)\s(?:\w+\s)?(?:the\s)?(?P<name>(?:(?:previous|current|existing|prior|best)\s)?"
    r"(?:state[-\s]of[-\s]the[-\s]?arts?|stateof-the-art|SOTA))\b"
)
_CHANGED = compiled(
    r"improv|gain|advantage|reduc|speed|boost|increas|better|outperform|margin|faster|lead|relative"
    r"|absolute|superior|higher|lower|drop|saving|[%x]\s$"
)
_OBJECT = re.compile(r"(?:the\s|a\s)?(?:[A-Z][\w-]*[A-Z\d]|best|strong|baseline)")
_MOST_WORDS = 9


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is compared with: as printed, and its place in the passage."""

    text: str
    start: int
    end: int


def find_baselines(passage: str) -> list[Baseline]:
    """List what a passage compares with ("the previous best model"), left to right."""
    return sorted((*_marked(passage), *_surpassed(passage)), key=lambda one: one.start)


def _surpassed(passage: str) -> Iterator[Baseline]:
    """Yield the state of the art where it is what the work improves."""
    for match in _STATE.finditer(passage):
        yield Baseline(match["name"], match.start("name"), match.end("name"))


def _marked(passage: str) -> Iterator[Baseline]:
    """Yield the noun phrases behind "than", "compared with", "outperforms"."""
    for mark in _MARK.finditer(passage):
        match = _NOUN_PHRASE.match(passage, mark.end(), mark.end() + 120)
        if match is None or not _compares(passage, mark):
            continue
        name = match["name"]
        if not _NOT_NAMES.match(name) and len(name.split()) <= _MOST_WORDS:
            yield Baseline(name, match.start("name"), match.end("name"))


def _compares(passage: str, mark: re.Match[str]) -> bool:
    """Tell whether "over" or "improves" stands before what is compared with."""
    word = mark.group().lower()
    if word == "over ":
        return bool(_CHANGED.search(passage[max(0, mark.start() - 90) : mark.start()]))
    if word.startswith("improv") and word.count(" ") == 1:
        rest = passage[mark.end() : mark.end() + 60]
        return bool(_OBJECT.match(rest)) and " by " in rest
    return True
