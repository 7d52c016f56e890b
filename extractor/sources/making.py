"""What is found in a file -> the paper that is stored, or why it is none."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from extractor.papers import OWN, Paper, Text, id_from_title, title_alias
from extractor.sources.cleaning import clean, is_clean, is_withdrawal
from extractor.sources.identifiers import KINDS
from extractor.sources.languages import language_of, reads_english
from extractor.sources.shapes import Found, Skipped, short

FEWEST_WORDS, FEWEST_LETTERS = 5, 40
"""A text with fewer words and fewer characters than these says nothing of a paper."""

_SUREST = ("arxiv:", "doi:", "pmid:", "openreview:")
_BARE = ("arxiv:", "doi:")
_ADDRESS = "url:"
_RANKS = {"arxiv": 0, "doi": 1, "pmid": 2, "openreview": 3, "url": 5}
_RANK_OF_OTHERS = 4


def paper_of(found: Found, source: str) -> Paper | Skipped:
    """Return the paper, its texts cleaned, its ids in one form; skipped with a reason where it is none."""
    title, abstract = cleaned(found.title), cleaned(found.abstract)
    found = _tidied(found)
    own, named = _ids(found.ids)
    reason = _why_not(title, abstract, bool(own or named))
    if reason:
        shown = title or own or next(iter(named), None) or abstract
        return Skipped(found.line, reason, short(shown or ""))
    names = (*named, _in_file(source, own)) if own else named
    return Paper(
        paper_id=_paper_id(named, own, title),
        text=Text(title=title, abstract=abstract),
        aliases=(*names, title_alias(title)) if title else names,
        authors=found.authors,
        published=found.published,
        venue=found.venue or None,
        url=found.url or None,
        language=_language(found.language, abstract),
        source=source,
        line=found.line,
    )


def _language(told: str | None, abstract: str) -> str | None:
    """Return the abstract's language; what files tell is the paper's, whose abstract is often in English."""
    return language_of(abstract) if told is None or reads_english(abstract) else told


def cleaned(text: str | None) -> str:
    """Return a text as it is stored, "" where there is none."""
    return clean(text) if text else ""


def _tidied(found: Found) -> Found:
    """Return it with all but its title and abstract cleaned: nearly always they are, as one look tells."""
    ids, authors, venue, url = found.ids, found.authors, found.venue, found.url
    if is_clean([*ids, *authors, *filter(None, (venue, url))]):
        return found
    ids, authors = (tuple(filter(None, map(cleaned, texts))) for texts in (ids, authors))
    return replace(found, ids=ids, authors=authors, venue=cleaned(venue), url=cleaned(url))


def _why_not(title: str, abstract: str, has_id: bool) -> str | None:  # noqa: FBT001
    if not abstract:
        return "no abstract"
    if not (title or has_id):
        return "neither id nor title"
    if is_withdrawal(abstract):
        return "withdrawn"
    if len(abstract) < FEWEST_LETTERS and len(abstract.split()) < FEWEST_WORDS:
        return f"too short: under {FEWEST_WORDS} words"
    return None


def _ids(given: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the file's own id, "" where it has none, and the names of all the world, the surest first."""
    own, named = "", []
    for one in given:
        kind, _, rest = one.partition(":")
        if rest and kind in KINDS:
            named.append(one)
        else:
            own = own or one
    named.sort(key=_rank)
    is_known = bool(own) and not {f"{kind}{own}" for kind in _BARE}.isdisjoint(named)
    return "" if is_known else own, tuple(named)


def _rank(one: str) -> int:
    return _RANKS.get(one.partition(":")[0], _RANK_OF_OTHERS)


def _paper_id(named: tuple[str, ...], own: str, title: str) -> str:
    """Return the surest name: an arXiv id or DOI bare, another with its kind, the file's own, the title's."""
    surest = next((one for one in named if not one.startswith(_ADDRESS)), "")
    for kind in _BARE:
        if surest.startswith(kind):
            return surest.removeprefix(kind)
    if surest.startswith(_SUREST):
        return surest
    return own or surest or (id_from_title(title) if title else next(iter(named)))


def _in_file(source: str, own: str) -> str:
    """Return the name of a file's own id that is no other file's."""
    return f"{OWN}{hashlib.sha256(source.encode()).hexdigest()[:8]}#{own}"
