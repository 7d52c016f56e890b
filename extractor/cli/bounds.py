"""This process -> one that takes no more memory, time and room for its output than it may."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO, cast

from extractor.cli.printing import tell
from extractor.errors import QueryError

STOPPED = 2
BESIDE = 1000
"""Megabytes for what DuckDB does not count: single values, and Python."""
_LOOKING = 0.2
"""Seconds between two looks at how long the printing takes."""


def end_overrun() -> None:
    """End the process, where a statement does not end: what is asked for is only read."""
    _end("the statement does not end at its time; the command is ended instead")


def _end(told: str) -> None:
    tell(f"error: {told}")
    sys.stderr.flush()
    os._exit(STOPPED)


@contextlib.contextmanager
def bounded_memory(megabytes: int) -> Iterator[None]:
    """
    Have a block fail where it asks for much more memory than so much (on Linux).

    Raises:
        QueryError: there is no memory for what the block makes of the rows.
    """
    try:
        with _bounded_process(megabytes):
            yield
    except MemoryError as error:
        allowed = f"{megabytes + BESIDE:,} MB"
        message = f"the rows need more than the {allowed} of memory that the command may take; ask for fewer"
        raise QueryError(message) from error


@contextlib.contextmanager
def _bounded_process(megabytes: int) -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415 - Windows has none.

    before = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = _held() + (megabytes + BESIDE) * 1_000_000
    resource.setrlimit(
        resource.RLIMIT_DATA, (allowed if before[1] < 0 else min(allowed, before[1]), before[1])
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _held() -> int:
    """Return the bytes of data that this process has already: VmData of proc_pid_status(5)."""
    lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)


@contextlib.contextmanager
def bounded_printing(seconds: float, megabytes: int) -> Iterator[None]:
    """
    Have a block print so many megabytes at most, and end the process where it computes longer than it may.

    The seconds are the processor's: a reader of what is printed may take any time.

    Raises:
        QueryError: there is more to print.
    """
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(done, seconds), daemon=True)
    watch.start()
    try:
        with contextlib.redirect_stdout(cast("TextIO", _BoundedOutput(sys.stdout, megabytes))):
            yield
    finally:
        done.set()
        watch.join()


def _watch(done: threading.Event, seconds: float) -> None:
    until = time.process_time() + seconds
    while not done.wait(_LOOKING):
        if time.process_time() > until:
            _end(f"printing the rows was ended after {seconds:g} seconds; --timeout gives it more")


class _BoundedOutput:
    """A stream that takes so many megabytes of text; all else it does as the one that it writes to."""

    def __init__(self, stream: TextIO, megabytes: int) -> None:
        self._stream = stream
        self._megabytes = megabytes
        self._left = megabytes * 1_000_000

    def write(self, text: str) -> int:
        self._left -= len(text.encode("utf-8", "replace"))
        if self._left < 0:
            message = f"the output was ended after {self._megabytes:,} MB; --max-output gives it more"
            raise QueryError(message)
        return self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)
