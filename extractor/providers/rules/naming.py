"""Result -> the metric that the words behind it name, whether the lists know it or not."""

import re
from dataclasses import replace

from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.patterns import compiled, either
from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

# What no metric's name begins with and no unknown word of one is.
NO_NAME = either(
    r"""
    an?; the; of; in; on; for; and; to; with; from; than; when; while; at; by; as; or; that; which;
    is; are; was; were; without; under; between; we; our; its; their; this; these; over; but; via;
    into; both; not; no; any; all; each; every; respect; respectively; across; among; against;
    after; before; during; compared; using; \w+ly; \w+ed; \w+ous; \w+ful; \w+able; best; highest;
    lowest; higher; lower; better; faster; slower; larger; smaller; fewer; greater; stronger;
    shorter; longer; high; low; good; strong; new; large; small; great; same; similar; more; less;
    much; art; competitive; impressive; significan\w+; consistent; relative; absolute; other;
    different; substantial; minimal; minor; improvements?; increases?; gains?; reductions?;
    decreases?; drops?; boosts?; points?; percent\w*; performance; results?; achieves?;
    outperforms?; total; real; first; single; has; have
    """
)
_WORD = rf"(?!{NO_NAME}\b)[A-Za-z][\w-]*"
_FILLER = either(
    r"""
    higher; better; lower; relative; absolute; more; less; greater; in; of; the; an?; our; its;
    improvements?; increases?; gains?; reductions?; drops?; decreases?; points?; average
    """
)
_SOME_WORDS = compiled(rf"\s?(?:{_FILLER}\s){{0,4}}(?P<words>(?:{_WORD}\s){{1,3}})$")
_ACRONYM = re.compile(r"\s(?P<short>[A-Z]{2,5})(?=[,;.)]|\s(?:on|in|for|at|and|with|by|under)\b)")


def described_behind(scene: Scene, quantity: Quantity) -> Mention | None:
    """Return "request accuracy" behind "97.1%", or an acronym that stands there alone."""
    if quantity.unit != "%":
        return None
    follower = next((one for one in scene.metrics if one.start >= quantity.end), None)
    words = follower and _SOME_WORDS.fullmatch(scene.between(quantity, follower))
    if follower and words:
        return _begun_at(scene, quantity.end + words.start("words"), follower)
    match = _ACRONYM.match(scene.abstract, quantity.end, scene.end)
    if match is None or _names_data(scene, *match.span("short")):
        return None
    start, end = match.span("short")
    return Mention(match["short"], start, end, rising=True, bare=False, weak=False)


def _begun_at(scene: Scene, start: int, last: Mention) -> Mention | None:
    """Return a metric with the words before it; a dataset's name belongs to a score only."""
    text = scene.abstract[start : last.end]
    if last.bare is not text.lower().endswith(("score", "scores")):
        return None
    if not last.bare and _names_data(scene, start, last.end):
        return None
    return replace(last, text=text, start=start, bare=False, weak=False)


def _names_data(scene: Scene, start: int, end: int) -> bool:
    return any(start <= one.start < end for one in scene.datasets)
