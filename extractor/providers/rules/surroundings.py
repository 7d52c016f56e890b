"""Name in a text -> whether what stands around it says that it names a dataset."""

import re

from extractor.providers.rules.patterns import compiled, either, words_of
from extractor.providers.rules.words import is_coined

_KINDS = either(
    r"""
    evaluation; test; validation; val; public; benchmark; image; video; text; large-scale;
    classification; segmentation; detection; recognition; shared; human; pose; dev; leaderboard;
    person; face; scene; action; saliency; captioning; summarization; parsing
    """
)
_NOUNS = either(
    r"""
    data\s?-?sets?; benchmarks?; corpus; corpora; challenges?; databases?; leaderboard;
    test[-\s]sets?; test-dev; val(?:idation)?[-\s]sets?; treebanks?; suites?; shared tasks?;
    collections?
    """
)
CITED = r"(?:\s?\[\d+(?:,\s?\d+)*\]|\s?\([^()]{1,40}\))?"
CUE = re.compile(rf"{CITED}\s(?:{_KINDS}\s){{0,2}}{_NOUNS}\b")
_INTRODUCED = re.compile(
    r"\b(?:data\s?-?set|benchmark|corpus|database)s?"
    r"\s(?:(?:called|named|termed|dubbed|namely|coined)\s)?(?:the\s)?$"
)
_APPOSED = re.compile(r"\b(?:data\s?-?set|benchmark|corpus|database)s?\s?,\s(?:the\s)?$")
_ENDS_APPOSITION = re.compile(r"\s?[,.;:()]|\s(?:and|or|which|that|with|for|contain|consist|compris)")
_MEASURED_ON = compiled(
    r"(?:\d\s?(?:\\?%)?\s?(?:[\w@-]+\s){0,3}|\b(?:experiments?|evaluat\w+|results?|performance"
    r"|state[-\s]of[-\s]the[-\s]art|tested|validated|tests|improvements?|accuracy|scores?"
    r"|competitive|demonstrat\w+)\s(?:\w+\s){0,3})on\s(?:both\s)?(?:the\s)?(?:\w+ing\s)?$"
)
_ON_FIRST = re.compile(r"(?:\bOn|(?:[.;:,]|\band)\son)\s(?:the\s)?$")
_FROM = re.compile(r"\s(?:from|by)\s\d")
_DATA_NOUNS = words_of("dataset corpus benchmark challenge treebank database")
_REACH = 60


def is_called_data(text: str, start: int, end: int) -> bool:
    """Tell whether a name is called a dataset, or is what something was measured on."""
    first, *others = text[start:end].split()
    if CUE.match(text, end) or (others and others[-1].lower() in _DATA_NOUNS):
        return True
    before = text[max(0, start - _REACH) : start]
    if _INTRODUCED.search(before) or (_APPOSED.search(before) and _ENDS_APPOSITION.match(text, end)):
        return True
    if _ON_FIRST.search(before) and _opens(text, end, is_single=not others and not is_coined(first)):
        return True
    return is_coined(first) and bool(_MEASURED_ON.search(before))


def _opens(text: str, end: int, *, is_single: bool) -> bool:
    """Tell whether a clause goes on behind "on X"; a single plain word wants its numbers at once."""
    return bool(_FROM.match(text, end)) or (text.startswith(",", end) and not is_single)
