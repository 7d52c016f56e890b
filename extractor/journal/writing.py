"""Claims and outcomes -> lines of a run's own segments."""

import contextlib
import errno
import itertools
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from extractor.errors import StoreError
from extractor.journal.entries import Entry, entries_in, line_of
from extractor.journal.folder import (
    BINARY,
    SegmentName,
    Turns,
    delete,
    lock_of,
    lock_on_claims,
    reserve_of,
    segments_of,
    told,
)
from extractor.journal.others import Others

T = TypeVar("T")
Write = Callable[[int, bytes], int]

RESERVE = 4 * 1024 * 1024
"""Bytes that are kept back on the disk, so that what is in flight when it is full finds room."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Claim(NamedTuple):
    """
    Which requests this run is to send.

    Where `is_stale`, other runs have put answers into the database since it was looked into: nothing is
    granted, and it is to be looked into again.
    """

    granted: frozenset[str]
    is_stale: bool


class Journal:
    """
    One run's part of a journal, held by a lock for as long as its process lives.

    It is cut when a batch goes to the database: what was written before the cut is deleted once the
    batch is kept. `is_full` says that the disk was full, and that only the room that was kept back is
    left. What writes is called from one thread; `sync` and what only reads may be called from another.
    """

    def __init__(
        self, folder: Path, run_id: str, header: Callable[[], Entry], *, write: Write = os.write
    ) -> None:
        self.is_full = False
        self._folder = folder
        self._run_id = run_id
        self._header = header
        self._write = write
        self._numbers = itertools.count()  # A name is never used twice: others go on where they had read to.
        self._unanswered: set[str] = set()
        self._unsynced: set[Path] = set()
        self._past: list[_Segment] = []
        self._others = Others(folder, run_id)
        self._guard = threading.Lock()  # On `_others`.
        self._turns = Turns(folder)
        self._lock = lock_of(folder, run_id)
        self._lock_on_claims = lock_on_claims(folder)
        with told(folder), contextlib.ExitStack() as failing:
            folder.mkdir(parents=True, exist_ok=True)
            with self._lock_on_claims:
                self._lock.acquire()
            failing.callback(self._let_go)
            _make_reserve(reserve_of(folder, run_id))
            self._segment = self._begin()
            failing.pop_all()

    def __enter__(self) -> Self:
        """Return the journal, open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; what is not in the database stays for the next command."""
        self._segment.close()
        if not (self._segment.landed or self._segment.is_needed):
            delete(self._segment.path)
        self._let_go()

    def append(self, entry: Entry) -> None:
        """
        Hand an outcome to the operating system; it settles the claim on its `fingerprint`.

        Raises:
            StoreError: the disk is full or gone; what was written before stays.
        """
        self._put(line_of(entry))
        self._segment.landed.add(entry["fingerprint"])
        self._unanswered.discard(entry["fingerprint"])

    def head(self) -> None:
        """
        Note the header anew: what the run is now.

        Raises:
            StoreError: the disk is full or gone.
        """
        self._put(line_of({"header": self._header()}))
        self._segment.is_needed = True

    def turns(self) -> int:
        """Return how many times other runs have deleted what is in the database."""
        with told(self._folder, "read"):
            return self._turns.of_others()

    def elsewhere(self, fingerprints: Iterable[str]) -> dict[str, Entry | None]:
        """
        Return what other runs hold of these: the outcomes, and None where a living run has a claim.

        Raises:
            StoreError: the folder or a file in it cannot be read.
        """
        with self._guard:
            self._read_others()
            with told(self._folder, "read"):
                return self._others.entries(fingerprints)

    def claim(self, fingerprints: Collection[str], *, since: int) -> Claim:
        """
        Claim those of which no living run, this one included, has a claim and no journal an outcome.

        `since` is what `turns` gave before the database was looked into.

        Raises:
            StoreError: the journal cannot be read or written; nothing is claimed.
        """
        with self._guard:
            self._read_others()  # Here already, so that the lock is held for what came since alone.
        with told(self._folder), self._guard, self._lock_on_claims:
            self._read_others()
            free = frozenset(fingerprints).difference(self._others.holders(fingerprints), *self._own())
            # Only now: what is no more in another's journal was counted before it went.
            if self.turns() != since:
                return Claim(frozenset(), is_stale=True)
            if free:
                self._put(_claiming(free))
                self._unanswered |= free
        return Claim(free, is_stale=False)

    def sync(self) -> None:
        """
        Have what is written put on the disk; this may be called from another thread.

        Raises:
            StoreError: the disk did not take it.
        """
        for path in self._unsynced.copy():
            self._unsynced.discard(path)  # First, so that what is written meanwhile is for the next time.
            try:
                with told(self._folder):
                    _sync(path)
            except StoreError:
                self._unsynced.add(path)
                raise

    def cut(self) -> None:
        """
        Begin a new file; the outcomes so far are what `forget` deletes, unanswered claims go along.

        Raises:
            StoreError: no file can be begun; the one before goes on.
        """
        if not self._segment.landed:
            return
        with told(self._folder):
            past, self._segment = self._segment, self._with_room(self._begin)
            self._past.append(past)
            past.close()

    def cut_entries(self) -> Iterator[Entry]:
        """Yield the outcomes that `forget` deletes, in the order in which they were appended."""
        for segment in tuple(self._past):
            yield from entries_in(segment.path)

    def forget(self) -> None:
        """
        Delete what was written before the last cut: it is in the database.

        Raises:
            StoreError: the turn cannot be counted; nothing is deleted.
        """
        if not self._past:
            return
        with told(self._folder):
            self._with_room(self._turns.add)
        # In order: an older file may hold a claim whose outcome is in a newer one.
        while self._past and delete(self._past[0].path):
            self._past.pop(0)

    def _read_others(self) -> None:
        with told(self._folder, "read"):
            self._others.read()

    def _own(self) -> Iterator[set[str]]:
        """Yield what this run holds itself: it asks for nothing twice either."""
        yield self._unanswered
        for segment in (self._segment, *self._past):
            yield segment.landed

    def _put(self, lines: bytes) -> None:
        with told(self._folder):
            self._with_room(lambda: self._segment.put(lines))
        self._unsynced.add(self._segment.path)

    def _with_room(self, act: Callable[[], T]) -> T:
        """Do something, and where the disk is full do it again in the room that was kept back."""
        try:
            return act()
        except OSError as error:
            reserve = reserve_of(self._folder, self._run_id)
            if error.errno not in _NO_ROOM or not reserve.exists():
                raise
            reserve.unlink()
            self.is_full = True
            return act()

    def _begin(self) -> "_Segment":
        path = self._folder / str(SegmentName(self._run_id, next(self._numbers)))
        first = line_of({"header": self._header()})
        if self._unanswered:
            first += _claiming(self._unanswered)
        segment = _Segment(path, self._write)
        try:
            segment.put(first)
        except OSError:
            segment.close()
            delete(path)
            raise
        return segment

    def _let_go(self) -> None:
        delete(reserve_of(self._folder, self._run_id))
        self._lock.release()
        with contextlib.suppress(OSError):  # The folder itself may be gone.
            if not segments_of(self._folder, self._run_id):
                delete(Path(self._lock.lock_file))


class _Segment:
    """One of the run's own files: what has `landed` in it, and whether it is needed without."""

    def __init__(self, path: Path, write: Write) -> None:
        self.path = path
        self.landed: set[str] = set()
        self.is_needed = False
        self._write = write
        self._file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY | BINARY, 0o600)

    def put(self, lines: bytes) -> None:
        """Hand lines to the operating system, all or nothing."""
        start = os.fstat(self._file).st_size
        try:
            while lines:
                lines = lines[self._write(self._file, lines) :]
        except OSError:
            os.ftruncate(self._file, start)  # Half a line would spoil the next one.
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _claiming(fingerprints: Iterable[str]) -> bytes:
    return line_of({"claims": sorted(fingerprints)})


def _make_reserve(path: Path) -> None:
    """Fill a file with zeros; where there is no room for it, go on without."""
    try:
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, RESERVE)
            else:
                file.write(bytes(RESERVE))
    except OSError:
        delete(path)


def _sync(path: Path) -> None:
    """Sync a file; one that is no more is in the database."""
    with contextlib.suppress(FileNotFoundError):
        file = os.open(path, os.O_RDWR)
        try:
            os.fsync(file)
        finally:
            os.close(file)
