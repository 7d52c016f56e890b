"""Schemas that ship: each a record (Python) and its views (SQL)."""
