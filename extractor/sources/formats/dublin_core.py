"""Dublin Core, as repositories give it over OAI-PMH -> a paper."""

from collections.abc import Iterable

from lxml import etree

from extractor.sources.dates import first_day
from extractor.sources.formats.arxiv_texts import is_withdrawal
from extractor.sources.formats.xml_texts import every, first, text_of
from extractor.sources.identifiers import address_id, arxiv_id, doi, named
from extractor.sources.languages import language_code
from extractor.sources.shapes import Found, Skipped, short

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_COMMENT = "Comment:"
_WEB = ("http://", "https://")


def paper_of_dublin_core(line: int, metadata: etree._Element, given_id: str) -> Found | Skipped:
    """
    Return the paper of one `oai_dc:dc`, whose elements may all be repeated.

    Of several titles the first, of several descriptions the longest, English ones before others; of
    several dates the earliest. What arXiv puts there as "Comment: 5 pages" is no description.
    """
    descriptions = list(metadata.iterfind("{*}description"))
    comments = [text for one in descriptions if (text := text_of(one) or "").startswith(_COMMENT)]
    title = text_of(next(iter(_english(metadata.iterfind("{*}title"))), None))
    about = [one for one in descriptions if not (text_of(one) or "").startswith(_COMMENT)]
    abstract = max(_english(about), key=lambda one: len(text_of(one) or ""), default=None)
    if any(is_withdrawal(text.removeprefix(_COMMENT)) for text in comments):
        return Skipped(line, "withdrawn", short(title or given_id))
    identifiers = tuple(every(metadata, "{*}identifier"))
    address = next((text for text in identifiers if text.startswith(_WEB)), None)
    return Found(
        line,
        title,
        text_of(abstract),
        ids=_ids(given_id, identifiers, address),
        authors=tuple(every(metadata, "{*}creator")),
        published=min(filter(None, map(first_day, every(metadata, "{*}date"))), default=None),
        venue=first(metadata, "{*}source"),
        url=address,
        language=_language(abstract) or language_code(first(metadata, "{*}language")),
    )


def _english(elements: Iterable[etree._Element]) -> list[etree._Element]:
    """Return those that are marked as English, all where none is."""
    every_one = list(elements)
    return [one for one in every_one if _language(one) == "en"] or every_one


def _language(element: etree._Element | None) -> str | None:
    return None if element is None else language_code(element.get(_LANGUAGE))


def _ids(given_id: str, identifiers: tuple[str, ...], address: str | None) -> tuple[str, ...]:
    known = (name for text in (given_id, *identifiers) for name in (arxiv_id(text) or doi(text),))
    return named(*known, address_id(address) if address else None, None if arxiv_id(given_id) else given_id)
