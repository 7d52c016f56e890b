"""
Rows -> CSV, TSV, with nothing that a spreadsheet would run.

A text, or a column's name, gets a leading apostrophe where it begins like a formula: with = + - @ (or their
wide or small forms), also behind blanks and quotes, or with a tab or the end of a line. Numbers stay numbers;
a text that reads like a number ("-5") is a text. Null is nothing between separators, an empty text is "".
"""

import re
from collections.abc import Callable, Iterator

from extractor.rendering.codes import without_control_codes
from extractor.rendering.jsons import as_text, json_value
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


def would_run(text: str) -> bool:
    """Tell whether a spreadsheet might take a text without control codes for a formula."""
    return bool(_STARTS_CELL.match(text) or _RUNS.match(text))


def _lines(rows: Rows, separator: str) -> Iterator[str]:
    needs_quotes = re.compile(f'[{separator}"\r\n]').search
    yield separator.join(_quoted(_text(name), needs_quotes) for name in rows.columns) + "\n"
    for row in rows:
        yield (separator.join(_cell(value, needs_quotes) for value in row) or _EMPTY) + "\n"


_EMPTY = '""'
"""An empty text, where null is nothing; and a row of one null: readers pass over a line of nothing."""


def _cell(value: object, needs_quotes: Callable[[str], object]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _quoted(_text(value), needs_quotes)
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return str(value).replace("nan", "NaN")  # So it is a number to all that read numbers.
    if isinstance(value, list | tuple | dict):
        return _quoted(json_value(value), needs_quotes)
    return _quoted(_text(as_text(value)), needs_quotes)


def _quoted(text: str, needs_quotes: Callable[[str], object]) -> str:
    if text and not needs_quotes(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _text(text: str) -> str:
    harmless = without_control_codes(text)
    return "'" + harmless if _STARTS_CELL.match(text) or would_run(harmless) else harmless
