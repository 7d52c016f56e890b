"""
The server's files and batches: upload, make or find, look at, download.

A server that does not answer is asked again after growing pauses: a batch takes hours, and a network may be
away for a while.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import IO, TYPE_CHECKING, TypeVar

from extractor.errors import PaperError, RateLimitedError, RunStoppedError, TransientError
from extractor.providers.batch.format import URL
from extractor.providers.batch.status import Batch, Page, UploadedFile, read
from extractor.providers.openai.connecting import connect
from extractor.providers.openai.translating import translated_errors

if TYPE_CHECKING:
    import openai

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[object]]

FIRST_PAUSE, LONGEST_PAUSE = 10.0, 600.0
"""Seconds after which a server that did not answer is asked again, at first and at most."""
TRIES, FIRST_TRIES = 10, 3
"""How often in a row; a server that has not answered yet may be none."""
LOOKS = 3
"""A server's list may be seconds behind: only what is missing so often is not there."""
TIMEOUT, UPLOAD_TIMEOUT = 60.0, 600.0
"""Seconds that a server may say nothing; of an upload it takes in 200 MB first."""
PAGE, CHUNK = 100, 1 << 16


class UnknownError(RunStoppedError):
    """The server knows no such batch or file."""


class Endpoint:
    """
    One server's batches, for one model.

    Raises from every method:
        RunStoppedError: the server turns us away, or did not answer so often that it is given up.
        UnknownError: it does not know what it is asked for.
    """

    def __init__(
        self, base_url: str, model: str, api_key: str, tell: Callable[[str], None], sleep: Sleep
    ) -> None:
        self.base_url = base_url
        self.model = model
        self.secret = api_key
        self._tell = tell
        self._sleep = sleep
        self._client: openai.AsyncOpenAI | None = None
        self._connecting = asyncio.Lock()
        self._has_answered = False

    async def upload(self, requests: IO[bytes]) -> str:
        """Bring a file of requests to the server and return its id."""

        async def call(client: "openai.AsyncOpenAI") -> str:
            requests.seek(0)
            file = ("requests.jsonl", requests, "application/jsonl")
            answer = await client.files.with_raw_response.create(
                file=file, purpose="batch", timeout=UPLOAD_TIMEOUT
            )
            return read(UploadedFile, answer.content).id

        try:
            return await self._patiently(call)
        except UnknownError as error:
            message = f"{error}; --batch needs a server with OpenAI's files and batches"
            raise RunStoppedError(message) from error

    async def make(self, input_file_id: str, *, may_be_there: bool) -> Batch:
        """Return the batch of a file of requests: the one that is there already, else a new one."""
        looks_first = may_be_there

        async def call(client: "openai.AsyncOpenAI") -> Batch:
            nonlocal looks_first
            if looks_first and (batch := await self._find(client, input_file_id)):
                return batch
            looks_first = True  # However the next line ends, the batch may be there afterwards.
            answer = await client.batches.with_raw_response.create(
                input_file_id=input_file_id, endpoint=URL, completion_window="24h"
            )
            return read(Batch, answer.content)

        return await self._patiently(call)

    async def look_at(self, batch_id: str) -> Batch:
        """Return a batch as it stands now."""

        async def call(client: "openai.AsyncOpenAI") -> Batch:
            answer = await client.batches.with_raw_response.retrieve(batch_id)
            return read(Batch, answer.content)

        return await self._patiently(call)

    async def download(self, file_id: str, take: Callable[[bytes], None]) -> None:
        """Hand each line of a file to `take`; a download that breaks off begins again."""

        async def call(client: "openai.AsyncOpenAI") -> None:
            rest = b""
            async with client.files.with_streaming_response.content(file_id) as answer:
                async for chunk in _unbroken(answer.iter_bytes(CHUNK)):
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        take(line)
            take(rest)

        await self._patiently(call)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _find(self, client: "openai.AsyncOpenAI", input_file_id: str) -> Batch | None:
        for _ in range(LOOKS):
            async for batch in _listed(client):
                if batch.input_file_id == input_file_id and not batch.is_failed:
                    return batch
            await self._sleep(FIRST_PAUSE)
        return None

    async def _patiently(self, call: Callable[["openai.AsyncOpenAI"], Awaitable[T]]) -> T:
        unknown = unanswered = 0
        while True:
            try:
                result = await self._once(call)
            except UnknownError:
                unknown += 1
                if unknown == LOOKS:
                    raise
                await self._sleep(FIRST_PAUSE)
            except TransientError as error:
                unanswered += 1
                await self._pause(error, unanswered)
            else:
                self._has_answered = True
                return result

    async def _once(self, call: Callable[["openai.AsyncOpenAI"], Awaitable[T]]) -> T:
        client = await self._connected()
        try:
            with translated_errors(self.base_url, self.model, self.secret):
                return await call(client)
        except TransientError:
            raise
        except (PaperError, RunStoppedError) as error:
            # There is no paper here that could be turned down.
            kind = UnknownError if _says_unknown(error.__cause__) else RunStoppedError
            raise kind(*error.args) from error

    async def _pause(self, error: TransientError, unanswered: int) -> None:
        tries = TRIES if self._has_answered else FIRST_TRIES
        if unanswered >= tries:
            message = f"{error} (asked {tries} times)"
            raise RunStoppedError(message) from error
        pause = min(FIRST_PAUSE * 2 ** (unanswered - 1), LONGEST_PAUSE)
        if isinstance(error, RateLimitedError):
            pause = min(max(pause, error.retry_after or 0.0), LONGEST_PAUSE)
        self._tell(f"{error}; asked again in {pause:.0f} s")
        await self._sleep(pause)

    async def _connected(self) -> "openai.AsyncOpenAI":
        async with self._connecting:
            if self._client is None:
                # The import takes a second of CPU: not in the loop's thread.
                self._client = await asyncio.to_thread(connect, self.base_url, self.secret, TIMEOUT)
            return self._client


def _says_unknown(error: BaseException | None) -> bool:
    """Tell whether it is a batch or a file that is unknown: of a file in a body that comes as a 400."""
    import openai  # noqa: PLC0415 - imported when used.

    if isinstance(error, openai.NotFoundError):
        return True
    return isinstance(error, openai.BadRequestError) and error.param in ("file_id", "input_file_id")


async def _listed(client: "openai.AsyncOpenAI") -> AsyncIterator[Batch]:
    """Yield all batches that the server lists and that can be understood."""
    import openai  # noqa: PLC0415 - imported when used.

    after: str | openai.Omit = openai.omit
    seen: set[str] = set()
    while True:
        answer = await client.batches.with_raw_response.list(after=after, limit=PAGE)
        page = read(Page, answer.content)
        for batch in page.batches:
            yield batch
        # A server that gives the same page for ever ends the list too.
        if page.last_id is None or page.last_id in seen:
            return
        after = page.last_id
        seen.add(after)


async def _unbroken(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield what comes; whatever breaks a download, it can begin again."""
    try:
        async for chunk in chunks:
            yield chunk
    except Exception as error:
        message = f"the download broke off: {error!r}"
        raise TransientError(message) from error
