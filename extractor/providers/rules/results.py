"""Scene -> those of its quantities that are results of the authors' work."""

import re
from itertools import pairwise

from extractor.providers.rules.patterns import compiled, either, words_of
from extractor.providers.rules.scenes import Scene
from extractor.quantities import Quantity

_THRESHOLD = 1.5
_OUT = -5.0
_MEASURED = frozenset(("%", "x", "points"))
_COUNTED = words_of("parameter parameters params epoch epochs")
_OF_DATA = compiled(
    r"\s?(?:of\s(?:the\s|all\s|its\s|total\s|original\s|available\s|labell?ed\s|training\s"
    r"|annotated\s|full\s|human\s)*"
    + either(
        r"""
        labels?; labell?ed; data; dataset; training; samples?; images?; annotations?; videos?;
        points; tokens; classes; sentences; words; examples; ImageNet; pixels; annotated;
        supervision; users; papers; queries; cases; layers; nodes
        """
    )
    + r"\b|"
    + either(
        r"""
        labell?ed; labels; noise; label; sparsity; missing; masked; dropout; training data;
        annotated; of labels; corrupt\w*; symmetric; asymmetric; confidence; supervis\w+
        """
    )
    + r"\b)"
)
_WITH = compiled(
    r"\b"
    + either(
        r"""
        with; using; only; just; on; from; for; given; under; containing; contains?; includ\w+;
        compris\w+; consist\w+ of; has; have; covering; over; than; least; collected; at; in;
        requires?; trained; into; between; all; the; of
        """
    )
    + r"\s(?:about\s|only\s|merely\s|a\s)?$"
)
_SCORE_BEFORE = re.compile(
    r"(?:\bof(?:\s(?:over|about|around|up\sto|nearly|almost|only|at\sleast|more\sthan|less\sthan))?"
    r"|[=:,]|\bis|\bare|\bto|\bat|\breach\w*|\bby|\bachiev\w+|\bobtain\w*|\bfrom|\battain\w*"
    r"|\bscor\w+|\b(?:accuracy|error|rate|perplexity)|[A-Z]{2,}|\bwith|\band|\bapprox\w*|\babout"
    r"|\bover|\bnearly|\bup\sto)\s?[(~$]?$"
)
_NOUN = re.compile(r"\s(?P<noun>[a-z][a-z-]+)")
_NOT_COUNTED = words_of(
    """
    on in for with and or over at by of to respectively while using when under compared than which
    as from but after without outperforming in-domain across vs versus points average relative
    absolute improvement improvements gain gains increase decrease reduction drop higher lower
    better faster smaller fewer less more accuracy error score scores only the we is are was
    """
)
_LIST = re.compile(r"[\s,;/|&]*(?:and|or|to)?[\s,;/]*(?:\([^()]{1,30}\))?[\s,;]*(?:and)?\s*[(]?")
# What parts the numbers of a list that names the dataset of each.
_ITEMS = re.compile(r"\)?\s?(?:(?:on|for|in)\s[^.;()]{1,50})?[,;)]*\s?(?:and\s)?(?:[\w\s/-]{1,30}[:(=]\s?)?")
_OF_INPUT = compiled(r"\b(?:with|using|on|from|of|trained|containing|uses?|the|first)\s(?:\w+\s)?$")
_INPUT = compiled(r"\s(?:of|subset|(?:un)?label|audio|speech|target|sampl|training|data|video)")
_PRECISE = re.compile(r"\d\.\d")
_BACKGROUND = compiled(
    r"\b(?:previous(?:ly)?|existing|prior\swork|recent(?:ly)?|typically|often|most|human|usually)\b"
)
_FEWER = compiled(r"\b(?:fewer|less|smaller|lower|reduc\w+|compar\w+|only)\b")
_OTHERS = compiled(
    r"\b(?:(?:compared?\s(?:to|with)|versus|vs\.?|against)\s(?:the\s|an?\s)?"
    r"(?:(?!our\b|we\b|is\b|being\b|requir|us|by\b)[\w-]+\s){0,6}?(?:of\s|only\s|at\s)?"
    r"|(?:while|whereas)\s(?:earlier|previous|existing|other|prior|the\sbest|humans?|baselines?)"
    r"\s[^,.;]{0,40}"
    r"|humans?(?:\s(?:performance|accuracy|level|baseline|agreement))?\s\(?"
    r"|(?:they|authors|existing\smethods)\s(?:only\s)?(?:achieved?|reached|obtain(?:ed)?)\s)$"
)
_TOUCHING, _NEAR, _VERY_NEAR, _LISTED, _LONGEST_ITEM = 2, 34, 12, 45, 70


def find_results(scene: Scene, *, late: bool) -> list[Quantity]:
    """List the quantities that a scene states as results; `late` where results are expected."""
    scores = [_score(scene, quantity, late=late) for quantity in scene.quantities]
    _share_in_lists(scene, scores)
    pairs = zip(scene.quantities, scores, strict=True)
    return [quantity for quantity, score in pairs if score >= _THRESHOLD]


def _score(scene: Scene, quantity: Quantity, *, late: bool) -> float:
    """Weigh what speaks for a result: the sentence, the unit, the words around the number."""
    before, after = scene.before(quantity.start, 60), scene.after(quantity.end, 60)
    if _is_out(scene, quantity, before):
        return _OUT
    touching = _touches_metric(scene, quantity)
    score = _of_scene(scene, late=late) + _of_unit(quantity, touching=touching)
    if quantity.unit in ("%", "x") and _OF_DATA.match(after):
        score -= 3.0
    if quantity.baseline is not None:
        score += 1.2
    elif quantity.unit is None and not touching:
        score -= 2.2 if _is_count(after) or _WITH.search(before) else 0.7
    elif quantity.unit not in _MEASURED and not touching:
        score -= 1.2 if _OF_INPUT.search(before) or _INPUT.match(after) else 0.0
    if _PRECISE.search(_printed(scene, quantity)):
        score += 0.6
    return score


def _printed(scene: Scene, quantity: Quantity) -> str:
    return scene.abstract[quantity.start : quantity.end]


def _is_out(scene: Scene, quantity: Quantity, before: str) -> bool:
    """Tell whether a number counts things, belongs to somebody else or says "three-fold"."""
    printed = _printed(scene, quantity)
    if quantity.unit is None and printed.isalpha():
        return True
    if _OTHERS.search(before):
        return True
    if quantity.unit in _COUNTED and not _FEWER.search(scene.text):
        return True
    return printed.lower().endswith("fold") and "contribution" in scene.text.lower()


def _of_scene(scene: Scene, *, late: bool) -> float:
    score = 0.6 if scene.is_result else -0.4
    score += 0.3 if scene.is_own else 0.0
    score += 0.4 if late else -0.4
    if not scene.is_own and _BACKGROUND.search(scene.text[:60]):
        score -= 0.4
    return score


def _of_unit(quantity: Quantity, *, touching: bool) -> float:
    if quantity.unit in _MEASURED:
        return 1.3
    if touching:
        return 1.2
    return 0.4 if quantity.unit is not None else -0.3


def _touches_metric(scene: Scene, quantity: Quantity) -> bool:
    """Tell whether a metric stands directly before or behind the number, or is its unit."""
    for mention in scene.metrics:
        if mention.bare:
            continue
        if quantity.start <= mention.start <= quantity.end + _TOUCHING:
            return True
        gap = quantity.start - mention.end
        if 0 <= gap <= _NEAR and _leads_to(scene.between(mention, quantity)):
            return not mention.weak or gap < _VERY_NEAR
    return False


def _leads_to(between: str) -> bool:
    if not between.strip(" ("):
        return True
    return bool(_SCORE_BEFORE.search(between)) and not any(sign.isdigit() for sign in between)


def _is_count(after: str) -> bool:
    match = _NOUN.match(after)
    return match is not None and match["noun"] not in _NOT_COUNTED


def _share_in_lists(scene: Scene, scores: list[float]) -> None:
    """Let the members of a list of like numbers stand or fall together."""
    pairs = list(enumerate(pairwise(scene.quantities)))
    for i, (first, second) in (*pairs, *reversed(pairs)):
        gap = scene.between(first, second)
        if _are_listed(scene, first, second, gap):
            both = (scores[i], scores[i + 1])
            scores[i] = scores[i + 1] = _OUT if _OUT in both else max(both)


def _are_listed(scene: Scene, first: Quantity, second: Quantity, gap: str) -> bool:
    """Tell whether two numbers stand in one list; decimals may have their datasets between."""
    if len(gap) < _LISTED and first.unit in (second.unit, None) and _LIST.fullmatch(gap):
        return True
    if second.unit is not None or len(gap) > _LONGEST_ITEM:
        return False
    precise = _PRECISE.search(_printed(scene, first)) and _PRECISE.search(_printed(scene, second))
    return first.unit not in _MEASURED and bool(precise and _ITEMS.fullmatch(gap))
