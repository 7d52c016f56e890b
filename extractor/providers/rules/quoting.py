"""Place in a scene -> the shortest passage around it that carries the claim."""

import re

from extractor.providers.rules.scenes import Scene

LONGEST = 40
_SHOWS = re.compile(
    r"\b(?:shows?|showed|demonstrat\w+|indicat\w+|reveal\w*|found|find|suggests?|confirms?|prove[sd]?|verif\w+|validate)\s(?:\w+\s)?that\s",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:For example|For instance|In particular|Specifically|Furthermore|Moreover|Notably|Finally"
    r"|In addition|Additionally|As a result|Without bells and whistles|Importantly|Also|Further|More importantly|Experimentally|Empirically|Remarkably|Overall|In summary|Besides|Thus|However|Particularly|Especially),\s"
)
_CUT = re.compile(r"[;:]\s|,\s|\s(?=(?:and|while|whereas|which|with|compared|outperforming|where)\b)")
_WORD = re.compile(r"\S+")


def quote_around(scene: Scene, start: int, end: int) -> str:
    """Return the sentence around `start:end`, without its opening, cut down to 40 words."""
    text = scene.text
    first, last = start - scene.start, end - scene.start
    begin = 0
    for match in _SHOWS.finditer(text, 0, first):
        begin = match.end()
    if begin == 0 and (opening := _OPENING.match(text)) and opening.end() <= first:
        begin = opening.end()
    stop = len(text.rstrip(" .?!*†"))
    stop = max(stop, last)
    begin, stop = _narrowed(text, begin, stop, first, last)
    return text[begin:stop].strip()


def _narrowed(text: str, begin: int, stop: int, first: int, last: int) -> tuple[int, int]:
    """Cut clauses off, from the farther side, until the passage is short enough."""
    cuts = [match.start() for match in _CUT.finditer(text, begin, stop)]
    while _words(text, begin, stop) > LONGEST:
        left = next((cut for cut in cuts if begin < cut <= first), None)
        right = next((cut for cut in reversed(cuts) if last <= cut < stop), None)
        if left is None and right is None:
            return _clipped(text, begin, stop, first, last)
        if right is None or (left is not None and first - begin > stop - last):
            begin = _past(text, left or begin)
        else:
            stop = right
    return begin, stop


def _past(text: str, cut: int) -> int:
    match = _CUT.match(text, cut)
    return match.end() if match else cut + 1


def _clipped(text: str, begin: int, stop: int, first: int, last: int) -> tuple[int, int]:
    """Keep the words nearest to the number where no clause ends."""
    words = list(_WORD.finditer(text, begin, stop))
    at = next((i for i, word in enumerate(words) if word.end() > first), len(words) - 1)
    low = max(0, at - LONGEST // 2)
    high = min(len(words), low + LONGEST)
    return min(words[low].start(), first), max(words[high - 1].end(), last)


def _words(text: str, begin: int, stop: int) -> int:
    return text.count(" ", begin, stop) + 1
