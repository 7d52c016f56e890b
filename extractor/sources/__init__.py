"""A file -> the papers in it, and what had to be passed over."""

from extractor.sources.reading import read_file, single
from extractor.sources.shapes import Reading, Skipped

__all__ = ["Reading", "Skipped", "read_file", "single"]
