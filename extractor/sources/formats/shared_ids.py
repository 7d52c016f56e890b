"""
Records of one file -> the same, without the ids that it gave to another title before.

Programs that keep references make ids up: Mendeley writes one arXiv id into hundreds of entries, Scopus one
key for all that an author wrote in a year. Taken at their word, such papers were one, and all but the first
lost.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from typing import TypeVar, cast
from zlib import crc32

from extractor.papers import title_alias
from extractor.sources.identifiers import KINDS
from extractor.sources.seen import Seen, key_of
from extractor.sources.shapes import Found, Skipped

Read = TypeVar("Read", bound=Callable[..., Iterator[Found | Skipped]])

OF_LIBRARIES = ("arxiv", "doi", "pmid")
"""Kinds of ids that programs which keep references make up."""

_WORD = re.compile(r"[^\W_]{4,}")
_RELATED = 0.5


def sure_ids(*doubted: str) -> Callable[[Read], Read]:
    """
    Return what makes a reader read the same without shared ids: the file's own, and those of some kinds.

    Of each id some twenty bytes are kept while the file is read.
    """

    def of(read: Read) -> Read:
        @wraps(read)
        def reading(*given: object, **named: object) -> Iterator[Found | Skipped]:
            titles = _Titles(frozenset(doubted))
            for one in read(*given, **named):
                yield titles.sure(one) if isinstance(one, Found) and one.title and one.ids else one

        return cast("Read", reading)

    return of


class _Titles:
    """
    Which ids stand for which title.

    A title is kept as a number of 64 bits. For a key in a library it tells titles that are the same; for any
    other id it has a bit for each longer word, and two are one paper's that have half of them in common.
    """

    def __init__(self, doubted: frozenset[str]) -> None:
        self._doubted = doubted
        self._seen = Seen()
        self._titles = array("Q")

    def sure(self, one: Found) -> Found:
        """Return a record with the ids that are its own."""
        kept = tuple(name for name in one.ids if self._is_own(name, one.title or ""))
        return one if len(kept) == len(one.ids) else replace(one, ids=kept)

    def _is_own(self, name: str, title: str) -> bool:
        kind = name.partition(":")[0]
        if kind in KINDS and kind not in self._doubted:
            return True
        if self._doubted and kind not in self._doubted:
            before, same = self._before(name, key_of(title_alias(title)))
            return before == same
        return _are_related(*self._before(name, _bits(title)))

    def _before(self, name: str, title: int) -> tuple[int, int]:
        """Return the title that a name stood for before, now if never, and the one now."""
        new = len(self._titles)
        at = self._seen.number([key_of(name)], new)
        if at == new:
            self._titles.append(title)
        return self._titles[at], title


def _bits(title: str) -> int:
    bits = 0
    for word in _WORD.findall(title.casefold()):
        bits |= 1 << crc32(word.encode()) % 64
    return bits


def _are_related(one: int, other: int) -> bool:
    """Tell whether two titles have half the words of the shorter one in common; one without words has all."""
    return (one & other).bit_count() >= _RELATED * min(one.bit_count(), other.bit_count())
