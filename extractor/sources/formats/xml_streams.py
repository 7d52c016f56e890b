"""
Blocks of XML -> an element a record, each parsed by itself.

No document is ever seen whole: what is declared in its DTD, entities among them, is not known here, and
nothing is fetched. A record that cannot be parsed is passed over; the next one is read.
"""

import html
import html.entities
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from extractor.sources.formats.xml_pieces import Piece, Pieces
from extractor.sources.shapes import Beginning, Skipped, short

MALFORMED = "malformed XML"
SERVER_ERROR = "an error of the server"
_MOST_PARTS = 1 << 20
_SHOWN = 2_000

_BEFORE_ROOT = re.compile(r"<\?.*?\?>|<!--.*?-->|<!doctype[^<>\[]*(?:\[.*?\]\s*)?>|\s+", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([a-z_][\w.-]*)[\s/>]")
_PLACE = re.compile(
    r",? (?:try XML_PARSE_HUGE|use XML_PARSE_HUGE option).*|,? line \d+, column \d+.*", re.DOTALL
)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*;)")
_TAG = re.compile(r"<[^<>]*>?")


@dataclass(frozen=True, slots=True)
class Record:
    """An element, and the line of the file that it begins on."""

    line: int
    element: etree._Element


def root_of(beginning: Beginning) -> str:
    """Return the name of a file's first element, in lower case and without prefix; "" for no XML."""
    at = 0
    while before := _BEFORE_ROOT.match(beginning.text, at):
        at = before.end()
    found = _ROOT.match(beginning.text, at)
    return found[1] if found else ""


def records(blocks: Iterable[bytes], *names: str) -> Iterator[Record | Skipped]:
    """Yield the outermost elements of these names, whatever their prefix, in the order of the file."""
    pieces = Pieces(blocks, *names)
    parser = _parser()
    for piece in pieces:
        if piece.flaw:
            yield _malformed(piece, piece.flaw)
        else:
            yield _parsed(piece, pieces, parser)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )


def _parsed(piece: Piece, pieces: Pieces, parser: etree.XMLParser) -> Record | Skipped:
    if piece.data.count(b"<") + piece.data.count(b"=") > _MOST_PARTS:
        return _malformed(piece, f"it has over {_MOST_PARTS} elements and attributes")
    declared = b" ".join(b"%b=%b" % pair for pair in pieces.declared.items()).replace(b"\n", b" ")
    try:
        try:
            return Record(piece.line, _element(declared, piece.data, parser))
        except etree.XMLSyntaxError:
            mended = _decoded(piece.data, pieces.encoding)
            return Record(piece.line, _element(declared, mended, parser))
    except etree.XMLSyntaxError as error:
        line = piece.line + (error.lineno or 1) - 1
        return _malformed(piece, f"{_PLACE.sub('', error.msg or '')} (line {line})")
    except (UnicodeDecodeError, LookupError):
        return _malformed(piece, "it is not UTF-8; save the file as UTF-8")


def _element(declared: bytes, data: bytes, parser: etree.XMLParser) -> etree._Element:
    return etree.fromstring(b"<x %b>%b</x>" % (declared, data), parser)[0]


def _decoded(data: bytes, encoding: str | None) -> bytes:
    """Return a record in UTF-8 where the document named another encoding, HTML's own entities decoded."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode(encoding or "utf-8")
    return _ENTITY.sub(_character, text).encode()


def _character(entity: re.Match[str]) -> str:
    known = html.entities.html5.get(entity[1])
    return html.escape(known) if known else entity[0]


def _malformed(piece: Piece, problem: str) -> Skipped:
    beginning = piece.data[:_SHOWN].decode(errors="replace")
    return Skipped(piece.line, MALFORMED, short(" ".join(_TAG.sub(" ", beginning).split())), f": {problem}")
