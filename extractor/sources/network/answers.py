"""An address -> the one answer of a server, read whole, or why none came that can be used."""

import functools
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from extractor.delays import retry_after
from extractor.errors import SourceError
from extractor.sources.network.sites import stays
from extractor.sources.network.wording import on_a_line

if TYPE_CHECKING:
    import httpx2

AGENT = f"extractor-papers/{version('extractor-papers')}"
LARGEST = 1 << 26
"""Bytes of one answer, unpacked."""
SILENT, CONNECTING = 60.0, 15.0
"""Seconds that may pass between two pieces of an answer, and before there is a connection."""
REDIRECTS = 5

_OK, _REDIRECTED, _REFUSED, _FAULTY = 200, 300, 400, 500
_COME_AGAIN = (408, 425, 429)
_ENCODINGS = ("", "identity", "gzip")
SLOW = "it may be overloaded: run the same again later"
_OFFLINE = "is this machine online? Saved answers are read as files, without a network"
_BROKEN = "the server, or a proxy before it, may be broken: run the same again later"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: 200 with a body, or a refusal (400 to 499) with what it says."""

    status: int
    body: bytes

    @property
    def is_refusal(self) -> bool:
        """True where the same request would be refused again."""
        return self.status >= _REFUSED


class NothingCameError(Exception):
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


async def answered(address: str, turn: Callable[[str], Awaitable[None]]) -> Answer:
    """
    Return what stands at an address, or where it sends on to within its site; `turn` is waited for each time.

    Raises:
        NothingCameError: no answer came, or one that may be better later.
        SourceError: one came that is not taken.
    """
    import httpx2  # noqa: PLC0415 - imported when used.

    try:
        async with _client() as client:
            return await _followed(client, address, turn)
    except httpx2.InvalidURL as error:
        message = f"{on_a_line(address)} is no address that can be asked: {on_a_line(str(error))}"
        raise SourceError(message) from error
    except httpx2.RequestError as error:
        message = f"no answer ({on_a_line(str(error)) or type(error).__name__})"
        is_offline = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
        raise NothingCameError(message, _OFFLINE if is_offline else _BROKEN) from error


async def _followed(
    client: "httpx2.AsyncClient", address: str, turn: Callable[[str], Awaitable[None]]
) -> Answer:
    target = address
    for _ in range(REDIRECTS + 1):
        await turn(target)
        async with client.stream("GET", target) as response:
            if not response.has_redirect_location:
                return await _read(response, target)
            target = _next(address, target, response.headers["location"])
    message = (
        f"{on_a_line(address)} sends on more than {REDIRECTS} times; say a mirror's address, or try later"
    )
    raise SourceError(message)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return whose certificates are believed: read once, since it takes longer than a request."""
    import httpx2  # noqa: PLC0415

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
        after = _asked_for(response.headers.get("retry-after", ""))
        message = f"the server answered {status}"
        advice = f"it asks to be left alone for {after:.0f} s: run the same again then" if after else SLOW
        raise NothingCameError(message, advice, is_hopeful=True, after=after)
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if _REDIRECTED <= status < _REFUSED or encoding not in _ENCODINGS:
        packed = f", packed as {encoding[:20]!r}," if encoding else ""
        message = f"{on_a_line(address)} answered {status}{packed} in a way that is not read here"
        raise SourceError(message)
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LARGEST:
            message = f"{on_a_line(address)} answers with over {LARGEST >> 20} MiB; ask for less at once"
            raise SourceError(message)
    return Answer(status, bytes(body))


def _asked_for(told: str) -> float | None:
    """Return the seconds that a server wants to be left alone, be they weeks; None where it does not say."""
    is_number = told.isascii() and told.strip().isdigit()
    return retry_after(told) or (float(told[:20]) if is_number and int(told[:20]) else None)


def _next(address: str, target: str, location: str) -> str:
    try:
        following = urljoin(target, location)
        if stays(address, following):
            return following
    except ValueError:
        following = location
    message = (
        f"{on_a_line(address)} sends on to {on_a_line(following)}, which is not the same site by https; "
        "not followed"
    )
    raise SourceError(message)
