"""arXiv's search (its API, answered in Atom): papers by their ids, and what a query finds, newest first."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from urllib.parse import unquote_plus, urlencode

from extractor.errors import SourceError
from extractor.sources.formats.arxiv_atom import FORMAT
from extractor.sources.formats.xml_streams import Record, records
from extractor.sources.formats.xml_texts import first, sibling, text_of
from extractor.sources.identifiers import arxiv_id
from extractor.sources.network.asked import Asked, Tell
from extractor.sources.network.pages import name_of, page, papers, unlike
from extractor.sources.network.sites import Sites
from extractor.sources.network.web import Web
from extractor.sources.shapes import Found, Skipped

AT_ONCE = 100
"""Papers of one request: with many more the service is slow, and answers with an empty page at times."""
MOST, MOST_AT_ALL = 1000, 30_000
"""Papers of a query, where no number is given; and how far arXiv turns its pages."""
NOT_THERE = "not at arXiv"

_VERSION = re.compile(r"v\d+(?=(?:\.pdf)?/?$)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_OPTION = re.compile(r"&(?=(?:search_query|start|max_results|sortBy|sortOrder)=)")
_CHOICES = {
    "sortBy": ("submittedDate", "lastUpdatedDate", "relevance"),
    "sortOrder": ("descending", "ascending"),
}


def by_ids(given: str, sites: Sites) -> Asked:
    """
    Return what asks for ids between commas, each once, with a version ("2409.12656v2") or without.

    Raises:
        SourceError: one is no id.
    """
    ids = tuple(dict.fromkeys(_id(text.strip()) for text in given.split(",") if text.strip()))
    return Asked(
        name=f"arxiv:{','.join(ids)}",
        address=_of_ids(sites, ids[:AT_ONCE]),
        form=FORMAT,
        at_most=len(ids),
        nothing="arXiv has none of these papers; check the ids",
        read=partial(_read_ids, sites, ids),
    )


def by_query(given: str, sites: Sites) -> Asked:
    """
    Return what asks for a query in arXiv's own language, newest first.

    Behind it may stand `&max_results=500`, `&start=0`, `&sortBy=relevance` and `&sortOrder=ascending`, as in
    the API itself. A query without blanks is taken to be encoded, as in an address ("cat:cs.CL+AND+ti:tide").

    Raises:
        SourceError: it is empty, or an option cannot be used.
    """
    query, options = _split(given)
    start, most = _number("start", options, 0), _number("max_results", options, MOST)
    if not query or not most or start + most > MOST_AT_ALL:
        message = (
            f"arxiv:search?{given}: a query is needed, and start and max_results of {MOST_AT_ALL} at most "
            'together; write arxiv:search?cat:cs.CL AND ti:"tide"&max_results=500, or harvest with arxiv:oai?'
        )
        raise SourceError(message)
    order = {key: _choice(key, options) for key in _CHOICES}
    told = "".join(f"&{key}={value}" for key, value in options.items())
    return Asked(
        name=f"arxiv:search?{query}{told}",
        address=_of_query(sites, query, order, start, min(AT_ONCE, most)),
        form=FORMAT,
        at_most=most,
        nothing=f"arXiv finds nothing for {query!r}; try it at https://arxiv.org/search/advanced",
        read=partial(_read_query, sites, query, order, range(start, start + most)),
    )


def _read_ids(sites: Sites, ids: tuple[str, ...], web: Web, tell: Tell) -> Iterator[Found | Skipped]:
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        if start:
            tell(f"arXiv: {start} of {len(ids)} ids asked for")
        address = _of_ids(sites, some)
        body = page(web, address, FORMAT, partial(unlike, FORMAT))
        yield from islice(papers(address, FORMAT, body), len(some))
        there = {arxiv_id(given) for given in _ids(body)}
        yield from (Skipped(0, NOT_THERE, one) for one in some if arxiv_id(one) not in there)


def _read_query(
    sites: Sites, query: str, order: dict[str, str], places: range, web: Web, tell: Tell
) -> Iterator[Found | Skipped]:
    """Yield page after page; a paper that is submitted meanwhile moves others on, so that some come twice."""
    start, end = places.start, places.stop
    before: set[str] = set()
    while start < end:
        address = _of_query(sites, query, order, start, min(AT_ONCE, end - start))
        body = page(web, address, FORMAT, partial(_wrong, start))
        found = list(papers(address, FORMAT, body))
        names = set(map(name_of, found))
        if not found:
            return
        if _number_in(body, "startIndex") not in {start, None} or names <= before:
            tell(f"the service turns no pages: only the first {start - places.start} papers are read")
            return
        before |= names
        if start == places.start:
            total = _number_in(body, "totalResults")
            end = end if total is None else min(end, max(total, start + len(found)))
            tell(_told(query, places, total))
        else:
            tell(f"arXiv: {start - places.start} of {end - places.start} papers so far")
        yield from found[: end - start]
        start += len(found)


def _wrong(start: int, body: bytes) -> str | None:
    """Say what is wrong with a page: at times it is empty, although the service says that there are more."""
    if problem := unlike(FORMAT, body):
        return problem
    total = _number_in(body, "totalResults") or 0
    return f"an empty page, although there are {total} papers" if start < total and not _ids(body) else None


def _told(query: str, places: range, total: int | None) -> str:
    if total is None:
        return f"arXiv: papers for {query}"
    first = f" from number {places.start + 1} on" if places.start else ""
    is_part = places.start or total > len(places)
    more = f"; {len(places)} at most are read{first}, &max_results=N for more" if is_part else ""
    return f"arXiv: {total} papers for {query}{more}"


def _number_in(body: bytes, name: str) -> int | None:
    """Return a number that a page says of itself in an element of this name; None where it does not."""
    texts = (text_of(one.element) or "" for one in records([body], name) if isinstance(one, Record))
    return next((int(text) for text in texts if _NUMBER.fullmatch(text)), None)


def _ids(body: bytes) -> list[str]:
    entries = [one.element for one in records([body], "entry") if isinstance(one, Record)]
    return [first(entry, sibling(entry, "id")) or "" for entry in entries]


def _id(text: str) -> str:
    """Return an id as the API takes it: of any way to write it the number, with its version."""
    known = arxiv_id(text)
    if known is None:
        message = f"arxiv:{text}: {text!r} is no id of arXiv, such as 2409.12656, 2409.12656v2 or cs/0503050"
        raise SourceError(message)
    version = _VERSION.search(text)
    return known.removeprefix("arxiv:") + (version[0].lower() if version else "")


def _split(given: str) -> tuple[str, dict[str, str]]:
    """Return a query and its options, each with its value; what `search_query=` says is the query."""
    query, *rest = _OPTION.split(given if _OPTION.match(f"&{given}") is None else f"&{given}")
    options = dict(option.partition("=")[::2] for option in rest)
    query = options.pop("search_query", query).strip()
    return (query if " " in query else unquote_plus(query)), options


def _number(key: str, options: dict[str, str], default: int) -> int:
    text = options.get(key, str(default))
    if _NUMBER.fullmatch(text):
        return int(text)
    message = f"{key} = {text!r}: a number up to {MOST_AT_ALL} is needed; arxiv:oai? harvests more"
    raise SourceError(message)


def _choice(key: str, options: dict[str, str]) -> str:
    value = options.get(key, _CHOICES[key][0])
    if value not in _CHOICES[key]:
        message = f"{key} = {value!r}: {', '.join(_CHOICES[key])} are known"
        raise SourceError(message)
    return value


def _of_ids(sites: Sites, ids: tuple[str, ...]) -> str:
    return _address(sites, {"id_list": ",".join(ids), "max_results": str(len(ids))})


def _of_query(sites: Sites, query: str, order: dict[str, str], start: int, count: int) -> str:
    numbers = {"start": str(start), "max_results": str(count)}
    return _address(sites, {"search_query": query, **order, **numbers})


def _address(sites: Sites, fields: dict[str, str]) -> str:
    return f"{sites.arxiv_api}?{urlencode(fields, safe=':,/', errors='replace')}"
