"""The text formats by name: how one is written, whom it is for, and the file endings that mean it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from extractor.rendering.hypertext import html_lines
from extractor.rendering.jsons import json_lines, json_text
from extractor.rendering.latex import latex_lines
from extractor.rendering.markdown import markdown_lines
from extractor.rendering.separated import csv_lines, tsv_lines
from extractor.rendering.tables import Rows


@dataclass(frozen=True, slots=True)
class TextFormat:
    """One that `is_for_readers` is a table with a title; the others are data, all of them."""

    write: Callable[[Rows, str | None], Iterator[str]]
    endings: tuple[str, ...]
    is_for_readers: bool

    def lines(self, rows: Rows, title: str | None = None) -> Iterator[str]:
        """Yield the text of rows, a line or row at a time."""
        return self.write(rows, title)


def _data(write: Callable[[Rows], Iterator[str]], *endings: str) -> TextFormat:
    return TextFormat(lambda rows, _title: write(rows), endings, is_for_readers=False)


def _document(write: Callable[[Rows, str | None], Iterator[str]], *endings: str) -> TextFormat:
    return TextFormat(write, endings, is_for_readers=True)


FORMATS = {
    "csv": _data(csv_lines, "csv"),
    "tsv": _data(tsv_lines, "tsv", "tab"),
    "json": _data(json_text, "json"),
    "jsonl": _data(json_lines, "jsonl", "ndjson"),
    "md": _document(markdown_lines, "md", "markdown"),
    "latex": _document(latex_lines, "tex", "latex"),
    "html": _document(html_lines, "html", "htm"),
}
"""Each text format by its name."""
