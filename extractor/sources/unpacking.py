"""Blocks of a packed file (gzip, zstd) -> blocks of what it holds."""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from extractor.errors import SourceError
from extractor.sources.shapes import LONGEST

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["BLOCK", "Unpacked", "zstd"]

BLOCK = 1 << 18

_WINDOW_LOG = 27  # 128 MiB of memory: what zstd itself takes where nobody allows more.
_GZIP = 31  # zlib's way to say: with gzip's header.
_MOST_TIMES, _MOST_BARREN = 200, 4 * LONGEST


class _Unpacker(Protocol):
    """What both kinds have: it takes some bytes, and gives so many at most."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def is_hungry(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's unpacker of gzip, which keeps for itself what it has not come to."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def is_hungry(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _Zstd:
    """The unpacker of zstd, with a bound to its memory."""

    def __init__(self) -> None:
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
        self._inner = zstd.ZstdDecompressor(options=options)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def is_hungry(self) -> bool:
        return self._inner.needs_input

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(data, max_length)


_KINDS: dict[bytes, Callable[[], _Unpacker]] = {b"\x1f\x8b": _Gzip, b"\x28\xb5\x2f\xfd": _Zstd}


class Unpacked:
    """
    What packed blocks hold, as blocks; others as they are.

    `barren` is how much came out since somebody set it to 0, who found a record.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._first = next(self._blocks, b"")
        self._make = next((make for magic, make in _KINDS.items() if self._first.startswith(magic)), None)
        self.is_packed = self._make is not None
        self.barren = self._taken = 0

    def __iter__(self) -> Iterator[bytes]:
        """
        Yield the blocks, none of much more than 256 KiB.

        Raises:
            SourceError: the rest cannot be unpacked, or it unpacks to very much in which there is nothing.
        """
        if self._make is None:
            yield self._first
            yield from self._blocks
            return
        try:
            yield from self._members(self._make)
        except (zlib.error, zstd.ZstdError) as error:
            message = f"cannot be unpacked further: {error}"
            raise SourceError(message) from error

    def _members(self, make: Callable[[], _Unpacker]) -> Iterator[bytes]:
        unpacker, data = make(), self._first
        while data:
            self._taken += len(data)
            yield from self._out(unpacker, data)
            data = unpacker.unused_data.lstrip(b"\0") or next(self._blocks, b"")
            if unpacker.eof and data:
                unpacker = make()
        if not unpacker.eof:
            message = "is cut off: it cannot be unpacked to its end"
            raise SourceError(message)

    def _out(self, unpacker: _Unpacker, data: bytes) -> Iterator[bytes]:
        while not unpacker.eof and (block := unpacker.decompress(data, BLOCK)) + data:
            if block:
                self.barren += len(block)
                self._check()
                yield block
            elif unpacker.is_hungry:
                return
            data = b""

    def _check(self) -> None:
        if self.barren > max(_MOST_BARREN, _MOST_TIMES * self._taken):
            message = f"unpacks to more than {_MOST_TIMES} times its size without a paper in it"
            raise SourceError(message)
