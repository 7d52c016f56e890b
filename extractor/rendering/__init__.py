"""Rows -> a terminal table, CSV, JSON, Markdown, LaTeX, HTML, a workbook, BibTeX (all text made harmless)."""

from extractor.rendering.bibtex import Cited, bibtex_entries
from extractor.rendering.cells import plain, shortened
from extractor.rendering.codes import without_control_codes
from extractor.rendering.formats import FORMATS
from extractor.rendering.narrowing import Group, by_columns, to_be_read
from extractor.rendering.papers import ShownPaper, shown_json, shown_paper
from extractor.rendering.tables import Counted, Held, Rows
from extractor.rendering.terminal import terminal_table
from extractor.rendering.workbooks import write_workbook

__all__ = [
    "FORMATS",
    "Cited",
    "Counted",
    "Group",
    "Held",
    "Rows",
    "ShownPaper",
    "bibtex_entries",
    "by_columns",
    "plain",
    "shortened",
    "shown_json",
    "shown_paper",
    "terminal_table",
    "to_be_read",
    "without_control_codes",
    "write_workbook",
]
