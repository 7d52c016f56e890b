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
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from extractor.errors import StoreError

Entry = dict[str, Any]
_LOCK = ".lock"


class Journal:
    """
    This process's own part of a journal, held by a lock for as long as the process lives.

    It is cut when a batch goes to the database: what was written before the cut is one file, deleted
    once the batch is kept; what comes after is another.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stem = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._lock = FileLock(folder / f"{self._stem}{_LOCK}")
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
        rest = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self._told():
            while rest:
                rest = rest[os.write(self._file, rest) :]
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
        return self._folder / f"{self._stem}-{self._cuts:06}.jsonl"

    def _open(self) -> int:
        return os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"the journal {self._folder} cannot be written: {error.strerror}"
            raise StoreError(message) from error


def left_behind(folder: Path) -> Iterator[tuple[Path, list[Entry]]]:
    """Yield each file whose process is gone, with its entries; whoever takes them deletes the file."""
    for lock_path in sorted(folder.glob(f"*{_LOCK}")):
        with _taken(FileLock(lock_path)) as is_mine:
            if not is_mine:
                continue
            for path in sorted(folder.glob(f"{lock_path.stem}-*.jsonl")):
                yield path, list(_read_entries(path))
            if not any(folder.glob(f"{lock_path.stem}-*.jsonl")):
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
