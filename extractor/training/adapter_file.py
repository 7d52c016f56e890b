"""A trained adapter <-> a GGUF file that llama.cpp adds to its base, saying what it was trained for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extractor.errors import RunStoppedError, SettingsError
from extractor.providers.embedded.trained import (
    END_KEY,
    FORM_KEY,
    LEADS_KEY,
    PARTNER_KEY,
    SAYS_KEY,
    SHAPE_KEY,
    Trained,
)
from extractor.training.base import ARCHITECTURE

Arrays = Mapping[str, tuple[Any, Any]]
"""A (rank, in) and B (out, rank) of each weight, by its name."""
A, B = ".lora_a", ".lora_b"


def write_adapter(path: Path, arrays: Arrays, *, alpha: float, name: str, trained: Trained) -> None:
    """
    Write an adapter as float16.

    `trained` says for which records. A kill leaves no half of a file.
    """
    import gguf  # noqa: PLC0415 - it brings numpy, and is needed for training alone.

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    writer = gguf.GGUFWriter(beside, ARCHITECTURE)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_name(name)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    writer.add_string(SHAPE_KEY, trained.shape or "")
    writer.add_string(FORM_KEY, trained.form or "")
    writer.add_uint32(END_KEY, trained.end)
    for key, names in ((LEADS_KEY, trained.leads), (SAYS_KEY, trained.says)):
        if names:
            writer.add_array(key, list(names))
    if trained.partner is not None:
        writer.add_string(PARTNER_KEY, trained.partner)
    for weight, (a, b) in arrays.items():
        writer.add_tensor(f"{weight}{A}", a.astype("float16"))
        writer.add_tensor(f"{weight}{B}", b.astype("float16"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(path)


def read_adapter(path: Path, weights: Sequence[str], *, rank: int, alpha: float) -> Arrays:
    """
    Return an adapter of some weights as float32.

    Raises:
        RunStoppedError: the file cannot be read.
        SettingsError: it is of other weights, or of another rank or alpha.
    """
    import gguf  # noqa: PLC0415 - it brings numpy, and is needed for training alone.

    try:
        reader = gguf.GGUFReader(path)
        tensors = {one.name: one.data.astype("float32") for one in reader.tensors}
    except (OSError, ValueError) as error:
        message = f"the adapter {path} cannot be read: {error}"
        raise RunStoppedError(message) from error
    arrays = {name: (tensors.get(name + A), tensors.get(name + B)) for name in weights}
    ranks = {0 if a is None or b is None else len(a) for a, b in arrays.values()}
    its_alpha = reader.fields.get(gguf.Keys.Adapter.LORA_ALPHA)
    is_alike = its_alpha is not None and its_alpha.contents() == alpha
    if ranks != {rank} or len(tensors) != 2 * len(arrays) or not is_alike:
        message = (
            f"{path} is no adapter of rank {rank} and alpha {alpha:g} for these layers; "
            "give --rank, --alpha, --linears and --blocks as it has them"
        )
        raise SettingsError(message)
    return arrays
