"""
NBIB, the tagged text of PubMed and MEDLINE -> records.

A tag fills four places before its dash, a wrapped line begins with six blanks, and nothing ends a record but
the next. The abstract stands in AB, one in another language in OAB. Titles in brackets are translated ones.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.sources.dates import first_day
from extractor.sources.formats.tagged_lines import Dialect, Record, records
from extractor.sources.identifiers import doi, named, with_kind
from extractor.sources.languages import language_code
from extractor.sources.shapes import Beginning, Format, Found, Skipped

_DIALECT = Dialect(tag=re.compile(rb"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)", re.DOTALL), begins=b"PMID")
_BEGINS = re.compile(r"^(?:pmid *- *\d|ty {1,2}- ?\w)", re.MULTILINE)
_DOI = re.compile(r"\s*(\S+)\s*\[doi\]", re.IGNORECASE)


def _fits(beginning: Beginning) -> bool:
    """Tell whether a PMID begins the first record, for it may stand within one of RIS, after TY."""
    first = _BEGINS.search(beginning.text)
    return first is not None and first[0].startswith("pmid")


def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    for record in records(blocks, _DIALECT):
        yield record if isinstance(record, Skipped) else _found(record)


def _found(record: Record) -> Found:
    pmid = record.line_of("PMID")
    dois = [doi(told[1]) for text in record.told("LID") + record.told("AID") if (told := _DOI.match(text))]
    return Found(
        line=record.line,
        title=record.text("TI", "BTI", "TT"),
        abstract=record.text("AB", "OAB"),
        ids=named(*with_kind("pmid", [pmid]), *dois, *with_kind("pmc", record.names("PMC"))),
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
