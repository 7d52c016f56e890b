"""A folder -> the user's own lists of names and of metrics' directions, over those that ship."""

import io
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from extractor.errors import SettingsError
from extractor.normalizing import (
    DirectionRow,
    NameRow,
    NameTable,
    Problem,
    check_directions,
    check_names,
    read_directions,
    read_names,
    shipped,
)

_log = logging.getLogger(__name__)

Line = TypeVar("Line")

NAMES, DIRECTIONS = "names.csv", "metric_directions.csv"
_MISSING = (0, 0, 0)
_UNKNOWN = (-1, 0, 0)


class Lists:
    """
    The names and directions that ship, the user's own `names.csv` and `metric_directions.csv` over them.

    Either file of the folder may be missing, and so may the folder. Where they change, they are read again.

    Raises:
        SettingsError: a file cannot be read; the message names file and line.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._seen = self._state()
        self._table = self._read()

    @property
    def table(self) -> NameTable:
        """The lists as they are now; where they can no longer be read, as they were."""
        seen = self._state()
        if seen != self._seen:
            self._seen = seen
            try:
                self._table = self._read()
            except SettingsError as error:
                _log.warning("the lists of names stay as they were: %s", error)
        return self._table

    def _state(self) -> list[tuple[int, int, int]]:
        return [_state_of(self._folder / name) for name in (NAMES, DIRECTIONS)] if self._folder else []

    def _read(self) -> NameTable:
        if self._folder is None or self._seen == [_MISSING, _MISSING]:
            return shipped()
        return shipped().with_own(own_names(self._folder), own_directions(self._folder))


def _state_of(file: Path) -> tuple[int, int, int]:
    """Return what differs where a file is another: its number, when it was written, its size."""
    try:
        told = file.stat()
    except FileNotFoundError:
        return _MISSING
    except OSError:
        return _UNKNOWN  # Reading it says why.
    return told.st_ino, told.st_mtime_ns, told.st_size


def own_names(folder: Path) -> list[NameRow]:
    """Return the user's own names."""
    return read_if_there(folder / NAMES, read_names)


def own_directions(folder: Path) -> list[DirectionRow]:
    """Return the user's own directions of metrics."""
    return read_if_there(folder / DIRECTIONS, read_directions)


def problems_in(folder: Path) -> list[tuple[str, Problem]]:
    """Return what contradicts itself in the user's lists, each with the file's name."""
    return [
        *((NAMES, problem) for problem in check_names(own_names(folder))),
        *((DIRECTIONS, problem) for problem in check_directions(own_directions(folder))),
    ]


def read_if_there(file: Path, read: Callable[[Iterable[str], str], list[Line]]) -> list[Line]:
    """Return the lines of a list, none where there is no such file."""
    text = text_of(file)
    return [] if text is None else read(io.StringIO(text, newline=""), str(file))


def text_of(file: Path) -> str | None:
    """
    Return the text of a file, None where there is none.

    Raises:
        SettingsError: it cannot be read as UTF-8.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            return text.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read as UTF-8 text: {error}"
        raise SettingsError(message) from error
