"""
An address -> what a service answers: one request at a time, none too soon, again where no answer came.

The providers' way of trying again (`providers.retrying`) keeps a run's pace over many requests in flight;
here there is one at a time, so its few waits are counted out here.
"""

import asyncio
import contextlib
import functools
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from extractor.delays import retry_after
from extractor.errors import SourceError
from extractor.sources.network.sites import pause_at, stays
from extractor.waiting import wait_for

if TYPE_CHECKING:
    import httpx2

AGENT = f"extractor-papers/{version('extractor-papers')}"
TRIES, FIRST_TRIES = 8, 3
"""Tries for an answer: fewer where nothing says that the next one may bring more, as without a network."""
FIRST_WAIT, LONGEST_WAIT, LONGEST_ASKED = 2.0, 60.0, 600.0
"""Seconds of a pause: before the second try, at most when doubled, and at most when a server asks for it."""
LARGEST = 1 << 26
"""Bytes of one answer, unpacked."""
WHOLE, SILENT, CONNECTING = 300.0, 60.0, 15.0
"""Seconds that an answer may take to its end, between two pieces of it, and before there is a connection."""
REDIRECTS = 5

_OK, _REDIRECTED, _REFUSED, _FAULTY = 200, 300, 400, 500
_COME_AGAIN = (408, 425, 429)
_ENCODINGS = ("", "identity", "gzip")
_SLOW = "it may be overloaded: run the same again later"
_OFFLINE = "is this machine online? Saved answers are read as files, without a network"
_ANOTHER = "a log-in page or a proxy may answer in its place: look at it, or run the same again later"

Wrong = Callable[[bytes], str | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: 200 with a body that is as it should be, or a refusal (400 to 499) with what it says."""

    status: int
    body: bytes

    @property
    def is_refusal(self) -> bool:
        """True where the same request would be refused again."""
        return self.status >= _REFUSED


class _NothingCameError(Exception):
    """
    No answer that can be used, and what its reader may do.

    It `is_hopeful` where the server says that it will have one; `after` is in seconds, where it says when.
    """

    def __init__(
        self, told: str, advice: str, *, is_hopeful: bool = False, after: float | None = None
    ) -> None:
        super().__init__(told)
        self.advice = advice
        self.is_hopeful = is_hopeful
        self.after = after


class Web:
    """
    Asks addresses, one after the other; `tell` is given a line at each pause, of the usual ones at the first.

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
        self._was_answered = False
        self._is_pause_told = False
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
        if self._running and self._running[1]:
            with contextlib.suppress(RuntimeError):  # It has just come to its end.
                self._running[0].call_soon_threadsafe(self._running[1].cancel)

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
        message = f"{address} was not waited for: the run was stopped"
        raise SourceError(message)

    async def _until_answered(self, address: str, wrong: Wrong) -> Answer:
        number = 0
        while True:
            number += 1
            try:
                answer = await self._once(address, wrong)
            except _NothingCameError as error:
                most = TRIES if error.is_hopeful or self._was_answered else FIRST_TRIES
                if number >= most or (error.after or 0) > LONGEST_ASKED:
                    raise SourceError(_given_up(address, error, number)) from error
                seconds = error.after or _pause(number)
                self._tell(f"{_host(address)}: {error}; again in {seconds:.0f} s (try {number} of {most})")
                await self._sleep(seconds)
            else:
                self._was_answered = True
                return answer

    async def _once(self, address: str, wrong: Wrong) -> Answer:
        import httpx2  # noqa: PLC0415 - imported when used.

        try:
            async with asyncio.timeout(self._whole), _client() as client:
                answer = await self._followed(client, address)
        except TimeoutError:
            message = f"no whole answer within {self._whole:g} s"
            raise _NothingCameError(message, _SLOW) from None
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            message = f"no answer ({_line(str(error)) or type(error).__name__})"
            raise _NothingCameError(message, _OFFLINE) from error
        problem = None if answer.is_refusal else wrong(answer.body)
        if problem:
            raise _NothingCameError(problem, _ANOTHER)
        return answer

    async def _followed(self, client: "httpx2.AsyncClient", address: str) -> Answer:
        """Return what stands at an address, or where it sends on to within its site."""
        target = address
        for _ in range(REDIRECTS + 1):
            await self._turn(target)
            async with client.stream("GET", target) as response:
                if not response.has_redirect_location:
                    return await _read(response, target)
                target = _next(address, target, response.headers["location"])
        message = f"{address} sends on more than {REDIRECTS} times; say a mirror's address, or try later"
        raise SourceError(message)

    async def _turn(self, address: str) -> None:
        """Wait until the next request may be sent."""
        pause = self._pause_at(address)
        left = self._asked_at + pause - self._clock()
        if left > 0:
            if not self._is_pause_told:
                self._is_pause_told = True
                self._tell(f"{_host(address)} is asked once in {pause:g} s, as it wishes")
            await self._sleep(left)
        self._asked_at = self._clock()


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return whose certificates are believed: read once, since it takes longer than a request."""
    import httpx2  # noqa: PLC0415 - imported when used.

    return httpx2.create_ssl_context()


def _client() -> "httpx2.AsyncClient":
    """Return a client for one request: each is asked in an event loop of its own."""
    import httpx2  # noqa: PLC0415

    try:
        return httpx2.AsyncClient(
            verify=_trusted(),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
            timeout=httpx2.Timeout(SILENT, connect=CONNECTING),
            follow_redirects=False,
        )
    except (ImportError, OSError, ValueError) as error:  # The error itself may show a proxy's password.
        message = (
            "the environment's proxy or certificates cannot be used; see HTTPS_PROXY, HTTP_PROXY, ALL_PROXY "
            "(http:// addresses), SSL_CERT_FILE and SSL_CERT_DIR"
        )
        raise SourceError(message) from error


async def _read(response: "httpx2.Response", address: str) -> Answer:
    status = response.status_code
    if status in _COME_AGAIN or status >= _FAULTY:
        after = retry_after(response.headers.get("retry-after", ""))
        message = f"the server answered {status}"
        advice = f"it asks to be left alone for {after:.0f} s: run the same again then" if after else _SLOW
        raise _NothingCameError(message, advice, is_hopeful=True, after=after)
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if _REDIRECTED <= status < _REFUSED or encoding not in _ENCODINGS:
        message = f"{address} answered {status} in a way that is not read here (encoding {encoding[:20]!r})"
        raise SourceError(message)
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LARGEST:
            message = f"{address} answers with over {LARGEST >> 20} MiB; ask for less at once"
            raise SourceError(message)
    return Answer(status, bytes(body))


def _next(address: str, target: str, location: str) -> str:
    try:
        following = urljoin(target, location)
        if stays(address, following):
            return following
    except ValueError:
        following = location
    message = f"{address} sends on to {_line(following)}, which is not the same site by https; not followed"
    raise SourceError(message)


def _pause(number: int) -> float:
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret.


def _given_up(address: str, error: _NothingCameError, tries: int) -> str:
    return f"{address}: {error}, in {tries} {'try' if tries == 1 else 'tries'}; {error.advice}"


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _line(text: str) -> str:
    """Return what a server or the system said, on one line and without codes."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:300].strip()
