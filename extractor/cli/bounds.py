"""This process -> one that takes no more memory than it may, and ends when it is over its time."""

import contextlib
import os
import sys
from collections.abc import Iterator

from extractor.cli.printing import tell

STOPPED = 2
BESIDE = 1000
"""Megabytes for what DuckDB does not count: single values, and Python."""


def end_overrun() -> None:
    """End the process, where a statement does not end: what is asked for is only read."""
    tell("error: the statement does not end at its time; the command is ended instead")
    sys.stderr.flush()
    os._exit(STOPPED)


@contextlib.contextmanager
def bounded_memory(megabytes: int) -> Iterator[None]:
    """Have a block fail where it asks for much more memory than so much (on Linux)."""
    if sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415 - Windows has none.

    before = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = (megabytes + BESIDE) * 1_000_000
    resource.setrlimit(
        resource.RLIMIT_DATA, (allowed if before[1] < 0 else min(allowed, before[1]), before[1])
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
