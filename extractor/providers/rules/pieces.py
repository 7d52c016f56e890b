"""Text -> its pieces (letters, digits and signs apart), in which phrases of the lists are found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SHORTEST_PLURAL = 4
_PIECE = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|[@+&/]")


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of letters or digits: its place, and its form folded for comparison."""

    folded: str
    start: int
    end: int


def cut(text: str) -> list[Piece]:
    """Cut a text into pieces: "F1-score" gives f, 1, score; plurals lose their ending."""
    return [Piece(fold(m.group()), m.start(), m.end()) for m in _PIECE.finditer(text)]


def fold(word: str) -> str:
    """Lower the case and take off a plural ending: "Accuracies" gives accuracy, "APs" ap."""
    low = word.lower()
    if word[2:].endswith("s") and word[:-1].isupper():
        return low[:-1]
    if len(low) < _SHORTEST_PLURAL or not low.endswith("s") or low.endswith(("ss", "us", "is")):
        return low
    return f"{low[:-3]}y" if low.endswith("ies") else low[:-1]


class PhraseFinder:
    """Finds the longest listed phrase at each place of a list of pieces."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._known: set[tuple[str, ...]] = {
            tuple(fold(word) for word in phrase.split()) for phrase in phrases if phrase.strip()
        }
        self._longest: dict[str, int] = {}
        for phrase in self._known:
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))

    def find(self, pieces: Sequence[Piece]) -> list[tuple[int, int]]:
        """List the spans `(first, last + 1)` of pieces that make a phrase, left to right."""
        spans, i = [], 0
        while i < len(pieces):
            size = self._size_at(pieces, i)
            if size:
                spans.append((i, i + size))
            i += size or 1
        return spans

    def _size_at(self, pieces: Sequence[Piece], i: int) -> int:
        longest = self._longest.get(pieces[i].folded, 0)
        for size in range(min(longest, len(pieces) - i), 0, -1):
            if tuple(piece.folded for piece in pieces[i : i + size]) in self._known:
                return size
        return 0
