"""Rows -> an HTML table, in which a text is only a text."""

from collections.abc import Iterator
from html import escape

from extractor.rendering.cells import plain
from extractor.rendering.tables import Rows, numeric_columns

_RIGHT = ' style="text-align: right"'


def html_lines(rows: Rows, title: str | None = None) -> Iterator[str]:
    """Yield a table, a row at a time, numbers to the right; a title is its caption."""
    styles = [_RIGHT if is_numeric else "" for is_numeric in numeric_columns(rows)]
    yield '<meta charset="utf-8">\n<table>\n'
    if title is not None:
        yield f"<caption>{escaped_html(title)}</caption>\n"
    yield f"<thead>\n{_row('th', rows.columns, styles)}</thead>\n<tbody>\n"
    for row in rows:
        yield _row("td", row, styles)
    yield "</tbody>\n</table>\n"


def escaped_html(value: object) -> str:
    """Return a value as one line that a browser shows as it is."""
    return escape(plain(value), quote=True)


def _row(tag: str, cells: tuple[object, ...], styles: list[str]) -> str:
    told = (f"<{tag}{style}>{escaped_html(cell)}</{tag}>" for cell, style in zip(cells, styles, strict=True))
    return f"<tr>{''.join(told)}</tr>\n"
