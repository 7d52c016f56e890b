"""Scenes -> the comparative claims that carry no number, the most substantial first."""

import re
from collections.abc import Sequence

from extractor.providers.rules.claims import Claim
from extractor.providers.rules.comparing import find_baselines
from extractor.providers.rules.quoting import quote_around
from extractor.providers.rules.scenes import Scene

_MOST = 2
_STRONG = re.compile(
    r"\b(?:outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceeds?|beats?|state[- ]of[- ]the[- ]?arts?|stateof-the-art|state-ofthe-art|stateof-theart|SOTA"
    r"|superior|better than|significant(?:ly)? (?:improve\w*|better|gains?)|(?:substantial|significant|consistent|notable) (?:improvement|gain)s?|new state)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:improv(?:es?|ed|ing)|reduc(?:es?|ed|ing)|boosts?|increas(?:es?|ed|ing)|faster|fewer|higher|lower|comparable|on par|on a par|competitive with|without (?:loss|sacrific\w+))\b",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:our|we|ours|proposed|this|the method|the model)\b", re.IGNORECASE)
_SHOWN = re.compile(
    r"\b(?:experiment\w*|results?|evaluat\w*|show\w*|demonstrat\w*|empirical\w*|achiev\w*|obtain\w*)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:aims? to|in order to|goal|can be used to|has been|have been|however|recently|existing|prior works? (?:has|have)|suffer)\b",
    re.IGNORECASE,
)


def find_unnumbered(scenes: Sequence[Scene], method: str | None, taken: Sequence[Claim]) -> list[Claim]:
    """List up to two claims from sentences in which no numbered claim stands."""
    numbered = "\n".join(claim.quote for claim in taken)
    ranked = []
    for i, scene in enumerate(scenes):
        match = _STRONG.search(scene.text) or _CHANGE.search(scene.text)
        if match is None or any(claim.quote in scene.text for claim in taken):
            continue
        score = _weigh(scene, method, i / len(scenes))
        if score >= 2.0:
            ranked.append((score, i, scene, match))
    ranked.sort(key=lambda one: (-one[0], one[1]))
    allowed = _MOST - 1 if numbered else _MOST
    return [_claim(scene, match, method) for _, _, scene, match in ranked[:allowed]]


def _weigh(scene: Scene, method: str | None, place: float) -> float:
    text = scene.text
    score = 1.5 if _STRONG.search(text) else 0.6
    score += 0.6 if _OURS.search(text) or (method and method in text) else -0.6
    score += 0.6 if _SHOWN.search(text) else 0.0
    score += 0.8 * place
    score += 0.3 if scene.datasets else 0.0
    return score - (1.0 if _PLAN.search(text) else 0.0)


def _claim(scene: Scene, match: re.Match[str], method: str | None) -> Claim:
    quote = quote_around(scene, scene.start + match.start(), scene.start + match.end())
    baselines = find_baselines(quote)
    inside = [one for one in scene.metrics if one.text in quote]
    specific = [one for one in inside if not one.bare]
    bare = [one for one in inside if one.bare and one.text.lower().startswith("performance")]
    metric = (specific or bare or [None])[0]
    changed = re.search(r"\b(?:improv|reduc|boost|increas|decreas|higher|lower|faster)", quote)
    direction = None
    if metric and changed:
        direction = "increase" if metric.rising else "decrease"
    datasets = [one for one in scene.datasets if one.text in quote]
    return Claim(
        quote=quote,
        metric=metric.text if metric else None,
        dataset=_printed_list(scene, [one.text for one in datasets]),
        method=method,
        baseline=baselines[0].text if baselines else None,
        direction=direction,
    )


def _printed_list(scene: Scene, names: Sequence[str]) -> str | None:
    """Return the datasets as one printed list, or None where other words part them."""
    if not names:
        return None
    first, last = scene.text.find(names[0]), scene.text.find(names[-1])
    span = scene.text[first : last + len(names[-1])]
    return span if len(names) == 1 or re.fullmatch(r"[^.;:()]{1,160}", span) else None
