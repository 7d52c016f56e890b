"""Result before "in terms of CTR and CVR" -> the metric of its own place in what is named there."""

from collections.abc import Sequence
from itertools import pairwise

from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.naming import NO_NAME
from extractor.providers.rules.patterns import compiled
from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

_TERMS = compiled(
    r"[^.;:\d]{0,60}?\b(?:in\sterms?\sof|(?:as\s)?measured\s(?:by|in)|with\srespect\sto)\s(?:the\s|its\s)?"
)
_IN = compiled(r"%?(?:\s?\([^()]{0,40}\))?,?(?:\srespectively,?)?\s(?:in|on)\s(?:the\s)?")
_NAME = (
    rf"\b(?!{NO_NAME}\b)[A-Za-z][\w@=-]*(?:\.\d+)?(?:\s(?!{NO_NAME}\b)[A-Za-z\d][\w@=-]*(?:\.\d+)?){{0,4}}"
)
_NAMES = compiled(rf"{_NAME}(?:(?:\s?,\s?(?:and\s)?|\s?/\s?|\sand\s)(?:the\s)?{_NAME}){{0,3}}")
_ITEM = compiled(_NAME)
_LONGEST_GAP, _REACH = 60, 240


def in_terms_of(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the metric that a number, or the list that it stands in, is said to be of."""
    numbers = _run(scene, quantity, mentions)
    match = _TERMS.match(scene.abstract, numbers[-1].end, scene.end)
    if match is None:
        return _follower(scene, numbers[-1], mentions)
    names = _NAMES.match(scene.abstract, match.end(), scene.end)
    if names is None:
        return None
    items = [_item(scene, *one.span(), mentions) for one in _ITEM.finditer(scene.abstract, *names.span())]
    return items[numbers.index(quantity) if len(items) == len(numbers) else 0]


def _follower(scene: Scene, last: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the metric behind "(on both), respectively, in"."""
    follower = next((one for one in mentions if one.start >= last.end), None)
    if follower is None or follower.start - last.end > _LONGEST_GAP:
        return None
    return follower if _IN.fullmatch(scene.between(last, follower)) else None


def _run(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> list[Quantity]:
    """Return the numbers of one unit around a number that no metric and no clause parts."""
    near = range(quantity.start - _REACH, quantity.start + _REACH)
    alike = [one for one in scene.quantities if one.unit == quantity.unit and one.start in near]
    mentions = [one for one in mentions if one.start in near]
    run: list[Quantity] = [alike[0]]
    for one, other in pairwise(alike):
        if _are_parted(scene, one, other, mentions):
            if quantity in run:
                break
            run = []
        run.append(other)
    return run


def _are_parted(scene: Scene, one: Quantity, other: Quantity, mentions: Sequence[Mention]) -> bool:
    gap = scene.between(one, other)
    metric = any(one.start <= mention.start < other.end for mention in mentions)
    return metric or len(gap) > _LONGEST_GAP or ";" in gap


def _item(scene: Scene, start: int, end: int, mentions: Sequence[Mention]) -> Mention:
    """Return what is named, or the metric of the lists that it ends with."""
    known = next((one for one in mentions if start <= one.start < end), None)
    if known and known.start == start:
        return known
    text = scene.abstract[start:end]
    rising = known is None or known.rising
    return Mention(text, start, end, rising=rising, bare=False, weak=False)
