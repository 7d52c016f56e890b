"""Rows of a database -> files; a folder of all tables, and back."""

from extractor.exporting.files import Format
from extractor.exporting.folders import Moved, read_all, write_all
from extractor.exporting.tables import Written, write_sql, write_table

__all__ = ["Format", "Moved", "Written", "read_all", "write_all", "write_sql", "write_table"]
