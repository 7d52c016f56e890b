"""
What a run gives for a paper, as JSON values -> names, numbers, labels and parts to be compared.

Predictions are read as they come: what is missing or of another type is nothing, and one value may stand
for a list of one. Only what should be a number and cannot be read is kept, as not-a-number: something
was given.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from extractor.evaluation.gold import GoldPaper
from extractor.evaluation.wording import plain_url
from extractor.records import FieldSpec, Record, Role

Row = Mapping[str, Any]

_AROUND_NUMBERS = re.compile(r"[%x\u00d7,\s]")
_NO_LETTER = re.compile(r"\W+")


def values_in(record_type: type[Record], spec: FieldSpec, row: Row) -> list[Any]:
    """Return the values of a field that is no part; a list with a primary item has each once."""
    primary = record_type.judging.primary.get(spec.name)
    if primary is None:
        return values_of(spec, row.get(spec.name))
    values = values_of(spec, [*_listed(row.get(primary)), *_listed(row.get(spec.name))])
    return [value for place, value in enumerate(values) if value not in values[:place]]


def values_of(spec: FieldSpec, given: Any) -> list[Any]:  # noqa: ANN401 - whatever a run gives.
    """Return the values that are given for a field that is no part; for a single one, one at most."""
    if spec.role in (Role.NAME, Role.URL):
        texts = texts_of(given) if spec.many else texts_of(given)[:1]
        return texts if spec.role is Role.NAME else [url for url in map(plain_url, texts) if url]
    listed = _listed(given) if spec.many else [given]
    if spec.role is Role.QUOTE:
        return [text for text in map(text_of, listed) if text]
    if spec.role is Role.NUMBER:
        return [number for number in map(number_of, listed) if number is not None]
    return [value for value in listed if value is not None]


def texts_of(given: Any) -> list[str]:  # noqa: ANN401
    """Return the texts of a list, or the one given; blank ones are none."""
    return [text for text in map(text_of, _listed(given)) if text]


def text_of(given: Any) -> str:  # noqa: ANN401
    """Return a text, or an empty one for anything else."""
    return given if isinstance(given, str) and given.strip() else ""


def number_of(given: Any) -> float | None:  # noqa: ANN401
    """Return a number, also one that is given as text with its unit; not-a-number for what is none."""
    if given is None or given == "" or isinstance(given, bool):
        return None
    try:
        return float(given if isinstance(given, int | float) else _AROUND_NUMBERS.sub("", str(given).lower()))
    except (ValueError, OverflowError):
        return math.nan


def parts_of(spec: FieldSpec, given: Any) -> list[Row]:  # noqa: ANN401
    """Return the parts of a list, or the single one."""
    listed = (given if isinstance(given, list | tuple) else []) if spec.many else [given]
    return [value for value in listed if isinstance(value, Mapping)]


def _listed(given: Any) -> list[Any]:  # noqa: ANN401
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


def joined(rows: Iterable[Row], papers: Iterable[GoldPaper]) -> dict[Any, Row]:
    """
    Return a run's rows under the ids of the gold: by `id`, else by `title`, letters and digits alone.

    Of two rows of one paper the last counts. Rows of papers that the gold does not have keep their id.
    """
    papers = tuple(papers)
    ids = {paper.paper_id for paper in papers}
    by_title = {_folded(paper.title): paper.paper_id for paper in papers if paper.title}
    last = {row.get("id"): row for row in rows}
    return {
        key if key in ids else by_title.get(_folded(text_of(row.get("title"))), key): row
        for key, row in last.items()
    }


def _folded(title: str) -> str:
    return _NO_LETTER.sub("", title.lower())
