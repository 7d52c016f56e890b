"""A database that another program holds -> a copy of it that can be read."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from extractor.errors import StoreLockedError
from extractor.store.connections import reading

_WAL = ".wal"
_State = tuple[tuple[int, int] | None, ...]


class Snapshot:
    """
    Reads a database, and where another program holds it for long, a copy.

    The copy is made once for each state of the file, beside the user's other temporary files, and deleted
    by `close`. `wait` is how many seconds to wait for the file itself, the first time that it is held.
    """

    def __init__(self, path: Path, *, wait: float, wait_again: float = 0.2) -> None:
        self._path = path
        self._wait, self._wait_again = wait, wait_again
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._state: _State = ()

    @contextlib.contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """
        Yield a connection that reads the database as it stands.

        Raises:
            StoreLockedError: it is held, and no copy can be made of it.
        """
        with contextlib.ExitStack() as stack:
            try:
                connection = stack.enter_context(reading(self._path, wait=self._wait))
            except StoreLockedError as error:
                self.expect_held()
                connection = stack.enter_context(reading(self._copy(error), wait=0))
            yield connection

    def expect_held(self) -> None:
        """Wait no longer than a moment for the file itself: another program holds it."""
        self._wait = self._wait_again

    def close(self) -> None:
        """Delete the copy."""
        if self._folder is not None:
            self._folder.cleanup()

    def _copy(self, held: StoreLockedError) -> Path:
        try:
            while self._folder is None or _state_of(self._path) != self._state:
                self.close()
                self._state = _state_of(self._path)
                self._folder = tempfile.TemporaryDirectory(prefix="extractor-")
                for path in _files_of(self._path):
                    if path.exists():
                        shutil.copyfile(path, Path(self._folder.name) / path.name)
            return Path(self._folder.name) / self._path.name
        except OSError as error:
            message = f"{held}; and it cannot be copied: {error.strerror}"
            raise StoreLockedError(message) from error


def _files_of(path: Path) -> tuple[Path, Path]:
    return path, path.with_name(path.name + _WAL)


def _state_of(path: Path) -> _State:
    def of(file: Path) -> tuple[int, int] | None:
        with contextlib.suppress(FileNotFoundError):
            told = file.stat()
            return told.st_mtime_ns, told.st_size
        return None

    return tuple(of(file) for file in _files_of(path))
