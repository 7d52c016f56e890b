"""
The tagged text of Web of Science (also called .ris, or .txt, or .ciw) -> records.

FN and VR stand at the file's beginning and EF at its end, a record goes from PT to ER, a wrapped line begins
with three blanks. Each line under AU and AF is an author.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.sources.dates import first_day
from extractor.sources.formats.tagged_lines import Dialect, Record, records
from extractor.sources.identifiers import doi, named, with_kind
from extractor.sources.shapes import Beginning, Format, Found, Skipped

_DIALECT = Dialect(
    tag=re.compile(rb"([A-Z][A-Z0-9])(?: |$)(.*)", re.DOTALL),
    begins=b"PT",
    ends=b"ER",
    about_file=frozenset({b"FN", b"VR", b"EF"}),
)
_BEGINS = re.compile(r"(?:fn .*\s+)?(?:vr .*\s+)?pt [a-z]\s*\n[a-z][a-z0-9] ")


def _fits(beginning: Beginning) -> bool:
    return bool(_BEGINS.match(beginning.text))


def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    for record in records(blocks, _DIALECT):
        yield record if isinstance(record, Skipped) else _found(record)


def _found(record: Record) -> Found:
    year = record.line_of("PY") or ""
    return Found(
        line=record.line,
        title=record.text("TI"),
        abstract=record.text("AB"),
        ids=named(
            *map(doi, record.names("DI", "D2")),
            *with_kind("pmid", record.names("PM")),
            *with_kind("wos", (name.removeprefix("WOS:") for name in record.names("UT"))),
        ),
        authors=tuple(
            name for lines in record.told("AF", "AU") for line in lines.split("\n") if (name := line.strip())
        ),
        published=first_day(f"{year} {record.line_of('PD') or ''}", record.line_of("EA")),
        venue=record.line_of("SO"),
    )


FORMAT = Format("Web of Science", _fits, _read)
