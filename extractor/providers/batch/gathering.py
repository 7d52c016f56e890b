"""Lines -> the file of the next batch."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import RunStoppedError

NARROWINGS = 4
"""How often in a row batches are halved: with one more, a request has used up its tries."""


@dataclass(slots=True)
class Room:
    """How much goes into one batch; less where a server has not room for so much."""

    most_requests: int
    most_bytes: int
    narrowings: int = 0

    def narrow(self, refused: int) -> bool:
        """Make batches half as large as one that was refused; tell whether smaller ones may be taken."""
        if refused > self.most_requests:
            return True  # It was made before the last that was refused.
        self.narrowings += 1
        if refused <= 1 or self.narrowings > NARROWINGS:
            return False
        self.most_requests = refused // 2
        return True


class Gathering:
    """
    The file in which requests are gathered; it is gone with its process, whatever ends that.

    Raises from the constructor and `add`:
        RunStoppedError: the folder cannot be written.
    """

    def __init__(self, folder: Path, room: Room) -> None:
        self._folder = folder
        self._room = room
        self._bytes = 0
        self.requests = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - `close` closes it.
        except OSError as error:
            raise self._unwritable(error) from error

    def has_room_for(self, line: bytes) -> bool:
        """Tell whether a line may still be added; one may be, however long it is."""
        return self.requests < self._room.most_requests and (
            self.requests == 0 or self._bytes + len(line) <= self._room.most_bytes
        )

    def add(self, line: bytes) -> None:
        """Add a line."""
        try:
            self.file.write(line)
        except OSError as error:
            raise self._unwritable(error) from error
        self._bytes += len(line)
        self.requests += 1

    def close(self) -> None:
        """Delete the file."""
        self.file.close()

    def _unwritable(self, error: OSError) -> RunStoppedError:
        return RunStoppedError(f"{self._folder} cannot be written: {error.strerror}")
