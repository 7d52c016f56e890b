"""
A page of papers as copied from a browser -> titles and abstracts.

Such a page is the site's header, perhaps a date line, then title and abstract in turn, blank lines
between. An abstract is known by its length and its sentences; the title is the line before it.
"""

import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from extractor.sources.formats.tagged_lines import lines
from extractor.sources.shapes import Beginning, Format, Found, Skipped, short

LONGEST_ABSTRACT = 1 << 20
"""Characters of the paragraphs under a title."""
LONG, LONG_LINE = 300, 150
ABSTRACT_WORDS = 20
TITLE_WORDS = 3
LONGEST_TITLE = 300

_LONGEST_PARAGRAPH = 1 << 20
_MOST_WAITING, _KEPT_WAITING = 1000, 20
_MARKUP = re.compile(r"<[?!\w]")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    r"(?=.*\d)(?:(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    rf"(?:\d{{1,2}}\s+)?{_MONTH}(?:\s+\d{{1,2}})?(?:,?\s+\d{{4}})?",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w.'-]*(?:\s+[A-Z][\w.'-]*){1,3}"
_AUTHORS = re.compile(rf"(?:[Aa]uthors?:.*|{_NAME}(?:,\s*(?:and\s+)?{_NAME})+(?:\s+and\s+{_NAME})?)")
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*\s+[A-Z0-9\"'(]|[.!?。][\"')\]]*$")
_CHROME = re.compile(
    r"""(?:submitted|published|upvoted|posted)\s+(?:by|on)\b.*   # who sent it, and when
    | (?-i:(?:by|By)\s+[A-Z@].{0,60}|by[A-Z].{0,60}) # a by-line
    | .{0,3}\s*\d+\ (?:authors?|comments?|upvotes?)
    | \W*\d*\W*                                   # a count""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a page: its text unwrapped, and the line that it begins on."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A title with its abstract, or with None where the page has none."""

    line: int
    title: str
    abstract: str | None


def read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    """Yield the papers of a page, and its titles without abstract."""
    for entry in read_page(_blocks(blocks)):
        if len(entry.abstract or "") > LONGEST_ABSTRACT:
            shown = short(entry.title or entry.abstract or "")
            yield Skipped(entry.line, f"over {LONGEST_ABSTRACT >> 20} MiB of text under one title", shown)
        elif entry.abstract is None:
            yield Skipped(entry.line, "title without abstract", short(entry.title))
        elif not entry.title:
            yield Skipped(entry.line, "abstract without title", short(entry.abstract))
        else:
            yield Found(entry.line, entry.title, entry.abstract)


def read_page(blocks: Iterable[Block]) -> Iterator[Entry]:
    """
    Yield what a page holds, in its order; an abstract of several paragraphs becomes one.

    Of what stands before an abstract some paragraphs are kept, and of one that is too long no more than shows
    that it is.
    """
    waiting: list[Block] = []
    last = _Last()
    for block in _after_header(blocks):
        if not is_abstract(block.text):
            waiting.append(block)
            if len(waiting) > _MOST_WAITING:
                yield from last.told(waiting[:-_KEPT_WAITING], None)
                waiting = waiting[-_KEPT_WAITING:]
        elif last.entry is not None and not waiting:
            last.add(block.text)
        else:
            title = _title_of(waiting)
            yield from last.told(waiting, title)
            last = _Last(Entry(title.line if title else block.line, title.text if title else "", None))
            last.add(block.text)
            waiting = []
    yield from last.told(waiting, None)


@dataclass(slots=True)
class _Last:
    """The title that was found last, and the paragraphs under it, as far as they are to be told."""

    entry: Entry | None = None
    size: int = 0
    paragraphs: list[str] = field(default_factory=list)

    def add(self, paragraph: str) -> None:
        if self.size <= LONGEST_ABSTRACT:
            self.paragraphs.append(paragraph)
            self.size += len(paragraph) + 1

    def told(self, after: list[Block], title: Block | None) -> Iterator[Entry]:
        """Yield it, if that was not done before, and what has no abstract of what stands after it."""
        if self.entry is None:
            return
        if self.paragraphs:
            yield replace(self.entry, abstract=" ".join(self.paragraphs))
            self.paragraphs.clear()
        yield from _without_abstract(after, title)


def is_abstract(text: str) -> bool:
    """Tell whether a paragraph reads like an abstract: long, or sentences of some length."""
    if len(text) >= LONG:
        return True
    return len(text.split()) >= ABSTRACT_WORDS and bool(_SENTENCE_END.search(text))


def _blocks(blocks: Iterable[bytes]) -> Iterator[Block]:
    """Yield the paragraphs of a page; of what is very long, a part."""
    paragraph: list[str] = []
    start = size = 0
    for number, data in enumerate(itertools.chain(lines(blocks), [b""]), start=1):
        line = data[: 4 * _LONGEST_PARAGRAPH].decode(errors="replace").strip()
        if paragraph and (not line or size > _LONGEST_PARAGRAPH):
            yield from _split(start, paragraph)
            paragraph, start, size = [], 0, 0
        if line:
            start = start or number
            paragraph.append(line)
            size += len(line) + 1


def _split(start: int, written: list[str]) -> Iterator[Block]:
    """Yield one block of wrapped lines, or a block a line where a long line shows they are not wrapped."""
    if any(len(line) >= LONG_LINE and is_abstract(line) for line in written):
        for offset, line in enumerate(written):
            yield Block(start + offset, _unwrapped(line))
    else:
        yield Block(start, _unwrapped(" ".join(written)))


def _unwrapped(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _after_header(blocks: Iterable[Block]) -> Iterator[Block]:
    """Drop the site's header: all up to a date line that stands before the first abstract."""
    blocks = iter(blocks)
    before: deque[Block] = deque(maxlen=_MOST_WAITING)
    for block in blocks:
        if _DATE.fullmatch(block.text) and not is_abstract(block.text):
            before.clear()
            break
        before.append(block)
        if is_abstract(block.text):
            break
    yield from before
    yield from blocks


def _title_of(waiting: list[Block]) -> Block | None:
    """Return the last line that can be a title: not a date, a count or a by-line."""
    fitting = [block for block in reversed(waiting) if len(block.text) <= LONGEST_TITLE]
    titles = [block for block in fitting if not _is_chrome(block.text)]
    named = [block for block in titles if not _AUTHORS.fullmatch(block.text)]
    return next(iter([*named, *titles]), None)


def _is_chrome(text: str) -> bool:
    return bool(_CHROME.fullmatch(text) or _DATE.fullmatch(text))


def _without_abstract(waiting: list[Block], title: Block | None) -> Iterator[Entry]:
    for block in waiting:
        if block is not title and not _is_chrome(block.text) and len(block.text.split()) >= TITLE_WORDS:
            yield Entry(block.line, block.text, None)


def _fits(beginning: Beginning) -> bool:
    """Tell whether it can be a page: whatever is text, but for markup."""
    return not _MARKUP.match(beginning.text)


FORMAT = Format("page of titles and abstracts in turn (text)", _fits, read)
