"""Keys of 64 bits, millions of them -> whether each was there before, and with what."""

from array import array
from collections.abc import Sequence

_SMALLEST, _FULL = 1 << 12, 0.8


class Seen:
    """
    Which keys were taken in, each with a number below 2**32.

    An open hash table in two arrays: 12 bytes a slot, where Python's own takes a hundred a key.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make(_SMALLEST)

    def _make(self, size: int) -> None:
        self._mask = size - 1
        self._most = int(_FULL * size)
        self._keys = array("Q", bytes(8 * size))
        self._numbers = array("I", bytes(4 * size))

    def number(self, keys: Sequence[int], new: int) -> int:
        """Take keys in, and return the number of the first of them that is there already, else `new`."""
        if self._count + len(keys) > self._most:
            self._grow()
        slots, there = [self._slot(key) for key in keys], self._keys
        number = next((self._numbers[at] for at in slots if there[at]), new)
        for key, at in zip(keys, slots, strict=True):
            if there[at] != (key or 1):
                self._put(key, number)
        return number

    def _put(self, key: int, number: int) -> None:
        at = self._slot(key)
        if not self._keys[at]:
            self._keys[at], self._numbers[at] = key or 1, number
            self._count += 1

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
