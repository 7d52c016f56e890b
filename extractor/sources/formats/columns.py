"""Names of columns or keys, guessed or told, and a record under them -> what is found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from extractor.errors import SourceError
from extractor.sources.formats import values
from extractor.sources.identifiers import address_id, arxiv_id, doi, named, with_kind
from extractor.sources.languages import language_code
from extractor.sources.shapes import Found, Skipped, short

_OF_WEB_OF_SCIENCE = "WOS:"
_BETWEEN_WORDS = str.maketrans("", "", " \u00a0\ufeff_-./:()\"'*#")

# Of each part the names that are in use, as `folded` makes them, the surest first. What a model has
# written (tldr, ai_summary) is no abstract, and what a journal is called no title.
_KNOWN = {
    "title": "title papertitle articletitle documenttitle primarytitle maintitle titletext titledisplay"
    " itemtitle ti t1 displayname name",
    "abstract": "abstract abstracttext paperabstract articleabstract abstractnote abstractenglish abstracten"
    " originalabstract ab n2 summary",
    "id": "id paperid articleid recordid openalexid uid corduid lensid eid ut utuniquewosid key"
    " accessionnumber",
    "doi": "doi doiurl doilink doinumber itemdoi externalidsdoi di do",
    "arxiv": "arxivid arxiv arxivnumber arxivurl arxivlink eprint externalidsarxiv entryid",
    "pmid": "pmid pubmedid pubmed externalidspubmed pm",
    "openreview": "openreviewid openreview openreviewurl forum",
    "authors": "authors author authorfullnames authornames authorlist authorstring creators creator"
    " firstauthors authorshipsauthordisplayname au af",
    "published": "published publisheddate datepublished publicationdate publishdate publishedat publishtime"
    " pubdate firstpublicationdate coverdate onlinedate earlyaccessdate issued date year"
    " publicationyear pubyear yearpublished py",
    "venue": "venue journal journaltitle journalname journalbook sourcetitle publicationtitle publicationname"
    " booktitle containertitle conference conferencename proceeding proceedings"
    " primarylocationsourcedisplayname so jo t2",
    "url": "url link paperurl urlabs articleurl landingpageurl site website href ur",
    "language": "language lang languageoforiginaldocument la",
    "status": "status",
}
PARTS = tuple(part for part in _KNOWN if part != "status")
"""The parts of a paper that a column can be said to hold."""

_PART_OF = {name: part for part, names in _KNOWN.items() for name in names.split()}
_RANK = {name: rank for names in _KNOWN.values() for rank, name in enumerate(names.split())}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which names hold which part of a paper: of each the surest first, the next where that is empty."""

    names: Mapping[str, tuple[str, ...]]

    @property
    def are_of_papers(self) -> bool:
        """Whether one of them holds a title or an abstract."""
        return "title" in self.names or "abstract" in self.names

    @property
    def known(self) -> int:
        """How many of the parts they hold."""
        return len(self.names)


@lru_cache(maxsize=16)
def guessed(names: tuple[str, ...]) -> Columns:
    """Return what names in use mean, whatever their case, blanks and signs."""
    held: dict[str, list[str]] = {}
    for name in names:
        if part := _PART_OF.get(folded(name)):
            held.setdefault(part, []).append(name)
    return Columns({part: tuple(sorted(those, key=_rank)) for part, those in held.items()})


def told(given: Mapping[str, str], names: Iterable[str] | None = None) -> Columns:
    """
    Return which names the user says hold which parts: `{"title": "Name of the paper"}`.

    Where the names of all columns are given, one in another case or with other blanks is found, too.

    Raises:
        SourceError: there is no such part, or no such column.
    """
    return Columns({_part(part): (_column(name, names),) for part, name in given.items()})


def columns_of(names: tuple[str, ...], given: Mapping[str, str]) -> Columns:
    """
    Return what the columns of a table hold: as told, and for the other parts as guessed.

    Raises:
        SourceError: the user names a part or a column that there is not.
    """
    said = told(given, names).names
    taken = {name for those in said.values() for name in those}
    rest = {
        part: left
        for part, those in guessed(names).names.items()
        if part not in said and (left := tuple(name for name in those if name not in taken))
    }
    return Columns({**rest, **said})


def found(line: int, record: Mapping[str, Any], columns: Columns) -> Found | Skipped:
    """Return the paper that a record is under its columns; skipped, where it is said to be withdrawn."""
    texts = dict.fromkeys(_KNOWN) | {part: _text(record, names) for part, names in columns.names.items()}
    status = texts["status"] or ""
    if status.strip().lower().startswith("withdr"):
        return Skipped(line, "withdrawn", short(" ".join((texts["title"] or texts["id"] or "").split())))
    return Found(
        line,
        texts["title"],
        values.abstract(texts["abstract"]),
        _ids(texts),
        values.names(_first(record, columns.names.get("authors", ()))),
        values.day(*(_of(record, name) for name in columns.names.get("published", ()))),
        texts["venue"],
        texts["url"],
        language_code(texts["language"]),
    )


def folded(name: str) -> str:
    """Return a name in small letters, without blanks and what else divides words."""
    return name.casefold().translate(_BETWEEN_WORDS)


def _ids(texts: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the file's own id first, then all that the columns name."""
    own, arxiv, url = ((texts[part] or "").strip() for part in ("id", "arxiv", "url"))
    review = (texts["openreview"] or "").strip()
    return named(
        _own(own),
        arxiv_id(own) or doi(own),
        arxiv_id(arxiv.split(" ")[0]),
        *map(doi, (texts["doi"] or "").split()),
        *with_kind("pmid", (texts["pmid"] or "").split(";")[:1]),
        address_id(review) if "/" in review else f"openreview:{review}" if review else None,
        address_id(url.split()[0].rstrip(";")) if url else None,
    )


def _own(name: str) -> str:
    """Return the file's own id; an address, or one of Web of Science, as the name that all know it by."""
    if name.startswith(_OF_WEB_OF_SCIENCE):
        return f"wos:{name.removeprefix(_OF_WEB_OF_SCIENCE)}"
    return address_id(name) if "://" in name else name


def _text(record: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """Return the text of the first name that has one."""
    return next((text for name in names if (text := values.text(_of(record, name)))), None)


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> object:
    """Return the value of the first name that has one."""
    return next((value for name in names if values.text(value := _of(record, name)) or _is_full(value)), None)


def _is_full(value: object) -> bool:
    return isinstance(value, list | tuple | Mapping) and bool(value)


def _of(record: Mapping[str, Any], name: str) -> object:
    """Return the value of a name; "paper.title" is the title in the object `paper`."""
    if name in record or "." not in name:
        return record.get(name)
    outer, _, inner = name.partition(".")
    return _of(within, inner) if isinstance(within := record.get(outer), Mapping) else None


def _part(name: str) -> str:
    part = name if name in PARTS else _PART_OF.get(folded(name))
    if part not in PARTS:
        message = f"no part of a paper is called {name!r}; those are: {', '.join(PARTS)}"
        raise SourceError(message)
    return part


def _column(name: str, names: Iterable[str] | None) -> str:
    if names is None:
        return name
    columns = list(names)
    same = [column for column in columns if column == name] or [
        column for column in columns if folded(column) == folded(name)
    ]
    if not same:
        message = f"there is no column {name!r}; the columns are: {short(', '.join(columns))}"
        raise SourceError(message)
    return same[0]


def _rank(name: str) -> int:
    return _RANK[folded(name)]
