"""A name -> the file of the Hugging Face hub that it stands for, and where that is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import RunStoppedError, SettingsError

HUB, GGUF = "hf:", ".gguf"
PULL = "extractor models pull"
ROOM_MB = 1500
"""What a model of the catalogue takes beside its weights: 8,192 tokens of context, and buffers."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file in a repository of the hub; `name` is what it is called after `local:`."""

    name: str
    repo: str
    file: str

    def path(self, cache: Path) -> Path:
        """Return where it is kept, whether it is there or not; it is there only whole and checked."""
        return _hub_folder(cache).joinpath(*self.repo.split("/"), *self.file.split("/"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the catalogue, with what public pages say of it: `megabytes` and licence."""

    hub: HubFile
    megabytes: int
    licence: str

    @property
    def memory_mb(self) -> int:
        """Return about how much memory it takes."""
        return self.megabytes + ROOM_MB


def _listed(name: str, address: str, megabytes: int) -> Listed:
    repo, _, file = address.rpartition("/")
    return Listed(HubFile(name, repo, file), megabytes, "Apache-2.0")


CATALOGUE = (
    _listed("qwen3-0.6b", "Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf", 639),
    _listed("qwen3-1.7b", "Qwen/Qwen3-1.7B-GGUF/Qwen3-1.7B-Q8_0.gguf", 1834),
    _listed("granite-4.1-3b", "ibm-granite/granite-4.1-3b-GGUF/granite-4.1-3b-Q4_K_M.gguf", 2099),
    _listed(
        "ministral-3-3b",
        "mistralai/Ministral-3-3B-Instruct-2512-GGUF/Ministral-3-3B-Instruct-2512-Q4_K_M.gguf",
        2147,
    ),
    _listed("qwen3-4b", "Qwen/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf", 2497),
    _listed("qwen3-8b", "Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf", 5028),
    _listed("gemma-4-e4b", "google/gemma-4-E4B-it-qat-q4_0-gguf/gemma-4-E4B_q4_0-it.gguf", 5155),
    _listed(
        "ministral-3-8b",
        "mistralai/Ministral-3-8B-Instruct-2512-GGUF/Ministral-3-8B-Instruct-2512-Q4_K_M.gguf",
        5199,
    ),
)
_BY_NAME = {listed.hub.name: listed.hub for listed in CATALOGUE}

_WORD = r"\w[\w.-]*"
_ADDRESS = re.compile(rf"(?P<repo>{_WORD}/{_WORD})/(?P<file>(?:{_WORD}/)*{_WORD}\.gguf)", re.ASCII)
_PART = re.compile(r"-\d{5}-of-\d{5}\.gguf$")


def hub_file(name: str) -> HubFile:
    """
    Return what a name of the catalogue, or `hf:OWNER/REPO/FILE.gguf`, stands for.

    Raises:
        SettingsError: it is neither, or one part of a model of several.
    """
    if not name.startswith(HUB):
        return _in_catalogue(name)
    found = _ADDRESS.fullmatch(name.removeprefix(HUB))
    if found is None or ".." in name:
        message = f"{name!r} is no file of the hub: write {HUB}OWNER/REPO/FILE{GGUF}"
        raise SettingsError(message)
    if _PART.search(name):
        message = f"{name!r} is one part of several; take a model that is one file"
        raise SettingsError(message)
    return HubFile(name, found["repo"], found["file"])


def _in_catalogue(name: str) -> HubFile:
    if name not in _BY_NAME:
        message = (
            f"no model {name!r} in the catalogue, which has {', '.join(_BY_NAME)}; "
            f"any other file of the hub is {HUB}OWNER/REPO/FILE{GGUF}"
        )
        raise SettingsError(message)
    return _BY_NAME[name]


def model_file(given: str, cache: Path) -> Path:
    """
    Return the file of what stands after `local:`: a name that was pulled, or a path. Nothing is fetched.

    Raises:
        RunStoppedError: a name that was not pulled.
        SettingsError: `hf:` with what is no file of the hub.
    """
    if given not in _BY_NAME and not given.startswith(HUB):
        return Path(given).expanduser()
    path = hub_file(given).path(cache)
    if not path.is_file():
        message = f"the model {given} is not here: `{PULL} {given}` fetches it (a run fetches none)"
        raise RunStoppedError(message)
    return path


def pulled_by_address(cache: Path) -> Iterator[HubFile]:
    """Yield the files that are kept and not in the catalogue."""
    folder = _hub_folder(cache)
    for path in sorted(folder.rglob(f"*{GGUF}")):
        owner, repo, *parts = path.relative_to(folder).parts
        kept = HubFile(f"{HUB}{owner}/{repo}/{'/'.join(parts)}", f"{owner}/{repo}", "/".join(parts))
        if kept.path(cache) not in {hub.path(cache) for hub in _BY_NAME.values()}:
            yield kept


def _hub_folder(cache: Path) -> Path:
    return cache / "models" / "hub"
