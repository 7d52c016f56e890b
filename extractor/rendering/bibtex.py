r"""
Papers -> entries of BibTeX, in which a text is only a text.

Every character that TeX or BibTeX acts on is written by its name, braces too: BibTeX counts \{ as a brace.
Addresses are written as addresses are. What an abstract claims stands in the note, and is called so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from extractor.rendering.cells import plain
from extractor.rendering.latex import NAMED

_NAMED = str.maketrans(NAMED | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OPENS = re.compile(r'(?:(?<=[\s(\[/-])|^)"')
_NO_KEY = re.compile(r"[^A-Za-z0-9._:/+-]+")
_ARXIV = re.compile(r"arxiv:([\w.-]+(?:/\d+)?)")
_DOI = re.compile(r"doi:(10\.\d+/[\w.;()/:<>+@,=!'*\[\]-]+)", re.ASCII)
_PMID = re.compile(r"pmid:(\d+)")
_ADDRESS = re.compile(r"https?://[^\s\"<>\\^`{|}\x00-\x20\x7f-\U0010ffff]+")
_JOINS = re.compile(r"(?i)(?:^|\s)and(?:\s|$)|^others$")
_MOST_COMMAS = 2


@dataclass(frozen=True, slots=True)
class Cited:
    """A paper as it is cited; `claims` are results in words."""

    paper_id: str
    title: str | None
    authors: list[str] | None
    published: date | str | None
    venue: str | None
    url: str | None
    aliases: list[str]
    claims: list[str]


def bibtex_entries(papers: Iterable[Cited]) -> Iterator[str]:
    """Yield an entry a paper; its key is the paper's id, a number behind it where two would have one key."""
    taken: set[str] = set()
    for paper in papers:
        key = _key(paper.paper_id, taken)
        fields = "".join(f"  {name} = {value},\n" for name, value in _fields(paper))
        yield f"@misc{{{key},\n{fields}}}\n\n"


def _key(paper_id: str, taken: set[str]) -> str:
    """Return a key of its own; case does not tell keys apart in BibTeX."""
    wanted = key = _NO_KEY.sub("-", paper_id).strip("-") or "paper"
    number = 1
    while key.lower() in taken:
        number += 1
        key = f"{wanted}-{number}"
    taken.add(key.lower())
    return key


def _fields(paper: Cited) -> Iterator[tuple[str, str]]:
    if title := _text(paper.title):
        yield "title", f"{{{{{title}}}}}"  # In braces of its own, so that no style changes its capitals.
    if authors := [name for author in paper.authors or () if (name := _name(author))]:
        yield "author", f"{{{' and '.join(authors)}}}"
    if isinstance(paper.published, date):  # What no calendar of Python's has is a text.
        yield "year", f"{{{paper.published.year}}}"
        yield "month", _MONTHS[paper.published.month - 1]
    if venue := _text(paper.venue):
        yield "howpublished", f"{{{venue}}}"
    yield from _ids(paper.aliases)
    if paper.url and _ADDRESS.fullmatch(paper.url):
        yield "url", f"{{{paper.url}}}"
    if paper.claims:
        yield "note", f"{{Claimed in the abstract: {_text('; '.join(paper.claims))}}}"


def _ids(aliases: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the first arXiv id, DOI and PMID."""
    for name, pattern in (("eprint", _ARXIV), ("doi", _DOI), ("pmid", _PMID)):
        found = next((known for alias in aliases if (known := pattern.fullmatch(alias))), None)
        if found:
            yield name, f"{{{found[1]}}}"
            if name == "eprint":
                yield "archiveprefix", "{arXiv}"


def _name(author: str) -> str:
    """Return an author's name, in braces where BibTeX would take it for several."""
    name = _text(author)
    is_odd = _JOINS.search(author) or author.count(",") > _MOST_COMMAS
    return f"{{{name}}}" if name and is_odd else name


def _text(value: str | None) -> str:
    """Return a text as one line that TeX prints as it is; straight quotes become opening and closing ones."""
    told = _OPENS.sub("\0", plain(value).strip())  # No text holds a null by now.
    named = told.translate(_NAMED)
    return named.replace("\0", "``").replace('"', "''")
