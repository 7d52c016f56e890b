"""Files that the user names -> their papers, one after the other, and what had to be passed over."""

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any

from extractor.errors import SourceError
from extractor.papers import Paper
from extractor.sources.choosing import AnyFormat, choose, known_formats, that_take, tried
from extractor.sources.formats.json_streams import is_json, is_lines
from extractor.sources.formats.page import FORMAT as PAGE
from extractor.sources.making import paper_of
from extractor.sources.once import Once, once
from extractor.sources.opening import Opened
from extractor.sources.places import Place, places
from extractor.sources.shapes import FileFormat, FileRead, Found, Reading, Skipped, Skips
from extractor.sources.wanted import Choice, Wanted

Named = str | os.PathLike[str]

REST = "the rest of the file cannot be read"
_BATCH = 64
_PAGES = (".txt", ".text")


EVERYTHING = Choice()


def read_file(path: Named, choice: Choice = EVERYTHING) -> Reading:
    """Return the papers of a file or folder, as `read_files` does."""
    return read_files([path], choice)


def read_files(named: Sequence[Named], choice: Choice = EVERYTHING) -> Reading:
    """
    Return the papers of files, folders, patterns and "-" (standard input), each once, as they are asked for.

    Raises:
        SourceError: a file is not there, cannot be read or is nothing known, or there is no paper in any.
        SettingsError: the condition is none.
    """
    return _Files(tuple(named), choice).begun()


def single(source: str, papers: Iterable[Paper]) -> Reading:
    """Return each paper once, taken as they are asked for: the second of two that are the same is skipped."""
    skips = Skips()
    count = len(papers) if isinstance(papers, Sized) else None
    return Reading(source, once(papers, skips), skips, count, is_given=True)


class _Files:
    """Files that are read one after the other."""

    def __init__(self, named: tuple[Named, ...], choice: Choice) -> None:
        self._named = named
        self._choice = choice
        self._skips = Skips()
        self._wanted = Wanted(choice, self._skips.left_out)
        self._is_one = len(named) == 1
        self._again: list[Paper] = []
        self._count: int | None = None

    def begun(self) -> Reading:
        """Return what is found, its first paper read already, so that what holds none is refused at once."""
        if not self._is_one:
            self._check()
        papers = Once(self._skips, self._again.append).of(self._found())
        first = next(papers, None)
        if first is None:
            self._refuse_nothing()
        rest = papers if first is None else itertools.chain([first], papers)
        limit = self._choice.limit
        count = 0 if first is None else self._count
        return Reading(
            self._source,
            itertools.islice(rest, limit),
            self._skips,
            limit if count is None else count if limit is None else min(count, limit),
            again=self._again,
        )

    @property
    def _source(self) -> str:
        first, *others = (Place(None).name if one == "-" else Place(Path(one)).name for one in self._named)
        return f"{first} and {len(others)} more" if others else first

    def _check(self) -> None:
        """Refuse a file that is named and cannot be read before the first is."""
        for one in self._named:
            path = Path(one)
            if path.is_file():
                opened = Opened(Place(path))
                opened.close()
                self._format(opened)

    def _found(self) -> Iterator[Paper | Skipped]:
        for place in places(self._named):
            if isinstance(place, Skipped):
                self._is_one = False
                yield place
                continue
            self._is_one = self._is_one and not place.is_walked
            for thing in self._in(place):
                yield thing if isinstance(thing, Paper) else replace(thing, source=place.name)

    def _in(self, place: Place) -> Iterator[Paper | Skipped]:
        try:
            opened = Opened(place)
        except SourceError as error:
            if not place.is_walked:
                raise
            yield _unread(place, error)
            return
        try:
            chosen = self._format(opened)
            yield from self._read(opened, chosen)
        except SourceError as error:
            if not place.is_walked:
                raise _named(place, error) from error
            yield _unread(place, error)
        finally:
            opened.close()

    def _format(self, opened: Opened) -> AnyFormat:
        """
        Return the format of a file.

        Raises:
            SourceError: it is empty or nothing known.
        """
        name = opened.place.name
        formats = known_formats()
        if opened.is_empty:
            message = f"{name} is empty"
            raise SourceError(message)
        if self._choice.names and is_json(opened.beginning):
            formats = that_take(formats, "given")
        try:
            chosen = choose(opened.beginning, formats)
        except SourceError as error:
            message = f"{name} {error}"
            raise SourceError(message) from error
        if chosen is PAGE and opened.place.is_walked and not _is_named_as_page(name):
            ends = ", ".join(_PAGES)
            message = f"{name} is nothing known, and by its name no page ({ends}); tried: {tried(formats)}"
            raise SourceError(message)
        return chosen

    def _read(self, opened: Opened, chosen: AnyFormat) -> Iterator[Paper | Skipped]:
        read = FileRead(opened.place.name, chosen.name)
        self._skips.files.append(read)
        keep = self._wanted.keep(read.name, chosen, opened.is_fruitful)
        options = {"given": self._choice.names, "keep": keep}
        told = {name: options[name] for name in chosen.takes}
        for batch in _batches(self._records(opened, chosen, told)):
            opened.is_fruitful()
            for thing in self._made(batch, read.name):
                if isinstance(thing, Paper):
                    read.papers += 1
                else:
                    read.skipped += 1
                yield thing
        self._tell(opened)
        if opened.flaw:
            yield Skipped(0, REST, "", f": {opened.flaw}", source=read.name)

    def _made(self, batch: Sequence[Found | Skipped], name: str) -> list[Paper | Skipped]:
        """Return what becomes of records: a stage does many in a row faster than by turns with the others."""
        has = self._wanted.has
        wanted = [one for one in batch if isinstance(one, Skipped) or has(one)]
        return [one if isinstance(one, Skipped) else paper_of(one, name) for one in wanted]

    def _records(
        self, opened: Opened, chosen: AnyFormat, options: dict[str, Any]
    ) -> Iterator[Found | Skipped]:
        if isinstance(chosen, FileFormat):
            with opened.as_file() as path:
                yield from chosen.read(path, **options)
        elif chosen is PAGE:  # It is read whole anyway, and so it is known how many there are.
            found = list(chosen.read(opened.blocks()))
            self._count = sum(isinstance(one, Found) for one in found) if self._is_one else None
            yield from found
        else:
            if self._is_one and is_json(opened.beginning) and is_lines(opened.head):
                self._count = opened.count_lines()
            yield from chosen.read(opened.blocks(), **options)

    def _tell(self, opened: Opened) -> None:
        name = opened.place.name
        self._skips.notes.extend(f"{name}, {note}" for note in opened.notes)
        if missing := self._wanted.missing:
            self._skips.notes.append(f"--where: no record of {name} has {', '.join(missing)}")

    def _refuse_nothing(self) -> None:
        """
        Do nothing where there may be no paper: in an empty feed, or where none is wanted.

        Raises:
            SourceError: what there is could not be read.
        """
        skips = self._skips
        if skips.left_out:
            return
        if not (skips or skips.files):
            message = f"{self._source} holds no files"
            raise SourceError(message)
        if not (skips or any(one.format == PAGE.name for one in skips.files)):
            return
        if not skips:
            message = (
                f"{self._source} holds no papers: nothing in it reads like a title with an abstract; "
                f"tried: {tried(known_formats())}"
            )
            raise SourceError(message)
        first = skips.first[0]
        place = first.place(in_one_file=len(skips.files) == 1)
        message = (
            f"{self._source} holds no paper with title and abstract: {len(skips)} passed over, "
            f"the first in {place} ({first.reason}): {first.shown}"
        )
        message = "; ".join((message, *skips.notes))
        raise SourceError(message)


def _batches(found: Iterable[Found | Skipped]) -> Iterator[list[Found | Skipped]]:
    """Yield what is found in batches; what was found before an error comes before it."""
    batch: list[Found | Skipped] = []
    try:
        for one in found:
            batch.append(one)
            if len(batch) == _BATCH:
                yield batch
                batch = []
    except SourceError:
        yield batch
        raise
    yield batch


def _is_named_as_page(name: str) -> bool:
    return name.lower().removesuffix(".gz").removesuffix(".zst").endswith(_PAGES)


def _named(place: Place, error: SourceError) -> SourceError:
    """Return an error that says which file it is about."""
    told = str(error)
    return error if place.name in told else SourceError(f"{place.name}: {told}")


def _unread(place: Place, error: SourceError) -> Skipped:
    return Skipped(0, "not read", "", f": {str(error).removeprefix(f'{place.name} ')}", source=place.name)
