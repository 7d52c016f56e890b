"""An iterator that may be slow -> lists of what has come, so that nothing waits for what comes after it."""

import asyncio
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
        self._taking: asyncio.Future[bool] | None = None

    async def following(self, most: int) -> list[T]:
        """
        Return the next things, so many at most: where they come slowly those that have come; none at the end.

        Raises:
            Exception: what the iterator raises, once all that came before is handed over.
        """
        came: list[T] = []
        is_over = False
        while not (came or is_over):
            is_over = await self._waited(most) if self._is_apart else self.take(most)
            came = [self._came.popleft() for _ in range(len(self._came))]
        return came

    async def _waited(self, most: int) -> bool:
        """Wait a moment for something to come, and tell whether there is no more; an error waits its turn."""
        taking = self._taking = self._taking or asyncio.ensure_future(asyncio.to_thread(self.take, most))
        try:
            await asyncio.wait([taking], timeout=SLOW)
        except asyncio.CancelledError:
            self.stop()
            raise
        if not taking.done() or (self._came and taking.exception()):
            return False
        self._taking = None
        return taking.result()

    def stop(self) -> None:
        """Wait for nothing more; what a thread has under way there is nobody's."""
        if self._taking and not self._taking.cancel() and not self._taking.cancelled():
            self._taking.exception()

    def take(self, most: int) -> bool:
        """Take things, so many at most, and tell whether there are no more."""
        until = time.monotonic() + QUICK
        for _ in range(most):
            try:
                self._came.append(next(self._things))
            except StopIteration:
                return True
            if time.monotonic() > until:
                break
        return False
