"""A provider that tries again where no answer came."""

import logging
from collections.abc import Mapping

import tenacity

from extractor.errors import RateLimitedError, TransientError
from extractor.exchange import Request, Response
from extractor.providers.base import Provider

TRIES = 6
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0

_log = logging.getLogger(__name__)


class RetryingProvider:
    """
    Wraps another: a transient error is tried again after a growing, jittered pause.

    A server's Retry-After is honoured where it asks for longer. `sleep` and `tries` can be given.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        tries: int = TRIES,
        first_wait: float = FIRST_WAIT,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._provider = provider
        self.model = provider.model
        self.identity: Mapping[str, str] = provider.identity
        self._retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=tenacity.stop_after_attempt(tries),
            wait=_AskedOrGrowing(first_wait, longest_wait),
            before_sleep=_tell,
            reraise=True,
        )

    async def complete(self, request: Request) -> Response:
        """Return the answer of the first try that brings one."""
        return await self._retrying(self._provider.complete, request)

    async def aclose(self) -> None:
        """Close the wrapped provider."""
        await self._provider.aclose()


class _AskedOrGrowing(tenacity.wait.wait_base):
    """Waits as long as the server asked for, at least as long as backoff says."""

    def __init__(self, first: float, longest: float) -> None:
        self._growing = tenacity.wait_random_exponential(multiplier=first, max=longest)
        self._longest = longest

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after if isinstance(error, RateLimitedError) else None
        return max(self._growing(retry_state), min(asked or 0.0, self._longest))


def _tell(retry_state: tenacity.RetryCallState) -> None:
    error = retry_state.outcome.exception() if retry_state.outcome else None
    _log.info("try %d brought no answer: %s", retry_state.attempt_number, error)
