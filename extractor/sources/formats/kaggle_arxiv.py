"""The snapshot of arXiv's metadata that Kaggle has, an object a line -> what is found."""

from collections.abc import Iterable, Iterator
from datetime import date

from extractor.sources.formats import values
from extractor.sources.formats.arxiv_texts import is_withdrawal
from extractor.sources.formats.json_streams import Fields, is_json, papers
from extractor.sources.identifiers import arxiv_id, doi, named
from extractor.sources.shapes import KEEP_ALL, Beginning, Format, Found, Keep, Skipped, short

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read(blocks: Iterable[bytes], keep: Keep = KEEP_ALL) -> Iterator[Found | Skipped]:
    """
    Yield the papers, but for those that a comment calls withdrawn.

    A line that `keep` declines is left out before anything is made of it: it sees the object as it stands
    ("categories" is "cs.CL cs.LG", "update_date" is "2009-11-13").
    """
    return papers(blocks, _paper, keep)


def _paper(line: int, fields: Fields) -> Found | Skipped:
    name, title = values.text(fields.get("id")) or "", values.text(fields.get("title"))
    comments, dois = values.text(fields.get("comments")), values.text(fields.get("doi"))
    if is_withdrawal(comments):
        return Skipped(line, "withdrawn", short(" ".join((title or name).split())))
    own = arxiv_id(name)
    return Found(
        line,
        title,
        values.text(fields.get("abstract")),
        named(own or name, *map(doi, dois.split() if dois else ())),
        _authors(fields),
        _first_date(fields.get("versions")),
        values.text(fields.get("journal-ref")),
        f"https://arxiv.org/abs/{own.removeprefix('arxiv:')}" if own else None,
    )


def _authors(fields: Fields) -> tuple[str, ...]:
    parsed = fields.get("authors_parsed")
    try:  # As they nearly always are: last name, first name, and what follows it.
        return tuple(" ".join(f"{first} {last} {rest}".split()) for last, first, rest in parsed)  # type: ignore[union-attr]
    except (TypeError, ValueError):
        return values.names(parsed or fields.get("authors"))


def _first_date(versions: object) -> date | None:
    """Return the day of the first version."""
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    try:  # As it nearly always is: Mon, 2 Apr 2007 19:18:42 GMT.
        _, day, month, year, *_ = created.split()  # type: ignore[union-attr]
        return date(int(year), _MONTHS.index(month) + 1, int(day))
    except (AttributeError, ValueError):
        return values.day(created)


def _fits(beginning: Beginning) -> bool:
    has_dates = '"update_date"' in beginning.text and '"journal-ref"' in beginning.text
    return is_json(beginning) and ('"authors_parsed"' in beginning.text or has_dates)


FORMAT = Format("arXiv snapshot of Kaggle (JSON lines)", _fits, read, frozenset({"keep"}))
