"""Papers as they are found -> each paper once, and where it stands again."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from extractor.papers import Paper
from extractor.sources.seen import Seen, key_of
from extractor.sources.shapes import Skipped, Skips, short

Tell = Callable[[Paper], object]
_MOST = (1 << 32) - 1


def forget(_: Paper) -> None:
    """Keep nothing."""


class Once:
    """
    Tells papers that were there before: by an id, or by title and abstract.

    Millions pass here: of each, its line and some numbers are kept. An address alone, or a title, is no id:
    many papers may have the same.
    """

    def __init__(self, skips: Skips, tell_again: Tell = forget) -> None:
        self._skips = skips
        self._tell_again = tell_again
        self._seen = Seen()
        self._lines = array("I")
        self._sources: list[str | None] = []
        self._begins: list[int] = []
        self._ids: dict[int, str] = {}

    def of(self, found: Iterable[Paper | Skipped]) -> Iterator[Paper]:
        """Yield each paper once; a second one goes to what is skipped, and to `tell_again`."""
        for thing in found:
            if isinstance(thing, Skipped):
                self._skips.add(thing)
                continue
            new = len(self._lines)
            before = self._seen.number(_keys(thing), new)
            if before == new:
                self._take_in(thing, new)
                yield thing
            else:
                title = short(thing.text.title or thing.paper_id)
                where = self._where(before, thing)
                self._skips.add(Skipped(thing.line or 0, "the same paper", title, where, thing.source))
                self._tell_again(thing)

    def _take_in(self, paper: Paper, number: int) -> None:
        self._lines.append(min(paper.line or 0, _MOST))
        if not paper.line:
            self._ids[number] = paper.paper_id
        if not self._sources or self._sources[-1] != paper.source:
            self._sources.append(paper.source)
            self._begins.append(number)

    def _where(self, number: int, paper: Paper) -> str:
        if number in self._ids:
            return f" as {self._ids[number]}"
        source = self._sources[bisect_right(self._begins, number) - 1]
        of_file = f" of {source}" if source != paper.source and source else ""
        return f" as in line {self._lines[number]}{of_file}"


def _keys(paper: Paper) -> list[int]:
    """Return the hashes, 64 bits each, that two papers share only where they are the same."""
    same = f"arxiv:{paper.paper_id}"  # Whoever has that alias has that id.
    return [*[key_of(name) for name in paper.ids if name != same], int(paper.text.text_id, 16)]
