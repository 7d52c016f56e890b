"""A coroutine -> its result, waited for; Ctrl-C cancels it, and is raised when it has ended."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """
    Run a coroutine to its end, in a thread of its own where this one has a running loop.

    An interrupt (Ctrl-C) cancels it, a second one does so again; it is raised when the coroutine has ended.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _interruptibly(work)
    return _apart(work)


def _interruptibly(work: Coroutine[Any, Any, T]) -> T:
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []

    async def run_here() -> T:
        if task := asyncio.current_task():
            running.append((asyncio.get_running_loop(), task))
        return await work

    def cancel() -> bool:
        for loop, task in running:
            loop.call_soon_threadsafe(task.cancel)
        return bool(running)

    try:
        with _interrupts_handled(cancel):
            return asyncio.run(run_here())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


@contextlib.contextmanager
def _interrupts_handled(cancel: Callable[[], bool]) -> Iterator[None]:
    """
    Have the first two SIGINTs call `cancel`, where SIGINT is Python's own to handle.

    asyncio's own way raises KeyboardInterrupt at the second, wherever the loop is: a callback may be lost,
    and the run never end.
    """
    is_pythons = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not is_pythons or threading.current_thread() is not threading.main_thread():
        yield
        return
    left = [2]

    def interrupt(number: int, frame: FrameType | None) -> None:
        left[0] -= 1
        if left[0] < 0 or not cancel():
            signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _apart(work: Coroutine[Any, Any, T]) -> T:
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None]] = Future()

    async def run_there() -> T:
        started.set_result((asyncio.get_running_loop(), asyncio.current_task()))
        return await work

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(asyncio.run, run_there())
        try:
            return ended.result()
        except KeyboardInterrupt:
            loop, task = started.result()
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)
            raise
