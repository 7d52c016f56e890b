"""A source's name -> the records that its service has for it, fetched as they are asked for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from extractor.errors import SourceError
from extractor.sources.network.asked import Tell
from extractor.sources.network.naming import asked_by
from extractor.sources.network.sites import Sites
from extractor.sources.network.web import Web
from extractor.sources.shapes import Found, Skipped


class Fetching:
    """
    The records of a name, fetched page by page as they are iterated; none before the first is asked for.

    `source` is the name as it can be given again (`hf:daily` has its day), `told` says what would be asked,
    `at_most` is how many records there can be, None where only asking would tell. The `line` of a record is
    its place, counted from 1.
    """

    def __init__(
        self,
        source: str,
        sites: Sites,
        tell: Tell,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._asked = asked_by(source, sites)
        self._tell = tell
        self._web = Web(tell, clock, sleep)
        self.source = self._asked.name
        self.at_most = self._asked.at_most
        papers = "" if self.at_most is None else f", {self.at_most} papers at most"
        self.told = f"{self.source} asks {self._asked.address}{papers}"

    def __iter__(self) -> Iterator[Found | Skipped]:
        """
        Yield what the service has.

        Raises:
            SourceError: it has nothing, refuses, or gives no answer; what came before was yielded.
        """
        place = 0
        try:
            for place, thing in enumerate(self._asked.read(self._web, self._tell), start=1):
                yield replace(thing, line=place)
        except SourceError as error:
            if not place:
                raise
            message = f"{error} ({place} records came before; the same command goes on)"
            raise SourceError(message) from error
        if not place:
            message = f"{self.source}: {self._asked.nothing} (asked {self._asked.address})"
            raise SourceError(message)

    def stop(self) -> None:
        """Fetch nothing more: an iteration in another thread ends at once, with a SourceError."""
        self._web.stop()


def fetching(
    source: str,
    sites: Sites = Sites(),  # noqa: B008 - it is frozen.
    tell: Tell = lambda _: None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Fetching:
    """
    Return the records of a name such as `arxiv:2409.12656`; nothing is sent before they are iterated.

    `tell` is given lines of progress, and of every pause that is not the usual one.

    Raises:
        SourceError: the name asks for nothing that is known.
    """
    return Fetching(source, sites, tell, clock, sleep)
