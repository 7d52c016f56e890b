"""
What is kept of a batch until each of its answers is: one small file, from which any later run collects.

The file is written once the requests are at the server and before a batch is made of them, and again with
the batch's id: whenever a process is killed, the next one finds either the batch or the file to make it of.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from extractor.errors import RunStoppedError

ENDING, MAKING, UNUSABLE = ".batch.json", ".batch.making", ".batch.unusable"

ServerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:=+@-]{1,512}$")]
"""An id as a server gives it: it becomes part of an address and of messages."""
CustomId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}(-[0-9a-f]{12}-[0-9]{1,6})?$")]


class Ticket(BaseModel):
    """One batch: what it was made of, where, and which requests it answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    input_file_id: ServerId
    batch_id: ServerId | None = None
    base_url: str
    model: str
    custom_ids: tuple[CustomId, ...]
    submitted_at: float = Field(ge=0, allow_inf_nan=False, description="seconds since 1970")


class Tickets:
    """The tickets in the folder of a database's journal; several processes may use them."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._tell = tell

    def path_of(self, name: str) -> Path:
        """Return the file of a ticket."""
        return self._folder / f"{name}{ENDING}"

    def all_of(self, base_url: str, model: str) -> list[tuple[str, Ticket]]:
        """
        Return the tickets for a model at an address with their names, the oldest first.

        One that cannot be understood is set aside.

        Raises:
            RunStoppedError: one cannot be read.
        """
        names = sorted(path.name.removesuffix(ENDING) for path in self._folder.glob(f"*{ENDING}"))
        found = [(name, ticket) for name in names if (ticket := self.read(name))]
        ours = [each for each in found if (each[1].base_url, each[1].model) == (base_url, model)]
        return sorted(ours, key=lambda each: each[1].submitted_at)

    def read(self, name: str) -> Ticket | None:
        """
        Return a ticket as it stands now, None where it is gone or set aside.

        Raises:
            RunStoppedError: it cannot be read.
        """
        path = self.path_of(name)
        try:
            return Ticket.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"{path} says which answers wait at the server, and cannot be read: {error.strerror}"
            raise RunStoppedError(message) from error
        except ValidationError:
            aside = path.with_name(f"{name}{UNUSABLE}")
            with contextlib.suppress(OSError):
                path.replace(aside)
            self._tell(f"{path.name} is no list of a batch's requests; it is set aside as {aside}")
            return None

    def write(self, name: str, ticket: Ticket, *, is_new: bool = False) -> None:
        """
        Put a ticket on the disk, all of it or nothing; one that is gone stays gone.

        Raises:
            RunStoppedError: the disk is full or gone.
        """
        path = self.path_of(name)
        if not (is_new or path.exists()):
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _replace(path, ticket.model_dump_json().encode())
        except OSError as error:
            raise self._unwritable(error) from error

    def forget(self, name: str) -> None:
        """Delete a ticket: there is nothing left to collect."""
        for path in (self.path_of(name), self._folder / f"{name}{MAKING}"):
            # What cannot be deleted does no harm: its requests are never asked for again.
            with contextlib.suppress(OSError):
                path.unlink()

    @contextlib.contextmanager
    def making(self, name: str) -> Iterator[bool]:
        """
        Tell whether this process alone makes the batch of a ticket now; hold that while the block runs.

        Raises:
            RunStoppedError: the folder cannot be written.
        """
        lock = FileLock(self._folder / f"{name}{MAKING}")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield True
        finally:
            # Whoever comes later reads the ticket first, and finds the batch in it.
            with contextlib.suppress(OSError):
                Path(lock.lock_file).unlink()
            lock.release()

    def _unwritable(self, error: OSError) -> RunStoppedError:
        return RunStoppedError(f"{self._folder} cannot be written: {error.strerror}")


def _replace(path: Path, content: bytes) -> None:
    """Put content into a file, synced to the disk: the file has all of it, or what it had before."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            written.unlink()
            raise
    written.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Have a folder's entries on the disk, where a system lets a folder be opened."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
