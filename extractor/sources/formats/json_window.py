"""Blocks of JSON -> the part of them that is in memory, and the places in it where values begin and end."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from extractor.sources.shapes import LONGEST

TOO_LONG = f"over {LONGEST >> 20} MiB in one record"
CUT_OFF = "the file ends in the middle"
TOO_DEEP = "nested too deep or too much, not read from here on"
NO_END = "a record without its end"

_BEGINNING = 400
_BEFORE = 64
_PATIENCE = 1 << 28
_NESTED = 10_000
_MOST = 1 << 21
_LONGEST_KEY = 1 << 16
_AT_ONCE = 1000
# To repeat a group takes memory each time, so the times are bounded; and no group is repeated possessively,
# for Python before 3.11.5 does that wrongly (gh-106052).
_STRING = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+){,%d}"' % _AT_ONCE
_FLAT = rb'\[(?:[^"\[\]{}]++|%b){,%d}\]|\{(?:[^"\[\]{}]++|%b){,%d}\}' % (_STRING, _AT_ONCE, _STRING, _AT_ONCE)
_BETWEEN = re.compile(rb'(?:[^"\[\]{}]++|%b|%b){,%d}' % (_STRING, _FLAT, _AT_ONCE), re.DOTALL)
_IN_STRING = re.compile(rb'(?:[^"\\\n]++|\\.){,%d}' % _AT_ONCE, re.DOTALL)
_KEY = re.compile(rb'"((?:[^"\\\n]++|\\.){,%d})"' % _AT_ONCE)
_OPENED_BY = {b"]": b"[", b"}": b"{"}
_BLANKS = re.compile(rb"[\s,:]*+")
_PLAIN = re.compile(rb'[^\n,\[\]{}"]*+')


@dataclass(frozen=True, slots=True)
class Piece:
    """A record as it is written, or, with what is amiss as its `flaw`, the beginning of one."""

    line: int
    data: bytes
    flaw: str = ""


class Window:
    """
    The part of a stream that is in memory: what follows `at`, and from `keep` on what precedes it.

    `depth` counts the brackets that are open around `at`; `flaw` says why nothing more is read. A record that
    has lost its end goes no further than to the next line that begins as its own does.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._data = bytearray()
        self._line, self._counted = 1, 0
        self._kept: int | None = None
        self._began, self._too_long = 1, b""
        self.at = self.depth = 0
        self._next_like: re.Pattern[bytes] | None = None
        self._has_end, self._gone_back = True, 0
        self.flaw, self.was_told = "", False

    @property
    def line(self) -> int:
        """The line that `at` is on, counted from 1."""
        self._line += self._data.count(b"\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def next(self) -> bytes:
        """Go to the next character that is no blank, comma or colon, and return it; b"" at the end."""
        self._to(_BLANKS)
        return self._char()

    def skip(self, bracket: bytes) -> None:
        """Go past a bracket, or past nothing."""
        self.at += len(bracket)
        if bracket:
            self.depth = max(0, self.depth + (1 if bracket in b"[{" else -1))
        if self.depth > _NESTED:
            self._end(TOO_DEEP)

    def key(self) -> str:
        """Go past the string that begins here, and return it in lower case; "" for one too long for a key."""
        while not (found := _KEY.match(self._data, self.at)):
            if len(self._data) - self.at > _LONGEST_KEY or not self._more():
                self._pass_string()
                return ""
        self.at = found.end()
        return found[1].decode(errors="replace").lower()

    def pass_value(self) -> None:
        """Go past the value that begins here."""
        char = self._char()
        if char == b'"':
            self._pass_string()
        elif char in (b"[", b"{"):
            self._pass_brackets()
        else:
            self.at += char in (b"]", b"}")
            self._to(_PLAIN)

    def keep(self) -> None:
        """Keep what comes from here on."""
        self._kept, self._began, self._too_long = self.at, self.line, b""
        self._has_end, self._next_like = True, None

    def keep_record(self) -> None:
        """Keep what comes from here on, a record."""
        self.keep()
        before = bytes(self._data[max(0, self.at - _BEFORE) : self.at]).rpartition(b"\n")
        if before[1] and not before[2].strip():
            self._next_like = re.compile(rb"\n" + before[2] + rb"(?=\{)")

    def let_go(self) -> None:
        """Keep nothing."""
        self._kept = None

    def kept(self) -> Piece:
        """Return what was kept up to here, and keep it no longer."""
        start, self._kept = self._kept, None
        data = self._too_long if start is None else bytes(self._data[start : self.at])
        is_long = start is None or len(data) > LONGEST
        flaw = self.flaw or (TOO_LONG if is_long else "" if self._has_end else NO_END)
        self.was_told = bool(self.flaw)
        return Piece(self._began, data[:_BEGINNING] if flaw else data, flaw)

    def _char(self) -> bytes:
        return bytes(self._data[self.at : self.at + 1])

    def _pass_brackets(self) -> None:
        opened = bytearray(self._char())
        self.at += 1
        passed = 0
        while opened and self._has_end:
            self._to(_BETWEEN)
            char = self._char()
            passed += 1
            if not char or len(opened) > _NESTED or passed > _MOST:
                self._end(TOO_DEEP if char else CUT_OFF)
                return
            if char == b'"':
                self._pass_string()
            elif char in (b"[", b"{"):
                self.at += 1
                opened += char
            else:
                self._close(opened, char)

    def _close(self, opened: bytearray, char: bytes) -> None:
        """Close a bracket, and what was left open in it; one that was opened before this value ends it."""
        place = opened.rfind(_OPENED_BY[char])
        if place >= 0:
            self.at += 1
            del opened[place:]
        elif not self._go_back():
            self._has_end = False

    def _pass_string(self) -> None:
        """Go past a string; one that is not closed ends with its line."""
        self.at += 1
        while True:
            self._to(_IN_STRING)
            if self._char() in (b'"', b"\n"):
                self.at += 1
                return
            if not self._more():
                self._end(CUT_OFF)
                return

    def _to(self, pattern: re.Pattern[bytes]) -> None:
        """Go past all that fits a pattern, wherever the blocks end, and however often it fits."""
        while True:
            found = pattern.match(self._data, self.at)
            passed = found.end() - self.at if found else 0
            del found  # It holds on to the data.
            self.at += passed
            if passed < _AT_ONCE and (self.at < len(self._data) or not self._more()):
                return

    def _end(self, flaw: str) -> None:
        """Go back to where the next record seems to begin; where there is none, read no further."""
        if self._go_back():
            return
        self.flaw = flaw
        self._blocks = iter(())
        self.at = len(self._data)

    def _go_back(self) -> bool:
        if not (start := self._next_record()):
            return False
        self._gone_back += self.at - start
        self.at, self._has_end = start, False
        if self._counted > self.at:
            self._line -= self._data.count(b"\n", self.at, self._counted)
            self._counted = self.at
        return True

    def _next_record(self) -> int | None:
        """Return where a line begins as that of this record did; None where one went back too often."""
        if self._next_like is None or self._kept is None or self._gone_back > _PATIENCE:
            return None
        found = self._next_like.search(self._data, self._kept)
        return found.end() if found else None

    def _more(self) -> bool:
        """
        Read a block, and let go what is neither to come nor to be kept; return whether there was one.

        There is none for a record that is too long where another seems to begin in it.
        """
        if self._kept is not None and self.at - self._kept > LONGEST:
            if self._next_record():
                return False
            self._too_long, self._kept = bytes(self._data[self._kept :][:_BEGINNING]), None
        gone = max(0, self.at - _BEFORE) if self._kept is None else self._kept
        self._line, self._counted = self.line, self.at - gone
        del self._data[:gone]
        self.at -= gone
        self._kept = None if self._kept is None else 0
        block = next((block for block in self._blocks if block), b"")
        self._data += block
        return bool(block)
