"""Canonical and printed names of one kind -> the name that a printed one belongs to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractor.normalizing.keys import key_of, read_words
from extractor.normalizing.phrases import Phrases
from extractor.normalizing.wording import Words, squash
from extractor.records import NameKind

Pair = tuple[str, str]
"""A canonical name and a printed one."""

NUMBER = "{n}"
"""Stands for any number in a listed name: Recall@{n}."""
_STAND_IN = "74093"
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is listed of one kind of names: phrases within a name, whole names by key, and back."""

    kind: NameKind
    phrases: Phrases
    names: Mapping[str, str]
    patterns: Mapping[str, str]
    printed: Mapping[str, Sequence[str]]

    def named(self, printed: str) -> str | None:
        """Return the canonical name of a listed name, None where it is not listed."""
        return self.of_key(self.key(printed))

    def key(self, printed: str) -> str:
        """Return the key of a printed name."""
        return key_of(self.kind, printed, self.phrases)

    def of_key(self, key: str) -> str | None:
        """Return the canonical name of a key, None where it is not listed."""
        name = self.names.get(key)
        if name is not None or not self.patterns:
            return name
        pattern, number = self._pattern(key)
        if pattern is None:
            return None
        name = pattern.replace(NUMBER, number)
        return name if self._pattern(self.key(name)) == (pattern, number) else None

    def _pattern(self, key: str) -> tuple[str | None, str]:
        numbers = _NUMBERS.findall(key)
        if len(numbers) != 1:
            return None, ""
        return self.patterns.get(key.replace(numbers[0], NUMBER)), numbers[0]


def lexicon_of(kind: NameKind, shipped: Iterable[Pair], own: Iterable[Pair] = ()) -> Lexicon:
    """Return the lexicon of shipped names, the user's own laid over them."""
    pairs = tuple(shipped)
    names = [pair for pair in pairs if NUMBER not in pair[1]]
    given = _laid_over(kind, names, tuple(own))
    phrases = _phrases(kind, [printed for pair in names for printed in pair], given)
    by_key = {key_of(kind, printed, phrases): name for printed, name in given.items()}
    patterns = {
        pattern_of(kind, printed, phrases): canonical
        for canonical, given_name in pairs
        if NUMBER in given_name
        for printed in (canonical, given_name)
    }
    spellings: dict[str, list[str]] = {}
    for printed, name in given.items():
        spellings.setdefault(name, []).append(printed)
    return Lexicon(kind, phrases, by_key, patterns, spellings)


def _laid_over(kind: NameKind, shipped: Iterable[Pair], own: tuple[Pair, ...]) -> dict[str, str]:
    """Return printed -> canonical name of all that is listed; what the user says comes last and counts."""
    groups: dict[str, str] = {}
    for canonical, printed in shipped:
        groups.setdefault(canonical, canonical)
        groups.setdefault(printed, canonical)
    shown = {canonical: canonical for canonical in groups.values()}
    if not own:
        return groups
    homes = {_plain(kind, printed): canonical for printed, canonical in groups.items()}
    said = {_plain(kind, canonical): canonical for canonical, _ in own}
    said.update({_plain(kind, printed): canonical for canonical, printed in own})
    for canonical, printed in own:
        shown.update(_renamed(kind, homes, canonical, printed))
    given = {printed: said.get(_plain(kind, printed), shown[group]) for printed, group in groups.items()}
    return given | {printed: said[_plain(kind, printed)] for pair in own for printed in pair}


def _renamed(kind: NameKind, homes: Mapping[str, str], canonical: str, printed: str) -> dict[str, str]:
    """
    Return the shipped groups that have the user's name from now on.

    A group goes where its canonical name goes, and takes the name that the user says for one of it. A name
    that is given to itself only leaves its group.
    """
    wanted, known = _plain(kind, canonical), _plain(kind, printed)
    group = homes.get(known)
    renamed = {group: canonical} if group and _plain(kind, group) == known else {}
    if wanted != known and wanted in homes:
        renamed[homes[wanted]] = canonical
    return renamed


def _plain(kind: NameKind, printed: str) -> str:
    return key_of(kind, printed, {})


_ORDINARY = frozenset(
    (
        *("all", "am", "as", "at", "be", "by", "do", "for", "go", "id", "ids", "if", "in", "is", "it", "me"),
        *("no", "of", "on", "or", "per", "so", "to", "up", "us", "use", "we"),
    )
)
"""Acronyms that within a longer name are words: IS is the inception score, "is" is not."""


def _phrases(kind: NameKind, listed: Iterable[str], given: Mapping[str, str]) -> Phrases:
    """Return the phrases that are known within longer names: those that ship, with what stands for them."""
    words = {name: read_words(kind, name) for name in given}
    phrases: dict[str, Words] = {}
    for printed in listed:
        piece, whole = squash(words[printed]), words[given[printed]]
        if len(piece) > 1 and piece not in _ORDINARY and not _is_cut_short(piece, squash(whole)):
            phrases[piece] = whole
    if kind == "metric":
        return {f"{piece}score": whole for piece, whole in phrases.items()} | phrases
    return phrases


def _is_cut_short(piece: str, whole: str) -> bool:
    """Tell whether a name lacks the number at its end: Atari for Atari 2600, which Atari 100k is not."""
    return whole.startswith(piece) and _NUMBERED.match(whole, len(piece)) is not None


_NUMBERED = re.compile(r"v?\d")


def pattern_of(kind: NameKind, printed: str, phrases: Phrases) -> str:
    """Return the key of a listed name, {n} kept where it has one."""
    return key_of(kind, printed.replace(NUMBER, _STAND_IN), phrases).replace(_STAND_IN, NUMBER)
