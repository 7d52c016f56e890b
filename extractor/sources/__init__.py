"""A file -> the papers in it, one after the other, and what had to be passed over."""

from extractor.sources.reading import read_file, single
from extractor.sources.shapes import Reading, Skipped, Skips

__all__ = ["Reading", "Skipped", "Skips", "read_file", "single"]
