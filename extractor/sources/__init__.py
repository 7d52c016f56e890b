"""What the user names -> the papers in it, one after the other, and what had to be passed over."""

from extractor.sources.again import Again
from extractor.sources.reading import read_file, read_files, single
from extractor.sources.shapes import KEPT, Reading, Skipped, Skips
from extractor.sources.wanted import Choice

__all__ = ["KEPT", "Again", "Choice", "Reading", "Skipped", "Skips", "read_file", "read_files", "single"]
