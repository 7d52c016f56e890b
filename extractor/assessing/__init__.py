"""Runs of a database, and a gold file or each other -> how good they are, and how far they agree."""

from extractor.assessing.agreeing import compare_runs
from extractor.assessing.documents import agreement_document, evaluation_document, figures_report
from extractor.assessing.evaluating import evaluate, lines_below, lines_beside
from extractor.assessing.golds import gold_problems, template_lines, write_new
from extractor.assessing.reports import (
    Report,
    agreement_report,
    disagreements_report,
    errors_report,
    evaluation_reports,
)

__all__ = [
    "Report",
    "agreement_document",
    "agreement_report",
    "compare_runs",
    "disagreements_report",
    "errors_report",
    "evaluate",
    "evaluation_document",
    "evaluation_reports",
    "figures_report",
    "gold_problems",
    "lines_below",
    "lines_beside",
    "template_lines",
    "write_new",
]
