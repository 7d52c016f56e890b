"""What the user names (files, folders, patterns, standard input) -> what is to be read, in its order."""

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from extractor.errors import SourceError
from extractor.papers import storable
from extractor.sources.network import Fetching
from extractor.sources.shapes import Skipped

Named = str | os.PathLike[str]

STANDARD_INPUT = "standard input"


@dataclass(frozen=True, slots=True)
class Place:
    """A file to be read, None for standard input; `is_walked` says that only its folder was named."""

    path: Path | None
    is_walked: bool = False

    @classmethod
    def of(cls, named: Named) -> Self:
        """Return the place that is named, "-" for standard input."""
        return cls(None if os.fspath(named) == "-" else Path(named).expanduser())

    @property
    def real(self) -> Path:
        """The file itself, however it is named."""
        # A link that leads to itself has no end, over which `Path.resolve` stumbles.
        return Path("-") if self.path is None else Path(os.path.realpath(self.path))

    @property
    def name(self) -> str:
        """The file's path as it is stored and shown."""
        return STANDARD_INPUT if self.path is None else storable(str(self.path))


def places(named: Iterable[Named | Fetching]) -> Iterator[Place | Fetching | Skipped]:
    """
    Yield the files: of folders all within them, sorted, hidden ones passed over; of patterns what fits them.

    What is fetched is a place as it is. What is named twice is read once.

    Raises:
        SourceError: there is no such file, or nothing fits a pattern.
    """
    seen: set[Path | str] = set()
    for one in named:
        for place in (one,) if isinstance(one, Fetching) else _places(os.fspath(one)):
            if isinstance(place, Skipped):
                yield place
                continue
            if place.real in seen:
                yield Skipped(0, "the same file again", "", source=place.name)
            else:
                seen.add(place.real)
                yield place


def _places(named: str) -> Iterator[Place | Skipped]:
    place = Place.of(named)
    if place.path is None:
        yield place
    elif os.path.isdir(place.path):  # noqa: PTH112 - Of a name that is too long it says no more than no.
        yield from _within(place.path)
    elif os.path.lexists(place.path) or not glob.has_magic(named):
        yield place
    else:
        yield from _fitting(named)


def _fitting(pattern: str) -> Iterator[Place | Skipped]:
    found = sorted(glob.glob(os.path.expanduser(pattern), recursive=True))  # noqa: PTH111, PTH207
    if not found:
        message = f"no file fits {pattern}"
        raise SourceError(message)
    folders = {one for one in found if Path(one).is_dir()}
    if folders == set(found):
        for one in found:
            yield from _within(Path(one))
    else:
        yield from (Place(Path(one), is_walked=True) for one in found if one not in folders)


def _within(folder: Path) -> Iterator[Place | Skipped]:
    """Yield the files of a folder and its folders; links to folders are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(0, "cannot be read", "", f": {error.strerror}", storable(str(folder)))
        return
    for entry in entries:
        name = storable(entry.path)
        if entry.name.startswith("."):
            yield Skipped(0, "hidden", "", source=name)
        elif entry.is_dir(follow_symlinks=False):
            yield from _within(Path(entry.path))
        elif os.path.isfile(entry.path):  # noqa: PTH113 - Of a link without end it says no more than no.
            yield Place(Path(entry.path), is_walked=True)
        else:
            yield Skipped(0, "no regular file", "", source=name)
