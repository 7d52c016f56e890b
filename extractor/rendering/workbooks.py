"""
Rows -> a workbook of one sheet (xlsx), in which a text is only a text.

Numbers are numbers, dates are dates, texts are cells of text: never a formula, a link or a number, also when
the cell is edited. What a sheet has no cell for is text: whole numbers of more than 15 digits, dates before
1901, times with a zone. Lists and structs are JSON.
"""

import math
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from extractor.errors import SettingsError
from extractor.rendering.codes import without_control_codes
from extractor.rendering.jsons import as_text, json_value
from extractor.rendering.separated import would_run
from extractor.rendering.tables import Counted, is_number

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 16_384, 32_767
"""What Excel takes: rows with the head, columns, UTF-16 units of a text."""
_EXACT = 10**15
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)
"""What a workbook says of its making, as the archive does of its files: the same rows are the same bytes."""
_FIRST_YEAR = 1900
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_LONGEST_NAME = 31
_WIDE = 18


def write_workbook(rows: Counted, file: Path, name: str) -> int:
    """
    Write rows in flat memory, and return how many texts had to be cut to fit a cell.

    Raises:
        SettingsError: XlsxWriter is missing, or there are more rows or columns than a sheet has.
    """
    _refuse_many("rows", len(rows), MOST_ROWS - 1)
    _refuse_many("columns", len(rows.columns), MOST_COLUMNS)
    with TemporaryDirectory(prefix="extractor-") as folder:
        book = _workbook(file, folder)
        sheet = _Sheet(book, _sheet_name(name), rows.columns)
        for line, row in enumerate(rows, start=1):
            sheet.write_row(line, row)
        _close(book, file)
    return sheet.cut


def _refuse_many(what: str, count: int, most: int) -> None:
    if count > most:
        message = f"{count:,} {what}; a sheet takes {most:,}: write csv or parquet, or choose fewer by --sql"
        raise SettingsError(message)


def _workbook(file: Path, folder: str) -> Any:  # noqa: ANN401 - XlsxWriter has no types.
    """Return a workbook whose rows wait in a folder until it is closed."""
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = "xlsx needs XlsxWriter: pip install 'extractor-papers[xlsx]'"
        raise SettingsError(message) from error
    book = Workbook(str(file), {"constant_memory": True, "tmpdir": folder})
    book.use_zip64()  # Only a file of more than 4 GB is written so.
    book.set_properties({"created": _CREATED})
    return book


def _close(book: Any, file: Path) -> None:  # noqa: ANN401
    """
    Write the file.

    Raises:
        OSError: it cannot be written.
    """
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - an extra

    try:
        book.close()
    except FileCreateError as error:
        file.write_bytes(
            b""
        )  # Room for what is in a buffer yet: Python tries once more when it throws it away.
        raise error.args[0] from error


def _sheet_name(name: str) -> str:
    """Return a name as Excel takes one."""
    told = without_control_codes(name).translate(_NO_NAME)[:_LONGEST_NAME].strip()
    return "rows" if told.lower() in ("", "history") else told


class _Sheet:
    """One sheet that is written row by row; `cut` counts the texts that were too long."""

    def __init__(self, book: Any, name: str, columns: tuple[str, ...]) -> None:  # noqa: ANN401
        self.cut = 0
        self._sheet = book.add_worksheet(name)
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._quoted = book.add_format({"quote_prefix": True})
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(columns) - 1, _WIDE)
        head = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            self._sheet.write_string(0, place, self._fitting(column), head)

    def write_row(self, line: int, row: tuple[Any, ...]) -> None:
        """Write the cells of a row; none for null."""
        for place, value in enumerate(row):
            if isinstance(value, bool):
                self._sheet.write_boolean(line, place, value)
            elif is_number(value) and _is_exact(value):
                self._sheet.write_number(line, place, value)
            elif isinstance(value, date) and _is_known(value):
                form = self._time if isinstance(value, datetime) else self._date
                self._sheet.write_datetime(line, place, value, form)
            elif value is not None:
                self._write_text(line, place, value)

    def _write_text(self, line: int, place: int, value: object) -> None:
        """Write a text as one, that stays one when the cell is edited."""
        is_nested = isinstance(value, list | tuple | dict)
        text = self._fitting(json_value(value) if is_nested else as_text(value))
        self._sheet.write_string(line, place, text, self._quoted if would_run(text) else None)

    def _fitting(self, text: str) -> str:
        """Return a text as a cell takes it; XML has no place for the last two characters of its plane."""
        told = without_control_codes(text).translate(_NOT_IN_XML)
        units = told.encode("utf-16-le")
        if len(units) <= 2 * LONGEST_CELL:
            return told
        self.cut += 1
        return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"


_NOT_IN_XML = {0xFFFE: None, 0xFFFF: None}


def _is_exact(number: Any) -> bool:  # noqa: ANN401
    """Tell whether a sheet, which counts in doubles of 15 digits, holds a number as it is."""
    with suppress(OverflowError):
        return math.isfinite(number) and (isinstance(number, float | Decimal) or abs(number) < _EXACT)
    return False


def _is_known(day: date) -> bool:
    """Tell whether Excel has a date or time."""
    return day.year > _FIRST_YEAR and not (isinstance(day, datetime) and day.tzinfo)
