"""A trained adapter -> a GGUF file that llama.cpp adds to its base, and that says what it was trained for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractor.providers.embedded.trained import END_KEY, FORM_KEY, PARTNER_KEY, SHAPE_KEY, Trained
from extractor.training.base import ARCHITECTURE


def write_adapter(
    path: Path, arrays: Mapping[str, tuple[Any, Any]], *, alpha: float, name: str, trained: Trained
) -> None:
    """
    Write A (rank, in) and B (out, rank) of each weight, as float16.

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
    if trained.partner is not None:
        writer.add_string(PARTNER_KEY, trained.partner)
    for weight, (a, b) in arrays.items():
        writer.add_tensor(f"{weight}.lora_a", a.astype("float16"))
        writer.add_tensor(f"{weight}.lora_b", b.astype("float16"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(path)
