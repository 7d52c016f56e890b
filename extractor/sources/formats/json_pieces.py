"""
Blocks of JSON in any layout -> the bytes of each record in it, cut out at its brackets, not parsed.

A streaming parser (ijson) tells no lines and stops at the first mistake; cut out, each record is parsed by
itself, and one that is broken does not harm the next.
"""

from collections.abc import Iterable, Iterator

from extractor.sources.formats.json_window import CUT_OFF, Piece, Window

_LISTS = (
    "articles docs documents entries hit hits items notes papers preprints publications records rows works"
)
_AROUND = "collection data dailypapers message recommendedpapers response result resultlist results"

HOLDERS = frozenset([*_LISTS.split(), *_AROUND.split()])
"""Keys, in lower case, under which the answer of a service, or a file, keeps its records."""

PAPER_KEYS = frozenset(["title", "abstract", "summary", "content"])
"""Keys that an object of records has not."""


_HOLDERS_DEEP = 4


def pieces(blocks: Iterable[bytes]) -> Iterator[Piece]:
    """
    Yield the records of a document: the members of its list, or of the list under one of HOLDERS, or itself.

    Several documents may follow each other. No more than one record, 16 MiB at most, is in memory.
    """
    window = Window(blocks)
    while char := window.next():
        if char == b"{" and not window.depth:
            yield from _document(window, _HOLDERS_DEEP)
        elif char in b"[]":
            window.skip(char)
        else:
            yield from _record(window)
    if window.depth and not window.was_told:
        yield Piece(window.line, b"", window.flaw or CUT_OFF)


def _record(window: Window) -> Iterator[Piece]:
    window.keep_record()
    window.pass_value()
    yield window.kept()


def _document(window: Window, deeper: int) -> Iterator[Piece]:
    """Yield the records in the list that an object holds; where it holds none, it is the record."""
    window.keep()
    window.skip(b"{")
    is_record, is_paper = True, False
    while (char := window.next()) not in (b"}", b""):
        key = window.key() if char == b'"' else ""
        value = window.next()
        is_paper = is_paper or key in PAPER_KEYS
        if deeper and key in HOLDERS and not is_paper and value in (b"[", b"{"):
            is_record = False
            window.let_go()
            yield from _members(window) if value == b"[" else _document(window, deeper - 1)
        elif value != b"}":
            window.pass_value()
    window.skip(char)
    if is_record:
        yield window.kept()


def _members(window: Window) -> Iterator[Piece]:
    window.skip(b"[")
    while (char := window.next()) not in (b"]", b"}", b""):
        yield from _record(window)
    if char == b"]":
        window.skip(char)
