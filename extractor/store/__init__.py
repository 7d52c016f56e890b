"""The one owner of DuckDB: outcomes in, rows out."""

from extractor.store.reading import Selection, StoredAnswer
from extractor.store.results import Result
from extractor.store.store import Store

__all__ = ["Result", "Selection", "Store", "StoredAnswer"]
