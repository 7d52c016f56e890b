"""JSON of papers under keys of any names, as a list, an object or lines -> what is found."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from extractor.sources.formats.columns import columns_of, found, guessed, told
from extractor.sources.formats.json_streams import Fields, is_json, records
from extractor.sources.formats.json_tables import rows
from extractor.sources.formats.shared_ids import sure_ids
from extractor.sources.shapes import KEEP_ALL, Format, Found, Keep, Skipped

_NOTHING: Mapping[str, str] = MappingProxyType({})


@sure_ids()
def read(
    blocks: Iterable[bytes], given: Mapping[str, str] = _NOTHING, keep: Keep = KEEP_ALL
) -> Iterator[Found | Skipped]:
    """
    Yield the papers; `given` says which key holds which part (`{"title": "paper.name"}`), others are guessed.

    Raises:
        SourceError: a part is given that a paper has not.
    """
    said = told(given).names
    for record in records(blocks):
        if isinstance(record, Skipped):
            yield record
            continue
        for entry in rows(record.fields):
            if keep(entry):
                fields = entry if said else _with_inner(entry)
                names = tuple(fields)
                columns = guessed(names) if not said else columns_of((*names, *given.values()), given)
                yield found(record.line, fields, columns)


def _with_inner(entry: Fields) -> Fields:
    """Return an entry; where it says nothing itself, with the paper in an object that it holds."""
    if not _says_nothing(entry):
        return entry
    inner = [one for one in entry.values() if isinstance(one, Mapping)]
    whole = [one for one in inner if {"title", "abstract"} <= guessed(tuple(one)).names.keys()]
    held = [*whole, *(one for one in inner if "title" in one), {}]
    return {**entry, **held[0]}


def _says_nothing(entry: Fields) -> bool:
    return guessed(tuple(entry)).names.keys().isdisjoint({"title", "abstract"})


FORMAT = Format("JSON of papers (a list, an object or lines)", is_json, read, frozenset({"given", "keep"}))
