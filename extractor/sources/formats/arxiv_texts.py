"""Texts in arXiv's own ways of writing -> what they hold: announcements, lists of names, notices."""

import re
from dataclasses import dataclass

_ANNOUNCED = re.compile(
    r"\s*arXiv:(?P<id>\S+)\s+Announce Type:\s*(?P<kind>[\w-]+)\s*(?:Abstract:)?\s*(?P<abstract>.*)",
    re.DOTALL,
)
_TITLED = re.compile(
    r"(?P<title>.*?)\.?\s*\(arXiv:(?P<id>\S+)\s+\[[^\]]*\](?P<updated>\s+UPDATED)?[^()]*\)\s*", re.DOTALL
)
_ASIDE = re.compile(r"\([^()]*\)")
_BETWEEN_NAMES = re.compile(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+|;\s*)\s*")
_WITHDRAWN = re.compile(
    r"\W*(?:(?:this|the)\s+)?(?:arxiv\s+|e-?)?(?:article|manuscript|paper|preprint|print|submission|version|work)"
    r"\s+(?:(?:has|have|had)\s+been|is|was)?\s*(?:\w+ly\s+)?(?:being\s+)?(?:withdrawn|retracted)\b"
    r"|\W*withdrawn\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Announced:
    """What a feed says of a paper; `is_new` is false for another version, and for a cross-list."""

    abstract: str
    arxiv: str | None = None
    is_new: bool = True


def announced(text: str) -> Announced:
    """Read "arXiv:2608.19540v1 Announce Type: new Abstract: ..."; a text of another form is all abstract."""
    found = _ANNOUNCED.fullmatch(text)
    return Announced(found["abstract"], found["id"], found["kind"] == "new") if found else Announced(text)


@dataclass(frozen=True, slots=True)
class Titled:
    """A title of a feed, with what stood behind it."""

    title: str
    arxiv: str | None = None
    is_new: bool = True


def titled(text: str) -> Titled:
    """Read "A Title. (arXiv:2006.12345v1 [cs.LG] UPDATED)", as feeds had it until 2024, or a plain title."""
    found = _TITLED.fullmatch(text)
    return Titled(found["title"], found["id"], not found["updated"]) if found else Titled(text)


def names(text: str) -> tuple[str, ...]:
    """Return the names of "A. Author (1), B. Author and C. Author ((1) Somewhere)", affiliations left out."""
    previous = None
    while previous != text:
        previous, text = text, _ASIDE.sub("", text)
    return tuple(name for name in map(str.strip, _BETWEEN_NAMES.split(text)) if name)


def is_withdrawal(comment: str | None) -> bool:
    """Tell whether a comment on a paper, or a mark before its title, calls it withdrawn."""
    return bool(comment and _WITHDRAWN.match(comment))
