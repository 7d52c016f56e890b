"""Scenes -> the comparative claims that carry no number, the most substantial first."""

import re
from collections.abc import Sequence

from extractor.providers.rules.claims import Claim
from extractor.providers.rules.comparing import find_baselines
from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.patterns import compiled, either
from extractor.providers.rules.quoting import quote_around
from extractor.providers.rules.scenes import Scene

_MOST = 2
_LEAST_WEIGHT = 2.0
_STRONG = compiled(
    r"\b"
    + either(
        r"""
        outperform(?:s|ed|ing)?; surpass(?:es|ed|ing)?; exceeds?; beats?; stateof-?the-?art;
        state[- ]of-?[- ]?the[- ]?arts?; SOTA; superior; better than; new state;
        significant(?:ly)? (?:improve\w*|better|gains?);
        (?:substantial|significant|consistent|notable) (?:improvement|gain)s?
        """
    )
    + r"\b"
)
_CHANGE = compiled(
    r"\b"
    + either(
        r"""
        improv(?:es?|ed|ing); reduc(?:es?|ed|ing); boosts?; increas(?:es?|ed|ing); faster; fewer;
        higher; lower; comparable; on par; on a par; competitive with;
        without (?:loss|sacrific\w+)
        """
    )
    + r"\b"
)
_OURS = compiled(r"\b(?:our|we|ours|proposed|this|the\smethod|the\smodel)\b")
_SHOWN = compiled(
    r"\b(?:experiment\w*|results?|evaluat\w*|show\w*|demonstrat\w*|empirical\w*|achiev\w*|obtain\w*)\b"
)
_PLAN = compiled(
    r"\b"
    + either(
        r"""
        aims? to; in order to; goal; can be used to; has been; have been; however; recently;
        existing; prior works? (?:has|have); suffer
        """
    )
    + r"\b"
)
_CHANGED = re.compile(r"\b(?:improv|reduc|boost|increas|decreas|higher|lower|faster)")
_PLAIN_LIST = re.compile(r"[^.;:()]{1,160}")


def find_unnumbered(scenes: Sequence[Scene], method: str | None, taken: Sequence[Claim]) -> list[Claim]:
    """List up to two claims (one beside numbered ones) from sentences that carry no number."""
    ranked = []
    for i, scene in enumerate(scenes):
        match = _STRONG.search(scene.text) or _CHANGE.search(scene.text)
        if match is None or any(claim.quote in scene.text for claim in taken):
            continue
        weight = _weigh(scene, method, i / len(scenes))
        if weight >= _LEAST_WEIGHT:
            ranked.append((-weight, i, scene, match))
    ranked.sort(key=lambda one: one[:2])
    allowed = _MOST - 1 if taken else _MOST
    return [_claim(scene, match, method) for _, _, scene, match in ranked[:allowed]]


def _weigh(scene: Scene, method: str | None, place: float) -> float:
    """Weigh how substantial a sentence is; later ones count more (`place` from 0 to 1)."""
    text = scene.text
    weight = 1.5 if _STRONG.search(text) else 0.6
    weight += 0.6 if _OURS.search(text) or (method and method in text) else -0.6
    weight += 0.6 if _SHOWN.search(text) else 0.0
    weight += 0.8 * place
    weight += 0.3 if scene.datasets else 0.0
    return weight - (1.0 if _PLAN.search(text) else 0.0)


def _claim(scene: Scene, match: re.Match[str], method: str | None) -> Claim:
    quote = quote_around(scene, scene.start + match.start(), scene.start + match.end())
    baseline = next(iter(find_baselines(quote)), None)
    metric = _metric_in(scene, quote)
    direction = None
    if metric and _CHANGED.search(quote):
        direction = "increase" if metric.rising else "decrease"
    return Claim(
        quote=quote,
        metric=metric.text if metric else None,
        dataset=_dataset_in(scene, quote),
        method=method,
        baseline=baseline.text if baseline else None,
        direction=direction,
    )


def _metric_in(scene: Scene, quote: str) -> Mention | None:
    """Return the first metric that the quote names, else its bare "performance"."""
    inside = [one for one in scene.metrics if one.text in quote]
    specific = (one for one in inside if not one.bare)
    bare = (one for one in inside if one.text.lower().startswith("performance"))
    return next(specific, None) or next(bare, None)


def _dataset_in(scene: Scene, quote: str) -> str | None:
    """Return the quote's datasets as one printed list, or None where other words part them."""
    inside = [one for one in scene.datasets if one.text in quote]
    if not inside:
        return None
    printed = scene.abstract[inside[0].start : inside[-1].end]
    return printed if len(inside) == 1 or _PLAIN_LIST.fullmatch(printed) else None
