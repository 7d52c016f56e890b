"""A file to be read -> what stands in it, unpacked and in UTF-8."""

import itertools
import os
import select
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import NoReturn, cast

from extractor.errors import SourceError
from extractor.sources.encodings import in_utf_8
from extractor.sources.places import Place
from extractor.sources.shapes import LONGEST, Beginning
from extractor.sources.unpacking import BLOCK, Unpacked

LARGEST = 1 << 30
"""Bytes of a file that cannot be read from its beginning to its end, where it has to be unpacked."""
KINDS = "pages of text, JSON, feeds and catalogues in XML, RIS, NBIB, BibTeX, CSV, TSV and Parquet"

_ENOUGH = 1 << 16
_MOMENT = 0.2
_PARQUET = b"PAR1"
_BINARY = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or office document",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"SQLite": "an SQLite database",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old office document",
}
_INSIDE = {b"ustar": (257, "a tar archive"), b"DUCK": (8, "a DuckDB database")}


class Opened:
    """
    A file that is being read.

    `notes` are what should be told of it, `flaw` is why its rest cannot be read, once that is known.
    """

    def __init__(self, place: Place, check: Callable[[], None]) -> None:
        """
        Open it and read its beginning; `check` is called now and then, and raises what is to end the reading.

        Raises:
            SourceError: there is no such file, it is binary, or it cannot be read at all.
        """
        self.place = place
        self.notes: list[str] = []
        self.flaw: str | None = None
        self._taken = 0
        self._check = check
        self._file = _opened(place)
        try:
            with _told(place):
                self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self._unpacked = Unpacked(self._packed())
        plain = iter(self._unpacked)
        first = next(plain, b"")
        if kind := _binary(first):
            self._refuse(kind)
        text = in_utf_8(itertools.chain([first], plain), self.notes.append)
        head = b"" if first.startswith(_PARQUET) else _up_to_text(text)
        if b"\0" in head:
            self._refuse("a binary file")
        self.is_empty = not (first.startswith(_PARQUET) or head.strip())
        shown = (head or first)[:_ENOUGH].decode(errors="replace").lstrip().lower()
        self.beginning = Beginning(shown, self.place.name.lower())
        self.head = head
        self._plain, self._text = itertools.chain([first], plain), itertools.chain([head], text)

    def _packed(self) -> Iterator[bytes]:
        while block := self._next():
            self._taken += len(block)
            yield block

    def _next(self) -> bytes:
        """Return what comes next; of standard input what has come, for more may be long in coming."""
        self._check()
        if self.place.path is not None:
            return self._file.read(BLOCK)
        while not _has_come(self._file):
            self._check()
        return self._file.read1(BLOCK)

    def _refuse(self, kind: str) -> NoReturn:
        message = f"is {kind}; {KINDS} are read"
        raise SourceError(message)

    def blocks(self) -> Iterator[bytes]:
        """Yield what stands there, in UTF-8, and close the file at its end; `flaw` tells what is wrong."""
        try:
            with _told(self.place):
                yield from self._text
        except SourceError as error:
            self.flaw = str(error)
        finally:
            self.close()

    @contextmanager
    def as_file(self) -> Iterator[Path]:
        """
        Give the path of a file that holds the same, for who has to read here and there.

        Raises:
            SourceError: it has to be unpacked or kept for that, and is too large.
        """
        if self.place.path is not None and not self._unpacked.is_packed and self._file.seekable():
            self.close()
            yield self.place.path
            return
        with tempfile.NamedTemporaryFile(suffix=".parquet") as kept, _told(self.place):
            for block in self._plain:
                kept.write(block)
                if kept.tell() > LARGEST:
                    message = f"has over {LARGEST >> 20} MiB; unpack it first"
                    raise SourceError(message)
            kept.flush()
            self.close()
            yield Path(kept.name)

    def is_fruitful(self) -> None:
        """Take note that something was found in what was read last."""
        self._unpacked.barren = 0

    def count_lines(self) -> int | None:
        """Return how many lines the file has, at most; None where it is packed, or can be read but once."""
        if self._unpacked.is_packed or not self._file.seekable():
            return None
        with _told(self.place):
            return _count_lines(self._file, self._check)

    @property
    def progress(self) -> tuple[int, int | None]:
        """How many bytes of the file are read, and how many it has, None where that cannot be known."""
        is_file = self._file.seekable() and self.place.path is not None
        return self._taken, os.fstat(self._file.fileno()).st_size if is_file else None

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self.place.path is not None:
            self._file.close()


def _has_come(file: BufferedReader) -> bool:
    """Wait a moment, and tell whether there is something to be read; where no system tells, say so."""
    try:
        return bool(select.select([file], [], [], _MOMENT)[0])
    except (OSError, ValueError):
        return True


def _opened(place: Place) -> BufferedReader:
    if place.path is None and sys.stdin is None:  # As a shell has it after <&-, or a service.
        message = f"{place.name} is closed"
        raise SourceError(message)
    if place.path is None:
        return cast("BufferedReader", sys.stdin.buffer)
    with _told(place):
        return place.path.open("rb")


def _binary(data: bytes) -> str | None:
    """Return what kind of binary file begins so; None for what may be text, and for Parquet."""
    kinds = itertools.chain(
        ((0, magic, kind) for magic, kind in _BINARY.items()),
        ((at, magic, kind) for magic, (at, kind) in _INSIDE.items()),
    )
    return next((kind for at, magic, kind in kinds if data.startswith(magic, at)), None)


def _up_to_text(blocks: Iterable[bytes]) -> bytes:
    """
    Return the blocks up to the first that holds more than blanks, together.

    Raises:
        SourceError: there are more blanks than a record may have bytes.
    """
    read = bytearray()
    for block in blocks:
        read += block
        if block.strip():
            break
        if len(read) > LONGEST:
            message = f"begins with over {LONGEST >> 20} MiB of blanks"
            raise SourceError(message)
    return bytes(read)


def _count_lines(file: BufferedReader, check: Callable[[], None]) -> int:
    here = file.tell()
    file.seek(0)
    count, last = 0, b"\n"
    while block := file.read(BLOCK):
        check()
        count += block.count(b"\n")
        last = block[-1:]
    file.seek(here)
    return count + (last != b"\n")


@contextmanager
def _told(place: Place) -> Iterator[None]:
    """Turn what the system says of a file into an error of ours, which names it."""
    try:
        yield
    except SourceError as error:
        message = str(error)
        raise SourceError(message if message.startswith(place.name) else f"{place.name} {message}") from error
    except FileNotFoundError as error:
        message = f"there is no file {place.name}"
        raise SourceError(message) from error
    except OSError as error:
        message = f"{place.name} cannot be read: {error.strerror}"
        raise SourceError(message) from error
