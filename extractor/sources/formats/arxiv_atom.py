"""Atom, as arXiv's search and its announcements give it -> papers."""

from collections.abc import Iterable, Iterator
from datetime import date

from lxml import etree

from extractor.sources.dates import first_day
from extractor.sources.formats.arxiv_texts import announced, is_withdrawal, names
from extractor.sources.formats.xml_streams import SERVER_ERROR, records, root_of
from extractor.sources.formats.xml_texts import every, first, sibling, text_of, without_html
from extractor.sources.identifiers import address_id, arxiv_id, doi, named
from extractor.sources.shapes import Beginning, Format, Found, Skipped, short

_ERRORS = "arxiv.org/api/errors"


def _fits(beginning: Beginning) -> bool:
    return root_of(beginning) in {"feed", "entry"} and "http://www.w3.org/2005/atom" in beginning.text


def read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    """Yield the entries, none for an empty feed. An entry that tells an error of arXiv is passed over."""
    for record in records(blocks, "entry"):
        yield record if isinstance(record, Skipped) else _paper(record.line, record.element)


def _paper(line: int, entry: etree._Element) -> Found | Skipped:
    given_id = first(entry, sibling(entry, "id")) or ""
    title, abstract = _text(entry, "title"), _text(entry, "summary") or _text(entry, "content")
    if _ERRORS in given_id:
        return Skipped(line, SERVER_ERROR, short(given_id), f": {abstract or title}")
    said = announced(abstract or "")
    if is_withdrawal(first(entry, "{*}comment")):
        return Skipped(line, "withdrawn", short(title or given_id))
    address = _address(entry) or given_id
    return Found(
        line,
        title,
        said.abstract or None,
        ids=named(
            arxiv_id(given_id), *map(doi, every(entry, "{*}doi")), address_id(address) if address else None
        ),
        authors=_authors(entry),
        published=_published(entry) if said.is_new else None,
        venue=first(entry, "{*}journal_ref") or first(entry, "{*}journal_reference"),
        url=address or None,
    )


def _text(entry: etree._Element, name: str) -> str | None:
    found = entry.find(sibling(entry, name))
    text = text_of(found)
    if found is None or text is None:
        return None
    return without_html(text) if found.get("type") == "html" else text


def _address(entry: etree._Element) -> str | None:
    """Return where an entry's page is; what has no `rel` is the page."""
    links = entry.iterfind(sibling(entry, "link"))
    return next((link.get("href") for link in links if link.get("rel", "alternate") == "alternate"), None)


def _authors(entry: etree._Element) -> tuple[str, ...]:
    """Return the authors, an element each, or all in one as the announcements have them."""
    each = tuple(every(entry, f"{sibling(entry, 'author')}/{sibling(entry, 'name')}"))
    return each or tuple(name for text in every(entry, "{*}creator") for name in names(text))


def _published(entry: etree._Element) -> date | None:
    return first_day(first(entry, sibling(entry, "published")) or first(entry, sibling(entry, "updated")))


FORMAT = Format("Atom, as of arXiv", _fits, read)
