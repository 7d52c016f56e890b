"""JSON of Semantic Scholar, its answers and its data sets -> what is found."""

import re
from collections.abc import Iterable, Iterator, Mapping

from extractor.sources.formats import values
from extractor.sources.formats.json_streams import Fields, is_json, papers
from extractor.sources.identifiers import arxiv_id, doi, named, with_kind
from extractor.sources.shapes import KEEP_ALL, Beginning, Format, Found, Keep, Skipped

_NESTED = ("citingpaper", "citedpaper", "paper")
_SIGN = re.compile(r'"paperid"\s*:\s*"[0-9a-f]{40}"|"externalids"\s*:|"paperabstract"\s*:')


def read(blocks: Iterable[bytes], keep: Keep = KEEP_ALL) -> Iterator[Found | Skipped]:
    """
    Yield the papers of a paper, a search, a batch (an id unknown there is null), citations or a data set.

    `tldr` is written by a model, and no abstract.
    """
    return papers(blocks, _paper, keep)


def _paper(line: int, entry: Fields) -> Found | Skipped:
    fields = _lower(entry)
    nested = next((fields[key] for key in _NESTED if isinstance(fields.get(key), Mapping)), None)
    fields = fields if nested is None else _lower(nested)
    return Found(
        line,
        values.text(fields.get("title")),
        values.text(fields.get("abstract")) or values.text(fields.get("paperabstract")),
        _ids(fields),
        values.names(fields.get("authors")),
        values.day(fields.get("publicationdate"), fields.get("year")),
        _venue(fields),
        values.text(fields.get("url")) or values.text(fields.get("s2url")),
    )


def _ids(fields: Fields) -> tuple[str, ...]:
    others = _lower(fields.get("externalids"))
    paper = values.text(fields.get("paperid")) or values.text(fields.get("id"))
    corpus = values.text(fields.get("corpusid")) or values.text(others.get("corpusid"))
    return named(
        arxiv_id(values.text(others.get("arxiv")) or values.text(fields.get("arxivid")) or ""),
        doi(values.text(others.get("doi")) or values.text(fields.get("doi")) or ""),
        *with_kind("pmid", [values.text(others.get("pubmed")) or values.text(fields.get("pmid"))]),
        *with_kind("s2", [paper, f"corpus:{corpus}" if corpus else None]),
    )


def _venue(fields: Fields) -> str | None:
    given = (fields.get(key) for key in ("venue", "publicationvenue", "journal", "journalname"))
    return next(filter(None, map(values.text, given)), None)


def _lower(given: object) -> Fields:
    """Return an object with its keys in lower case, as the data sets have them."""
    return {key.lower(): value for key, value in given.items()} if isinstance(given, Mapping) else {}


def _fits(beginning: Beginning) -> bool:
    is_of_abstracts = '"corpusid"' in beginning.text and '"title"' not in beginning.text
    return is_json(beginning) and (is_of_abstracts or bool(_SIGN.search(beginning.text)))


FORMAT = Format("Semantic Scholar (JSON)", _fits, read, frozenset({"keep"}))
