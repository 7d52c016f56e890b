"""Notes of OpenReview, of either version of its API -> what is found."""

import re
from collections.abc import Iterable, Iterator, Mapping

from extractor.sources.formats import values
from extractor.sources.formats.json_streams import Fields, is_json, papers
from extractor.sources.identifiers import named, with_kind
from extractor.sources.shapes import KEEP_ALL, Beginning, Format, Found, Keep, Skipped, short

_NOTES = re.compile(r'"notes"\s*:\s*\[')
_CONTENT = re.compile(r'"content"\s*:\s*\{')
_OWN = ('"forum"', '"invitation"', '"invitations"', '"venueid"')
_DATES = ("pdate", "odate", "cdate", "tcdate")


def read(blocks: Iterable[bytes], keep: Keep = KEEP_ALL) -> Iterator[Found | Skipped]:
    """
    Yield the submissions, whether accepted or rejected; withdrawn and deleted ones are skipped.

    So are reviews, comments and decisions, which are notes too. `TLDR` is no abstract.
    """
    return papers(blocks, _paper, keep)


def _paper(line: int, note: Fields) -> Found | Skipped:
    content = _plain(note.get("content"))
    title = values.text(content.get("title"))
    name = values.text(note.get("forum")) or values.text(note.get("id"))
    reason = _why_not(note, content)
    if reason:
        return Skipped(line, reason, short(" ".join((title or name or "").split())))
    return Found(
        line,
        title,
        values.text(content.get("abstract")),
        named(*with_kind("openreview", [name])),
        values.names(content.get("authors")),
        values.day(next((note[key] for key in _DATES if note.get(key)), None)),
        values.text(content.get("venue")),
        f"https://openreview.net/forum?id={name}" if name and re.fullmatch(r"[\w-]+", name) else None,
    )


def _plain(content: object) -> dict[str, object]:
    """Return the fields of a note, each out of the `{"value": ...}` that the second version puts it in."""
    fields = content.items() if isinstance(content, Mapping) else ()
    return {
        key: value.get("value") if isinstance(value, Mapping) and "value" in value else value
        for key, value in fields
    }


def _why_not(note: Fields, content: Fields) -> str | None:
    """Return why a note is no paper; None for one that is."""
    if note.get("ddate"):
        return "deleted"
    marks = (note.get("invitation"), note.get("invitations"), content.get("venueid"), content.get("venue"))
    said = " ".join(filter(None, map(values.text, marks))).lower().replace("_", " ")
    if "withdrawn" in said or content.get("withdrawal"):
        return "withdrawn"
    is_reply = note.get("replyto") not in (None, note.get("id"), note.get("forum")) or "title" not in content
    is_reply = is_reply or note.get("id") != note.get("forum", note.get("id"))
    return "a review or comment" if is_reply and "abstract" not in content else None


def _fits(beginning: Beginning) -> bool:
    is_list = _NOTES.search(beginning.text) and _CONTENT.search(beginning.text)
    is_note = _CONTENT.search(beginning.text) and any(key in beginning.text for key in _OWN)
    return is_json(beginning) and bool(is_list or is_note)


FORMAT = Format("OpenReview notes (JSON)", _fits, read, frozenset({"keep"}))
