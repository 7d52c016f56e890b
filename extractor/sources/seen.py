"""Keys of 64 bits, millions of them -> whether each was there before, and with what."""

from array import array
from collections.abc import Hashable, Sequence

_TABLES, _TOP = 64, 58
_BITS = (1 << 64) - 1
_SMALLEST, _FULL = 1 << 10, 0.8


def key_of(thing: Hashable) -> int:
    """Return a thing as a key: the same in this process for what is equal, and for nothing else as a rule."""
    return hash(thing) & _BITS


class Seen:
    """
    Which keys were taken in, each with a number below 2**32.

    It takes 15 to 30 bytes a key, where Python's own would take a hundred.
    """

    def __init__(self) -> None:
        self._tables = [
            _Table() for _ in range(_TABLES)
        ]  # Many, for one that grows is there twice meanwhile.

    def number(self, keys: Sequence[int], new: int) -> int:
        """Take keys in, and return the number of the first of them that is there already, else `new`."""
        tables = [self._tables[key >> _TOP] for key in keys]
        known = (table.get(key) for table, key in zip(tables, keys, strict=True))
        number = next((number for number in known if number is not None), new)
        for table, key in zip(tables, keys, strict=True):
            table.add(key, number)
        return number


class _Table:
    """An open hash table in two arrays."""

    def __init__(self) -> None:
        self._count = 0
        self._make(_SMALLEST)

    def _make(self, size: int) -> None:
        self._mask = size - 1
        self._most = int(_FULL * size)
        self._keys = array("Q", bytes(8 * size))
        self._numbers = array("I", bytes(4 * size))

    def get(self, key: int) -> int | None:
        """Return the number of a key, None for one that is new."""
        at = self._slot(key)
        return self._numbers[at] if self._keys[at] else None

    def add(self, key: int, number: int) -> None:
        """Take a key in; one that is there keeps its number."""
        at = self._slot(key)
        if self._keys[at]:
            return
        self._keys[at], self._numbers[at] = key or 1, number
        self._count += 1
        if self._count > self._most:
            self._grow()

    def _slot(self, key: int) -> int:
        """Return where a key is, or would be."""
        keys, mask = self._keys, self._mask
        key = key or 1  # Zero is what an empty slot holds.
        at = key & mask
        while (there := keys[at]) and there != key:
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        before = self._keys, self._numbers
        self._make(2 * len(self._keys))
        keys, numbers, mask = self._keys, self._numbers, self._mask
        for key, number in zip(*before, strict=True):
            if key:  # As `_slot` has it, twice as fast; none of the keys is here yet.
                at = key & mask
                while keys[at]:
                    at = (at + 1) & mask
                keys[at], numbers[at] = key, number
