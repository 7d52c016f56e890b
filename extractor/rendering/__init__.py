"""Rows -> a terminal table, CSV, TSV, JSON, JSON lines, Markdown, LaTeX, HTML (all text made harmless)."""

from extractor.rendering.cells import plain, shortened
from extractor.rendering.codes import without_control_codes
from extractor.rendering.formats import FORMATS
from extractor.rendering.narrowing import Group, by_columns, to_be_read
from extractor.rendering.papers import ShownPaper, shown_json, shown_paper
from extractor.rendering.tables import Held, Rows
from extractor.rendering.terminal import terminal_table

__all__ = [
    "FORMATS",
    "Group",
    "Held",
    "Rows",
    "ShownPaper",
    "by_columns",
    "plain",
    "shortened",
    "shown_json",
    "shown_paper",
    "terminal_table",
    "to_be_read",
    "without_control_codes",
]
