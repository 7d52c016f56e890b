"""
BibTeX -> records.

The text is cut where a line begins an entry, and bibtexparser reads piece by piece: so memory stays small,
and what is malformed costs its own piece only. Macros (@string, months) and `#` are resolved here, from what
was defined before. Two entries of one key, or for one paper, are both yielded; a @comment is left out with
all that it holds.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bibtexparser.model import Block, Entry, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from extractor.sources.dates import first_day
from extractor.sources.formats.bibtex_values import OddValueError, names_of, value_of, without_braces
from extractor.sources.formats.shared_ids import OF_LIBRARIES, sure_ids
from extractor.sources.formats.tagged_lines import lines, shown
from extractor.sources.identifiers import arxiv_id, doi, named, paper_at, with_kind
from extractor.sources.languages import language_code
from extractor.sources.shapes import NOT_UTF_8, Beginning, Format, Found, Skipped

MALFORMED = "malformed BibTeX"
LONGEST = 1 << 21  # bibtexparser takes two hundred times an entry's size in memory, at worst
LONGEST_MACROS = 1 << 24

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TYPES = (
    "article|book|booklet|collection|conference|dataset|electronic|inbook|incollection|inproceedings|manual"
    "|mastersthesis|misc|online|patent|phdthesis|proceedings|report|software|techreport|thesis|unpublished|string"
    "|preamble|comment"
)
_READ = (
    "title", "abstract", "abstractnote", "author", "date", "year", "month", "day", "journal", "journaltitle",
    "booktitle", "volume", "note", "doi", "eprint", "arxivid", "pmid", "url", "howpublished", "ee", "langid",
    "language",
)  # fmt: skip
# Of another type, a field has to follow.
_FITS = re.compile(
    rf"^[ \t]*@\s*(?:(?:{_TYPES})\s*[{{(]|[a-z]+\s*\{{\s*[^\s{{}},=]*\s*,\s*[a-z-]+\s*=)", re.MULTILINE
)
# A line of an abstract may begin with "@k (" too: an entry has its key next, and a comma after it.
_BEGINS = re.compile(
    rb"[ \t]*@[ \t]*(?:(?:string|preamble|comment)[ \t]*[{(]"
    rb"|[a-z]+[ \t]*(?:\{[^,{}\"=]*(?:[,}]|$|=[ \t]*[{\"])|\([^\s,(){}\"=]+,))",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"[ \t]*@[ \t]*comment[ \t]*\{", re.IGNORECASE)
_BRACE = re.compile(rb"[{}]")
_INNER_AT = re.compile(r"\n(?=[ \t]*@)")
_NO_KEY = re.compile(r"([ \t]*@[ \t]*(?!string\b)[a-z]+\s*\{)(?=\s*[a-z-]+\s*=)", re.IGNORECASE)
_ON_ONE_LINE = re.compile(r"^(\s*[\w-]+\s*=\s*\{)(.*)(\},?[ \t]*)$(?=\s*\S)", re.MULTILINE)
_LINE_BREAK = re.compile(r"\\\\(?=[{}\"])")
_PERCENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
_ARXIV = re.compile(r"arxiv:\s*([\w.-]+(?:/\d+)?)|\babs/([\w.-]+(?:/\d+)?)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s{}]+")

logging.getLogger("bibtexparser").setLevel(logging.ERROR)  # Of what it warns of, a Skipped tells.


@dataclass(slots=True)
class _Piece:
    """The lines from where an entry begins to where the next one does."""

    line: int
    size: int = 0
    lines: list[bytes] = field(default_factory=list)

    def add(self, data: bytes) -> None:
        self.size += len(data) + 1
        if self.size <= LONGEST or not self.lines:
            self.lines.append(data[:LONGEST])


class _Macros(dict[str, str]):
    """What macros stand for, by their names in lower case."""

    size = 0

    def define(self, name: str, value: str) -> None:
        """
        Take a macro in.

        Raises:
            OddValueError: they are too long, all together.
        """
        self.size += len(name) + len(value)
        if self.size > LONGEST_MACROS:
            message = f"macros of over {LONGEST_MACROS >> 20} MiB"
            raise OddValueError(message)
        self[name] = value


def _fits(beginning: Beginning) -> bool:
    return bool(_FITS.search(beginning.text))


@sure_ids(*OF_LIBRARIES)
def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    macros = _Macros(zip(_MONTHS, _MONTHS, strict=True))
    for piece in _without_comments(_pieces(blocks)):
        if isinstance(piece, Skipped):
            yield piece
        elif piece.size > LONGEST:
            yield Skipped(
                piece.line,
                f"an entry over {LONGEST >> 20} MiB",
                shown(piece.lines[0]),
            )
        else:
            yield from _read_piece(piece, macros)


def _pieces(blocks: Iterable[bytes]) -> Iterator[_Piece]:
    piece: _Piece | None = None
    for number, data in enumerate(lines(blocks), start=1):
        if data.lstrip().startswith(b"@") and _BEGINS.match(data):
            if piece:
                yield piece
            piece = _Piece(number)
        if piece:
            piece.add(data)
    if piece:
        yield piece


def _without_comments(pieces: Iterable[_Piece]) -> Iterator[_Piece | Skipped]:
    """Yield what stands outside of @comment{...}; where one is not closed, what follows it is not lost."""
    held: list[_Piece] = []
    depth = 0
    for piece in pieces:
        if not (held or _COMMENT.match(piece.lines[0])):
            yield piece
            continue
        held.append(piece)
        depth = _depth_after(piece, depth)
        if depth == 0:
            held.clear()
        elif sum(one.size for one in held) > LONGEST:
            yield from _unclosed(held)
            held, depth = [], 0
    if held:
        yield from _unclosed(held)


def _unclosed(held: list[_Piece]) -> Iterator[_Piece | Skipped]:
    yield Skipped(held[0].line, MALFORMED, shown(held[0].lines[0]), ": @comment is not closed")
    yield from held[1:]


def _depth_after(piece: _Piece, depth: int) -> int:
    """Return how many braces are open after a piece of a comment; 0 from where the first one is closed."""
    for data in piece.lines:
        for found in _BRACE.finditer(data):
            depth += 1 if found[0] == b"{" else -1
            if depth == 0:
                return 0
    return depth


def _read_piece(piece: _Piece, macros: _Macros) -> Iterator[Found | Skipped]:
    data = b"\n".join(piece.lines)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield Skipped(piece.line, NOT_UTF_8, shown(data))
        return
    for block in _blocks(text):
        line = piece.line + (block.start_line or 0)
        given = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        try:
            if isinstance(given, String):
                macros.define(given.key.lower(), value_of(given.value, macros))
            elif isinstance(given, Entry):
                yield _found(line, given.key, _fields(given, macros))
            elif isinstance(block, ParsingFailedBlock):
                reason = getattr(block.error, "abort_reason", "")
                yield Skipped(line, MALFORMED, shown(data), f": {' '.join(reason.split())}")
        except OddValueError as error:
            yield Skipped(line, MALFORMED, shown(data), f": {error}")


def _blocks(text: str) -> list[Block]:
    """Return what bibtexparser makes of a piece, helped over what it stumbles at."""
    # It takes a line that begins with "@word {" for the next entry, a brace after "\\" for an escaped one.
    text = text[:1] + _INNER_AT.sub(" ", text[1:])
    text = _LINE_BREAK.sub(r"\\\\ ", _NO_KEY.sub(r"\1,", text, count=1))
    blocks = Splitter(text).split().blocks
    for mended in (_PERCENT.sub("", text), _ON_ONE_LINE.sub(_even, text)):
        if mended != text and _has_failed(blocks):
            blocks = Splitter(mended).split().blocks
    return blocks


def _has_failed(blocks: list[Block]) -> bool:
    """Tell whether one is lost, and not only one of two fields of one name."""
    failed = (block for block in blocks if isinstance(block, ParsingFailedBlock))
    return any(block.ignore_error_block is None for block in failed)


def _even(found: re.Match[str]) -> str:
    """Return a field; where as many braces of its value are not closed as are opened, without those."""
    opening, value, closing = found.groups()
    is_even = value.count("{") == value.count("}")
    return found[0] if is_even else opening + value.replace("{", "").replace("}", "") + closing


def _fields(entry: Entry, macros: Mapping[str, str]) -> dict[str, str]:
    """Return what is read of an entry, by name; of two fields of one name the first that says anything."""
    fields = dict.fromkeys(_READ, "")
    for one in entry.fields:
        name, value = one.key.strip().lower(), value_of(one.value, macros)
        if not fields.get(name, "-").strip():
            fields[name] = value
    return fields


def _found(line: int, key: str, fields: Mapping[str, str]) -> Found:
    def told(*names: str) -> str | None:
        given = (without_braces(fields[name]).strip() for name in names)
        return next((value for value in given if value), None)

    addresses = _ADDRESS.findall(f"{told('url') or ''} {fields['howpublished']} {fields['ee']}")
    month = f"{told('year') or ''} {told('month') or ''} {told('day') or ''}"
    return Found(
        line=line,
        title=told("title"),
        abstract=told("abstract", "abstractnote"),
        ids=named(*_ids(fields), *map(paper_at, addresses), doi(key), key.strip()),
        authors=names_of(fields["author"]),
        published=first_day(told("date"), month),
        venue=told("journal", "journaltitle", "booktitle"),
        url=next(iter(addresses), None),
        language=language_code(told("langid", "language")),
    )


def _ids(fields: Mapping[str, str]) -> Iterator[str | None]:
    """Yield the ids that fields give; arXiv's also from "arXiv preprint arXiv:..." and CoRR's "abs/..."."""
    yield doi(fields["doi"])
    yield arxiv_id(fields["eprint"])
    yield arxiv_id(fields["arxivid"])
    for name in ("journal", "volume", "note"):
        for found in _ARXIV.finditer(fields[name][:200]):
            yield arxiv_id(found[1] or found[2])
    yield from with_kind("pmid", [fields["pmid"]])


FORMAT = Format("BibTeX", _fits, _read)
