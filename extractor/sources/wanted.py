"""A record of a file, or what was found in it -> whether the user wants it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from extractor.errors import SourceError
from extractor.sources.conditions import Condition
from extractor.sources.shapes import KEEP_ALL, FileFormat, Format, Found, Keep

PARTS = ("title", "abstract", "authors", "published", "venue", "url", "language", "ids")
"""The names that a condition can ask for in every format."""


@dataclass(frozen=True, slots=True)
class Choice:
    """
    Which papers are wanted, and how columns are called.

    `names` says which column or key holds which part of a paper; `where` is a condition on the record,
    `since` the first day of publication, `limit` how many papers at most.
    """

    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    where: str | None = None
    since: date | None = None
    limit: int | None = None


class Wanted:
    """
    Tells what the user wants of a choice; what is left out is counted by the option that says so.

    Raises:
        SettingsError: the condition is none.
    """

    def __init__(self, choice: Choice, left_out: Counter[str]) -> None:
        self._since = choice.since
        self._condition = Condition(choice.where) if choice.where else None
        self._left_out = left_out
        self._is_of_parts = self._condition is not None and set(self._condition.names) <= set(PARTS)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names that the condition asks for, and no record had, where something was left out."""
        return self._condition.missing if self._condition and self._left_out else ()

    def keep(self, name: str, chosen: Format | FileFormat, is_read: Callable[[], None]) -> Keep:
        """
        Return what tells of a record, as it stands in a file; `is_read` is called for each that is left out.

        Raises:
            SourceError: the condition asks for names that records of this format have not.
        """
        self.check(name, chosen)
        condition = self._condition
        if condition is None or self._is_of_parts:
            return KEEP_ALL
        left_out = self._left_out

        def test(record: Mapping[str, Any]) -> bool:
            if condition(record):
                return True
            is_read()
            left_out["--where"] += 1
            return False

        return Keep(test, condition.names)

    def check(self, name: str, chosen: Format | FileFormat) -> None:
        """
        Do nothing where the condition can be asked of what is read by a format.

        Raises:
            SourceError: it asks for names that records of this format have not.
        """
        if self._condition is None or self._is_of_parts or "keep" in chosen.takes:
            return
        lacking = ", ".join(one for one in self._condition.names if one not in PARTS)
        has = ", ".join(PARTS)
        message = f"{name} ({chosen.name}) has no {lacking} that --where could ask for; it has: {has}"
        raise SourceError(message)

    def has(self, found: Found) -> bool:
        """Tell whether what was found in a record is wanted."""
        why = self._why_not(found)
        if why:
            self._left_out[why] += 1
        return why is None

    def _why_not(self, found: Found) -> str | None:
        if self._since and not found.published:
            return "--since, without a date"
        if self._since and found.published and found.published < self._since:
            return "--since"
        is_asked = self._condition is not None and self._is_of_parts
        return "--where" if is_asked and self._condition and not self._condition(_parts(found)) else None


def _parts(found: Found) -> dict[str, object]:
    return {
        "title": found.title,
        "abstract": found.abstract,
        "authors": ", ".join(found.authors) or None,
        "published": found.published.isoformat() if found.published else None,
        "venue": found.venue,
        "url": found.url,
        "language": found.language,
        "ids": " ".join(found.ids) or None,
    }
