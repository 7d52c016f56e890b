"""
Rows -> a Markdown table (GFM), in which a text is only a text.

No markup, HTML, picture, formula or link comes from a cell. A web address is shown as it is printed, and made
no link: what a paper prints is opened by a reader who has read it.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.rendering.cells import plain
from extractor.rendering.tables import Rows, numeric_columns

# HTML by names: not every reader of Markdown takes a backslash before a bracket of it.
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ACTIVE = str.maketrans(_NAMED | {mark: f"\\{mark}" for mark in "\\`*_{}[]#|~$@"})
_LINKS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)


def markdown_lines(rows: Rows, title: str | None = None) -> Iterator[str]:
    """Yield a table, a line at a time, numbers to the right; a title stands above it."""
    if told := escaped_markdown(title).strip():
        yield f"**{told}**\n\n"
    yield _line(map(escaped_markdown, rows.columns))
    yield _line("---:" if is_numeric else "---" for is_numeric in numeric_columns(rows))
    for row in rows:
        yield _line(map(escaped_markdown, row))


def escaped_markdown(value: object) -> str:
    """Return a value as one line that Markdown shows as it is."""
    return _LINKS.sub(r"\\\g<0>", plain(value).translate(_ACTIVE))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"
