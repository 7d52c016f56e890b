"""
Lines that begin with a tag, as in RIS, MEDLINE and Web of Science -> records: what stands under each tag.

A line without a tag goes on with the line before it; a record that is not ended is ended by the next one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from extractor.sources.shapes import LONGEST, NOT_UTF_8, Skipped, short

TOO_LONG = f"a record over {LONGEST >> 20} MiB"
_OF_A_TAG = (
    64  # Bytes that a tag's value takes of the measure beyond its letters: as an object it takes more.
)
_SHOWN_OF = 400
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    How tags stand: `tag` matches a line's tag and what follows; `begins` and `ends` are those of a record.

    Where `ends` is None, a record goes on to the next one. `about_file` are tags that belong to no record.
    """

    tag: re.Pattern[bytes]
    begins: bytes
    ends: bytes | None = None
    about_file: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class Record:
    """A record: under each tag its values in their order, each with its line ends as they stand."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def told(self, *tags: str) -> list[str]:
        """Return the values of the first of some tags that says anything, blank ones left out."""
        given = ([value for value in self.values.get(tag, ()) if value.strip()] for tag in tags)
        return next((values for values in given if values), [])

    def text(self, *tags: str) -> str | None:
        """Return what `told` returns as one text, a line a value; None where there is nothing."""
        return "\n".join(self.told(*tags)) or None

    def line_of(self, *tags: str) -> str | None:
        """Return the first value of `told`, white space made single blanks; None where there is nothing."""
        return next((" ".join(value.split()) for value in self.told(*tags)), None)

    def names(self, *tags: str) -> tuple[str, ...]:
        """Return the values of `told`, white space made single blanks."""
        return tuple(" ".join(value.split()) for value in self.told(*tags))


@dataclass(slots=True)
class _Begun:
    """A record of which lines are still read: of one that is too long, no more than that it is."""

    line: int
    begins_with: bytes
    size: int = 0
    pieces: list[tuple[bytes, bytearray]] = field(default_factory=list)

    def add(self, tag: bytes | None, text: bytes) -> None:
        self.size += len(text) + (_OF_A_TAG if tag else 1)
        if self.size > LONGEST:
            self.pieces.clear()
        elif tag is not None:
            self.pieces.append((tag, bytearray(text)))
        elif self.pieces:
            self.pieces[-1][1].extend(b"\n" + text)

    def ended(self) -> Record | Skipped:
        if self.size > LONGEST:
            return Skipped(self.line, TOO_LONG, shown(self.begins_with))
        record = Record(self.line)
        try:
            for tag, text in self.pieces:
                record.values.setdefault(tag.decode(), []).append(text.decode().rstrip())
        except UnicodeDecodeError:
            return Skipped(self.line, NOT_UTF_8, shown(b" ".join(text for _, text in self.pieces)))
        return record


def records(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[Record | Skipped]:
    """Yield the records; tagged lines outside of any are one `Skipped`, other text there is left out."""
    begun: _Begun | None = None
    is_astray = False
    for number, data in enumerate(lines(blocks), start=1):
        found = dialect.tag.match(data)
        tag, text = found.group(1, 2) if found else (None, data)
        if tag == dialect.begins:
            if begun:
                yield begun.ended()
            begun, is_astray = _Begun(number, data[:_SHOWN_OF]), False
        if begun and (tag is None or tag not in dialect.about_file):
            if tag is not None and tag == dialect.ends:
                yield begun.ended()
                begun = None
            else:
                begun.add(tag, text)
        elif tag and not is_astray and tag != dialect.ends and tag not in dialect.about_file:
            yield Skipped(number, f"no {dialect.begins.decode()} before it", shown(data))
            is_astray = True
    if begun:
        yield begun.ended()


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines, ended by LF, CRLF or CR; of one that is over LONGEST only so much as shows that it is."""
    begun = bytearray()
    for block in _with_line_feeds(blocks):
        *ended, rest = block.split(b"\n")
        for piece in ended:
            begun += piece[: LONGEST + 1 - len(begun)]
            yield bytes(begun)
            begun.clear()
        begun += rest[: LONGEST + 1 - len(begun)]
    yield bytes(begun)


def shown(data: bytes) -> str:
    """Return the beginning of what was read, to be shown."""
    return short(" ".join(data[:_SHOWN_OF].decode(errors="replace").split()))


def _with_line_feeds(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield blocks without the file's mark, all lines ended by LF; a CR at a block's end waits."""
    waiting, mark = b"", _MARK
    for block in blocks:
        data = (waiting + block).removeprefix(mark)
        waiting, mark = (b"\r" if data.endswith(b"\r") else b""), b""
        yield data.removesuffix(waiting).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if waiting:
        yield b"\n"
