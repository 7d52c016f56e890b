"""Results of a scene -> the lists that they stand in ("72.2, 90.1 and 81.4")."""

import re
from collections.abc import Sequence

from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

LIKE_GAP = re.compile(r"[\s,;/&|%]*(?:and|or|to)?[\s,;/]*(?:\([^()]{1,24}\))?[\s,]*(?:and|by)?\s*")
_LONGEST_GAP = 40


def list_around(scene: Scene, quantity: Quantity, results: Sequence[Quantity]) -> list[Quantity]:
    """Return the run of like numbers that a number stands in, itself included."""
    first = last = results.index(quantity)
    while first > 0 and _are_listed(scene, results[first - 1], results[first]):
        first -= 1
    while last + 1 < len(results) and _are_listed(scene, results[last], results[last + 1]):
        last += 1
    return list(results[first : last + 1])


def _are_listed(scene: Scene, one: Quantity, other: Quantity) -> bool:
    gap = scene.between(one, other)
    return len(gap) < _LONGEST_GAP and bool(LIKE_GAP.fullmatch(gap))
