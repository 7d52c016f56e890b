"""How much a statement of somebody else's may take, and what keeps it to that."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What a statement may take: seconds, megabytes of memory, rows (None: all that it has).

    DuckDB ends a statement between its steps. Where one step takes more than `grace` seconds beyond its time,
    such as a function of one huge text, `overrun` is called, in another thread.
    """

    seconds: float = 60.0
    megabytes: int = 2000
    rows: int | None = None
    grace: float = 5.0
    overrun: Callable[[], None] | None = None

    def set_on(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Hold all that this database in memory is asked from now on to the limits, for good."""
        for setting, value in (
            ("memory_limit", f"{self.megabytes}MB"),
            ("max_execution_time", max(1, round(self.seconds * 1000))),
            ("temp_directory", ""),
            ("max_temp_directory_size", "0B"),
            ("python_enable_replacements", False),
            ("allow_community_extensions", False),
            ("autoinstall_known_extensions", False),
            ("autoload_known_extensions", False),
            ("enable_external_access", False),
            ("lock_configuration", True),
        ):
            connection.execute(f"set {setting} = ?", [value])

    def told(self, error: duckdb.Error) -> str:
        """Return what to say of an error: which limit was met, else DuckDB's own words."""
        if isinstance(error, duckdb.InterruptException):
            return f"the statement was ended after {self.seconds:g} seconds; --timeout or Limits give it more"
        if isinstance(error, duckdb.OutOfMemoryException):
            return f"the statement needs more than the {self.megabytes:,} MB of memory that it may take"
        return str(error)


STANDARD = Limits()


@contextlib.contextmanager
def watched(connection: duckdb.DuckDBPyConnection, limits: Limits) -> Iterator[None]:
    """
    Have a block's statements ended at their time, and call `overrun` where they do not end.

    No thread is left behind: one that lives while Python ends can bring the process down.
    """
    watch = threading.Timer(limits.seconds + limits.grace, limits.overrun or connection.interrupt)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        watch.join()
