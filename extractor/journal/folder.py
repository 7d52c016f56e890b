"""The files of a journal's folder: their names, the locks on them, and the turns."""

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from extractor.errors import StoreError

BINARY = getattr(os, "O_BINARY", 0)
"""What keeps Windows from writing two characters for a line's end."""

_PATIENCE = 10.0
_SEGMENT = re.compile(r"(?P<run_id>.+)-(?P<number>\d{6}|[1-9]\d{6,})\.jsonl")


class SegmentName(NamedTuple):
    """Whose segment a file is, and which."""

    run_id: str
    number: int

    def __str__(self) -> str:
        return f"{self.run_id}-{self.number:06}.jsonl"

    @classmethod
    def of(cls, name: str) -> "SegmentName | None":
        """Return what a file's name says, None where it is no segment."""
        found = _SEGMENT.fullmatch(name)
        return cls(found["run_id"], int(found["number"])) if found else None


def names_in(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    with os.scandir(folder) as files:
        return {file.name for file in files}


def segments_of(folder: Path, run_id: str) -> tuple[Path, ...]:
    """Return the paths of a run's segments, in the order in which they were written."""
    named = filter(None, map(SegmentName.of, names_in(folder)))
    return tuple(folder / str(name) for name in sorted(named) if name.run_id == run_id)


def runs_in(folder: Path) -> list[str]:
    """Return the runs that have a file in a folder; none where there is no folder."""
    # A lock's file alone is not relied on: some versions of filelock delete it when it is let go.
    runs = set()
    for path in folder.glob("*"):
        if segment := SegmentName.of(path.name):
            runs.add(segment.run_id)
        elif path.suffix == ".lock":
            runs.add(path.stem)
    return sorted(runs)


def reserve_of(folder: Path, run_id: str) -> Path:
    """Return the path of the file that keeps room for what is in flight when the disk is full."""
    return folder / f"{run_id}.reserve"


def lock_of(folder: Path, run_id: str) -> FileLock:
    """Return the lock that a run holds for as long as its process lives."""
    return FileLock(folder / f"{run_id}.lock", timeout=_PATIENCE, poll_interval=0.01, thread_local=False)


def lock_on_claims(folder: Path) -> FileLock:
    """Return the lock that is held while claims are granted, or while a run's own lock is taken or tried."""
    return FileLock(folder / "claiming", timeout=_PATIENCE, poll_interval=0.001)


def delete(path: Path) -> bool:
    """Delete a file; return whether it is gone, as Windows keeps one that another process is reading."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        return True
    return False


class Turns:
    """
    How often any run has deleted what is in the database: the size of a file to which all append.

    It is added to before a segment is deleted. A run that has looked into the database and then finds
    nobody who holds what it looked for can tell by it whether to look there again.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "turns"
        self._own = 0
        self._guard = threading.Lock()  # Or a turn is counted as another's before it is known as one's own.

    def add(self) -> None:
        """Count one more."""
        with self._guard:
            file = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | BINARY, 0o666)
            try:
                os.write(file, b".")
            finally:
                os.close(file)
            self._own += 1

    def of_others(self) -> int:
        """Return how many were not added here."""
        with self._guard:
            try:
                return self._path.stat().st_size - self._own
            except FileNotFoundError:
                return -self._own


@contextlib.contextmanager
def told(folder: Path, done: str = "written") -> Iterator[None]:
    """Raise an error of the operating system as a `StoreError` that names the folder."""
    try:
        yield
    except OSError as error:
        message = f"the journal {folder} cannot be {done}: {error.strerror or error}"
        raise StoreError(message) from error
