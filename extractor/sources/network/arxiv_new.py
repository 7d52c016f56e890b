"""arXiv's announcements of the day (RSS): new papers, cross-lists and replacements of a category."""

import re
from collections.abc import Iterator
from functools import partial

from extractor.errors import SourceError
from extractor.sources.formats.rss import FORMAT
from extractor.sources.network.asked import Asked, Tell
from extractor.sources.network.pages import page, papers, unlike
from extractor.sources.network.sites import Sites
from extractor.sources.network.web import Web
from extractor.sources.shapes import Found, Skipped

_CATEGORY = re.compile(r"[A-Za-z-]{2,20}(?:\.[A-Za-z-]{2,20})?", re.ASCII)


def announced(given: str, sites: Sites) -> Asked:
    """
    Return what asks for the announcements of one category, or of several between commas or plus signs.

    Raises:
        SourceError: one is no category.
    """
    categories = re.split(r"[,+]", given.strip())
    wrong = next((one for one in categories if not _CATEGORY.fullmatch(one)), None)
    if wrong is not None:
        message = f"arxiv:new/{given}: {wrong!r} is no category, such as cs.CL, astro-ph.GA or hep-th"
        raise SourceError(message)
    address = f"{sites.arxiv_rss}/{'+'.join(categories)}"
    return Asked(
        name=f"arxiv:new/{'+'.join(categories)}",
        address=address,
        form=FORMAT,
        at_most=None,
        nothing="arXiv announces nothing there today, as at weekends; arxiv:search? finds older papers",
        read=partial(_read, address),
    )


def _read(address: str, web: Web, _: Tell) -> Iterator[Found | Skipped]:
    yield from papers(address, FORMAT, page(web, address, FORMAT, partial(unlike, FORMAT)))
