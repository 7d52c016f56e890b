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
    r"(?:\s?(?:\(|:|to|with|is|=|at|by|\[[\d, ]+\]|data\s?sets?|benchmark|test|validation|val|set"
    r"|achieves|from))*\s?[(+]?$|\s?\([^()]{0,40}$"
)
_TIES_ELSEWHERE = compiled(r"\b(?:on|for|in|across|over)\b")
_RESPECTIVELY = compiled(r"\brespectively\b")
_SPLIT = re.compile(r"\s(?:test-?(?:dev|std|clean|other|challenge)|mini-?val|dev-(?:clean|other))\b")
_PART_OF = re.compile(r"(?:\s\w+)?\s(?:of|from|in)\s(?:the\s)?")
_OPENER = re.compile(r"(?:\b(?:On|For|In)|(?:[.;:,]|\b(?:and|while))\s(?:on|for|in))\s(?:the\s)?(?:\w+\s)?$")
_OPENED = re.compile(r"(?:\s(?:benchmark|data\s?set|corpus|test\sset))?s?\s?,")
_CLAUSE = compiled(r"[,;]\s|\b(?:and|while|whereas)\b")
_PREFER_BEHIND, _OPENER_REACH = 20, 30


def dataset_of(scene: Scene, quantity: Quantity, results: Sequence[Quantity]) -> str | None:
    """Return the dataset, or the printed list of datasets, that a result was measured on."""
    if not scene.datasets:
        return None
    groups = _groups(scene)
    numbers = list_around(scene, quantity, results)
    paired = (
        _in_order(quantity, numbers, groups)
        or _respectively(scene, quantity, numbers)
        or _respectively(scene, quantity, results)
    )
    if paired:
        return _with_split(scene, paired)
    named = (
        _bracketed(scene, quantity)
        or _opening(scene, quantity)
        or _tied(scene, quantity)
        or _preceding(scene, quantity)
        or scene.datasets[0]
    )
    group = next(group for group in groups if named in group)
    if len(group) > 1 and len(numbers) == 1:
        return scene.abstract[group[0].start : group[-1].end]
    return _with_split(scene, named)


def _with_split(scene: Scene, named: Named) -> str:
    """Return a dataset as printed, with the split behind it: "COCO test-dev"."""
    split = _SPLIT.match(scene.abstract, named.end, scene.end)
    return scene.abstract[named.start : split.end()] if split else named.text


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


def _respectively(scene: Scene, quantity: Quantity, numbers: Sequence[Quantity]) -> Named | None:
    """Pair the numbers of a sentence with as many datasets, where it says "respectively"."""
    named = list({one.text: one for one in scene.datasets}.values())
    if len(numbers) == 1 or len(named) != len(numbers) or not _RESPECTIVELY.search(scene.text):
        return None
    return named[numbers.index(quantity)]


def _away(group: Sequence[Named], numbers: Sequence[Quantity]) -> int:
    if group[0].start >= numbers[-1].end:
        return group[0].start - numbers[-1].end
    return numbers[0].start - group[-1].end + _PREFER_BEHIND


def _bracketed(scene: Scene, quantity: Quantity) -> Named | None:
    """Return the dataset directly before the number: "CIFAR-10 (3.2%)"."""
    named = _preceding(scene, quantity)
    return named if named and _CLOSE.fullmatch(scene.between(named, quantity)) else None


def _preceding(scene: Scene, quantity: Quantity) -> Named | None:
    """Return the last dataset before a number; of "the Sentier dataset of the Vale Challenge" the first."""
    before = [one for one in scene.datasets if one.end <= quantity.start]
    while len(before) > 1 and _PART_OF.fullmatch(scene.between(*before[-2:])):
        before.pop()
    return before[-1] if before else None


def _tied(scene: Scene, quantity: Quantity) -> Named | None:
    """Return the dataset that a preposition ties to the number, or to the list it begins."""
    named = _behind(scene, quantity)
    if named is None or not _PREPOSITION.search(scene.between(quantity, named)):
        return None
    chain = [quantity, *_numbers_between(scene, quantity, named)]
    if all(LIKE_GAP.fullmatch(scene.between(one, other)) for one, other in pairwise(chain)):
        return named
    return None if _TIES_ELSEWHERE.search(scene.between(quantity, chain[1])) else named


def _opening(scene: Scene, quantity: Quantity) -> Named | None:
    """Return the dataset that opens the clause: "On CIFAR-10, it improves FID to 2.9, and ..."."""
    named, behind = _preceding(scene, quantity), _behind(scene, quantity)
    if named is None or not _opens(scene, named):
        return None
    is_apart = behind is None or _opens(scene, behind) or _CLAUSE.search(scene.between(quantity, behind))
    return named if is_apart else None


def _opens(scene: Scene, named: Named) -> bool:
    before = scene.before(named.start, _OPENER_REACH)
    return bool(_OPENER.search(before) and _OPENED.match(scene.abstract, named.end))


def _behind(scene: Scene, quantity: Quantity) -> Named | None:
    return next((one for one in scene.datasets if one.start >= quantity.end), None)


def _numbers_between(scene: Scene, quantity: Quantity, named: Named) -> list[Quantity]:
    return [one for one in scene.quantities if quantity.end <= one.start < named.start]
