"""Names that were printed -> pairs of them that might be one, for the user to judge."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from extractor.normalizing.acronyms import is_acronym, singular
from extractor.normalizing.directions import direction_of
from extractor.normalizing.naming import canonical
from extractor.normalizing.tables import NameTable
from extractor.normalizing.wording import words_of
from extractor.records import NAME_KINDS, NameKind

COMPARED = 5000
"""The most frequent names of a kind that are compared with each other."""
ALIKE = 0.85
LONG = 6
"""Letters from which a word can be a misprint of another."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """
    A line that a list might have: `printed` might be one with `canonical`, which is printed more often.

    `similarity` of letters is 0 to 1, `count` is how often both are printed.
    """

    kind: NameKind
    printed: str
    canonical: str
    reason: str
    similarity: float
    count: int


@dataclass(frozen=True, slots=True)
class _Name:
    """One name in its most frequent spelling; `key` is its canonical name without case and blanks."""

    printed: str
    key: str
    count: int


def suggestions(names: Iterable[tuple[NameKind, str, int]], *, table: NameTable) -> list[Suggestion]:
    """
    Return pairs of names that might be one, the most frequent first; nothing is united by this.

    `names` are kind, printed name and how often it is printed. Names that differ in a number, a sign, their
    first or last letter, or in which way is better are never suggested.
    """
    groups = _groups(names, table)
    found = [one for kind in NAME_KINDS for one in _of_kind(kind, groups[kind], table)]
    return sorted(found, key=lambda one: (-one.count, one.kind, one.canonical, one.printed))


def _groups(names: Iterable[tuple[NameKind, str, int]], table: NameTable) -> dict[NameKind, list[_Name]]:
    printed: dict[tuple[NameKind, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, name, count in names:
        printed[kind, canonical(kind, name, table=table)][name] += count
    groups: dict[NameKind, list[_Name]] = {kind: [] for kind in NAME_KINDS}
    for (kind, name), spellings in printed.items():
        shown = max(spellings, key=lambda spelling: (spellings[spelling], spelling))
        key = table.lexicons[kind].key(name) or name
        groups[kind].append(_Name(shown, key, sum(spellings.values())))
    for group in groups.values():
        group.sort(key=lambda name: (-name.count, name.printed))
        del group[COMPARED:]
    return groups


def _of_kind(kind: NameKind, names: list[_Name], table: NameTable) -> Iterator[Suggestion]:
    listed = table.lexicons[kind].names
    for left, right in _acronyms([name for name in names if name.key not in listed]):
        yield _suggested(kind, left, right, "an acronym, and words that begin with its letters")
    if kind != "dataset":
        for left, right in _reordered(names):
            yield _suggested(kind, left, right, "the same words in another order")
    for left, right in _misprints(names):
        if not _are_opposed(kind, left, right, table):
            yield _suggested(kind, left, right, "spelled almost alike")


def _suggested(kind: NameKind, kept: _Name, other: _Name, reason: str) -> Suggestion:
    similarity = round(OSA.normalized_similarity(kept.key, other.key), 2)
    return Suggestion(kind, other.printed, kept.printed, reason, similarity, kept.count + other.count)


def _acronyms(names: list[_Name]) -> Iterator[tuple[_Name, _Name]]:
    """Yield a name in ordinary words with the acronym of their first letters."""
    shorts = {singular(name.printed): name for name in names if is_acronym(singular(name.printed))}
    for name in names:
        words = name.printed.replace("-", " ").split()
        short = shorts.get("".join(word[0] for word in words).upper())
        if short is not None and len(words) > 2 and all(map(_is_ordinary, words)):  # noqa: PLR2004 - two letters tell little
            yield name, short


_ORDERED = frozenset(["from", "into", "than", "versus"])
"""About these words the order counts."""


def _reordered(names: list[_Name]) -> Iterator[tuple[_Name, _Name]]:
    """Yield names of the same words, where none of them is a number or code, or asks for an order."""
    blocks: dict[tuple[str, ...], list[_Name]] = defaultdict(list)
    for name in names:
        words = sorted(word.text for word in words_of(name.printed))
        is_in_words = all(word.isalpha() and len(word) > 3 for word in words)  # noqa: PLR2004 - codes have an order
        if len(words) > 1 and is_in_words and _ORDERED.isdisjoint(words):
            blocks[tuple(words)].append(name)
    for block in blocks.values():
        yield from combinations(block, 2)


_TELLING = re.compile(r"\d+(?:\.\d+)?|[+*#<>%@A-Z]")


def _misprints(names: list[_Name]) -> Iterator[tuple[_Name, _Name]]:
    """Yield names whose keys have the same numbers and signs, and nearly the same letters."""
    blocks: dict[tuple[str, ...], list[_Name]] = defaultdict(list)
    for name in names:
        blocks[tuple(_TELLING.findall(name.key))].append(name)
    for block in blocks.values():
        keys = [name.key for name in block]
        for place, name in enumerate(block, start=1):
            alike = extract(
                name.key, keys[place:], scorer=OSA.normalized_similarity, score_cutoff=ALIKE, limit=None
            )
            for _, _, offset in alike:
                if _is_misprint(name.printed, block[place + offset].printed):
                    yield name, block[place + offset]


_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


def _is_misprint(left: str, right: str) -> bool:
    """Tell whether only long ordinary words differ, each by one slip within."""
    lefts, rights = _WORD.findall(left), _WORD.findall(right)
    return len(lefts) == len(rights) and all(
        one.lower() == other.lower() or _is_slip(one, other) for one, other in zip(lefts, rights, strict=True)
    )


def _is_slip(one: str, other: str) -> bool:
    return (
        min(len(one), len(other)) >= LONG
        and _is_ordinary(one)
        and _is_ordinary(other)
        and (one[0].lower(), one[-1]) == (other[0].lower(), other[-1])
        and OSA.distance(one.lower(), other.lower()) == 1
        and not _are_opposites(one.lower(), other.lower())
    )


_OPPOSITES = (("macro", "micro"), ("inter", "intra"))


def _are_opposites(one: str, other: str) -> bool:
    return any(one.replace(left, right) == other.replace(left, right) for left, right in _OPPOSITES)


def _is_ordinary(word: str) -> bool:
    return word.isalpha() and word[1:].islower()


def _are_opposed(kind: NameKind, left: _Name, right: _Name, table: NameTable) -> bool:
    """Tell whether more is better of one metric, and less of the other."""
    if kind != "metric":
        return False
    return {direction_of(name.printed, table=table)[0] for name in (left, right)} == {"up", "down"}
