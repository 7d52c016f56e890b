"""An offer of the hub -> a checked file in the cache folder, fetched on where it broke off."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from extractor.errors import RunStoppedError
from extractor.providers.embedded.catalogue import ROOM_MB
from extractor.providers.embedded.hub import Hub, Offer
from extractor.providers.embedded.sums import sum_of
from extractor.providers.embedded.weights import MEGABYTE, Tell, sha256_of


@dataclass(frozen=True, slots=True)
class Download:
    """
    A file that may be fetched to `path`; of its bytes `here` are here already.

    `free` are the bytes that the disk has room for.
    """

    offer: Offer
    path: Path
    here: int
    free: int

    @property
    def missing(self) -> int:
        """Return how many bytes are to be fetched."""
        return self.offer.size - self.here

    @property
    def memory(self) -> int:
        """Return about how many bytes of memory it takes when it runs."""
        return self.offer.size + ROOM_MB * MEGABYTE


def planned(offer: Offer, cache: Path) -> Download:
    """
    Return what fetching a file comes to.

    Raises:
        RunStoppedError: the cache folder cannot be used.
    """
    path = offer.hub.path(cache)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _part(offer, path)
        here = part.stat().st_size if part.is_file() else 0
        return Download(offer, path, here, shutil.disk_usage(path.parent).free)
    except OSError as error:
        raise RunStoppedError(_unusable(path, error)) from error


def fetched(hub: Hub, download: Download, cache: Path, tell: Tell) -> Path:
    """
    Return the file, fetched and checked where it is not here.

    Raises:
        RunStoppedError: it cannot be fetched, has no room, or is not what the hub said.
    """
    path = download.path
    if download.missing > download.free:
        message = (
            f"{path.name} needs {megabytes(download.missing)}, and {path.parent} has room for "
            f"{megabytes(download.free)}: make room, or set EXTRACTOR_CACHE_DIR to a folder on another disk"
        )
        raise RunStoppedError(message)
    try:
        with FileLock(f"{path}.lock"):
            if not path.is_file():
                _fetch(hub, download, tell)
                sum_of(path, cache)
    except OSError as error:
        raise RunStoppedError(_unusable(path, error)) from error
    return path


def megabytes(size: int) -> str:
    """Return bytes as megabytes, for a reader."""
    return f"{-(-size // MEGABYTE):,} MB"


def _fetch(hub: Hub, download: Download, tell: Tell) -> None:
    offer, path = download.offer, download.path
    part = _part(offer, path)
    begun = f", going on at {megabytes(download.here)}" if download.here else ""
    tell(f"fetching {path.name} ({megabytes(offer.size)}){begun}")
    hub.fetch(offer, part)
    tell("checking its SHA-256")
    found = sha256_of(part)
    if found != offer.sha256:
        part.unlink()
        message = (
            f"what came as {path.name} has SHA-256 {found}, not {offer.sha256} as the hub says: it is thrown "
            "away. Fetch it again; if that changes nothing, something between you and the hub changes it"
        )
        raise RunStoppedError(message)
    part.replace(path)


def _part(offer: Offer, path: Path) -> Path:
    """Return where a file is while it is fetched: another file of the same name is another part."""
    return path.with_name(f"{path.name}.{offer.sha256[:16]}.part")


def _unusable(path: Path, error: OSError) -> str:
    what = error.strerror or error
    return f"{path.parent} cannot be used: {what}. What was fetched is kept; see EXTRACTOR_CACHE_DIR"
