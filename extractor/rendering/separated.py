"""
Rows -> CSV, TSV, with nothing that a spreadsheet would run.

A text, or a column's name, gets a leading apostrophe where it begins like a formula: with = + - @ (or their
wide or small forms), also behind blanks and quotes, or with a tab or the end of a line. Numbers stay numbers;
a text that reads like a number ("-5") is a text.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from extractor.rendering.codes import without_control_codes
from extractor.rendering.jsons import json_value
from extractor.rendering.tables import Rows, is_number

_RUNS = re.compile(
    "[\\s'\"`\u2018\u2019\u201c\u201d]*[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b]"
)
_STARTS_CELL = re.compile(r"[\t\r\n]")


def csv_lines(rows: Rows) -> Iterator[str]:
    """Yield CSV, a row at a time; the end of a line within a cell is a line feed."""
    return _lines(rows, ",")


def tsv_lines(rows: Rows) -> Iterator[str]:
    """Yield CSV whose separator is a tab."""
    return _lines(rows, "\t")


def _lines(rows: Rows, separator: str) -> Iterator[str]:
    yield _line(map(_text, rows.columns), separator)
    for row in rows:
        yield _line(map(_cell, row), separator)


def _line(cells: Iterable[object], separator: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _cell(value: object) -> object:
    if value is None or is_number(value):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | dict):
        return json_value(value)
    return _text(str(value))


def _text(text: str) -> str:
    harmless = without_control_codes(text)
    runs = _STARTS_CELL.match(text) or _STARTS_CELL.match(harmless) or _RUNS.match(harmless)
    return "'" + harmless if runs else harmless
