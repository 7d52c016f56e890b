"""How much memory our own questions take: what is more is put aside in a folder for a while."""

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True, slots=True)
class Spill:
    """A folder for what does not fit into so many megabytes of memory."""

    folder: Path
    megabytes: int = 1000

    def set_on(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Have all that this database in memory is asked from now on use the folder."""
        connection.execute("set memory_limit = ?", [f"{self.megabytes}MB"])
        connection.execute("set temp_directory = ?", [str(self.folder)])
