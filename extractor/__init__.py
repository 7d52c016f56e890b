"""Abstracts of scientific papers in; a checked DuckDB database of what they claim out."""

from extractor.api import RunSummary, arun, run
from extractor.assessing import compare_runs, evaluate
from extractor.boards import BoardFilter
from extractor.comparing import Compared
from extractor.errors import ExtractorError
from extractor.evaluation import Agreement, Evaluation
from extractor.papers import Paper, Text
from extractor.queries import Database
from extractor.settings import Settings
from extractor.store import Limits, Result

__all__ = [
    "Agreement",
    "BoardFilter",
    "Compared",
    "Database",
    "Evaluation",
    "ExtractorError",
    "Limits",
    "Paper",
    "Result",
    "RunSummary",
    "Settings",
    "Text",
    "arun",
    "compare_runs",
    "evaluate",
    "run",
]
