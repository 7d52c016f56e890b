"""
RIS, what reference managers exchange -> records.

The abstract stands in AB or N2, the title in TI or T1, the date in DA, PY or Y1. The id of a record (ID) is
left out: files give the same one to several papers. The reader is our own, for rispy (0.10) makes a list of
the whole file, knows no line numbers, and drops or merges records without ER.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.sources.dates import first_day
from extractor.sources.formats.shared_ids import OF_LIBRARIES, sure_ids
from extractor.sources.formats.tagged_lines import Dialect, Record, records
from extractor.sources.identifiers import doi, named, paper_at, with_kind
from extractor.sources.languages import language_code
from extractor.sources.shapes import Beginning, Format, Found, Skipped

# One blank before the dash, where two are due, is taken from tags that are well known only:
# a wrapped line of an abstract may begin with two capitals and a dash.
_DIALECT = Dialect(
    tag=re.compile(
        rb"([A-Z][A-Z0-9]|PMC?ID)"
        rb"(?: {2}|(?<=TY|ER|TI|T1|T2|AB|N2|AU|A1|PY|Y1|DA|DO|UR|JO|JF|KW|VL|SP|EP|SN|LA|ID) )- ?(.*)",
        re.DOTALL,
    ),
    begins=b"TY",
    ends=b"ER",
    about_file=frozenset({b"NL"}),  # As Ovid has the journal again, after the end of a record.
)
_BEGINS = re.compile(r"^ty {1,2}- ?\w", re.MULTILINE)


def _fits(beginning: Beginning) -> bool:
    return bool(_BEGINS.search(beginning.text))


@sure_ids(*OF_LIBRARIES)
def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    for record in records(blocks, _DIALECT):
        yield record if isinstance(record, Skipped) else _found(record)


def _found(record: Record) -> Found:
    addresses = re.split(r"[;\s]+", " ".join(record.told("UR", "LK", "L2")).strip())
    return Found(
        line=record.line,
        title=record.text("TI", "T1", "CT", "BT", "ST"),
        abstract=record.text("AB", "N2"),
        ids=named(
            *map(doi, record.names("DO", "DI")),
            *map(paper_at, addresses),
            *with_kind("pmid", (name for name in record.names("PMID") if name.isdecimal())),
            *with_kind("pmc", record.names("PMCID")),
        ),
        authors=record.names("AU", "A1"),
        published=first_day(*record.told("DA"), *record.told("PY"), *record.told("Y1")),
        venue=record.line_of("JF", "T2", "JO", "JA", "J2"),
        url=next((address for address in addresses if address), None),
        language=language_code(record.line_of("LA")),
    )


FORMAT = Format("RIS", _fits, _read)
