"""A path -> what kind of file it is -> its papers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from extractor.errors import SourceError
from extractor.papers import Paper, Text, id_from_title, title_alias
from extractor.sources.json_lines import read_json_lines
from extractor.sources.page import read_page
from extractor.sources.shapes import Reading, Skipped

KINDS = "a page of titles and abstracts in turn (text), or JSON lines with title and abstract"
LARGEST = 1 << 28
_SHOWN = 70

_Found = Iterator[Paper | Skipped]

_BINARY = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or office document",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\x89PNG": "an image",
    b"PAR1": "a Parquet file",
    b"SQLite": "an SQLite database",
}


def read_file(path: Path) -> Reading:
    """
    Return the papers of a file, each once, and what was passed over.

    Raises:
        SourceError: there is no such file, it cannot be read, or it holds no papers.
    """
    content = _content(path)
    if not content.strip():
        message = f"{path} is empty; {KINDS} is read"
        raise SourceError(message)
    read = _from_json_lines if content.lstrip().startswith("{") else _from_page
    _refuse_markup(path, content)
    found = single(str(path), read(content, str(path)))
    if not found.papers:
        raise SourceError(_no_papers(path, found.skipped))
    return found


def single(source: str, found: Iterable[Paper | Skipped]) -> Reading:
    """Return each paper once: a second one of the same id, or title and abstract, is passed over."""
    papers: list[Paper] = []
    skipped: list[Skipped] = []
    seen: dict[str, Paper] = {}
    for thing in found:
        if isinstance(thing, Skipped):
            skipped.append(thing)
        elif before := next((seen[key] for key in _keys(thing) if key in seen), None):
            where = f"in line {before.line}" if before.line else before.paper_id
            skipped.append(Skipped(thing.line or 0, f"the same paper as {where}", _short(thing.text.title)))
        else:
            seen |= dict.fromkeys(_keys(thing), thing)
            papers.append(thing)
    return Reading(source, tuple(papers), tuple(skipped))


def _content(path: Path) -> str:
    try:
        if path.is_dir():
            message = f"{path} is a folder; give a file"
            raise SourceError(message)
        if path.stat().st_size > LARGEST:
            message = f"{path} has over {LARGEST >> 20} MiB; split it"
            raise SourceError(message)
        data = path.read_bytes()
    except FileNotFoundError as error:
        message = f"there is no file {path}"
        raise SourceError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise SourceError(message) from error
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    kind = next((kind for magic, kind in _BINARY.items() if data.startswith(magic)), None)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if kind or b"\0" in data:
        message = f"{path} is {kind or 'a binary file'}; {KINDS} is read"
        raise SourceError(message)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path}, line {line}: not UTF-8; save the file as UTF-8"
        raise SourceError(message) from error


def _refuse_markup(path: Path, content: str) -> None:
    kind = next((kind for kind, sign in _MARKUP.items() if sign.match(content)), None)
    if kind:
        message = f"{path} looks like {kind}; {KINDS} is read"
        raise SourceError(message)


_MARKUP = {
    "HTML": re.compile(r"\s*<(?:!doctype html|html)", re.IGNORECASE),
    "XML": re.compile(r"\s*<\?xml"),
    "markup": re.compile(r"\s*<\w"),
    "BibTeX": re.compile(r"(?:\s*%[^\n]*\n)*\s*@\w+\s*[{(]"),
    "RIS": re.compile(r"\s*TY  -"),
    "NBIB": re.compile(r"\s*PMID-"),
    "one JSON list": re.compile(r"\s*\[\s*[\[{\]]"),
}


def _no_papers(path: Path, skipped: Sequence[Skipped]) -> str:
    if skipped:
        first = skipped[0]
        return (
            f"{path} holds no paper with title and abstract: {len(skipped)} passed over, "
            f"the first in line {first.line} ({first.reason}): {first.shown}"
        )
    return f"{path} holds no papers: nothing in it reads like a title with an abstract; {KINDS} is read"


def _from_page(content: str, source: str) -> _Found:
    for entry in read_page(content):
        if entry.abstract is None:
            yield Skipped(entry.line, "title without abstract", _short(entry.title))
        elif not entry.title:
            yield Skipped(entry.line, "abstract without title", _short(entry.abstract))
        else:
            yield _paper(entry.title, entry.abstract, source, entry.line)


def _from_json_lines(content: str, source: str) -> _Found:
    for line in read_json_lines(content, source):
        if line.abstract is None:
            yield Skipped(line.line, "no abstract", _short(line.title or line.given_id or ""))
        elif not (line.title or line.given_id):
            yield Skipped(line.line, "neither id nor title", _short(line.abstract))
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


def _keys(paper: Paper) -> tuple[str, ...]:
    return (paper.paper_id, paper.text.text_id)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
