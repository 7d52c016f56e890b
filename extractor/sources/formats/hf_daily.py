"""JSON of Hugging Face's Daily Papers -> what is found."""

import re
from collections.abc import Iterable, Iterator

from extractor.sources.formats import values
from extractor.sources.formats.json_streams import Fields, is_json, papers
from extractor.sources.identifiers import arxiv_id, named
from extractor.sources.shapes import KEEP_ALL, Beginning, Format, Found, Keep, Skipped

_NESTED = re.compile(r'"paper"\s*:\s*\{')
_OWN = ('"discussionid"', '"submittedondailyby"', '"upvotes"', '"ai_summary"')


def read(blocks: Iterable[bytes], keep: Keep = KEEP_ALL) -> Iterator[Found | Skipped]:
    """
    Yield the papers, nested under `paper` or not.

    The day is the paper's own, not that of its entry; `ai_summary` is written by a model, and no abstract.
    """
    return papers(blocks, _paper, keep)


def _paper(line: int, entry: Fields) -> Found | Skipped:
    nested = entry.get("paper")
    inner: Fields = nested if isinstance(nested, dict) else entry
    name = (values.text(inner.get("id")) or "").strip()
    own = arxiv_id(name)
    return Found(
        line,
        values.text(inner.get("title")) or values.text(entry.get("title")),
        values.text(inner.get("summary")) or values.text(entry.get("summary")),
        named(own or name),
        values.names(inner.get("authors")),
        values.day(inner.get("publishedAt")),
        url=f"https://huggingface.co/papers/{own.removeprefix('arxiv:')}" if own else None,
    )


def _fits(beginning: Beginning) -> bool:
    text = beginning.text
    is_entry = bool(_NESTED.search(text)) and '"publishedat"' in text
    return is_json(beginning) and (is_entry or ('"summary"' in text and any(key in text for key in _OWN)))


FORMAT = Format("Hugging Face Daily Papers (JSON)", _fits, read, frozenset({"keep"}))
