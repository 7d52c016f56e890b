"""A metric's name -> which way is better, and its unit; None where the name does not tell."""

import re
from functools import lru_cache

from extractor.normalizing.keys import finished_words, without_definition
from extractor.normalizing.lexicon import NUMBER
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
    "rate". What stands behind a metric is passed over: "on ImageNet", "at 1% FPR", "(10-fold)". The unit is
    the one printed with the name, else the customary one.
    """
    direction, unit = _direction(metric, table)
    return direction, _printed_unit(metric) or unit


_REMAINDER = re.compile(r"\s*(?:1\s+[-\u2212\u2013]\s+|one\s+minus\s+)", re.IGNORECASE)


@lru_cache(maxsize=KEPT)
def _direction(metric: str, table: NameTable) -> Told:
    rest = _REMAINDER.match(metric)
    if rest:
        return _turned("reduction", _direction(metric[rest.end() :], table)) or (None, None)
    bare = without_definition(metric)
    name = table.lexicons["metric"].named(bare) or bare
    told = _listed(_words(name, table), table)
    for reading in _readings(bare):
        told = told or _read(reading, table)
    return told or (None, None)


_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_ONE_WORD = re.compile(r"\s*[(\[](?!\s*[^\W\d_]\w*\.?\s*[)\]])[^()\[\]]*[)\]]")
_BEHIND = re.compile(
    r"""\s+(?:after|across|at|before|by|for|from|in|on|over|per|under|using|vs\.?|w/o?|with|within|without)\s
    | \s*(?:@(?!\s*[\d.])|[,|]|:(?=\s))
    | \s[-\u2013]\s
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _readings(metric: str) -> list[str]:
    """Return the name without what stands behind it, at first but a word in brackets: Jaccard (decay)."""
    left = [_BEHIND.split(brackets.sub("", metric), maxsplit=1)[0] for brackets in (_ONE_WORD, _BRACKETS)]
    return [reading for reading in dict.fromkeys(left) if reading.strip()]


_COUNTED = re.compile(
    r"(?:^|\s)(?:amounts?|counts?|fraction|frequency|no\.?|numbers?|percent(?:age)?|probability|proportion|rate|share)$",
    re.IGNORECASE,
)


def _read(metric: str, table: NameTable) -> Told | None:
    """Return what is told of a metric, or of both sides of an "of": reduction of error, rate of success."""
    words = _words(metric, table)
    told = _listed(words, table)
    head, _, whole = metric.partition(" of ")
    if told is not None or not (head.strip() and whole):
        return told or _by_ending(words, table) or _by_beginning(words, table)
    last = head.split()[-1].lower().removesuffix("s")
    if last in _TURNS:
        return _turned(last, _read(whole, table))
    return _read(whole if _COUNTED.search(head) else head, table)


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
        *("coefficient", "index", "level", "measure", "percentage", "rate", "score", "value"),
        *("b", "day", "epoch", "g", "gb", "hour", "k", "m", "mb", "millisecond", "min", "minute", "second"),
        *("easy", "hard", "high", "low", "moderate", "strong", "weak"),
    )
)
"""Words behind what is measured: what is said of it as a whole, units, and how hard it was."""


def _by_ending(words: Words, table: NameTable) -> Told | None:
    last = words[-1].text if words else ""
    is_tail = last in _TAILS or last[:1].isdigit() or last == "%"
    told = _ending(words, table, shortest=2 if is_tail and len(words) > 1 else 1)
    if told is None and len(words) > 1:
        if last in _TURNS:
            return _turned(last, _by_ending(words[:-1], table))
        if is_tail:
            told = _by_ending(words[:-1], table) or _ending(words, table, shortest=1)
    return told


def _ending(words: Words, table: NameTable, *, shortest: int) -> Told | None:
    """Return what the longest listed ending tells; the averaging in front may belong to it: median rank."""
    front = tuple(word for word in words if word.text in FIRST)
    for start in range(len(words) - shortest + 1):
        ending = words[start:]
        told = _listed((*front, *ending), table) or _listed(ending, table)
        if told is not None:
            return told
    return None


_SPREADS = frozenset(["deviation", "range", "std", "stdev", "tolerance", "tradeoff", "variance"])


def _by_beginning(words: Words, table: NameTable) -> Told | None:
    """Return what an acronym tells that has a word behind it that says where: MRR 1p, NME inter-ocular."""
    for end in range(len(words) - 1, 0, -1):
        row = table.direction_rows.get(key(words[:end]))
        if row is not None and sum(char.isupper() for char in row.metric) > 1:
            spread = not _SPREADS.isdisjoint(word.text for word in words[end:])
            return None if spread else (row.direction, row.unit)
    return None


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _listed(words: Words, table: NameTable) -> Told | None:
    folded = key(words)
    rows = table.direction_rows
    row = rows.get(folded) or rows.get(_NUMBER.sub(NUMBER, folded))
    return None if row is None else (row.direction, row.unit)


def _words(metric: str, table: NameTable) -> Words:
    return finished_words("metric", metric, table.lexicons["metric"].phrases)


_UNIT = re.compile(
    r"[(\[]\s*(?:in\s+)?(%|ms|mm|cm|m|s|sec|seconds|min|minutes|h|hours|GB|MB|dB|fps|px|pixels|Hz|K|M|B|G)\s*[)\]]",
    re.IGNORECASE,
)


def _printed_unit(metric: str) -> str | None:
    found = _UNIT.search(metric)
    if found:
        return found[1]
    return "%" if "%" in metric else None
