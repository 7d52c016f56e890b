"""Abstract -> the metrics that it mentions, where, and which way each is better."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.providers.rules import vocabulary
from extractor.providers.rules.patterns import compiled, phrases_of, words_of
from extractor.providers.rules.pieces import PhraseFinder, Piece, cut, fold

_UP = phrases_of(vocabulary.UP_METRICS)
_DOWN = phrases_of(vocabulary.DOWN_METRICS)
_BARE = frozenset(("performance", "result", "score"))
_FINDER = PhraseFinder([*_UP, *_DOWN, "performance", "results"])


def _folded(phrases: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(fold(word) for word in phrase.split()) for phrase in phrases)


_UP_PHRASES, _DOWN_PHRASES = _folded(_UP), _folded(_DOWN)
_DOWN_WORDS = frozenset(phrase.split()[-1] for phrase in _DOWN_PHRASES) - {"1", "dim", "calls"}
_HEADS = _folded(tuple(vocabulary.METRIC_HEADS))
_MODIFIERS = _folded(tuple(vocabulary.METRIC_MODIFIERS))
# Written small these are ordinary words; as metrics they stand in capitals.
_ACRONYMS = words_of(
    """
    map ap ar em is sq rq pq spl cd der ter mr sdr comet meteor spice pck ods ois cer cmc las uas
    mos ssim cider ade fde r ari nds rouge epe pve nme emd
    """
)
# These are metrics only where the text says that the work changes them.
_WEAK = frozenset(
    phrases_of(
        """
        time; memory; size; resolution; return; reward; coverage; success; cost; query; iteration;
        operation; computation; complexity; parameter; gap; speed; efficiency; quality; diversity;
        robustness; stability; consistency; generalization; precision; overhead; variance; energy;
        correlation; likelihood; sensitivity; storage; fairness; interpretability; scalability;
        realism; computational cost; computational complexity; generalization ability;
        computational overhead; number of parameter; computational resource; model size
        """
    )
)
_ADVERBIAL = compiled(
    r"\b(?:first|same|long|real|each|any|some|this|that|over|one|at|of|next|every|all|in|many|two"
    r"|three|four|five|ten|several|second)[\s-](?:the\s)?$|[\d+-]\s?$"
)
_DEFINED = re.compile(r"\s?\(\s?(?P<short>[A-Za-z][A-Za-z-]{1,9})\s?\)")
# Finds the threshold in "mAP@0.25" and "mAP@tIoU=0.5".
_AT = re.compile(r"\s?@\s?(?:[A-Za-z]{0,5}\s?[=>]?\s?)?\d+(?:\.\d+)?")
_INITIALED = frozenset(phrase for phrase in (*_UP_PHRASES, *_DOWN_PHRASES) if " " not in phrase)
_THRESHOLD = compiled(r"\b(?:at|under|with|an)\s$")
_SET_TO = ("@", "=", ">")
_NEVER_FIRST = frozenset(("over", "of", "in", "per", "end", "out"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A metric as printed and its place.

    `rising` tells that more of it is better, `bare` that it says no more than "performance",
    `weak` that the word is often no metric.
    """

    text: str
    start: int
    end: int
    rising: bool
    bare: bool
    weak: bool


def find_metrics(text: str) -> list[Mention]:
    """List the mentions of metrics in a text, left to right."""
    pieces = cut(text)
    found = (_mention(text, pieces, first, last) for first, last in _FINDER.find(pieces))
    return [mention for mention in found if mention is not None]


def _mention(text: str, pieces: Sequence[Piece], first: int, last: int) -> Mention | None:
    names = [piece.folded for piece in pieces[first:last]]
    phrase, head = " ".join(names), names[-1]
    if not _is_printed_so(text, pieces[first].start, pieces[last - 1].end, names[0]):
        return None
    if head in _HEADS:
        first = _widened(text, pieces, first)
    start, end = pieces[first].start, pieces[last - 1].end
    if _is_adverbial(text, start, end):
        return None
    falling = phrase in _DOWN_PHRASES or (phrase not in _UP_PHRASES and head in _DOWN_WORDS)
    bare = phrase in _BARE and (phrase != "score" or end - start <= len("scores"))
    printed, end = _shortened(text, start, end)
    return Mention(printed, start, end, not falling, bare, bare or phrase in _WEAK)


def _shortened(text: str, start: int, end: int) -> tuple[str, int]:
    """Take the acronym that the text defines ("word error rate (WER)"), and where it ends."""
    match = _DEFINED.match(text, end)
    if match and fold(match["short"]) in _INITIALED:
        return match["short"], match.end()
    at = _AT.match(text, end)
    end = at.end() if at else end
    return text[start:end], end


def _is_printed_so(text: str, start: int, end: int, first: str) -> bool:
    """Tell whether the phrase stands as a word of its own, and an acronym in capitals."""
    printed = text[start:end]
    if "(" in printed or (first in _ACRONYMS and not _is_capital(printed)):
        return False
    after = text[end : end + 2]
    glued = after[:1].isalnum() or after[:1] == "_" or text[start - 1 : start] == "_"
    return not glued and not (after[:1] == "-" and after[1:].isalpha() and after[1:].islower())


def _is_capital(printed: str) -> bool:
    """Tell whether an acronym is printed as one ("mAP", "AP", not "map" or "Apr")."""
    letters = [letter for letter in printed.split(maxsplit=1)[0] if letter.isalpha()][:3]
    return sum(letter.isupper() for letter in letters) * 2 > len(letters)


def _is_adverbial(text: str, start: int, end: int) -> bool:
    """Tell whether "time" means an occasion ("for the first time"), or IoU a threshold ("at IoU@0.5")."""
    word = text[start:end].lower()
    if word == "iou":
        return bool(_THRESHOLD.search(text[max(0, start - 8) : start])) and text[end : end + 1] in _SET_TO
    if word not in ("time", "times"):
        return False
    return word == "times" or bool(_ADVERBIAL.search(text[max(0, start - 14) : start]))


def _widened(text: str, pieces: Sequence[Piece], first: int) -> int:
    """Move the beginning left over the words that belong to the metric ("top-1 accuracy")."""
    while first > 0 and _belongs(text, pieces, first - 1):
        first -= 1
    while pieces[first].folded in _NEVER_FIRST:
        first += 1
    return first


def _belongs(text: str, pieces: Sequence[Piece], i: int) -> bool:
    if text[pieces[i].end : pieces[i + 1].start] not in (" ", "-", ""):
        return False
    if pieces[i].folded in ("1", "5"):
        return i > 0 and pieces[i - 1].folded in ("top", "rank", "recall")
    return pieces[i].folded in _MODIFIERS
