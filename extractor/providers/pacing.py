"""
How many requests are in flight, how often one is sent, and how long each may take.

One `Pace` is shared by all of a run: what one request learns of the server (a rate limit, a slow
answer) holds for every other.
"""

import asyncio
import contextlib
import math
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from extractor.exchange import Usage

LEAST_IN_FLIGHT, FIRST_LIMIT, MOST_IN_FLIGHT = 4.0, 8.0, 256
"""Requests in flight where no number is given: at least, at first, and at most."""
BETTER, STALE = 1.1, 0.98
"""How much faster a round must be to be a gain; how far the best known rate is trusted a round later."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds that the run pauses where a server limits it without saying for how long, doubled each time."""
SURE_AFTER, TIMES_P95, REMEMBERED = 20, 4, 200
"""The time-out follows the answers' times once so many are in."""
TOLD_FROM = 30.0
"""Seconds of a pause that is told."""
TOKENS_A_REQUEST = 1000
"""Fewer than a request takes: where tokens are bounded, no more is in flight than a minute or two allow."""
ALIKE = 3
"""Requests that say the same of a server: one may be a request that it cannot bear."""
DOUBLINGS = 10
"""Of a pause, at most: long past the longest."""
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Sent:
    """When a request was sent, and how many tokens it was taken to be."""

    at: float
    tokens: float


class Pace:
    """
    What a run may do now.

    `concurrency` fixes how many requests are in flight; without it the number doubles while that brings
    more answers a second, stays where it brings none, and is halved by a rate limit. A rate limit pauses the
    whole run.
    `rpm` and `tpm` bound requests and tokens a minute, evenly spread. `timeout` is the first time-out of a
    request in seconds, None for none. `tell` is given a line at a long pause. Times are those of `clock`.
    """

    def __init__(  # noqa: PLR0913 - what a user may set, and what tests hand in.
        self,
        concurrency: int | None = None,
        *,
        rpm: float | None = None,
        tpm: float | None = None,
        timeout: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.most = _at_most(concurrency, rpm, tpm)
        self.trouble: str | None = None
        self._clock, self._sleep, self._tell = clock, sleep, tell
        self._limit = float(self.most if concurrency else min(FIRST_LIMIT, self.most))
        self._is_fixed = concurrency is not None
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._sleepers: set[asyncio.Task[object]] = set()
        self._is_stopped = False
        self._round = _Round(clock())
        self._slowed_at = self._resumes_at = -float("inf")
        self._pauses = 0
        self._spacing = _Spacing(rpm, tpm)
        self._line = asyncio.Lock()
        self._first_timeout = timeout
        self._latencies: deque[float] = deque(maxlen=REMEMBERED)
        self._tokens: deque[int] = deque(maxlen=REMEMBERED)
        self._answers = 0
        self._unanswered: set[str] = set()
        self._timeout = timeout

    @property
    def limit(self) -> int:
        """How many requests may be in flight now."""
        return int(self._limit)

    @property
    def timeout(self) -> float | None:
        """Seconds that a request may take now: four times what 95 of 100 take, never less than at first."""
        return self._timeout

    @property
    def last_trouble(self) -> str:
        """What went wrong last, to be told at a message's end."""
        return f": {self.trouble}" if self.trouble else ""

    @property
    def is_away(self) -> bool:
        """True where a server has answered, and since then several requests alike brought nothing."""
        return bool(self._answers) and len(self._unanswered) >= ALIKE

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places for papers in flight."""
        await self._take()
        try:
            yield
        finally:
            self._taken -= 1
            self._wake()

    async def turn(self, tokens: float) -> Sent:
        """Wait until a request of about so many tokens may be sent: no pause, and within both rates."""
        async with self._line:  # Who leaves the line leaves no gap, and after a pause it goes on as a line.
            await self.resumed()
            while (left := self._spacing.opens_at - self._clock()) > 0:
                await self.rest(left)
                await self.resumed()
            expected = sum(self._tokens) / len(self._tokens) if self._tokens else tokens
            now = self._clock()
            self._spacing.count(now, expected)
        return Sent(now, expected)

    def answered(self, sent: Sent, usage: Usage) -> None:
        """Learn from an answer: how long it took, and how many tokens it was."""
        now = self._clock()
        self._pauses = 0
        self.trouble = None
        self._unanswered.clear()
        self._answers += 1
        self._latencies.append(now - sent.at)
        used = (usage.input_tokens or 0) + (usage.output_tokens or 0)
        if used:
            self._tokens.append(used)
            self._spacing.correct(used - sent.tokens)
        if self._answers % SURE_AFTER == 0:
            self._follow_latency()
        if not self._is_fixed:
            self._round.answers += 1
            # What comes in one go says nothing of a rate: a round takes as long as one of its own requests.
            if self._round.answers >= self.limit and sent.at >= self._round.started:
                self._end_round(now)

    def unanswered(self, fingerprint: str, told: str) -> None:
        """Learn that a request brought no answer."""
        self.trouble = told
        self._unanswered.add(fingerprint)

    def slow_down(self, sent: Sent, seconds: float | None, told: str) -> None:
        """
        Pause the whole run for as long as the server asks; halve what is in flight, unless that is fixed.

        Of requests sent together only the first that is limited counts.
        """
        now = self._clock()
        if sent.at > self._slowed_at:
            self._slowed_at = now
            self._pauses += 1
            if not self._is_fixed:
                self._limit = max(min(LEAST_IN_FLIGHT, self._limit), self._limit / 2)
                self._round = _Round(now, grows_fast=False)
        if seconds is None:
            longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._pauses - 1, DOUBLINGS))
            seconds = random.uniform(longest / 2, longest)  # noqa: S311 - no secret.
        self.trouble = told
        self.pause(seconds)

    def pause(self, seconds: float) -> None:
        """Send nothing for so long; a long pause is told."""
        resumes_at = self._clock() + seconds
        if seconds >= TOLD_FROM and resumes_at > self._resumes_at + TOLD_FROM:
            self._tell(f"the server asks for a pause of {seconds:.0f} s")
        self._resumes_at = max(self._resumes_at, resumes_at)

    async def resumed(self) -> None:
        """
        Wait until no pause is left.

        Raises:
            asyncio.CancelledError: the run is stopped.
        """
        while (left := self._resumes_at - self._clock()) > 0:
            await self.rest(left)
        if self._is_stopped:
            raise asyncio.CancelledError

    async def rest(self, seconds: float) -> None:
        """
        Sleep between two tries, unless the run is stopped.

        Raises:
            asyncio.CancelledError: it is.
        """
        if self._is_stopped:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        if task is None:
            message = "a pace is kept by tasks"
            raise RuntimeError(message)
        self._sleepers.add(task)
        try:
            await self._sleep(seconds)
        finally:
            self._sleepers.discard(task)

    def stop(self) -> None:
        """Send nothing more: what waits for its turn is cancelled, what is in flight goes on."""
        self._is_stopped = True
        for task in self._sleepers:
            task.cancel()
        while self._waiting:
            self._waiting.popleft().cancel()

    async def _take(self) -> None:
        while self._taken >= self.limit or self._is_stopped:
            if self._is_stopped:
                raise asyncio.CancelledError
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                self._wake()  # The place that it was given, if any, is the next one's.
                raise
        self._taken += 1

    def _wake(self) -> None:
        free = self.limit - self._taken
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1

    def _end_round(self, now: float) -> None:
        """Take stock once as many answers are in as may be in flight."""
        ended = self._round
        self._round = ended.following(now, self._limit)
        self._limit = min(float(self.most), ended.next_limit(now, self._limit))
        self._wake()

    def _follow_latency(self) -> None:
        if self._first_timeout is not None:
            p95 = sorted(self._latencies)[int(0.95 * len(self._latencies))]
            self._timeout = max(self._first_timeout, TIMES_P95 * p95)


def _at_most(concurrency: int | None, rpm: float | None, tpm: float | None) -> int:
    """Return how many may be in flight; no more than a minute allows, or they would wait in line for long."""
    allowed = [concurrency or MOST_IN_FLIGHT]
    if rpm is not None:
        allowed.append(math.ceil(rpm))
    if tpm is not None:
        allowed.append(math.ceil(tpm / TOKENS_A_REQUEST))
    return min(allowed)


@dataclass(slots=True)
class _Round:
    """As many answers as may be in flight: their rate says whether more in flight brings more."""

    started: float
    best: float = 0.0
    best_limit: float = 1.0
    grows_fast: bool = True
    answers: int = 0

    def rate(self, now: float) -> float:
        return self.answers / max(now - self.started, 1e-9)

    def is_gain(self, now: float) -> bool:
        return self.rate(now) > self.best * BETTER

    def next_limit(self, now: float, limit: float) -> float:
        if not self.is_gain(now):
            return self.best_limit
        return limit * 2 if self.grows_fast else limit + max(1.0, limit / 4)

    def following(self, now: float, limit: float) -> "_Round":
        if self.is_gain(now):
            return _Round(now, self.rate(now), limit, self.grows_fast)
        return _Round(now, self.best * STALE, self.best_limit, grows_fast=False)


class _Spacing:
    """Spreads requests and tokens evenly over each minute."""

    def __init__(self, rpm: float | None, tpm: float | None) -> None:
        self._a_request = MINUTE / rpm if rpm else 0.0
        self._a_token = MINUTE / tpm if tpm else 0.0
        self._next_request = self._next_token = -float("inf")

    @property
    def opens_at(self) -> float:
        """When the next request may be sent."""
        return max(self._next_request, self._next_token)

    def count(self, now: float, tokens: float) -> None:
        """Count a request of so many tokens that is sent now."""
        self._next_request = now + self._a_request
        self._next_token = now + tokens * self._a_token

    def correct(self, tokens: float) -> None:
        """Count so many tokens more, or fewer, than were taken for granted."""
        self._next_token += tokens * self._a_token
