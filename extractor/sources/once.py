"""Papers as they are found -> each paper once."""

import hashlib
from collections.abc import Iterable, Iterator

from extractor.papers import Paper
from extractor.sources.shapes import Skipped, Skips, short


def once(found: Iterable[Paper | Skipped], skips: Skips) -> Iterator[Paper]:
    """Yield each paper once; a second one of the same id, or title and abstract, goes to `skips`."""
    # A hundred thousand papers pass here: of each, two numbers and its place are kept.
    places: dict[int, int | str] = {}
    for thing in found:
        if isinstance(thing, Skipped):
            skips.add(thing)
            continue
        keys = _keys(thing)
        before = next((places[key] for key in keys if key in places), None)
        if before is None:
            places |= dict.fromkeys(keys, thing.line or thing.paper_id)
            yield thing
        else:
            where = f" as in line {before}" if isinstance(before, int) else f" as {before}"
            skips.add(Skipped(thing.line or 0, "the same paper", short(thing.text.title), where))


def _keys(paper: Paper) -> tuple[int, int]:
    """Return the hashes, 64 bits each, that two papers share only where they are the same."""
    of_id = hashlib.sha256(paper.paper_id.encode()).digest()[:8]
    return int.from_bytes(of_id, "big"), int(paper.text.text_id, 16)
