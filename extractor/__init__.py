"""Abstracts of scientific papers in; a checked DuckDB database of what they claim out."""

from extractor.api import RunSummary, arun, run
from extractor.errors import ExtractorError
from extractor.papers import Paper, Text
from extractor.queries import BoardFilter, Database
from extractor.settings import Settings
from extractor.store import Result

__all__ = [
    "BoardFilter",
    "Database",
    "ExtractorError",
    "Paper",
    "Result",
    "RunSummary",
    "Settings",
    "Text",
    "arun",
    "run",
]
