"""Keys of 64 bits, millions of them -> whether each was there before, and with what."""

from array import array

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
        if self._count > _FULL * self._mask:
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
        keys, numbers = self._keys, self._numbers
        self._make(2 * len(keys))
        for key, number in zip(keys, numbers, strict=True):
            if key:
                at = self._slot(key)
                self._keys[at], self._numbers[at] = key, number
