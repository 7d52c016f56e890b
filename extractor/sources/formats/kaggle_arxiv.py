"""The snapshot of arXiv's metadata that Kaggle has, an object a line -> what is found."""

from collections.abc import Iterable, Iterator
from datetime import date

from extractor.sources.cleaning import is_withdrawal
from extractor.sources.formats import arxiv_texts, values
from extractor.sources.formats.json_streams import Fields, is_json, papers
from extractor.sources.identifiers import arxiv_id, doi, named
from extractor.sources.shapes import KEEP_ALL, Beginning, Format, Found, Keep, Skipped, short

_LONGEST_NOTICE = 1000


def read(blocks: Iterable[bytes], keep: Keep = KEEP_ALL) -> Iterator[Found | Skipped]:
    """
    Yield the papers; of those that were withdrawn the notice is no abstract.

    A line that `keep` declines is left out before anything is made of it: it sees the object as it stands
    ("categories" is "cs.CL cs.LG", "update_date" is "2009-11-13").
    """
    return papers(blocks, _paper, keep)


def _paper(line: int, fields: Fields) -> Found | Skipped:
    name, title, abstract, comments = (
        values.text(fields.get(key)) or "" for key in ("id", "title", "abstract", "comments")
    )
    if _is_withdrawn(abstract, comments):
        return Skipped(line, "withdrawn", short(" ".join((title or name).split())))
    own = arxiv_id(name)
    return Found(
        line,
        title or None,
        abstract or None,
        named(own or name, *map(doi, (values.text(fields.get("doi")) or "").split())),
        _authors(fields),
        _first_date(fields.get("versions")),
        values.text(fields.get("journal-ref")),
        f"https://arxiv.org/abs/{own.removeprefix('arxiv:')}" if own else None,
    )


def _is_withdrawn(abstract: str, comments: str) -> bool:
    is_short = len(abstract) <= _LONGEST_NOTICE
    return (is_short and is_withdrawal(abstract)) or arxiv_texts.is_withdrawal(comments)


def _authors(fields: Fields) -> tuple[str, ...]:
    parsed = fields.get("authors_parsed")
    try:  # As they nearly always are: last name, first name, and what follows it.
        return tuple(" ".join(f"{first} {last} {rest}".split()) for last, first, rest in parsed)  # type: ignore[union-attr]
    except (TypeError, ValueError):
        return values.names(parsed or fields.get("authors"))


def _first_date(versions: object) -> date | None:
    """Return the day of the first version."""
    first = versions[0] if isinstance(versions, list) and versions else None
    return values.day(first.get("created") if isinstance(first, dict) else None)


def _fits(beginning: Beginning) -> bool:
    has_dates = '"update_date"' in beginning.text and '"journal-ref"' in beginning.text
    return is_json(beginning) and ('"authors_parsed"' in beginning.text or has_dates)


FORMAT = Format("arXiv snapshot of Kaggle (JSON lines)", _fits, read, frozenset({"keep"}))
