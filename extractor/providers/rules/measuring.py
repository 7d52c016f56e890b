"""Scenes and their claims -> the metrics that the paper measures by."""

import re
from collections.abc import Iterator, Sequence

from extractor.providers.rules.claims import Claim
from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.scenes import Scene

# What stands before a metric where the authors say that their work changes or reaches it.
_GOVERNED = re.compile(
    r"(?:\b(?:improv\w+|boost\w*|increas\w+|enhanc\w+|reduc\w+|decreas\w+|higher|lower|better|less|fewer"
    r"|faster|superior|best|state[- ]of[- ]the[- ]art|stateof\S*|smaller|comparable|competitive|similar"
    r"|preserv\w+|maintain\w*|achiev\w+|terms of|in both|trade-?offs? between|sacrific\w+|loss (?:in|of)"
    r"|gains? (?:in|of)|improvements? (?:in|of|on)|reductions? (?:in|of)|minimal|negligible|high|low|promising|impressive|favorable|sav\w+|outperform\w*[^.,;]{0,50} in|measured by|evaluat\w+ (?:by|with|using)|using|low|great(?:er)?|strong|good|shorten\w*|speed\w*|optimal|cut\w*|regarding|additional|extra|substantial|with|significant|balance between|lead\w* to|advantages? in|competitive)"
    r"\s(?:the\s|their\s|its\s|both\s|overall\s|and\s|or\s|much\s|model\s|further\s|more\s|even\s|significantly\s|a\s|an\s|\w+\s){0,3}"
    r"|\b(?:and|as well as|or)\s(?:\w+\s){0,1}|,\s(?:\w+\s)?|/)$",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\b(?:experiment\w*|results?|show\w*|demonstrat\w*|evaluat\w*|outperform\w*|achiev\w*|compared"
    r"|surpass\w*|superior|competitive|comparable|state-of-the-art|obtain\w*|while|without|yield\w*|attain\w*)\b",
    re.IGNORECASE,
)
_DISTANCE = 70


def find_measured(scenes: Sequence[Scene], claims: Sequence[Claim]) -> list[str]:
    """List the metrics of the claims and those that the results are said to change."""
    numbered = [claim.metric for claim in claims if claim.metric and claim.value is not None]
    stated = [mention.text for mention in _stated(scenes)]
    if numbered or stated:
        return _most_specific([*numbered, *stated])
    return [claim.metric for claim in claims if claim.metric]


def _most_specific(names: Sequence[str]) -> list[str]:
    """Leave out "accuracy" where "top-1 accuracy" is listed."""
    low = [name.lower() for name in names]
    return [
        name
        for name, one in zip(names, low, strict=True)
        if not any(other.endswith((f" {one}", f"-{one}")) for other in low)
    ]


def _stated(scenes: Sequence[Scene]) -> Iterator[Mention]:
    third = max(1, len(scenes) // 3)
    for i, scene in enumerate(scenes):
        if not scene.is_result or (i < third and not scene.is_own):
            continue
        shown = bool(_SHOWN.search(scene.text))
        yield from (one for one in _governed(scene) if shown or not one.weak)


def _governed(scene: Scene) -> Iterator[Mention]:
    """Yield the metrics of a scene behind a word of change, or in a list with one of these."""
    last_end = -1
    for mention in scene.metrics:
        if mention.bare:
            continue
        before = scene.abstract[max(scene.start, mention.start - _DISTANCE) : mention.start]
        match = _GOVERNED.search(before)
        if match is None:
            continue
        listed = match.group()[0] in "aAoO,/" and match.group().split()[0].lower() in (
            "and",
            "as",
            "or",
            ",",
            "/",
        )
        if not listed or 0 <= mention.start - last_end < 30:
            last_end = mention.end
            yield mention
