"""EndNote's XML, a `record` a paper, its texts in `style` elements -> records."""

from collections.abc import Iterable, Iterator
from datetime import date

from lxml import etree

from extractor.sources.dates import first_day
from extractor.sources.formats.shared_ids import OF_LIBRARIES, sure_ids
from extractor.sources.formats.xml_streams import records, root_of
from extractor.sources.formats.xml_texts import every, first
from extractor.sources.identifiers import doi, named, paper_at
from extractor.sources.languages import language_code
from extractor.sources.shapes import Beginning, Format, Found, Skipped


def _fits(beginning: Beginning) -> bool:
    return root_of(beginning) in {"xml", "records"} and "<rec-number" in beginning.text


@sure_ids(*OF_LIBRARIES)
def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    for record in records(blocks, "record"):
        yield record if isinstance(record, Skipped) else _found(record.line, record.element)


def _found(line: int, element: etree._Element) -> Found:
    addresses = tuple(every(element, "urls/*/url"))
    return Found(
        line=line,
        title=first(element, "titles/title"),
        abstract=first(element, "abstract"),
        ids=named(doi(first(element, "electronic-resource-num") or ""), *map(paper_at, addresses)),
        authors=tuple(every(element, "contributors/authors/author")),
        published=_published(element),
        venue=first(element, "titles/secondary-title") or first(element, "periodical/full-title"),
        url=next(iter(addresses), None),
        language=language_code(first(element, "language")),
    )


def _published(element: etree._Element) -> date | None:
    year = first(element, "dates/year") or ""
    return first_day(*(f"{year} {day}" for day in every(element, "dates/pub-dates/date")), year)


FORMAT = Format("EndNote (XML)", _fits, _read)
