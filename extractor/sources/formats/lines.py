"""Blocks -> lines, and what stands at the beginning of both."""

import itertools
from collections.abc import Callable, Iterable, Iterator

from extractor.sources.shapes import LONGEST, short

_ENOUGH = 1 << 16
_BEGINNING = 400


def begun(
    blocks: Iterable[bytes], is_enough: Callable[[bytes], bool] = lambda _: False
) -> tuple[bytes, Iterator[bytes]]:
    """Return the beginning, 64 KiB of it or so much as is enough, and all blocks, that the first."""
    blocks = iter(blocks)
    read = bytearray()
    for block in blocks:
        read += block
        if len(read) >= _ENOUGH or is_enough(bytes(read)):
            break
    return bytes(read), itertools.chain([bytes(read)], blocks)


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines; of one that is longer than LONGEST only so much as shows that it is."""
    read = bytearray()
    for block in blocks:
        *ended, rest = block.split(b"\n")
        for piece in ended:
            if read:
                read += piece[: LONGEST + 1 - len(read)]
                yield bytes(read)
                read.clear()
            else:
                yield piece[: LONGEST + 1]
        read += rest[: LONGEST + 1 - len(read)]
    yield bytes(read)


def shown(data: bytes) -> str:
    """Return the beginning of what is passed over, to be shown."""
    return short(" ".join(data[:_BEGINNING].decode(errors="replace").split()))
