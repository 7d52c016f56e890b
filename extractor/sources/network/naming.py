"""A source's name -> what it asks a service for."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from extractor.errors import SourceError
from extractor.sources.network.arxiv_harvest import harvested
from extractor.sources.network.arxiv_new import announced
from extractor.sources.network.arxiv_search import by_ids, by_query
from extractor.sources.network.asked import Asked
from extractor.sources.network.hf_daily import of_day
from extractor.sources.network.sites import Sites

_SERVICE = re.compile(r"\s*(arxiv|hf):(.*)", re.IGNORECASE | re.DOTALL)
_KNOWN = (
    "arxiv:2409.12656,2409.12657",
    "arxiv:search?cat:cs.CL AND all:diffusion",
    "arxiv:new/cs.CL",
    "arxiv:oai?set=cs&from=2026-09-01",
    "hf:daily",
    "hf:daily/2026-09-03",
)


def is_fetched(source: str) -> bool:
    """Tell whether a source's name is one that a service is asked for, not a path."""
    return bool(_SERVICE.match(source))


def asked_by(
    source: str, sites: Sites, today: Callable[[], date] = lambda: datetime.now(UTC).date()
) -> Asked:
    """
    Return what a name asks for; nothing is sent.

    Raises:
        SourceError: it asks for nothing that is known, or what is in it cannot be used.
    """
    found = _SERVICE.match(source)
    service, rest = (found[1].lower(), found[2].strip()) if found else ("", "")
    kind, mark, given = _parts(rest)
    match service, kind, mark:
        case "arxiv", "search", "?":
            return by_query(given, sites)
        case "arxiv", "oai", "?":
            return harvested(given, sites)
        case "arxiv", "new", "/":
            return announced(given, sites)
        case "hf", "daily", "/" | "":
            return of_day(given, sites, today())
        case "arxiv", "", _ if rest[:1].isdigit() or "/" in rest:
            return by_ids(rest, sites)
    message = f"{source!r} asks for nothing that is known; known are {', '.join(_KNOWN)} (a file: ./NAME)"
    raise SourceError(message)


def _parts(rest: str) -> tuple[str, str, str]:
    """Return `search`, `?` and the query of "search?..."; a word alone is a kind with nothing behind it."""
    found = re.fullmatch(r"(search|oai|new|daily)(?:([?/])(.*))?", rest, re.DOTALL)
    return (found[1], found[2] or "", found[3] or "") if found else ("", "", rest)
