"""Blocks of CSV or TSV -> rows of cells, each with the line that it begins on."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from extractor.sources.formats.lines import lines, shown
from extractor.sources.shapes import LONGEST, NOT_UTF_8, Skipped

Dialect = dict[str, Any]
"""What Python's csv is to be told: the delimiter, and how quotes are meant."""

DELIMITERS = ",;\t|"

_MALFORMED = "malformed row"
_PATIENCE = 4 * LONGEST


class Row(NamedTuple):
    """Cells, and the line that they begin on."""

    line: int
    cells: list[str]


class _TooLongError(Exception):
    """A row does not end."""


def dialects(delimiter: str) -> list[Dialect]:
    """Return how rows may be written: quotes doubled, or after a backslash, or in TSV as they stand."""
    doubled: Dialect = {"delimiter": delimiter, "strict": True}
    plain = [doubled | {"quoting": csv.QUOTE_NONE}] if delimiter == "\t" else []
    return [doubled, doubled | {"escapechar": "\\"}, *plain]


def rows(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[Row | Skipped]:
    """
    Yield the rows; a quote that is never closed costs the row that it stands in, not those that follow.

    A row may have 16 MiB. The longest cell that Python's csv takes is set to that, for the whole process.
    """
    csv.field_size_limit(max(LONGEST, csv.field_size_limit()))
    feed = _Feed(lines(_with_line_ends(blocks)))
    reader = csv.reader(feed, **dialect)
    while not feed.is_tiring:
        feed.begin()
        line = feed.line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLongError) as error:
            yield Skipped(line, _MALFORMED, shown(feed.row[0].encode()), f" ({error})")
            feed.take_back()
            reader = csv.reader(feed, **dialect)
            continue
        if feed.is_bad:
            yield Skipped(line, NOT_UTF_8, shown(feed.row[0].encode()))
        elif any(cell.strip() for cell in cells):
            yield Row(line, cells)
    yield Skipped(feed.line, _MALFORMED, "", " (quotes are in disorder; nothing more is read)")


class _Feed:
    """
    Lines for Python's csv; those of the row that is being read are at hand, and can be taken back.

    `is_bad` says that a line of the row is not UTF-8, `is_tiring` that much was taken back: one could go on
    so for ever.
    """

    def __init__(self, given: Iterator[bytes]) -> None:
        self._given = given
        self._again: deque[str] = deque()
        self._size = self._taken_back = 0
        self.row: list[str] = []
        self.line = 0
        self.is_bad = False

    @property
    def is_tiring(self) -> bool:
        return self._taken_back > _PATIENCE

    def begin(self) -> None:
        """Begin a row."""
        self.row.clear()
        self._size, self.is_bad = 0, False

    def take_back(self) -> None:
        """Give the lines of this row again, but for its first."""
        again = self.row[1:]
        self._again.extendleft(reversed(again))
        self.line -= len(again)
        self._taken_back += sum(map(len, again))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._decoded(next(self._given))
        self.row.append(line)
        self.line += 1
        self._size += len(line)
        if self._size > LONGEST:
            message = f"over {LONGEST >> 20} MiB"
            raise _TooLongError(message)
        return line

    def _decoded(self, data: bytes) -> str:
        try:
            return f"{data.decode()}\n"
        except UnicodeDecodeError:
            self.is_bad = True
            return f"{data.decode(errors='replace')}\n"


def _with_line_ends(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the blocks; where lines end as they once did on a Macintosh, as they do now."""
    is_old = None
    for block in blocks:
        if is_old is None and block:
            is_old = b"\r" in block.rstrip() and b"\n" not in block
        yield block.replace(b"\r", b"\n") if is_old else block
