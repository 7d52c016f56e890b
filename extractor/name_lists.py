"""A folder -> the user's own lists of names and of metrics' directions; what is added -> their files."""

import csv
import io
import logging
import os
from collections.abc import Callable, Iterable, Sequence
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
ADDED = "what is to be added"
_NAME_COLUMNS = ("kind", "printed", "canonical")
_DIRECTION_COLUMNS = ("metric", "direction", "unit")


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

    def _state(self) -> list[tuple[int, int]]:
        return [_state_of(self._folder / name) for name in (NAMES, DIRECTIONS)] if self._folder else []

    def _read(self) -> NameTable:
        if self._folder is None or self._seen == [MISSING, MISSING]:
            return shipped()
        return shipped().with_own(own_names(self._folder), own_directions(self._folder))


MISSING = (0, 0)


def _state_of(file: Path) -> tuple[int, int]:
    """Return when a file was written, and its size."""
    try:
        told = file.stat()
    except OSError:
        return MISSING
    return told.st_mtime_ns, told.st_size


def own_names(folder: Path) -> list[NameRow]:
    """Return the user's own names."""
    return _read(folder / NAMES, read_names)


def own_directions(folder: Path) -> list[DirectionRow]:
    """Return the user's own directions of metrics."""
    return _read(folder / DIRECTIONS, read_directions)


def add_from(file: Path, folder: Path) -> int:
    """
    Add the names of a CSV file under kind,printed,canonical to the user's list; return how many are new.

    Raises:
        SettingsError: there is no such file, it cannot be read, or what it says contradicts the list.
    """
    if not file.is_file():
        message = f"no file {file}"
        raise SettingsError(message)
    return add_names(folder, _read(file, read_names))


def add_name(folder: Path, kind: str, printed: str, canonical: str) -> int:
    """
    Add one name to the user's list; return how many are new: 1, or 0 where it was there.

    Raises:
        SettingsError: it is of no kind, empty, or contradicts the list.
    """
    return add_names(folder, read_names([_line(_NAME_COLUMNS), _line((kind, printed, canonical))], ADDED))


def add_names(folder: Path, added: Sequence[NameRow]) -> int:
    """
    Add names to the user's list, each in the place of what was said of it before; return how many are new.

    Raises:
        SettingsError: they contradict the list; nothing is written.
    """
    known = {(row.kind, row.printed): row for row in own_names(folder)}
    rows = known | {(row.kind, row.printed): row for row in added}
    numbered = [
        NameRow(row.kind, row.printed, row.canonical, line) for line, row in enumerate(rows.values(), 2)
    ]
    _refuse(check_names(numbered), folder / NAMES)
    _write(folder / NAMES, _NAME_COLUMNS, ((row.kind, row.printed, row.canonical) for row in numbered))
    return len(rows.keys() - known.keys())


def add_direction(folder: Path, metric: str, direction: str, unit: str | None = None) -> None:
    """
    Add a metric's direction (up, down or none) to the user's list, or change what it says of it.

    Raises:
        SettingsError: it is none of these, or the list cannot be read or written.
    """
    (added,) = read_directions([_line(_DIRECTION_COLUMNS), _line((metric, direction, unit or ""))], ADDED)
    rows = {row.metric: row for row in own_directions(folder)} | {added.metric: added}
    lines = ((row.metric, row.direction or "none", row.unit or "") for row in rows.values())
    _write(folder / DIRECTIONS, _DIRECTION_COLUMNS, lines)


def problems_in(folder: Path) -> list[tuple[str, Problem]]:
    """Return what contradicts itself in the user's lists, each with the file's name."""
    return [
        *((NAMES, problem) for problem in check_names(own_names(folder))),
        *((DIRECTIONS, problem) for problem in check_directions(own_directions(folder))),
    ]


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _read(file: Path, read: Callable[[Iterable[str], str], list[Line]]) -> list[Line]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return read(lines, str(file))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read as UTF-8 text: {error}"
        raise SettingsError(message) from error


def _refuse(problems: Sequence[Problem], file: Path) -> None:
    if problems:
        message = f"{file} would contradict itself: " + "; ".join(problem.message for problem in problems)
        raise SettingsError(message)


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a list anew; it takes the place of the old one when it is whole."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        part.replace(file)
    except OSError as error:
        message = f"{file} cannot be written: {error.strerror}"
        raise SettingsError(message) from error
    finally:
        part.unlink(missing_ok=True)
