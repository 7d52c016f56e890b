"""Ids and addresses as they are printed -> names of one form, each with its kind."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

KINDS = frozenset(["arxiv", "doi", "oai", "openalex", "openreview", "pmc", "pmid", "s2", "url", "wos"])
"""Kinds of ids that are given once in all the world; an id of another kind is the file's own."""

_ARXIV = re.compile(
    r"(?:arxiv:\s*|https?://(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html)/|oai:arxiv\.org:)?"
    r"(?:(\d{4}\.\d{4,5})|([a-z-]+)(?:\.[a-z]{2})?(/\d{7}))(?:v\d+)?(?:\.pdf)?/?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_OPENREVIEW = re.compile(r"https?://openreview\.net/(?:forum|pdf)\?id=([\w-]+)")
_OPENALEX = re.compile(r"https?://(?:api\.)?openalex\.org/(?:works/)?(W\d+)/?", re.IGNORECASE)
_PUBMED = re.compile(r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/(\d+)/?")


def arxiv_id(text: str) -> str | None:
    """
    Return "arxiv:2409.12656" for any way to write that id, without its version; None for what is none.

    Ids of before April 2007 are without the class of their subject: arXiv itself calls math.GT/0309136
    math/0309136.
    """
    found = _ARXIV.fullmatch(text.strip())
    if not found:
        return None
    return f"arxiv:{found[1] or (found[2] + found[3]).lower()}"


def doi(text: str) -> str | None:
    """Return "doi:10.1000/x1" in lower case; a DOI that arXiv gave is the arXiv id. None for what is none."""
    found = _DOI.fullmatch(unquote(text.strip()))
    if not found:
        return None
    name = found[1].rstrip(".,;").lower()
    of_arxiv = _ARXIV_DOI.fullmatch(name)
    return (arxiv_id(of_arxiv[1]) if of_arxiv else None) or f"doi:{name}"


def address_id(url: str) -> str:
    """Return what an address names: what `paper_at` says, else the address itself."""
    return paper_at(url) or f"url:{url.strip()}"


def paper_at(url: str) -> str | None:
    """Return the arXiv id, DOI, PMID, forum of OpenReview or work of OpenAlex; None for any other page."""
    forum = _OPENREVIEW.match(url.strip())
    if forum:
        return f"openreview:{forum[1]}"
    work = _OPENALEX.fullmatch(url.strip())
    if work:
        return f"openalex:{work[1].upper()}"
    pubmed = _PUBMED.fullmatch(url.strip())
    return f"pmid:{pubmed[1]}" if pubmed else arxiv_id(url) or doi(url)


def named(*ids: str | None) -> tuple[str, ...]:
    """Return the ids that there are, each once, in their order."""
    return tuple(dict.fromkeys(one for one in ids if one))


def with_kind(kind: str, ids: Iterable[object]) -> tuple[str, ...]:
    """Return ids as `kind:id`, empty ones left out."""
    return named(*(f"{kind}:{text}" for one in ids if (text := str(one or "").strip())))
