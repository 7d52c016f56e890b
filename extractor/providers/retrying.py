"""A provider that keeps the run's pace and tries again where no answer came."""

import asyncio
import logging
from collections.abc import Mapping

import tenacity

from extractor.errors import RateLimitedError, TransientError
from extractor.exchange import Request, Response
from extractor.providers.base import Provider
from extractor.providers.pacing import Pace

TRIES, TRIES_WHILE_AWAY = 6, 10
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
TITLE_SHOWN = 60

_log = logging.getLogger(__name__)


class RetryingProvider:
    """
    Wraps another: a transient error is tried again after a growing, jittered pause.

    After so many `tries` it is given up; later while a server that has answered is away, so that a minute's
    absence fails no paper. A rate limit slows the whole run by its pace, and uses up no try. Tries for an
    answer that does not fit the schema are counted elsewhere.
    """

    def __init__(
        self,
        provider: Provider,
        pace: Pace,
        *,
        tries: int = TRIES,
        first_wait: float = FIRST_WAIT,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._provider = provider
        self.pace = pace
        self.model = provider.model
        self.identity: Mapping[str, str] = provider.identity
        self._tries = tries
        self._until_answered = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=self._is_enough,
            wait=tenacity.wait_random_exponential(multiplier=first_wait, max=longest_wait),
            sleep=pace.rest,
            before_sleep=self._note,
            reraise=True,
        )

    async def complete(self, request: Request) -> Response:
        """Return the answer of the first try that brings one."""
        return await self._until_answered(self._once_let_in, request)

    async def aclose(self) -> None:
        """Close the wrapped provider."""
        await self._provider.aclose()

    async def _once_let_in(self, request: Request) -> Response:
        """Return the answer to one try; the pace waits where the server limits the rate."""
        while True:
            sent = await self.pace.turn(request.guessed_tokens)
            try:
                response = await self._in_time(request)
            except RateLimitedError as error:
                _log.info("%s is rate limited: %s", _name(request), error)
                self.pace.slow_down(sent, error.retry_after, str(error))
            else:
                self.pace.answered(sent, response.usage)
                return response

    async def _in_time(self, request: Request) -> Response:
        seconds = self.pace.timeout
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return await self._provider.complete(request)
        except TimeoutError as error:
            told = f" within {seconds:g} s" if limit.expired() else f": {error}"
            message = f"no answer{told}"
            raise TransientError(message) from error

    def _is_enough(self, state: tenacity.RetryCallState) -> bool:
        more = TRIES_WHILE_AWAY - TRIES if self.pace.is_away else 0
        return state.attempt_number >= self._tries + more

    def _note(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.pace.unanswered(state.args[0].fingerprint, str(error))
        _log.info("%s, try %d brought no answer: %s", _name(state.args[0]), state.attempt_number, error)


def _name(request: Request) -> str:
    """Return what a request is called in a log: its paper's title and its fingerprint."""
    return f"{request.text.title[:TITLE_SHOWN]!r} ({request.fingerprint})"
