"""
An address -> what a service answers: one request at a time, none too soon, again where no answer came.

The providers' way of trying again (`providers.retrying`) keeps a run's pace over many requests in flight;
here there is one at a time, so its few waits are counted out here.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from extractor.errors import SourceError
from extractor.sources.network.answers import SLOW, Answer, NothingCameError, answered
from extractor.sources.network.sites import pause_at
from extractor.sources.network.wording import on_a_line
from extractor.waiting import wait_for

TRIES, FIRST_TRIES = 8, 3
"""Tries for an answer: fewer where nothing says that the next one may bring more, as without a network."""
FIRST_WAIT, LONGEST_WAIT, LONGEST_ASKED = 2.0, 60.0, 600.0
"""Seconds of a pause: before the second try, at most when doubled, and at most when a server asks for it."""
WHOLE, PATIENCE = 300.0, 1200.0
"""Seconds that an answer may take to its end, and all tries for it together."""

_ANOTHER = "a log-in page or a proxy may answer in its place: look at it, or run the same again later"

Wrong = Callable[[bytes], str | None]


class Web:
    """
    Asks addresses, one after the other; `tell` is given a line at a pause, at the first of the usual ones.

    An answer is read whole before it is handed out: its papers may be asked about for an hour, and no server
    holds a connection that long. Times are those of `clock`, in seconds; `pause` lies between two
    requests to an address, and an answer may take `whole`.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        pause: Callable[[str], float] = pause_at,
        whole: float = WHOLE,
    ) -> None:
        self._tell, self._clock, self._sleep = tell, clock, sleep
        self._pause_at, self._whole = pause, whole
        self._asked_at = -float("inf")
        self._answered: set[str] = set()
        self._paused: set[str] = set()
        self.is_stopped = False
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[object] | None] | None = None

    def get(self, address: str, wrong: Wrong) -> Answer:
        """
        Return what an address answers; `wrong` says what is wrong with a body that came, None for nothing.

        Raises:
            SourceError: no answer came that can be used, after several tries; or it was stopped.
        """
        return wait_for(self._unless_stopped(address, wrong))

    def stop(self) -> None:
        """Ask nothing more; what another thread has under way there ends with a SourceError, at once."""
        self.is_stopped = True
        running = self._running
        if running and running[1]:
            with contextlib.suppress(RuntimeError):  # It has just come to its end.
                running[0].call_soon_threadsafe(running[1].cancel)

    async def _unless_stopped(self, address: str, wrong: Wrong) -> Answer:
        self._running = asyncio.get_running_loop(), asyncio.current_task()
        try:
            if not self.is_stopped:
                return await self._until_answered(address, wrong)
        except asyncio.CancelledError:
            if not self.is_stopped:
                raise
        finally:
            self._running = None
        message = f"{on_a_line(address)} was not waited for: the run was stopped"
        raise SourceError(message)

    async def _until_answered(self, address: str, wrong: Wrong) -> Answer:
        number, begun = 0, self._clock()
        while True:
            number += 1
            try:
                answer = await self._once(address, wrong)
            except NothingCameError as error:
                most = TRIES if error.is_hopeful or _host(address) in self._answered else FIRST_TRIES
                seconds = error.after or _pause(number)
                is_late = self._clock() - begun + seconds > PATIENCE
                if number >= most or seconds > LONGEST_ASKED or is_late:
                    raise SourceError(_given_up(address, error, number)) from error
                self._tell(f"{_host(address)}: {error}; again in {seconds:.0f} s (try {number} of {most})")
                await self._sleep(seconds)
            else:
                self._answered.add(_host(address))
                return answer

    async def _once(self, address: str, wrong: Wrong) -> Answer:
        try:
            async with asyncio.timeout(self._whole):
                answer = await answered(address, self._turn)
        except TimeoutError:
            message = f"no whole answer within {self._whole:g} s"
            raise NothingCameError(message, SLOW) from None
        problem = None if answer.is_refusal else wrong(answer.body)
        if problem:
            raise NothingCameError(problem, _ANOTHER)
        return answer

    async def _turn(self, address: str) -> None:
        """Wait until the next request may be sent."""
        pause = self._pause_at(address)
        left = self._asked_at + pause - self._clock()
        if left > 0:
            self._tell_once(_host(address), pause)
            await self._sleep(left)
        self._asked_at = self._clock()

    def _tell_once(self, host: str, pause: float) -> None:
        if host not in self._paused:
            self._paused.add(host)
            self._tell(f"{host} is asked once in {pause:g} s, as it wishes")


def _pause(number: int) -> float:
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret.


def _given_up(address: str, error: NothingCameError, tries: int) -> str:
    times = "try" if tries == 1 else "tries"
    return f"{on_a_line(address)}: {error}, in {tries} {times}; {error.advice}"


def _host(address: str) -> str:
    return urlsplit(address).hostname or address
