"""Blocks as they are read from a large file -> a line now and then that says how far it is."""

import time
from collections.abc import Callable, Iterable, Iterator

from extractor.errors import ReadingStoppedError
from extractor.sources.shapes import Skips

SECONDS_BETWEEN_LINES = 10.0
LONGEST_BLOCK = 0.1
"""Seconds that a block may take; what is more, somebody waited who asks about its papers."""

_MEGABYTE = 1_000_000


class Advancing:
    """
    Tells how far reading is, each time that it took ten seconds, waiting for its papers not counted.

    `is_stopped` tells whether it is to end.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        skips: Skips,
        is_stopped: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._skips = skips
        self._is_stopped = is_stopped
        self._clock = clock
        self._taken = 0.0

    def check(self) -> None:
        """
        Do nothing while reading may go on.

        Raises:
            ReadingStoppedError: what papers are read for has ended.
        """
        if self._is_stopped():
            message = "nothing more is read: the run was stopped"
            raise ReadingStoppedError(message)

    def of(
        self, blocks: Iterable[bytes], name: str, place: Callable[[], tuple[int, int | None]]
    ) -> Iterator[bytes]:
        """Yield the blocks of a file; `place` says how many of its bytes are read, and how many it has."""
        for block in blocks:
            began = self._clock()
            yield block
            self._taken += min(self._clock() - began, LONGEST_BLOCK)
            if self._taken >= SECONDS_BETWEEN_LINES:
                self._taken = 0.0
                self._tell(f"reading {name}: {_far(*place())}, {self._found()}")

    def _found(self) -> str:
        skips = self._skips
        counts = {
            "papers": sum(read.papers for read in skips.files),
            "skipped": len(skips),
            "left out": skips.left_out.total(),
        }
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "no papers yet"


def _far(done: int, size: int | None) -> str:
    read = f"{done / _MEGABYTE:.0f} MB"
    return f"{done / size:.0%} of {size / _MEGABYTE:.0f} MB" if size else read
