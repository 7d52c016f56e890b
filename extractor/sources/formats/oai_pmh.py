"""OAI-PMH, with the metadata of arXiv (arXiv, arXivRaw, arXivOld) or Dublin Core -> papers."""

from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from extractor.sources.dates import first_day
from extractor.sources.formats.arxiv_texts import is_withdrawal, names
from extractor.sources.formats.dublin_core import paper_of_dublin_core
from extractor.sources.formats.xml_streams import SERVER_ERROR, Record, records, root_of
from extractor.sources.formats.xml_texts import every, first, local, text_of
from extractor.sources.identifiers import arxiv_id, doi, named
from extractor.sources.shapes import Beginning, Format, Found, Skipped, short

_SPACES = ("http://www.openarchives.org/oai/2.0/", "http://arxiv.org/oai/")


def _fits(beginning: Beginning) -> bool:
    is_oai = any(space in beginning.text for space in _SPACES)
    return is_oai and root_of(beginning) not in {"", "html", "feed", "rss"}


def read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    """Yield the records; what was deleted, and the errors that a server tells, are passed over."""
    for record in records(blocks, "record", "error", *_READERS):
        yield record if isinstance(record, Skipped) else _of(record)


def resumption_token(blocks: Iterable[bytes]) -> str | None:
    """Return what a page says to ask the next one with; None on the last page."""
    found = [record for record in records(blocks, "resumptionToken") if isinstance(record, Record)]
    return text_of(found[-1].element) if found else None


def _of(record: Record) -> Found | Skipped:
    element = record.element
    if local(element) == "error":
        told = f": {element.get('code', '')} {text_of(element) or ''}".rstrip()
        return Skipped(record.line, SERVER_ERROR, "", told)
    if local(element) != "record":
        return _paper(record.line, element, "")
    given_id = first(element, "{*}header/{*}identifier") or ""
    header = element.find("{*}header")
    if header is not None and header.get("status") == "deleted":
        return Skipped(record.line, "deleted", short(given_id))
    metadata = element.find("{*}metadata/*")
    if metadata is None:
        return Skipped(record.line, "no metadata", short(given_id))
    return _paper(record.line, metadata, given_id)


def _paper(line: int, metadata: etree._Element, given_id: str) -> Found | Skipped:
    read_one = _READERS.get(local(metadata))
    if read_one is None:
        told = f": {local(metadata)}; {', '.join(_READERS)} are read"
        return Skipped(line, "metadata of another form", short(given_id), told)
    return read_one(line, metadata, given_id)


def _arxiv(line: int, metadata: etree._Element, given_id: str) -> Found | Skipped:
    if is_withdrawal(first(metadata, "{*}comments")):
        return Skipped(line, "withdrawn", short(first(metadata, "{*}title") or given_id))
    arxiv = arxiv_id(first(metadata, "{*}id") or given_id)
    return Found(
        line,
        first(metadata, "{*}title"),
        first(metadata, "{*}abstract"),
        ids=named(arxiv, *(doi(one) for text in every(metadata, "{*}doi") for one in text.split())),
        authors=_authors(metadata),
        published=first_day(first(metadata, "{*}created") or first(metadata, "{*}version/{*}date")),
        venue=first(metadata, "{*}journal-ref"),
        url=f"https://arxiv.org/abs/{arxiv.removeprefix('arxiv:')}" if arxiv else None,
    )


def _authors(metadata: etree._Element) -> tuple[str, ...]:
    """Return the authors: an element each in arXiv, one text for all in arXivRaw and arXivOld."""
    each = [
        " ".join(filter(None, (first(author, f"{{*}}{part}") for part in ("forenames", "keyname", "suffix"))))
        for author in metadata.iterfind("{*}authors/{*}author")
    ]
    return tuple(filter(None, each)) or names(first(metadata, "{*}authors") or "")


_READERS: dict[str, Callable[[int, etree._Element, str], Found | Skipped]] = {
    "arXiv": _arxiv,
    "arXivRaw": _arxiv,
    "arXivOld": _arxiv,
    "dc": paper_of_dublin_core,
}

FORMAT = Format("OAI-PMH", _fits, read)
