"""A table written as JSON column by column, as pandas does -> its rows; any other object is one row."""

from collections.abc import Iterator, Mapping

from extractor.sources.formats.columns import guessed
from extractor.sources.formats.json_streams import Fields

_TEXTS = ("title", "abstract")
_FEWEST = 2


def rows(document: Fields) -> Iterator[Fields]:
    """
    Yield the rows of `{"title": {"0": ..., "1": ...}, ...}`, and of the same with lists; else the document.

    All that are called titles and abstracts have to be columns of one length: a list under one of them alone
    is a title of several lines.
    """
    names = guessed(tuple(document)).names
    texts = [_column(document[names[part][0]]) for part in _TEXTS if part in names]
    if len(texts) < len(_TEXTS) or not all(texts) or len({len(column) for column in texts}) > 1:
        yield document
        return
    columns = {name: cells for name, value in document.items() if (cells := _cells(value))}
    for at in range(len(texts[0])):
        yield {name: cells[at] for name, cells in columns.items() if at < len(cells)}


def _column(value: object) -> list[object]:
    """Return the texts of a column; none where it is no column."""
    cells = _cells(value)
    return cells if all(cell is None or isinstance(cell, str) for cell in cells) else []


def _cells(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return list(value.values()) if value and all(key.isdecimal() for key in value) else []
    return value if isinstance(value, list) and len(value) >= _FEWEST else []
