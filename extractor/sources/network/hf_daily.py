"""Hugging Face's Daily Papers of a day (JSON), page after page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from urllib.parse import urlencode

from extractor.errors import SourceError
from extractor.sources.formats import hf_daily
from extractor.sources.formats.json_streams import is_json
from extractor.sources.network.asked import Asked, Tell, day
from extractor.sources.network.pages import name_of, page, papers, unlike
from extractor.sources.network.sites import Sites
from extractor.sources.network.web import Web
from extractor.sources.shapes import Found, Skipped

AT_ONCE, MOST_PAGES = 100, 50
"""Papers of one request, as many as the service gives; and pages that no day has."""

_FORM = replace(hf_daily.FORMAT, fits=is_json)


def of_day(given: str, sites: Sites, today: date) -> Asked:
    """
    Return what asks for the papers of a day, of today where none is given.

    Raises:
        SourceError: it is no day, or is still to come.
    """
    wanted = day(f"hf:daily/{given}", given) if given else today
    if wanted > today:
        message = f"hf:daily/{given}: that day is still to come; today is {today} (UTC)"
        raise SourceError(message)
    return Asked(
        name=f"hf:daily/{wanted}",
        address=_address(sites, wanted, 0),
        form=_FORM,
        at_most=None,
        nothing="Daily Papers has none of that day (yet), as at weekends; name another: hf:daily/2026-09-03",
        read=partial(_read, sites, wanted),
    )


def _read(sites: Sites, wanted: date, web: Web, tell: Tell) -> Iterator[Found | Skipped]:
    """Yield page after page, until one is not full or holds only what was there before."""
    before: set[str] = set()
    for number in range(MOST_PAGES):
        if number:
            tell(f"Daily Papers: {len(before)} papers so far, and perhaps more")
        address = _address(sites, wanted, number)
        found = list(papers(address, _FORM, page(web, address, _FORM, _wrong)))
        names = set(map(name_of, found))
        if names <= before:
            return
        yield from found
        if len(found) < AT_ONCE:
            return
        before |= names
    message = f"{_address(sites, wanted, 0)} sends on and on: no day has {len(before)} papers"
    raise SourceError(message)


def _wrong(body: bytes) -> str | None:
    """Say what is wrong with a body that is no list of papers, None for nothing."""
    return unlike(_FORM, body) or (
        None if body.lstrip().startswith(b"[") else "what came is no list of papers"
    )


def _address(sites: Sites, wanted: date, number: int) -> str:
    fields = {"date": wanted.isoformat(), "limit": AT_ONCE, **({"p": number} if number else {})}
    return f"{sites.hf_daily}?{urlencode(fields)}"
