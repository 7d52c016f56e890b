"""Place in a scene -> the shortest passage around it that carries the claim."""

import re

from extractor.providers.rules.patterns import compiled, either
from extractor.providers.rules.scenes import Scene

_LONGEST = 40  # words
_SHOWS = compiled(
    r"\b"
    + either(
        r"""
        shows?; showed; demonstrat\w+; indicat\w+; reveal\w*; found; find; suggests?; confirms?;
        prove[sd]?; verif\w+; validate
        """
    )
    + r"\s(?:\w+\s)?that\s"
)
_OPENING = re.compile(
    either(
        r"""
        For example; For instance; In particular; Specifically; Furthermore; Moreover; Notably;
        Finally; In addition; Additionally; As a result; Without bells and whistles; Importantly;
        Also; Further; More importantly; Experimentally; Empirically; Remarkably; Overall;
        In summary; Besides; Thus; However; Particularly; Especially
        """
    )
    + r",\s"
)
_CUT = re.compile(r"[;:]\s|,\s|\s(?=(?:and|while|whereas|which|with|compared|outperforming|where)\b)")
_WORD = re.compile(r"\S+")


def quote_around(scene: Scene, start: int, end: int) -> str:
    """Return the sentence around `start:end`, without its opening, cut down to 40 words."""
    text = scene.text
    first, last = start - scene.start, end - scene.start
    stop = max(len(text.rstrip(" .?!*†")), last)
    begin, stop = _narrowed(text, (_opening(text, first), stop), (first, last))
    return text[begin:stop].strip()


def _opening(text: str, first: int) -> int:
    """Return where the claim begins: behind "we show that" or "In particular,"."""
    begin = 0
    for match in _SHOWS.finditer(text, 0, first):
        begin = match.end()
    opening = _OPENING.match(text)
    return opening.end() if opening and begin == 0 and opening.end() <= first else begin


def _narrowed(text: str, whole: tuple[int, int], core: tuple[int, int]) -> tuple[int, int]:
    """Cut clauses off, from the farther side, until the passage is short enough."""
    begin, stop = whole
    cuts = list(_CUT.finditer(text, begin, stop))
    left = [cut.end() for cut in cuts if cut.end() <= core[0]][::-1]
    right = [cut.start() for cut in cuts if cut.start() >= core[1]]
    excess = text.count(" ", begin, stop) + 1 - _LONGEST
    while excess > 0 and (left or right):
        if not right or (left and core[0] - begin > stop - core[1]):
            edge = left.pop()
            excess -= text.count(" ", begin, edge)
            begin = edge
        else:
            edge = right.pop()
            excess -= text.count(" ", edge, stop)
            stop = edge
    return (begin, stop) if excess <= 0 else _clipped(text, (begin, stop), core)


def _clipped(text: str, whole: tuple[int, int], core: tuple[int, int]) -> tuple[int, int]:
    """Keep the words nearest to the number where no clause ends."""
    words = list(_WORD.finditer(text, *whole))
    at = next((i for i, word in enumerate(words) if word.end() > core[0]), len(words) - 1)
    low = max(0, at - _LONGEST // 2)
    high = min(len(words), low + _LONGEST)
    return min(words[low].start(), core[0]), max(words[high - 1].end(), core[1])
