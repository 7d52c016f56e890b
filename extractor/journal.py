"""
Outcomes -> lines of a file, durable before they are counted.

The journal of a database is the folder `<db>.journal/`, where each process appends to a file of its
own. A line is handed to the operating system before the outcome is counted, so that a killed process
loses none, and synced to disk at least once a second, so that a power cut loses at most that. What is
in the database is trimmed. The file of a process that is gone is read by the next command; a torn last
line is passed over.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from extractor.errors import StoreError

Entry = dict[str, Any]
_LOCK, _CUT = ".lock", "-[0-9][0-9][0-9][0-9][0-9][0-9].jsonl"


class Journal:
    """
    One run's part of a journal, held by a lock for as long as its process lives.

    It is cut when a batch goes to the database: what was written before the cut is one file, deleted
    once the batch is kept; what comes after is another.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        self._folder = folder
        self._run_id = run_id
        self._lock = FileLock(folder / f"{run_id}{_LOCK}")
        self._full: list[Path] = []
        self._is_empty = True
        self._cuts = 0
        with self._told():
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._file = self._open()

    def __enter__(self) -> Self:
        """Return the journal, open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; what is not in the database stays for the next command."""
        os.close(self._file)
        if self._is_empty:
            self._path.unlink()
        self._lock.release()
        if self._is_empty and not self._full:
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def append(self, entry: Entry) -> None:
        """
        Hand one entry to the operating system.

        Raises:
            StoreError: the disk is full or gone; what was written before stays.
        """
        rest = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        start = os.fstat(self._file).st_size
        with self._told():
            try:
                while rest:
                    rest = rest[os.write(self._file, rest) :]
            except OSError:
                os.ftruncate(self._file, start)  # Half a line would spoil the next one.
                raise
        self._is_empty = False

    def sync(self) -> None:
        """Have what is written put on the disk."""
        with self._told():
            os.fsync(self._file)

    def cut(self) -> None:
        """Begin a new file; what is written so far is what `forget` deletes."""
        if self._is_empty:
            return
        with self._told():
            os.close(self._file)
            self._full.append(self._path)
            self._cuts += 1
            self._file = self._open()
        self._is_empty = True

    def forget(self) -> None:
        """Delete what was written before the last cut: it is in the database."""
        for path in self._full:
            path.unlink(missing_ok=True)
        self._full.clear()

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._run_id}-{self._cuts:06}.jsonl"

    def _open(self) -> int:
        return os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"the journal {self._folder} cannot be written: {error.strerror}"
            raise StoreError(message) from error


@dataclass(frozen=True, slots=True)
class Remains:
    """What a run whose process is gone left: its entries, file by file."""

    run_id: str
    files: tuple[Path, ...]

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in the order in which they were written."""
        for path in self.files:
            yield from _read_entries(path)

    @property
    def folder(self) -> Path:
        """Return the journal's folder."""
        return self.files[0].parent if self.files else Path()

    def set_aside(self) -> str:
        """Give the files another ending, so that nothing reads them; return their names."""
        aside = [path.rename(path.with_suffix(".unusable")) for path in self.files]
        return ", ".join(map(str, aside))

    def forget(self) -> None:
        """Delete the files: their entries are in the database."""
        for path in self.files:
            path.unlink(missing_ok=True)


def left_behind(folder: Path) -> Iterator[Remains]:
    """Yield the remains of each run whose process is gone; they are held until the next is asked for."""
    for lock_path in sorted(folder.glob(f"*{_LOCK}")):
        run_id = lock_path.stem
        with _taken(FileLock(lock_path)) as is_mine:
            if is_mine and lock_path.exists():
                yield Remains(run_id, tuple(sorted(folder.glob(f"{run_id}{_CUT}"))))
                if not any(folder.glob(f"{run_id}{_CUT}")):
                    lock_path.unlink(missing_ok=True)


@contextlib.contextmanager
def _taken(lock: FileLock) -> Iterator[bool]:
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _read_entries(path: Path) -> Iterator[Entry]:
    with path.open("rb") as lines:
        for line in lines:
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    yield entry
