"""Blocks in any of the encodings that texts come in -> blocks of UTF-8, and what is to be told of it."""

import codecs
import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from extractor.errors import SourceError

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SAMPLE = 1 << 12
_MOSTLY = 0.7
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,100}encoding\s*=")
_BROKEN = re.compile("[\udc80-\udcff]")
_MULTIPLE = re.compile("[^\x00-\x7f\udc80-\udcff]")
_FOREIGN = 0.3


def _letter(code: int) -> str:
    """Return the letter of a byte in Windows-1252; what that leaves open is as in Latin-1."""
    data = bytes([code])
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_WINDOWS = "".join(map(_letter, range(256)))


def in_utf_8(blocks: Iterable[bytes], tell: Callable[[str], None]) -> Iterator[bytes]:
    """
    Yield blocks in UTF-8, without a mark at their beginning.

    UTF-16 and UTF-32 are known by their mark, UTF-16 also by its zeros. What is not UTF-8 where the first
    letters beyond ASCII stand is read as Windows-1252, and `tell` is told so; XML that declares its encoding
    is left to who reads XML. UTF-8 that is broken here and there is left as it is.

    Raises:
        SourceError: it can be neither.
    """
    blocks = iter(blocks)
    first = next(blocks, b"")
    encoding = next((name for mark, name in _MARKS.items() if first.startswith(mark)), _by_zeros(first))
    blocks = itertools.chain([first.removeprefix(codecs.BOM_UTF8)], blocks)
    if encoding:
        for text in codecs.iterdecode(blocks, encoding, errors="replace"):
            yield text.encode("utf-8", "replace")
    elif _DECLARED.match(first):
        yield from blocks
    else:
        yield from _guessed(blocks, tell)


def _by_zeros(data: bytes) -> str | None:
    """Return which UTF-16 it is where nearly every second byte is zero."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    for encoding, zeros, letters in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if half and sample[zeros::2].count(0) > _MOSTLY * half and not sample[letters::2].count(0):
            return encoding
    return None


def _guessed(blocks: Iterator[bytes], tell: Callable[[str], None]) -> Iterator[bytes]:
    line = 1
    for block in blocks:
        if block.isascii():
            yield block
            line += block.count(b"\n")
            continue
        place = _not_utf_8(block)
        if place is None:
            yield block
            yield from blocks
            return
        tell(f"line {line + block.count(10, 0, place)}: not UTF-8; the file is read as Windows-1252")
        for one in itertools.chain([block], blocks):
            yield codecs.charmap_decode(one, "strict", _WINDOWS)[0].encode()


def _not_utf_8(block: bytes) -> int | None:
    """
    Return where the first byte stands that is not UTF-8; None where most of it is.

    Raises:
        SourceError: so many letters are beyond ASCII that no western language is written there.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(block)
    except UnicodeDecodeError as error:
        text = block.decode(errors="surrogateescape")
        broken = len(_BROKEN.findall(text))
        if len(_MULTIPLE.findall(text)) > broken:
            return None
        if broken > _FOREIGN * len(text):
            message = "is neither UTF-8 nor Windows-1252; save it as UTF-8"
            raise SourceError(message) from error
        return error.start
    return None
