"""Blocks of XML -> the bytes of each record in it, cut out at its tags; nothing is parsed here."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

LONGEST = 1 << 24
_BEGINNING = 400
_LONGEST_TAG = 1 << 12
_ENOUGH = 1 << 16

_ENDS = {b"<!--": re.compile(rb"-->"), b"<![CDATA[": re.compile(rb"\]\]>")}
_QUOTED = rb"<!--|<!\[CDATA\["
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_DECLARATION = re.compile(rb"""\s(xmlns(?::[\w.-]+)?)\s*=\s*("[^"<>]*"|'[^'<>]*')""")
_ENCODING = re.compile(rb"""<\?xml\s[^<>]*?\bencoding\s*=\s*["']([\w.:-]+)""")
_TAG_END = re.compile(rb">")
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A record as it is written, or, with what is amiss as its `flaw`, the beginning of one."""

    line: int
    data: bytes
    flaw: str = ""


class Pieces:
    """
    The records of a stream, the outermost elements of the names given, one after the other.

    A record that is broken does not harm the next one, and several documents may follow each other. No more
    than one record, 16 MiB at most, is in memory. `declared` are the namespaces of what stands around the
    records; `encoding` is what the document says that it is written in.
    """

    def __init__(self, blocks: Iterable[bytes], *names: str) -> None:
        self.declared: dict[bytes, bytes] = {}
        self.encoding: str | None = None
        self._window = _Window(blocks, self._around)
        self._opening = _opening(names)
        self._root: bytes | None = None

    def __iter__(self) -> Iterator[Piece]:
        """Yield the records; one that has lost its end, or is too long, is yielded with its flaw."""
        while start := self._window.find(self._opening):
            if not self._is_quoted(start):
                yield self._piece(start)
        rest = self._window.cut(self._window.size)
        self._around(rest)
        if self._root and b"</" + self._root not in rest:
            yield Piece(self._window.line, b"", _without(self._root))

    def _piece(self, start: re.Match[bytes]) -> Piece:
        name = start[1]
        self._around(self._window.cut(start.start()))
        line = self._window.line
        self._window.keep()
        flaw = self._to_end(name)
        beginning = self._window.too_long
        data = self._window.cut(self._window.at)
        self._window.keeps = False
        if beginning or len(data) > LONGEST:
            return Piece(line, beginning or data[:_BEGINNING], f"it has over {LONGEST >> 20} MiB")
        return Piece(line, data, flaw)

    def _to_end(self, name: bytes) -> str:
        """Go to the end of an open record; return what is amiss where it has none."""
        tag = self._window.passed if self._window.find(_TAG_END) else b""
        depth, within = 1 - tag.endswith(b"/>"), _within(name)
        while depth:
            found = self._window.find(within)
            if found is None:
                self._window.at, self._root = self._window.size, None
                return _without(name)
            if self._is_quoted(found):
                continue
            if found[0].startswith(b"</"):
                depth -= 1
            elif found[0] != tag and b" xmlns=" in found[0]:
                depth += not found[0].endswith(b"/>")
            else:  # No element of another kind that has its name, but the next record.
                self._window.at = found.start()
                return _without(name)
        return ""

    def _is_quoted(self, found: re.Match[bytes]) -> bool:
        """Tell whether a comment or CDATA begins here, and go to its end."""
        end = _ENDS.get(found[0])
        if end and not self._window.find(end):
            self._window.at = self._window.size
        return end is not None

    def _around(self, text: bytes) -> None:
        """Take in what stands before a record: the root, its namespaces, the encoding."""
        text = _COMMENT.sub(b"", text)
        for name, value in _DECLARATION.findall(text):
            self.declared.setdefault(name, value)
        if encoding := _ENCODING.search(text):
            self.encoding = encoding[1].decode()
        if self._root is None and (root := _ELEMENT.search(text)):
            self._root = root[1]


class _Window:
    """
    The part of a stream that is in memory: what follows `at`, and what precedes it while `keeps` is set.

    Where more would be kept than a record may have, `keeps` is taken back; `too_long` shows how it begins.
    """

    def __init__(self, blocks: Iterable[bytes], let_go: Callable[[bytes], None]) -> None:
        self._blocks = iter(blocks)
        self._let_go = let_go
        self._data = bytearray()
        self.line, self.at = 1, 0
        self.keeps = False
        self.too_long = b""

    @property
    def passed(self) -> bytes:
        """What is in memory before `at`."""
        return bytes(self._data[: self.at])

    @property
    def size(self) -> int:
        """How many bytes are in memory."""
        return len(self._data)

    def keep(self) -> None:
        """Keep what comes from here on."""
        self.keeps, self.too_long = True, b""

    def find(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Return the next place that fits, `at` behind it; None where there is none up to the end."""
        while not (found := pattern.search(self._data, self.at)):
            self.at = max(self.at, len(self._data) - _LONGEST_TAG)
            self._make_room()
            block = next(self._blocks, None)
            if block is None:
                return None
            self._data += block
        self.at = found.end()
        return found

    def cut(self, end: int) -> bytes:
        """Take out what stands before a place."""
        data = bytes(self._data[:end])
        self.line += data.count(b"\n")
        del self._data[:end]
        self.at = max(0, self.at - end)
        return data

    def _make_room(self) -> None:
        if self.keeps and self.at > LONGEST:
            self.keeps, self.too_long = False, bytes(self._data[:_BEGINNING])
        if not self.keeps and self.at > _ENOUGH:
            self._let_go(self.cut(self.at))


def _opening(names: tuple[str, ...]) -> re.Pattern[bytes]:
    of_any = b"|".join(re.escape(name.encode()) for name in names)
    return re.compile(rb"%b|<((?:[\w.-]+:)?(?:%b))(?=[\s/>])" % (_QUOTED, of_any))


@cache
def _within(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"%b|</?%b(?:\s[^<>]*)?/?>" % (_QUOTED, re.escape(name)))


def _without(name: bytes) -> str:
    return f"it has no end: </{name.decode()}> is missing"
