"""A value of JSON, a table's cell or a column's entry -> a text, names of people, or a day."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from extractor.sources.dates import first_day

# What pandas, databases and catalogues write where there is nothing.
_NONE = frozenset(
    [
        "nan",
        "null",
        "none",
        "n/a",
        "<na>",
        "\\n",
        "[no abstract available]",
        "no abstract available",
        "not available",
    ]
)
_LONGEST_NONE = 2 * max(map(len, _NONE))
_INSIDE = ("value", "text", "name", "display_name", "fullname", "full_name", "literal", "creator")
# A name is not longer than this, and what has no end is not looked for to the end of all.
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.){0,300})'|"((?:[^"\\]|\\.){0,300})\"""")
_INITIALED = re.compile(r"\s*([^,]{1,100},\s*(?:[A-Z]\.[\s-]?)+)(?:,|$)")
_AND = re.compile(r"[,\s]\s*(?:and|&)\s+")
_HEADING = re.compile(r"\s*<(jats:)?title>\s*(?:abstract|summary)\W*</(?:jats:)?title>", re.IGNORECASE)
_PARTS = "date-parts"
_DEEPEST = 4
_SECONDS, _MILLISECONDS = 100_000_000, 100_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text(value: object, deeper: int = _DEEPEST) -> str | None:
    """Return the text that a value is, or holds as its `value` or in a list; None for "", "NaN" and such."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return None if _is_none(value) else value
    if isinstance(value, bytes):
        return text(value.decode(errors="replace"))
    if isinstance(value, Mapping | Sequence):
        return _within(value, deeper - 1) if deeper else None
    return text(f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value))


def abstract(value: object) -> str | None:
    """Return the text of an abstract without the heading "Abstract", where that is marked up as a title."""
    return _HEADING.sub("", told, count=1) if (told := text(value)) and _HEADING.match(told) else told


def names(value: object, deeper: int = _DEEPEST) -> tuple[str, ...]:
    """Return names of people: of a list of them, of an object with `name`, or of a text that lists them."""
    if isinstance(value, Mapping):
        return _one(value, deeper)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(name for one in value if deeper for name in _of_list(one, deeper - 1))
    return tuple(" ".join(name.split()) for name in _apart(text(value) or "") if name.strip())


def day(*given: object) -> date | None:
    """Return the most exact of the days that are named: dates, texts, years, (milli)seconds since 1970."""
    return first_day(*map(_printed, given))


def _printed(value: object) -> str | None:
    """Return a date as it is printed."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping) and _PARTS in value:  # As Crossref and CSL have it: [[2021, 3, 4]].
        return (text(value[_PARTS]) or "").replace(" ", "-") or None
    if isinstance(value, int | float) and abs(value) >= _SECONDS:
        seconds = value / 1000 if abs(value) >= _MILLISECONDS else value
        try:
            return (_EPOCH + timedelta(seconds=seconds)).date().isoformat()
        except OverflowError:
            return None
    return text(value)


def _is_none(value: str) -> bool:
    if len(value) > _LONGEST_NONE:
        return value.isspace()
    return not (plain := value.strip()) or plain.rstrip(".").lower() in _NONE


def _within(value: Mapping[str, object] | Sequence[object], deeper: int) -> str | None:
    if isinstance(value, Mapping):
        return next((text(value[key], deeper) for key in _INSIDE if key in value), None)
    return " ".join(filter(None, (text(one, deeper) for one in value))) or None


def _of_list(value: object, deeper: int) -> tuple[str, ...]:
    """Return the one name that a member of a list is."""
    if isinstance(value, str):
        return (" ".join(value.split()),) if value.strip() else ()
    if isinstance(value, Mapping):
        return _one(value, deeper)
    if isinstance(value, Sequence) and deeper:  # Last name, first name and what follows it.
        last, *first = [part for one in value if (part := text(one, deeper))] or [""]
        return _whole(*first[:1], last, *first[1:])
    return ()


def _one(value: Mapping[str, object], deeper: int) -> tuple[str, ...]:
    if deeper and (inner := value.get("author") or value.get("authors")):
        return names(inner, deeper - 1) if isinstance(inner, list) else _of_list(inner, deeper - 1)
    if name := text(value, deeper):
        return _whole(name)
    lower = {key.lower(): one for key, one in value.items()}
    first = next((lower[key] for key in ("given", "first", "firstname", "first_name") if key in lower), None)
    last = next((lower[key] for key in ("family", "last", "lastname", "last_name") if key in lower), None)
    return _whole(*(text(part) or "" for part in (first, lower.get("non-dropping-particle"), last)))


def _whole(*parts: str) -> tuple[str, ...]:
    name = " ".join(" ".join(parts).split())
    return (name,) if name else ()


def _apart(listed: str) -> list[str]:
    """Return the names of a list as it is printed: by ";", "and", commas, or as Python prints its lists."""
    listed = listed.strip()
    if listed.startswith(("['", '["')):
        return [one or other for one, other in _QUOTED.findall(listed)]
    if ";" in listed or "|" in listed:
        return re.split(r"[;|]", listed)
    pieces = _AND.split(listed)
    if len(pieces) > 1 and all(piece.count(",") == 1 for piece in pieces):
        return pieces
    if len(pieces) == 1 and (_is_inverted(listed) or "," not in listed):
        return [listed]
    if "".join(found[0] for found in _INITIALED.finditer(listed)) == listed:
        return [found[1] for found in _INITIALED.finditer(listed)]
    return [name for piece in pieces for name in piece.split(",")]


def _is_inverted(listed: str) -> bool:
    """Tell whether it is one name, the last name first: "Example, Ada B."."""
    last, comma, first = listed.partition(",")
    return bool(comma) and "," not in first and " " not in last.strip()
