"""Result among as many numbers as metrics are listed before them -> the metric of its own place."""

import re
from collections.abc import Sequence
from itertools import pairwise

from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

_LISTED = re.compile(r"\s?(?:,|/|&|\||,?\s?\b(?:and|or))\s?(?:the\s)?")
_BROKEN = re.compile(r"[;:]|\b(?:while|whereas|which|than)\b")
_REACH, _LONGEST = 70, 300


def paired(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the second metric for the second number in "F1 and recall of 81% and 74%"."""
    listed = _list_before(scene, quantity, mentions)
    if len(listed) < 2:  # noqa: PLR2004 - a list has two members.
        return None
    numbers = [one for one in _numbers_after(scene, listed[-1], mentions) if one.unit == quantity.unit]
    if quantity not in numbers or len(numbers) % len(listed):
        return None
    return listed[numbers.index(quantity) % len(listed)]


def _list_before(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the last run of listed metrics before a number, in order."""
    before = [one for one in mentions if quantity.start - _LONGEST < one.end <= quantity.start]
    listed = before[-1:]
    for one, other in pairwise(reversed(before)):
        if not _LISTED.fullmatch(scene.between(other, one)):
            break
        listed.insert(0, other)
    return listed


def _numbers_after(scene: Scene, last: Mention, mentions: Sequence[Mention]) -> list[Quantity]:
    """Return the numbers behind a list of metrics, up to the next metric or clause."""
    end = next((one.start for one in mentions if one.start >= last.end), scene.end)
    numbers: list[Quantity] = []
    place = last.end
    for one in (one for one in scene.quantities if place <= one.start < end):
        gap = scene.abstract[place : one.start]
        if len(gap) > _REACH or _BROKEN.search(gap):
            break
        numbers.append(one)
        place = one.end
    return numbers
