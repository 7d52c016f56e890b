"""What reading a file gives."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from extractor.errors import SourceError
from extractor.papers import Paper

_log = logging.getLogger(__name__)

KEPT = 20
LONGEST = 1 << 24
"""Bytes that a record may have."""
NOT_UTF_8 = "not UTF-8"
_SHOWN = 70


@dataclass(frozen=True, slots=True)
class Skipped:
    """
    What was passed over, where, and why: `kind` is one of few, `detail` is what this one adds to it.

    `line` is 0 for a whole file, or where a program gives the papers; `source` names the file.
    """

    line: int
    kind: str
    shown: str
    detail: str = ""
    source: str | None = None

    @property
    def reason(self) -> str:
        """Why, in full."""
        return f"{self.kind}{self.detail}"

    def place(self, *, in_one_file: bool) -> str:
        """Return where it is: the line, and the file if there are several."""
        line = f"line {self.line}" if self.line else ""
        source = self.source if not (in_one_file and line) else None
        return ", ".join(filter(None, (source, line))) or "its beginning"


@dataclass(frozen=True, slots=True)
class Found:
    """
    One record of a file as its format gives it: texts as they stand there, entities of the format decoded.

    `ids` are names that it is known by, each with its kind ("arxiv:2409.12656", "doi:10.1000/x1", "pmid:123",
    "openreview:aBc", "url:https://..."), those of other databases as "s2:...", "openalex:..."; a plain one
    is the file's own. `line` counts from 1; where a format has no lines that tell, it counts records.
    """

    line: int
    title: str | None
    abstract: str | None
    ids: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: date | None = None
    venue: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a file, in lower case without leading blanks, and the file's name."""

    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Format:
    """
    What a kind of file is told by, and how it is read.

    `fits` looks at the beginning (64 KiB at most); `read` takes blocks of UTF-8 as they come and yields what
    is found, one record after the other, in bounded memory. What is no paper (deleted, withdrawn, an error)
    and what is malformed is yielded as `Skipped`; a record without title or abstract is `Found` all the same.

    `takes` names what more `read` can be told: "given" (a mapping of a paper's parts to the names of columns
    or keys) and "keep" (what tells of a record, as it stands there, whether it is wanted).
    """

    name: str
    fits: Callable[[Beginning], bool]
    read: Callable[..., Iterator[Found | Skipped]]
    takes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileFormat:
    """
    A kind of file that is not read from its beginning to its end, but here and there: it needs a path.

    `fits` and `takes` are as in `Format`; `read` takes the path and yields the same, a batch at a time.
    """

    name: str
    fits: Callable[[Beginning], bool]
    read: Callable[..., Iterator[Found | Skipped]]
    takes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Keep:
    """Tells of a record, its keys or columns as they stand there, if it is wanted; it asks for `names`."""

    test: Callable[[Mapping[str, Any]], bool]
    names: tuple[str, ...] = ()

    def __call__(self, record: Mapping[str, Any]) -> bool:
        """Tell whether a record is wanted."""
        return self.test(record)


KEEP_ALL = Keep(lambda _: True)


@dataclass(slots=True)
class FileRead:
    """
    A file of which papers were read: by which format, how many, and how many records were passed over.

    Where it `is_fetched`, it is what a service answered, and has the name by which it was asked for.
    """

    name: str
    format: str
    papers: int = 0
    skipped: int = 0
    is_fetched: bool = False


@dataclass(slots=True)
class Skips:
    """
    What was passed over so far: how much, the first few in full, and counts by kind.

    `left_out` counts what the user does not want, by the option that says so; `notes` are what else is to be
    told of the files, and `files` those that were read. `broken` says why what was fetched ended early.
    """

    count: int = 0
    first: list[Skipped] = field(default_factory=list)
    by_reason: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    files: list[FileRead] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the count of all that was passed over."""
        return self.count

    def add(self, skipped: Skipped) -> None:
        """Take one in; the log tells each, the first are kept."""
        _log.info("skipped, %s: %s: %s", skipped.place(in_one_file=False), skipped.reason, skipped.shown)
        self.count += 1
        self.by_reason[skipped.kind] += 1
        if len(self.first) < KEPT:
            self.first.append(skipped)


class Reading:
    """
    The papers of a source, each once, read as they are asked for; what is passed over is counted on the way.

    `count` is how many papers there are at most, for showing progress; None where only reading would tell.
    `is_given` says that a program hands the papers out, and may want to do so in its own thread.
    """

    def __init__(
        self,
        source: str,
        papers: Iterable[Paper],
        skipped: Skips,
        count: int | None = None,
        *,
        is_given: bool = False,
    ) -> None:
        self.source = source
        self.is_given = is_given
        self.count = count
        self.skipped = skipped
        self._papers: Iterable[Paper] | None = papers

    def __iter__(self) -> Iterator[Paper]:
        """
        Return what reads the papers.

        Raises:
            SourceError: it was asked for before: papers are handed out once; or, later, the file is gone.
        """
        papers, self._papers = self._papers, None
        if papers is None:
            message = f"the papers of {self.source} are handed out once; read it again"
            raise SourceError(message)
        return iter(papers)


def short(text: str) -> str:
    """Return the beginning of a text, to be shown."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
