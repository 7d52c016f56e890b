"""Scenes -> the claims that carry a number, one for each number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractor.providers.rules import change
from extractor.providers.rules.comparing import Baseline, find_baselines
from extractor.providers.rules.costs import is_of_cost
from extractor.providers.rules.gauging import metric_of
from extractor.providers.rules.lists import list_around
from extractor.providers.rules.locating import dataset_of
from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.quoting import quote_around
from extractor.providers.rules.ranks import find_ranks
from extractor.providers.rules.results import find_results
from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

_GOES_ON = re.compile(
    r"(?!.*\b(?:to|achiev\w*|from|outperform\w*|reach\w*)\b)"
    r"[^;:.]{0,44}(?:,|\band\b)[^;:.()]{0,30}"
)
_LISTED = re.compile(r"\s?,?\s?(?:and\s|or\s)?")
_PARTING = re.compile(r",\s(?:and\s)?|\sand\s")
_REFERS_BACK = re.compile(r"(?:This|That|These|It)\b")
_ON_OTHERS = re.compile(
    r"\bon\s(?:an?|our|two|three|four|five|six|seven|several|\d+)\s"
    r"(?:[\w-]+\s){0,4}(?:tasks?|data\w*|sets?|benchmarks?|domains?)\b"
)
_CITED = re.compile(r"\s?\[[\d, ]+\]|^the\s")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim; every text stands verbatim in the abstract."""

    quote: str
    metric: str | None = None
    dataset: str | None = None
    task: str | None = None
    method: str | None = None
    baseline: str | None = None
    value: float | None = None
    value_high: float | None = None
    baseline_value: float | None = None
    unit: str | None = None
    kind: str = "qualitative"
    direction: str | None = None


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a sentence may take up: the last one's only dataset and last metric, and what was listed last."""

    dataset: str | None = None
    metric: str | None = None
    listed: tuple[str, ...] = ()


def find_numbered(scenes: Sequence[Scene], method: str | None) -> list[Claim]:
    """List the claims that carry a number, in the order of the text."""
    claims: list[Claim] = []
    carried, only = _Carried(), _only_dataset(scenes, method)
    for i, scene in enumerate(scenes):
        late = i >= max(1, len(scenes) // 3)
        known = carried if _REFERS_BACK.match(scene.text) else replace(carried, metric=None)
        claims += _of_scene(scene, known, only, late=late)
        claims += _ranks(scene)
        carried = _carry(scene, claims, carried)
    return [replace(claim, method=method) for claim in claims]


def _only_dataset(scenes: Sequence[Scene], method: str | None) -> str | None:
    """Return the one dataset that an abstract names."""
    names = {named.text for scene in scenes for named in scene.datasets if named.text != method}
    return names.pop() if len(names) == 1 else None


def _of_scene(scene: Scene, carried: _Carried, only: str | None, *, late: bool) -> Iterator[Claim]:
    """Yield one claim for each result of a scene; `only` is the one dataset of the abstract."""
    results = find_results(scene, late=late)
    baselines = find_baselines(scene.text) if results else []
    for quantity, kind in zip(results, _kinds(scene, results), strict=True):
        numbers = list_around(scene, quantity, results)
        baseline = _baseline_of(scene, quantity, numbers, baselines, kind)
        claim = _claim(scene, quantity, kind, baseline)
        claim = replace(claim, metric=_metric_of(claim, carried))
        dataset = dataset_of(scene, quantity, results)
        if dataset is None and not is_of_cost(scene, quantity, claim.metric):
            place = numbers.index(quantity), len(numbers)
            dataset = _dataset_before(scene, claim, place, carried, only)
        yield replace(claim, dataset=dataset)


def _claim(scene: Scene, quantity: Quantity, kind: str, baseline: str | None) -> Claim:
    metric = metric_of(scene, quantity)
    rising = metric is None or metric.rising
    direction = change.direction_of(
        scene.abstract, scene.start, quantity, kind, rising=rising, compared=baseline is not None
    )
    return Claim(
        quote=quote_around(scene, quantity.start, quantity.end),
        metric=metric.text if metric else None,
        baseline=baseline,
        value=quantity.value,
        value_high=quantity.high,
        baseline_value=quantity.baseline,
        unit=_unit(quantity, kind, metric),
        kind=kind,
        direction=direction,
    )


def _unit(quantity: Quantity, kind: str, metric: Mention | None) -> str | None:
    if quantity.unit is not None:
        return quantity.unit
    return metric.text if metric and kind in ("absolute", "difference") else None


def _kinds(scene: Scene, results: Sequence[Quantity]) -> list[str]:
    """Tell each result's kind; the numbers of a list are of one kind."""
    kinds = [change.kind_of(scene.abstract, scene.start, quantity) for quantity in results]
    pairs = [(i, scene.between(a, b)) for i, (a, b) in enumerate(pairwise(results)) if a.unit == b.unit]
    for i, gap in pairs:
        if kinds[i + 1] == "absolute" and _GOES_ON.fullmatch(gap):
            kinds[i + 1] = kinds[i]
    for i, gap in reversed(pairs):
        if kinds[i] == "absolute" and _LISTED.fullmatch(gap):
            kinds[i] = kinds[i + 1]
    return kinds


def _baseline_of(
    scene: Scene,
    quantity: Quantity,
    numbers: Sequence[Quantity],
    baselines: Sequence[Baseline],
    kind: str,
) -> str | None:
    """Return the nearest baseline; of a plain score one behind it goes first."""
    if not baselines:
        return None
    place = quantity.end - scene.start
    after = [one for one in baselines if one.start >= place]
    before = [one for one in baselines if one.end <= place]
    if kind == "absolute":
        before = [] if after else before[-1:]
        after = after[:1]
    chosen = min((*after, *before), key=lambda one: abs(one.start - place), default=None)
    return _share(chosen.text, numbers.index(quantity), len(numbers)) if chosen else None


def _share(printed: str, index: int, numbers: int) -> str:
    """Take one part of "U-Net and wide U-Net" where as many numbers are listed."""
    parts = _PARTING.split(printed)
    if numbers == 1 or len(parts) != numbers:
        return printed
    return _CITED.sub("", parts[index].strip())


def _ranks(scene: Scene) -> Iterator[Claim]:
    for rank, start, end in find_ranks(scene.text):
        quote = quote_around(scene, scene.start + start, scene.start + end)
        dataset = scene.datasets[0].text if scene.datasets else None
        yield Claim(quote, dataset=dataset, value=rank, unit="rank", kind="absolute")


def _carry(scene: Scene, claims: Sequence[Claim], before: _Carried) -> _Carried:
    names = tuple(dict.fromkeys(named.text for named in scene.datasets))
    metric = next((one.metric for one in reversed(claims) if one.kind == "absolute"), None)
    return _Carried(names[0] if len(names) == 1 else None, metric, names or before.listed)


def _metric_of(claim: Claim, carried: _Carried) -> str | None:
    """Return a claim's metric; a bare percentage is of that of the sentence before."""
    if claim.metric is None and claim.unit == "%" and claim.kind != "ratio":
        return carried.metric
    return claim.metric


def _dataset_before(
    scene: Scene, claim: Claim, place: tuple[int, int], carried: _Carried, only: str | None
) -> str | None:
    """
    Return the dataset that was named before a sentence without any.

    `place` is the number's place in its list, and the list's length: as many datasets are taken in order.
    """
    index, count = place
    if not scene.datasets and 1 < count == len(carried.listed):
        return carried.listed[index]
    if _ON_OTHERS.search(scene.text):
        return None
    is_score = claim.metric is not None and claim.kind == "absolute"
    return carried.dataset or (only if is_score else None)
