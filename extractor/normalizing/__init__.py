"""
Printed names -> canonical names; metrics -> which way is better, and their unit.

Printed names are kept as they are: what is united is said beside them, and can be overruled by a list of the
user's own.
"""

from extractor.normalizing.acronyms import acronyms_in
from extractor.normalizing.checking import Problem, check_directions, check_names
from extractor.normalizing.directions import direction_of
from extractor.normalizing.naming import canonical, canonical_in_paper, full_form_in_paper, spelling
from extractor.normalizing.reading import read_cell, read_directions, read_names
from extractor.normalizing.rows import Direction, DirectionRow, NameRow
from extractor.normalizing.suggesting import Suggestion, suggestions
from extractor.normalizing.tables import NameTable, shipped

__all__ = [
    "Direction",
    "DirectionRow",
    "NameRow",
    "NameTable",
    "Problem",
    "Suggestion",
    "acronyms_in",
    "canonical",
    "canonical_in_paper",
    "check_directions",
    "check_names",
    "direction_of",
    "full_form_in_paper",
    "read_cell",
    "read_directions",
    "read_names",
    "shipped",
    "spelling",
    "suggestions",
]
