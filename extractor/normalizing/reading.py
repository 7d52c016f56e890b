"""The lines of a CSV file -> rows of names or of directions."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Final

from extractor.errors import SettingsError
from extractor.normalizing.rows import Direction, DirectionRow, NameRow
from extractor.records import NAME_KINDS, NameKind

_KINDS: Final[dict[str, NameKind]] = {kind: kind for kind in NAME_KINDS}
_DIRECTIONS: Final[dict[str, Direction | None]] = {"up": "up", "down": "down", "none": None}


def read_names(lines: Iterable[str], source: str) -> list[NameRow]:
    """
    Return the rows of a list of names under kind,printed,canonical; `source` is its name in errors.

    Raises:
        SettingsError: it is no such list; the message names file and line.
    """
    rows = []
    for line, row in _read(lines, source, ("kind", "printed", "canonical")):
        if row["kind"] not in _KINDS:
            raise _unfit(source, line, f"no kind {row['kind']!r}; there are: {', '.join(_KINDS)}")
        for column in ("printed", "canonical"):
            if not row[column]:
                raise _unfit(source, line, f"nothing in column {column}")
        rows.append(NameRow(_KINDS[row["kind"]], row["printed"], row["canonical"], line))
    return rows


def read_directions(lines: Iterable[str], source: str) -> list[DirectionRow]:
    """
    Return the rows of a list of metrics under metric,direction and, if it has one, unit.

    Raises:
        SettingsError: it is no such list; the message names file and line.
    """
    rows = []
    for line, row in _read(lines, source, ("metric", "direction")):
        if row["direction"] not in _DIRECTIONS:
            raise _unfit(source, line, f"direction {row['direction']!r} is not {', '.join(_DIRECTIONS)}")
        if not row["metric"]:
            raise _unfit(source, line, "nothing in column metric")
        rows.append(DirectionRow(row["metric"], _DIRECTIONS[row["direction"]], row.get("unit") or None, line))
    return rows


def read_cell(cell: str) -> str:
    """Return what a cell says, without the apostrophe that keeps a spreadsheet from running it."""
    return _KEPT_FROM_RUNNING.sub("", cell.strip().removeprefix("\ufeff"))


_KEPT_FROM_RUNNING = re.compile(r"^'(?='*[=+\-@])")


def _read(lines: Iterable[str], source: str, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line and cells of each row, empty rows passed over."""
    reader = csv.reader(lines, strict=True)
    header: list[str] = []
    try:
        for row in reader:
            cells = [read_cell(cell) for cell in row]
            if header and any(cells):
                if len(cells) > len(header):
                    raise _unfit(source, reader.line_num, f"{len(cells)} cells under {len(header)} columns")
                yield reader.line_num, dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
            elif any(cells):
                header = [cell.lower() for cell in cells]
                _check(header, source, reader.line_num, needed)
    except csv.Error as error:
        raise _unfit(source, reader.line_num, str(error)) from error
    if not header:
        raise _unfit(source, 1, f"no header; it must be {','.join(needed)}")


def _check(header: list[str], source: str, line: int, needed: tuple[str, ...]) -> None:
    for column in needed:
        if column not in header:
            raise _unfit(source, line, f"no column {column}; the header must be {','.join(needed)}")


def _unfit(source: str, line: int, problem: str) -> SettingsError:
    return SettingsError(f"{source}, line {line}: {problem}")
