"""A metric's name -> which way is better, and its unit; None where the name does not tell."""

import re
from functools import lru_cache

from extractor.normalizing.events import (
    MISHAPS,
    direction_of_denied,
    direction_of_wait,
    is_attackers,
    is_counted,
    is_denied,
    is_property,
    is_share,
    waiting,
    with_of,
    withstands,
)
from extractor.normalizing.keys import finished_words, without_definition
from extractor.normalizing.metrics import FIRST
from extractor.normalizing.rows import Direction
from extractor.normalizing.tables import NameTable
from extractor.normalizing.wording import Words, key

Told = tuple[Direction | None, str | None]
KEPT = 1 << 14
"""Metrics whose direction is remembered."""


def direction_of(metric: str, *, table: NameTable) -> Told:
    """
    Return ("up", "%") for accuracy, ("down", None) for a loss, (None, None) for what is not known.

    The list decides: the longest of its names that the metric ends with, "false positive rate" before
    "rate". What stands behind a metric is passed over: "on ImageNet", "at 1% FPR", "(10-fold)". What the
    list's words do not settle is unknown: an attack's success, time to an event, what is denied. The unit is
    the one printed with the name, else the customary one; what is counted has no %.
    """
    direction, unit = _direction(metric, table)
    return direction, _printed_unit(metric) or (None if unit == "%" and is_counted(metric) else unit)


_REMAINDER = re.compile(r"\s*(?:1(?:00\s*%?)?\s+[-\u2212\u2013]\s+|one\s+minus\s+)", re.IGNORECASE)


@lru_cache(maxsize=KEPT)
def _direction(metric: str, table: NameTable) -> Told:
    rest = _REMAINDER.match(metric)
    if rest:
        return _turned("reduction", _direction(metric[rest.end() :], table)) or (None, None)
    bare = without_definition(metric)
    name = table.lexicons["metric"].named(bare) or bare
    told = _listed(_words(name, table), table) or _waited(bare, table)
    for reading in _readings(bare):
        told = told or _read(reading, table)
    return told or (None, None)


_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_ONE_WORD = re.compile(r"\s*[(\[](?!\s*[^\W\d_]\w*\.?\s*[)\]])[^()\[\]]*[)\]]")
_BEHIND = re.compile(
    r"""\s+(?:(?:compared|due|relative|with\srespect)\sto|after|across|against|among|at|before|between|by|despite
        |during|for|from|given|in|on|over|per|since|through|under|until|using|versus|via|vs\.?|w/o?|when|where
        |while|with|within|without)\s
    | \s*(?:@(?!\s*[\d.])|[,|]|:(?=\s))
    | \s[-\u2013]\s
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _readings(metric: str) -> list[str]:
    """Return the name without what stands behind it, at first but a word in brackets: Jaccard (decay)."""
    whole = with_of(metric)
    left = [_BEHIND.split(brackets.sub("", whole), maxsplit=1)[0] for brackets in (_ONE_WORD, _BRACKETS)]
    return [reading for reading in dict.fromkeys(left) if reading.strip()]


def _waited(metric: str, table: NameTable) -> Told | None:
    """Return what is told of the way to an event; time that is not settled so is no cost: time to event."""
    found = waiting(_BRACKETS.sub("", metric))
    if found is None:
        return None
    event = _words(_BEHIND.split(found["event"], maxsplit=1)[0], table)
    direction = direction_of_wait(found["link"].lower(), event)
    goes_on = direction is None and (found["measure"].lower() == "distance" or found["link"].lower() == "per")
    return None if goes_on else (direction, None)


_COUNTED = re.compile(
    r"""(?:^|\s)(?:amounts?|counts?|no\.?|numbers?)$
    | ^(?:(?:average|avg\.?|expected|max\w*|mean|median|min\w*|overall|relative|the|total)\s+)*
        (?:chance|fraction|frequency|likelihood|percent(?:age)?|probability|proportion|rate|share)$
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _read(metric: str, table: NameTable) -> Told | None:
    """Return what is told of a metric, or of both sides of an "of": reduction of error, rate of success."""
    words = _words(metric, table)
    told = _listed(words, table) or _to(metric, table) or ((None, None) if is_attackers(words) else None)
    head, _, whole = metric.partition(" of ")
    if told is not None or not (head.strip() and whole):
        return told or _share(metric, words, _by_ending(words, table)) or _by_beginning(words, table)
    last = head.split()[-1].lower().removesuffix("s")
    if last in _TURNS:
        return _turned(last, _read(whole, table))
    return _read(whole if _COUNTED.search(head) else head, table)


def _to(metric: str, table: NameTable) -> Told | None:
    """Return what is told by the words before "to": robustness to error; None for speech to text WER."""
    head, _, goal = metric.partition(" to ")
    if not (head.strip() and goal.strip()):
        return None
    told = withstands(head) or _read(head, table)
    return told or ((None, None) if is_property(head) or len(goal.split()) == 1 else None)


def _share(metric: str, words: Words, told: Told | None) -> Told | None:
    """Return what is told with %, where a share of mishaps is named."""
    return (told[0], "%") if told and told[0] and is_share(metric, words) else told


_TURNS: dict[str, Direction | None] = {
    "decline": None,
    "decrease": None,
    "drop": None,
    "reduction": None,
    "gain": "up",
    "improvement": "up",
    "saving": "up",
    "overhead": "down",
}
"""Words for a change, and which way is better; None where that is against what changes."""
_OTHER: dict[Direction | None, Direction | None] = {"up": "down", "down": "up", None: None}


def _turned(change: str, told: Told | None) -> Told | None:
    """Return what is told of a change: a drop of accuracy is bad, one of errors is good."""
    always = _TURNS[change]
    if always is not None:
        return (always, None)
    return None if told is None else (_OTHER[told[0]], told[1])


_TAILS = frozenset(
    (
        *("bound", "coefficient", "count", "frequency", "index", "level", "measure", "percentage"),
        *("probability", "rate", "score", "value"),
        *("b", "day", "epoch", "g", "gb", "hour", "k", "m", "mb", "millisecond", "min", "minute", "second"),
        *("easy", "hard", "high", "low", "moderate", "strong", "weak"),
    )
)
"""Words behind what is measured: what is said of it as a whole, units, and how hard it was."""


def _by_ending(words: Words, table: NameTable) -> Told | None:
    place = next((place for place, word in enumerate(words) if word.text == "free"), 0)
    if place and words[place - 1].text in MISHAPS:
        return _free_of_it(words[place + 1 :], table)
    last = words[-1].text if words else ""
    is_tail = last in _TAILS or last[:1].isdigit() or last == "%"
    told = _ending(words, table, shortest=2 if is_tail and len(words) > 1 else 1)
    if told is None and len(words) > 1:
        if last in _TURNS:
            return _turned(last, _by_ending(words[:-1], table))
        if is_tail:
            told = _by_ending(words[:-1], table) or _ending(words, table, shortest=1)
    return told


def _free_of_it(rest: Words, table: NameTable) -> Told:
    """Return what is told of what is free of mishaps: their share is good, the time without them unknown."""
    if all(word.text in _TAILS for word in rest):
        return ("up", "%")
    told = _by_ending(rest, table)
    return told if told and told[0] == "up" else (None, None)


def _ending(words: Words, table: NameTable, *, shortest: int) -> Told | None:
    """Return what the longest listed ending tells; the averaging in front may belong to it: median rank."""
    front = tuple(word for word in words if word.text in FIRST)
    for start in range(len(words) - shortest + 1):
        ending = words[start:]
        told = _listed((*front, *ending), table) or _listed(ending, table)
        if told is not None:
            before = words[:start]
            if is_denied(before):
                return (direction_of_denied(before, ending, told[0]), told[1])
            return (told[0], None) if before and _is_mishap(ending) else told
    return None


def _is_mishap(ending: Words) -> bool:
    """Tell whether a listed ending is no more than a mishap: of L2 errors nobody knows the unit."""
    texts = [word.text for word in ending]
    return texts[-1] in MISHAPS and (len(texts) == 1 or texts[0] in {"false", "true"})


_SPREADS = frozenset(["deviation", "range", "std", "stdev", "tolerance", "tradeoff", "variance"])


def _by_beginning(words: Words, table: NameTable) -> Told | None:
    """Return what an acronym tells that has a word behind it that says where: MRR 1p, NME inter-ocular."""
    for end in range(len(words) - 1, 0, -1):
        row = table.direction_rows.get(key(words[:end]))
        if row is not None and sum(char.isupper() for char in row.metric) > 1:
            spread = not _SPREADS.isdisjoint(word.text for word in words[end:])
            return None if spread else (row.direction, row.unit)
    return None


def _listed(words: Words, table: NameTable) -> Told | None:
    row = table.direction_row(key(words))
    return None if row is None else (row.direction, row.unit)


def _words(metric: str, table: NameTable) -> Words:
    return finished_words("metric", metric, table.lexicons["metric"].phrases)


_UNIT = re.compile(
    r"[(\[]\s*(?:in\s+)?(%|ms|mm|cm|m|s|sec|seconds|min|minutes|h|hours|GB|MB|dB|fps|px|pixels|Hz|K|M|B|G)\s*[)\]]",
    re.IGNORECASE,
)

_PERCENT = re.compile(r"(?<!\d)(?<!\d\s)%")


def _printed_unit(metric: str) -> str | None:
    found = _UNIT.search(metric)
    if found:
        return found[1]
    return "%" if _PERCENT.search(metric) else None
