"""
NBIB, the tagged text of PubMed and MEDLINE -> records.

A tag fills four places before its dash, a wrapped line begins with six blanks, and nothing ends a record but
the next. The abstract stands in AB, one in another language in OAB. Titles in brackets are translated ones.
A record begins with PMID; with OWN in the files of ERIC, which has no PMID.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.sources.dates import first_day
from extractor.sources.formats.lines import begun
from extractor.sources.formats.tagged_lines import Dialect, Record, records
from extractor.sources.identifiers import doi, named, with_kind
from extractor.sources.languages import language_code
from extractor.sources.shapes import Beginning, Format, Found, Skipped

_TAG = re.compile(rb"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)", re.DOTALL)
_FIRST = re.compile(rb"^(PMID|OWN) *-", re.MULTILINE)
_BEGINS = re.compile(r"^(?:pmid *- *\d|own - eric|ty {1,2}- ?\w)", re.MULTILINE)
_DOI = re.compile(r"\s*(\S+)\s*\[doi\]", re.IGNORECASE)


def _fits(beginning: Beginning) -> bool:
    """Tell whether a PMID begins the first record, for it may stand within one of RIS, after TY."""
    first = _BEGINS.search(beginning.text)
    return first is not None and first[0].startswith(("pmid", "own"))


def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    beginning, blocks = begun(blocks)
    first = _FIRST.search(beginning)
    for record in records(blocks, Dialect(_TAG, begins=first[1] if first else b"PMID")):
        yield record if isinstance(record, Skipped) else _found(record)


def _found(record: Record) -> Found:
    pmid = record.line_of("PMID")
    places = record.told("LID") + record.told("AID")
    dois = [doi(told[1] if (told := _DOI.match(text)) else text) for text in places]
    return Found(
        line=record.line,
        title=record.text("TI", "BTI", "TT"),
        abstract=record.text("AB", "OAB"),
        ids=named(
            *with_kind("pmid", [pmid]), *dois, *with_kind("pmc", record.names("PMC")), record.line_of("OID")
        ),
        authors=record.names("FAU", "AU", "CN"),
        published=first_day(*record.told("DEP"), *record.told("DP")),
        venue=record.line_of("JT", "TA", "BTI"),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
        language=_language(record),
    )


def _language(record: Record) -> str | None:
    """Return the abstract's language: by MEDLINE's rule AB is English, whatever the paper is (LA)."""
    if record.told("AB"):
        return "en"
    return language_code(record.line_of("OABL") if record.told("OAB") else record.line_of("LA"))


FORMAT = Format("NBIB", _fits, _read)
