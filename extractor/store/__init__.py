"""The one owner of DuckDB: outcomes in, rows out."""

from extractor.store.archives import Archive, StoredTable, file_of, write_texts
from extractor.store.limits import STANDARD, Limits
from extractor.store.meanings import Meaning, meaning_of
from extractor.store.reading import AnswerSizes, Selection, StoredAnswer
from extractor.store.results import Result
from extractor.store.snapshots import Snapshot
from extractor.store.spilling import Spill
from extractor.store.store import Store

__all__ = [
    "STANDARD",
    "AnswerSizes",
    "Archive",
    "Limits",
    "Meaning",
    "Result",
    "Selection",
    "Snapshot",
    "Spill",
    "Store",
    "StoredAnswer",
    "StoredTable",
    "file_of",
    "meaning_of",
    "write_texts",
]
