"""
Papers -> their outcomes: one looks them up and claims them, many ask, and the run always ends by itself.

What is known is not asked again, what another run asks is waited for, and however a run ends, the answers
in flight are waited for first, since they are paid.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from extractor.batching import QUICK, Batches
from extractor.errors import RateLimitedError, RejectedError, RunStoppedError, TransientError
from extractor.exchange import Response
from extractor.journal import Claim
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.papers import Paper
from extractor.pipeline import Asked, Pipeline

_log = logging.getLogger(__name__)

LOOKED_UP_AT_ONCE, MOST_LOOKED_UP = 500, 4000
"""Papers looked up at once, at first and at most: more where a look-up takes long."""
CLAIMED_AT_ONCE = 16
PUT_OFF_AT_ONCE, MOST_PUT_OFF = 500, 5000
"""Papers that another run asks: looked for again from so many on, and kept at most."""
GIVE_UP_AFTER = 3
CANCELLED = "a request was cancelled, and not by its run"
FRUITLESS = 600.0
"""Seconds without any answer after which a run ends itself."""
GRACE = 60.0
"""Seconds that a run which is stopped waits for the answers in flight."""

_UNANSWERED = (TransientError.reason, RateLimitedError.reason)

Known = Mapping[str, Response | Failure]


class Found(NamedTuple):
    """What is known of fingerprints, and which of them another run is asking now."""

    known: Known
    asked_elsewhere: frozenset[str]


class Knowledge(Protocol):
    """What a run knows beside its papers: answers that are there, and what other runs ask."""

    def look_up(self, fingerprints: Sequence[str]) -> Found:
        """Return what is known of fingerprints; called in a thread of its own."""
        ...

    def claim(self, fingerprints: Sequence[str]) -> Claim:
        """Claim what was looked up last and not known, before it is asked."""
        ...

    async def wait(self) -> None:
        """Wait a moment for what other runs ask."""
        ...


async def _at_once() -> None:
    """Wait for nothing."""


@dataclass(frozen=True)
class Manner:
    """
    How a run goes about it: papers are read in threads apart or not, and how long it waits, in seconds.

    `patience` is how long nothing may be answered, None for ever; `grace` how long a run that is stopped
    waits for the answers in flight. `room` waits until outcomes find room.
    """

    reads_apart: bool = True
    patience: float | None = FRUITLESS
    grace: float = GRACE
    tell: Callable[[str], None] = field(default=lambda _: None)
    room: Callable[[], Awaitable[None]] = _at_once


async def run_papers(
    pipeline: Pipeline,
    papers: Iterable[Paper],
    knowledge: Knowledge,
    sink: Callable[[Outcome], None],
    manner: Manner = Manner(),
) -> None:
    """
    Hand an outcome for each paper to `sink`, with as many in flight as the pipeline's pace allows.

    Raises:
        RunStoppedError: no request can succeed, or none has for long.
    """
    await _Route(pipeline, papers, knowledge, sink, manner).run()


class _Route:
    """One run: a producer that looks papers up and claims them, and workers that ask."""

    def __init__(
        self,
        pipeline: Pipeline,
        papers: Iterable[Paper],
        knowledge: Knowledge,
        sink: Callable[[Outcome], None],
        manner: Manner,
    ) -> None:
        self._pipeline = pipeline
        self._manner = manner
        self._coming = Batches(map(pipeline.asked, papers), is_apart=manner.reads_apart)
        self._knowledge = knowledge
        self._sink = sink
        self._queue: asyncio.Queue[Asked | None] = asyncio.Queue(min(CLAIMED_AT_ONCE, pipeline.pace.most))
        self._put_off: list[Asked] = []
        self._look_again_at = PUT_OFF_AT_ONCE
        self._looked_up_at_once = LOOKED_UP_AT_ONCE
        self._patience = _Patience()
        self._is_stopping = False
        self._raised: BaseException | None = None

    async def run(self) -> None:
        pace = self._pipeline.pace
        workers = [asyncio.create_task(self._work()) for _ in range(pace.most)]
        others = [asyncio.create_task(self._produce()), asyncio.create_task(self._watch())]
        try:
            await self._over(workers, others)
        except asyncio.CancelledError as error:
            self._stop(error)
            self._manner.tell("stopping: the answers in flight are waited for; once more to leave now")
        self._is_stopping = True
        pace.stop()
        with contextlib.suppress(asyncio.CancelledError):  # Once more: nobody is waited for.
            await _let_go(others)
            self._end_queue()
            await asyncio.wait(workers, timeout=self._manner.grace)
        await _let_go([*others, *workers])
        self._coming.stop()
        if self._raised is not None:
            raise self._raised

    def _end_queue(self) -> None:
        """Have the workers that wait for a paper see that none comes."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def _over(self, workers: list[asyncio.Task[None]], others: list[asyncio.Task[None]]) -> None:
        """Wait until every worker is through, or one task says that the run is over."""
        over = asyncio.get_running_loop().create_future()
        working = set(workers)

        def note(task: asyncio.Task[None]) -> None:
            error: BaseException | None
            working.discard(task)
            if task.cancelled():
                error = None if self._is_stopping else RuntimeError(CANCELLED)
            else:
                error = task.exception()
            if error:
                self._stop(error)
            if (error or not working) and not over.done():
                over.set_result(None)

        for task in (*workers, *others):
            task.add_done_callback(note)
        await over

    def _stop(self, error: BaseException) -> None:
        self._is_stopping = True
        self._raised = self._raised or error

    async def _work(self) -> None:
        pipeline = self._pipeline
        while not self._is_stopping:
            async with pipeline.pace.slot():
                asked = await self._next()
                if asked is None or self._is_stopping:
                    return
                if asked.known is None:
                    self._patience.begin()
                    await pipeline.pace.resumed()
                if self._is_stopping:
                    return
                try:
                    outcome = await pipeline.outcome(asked)
                except Exception as error:
                    self._stop(error)  # At once: the others are to begin nothing more.
                    raise
            if isinstance(outcome, Failure):
                _log.info("%s failed, %s: %s", outcome.paper.paper_id, outcome.reason, outcome.message)
            self._sink(outcome)
            self._patience.count(outcome)
            await self._manner.room()

    async def _next(self) -> Asked | None:
        asked = await self._queue.get()
        if asked is None:
            self._queue.put_nowait(None)  # The next worker is to see the end too.
        return asked

    async def _produce(self) -> None:
        """Look papers up, claim what is not known, and put it where the workers take it."""
        async for batch in self._batches():
            await self._offer(batch)
            if len(self._put_off) >= self._look_again_at:
                await self._offer(self._taken_up())
                self._look_again_at = max(PUT_OFF_AT_ONCE, 2 * len(self._put_off))
            while len(self._put_off) >= MOST_PUT_OFF:
                await self._knowledge.wait()
                await self._offer(self._taken_up())
        if self._put_off:
            told = f"{len(self._put_off)} papers are being asked by another run: waiting for its answers"
            self._manner.tell(told)
        while self._put_off:
            await self._knowledge.wait()
            await self._offer(self._taken_up())
        await self._queue.put(None)

    async def _batches(self) -> AsyncIterator[list[Asked]]:
        while batch := await self._coming.following(self._looked_up_at_once):
            yield batch

    def _taken_up(self) -> list[Asked]:
        batch, self._put_off = self._put_off, []
        return batch

    async def _offer(self, batch: list[Asked]) -> None:
        while batch:
            found = await self._look_up(batch)
            fresh: list[Asked] = []
            for asked in batch:
                if known := found.known.get(asked.fingerprint):
                    await self._queue.put(asked._replace(known=known))
                elif asked.fingerprint in found.asked_elsewhere:
                    self._put_off.append(asked)
                else:
                    fresh.append(asked)
            batch = await self._claim(fresh)

    async def _look_up(self, batch: list[Asked]) -> Found:
        started = time.monotonic()
        found = await asyncio.to_thread(self._knowledge.look_up, [asked.fingerprint for asked in batch])
        if time.monotonic() - started > QUICK:
            self._looked_up_at_once = min(MOST_LOOKED_UP, 2 * self._looked_up_at_once)
        return found

    async def _claim(self, fresh: list[Asked]) -> list[Asked]:
        """Claim group by group what is to be asked; return what must be looked up anew."""
        at_once = max(1, min(CLAIMED_AT_ONCE, self._pipeline.pace.limit))
        for start in range(0, len(fresh), at_once):
            group = fresh[start : start + at_once]
            claim = self._knowledge.claim([asked.fingerprint for asked in group])
            if claim.is_stale:
                return fresh[start:]
            granted = set(claim.granted)
            for asked in group:
                if asked.fingerprint in granted:
                    granted.discard(asked.fingerprint)  # A text that comes twice is asked once.
                    await self._queue.put(asked)
                else:
                    self._put_off.append(asked)
        return []

    async def _watch(self) -> None:
        """End a run in which nothing has been answered for long."""
        patience = self._manner.patience
        while patience is not None:
            left = patience - self._patience.fruitless_for
            if left <= 0:
                message = f"no answer at all for {patience:g} s{self._pipeline.pace.last_trouble}"
                raise RunStoppedError(message)
            await asyncio.sleep(left)


async def _let_go(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Patience:
    """
    Ends a run that cannot come to anything.

    That is one whose first papers all bring no answer (a wrong address, a server that is down), or are all
    turned down (a parameter that the model does not take).
    """

    def __init__(self) -> None:
        self._in_flight = 0
        self._answered_at = self._idle_since = time.monotonic()
        self._is_answered = False
        self._fruitless: list[Failure] = []

    @property
    def fruitless_for(self) -> float:
        """Seconds since the last answer, 0 where nothing is asked."""
        return time.monotonic() - self._answered_at if self._in_flight else 0.0

    def begin(self) -> None:
        """Take note that a paper is to be asked; while none was, no answer could come."""
        if not self._in_flight:
            self._answered_at += time.monotonic() - self._idle_since
        self._in_flight += 1

    def count(self, outcome: Outcome) -> None:
        """
        Take one outcome in.

        Raises:
            RunStoppedError: the first requests all came to nothing in the same way.
        """
        if outcome.from_cache:
            return
        self._in_flight -= 1
        self._idle_since = time.monotonic()
        if isinstance(outcome, Extraction) or outcome.raw_text or outcome.reason not in _UNANSWERED:
            self._answered_at = time.monotonic()
            self._is_answered |= isinstance(outcome, Extraction) or outcome.reason != RejectedError.reason
        if isinstance(outcome, Failure) and not self._is_answered:
            self._fruitless.append(outcome)
            self._give_up_on(_UNANSWERED, "brought no answer")
            self._give_up_on((RejectedError.reason,), "were turned down")

    def _give_up_on(self, reasons: Sequence[str], what: str) -> None:
        alike = [failure for failure in self._fruitless if failure.reason in reasons]
        if len(alike) >= GIVE_UP_AFTER:
            message = f"the first {GIVE_UP_AFTER} papers all {what}: {alike[-1].message}"
            raise RunStoppedError(message)
