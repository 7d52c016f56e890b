"""A file of weights -> llama.cpp's own server, on loopback, inside this process."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.errors import RunStoppedError

CONTEXT = 4096
THREADS = 1  # Two collapse when a neighbour keeps a core busy.


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that runs for as long as this object lives; `key` is its own, made up at start."""

    server: Any
    base_url: str
    key: str


def start_server(weights: Path) -> LocalServer:
    """
    Load a model and return its server.

    Raises:
        RunStoppedError: there is no runtime for this platform, or it refuses the file.
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
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = THREADS
    params.cpuparams_batch.n_threads = THREADS
    params.verbosity = -1
    params.api_keys = [key]
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        message = f"the embedded model {weights} cannot be loaded: {error}"
        raise RunStoppedError(message) from error
    return LocalServer(server, f"{server.listening_address}/v1", key)
