"""Text -> the numbers that it states, or that could be said to stand in it."""

from extractor.quantities.finding import Quantity, find_quantities
from extractor.quantities.reading import numbers_in

__all__ = ["Quantity", "find_quantities", "numbers_in"]
