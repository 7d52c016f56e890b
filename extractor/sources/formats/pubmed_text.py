"""
What PubMed saves as "Abstract (text)", paragraphs under a numbered citation -> records.

A record begins with the next number ("12. J Test. 2021 Mar 4;3(2):1-9."); then come its title, its authors,
what is said of them and of other papers, the abstract, and its ids. Nothing marks the abstract: it is the
longest paragraph after the title that is none of the others.
"""

import re
from collections.abc import Iterable, Iterator

from extractor.sources.dates import first_day
from extractor.sources.formats.lines import shown
from extractor.sources.formats.tagged_lines import lines
from extractor.sources.identifiers import doi, named, with_kind
from extractor.sources.shapes import LONGEST, NOT_UTF_8, Beginning, Format, Found, Skipped

_NUMBER = re.compile(rb"(\d{1,7})\. \S")
_BEGINS = re.compile(r"1\. \S[^\n]*\b(?:1[89]|20)\d\d\b")
_PMID = re.compile(r"^pmid: ?(\d+)", re.MULTILINE | re.IGNORECASE)
_DOI = re.compile(r"^DOI: ?(\S+)", re.MULTILINE)
_CENTRAL = re.compile(r"^PMCID: ?(\S+)", re.MULTILINE)
_CITED = re.compile(r"\d+\. ([^.]+)\. ([^;:]*)")
_NAME = r"[^\s,.;][^,.;]{0,60} [A-Z][A-Z-]{0,4}(?: (?:Jr|Sr|2nd|3rd|I{2,3}|IV))?(?:\([^()]{1,5}\))*"
_AUTHORS = re.compile(rf"{_NAME}(?:, {_NAME})*(?:; [^;]{{1,200}})*")
_MARKS = re.compile(r"(?:\([^()]{1,5}\))+$")
# Paragraphs that are no abstract, by how they begin.
_OTHER = re.compile(
    r"(?:Author information:|Collaborators?[:(]|Conflict of interest statement:|DOI: |PMC?ID: |\[Article in "
    r"|Comment (?:in|on)\n|Errat(?:um|a) (?:in|for)\n|Update (?:in|of)\n|Republished (?:in|from)\n"
    r"|Corrected and republished |Retract(?:ion (?:in|of)|ed and republished \w+)\n|Expression of concern "
    r"|Summary for patients in\n|Original report in\n|©|Copyright (?:©|\(|\d)|\(c\) ?\d|Published by )"
)


def _fits(beginning: Beginning) -> bool:
    return bool(_BEGINS.match(beginning.text) and _PMID.search(beginning.text))


def _read(blocks: Iterable[bytes]) -> Iterator[Found | Skipped]:
    for line, data in _records(blocks):
        if len(data) > LONGEST:
            yield Skipped(line, f"a record over {LONGEST >> 20} MiB", shown(data))
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError:
            yield Skipped(line, NOT_UTF_8, shown(data))
        else:
            yield _found(line, text)


def _records(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each record with its line: all from a number on, the next one in turn after a blank line."""
    begun, start, due, is_after_blank = bytearray(), 1, 1, True
    for number, data in enumerate(lines(blocks), start=1):
        found = _NUMBER.match(data) if is_after_blank else None
        if found and int(found[1]) == due:
            if begun.strip():
                yield start, bytes(begun)
            begun, start, due = bytearray(), number, due + 1
        begun += (data.rstrip() + b"\n")[: LONGEST + 1 - len(begun)]
        is_after_blank = not data.strip()
    if begun.strip():
        yield start, bytes(begun)


def _found(line: int, text: str) -> Found:
    citation, *rest = [part.strip() for part in re.split(r"\n{2,}", text) if part.strip()]
    title = next(iter(rest), None)
    authors = _people(rest[1]) if len(rest) > 1 else ()
    others = [part for part in rest[2 if authors else 1 :] if not _OTHER.match(part)]
    number, cited = _PMID.search(text), _CITED.match(" ".join(citation.split()))
    return Found(
        line=line,
        title=title,
        abstract=max(others, key=len, default=None),
        ids=named(
            *with_kind("pmid", [number[1] if number else None]),
            *map(doi, _DOI.findall(text)),
            *with_kind("pmc", _CENTRAL.findall(text)),
        ),
        authors=authors,
        published=first_day(cited[2]) if cited else None,
        venue=cited[1] if cited else None,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{number[1]}/" if number else None,
    )


def _people(paragraph: str) -> tuple[str, ...]:
    """Return the authors that a paragraph lists; none where it is another."""
    listed = " ".join(paragraph.split())
    if not _AUTHORS.fullmatch(listed.removesuffix(".")):
        return ()
    return tuple(_MARKS.sub("", name) for name in re.split(r"[,;] ", listed.removesuffix(".")))


FORMAT = Format("PubMed abstracts (text)", _fits, _read)
