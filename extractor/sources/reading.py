"""What the user names -> its papers, one after the other, and what had to be passed over."""

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import closing
from dataclasses import replace

from extractor.errors import SourceError
from extractor.papers import Paper
from extractor.sources.advancing import Advancing
from extractor.sources.choosing import known_formats, tried
from extractor.sources.contents import Content
from extractor.sources.formats.page import FORMAT as PAGE
from extractor.sources.making import paper_of
from extractor.sources.network import Fetching, Network, is_fetched
from extractor.sources.once import Once, Tell, forget
from extractor.sources.places import Named, Place, places
from extractor.sources.shapes import FileRead, Found, Reading, Skipped, Skips
from extractor.sources.wanted import Choice, Wanted

_AT_ONCE = 64
EVERYTHING = Choice()


def read_file(path: Named, choice: Choice = EVERYTHING) -> Reading:
    """Return the papers of a file or folder, as `read_files` does."""
    return read_files([path], choice)


def read_files(
    named: Sequence[Named],
    choice: Choice = EVERYTHING,
    network: Network | None = None,
    tell_again: Tell = forget,
) -> Reading:
    """
    Return the papers of files, folders, patterns, "-" (standard input) and names to fetch, each once.

    `tell_again` gets those that were there before, for what another place tells of them.
    They are read as they are asked for, but for the first. What is fetched and ends early, or gives nothing,
    is told in the `broken` of what is passed over, and the rest is read.

    Raises:
        SourceError: a file is not there, cannot be read or is nothing known, a name asks for nothing that is
            known, or there is no paper in any.
        SettingsError: the condition is none.
    """
    return _Named(named, choice, network or Network(), tell_again).begun()


def single(source: str, papers: Iterable[Paper], tell_again: Tell = forget) -> Reading:
    """Return each paper once, taken as they are asked for: the second of two that are the same is skipped."""
    skips = Skips()
    count = len(papers) if isinstance(papers, Sized) else None
    return Reading(source, Once(skips, tell_again).of(papers), skips, count, is_given=True)


class _Named:
    """What is named, and read one after the other."""

    def __init__(self, named: Sequence[Named], choice: Choice, network: Network, tell_again: Tell) -> None:
        self._choice = choice
        self._tell_again = tell_again
        self._network = network
        self._skips = Skips()
        self._advancing = Advancing(network.tell, self._skips, lambda: network.is_stopped)
        self._named = [self._place(one) for one in named]
        self._wanted = Wanted(choice, self._skips.left_out)
        self._is_one = len(named) == 1
        self._begun: Content | Fetching | None = None

    def _place(self, one: Named) -> Named | Fetching:
        """Return what a name asks a service for; what is no such name is a path, and so is any `Path`."""
        if not (isinstance(one, str) and is_fetched(one)):
            return one
        if os.path.lexists(one):
            self._skips.notes.append(f"{one} was fetched; the file that is called so is ./{one}")
        return self._network.fetching(one)

    def begun(self) -> Reading:
        """Return what is found, its first paper read already, so that what holds none is refused at once."""
        self._check()
        papers = Once(self._skips, self._tell_again).of(self._found())
        first = next(papers, None)
        if first is None:
            self._refuse_nothing()
        rest = papers if first is None else itertools.chain([first], papers)
        return Reading(
            self._source,
            itertools.islice(rest, self._choice.limit),
            self._skips,
            0 if first is None else self._count,
        )

    @property
    def _count(self) -> int | None:
        """How many papers there are at most, None where that is not known."""
        known = (self._begun.at_most if self._begun and self._is_one else None, self._choice.limit)
        return min((one for one in known if one is not None), default=None)

    @property
    def _source(self) -> str:
        first, *others = self._named
        told = first.name if isinstance(first, Fetching) else Place.of(first).name
        return f"{told} and {len(others)} more" if others else told

    def _check(self) -> None:
        """Refuse what cannot be read, of several, before the first is."""
        for one in self._named:
            if isinstance(one, Fetching):
                self._wanted.check(one.name, one.format)
            elif not self._is_one and (path := Place.of(one).path) and os.path.isfile(path):  # noqa: PTH113
                with closing(Content(Place(path), self._choice.names, self._advancing)) as content:
                    self._wanted.check(content.name, content.format)

    def _found(self) -> Iterator[Paper | Skipped]:
        for place in places(self._named):
            if isinstance(place, Skipped):
                self._is_one = False
                yield place
                continue
            things = self._fetched(place) if isinstance(place, Fetching) else self._in(place)
            for thing in things:
                yield thing if isinstance(thing, Paper) else replace(thing, source=place.name)

    def _fetched(self, fetching: Fetching) -> Iterator[Paper | Skipped]:
        self._begun = fetching
        self._network.tell(fetching.told)
        read = FileRead(fetching.name, fetching.format.name, is_fetched=True)
        try:
            yield from self._papers(read, fetching)
        except SourceError as error:
            if self._network.is_stopped:
                raise
            self._skips.broken.append(str(error))

    def _in(self, place: Place) -> Iterator[Paper | Skipped]:
        self._is_one = self._is_one and not place.is_walked
        try:
            with closing(Content(place, self._choice.names, self._advancing)) as content:
                yield from self._read(content)
        except SourceError as error:
            if not place.is_walked:
                raise _named(place, error) from error
            yield _unread(place, error)

    def _read(self, content: Content) -> Iterator[Paper | Skipped]:
        self._begun = content
        keep = self._wanted.keep(content.name, content.format, content.is_fruitful)
        read = FileRead(content.name, content.format.name)
        yield from self._papers(read, content.records(keep, is_counted=self._is_one))
        self._skips.notes.extend(f"{content.name}, {note}" for note in content.notes)

    def _papers(self, read: FileRead, records: Iterable[Found | Skipped]) -> Iterator[Paper | Skipped]:
        self._skips.files.append(read)
        for batch in _batches(records, 1 if read.is_fetched else _AT_ONCE):
            for thing in self._made(batch, read.name):
                if isinstance(thing, Paper):
                    read.papers += 1
                else:
                    read.skipped += 1
                yield thing
        if missing := self._wanted.missing:
            self._skips.notes.append(f"--where: no record of {read.name} has {', '.join(missing)}")

    def _made(self, batch: Sequence[Found | Skipped], name: str) -> list[Paper | Skipped]:
        """Return what becomes of records: a stage does many in a row faster than by turns with the others."""
        has = self._wanted.has
        wanted = [one for one in batch if isinstance(one, Skipped) or has(one)]
        return [one if isinstance(one, Skipped) else paper_of(one, name) for one in wanted]

    def _refuse_nothing(self) -> None:
        """
        Do nothing where there may be no paper: in an empty feed, or where none is wanted.

        Raises:
            SourceError: what there is could not be read.
        """
        skips = self._skips
        if skips.broken:
            raise SourceError("; ".join(skips.broken))
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


def _batches(found: Iterable[Found | Skipped], at_once: int) -> Iterator[list[Found | Skipped]]:
    """Yield what is found in batches; what was found before an error comes before it."""
    batch: list[Found | Skipped] = []
    try:
        for one in found:
            batch.append(one)
            if len(batch) == at_once:
                yield batch
                batch = []
    except SourceError:
        yield batch
        raise
    yield batch


def _named(place: Place, error: SourceError) -> SourceError:
    """Return an error that says which file it is about."""
    told = str(error)
    return error if place.name in told else SourceError(f"{place.name}: {told}")


def _unread(place: Place, error: SourceError) -> Skipped:
    return Skipped(0, "not read", "", f": {str(error).removeprefix(f'{place.name} ')}", source=place.name)
