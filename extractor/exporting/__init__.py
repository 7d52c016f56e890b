"""Rows of a database -> files; a folder of all tables, and back."""

from extractor.exporting.files import Format
from extractor.exporting.tables import Written, write_sql, write_table

__all__ = ["Format", "Written", "write_sql", "write_table"]
