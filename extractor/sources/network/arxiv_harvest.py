"""arXiv's OAI-PMH: all papers of a set whose records changed since a day, page after page by its tokens."""

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import parse_qsl, urlencode

from extractor.errors import SourceError
from extractor.sources.formats.oai_pmh import FORMAT, resumption_token
from extractor.sources.network.asked import Asked, Tell, day
from extractor.sources.network.pages import name_of, page, papers, unlike
from extractor.sources.network.sites import Sites
from extractor.sources.network.web import Web
from extractor.sources.network.wording import on_a_line
from extractor.sources.seen import Seen, key_of
from extractor.sources.shapes import Found, Skipped

_KEYS = ("set", "from", "until")
_LONGEST_TOKEN = 2000
_NONE = re.compile(rb"<(?:\w+:)?error\s[^<>]*noRecordsMatch")
_SET = re.compile(r"[\w.:-]{1,80}", re.ASCII)


def harvested(given: str, sites: Sites) -> Asked:
    """
    Return what harvests `set=cs&from=2026-09-01&until=2026-09-03`; only `from` is needed.

    The days are those on which a record changed last, not those of its paper.

    Raises:
        SourceError: something cannot be used.
    """
    name = f"arxiv:oai?{given}"
    fields = dict(parse_qsl(given, keep_blank_values=True))
    unknown = sorted(fields.keys() - set(_KEYS))
    if unknown or "from" not in fields:
        problem = f"{', '.join(unknown)} is not known" if unknown else "without from it would be all of arXiv"
        message = f"{name}: {problem}; write arxiv:oai?set=cs&from=2026-09-01, and perhaps &until=2026-09-03"
        raise SourceError(message)
    days = [day(name, fields[key]) for key in ("from", "until") if key in fields]
    if days != sorted(days) or not _SET.fullmatch(fields.get("set", "cs")):
        message = f"{name}: a set such as cs or physics:hep-th, and a first day before the last, are needed"
        raise SourceError(message)
    asked = {key: fields[key] for key in _KEYS if key in fields}
    first = _address(sites, {"metadataPrefix": "arXiv", **asked})
    return Asked(
        name=f"arxiv:oai?{urlencode(asked, safe=':')}",
        address=first,
        form=FORMAT,
        at_most=None,
        nothing="no record changed in these days; try an earlier one",
        read=partial(_read, sites, first),
    )


def _read(sites: Sites, address: str, web: Web, tell: Tell) -> Iterator[Found | Skipped]:
    read, seen = 0, Seen()
    tokens: set[str] = set()
    while True:
        body = page(web, address, FORMAT, partial(unlike, FORMAT))
        if not read and _NONE.search(body):  # An error by its name, and an answer all the same: a quiet day.
            return
        has_new = False
        for thing in papers(address, FORMAT, body):
            has_new |= seen.number([key_of(name_of(thing))], read) == read
            read += 1
            yield thing
        token = resumption_token([body])
        if not token:
            return
        if problem := _wrong_with(token, tokens, has_new=has_new):
            message = f"{on_a_line(address)} {problem}; run the same again later"
            raise SourceError(message)
        tokens.add(token)
        tell(f"arXiv: {read} records so far, and more to come")
        address = _address(sites, {"resumptionToken": token})


def _wrong_with(token: str, tokens: set[str], *, has_new: bool) -> str | None:
    """Say why a token is not followed, None where it is: no harvest goes in circles."""
    if len(token) > _LONGEST_TOKEN:
        return "sends on to no address"
    return None if has_new and token not in tokens else "sends on and on without a new record"


def _address(sites: Sites, fields: dict[str, str]) -> str:
    return f"{sites.arxiv_oai}?{urlencode({'verb': 'ListRecords', **fields}, safe=':')}"
