"""A path -> what kind of file it is -> its papers, one after the other."""

import itertools
from collections.abc import Iterable, Iterator, Sized
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from extractor.errors import SourceError
from extractor.papers import Paper, Text, id_from_title, storable, title_alias
from extractor.sources.json_lines import NOT_UTF_8, read_json_lines
from extractor.sources.kinds import KINDS, is_json_lines
from extractor.sources.once import once
from extractor.sources.opening import (
    blocks_of,
    count_lines,
    opened,
    refuse_binary,
    refuse_large,
    up_to_text,
)
from extractor.sources.page import Entry, read_page
from extractor.sources.shapes import Reading, Skipped, Skips, short

_Found = Iterator[Paper | Skipped]


def read_file(path: Path) -> Reading:
    """
    Return the papers of a file, each once, read as they are asked for.

    Raises:
        SourceError: there is no such file, it cannot be read, or it holds no papers.
    """
    with ExitStack() as closing:
        file = closing.enter_context(opened(path))
        rest = blocks_of(path, file)
        beginning = up_to_text(rest)
        read = _json_lines if is_json_lines(path, beginning) else _page
        reading = read(path, file, itertools.chain([beginning], rest))
        closing.pop_all()  # Whoever reads the papers closes the file, at its end.
    return reading


def single(source: str, papers: Iterable[Paper]) -> Reading:
    """Return each paper once, taken as they are asked for: the second of two that are the same is skipped."""
    skips = Skips()
    count = len(papers) if isinstance(papers, Sized) else None
    return Reading(source, once(papers, skips), skips, count, is_given=True)


def _json_lines(path: Path, file: BinaryIO, blocks: Iterable[bytes]) -> Reading:
    return _begun(path, _from_json_lines(blocks, _name(path)), count_lines(path, file))


def _page(path: Path, file: BinaryIO, blocks: Iterable[bytes]) -> Reading:
    refuse_large(path, file)
    entries = list(read_page(_decoded(path, b"".join(blocks))))
    return _begun(path, _from_page(entries, _name(path)), sum(entry.is_paper for entry in entries))


def _begun(path: Path, found: _Found, count: int | None) -> Reading:
    """
    Return what is found, its first paper read already, so that a file without one is refused at once.

    Raises:
        SourceError: there is none, or what comes before it is in another encoding.
    """
    skips = Skips()
    papers = once(found, skips)
    first = next(papers, None)
    wrong = next((skipped for skipped in skips.first if skipped.kind == NOT_UTF_8), None)
    if wrong:
        raise _not_utf_8(path, wrong.line)
    if first is None:
        raise SourceError(_no_papers(path, skips))
    return Reading(_name(path), itertools.chain([first], papers), skips, count)


def _name(path: Path) -> str:
    return storable(str(path))


def _decoded(path: Path, data: bytes) -> str:
    refuse_binary(path, data)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _not_utf_8(path, data.count(b"\n", 0, error.start) + 1) from error


def _not_utf_8(path: Path, line: int) -> SourceError:
    return SourceError(f"{path}, line {line}: not UTF-8; save the file as UTF-8")


def _no_papers(path: Path, skips: Skips) -> str:
    if skips:
        first = skips.first[0]
        return (
            f"{path} holds no paper with title and abstract: {len(skips)} passed over, "
            f"the first in line {first.line} ({first.reason}): {first.shown}"
        )
    return f"{path} holds no papers: nothing in it reads like a title with an abstract; {KINDS} is read"


def _from_page(entries: Iterable[Entry], source: str) -> _Found:
    for entry in entries:
        if entry.abstract is None:
            yield Skipped(entry.line, "title without abstract", short(entry.title))
        elif not entry.title:
            yield Skipped(entry.line, "abstract without title", short(entry.abstract))
        else:
            yield _paper(entry.title, entry.abstract, source, entry.line)


def _from_json_lines(blocks: Iterable[bytes], source: str) -> _Found:
    for line in read_json_lines(blocks):
        if isinstance(line, Skipped):
            yield line
        elif line.abstract is None:
            yield Skipped(line.line, "no abstract", short(line.title or line.given_id or ""))
        elif not (line.title or line.given_id):
            yield Skipped(line.line, "neither id nor title", short(line.abstract))
        else:
            yield _paper(line.title, line.abstract, source, line.line, line.given_id)


def _paper(title: str, abstract: str, source: str, line: int, given_id: str | None = None) -> Paper:
    return Paper(
        paper_id=given_id or id_from_title(title),
        text=Text(title=title, abstract=abstract),
        aliases=(title_alias(title),) if title else (),
        source=source,
        line=line,
    )
