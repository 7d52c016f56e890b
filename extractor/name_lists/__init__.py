"""The user's own lists of names and of metrics' directions: two CSV files, read anew where they change."""

from extractor.name_lists.adding import Added, add_direction, add_from, add_name
from extractor.name_lists.reading import DIRECTIONS, NAMES, Lists, own_directions, own_names, problems_in

__all__ = [
    "DIRECTIONS",
    "NAMES",
    "Added",
    "Lists",
    "add_direction",
    "add_from",
    "add_name",
    "own_directions",
    "own_names",
    "problems_in",
]
