"""Result in its scene -> the dataset that it was measured on."""

import re
from collections.abc import Sequence
from itertools import pairwise

from extractor.providers.rules.datasets import Named
from extractor.providers.rules.lists import LIKE_GAP, list_around
from extractor.providers.rules.patterns import compiled
from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

_LIST_GAP = re.compile(r"[\s,;/&]*(?:and|as well as|or)?[\s,]*(?:the\s|on\s)?")
_PREPOSITION = compiled(r"\b(?:on|for|in|at|of|against|across|over)\b|\($")
_CLOSE = re.compile(
    r"\s?(?:\(|:|to|with|is|=|at|by|\[[\d, ]+\]|data\s?sets?|benchmark|test|validation|val|set"
    r"|achieves|from)*\s?[(+]?$"
)
_PREFER_BEHIND = 20


def dataset_of(scene: Scene, quantity: Quantity, results: Sequence[Quantity]) -> str | None:
    """Return the dataset, or the printed list of datasets, that a result was measured on."""
    if not scene.datasets:
        return None
    groups = _groups(scene)
    numbers = list_around(scene, quantity, results)
    if paired := _in_order(quantity, numbers, groups):
        return paired.text
    named = (
        _bracketed(scene, quantity)
        or _tied(scene, quantity)
        or _preceding(scene, quantity)
        or scene.datasets[0]
    )
    group = next(group for group in groups if named in group)
    if len(group) > 1 and len(numbers) == 1:
        return scene.abstract[group[0].start : group[-1].end]
    return named.text


def _groups(scene: Scene) -> list[list[Named]]:
    """Group neighbouring datasets into lists."""
    groups: list[list[Named]] = []
    for named in scene.datasets:
        if groups and _LIST_GAP.fullmatch(scene.between(groups[-1][-1], named)):
            groups[-1].append(named)
        else:
            groups.append([named])
    return groups


def _in_order(
    quantity: Quantity, numbers: Sequence[Quantity], groups: Sequence[Sequence[Named]]
) -> Named | None:
    """Pair a list of numbers with a list of as many datasets, in order."""
    fitting = [group for group in groups if len(group) == len(numbers)]
    if len(numbers) == 1 or not fitting:
        return None
    nearest = min(fitting, key=lambda group: _away(group, numbers))
    return nearest[numbers.index(quantity)]


def _away(group: Sequence[Named], numbers: Sequence[Quantity]) -> int:
    if group[0].start >= numbers[-1].end:
        return group[0].start - numbers[-1].end
    return numbers[0].start - group[-1].end + _PREFER_BEHIND


def _bracketed(scene: Scene, quantity: Quantity) -> Named | None:
    """Return the dataset directly before the number: "CIFAR-10 (3.2%)"."""
    named = _preceding(scene, quantity)
    return named if named and _CLOSE.fullmatch(scene.between(named, quantity)) else None


def _preceding(scene: Scene, quantity: Quantity) -> Named | None:
    return next((one for one in reversed(scene.datasets) if one.end <= quantity.start), None)


def _tied(scene: Scene, quantity: Quantity) -> Named | None:
    """Return the dataset that a preposition ties to the number, or to the list it begins."""
    named = next((one for one in scene.datasets if one.start >= quantity.end), None)
    if named is None or not _PREPOSITION.search(scene.between(quantity, named)):
        return None
    chain = [quantity, *_numbers_between(scene, quantity, named)]
    if all(LIKE_GAP.fullmatch(scene.between(one, other)) for one, other in pairwise(chain)):
        return named
    return None if _PREPOSITION.search(scene.between(quantity, chain[1])) else named


def _numbers_between(scene: Scene, quantity: Quantity, named: Named) -> list[Quantity]:
    return [one for one in scene.quantities if quantity.end <= one.start < named.start]
