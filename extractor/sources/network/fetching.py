"""A source's name -> the records that its service has for it, fetched as they are asked for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Self

from extractor.errors import SourceError
from extractor.sources.network.asked import Asked, Tell
from extractor.sources.network.naming import asked_by
from extractor.sources.network.sites import Sites, pause_at
from extractor.sources.network.web import Web
from extractor.sources.network.wording import on_a_line
from extractor.sources.shapes import Found, Skipped

_LONGEST = 500
"""Letters of a name: each of its papers is stored with it, and a name may list thousands of ids."""


class Network:
    """
    Fetches what names ask services for, one request at a time, so that the pace is kept between names too.

    `tell` is given lines of progress and of pauses; `pause` says of an address how many seconds lie between
    two requests, and is the services' own wish.
    """

    def __init__(
        self,
        sites: Sites = Sites(),  # noqa: B008 - it is frozen.
        tell: Tell = lambda _: None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        pause: Callable[[str], float] = pause_at,
    ) -> None:
        self._told = tell
        self._sites = sites
        self._web = Web(self.tell, clock, sleep, pause=pause)

    def __enter__(self) -> Self:
        """Do nothing more."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, so that no thread goes on waiting for an answer."""
        self.stop()

    def tell(self, line: str) -> None:
        """Tell a line, without codes of a terminal that a name or a service may hold."""
        self._told(on_a_line(line, 2 * _LONGEST))

    @property
    def is_stopped(self) -> bool:
        """True once nothing more is fetched."""
        return self._web.is_stopped

    def fetching(self, name: str) -> "Fetching":
        """
        Return the records of a name such as `arxiv:2409.12656`; nothing is sent before they are iterated.

        Raises:
            SourceError: the name asks for nothing that is known.
        """
        return Fetching(asked_by(name, self._sites), self._web, self.tell)

    def stop(self) -> None:
        """Fetch nothing more: an iteration in another thread ends at once, with a SourceError."""
        self._web.stop()


class Fetching:
    """
    The records of a name, fetched page by page as they are iterated; none before the first is asked for.

    `name` is the name as it can be given again (`hf:daily` has its day), `real` the same where it is too long
    to be shown; `told` says what would be asked, `at_most` is how many records there can be, None where only
    asking would tell, `format` what they are read by. The `line` of a record is its place, counted from 1.
    """

    def __init__(self, asked: Asked, web: Web, tell: Tell) -> None:
        self._asked, self._web, self._tell = asked, web, tell
        self.real = asked.name
        self.name = on_a_line(asked.name, _LONGEST)
        self.at_most = asked.at_most
        # A condition on records as they stand there is asked of files alone: it would hide where a page ends.
        self.format = replace(asked.form, takes=frozenset())
        papers = "" if self.at_most is None else f", {self.at_most} papers at most"
        self.told = f"{self.name} asks {on_a_line(asked.address)}{papers}"

    def __iter__(self) -> Iterator[Found | Skipped]:
        """
        Yield what the service has; that it has nothing is told.

        Raises:
            SourceError: it refuses, or gives no answer; what came before was yielded.
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
            self._tell(f"{self.name}: {self._asked.nothing}")
