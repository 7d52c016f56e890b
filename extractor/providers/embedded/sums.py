"""
A file of gigabytes -> its SHA-256, read once for as long as the file stays what it was.

A model's sum is part of every request's fingerprint, and reading 5 GB takes seconds at each start. So it is
kept in the cache folder with the file's size, times and number on its disk: what is written, replaced or
moved there has others.
"""

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from extractor.providers.embedded.weights import sha256_of


def sum_of(path: Path, cache: Path) -> str:
    """Return a file's SHA-256 in hexadecimal, as it was kept or by reading the file."""
    marks = _marks(path)
    note = _note_of(path, cache)
    noted = _noted(note)
    if noted.get("marks") == marks and isinstance(noted.get("sha256"), str):
        return str(noted["sha256"])
    found = sha256_of(path)
    if _marks(path) == marks:
        _keep(note, {"path": os.fspath(path), "marks": marks, "sha256": found})
    return found


def _marks(path: Path) -> list[int]:
    """Return what is another when a file was written to, or another stands in its place."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _note_of(path: Path, cache: Path) -> Path:
    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
    return cache / "models" / "sums" / f"{name[:32]}.json"


def _noted(note: Path) -> dict[str, object]:
    try:
        read = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _keep(note: Path, known: dict[str, object]) -> None:
    """Keep a sum for the next start; where the folder cannot be used, it is read anew then."""
    with suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=note.parent, delete=False, encoding="utf-8") as file:
            json.dump(known, file)
        Path(file.name).replace(note)
