"""A database file -> a connection, held for as short as can be."""

import contextlib
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from extractor.errors import StoreError, StoreForeignError, StoreLockedError

_PAUSE = 0.05

# Within a process DuckDB refuses a second connection of another kind; this orders them.
_in_process: defaultdict[Path, threading.RLock] = defaultdict(threading.RLock)
_guard = threading.Lock()


@contextlib.contextmanager
def writing(path: Path, *, wait: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Yield a connection that may write, in a transaction that is kept when the block ends well.

    Raises:
        StoreLockedError: another program holds the file for longer than `wait` seconds.
        StoreError: the file cannot be made, or is no database of ours.
    """
    with _alone(path):
        connection = _waiting(path, lambda: duckdb.connect(path.resolve()), wait)
        try:
            connection.execute("begin")
            with interruptible():
                yield connection
            connection.execute("commit")
        finally:
            connection.close()  # What was not committed is rolled back.


@contextlib.contextmanager
def reading(path: Path, *, wait: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Yield an in-memory database with the file attached read-only as `extractor` and in use.

    What is made in `memory.main` outlives the block and holds no lock; outside files are out of reach.

    Raises:
        StoreError: there is no such file, or it is no database.
        StoreLockedError: another program holds the file for longer than `wait` seconds.
    """
    if not path.is_file():
        message = f"there is no database at {path}; `extractor run PAGE` makes it, --db names another"
        raise StoreError(message)
    memory = duckdb.connect(":memory:")
    with _alone(path):
        _waiting(path, lambda: memory.execute(_attach(path)), wait)
        memory.execute("use extractor")
        try:
            _refuse_foreign(memory, path)
            with interruptible():
                yield memory
        finally:
            memory.execute("use memory")
            memory.execute("detach extractor")


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Have Ctrl-C end a block as it does elsewhere: DuckDB makes another error of it."""
    try:
        yield
    except RuntimeError as error:
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from error
        raise


def _refuse_foreign(memory: duckdb.DuckDBPyConnection, path: Path) -> None:
    found = memory.execute(
        "select 1 from duckdb_tables() where database_name = 'extractor' and table_name = 'extractions'"
    ).fetchone()
    if found is None:
        message = f"{path} is a database, but none of ours"
        raise StoreForeignError(message)


def _attach(path: Path) -> str:
    quoted = str(path.resolve()).replace("'", "''")
    return f"attach '{quoted}' as extractor (read_only)"


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with _guard:
        lock = _in_process[path.resolve()]
    with lock:
        yield


def _waiting(
    path: Path, connect: Callable[[], duckdb.DuckDBPyConnection], wait: float
) -> duckdb.DuckDBPyConnection:
    """Connect, and while another program holds the file try again."""
    until = time.monotonic() + wait
    while True:
        try:
            return connect()
        except duckdb.Error as error:
            if "lock" not in str(error).lower():
                message = f"{path} cannot be opened as a database: {_first_line(error)}"
                raise StoreError(message) from error
            if time.monotonic() >= until:
                message = f"{path} is held by {_holder(error)}; close it there, or give another --db"
                raise StoreLockedError(message) from error
        time.sleep(_PAUSE)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _holder(error: Exception) -> str:
    found = re.search(r"held in (.*?\(PID \d+\))", str(error))
    return found.group(1) if found else "another program"
