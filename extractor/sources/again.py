"""Papers that were read before, as another place tells of them -> a queue for who writes that down."""

import threading
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from extractor.papers import Paper
from extractor.sources.seen import Seen, key_of

_IN_MEMORY = 1 << 22


class Again:
    """
    Papers that one thread puts in as it reads, and another takes out as it writes, in their order.

    There may be millions: 4 MiB of them are in memory, the rest in a file without a name. What differs from
    another in its line alone tells nothing, and is left out; of each some twenty bytes are kept for that.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - `close` closes it.
        self.close = self._file.close
        self._lock = threading.Lock()
        self._seen = Seen()
        self._count = 0
        self._begin = self._reached = self._end = 0

    def put(self, paper: Paper) -> None:
        """Take in a paper, unless another told the same."""
        count, self._count = self._count, self._count + 1
        if self._seen.number([_told_by(paper)], count) == count:
            self.leave(paper)

    def leave(self, paper: Paper) -> None:
        """Put a paper at the end, where its turn has not come yet."""
        data = paper.model_dump_json().encode() + b"\n"
        with self._lock:
            self._file.seek(self._end)
            self._end += self._file.write(data)

    def waiting(self) -> Iterator[Paper]:
        """Yield the papers that are in it by now; they stay until `settle`."""
        at, end = self._begin, self._end
        while at < end:
            with self._lock:
                self._file.seek(at)
                data = self._file.readline()
            at += len(data)
            yield Paper.model_validate_json(data)
        self._reached = end

    def settle(self) -> None:
        """Let go of what `waiting` yielded last."""
        with self._lock:
            self._begin = self._reached
            if self._begin == self._end:
                self._file.truncate(0)
                self._begin = self._reached = self._end = 0


def _told_by(paper: Paper) -> int:
    """Return a number that two papers share only where all but their lines is the same."""
    about = (paper.authors, paper.published, paper.venue, paper.url, paper.language, paper.source)
    return key_of((paper.paper_id, paper.text.text_id, paper.aliases, about))
