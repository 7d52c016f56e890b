"""RSS, as of arXiv's announcements -> papers."""

from collections.abc import Iterable, Iterator

from lxml import etree

from extractor.sources.dates import first_day
from extractor.sources.formats.arxiv_texts import announced, names, titled
from extractor.sources.formats.xml_streams import records, root_of
from extractor.sources.formats.xml_texts import every, first, sibling, without_html
from extractor.sources.identifiers import address_id, arxiv_id, doi, named
from extractor.sources.shapes import Beginning, Format, Found, Skipped


def _fits(beginning: Beginning) -> bool:
    root = root_of(beginning)
    return root == "rss" or (root == "rdf" and "http://purl.org/rss/1.0/" in beginning.text)


def read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    """
    Yield the items, each as often as it stands there: cross-lists and replacements repeat papers.

    An item's date is that of its announcement: where a paper was announced before, its own is not known.
    """
    for record in records(blocks, "item"):
        yield record if isinstance(record, Skipped) else _paper(record.line, record.element)


def _paper(line: int, item: etree._Element) -> Found:
    title = titled(_text(item, "title"))
    said = announced(_text(item, "description"))
    address = first(item, sibling(item, "link"))
    arxiv = named(
        *(arxiv_id(text) for text in (title.arxiv, said.arxiv, first(item, "guid"), address) if text)
    )
    return Found(
        line,
        title.title or None,
        said.abstract or None,
        ids=named(*arxiv, *_dois(item), address_id(address) if address else None),
        authors=_authors(item, is_arxiv=bool(arxiv)),
        published=first_day(first(item, "pubDate") or first(item, "{*}date"))
        if title.is_new and said.is_new
        else None,
        venue=first(item, "{*}journal_reference") or first(item, "{*}publicationName"),
        url=address,
    )


def _text(item: etree._Element, name: str) -> str:
    """Return a text of an item: written as HTML, unless it is arXiv's announcement."""
    text = first(item, sibling(item, name)) or ""
    return text if announced(text).arxiv else without_html(text).strip()


def _dois(item: etree._Element) -> Iterator[str | None]:
    return (doi(text) for name in ("DOI", "doi", "identifier") for text in every(item, f"{{*}}{name}"))


def _authors(item: etree._Element, *, is_arxiv: bool) -> tuple[str, ...]:
    """Return who made it: a name an element, but for arXiv, where all stand in one."""
    creators = (without_html(text) for text in every(item, "{*}creator"))
    return tuple(name for text in creators for name in (names(text) if is_arxiv else (text,)))


FORMAT = Format("RSS", _fits, read)
