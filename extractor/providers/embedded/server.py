"""A file of weights -> llama.cpp's own server, on loopback, inside this process."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.errors import RunStoppedError

LARGE = 500_000_000
"""Bytes of weights from which on a model takes all cores but one, and gets the larger context."""
CONTEXT, LARGE_CONTEXT = 4096, 8192
"""Tokens of question and answer together; the runtime makes it less for a model that was made for less."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that runs for as long as this object lives; `key` is its own, made up at start."""

    server: Any
    base_url: str
    key: str


def start_server(weights: Path, adapter: Path | None = None, *, at_once: int = 1) -> LocalServer:
    """
    Load a model, with an adapter where there is one, and return its server; it answers `at_once` requests.

    Raises:
        RunStoppedError: there is no runtime for this platform, or it refuses a file.
    """
    try:
        import xllamacpp  # noqa: PLC0415 - 100 MB, loaded when a model is asked for.
    except ImportError as error:
        message = (
            "the embedded model's runtime (xllamacpp) has no wheel for this platform; "
            "`--model rules` needs none, `--base-url URL --model NAME` asks a server"
        )
        raise RunStoppedError(message) from error
    key = secrets.token_hex(16)
    params = xllamacpp.CommonParams()
    params.model.path = os.fspath(weights)
    is_large = _is_large(weights)
    params.n_ctx = at_once * (LARGE_CONTEXT if is_large else CONTEXT)
    params.n_parallel = at_once
    threads = threads_for(cores(), is_large=is_large)
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.enable_reasoning = 0  # The grammar begins with the answer: who thinks first is told not to.
    params.verbosity = -1
    params.cache_ram_mib = 0  # The prompt's prefix stays in the slot; whole prompts would fill gigabytes.
    params.api_keys = [key]
    if adapter is not None:
        params.lora_adapters = [_adapter(xllamacpp, adapter)]
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        files = f"{weights} with adapter {adapter}" if adapter else f"{weights}"
        message = f"the model {files} cannot be loaded: {error}"
        raise RunStoppedError(message) from error
    return LocalServer(server, f"{server.listening_address}/v1", key)


def threads_for(free_cores: int, *, is_large: bool) -> int:
    """
    Return how many threads a model computes with.

    A small one takes one: its steps are short, and two threads wait for each other at each when a neighbour
    keeps a core busy. A large one leaves a core to the neighbour.
    """
    return max(1, free_cores - 1) if is_large else 1


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Not on every system.
        return os.cpu_count() or 1


def _is_large(weights: Path) -> bool:
    return weights.is_file() and weights.stat().st_size >= LARGE


def _adapter(xllamacpp: Any, path: Path) -> Any:  # noqa: ANN401 - the runtime has no types.
    adapter = xllamacpp.CommonAdapterLoraInfo()
    adapter.path = os.fspath(path)
    adapter.scale = 1.0
    return adapter
