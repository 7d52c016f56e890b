"""JSON of OpenAlex -> what is found, abstracts put together from their inverted index."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from extractor.sources.formats import values
from extractor.sources.formats.json_streams import Fields, is_json, papers
from extractor.sources.identifiers import arxiv_id, doi, named, with_kind
from extractor.sources.languages import language_code
from extractor.sources.shapes import KEEP_ALL, Beginning, Format, Found, Keep, Skipped, short

_PLACE = re.compile(r"https?://openalex\.org/(?:works/)?(\w\d+)", re.IGNORECASE)
_SIGN = re.compile(r'"https://openalex\.org/\w\d')
_KEYS = re.compile(r'"(?:abstract_inverted_index|authorships|display_name|group_by|works_count)"\s*:')
_OF_PUBMED = re.compile(r"(?:https?://(?:www\.)?(?:pubmed\.)?ncbi\.nlm\.nih\.gov/(?:pubmed/)?)?(\d+)/?")


def read(blocks: Iterable[bytes], keep: Keep = KEEP_ALL) -> Iterator[Found | Skipped]:
    """Yield the works of a list, of a single one, or of lines; an author or source among them is skipped."""
    return papers(blocks, _work, keep)


def _work(line: int, fields: Fields) -> Found | Skipped:
    place = _PLACE.match(values.text(fields.get("id")) or "")
    if place and place[1][0] not in "Ww":
        return Skipped(line, "no work of OpenAlex", short(place[0]))
    first = _object(fields.get("primary_location"))
    return Found(
        line,
        values.text(fields.get("title")) or values.text(fields.get("display_name")),
        values.text(fields.get("abstract")) or _put_together(fields.get("abstract_inverted_index")),
        _ids(fields, place[1] if place else None),
        _authors(fields.get("authorships")),
        values.day(fields.get("publication_date"), fields.get("publication_year")),
        values.text(first.get("source")) or values.text(fields.get("host_venue")),
        values.text(first.get("landing_page_url")) or values.text(fields.get("doi")),
        language_code(values.text(fields.get("language"))),
    )


def _put_together(index: object) -> str | None:
    """Return the words of an abstract in the order of their places; where a place has none there is a gap."""
    if isinstance(index, str):
        index = _parsed(index)
    words = _object(index)
    words = _object(words.get("InvertedIndex")) or words  # As older data sets have it.
    placed = [
        (place, word)
        for word, places in words.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(placed)) or None


def _parsed(index: str) -> object:
    try:
        return json.loads(index)
    except (ValueError, RecursionError):
        return None


def _ids(fields: Fields, work: str | None) -> tuple[str, ...]:
    """Return the ids, that of arXiv as one of the places tells it where a work can be had."""
    others = _object(fields.get("ids"))
    pubmed = _OF_PUBMED.fullmatch(values.text(others.get("pmid")) or "")
    return named(
        *map(arxiv_id, _addresses(fields)),
        doi(values.text(fields.get("doi")) or values.text(others.get("doi")) or ""),
        *with_kind("pmid", [pubmed[1] if pubmed else None]),
        *with_kind("openalex", [work.upper() if work else None]),
    )


def _addresses(fields: Fields) -> Iterator[str]:
    others = fields.get("locations")
    for place in (fields.get("primary_location"), fields.get("best_oa_location"), *_list(others)):
        known = _object(place)
        yield from filter(
            None, (values.text(known.get(key)) for key in ("landing_page_url", "pdf_url", "id"))
        )


def _authors(given: object) -> tuple[str, ...]:
    each = (_object(one) for one in _list(given))
    return tuple(
        name
        for one in each
        for name in values.names([one.get("author")]) or values.names([one.get("raw_author_name")])
    )


def _object(value: object) -> Fields:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _fits(beginning: Beginning) -> bool:
    """Tell whether it has keys of OpenAlex: others name its works, too."""
    is_named = _SIGN.search(beginning.text) or "abstract_inverted_index" in beginning.text
    return is_json(beginning) and bool(is_named and _KEYS.search(beginning.text))


FORMAT = Format("OpenAlex works (JSON)", _fits, read, frozenset({"keep"}))
