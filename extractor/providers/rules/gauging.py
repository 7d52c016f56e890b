"""Result in its scene -> the metric that it is measured by."""

import re
from collections.abc import Sequence

from extractor.providers.rules.lists import LIKE_GAP
from extractor.providers.rules.metrics import Mention
from extractor.providers.rules.naming import described_behind
from extractor.providers.rules.pairing import paired
from extractor.providers.rules.patterns import compiled, either
from extractor.providers.rules.scenes import Scene
from extractor.providers.rules.terms import in_terms_of
from extractor.quantities import Quantity

_FILLER = either(
    r"""
    in terms of; with respect to; in; on; of; for; the; an?; and; its; our; relative; relatively;
    absolute; averaged?; mean; overall; improvements?; increases?; gains?; reductions?; decreases?;
    drops?; boosts?; higher; lower; better; less; more; fewer; faster; smaller; points?;
    percentage; percent; single-model; test; validation; larger; state-of-the-art; wall-clock;
    significant; further; speed-?ups?; savings?; advantage; reduced; standard; new; total; box;
    less training; computational; top-1; top-5; model; score; as; shorter; measured by; by;
    on average; best; at
    """
)
_AFTER = compiled(rf"\s?[-(]?\s?(?:{_FILLER}\s){{0,6}}$")
_ATTACHED = re.compile(r"\s?(?:[=:(]|of|score of|scores of|\([A-Za-z-]{2,12}\) of|at|\s)\s?[(~]?$")
_FASTER = re.compile(
    r"\s(?:times\s)?(?:faster|slower|smaller|cheaper|lighter|longer|bigger|larger|speed-?up)\b"
)
_COUNTED = either(
    r"time; costs?; parameters; memory; comput\w+; FLOPs; calls; size; speed-?ups?; queries; energy"
)
_STOP = either(
    r"""
    than; in; on; for; and; to; with; from; compared; when; while; of; over; at; by; as; used; per;
    that; respectively; the; using; which; is; are; without; under; between
    """
)
# Finds "parameters" in "2x fewer parameters", and "calls" in "2% of the calls".
_LESS_OF = re.compile(
    r"\s(?:times\s)?(?:fewer|less|more|as\s(?:many|much)|additional|extra"
    r"|(?:reduction|decrease|increase|drop)s?\s(?:in|of)"
    rf"|of\s(?:the|its|their|that\sof)(?=\s(?:\w+\s){{0,2}}?{_COUNTED}))\s(?:the\s)?"
    r"(?P<noun>(?!than\b|of\b|accurate|efficient|likely|powerful)[a-zA-Z][\w-]*"
    rf"(?:\s(?:of\s)?(?!{_STOP}\b)[a-z][\w-]*)?)"
)
_CHANGES_BY = compiled(
    r"\b(?:accelerat|speed|reduc|increas|decreas|boost|sav|lower|cut|shrink)\w*\s"
    r"(?:(?!\b(?:accelerat|speed|reduc|increas|decreas|boost|sav|lower|cut|shrink))[^.,;]){0,60}?\bby\s"
    r"(?:\w+\s){0,3}[~(]?$"
)
_CLAUSE = compiled(r"[,;]|\b(?:and|while|whereas|which|with)\b")
_UNIT_LIKE = ("bits", "frames")
_ATTACHED_GAP, _AFTER_GAP, _NEXT_GAP, _WEAK_GAP, _FOLD_GAP = 24, 60, 90, 40, 60


def metric_of(scene: Scene, quantity: Quantity) -> Mention | None:
    """Return the mention of the metric that a result is measured by, or None."""
    mentions = [one for one in scene.metrics if not one.bare]
    inner = _inside(quantity, mentions)
    if inner and not inner.text.lower().startswith(_UNIT_LIKE):
        return inner
    found = (
        in_terms_of(scene, quantity, mentions)
        or paired(scene, quantity, mentions)
        or _attached(scene, quantity, mentions)
        or _directly_after(scene, quantity, mentions)
        or _less_of(scene, quantity)
        or described_behind(scene, quantity)
    )
    if found or _FASTER.match(scene.abstract, quantity.end):
        return found
    return (
        _before(scene, quantity, mentions)
        or inner
        or _next(scene, quantity, mentions)
        or _performance(scene, quantity)
    )


def _performance(scene: Scene, quantity: Quantity) -> Mention | None:
    """Return the bare "performance" before a number where nothing more is said."""
    for mention in reversed(scene.metrics):
        if mention.bare and 0 <= quantity.start - mention.end < _NEXT_GAP:
            return mention if mention.text.lower().startswith("performance") else None
    return None


def _inside(quantity: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the metric that is the number's unit."""
    return next((one for one in mentions if quantity.start <= one.start < quantity.end), None)


def _less_of(scene: Scene, quantity: Quantity) -> Mention | None:
    """Read the thing counted in "2x fewer parameters" or "2% of the calls" as the metric."""
    match = _LESS_OF.match(scene.abstract, quantity.end, scene.end)
    if match is None or quantity.unit not in ("x", "%"):
        return None
    start, end = match.span("noun")
    return Mention(match["noun"], start, end, rising=False, bare=False, weak=True)


def _attached(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the metric that stands directly before the number ("FID of 3", "IS=8.8")."""
    last = next((one for one in reversed(mentions) if one.end <= quantity.start), None)
    if last is None or quantity.start - last.end > _ATTACHED_GAP:
        return None
    return last if _ATTACHED.fullmatch(scene.between(last, quantity)) else None


def _directly_after(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the metric that follows the number, or the list that the number begins."""
    here = quantity
    for other in (*(one for one in scene.quantities if one.start >= quantity.end), None):
        follower = next((one for one in mentions if one.start >= here.end), None)
        if follower and _leads_to(scene.between(here, follower)):
            return follower
        if other is None or not _goes_on(scene, here, other):
            return None
        inner = _inside(other, mentions)
        if inner:
            return inner
        here = other
    return None


def _leads_to(gap: str) -> bool:
    return len(gap) < _AFTER_GAP and bool(_AFTER.match(f"{gap.rstrip()} "))


def _goes_on(scene: Scene, one: Quantity, other: Quantity) -> bool:
    alike = one.unit is None or other.unit in (one.unit, None)
    return alike and bool(LIKE_GAP.fullmatch(scene.between(one, other)))


def _before(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the last metric before the number; weak words only where they stand close."""
    clause = _clause_start(scene, quantity)
    for mention in reversed(mentions):
        gap = quantity.start - mention.end
        if gap < 0 or (quantity.unit == "x" and gap > _FOLD_GAP):
            continue
        if any(mention.end <= one.start < clause for one in scene.quantities):
            return None
        if not mention.weak or gap < _WEAK_GAP:
            return mention
    return None


def _clause_start(scene: Scene, quantity: Quantity) -> int:
    """Return where "speeds up training by" begins, which leaves the metric of the clause before."""
    match = _CHANGES_BY.search(scene.before(quantity.start, _NEXT_GAP))
    return quantity.start - len(match.group()) if match else scene.start


def _next(scene: Scene, quantity: Quantity, mentions: Sequence[Mention]) -> Mention | None:
    """Return the next metric of the clause, where no other number stands between."""
    follower = next((one for one in mentions if one.start >= quantity.end), None)
    if follower is None or follower.weak or quantity.unit == "x":
        return None
    if follower.start - quantity.end > _NEXT_GAP or _CLAUSE.search(scene.between(quantity, follower)):
        return None
    parted = any(quantity.end <= one.start < follower.start for one in scene.quantities)
    return None if parted else follower
