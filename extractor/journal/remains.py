"""What runs that are gone left in the folder -> outcomes for the database."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.journal.entries import Entry, entries_in, fingerprint_in, said_in_file
from extractor.journal.folder import (
    Turns,
    delete,
    lock_of,
    lock_on_claims,
    reserve_of,
    runs_in,
    segments_of,
    told,
)


@dataclass(frozen=True, slots=True)
class Remains:
    """What a run whose process is gone left: its outcomes, file by file."""

    run_id: str
    folder: Path
    files: tuple[Path, ...]

    @property
    def header(self) -> Entry:
        """
        Return the last header, an empty one where there is none and no outcome needs it.

        Raises:
            ValueError: there are outcomes, but no header.
        """
        last: Entry | None = None
        for said in itertools.chain.from_iterable(map(said_in_file, self.files)):
            header = said.get("header")
            if isinstance(header, dict) and fingerprint_in(said) is None:
                last = header
        if last is not None:
            return last
        if any(self.entries()):
            message = f"the outcomes of {self.run_id} have no header"
            raise ValueError(message)
        return {}

    def entries(self) -> Iterator[Entry]:
        """Yield the outcomes in the order in which they were written."""
        for path in self.files:
            yield from entries_in(path)

    def set_aside(self) -> str:
        """Give the files another ending, so that nothing reads them; return their names."""
        aside = [path.rename(path.with_suffix(".unusable")) for path in self.files]
        return ", ".join(map(str, aside))

    def forget(self) -> None:
        """
        Delete the files: their outcomes are in the database.

        Raises:
            StoreError: the turn cannot be counted; nothing is deleted.
        """
        if any(self.entries()):
            with told(self.folder):
                Turns(self.folder).add()
        for path in self.files:
            delete(path)


def left_behind(folder: Path) -> Iterator[Remains]:
    """Yield the remains of each run whose process is gone; they are held until the next is asked for."""
    for run_id in runs_in(folder):
        with _is_gone(folder, run_id) as is_gone:
            if is_gone:
                delete(reserve_of(folder, run_id))
                yield Remains(run_id, folder, segments_of(folder, run_id))
                if not segments_of(folder, run_id):
                    delete(folder / f"{run_id}.lock")


@contextlib.contextmanager
def _is_gone(folder: Path, run_id: str) -> Iterator[bool]:
    """Tell whether a run is gone, and hold its lock meanwhile."""
    lock = lock_of(folder, run_id)
    try:
        # A run takes its lock under this one: none is found that has a file of its own, but no lock yet.
        with lock_on_claims(folder):
            lock.acquire(timeout=0)
    except OSError:
        yield False
        return
    try:
        yield Path(lock.lock_file).exists()  # Not so where another command deleted it meanwhile.
    finally:
        lock.release()
