"""Lists of names and of metrics' directions -> one table, the shipped ones below, the user's own above."""

import hashlib
import importlib.resources
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

from extractor.normalizing.lexicon import NUMBER, Lexicon, lexicon_of, pattern_of
from extractor.normalizing.reading import read_directions, read_names
from extractor.normalizing.rows import DirectionRow, NameRow
from extractor.records import NAME_KINDS, NameKind


@dataclass(frozen=True, eq=False)
class NameTable:
    """
    The names and directions that are listed.

    Two tables are never equal, so that one can be a key of a cache: make one, and keep it.
    """

    names: tuple[NameRow, ...] = ()
    directions: tuple[DirectionRow, ...] = ()
    own_names: tuple[NameRow, ...] = ()
    own_directions: tuple[DirectionRow, ...] = ()

    def with_own(self, names: Iterable[NameRow] = (), directions: Iterable[DirectionRow] = ()) -> "NameTable":
        """
        Return a table with the user's lists laid over this one.

        A shipped group of names goes where the user sends its canonical name, and is called what the user
        calls one of it; a name that the user gives to itself leaves its group.
        """
        return replace(
            self,
            own_names=(*self.own_names, *names),
            own_directions=(*self.own_directions, *directions),
        )

    @cached_property
    def lexicons(self) -> Mapping[NameKind, Lexicon]:
        """What is listed, by kind."""
        return {
            kind: lexicon_of(kind, _pairs(self.names, kind), _pairs(self.own_names, kind))
            for kind in NAME_KINDS
        }

    @cached_property
    def version(self) -> str:
        """Hash of all that is listed: 16 hexadecimal digits."""
        listed = (self.names, self.directions, self.own_names, self.own_directions)
        return hashlib.sha256(repr(listed).encode()).hexdigest()[:16]

    @cached_property
    def direction_rows(self) -> Mapping[str, DirectionRow]:
        """The listed metrics by key, those of any number by pattern."""
        phrases = self.lexicons["metric"].phrases
        rows = {pattern_of("metric", row.metric, phrases): row for row in self.directions}
        own = {pattern_of("metric", row.metric, phrases): row for row in self.own_directions}
        return rows | {found: _with_unit(row, _row(rows, found)) for found, row in own.items()}

    def direction_row(self, found: str) -> DirectionRow | None:
        """Return what is listed of a metric by its key, None where nothing is."""
        return _row(self.direction_rows, found)


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _row(rows: Mapping[str, DirectionRow], found: str) -> DirectionRow | None:
    return rows.get(found) or rows.get(_NUMBER.sub(NUMBER, found))


def _with_unit(row: DirectionRow, below: DirectionRow | None) -> DirectionRow:
    """Return the user's row, with the unit of the one below it where the user names none."""
    return replace(row, unit=row.unit or (below.unit if below else None))


def _pairs(rows: Iterable[NameRow], kind: NameKind) -> list[tuple[str, str]]:
    return [(row.canonical, row.printed) for row in rows if row.kind == kind]


@cache
def shipped() -> NameTable:
    """Return the table that comes with the package: common names of machine learning, and what is better."""
    return NameTable(
        tuple(read_names(_lines("names.csv"), "names.csv")),
        tuple(read_directions(_lines("metric_directions.csv"), "metric_directions.csv")),
    )


def _lines(name: str) -> list[str]:
    return (importlib.resources.files("extractor.normalizing") / name).read_text("utf-8").splitlines()
