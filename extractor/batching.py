"""An iterator that may be slow -> lists of what has come, so that nothing waits for what comes after it."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

QUICK, SLOW = 0.1, 0.3
"""Seconds: a list is ended after so many, and handed over unended where the next thing takes longer."""


class Batches(Generic[T]):
    """Things of an iterator, taken in other threads, by one at a time; or here, where it is no other's."""

    def __init__(self, things: Iterator[T], *, is_apart: bool = True) -> None:
        self._things = things
        self._is_apart = is_apart
        self._came: deque[T] = deque()
        self._taking: asyncio.Future[None] | None = None

    async def following(self, most: int) -> list[T]:
        """
        Return the next things, so many at most: where they come slowly those that have come; none at the end.

        Raises:
            Exception: what the iterator raises, once all that came before is handed over.
        """
        if not self._is_apart:
            self._take(most)
            return self._drained()
        taking = self._taking = self._taking or asyncio.ensure_future(asyncio.to_thread(self._take, most))
        try:
            await asyncio.wait([taking], timeout=SLOW)
            while not (taking.done() or self._came):
                await asyncio.wait([taking], timeout=SLOW)
        except asyncio.CancelledError:
            self.stop()
            raise
        is_done = taking.done()
        came = self._drained()
        if is_done and not (came and taking.exception()):
            self._taking = None
            taking.result()
        return came

    def stop(self) -> None:
        """Wait for nothing more; what a thread has under way there is nobody's."""
        if self._taking and not self._taking.cancel() and not self._taking.cancelled():
            self._taking.exception()

    def _drained(self) -> list[T]:
        return [self._came.popleft() for _ in range(len(self._came))]

    def _take(self, most: int) -> None:
        until = time.monotonic() + QUICK
        for thing in itertools.islice(self._things, most):
            self._came.append(thing)
            if time.monotonic() > until:
                return
