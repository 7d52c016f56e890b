"""Scenes and their claims -> the metrics that the paper measures by."""

from collections.abc import Iterator, Sequence

from extractor.providers.rules.claims import Claim
from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.patterns import compiled, either
from extractor.providers.rules.scenes import Scene

_CHANGES = either(
    r"""
    improv\w+; boost\w*; increas\w+; enhanc\w+; reduc\w+; decreas\w+; higher; lower; better; less;
    fewer; faster; superior; best; smaller; comparable; competitive; similar; preserv\w+;
    maintain\w*; terms of; trade-?offs? between; sacrific\w+;
    (?:loss|gains?|improvements?|reductions?) (?:in|of|on); negligible; sav\w+;
    outperform\w*[^.,;]{0,50} in; shorten\w*; speed\w*; cut\w*; regarding; balance between;
    advantages? in; greater
    """
)
_REACHES = either(
    r"""
    achiev\w+; state[- ]of[- ]the[- ]art; stateof\S*; in both; minimal; high; low; promising;
    impressive; favorable; measured by; evaluat\w+ (?:by|with|using); using; great; strong; good;
    optimal; additional; extra; substantial; with; significant; lead\w* to
    """
)
# What stands before a metric where the authors say that their work changes or reaches it.
_CHANGED = compiled(rf"\b{_CHANGES}\s(?:\w+\s){{0,3}}$")
_GOVERNED = compiled(rf"\b(?:{_CHANGES}|{_REACHES})\s(?:\w+\s){{0,3}}$")
_LISTED = compiled(r"(?:\b(?:and|as\swell\sas|or)\s(?:\w+\s)?|,\s(?:\w+\s)?|/)$")
_SHOWN = compiled(
    r"\b"
    + either(
        r"""
        experiment\w*; results?; show\w*; demonstrat\w*; evaluat\w*; outperform\w*; achiev\w*;
        compared; surpass\w*; superior; competitive; comparable; state-of-the-art; obtain\w*;
        while; without; yield\w*; attain\w*
        """
    )
    + r"\b"
)
_REACH, _LIST_GAP = 70, 30


def find_measured(scenes: Sequence[Scene], claims: Sequence[Claim]) -> list[str]:
    """List the metrics of the claims and those that the results are said to change."""
    numbered = [claim.metric for claim in claims if claim.metric and claim.value is not None]
    names = [*numbered, *(mention.text for mention in _stated(scenes))]
    return _most_specific(names) or [claim.metric for claim in claims if claim.metric]


def _most_specific(names: Sequence[str]) -> list[str]:
    """Leave out "accuracy" where "top-1 accuracy" is listed."""
    low = {name.lower() for name in names}
    tails = {one[i + 1 :] for one in low for i, sign in enumerate(one) if sign in " -"}
    return [name for name in names if name.lower() not in tails]


def _stated(scenes: Sequence[Scene]) -> Iterator[Mention]:
    """Yield the metrics that sentences on results change; weak words only where all is shown."""
    third = max(1, len(scenes) // 3)
    for i, scene in enumerate(scenes):
        if not scene.is_result or (i < third and not scene.is_own):
            continue
        shown = bool(_SHOWN.search(scene.text))
        yield from (one for one in _governed(scene) if shown or not one.weak)


def _governed(scene: Scene) -> Iterator[Mention]:
    """Yield the metrics of a scene behind a word of change, or in a list with one of these."""
    last_end = -_LIST_GAP
    for mention in scene.metrics:
        before = scene.before(mention.start, _REACH)
        near = mention.start - last_end < _LIST_GAP
        if mention.bare:
            continue
        governed = (_CHANGED if mention.weak else _GOVERNED).search(before)
        if governed or (near and _LISTED.search(before)):
            last_end = mention.end
            yield mention
