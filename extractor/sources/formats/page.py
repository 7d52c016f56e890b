"""
A page of papers as copied from a browser -> titles and abstracts.

Such a page is the site's header, perhaps a date line, then title and abstract in turn, blank lines
between. An abstract is known by its length and its sentences; the title is the line before it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from extractor.errors import SourceError
from extractor.sources.shapes import Beginning, Format, Found, Skipped, short

LARGEST = 1 << 28
LONG, LONG_LINE = 300, 150
ABSTRACT_WORDS = 20
TITLE_WORDS = 3
LONGEST_TITLE = 300

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
    """
    Yield the papers of a page, and its titles without abstract.

    Raises:
        SourceError: it is too large to be read whole.
    """
    for entry in read_page(_whole(blocks)):
        if entry.abstract is None:
            yield Skipped(entry.line, "title without abstract", short(entry.title))
        elif not entry.title:
            yield Skipped(entry.line, "abstract without title", short(entry.abstract))
        else:
            yield Found(entry.line, entry.title, entry.abstract)


def read_page(content: str) -> Iterator[Entry]:
    """Yield what a page holds, in its order; an abstract of several paragraphs becomes one."""
    waiting: list[Block] = []
    last: Entry | None = None
    for block in _after_header(list(_blocks(content))):
        if not is_abstract(block.text):
            waiting.append(block)
        elif last is not None and not waiting:
            last = replace(last, abstract=f"{last.abstract} {block.text}")
        else:
            title = _title_of(waiting)
            if last is not None:
                yield last
                yield from _without_abstract(waiting, title)
            last = Entry(title.line, title.text, block.text) if title else Entry(block.line, "", block.text)
            waiting = []
    if last is not None:
        yield last
        yield from _without_abstract(waiting, None)


def is_abstract(text: str) -> bool:
    """Tell whether a paragraph reads like an abstract: long, or sentences of some length."""
    if len(text) >= LONG:
        return True
    return len(text.split()) >= ABSTRACT_WORDS and bool(_SENTENCE_END.search(text))


def _whole(blocks: Iterable[bytes]) -> str:
    data = bytearray()
    for block in blocks:
        data += block
        if len(data) > LARGEST:
            message = f"has over {LARGEST >> 20} MiB; split it"
            raise SourceError(message)
    return data.decode(errors="replace")


def _blocks(content: str) -> Iterator[Block]:
    lines: list[str] = []
    start = 0
    for number, line in enumerate([*content.splitlines(), ""], start=1):
        if line.strip():
            start = start or number
            lines.append(line.strip())
        elif lines:
            yield from _split(start, lines)
            lines, start = [], 0


def _split(start: int, lines: list[str]) -> Iterator[Block]:
    """Yield one block of wrapped lines, or a block a line where a long line shows they are not wrapped."""
    if any(len(line) >= LONG_LINE and is_abstract(line) for line in lines):
        for offset, line in enumerate(lines):
            yield Block(start + offset, _unwrapped(line))
    else:
        yield Block(start, _unwrapped(" ".join(lines)))


def _unwrapped(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _after_header(blocks: list[Block]) -> list[Block]:
    """Drop the site's header: all up to a date line that stands before the first abstract."""
    for index, block in enumerate(blocks):
        if is_abstract(block.text):
            break
        if _DATE.fullmatch(block.text):
            return blocks[index + 1 :]
    return blocks


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
