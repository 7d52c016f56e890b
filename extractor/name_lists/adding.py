"""What a user says of names and of metrics -> lines of the user's own lists, whole or not at all."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from extractor.errors import SettingsError
from extractor.name_lists.reading import DIRECTIONS, NAMES, text_of
from extractor.normalizing import (
    Problem,
    check_directions,
    check_names,
    read_cell,
    read_directions,
    read_names,
)

ADDED = "what is to be added"
LONGEST_WAIT = 10.0
"""Seconds to wait for another command that adds to the same list."""
Cells = Sequence[str]
Said = Sequence[str | None]
"""The cells of a line that is added; None leaves what is there."""


@dataclass(frozen=True, slots=True)
class Added:
    """How many lines are new in a list, and how many say something else than before."""

    new: int
    changed: int


@dataclass(frozen=True, slots=True)
class _List:
    """A list: its file's name, its columns, how many of them say what a line is about, what checks it."""

    name: str
    columns: tuple[str, ...]
    keys: int
    check: Callable[[Iterable[str], str], list[Problem]]


_NAMES = _List(
    NAMES, ("kind", "printed", "canonical"), 2, lambda lines, source: check_names(read_names(lines, source))
)
_DIRECTIONS = _List(
    DIRECTIONS,
    ("metric", "direction", "unit"),
    1,
    lambda lines, source: check_directions(read_directions(lines, source)),
)


def add_from(file: Path, folder: Path) -> Added:
    """
    Add the names of a CSV file under kind,printed,canonical to the user's list; return what that changed.

    Raises:
        SettingsError: there is no such file, it cannot be read, or what it says contradicts itself or the
            list; the message names file and line, and nothing is written.
    """
    text = text_of(file)
    if text is None:
        message = f"no file {file}"
        raise SettingsError(message)
    rows = read_names(io.StringIO(text, newline=""), str(file))
    _refuse(f"{file} contradicts itself", check_names(rows))
    return _add(_NAMES, [(row.kind, row.printed, row.canonical) for row in rows], folder)


def add_name(folder: Path, kind: str, printed: str, canonical: str) -> Added:
    """
    Add one name to the user's list; return whether it is new or changed, 0 and 0 where it was there.

    Raises:
        SettingsError: it is of no kind, empty, or contradicts the list.
    """
    rows = read_names([_line(_NAMES.columns), _line((kind, printed, canonical))], ADDED)
    return _add(_NAMES, [(row.kind, row.printed, row.canonical) for row in rows], folder)


def add_direction(folder: Path, metric: str, direction: str, unit: str | None = None) -> None:
    """
    Add a metric's direction (up, down or none) to the user's list, or change what it says of it.

    Without a unit the one that the list says stays, else that of the shipped list.

    Raises:
        SettingsError: it is none of these, contradicts the list, or that cannot be read or written.
    """
    rows = read_directions([_line(_DIRECTIONS.columns), _line((metric, direction, unit or ""))], ADDED)
    _add(_DIRECTIONS, [(row.metric, row.direction or "none", row.unit) for row in rows], folder)


def _add(kind: _List, added: Sequence[Said], folder: Path) -> Added:
    """Add lines to a list that nobody else adds to meanwhile; return how many are new or changed."""
    file = folder / kind.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{kind.name}.lock", timeout=LONGEST_WAIT, poll_interval=0.01):
            lines = _lines_of(file, kind)
            done = _put(lines, kind, added)
            text = "".join(map(_line, lines))
            _refuse(f"{file} would contradict itself", kind.check(io.StringIO(text, newline=""), str(file)))
            _replace(file.resolve(), text)
    except Timeout as error:
        message = f"another program writes {file}; try again when it is done"
        raise SettingsError(message) from error
    except (OSError, UnicodeEncodeError) as error:
        message = f"{file} cannot be written: {error}"
        raise SettingsError(message) from error
    return done


def _lines_of(file: Path, kind: _List) -> list[list[str]]:
    """Return the cells of a list, its header first; columns of the user's own stay."""
    text = text_of(file)
    if text is None:
        return [list(kind.columns)]
    kind.check(io.StringIO(text, newline=""), str(file))  # What cannot be read is refused with its line.
    lines = [cells for cells in csv.reader(io.StringIO(text, newline="")) if any(map(read_cell, cells))]
    header = [read_cell(cell).lower() for cell in lines[0]]
    header += [column for column in kind.columns if column not in header]
    full = (cells + [""] * (len(header) - len(cells)) for cells in lines[1:])
    return [header, *(list(map(read_cell, cells)) for cells in full)]


def _put(lines: list[list[str]], kind: _List, added: Sequence[Said]) -> Added:
    """Put each line in the place of what was said before, else at the end."""
    header, *given = lines
    places = [header.index(column) for column in kind.columns]
    about = places[: kind.keys]
    known: dict[Said, list[str]] = {tuple(line[place] for place in about): line for line in given}
    before = [tuple(line) for line in given]
    for cells in added:
        line = known.get(tuple(cells[: kind.keys]))
        if line is None:
            line = known[tuple(cells[: kind.keys])] = [""] * len(header)
            lines.append(line)
        for place, cell in zip(places, cells, strict=True):
            line[place] = line[place] if cell is None else cell
    changed = sum(tuple(line) != was for line, was in zip(given, before, strict=True))
    return Added(new=len(lines) - len(given) - 1, changed=changed)


def _for_spreadsheets(cell: str) -> str:
    """Return a cell that no spreadsheet runs; reading takes the apostrophe off again."""
    cell = cell.strip()
    return "'" + cell if _FORMULA.match(cell) else cell


_FORMULA = re.compile(r"'*[=+\-@]")


def _line(cells: Cells) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(map(_for_spreadsheets, cells))
    return line.getvalue().removesuffix("\r\n") + "\n"


def _refuse(what: str, problems: Sequence[Problem]) -> None:
    if problems:
        message = f"{what}: " + "; ".join(f"line {one.line}: {one.message}" for one in problems)
        raise SettingsError(message)


def _replace(file: Path, text: str) -> None:
    """Write a list anew; it takes the place of the old one when it is whole."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
