"""A path -> what stands in the file, as blocks of UTF-8."""

import codecs
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from extractor.errors import SourceError
from extractor.sources.kinds import KINDS

BLOCK = 1 << 18
LARGEST = 1 << 28

_UTF_8_MARK, _UTF_16_MARKS = codecs.BOM_UTF8, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_BINARY = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or office document",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\x89PNG": "an image",
    b"PAR1": "a Parquet file",
    b"SQLite": "an SQLite database",
}


def opened(path: Path) -> BinaryIO:
    """
    Return a file, open.

    Raises:
        SourceError: there is none, it is a folder, or it cannot be read.
    """
    with _told(path):
        if path.is_dir():
            message = f"{path} is a folder; give a file"
            raise SourceError(message)
        return path.open("rb")


def blocks_of(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """
    Yield what a file holds, in UTF-8 where its mark says UTF-16; close it at its end.

    Raises:
        SourceError: it is a binary file, or cannot be read to its end.
    """
    blocks = _blocks(path, file)
    first = next(blocks, b"")
    if first.startswith(_UTF_16_MARKS):
        for text in codecs.iterdecode(itertools.chain([first], blocks), "utf-16", errors="replace"):
            yield text.encode()
    else:
        refuse_binary(path, first)
        yield first.removeprefix(_UTF_8_MARK)
        yield from blocks


def up_to_text(blocks: Iterator[bytes]) -> bytes:
    """Return the blocks up to the first that holds more than blanks, together."""
    read = bytearray()
    for block in blocks:
        read += block
        if block.strip():
            break
    return bytes(read)


def refuse_binary(path: Path, data: bytes) -> None:
    """
    Do nothing with what can be text.

    Raises:
        SourceError: it cannot; the message names what it is.
    """
    kind = next((kind for magic, kind in _BINARY.items() if data.startswith(magic)), None)
    if kind or b"\0" in data:
        message = f"{path} is {kind or 'a binary file'}; {KINDS} is read"
        raise SourceError(message)


def refuse_large(path: Path, file: BinaryIO) -> None:
    """
    Do nothing with what can be read into memory whole.

    Raises:
        SourceError: it is larger.
    """
    if os.fstat(file.fileno()).st_size > LARGEST:
        message = f"{path} has over {LARGEST >> 20} MiB; split it"
        raise SourceError(message)


def count_lines(path: Path, file: BinaryIO) -> int | None:
    """
    Return how many lines a file has, at most; None where it can be read but once, as a pipe.

    Raises:
        SourceError: it cannot be read to its end.
    """
    if not file.seekable():
        return None
    with _told(path):
        here = file.tell()
        file.seek(0)
        count, last = 0, b"\n"
        while block := file.read(BLOCK):
            count += block.count(b"\n")
            last = block[-1:]
        file.seek(here)
    return count + (last != b"\n")


def _blocks(path: Path, file: BinaryIO) -> Iterator[bytes]:
    with file, _told(path):
        while block := file.read(BLOCK):
            yield block


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        message = f"there is no file {path}"
        raise SourceError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise SourceError(message) from error
