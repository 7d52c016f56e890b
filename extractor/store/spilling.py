"""How much our own questions take for files: what is more is put aside in a folder for a while."""

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True, slots=True)
class Spill:
    """
    A folder for what does not fit into so many megabytes of memory.

    One thread works, so that rows that nothing orders come in the same order each time.
    """

    folder: Path
    megabytes: int = 1000

    def set_on(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Have all that this database in memory is asked from now on use the folder."""
        connection.execute("set threads = 1")
        connection.execute("set memory_limit = ?", [f"{self.megabytes}MB"])
        connection.execute("set temp_directory = ?", [str(self.folder)])
