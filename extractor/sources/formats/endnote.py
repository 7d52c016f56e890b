"""
The tagged text of EndNote and refer (.enw, .enl), a line "%T Title" a tag -> records.

Nothing ends a record but the next, which begins with the same tag as the first: "%0" as a rule, "%T" in the
exports of bepress. The abstract stands in %X, the DOI in %R.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.sources.dates import first_day
from extractor.sources.formats.lines import begun
from extractor.sources.formats.shared_ids import OF_LIBRARIES, sure_ids
from extractor.sources.formats.tagged_lines import Dialect, Record, records
from extractor.sources.identifiers import doi, named, paper_at
from extractor.sources.languages import language_code
from extractor.sources.shapes import Beginning, Format, Found, Skipped

_TAG = re.compile(rb"%([0-9A-Z@!#$&()*+<>?\[\]^~]) (.*)", re.DOTALL)
_FIRST = re.compile(rb"^%([0T]) ", re.MULTILINE)
_BEGINS = re.compile(r"%[0-9a-z] \S")
_TITLE = re.compile(r"^%t \S", re.MULTILINE)


def _fits(beginning: Beginning) -> bool:
    return bool(_BEGINS.match(beginning.text) and _TITLE.search(beginning.text))


@sure_ids(*OF_LIBRARIES)
def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    beginning, blocks = begun(blocks)
    first = _FIRST.search(beginning)
    for record in records(blocks, Dialect(_TAG, begins=first[1] if first else b"0")):
        yield record if isinstance(record, Skipped) else _found(record)


def _found(record: Record) -> Found:
    addresses = " ".join(record.told("U")).split()
    return Found(
        line=record.line,
        title=record.text("T"),
        abstract=record.text("X"),
        ids=named(*map(doi, record.names("R")), *map(paper_at, addresses)),
        authors=record.names("A"),
        published=first_day(*record.told("8"), *record.told("D")),
        venue=record.line_of("J", "B"),
        url=next(iter(addresses), None),
        language=language_code(record.line_of("G")),
    )


FORMAT = Format("EndNote (tagged text)", _fits, _read)
