"""
A GGUF file of a model -> its shape and its plain weights.

They stay as GGUF has them: rows of queries and keys are permuted for a rotation of neighbouring pairs, which
is how the model here turns them, so that what is trained fits the file as it is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.errors import RunStoppedError

ARCHITECTURE = "llama"
LINEARS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
"""The linear layers of a block, by GGUF's names."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model looks like: counts, and the constants of its norm and its rotation."""

    blocks: int
    width: int
    heads: int
    kv_heads: int
    epsilon: float
    rotation: float
    context: int


@dataclass(frozen=True, slots=True)
class Base:
    """
    A model before training: `tensors` are float32 arrays by GGUF's names, rows first.

    `end` is the token that ends an answer.
    """

    name: str
    end: int
    shape: Shape
    tensors: dict[str, Any]


def read_base(path: Path) -> Base:
    """
    Return a model's weights; takes some seconds.

    Raises:
        RunStoppedError: it cannot be read, or is of another architecture than llama.
    """
    import gguf  # noqa: PLC0415 - it brings numpy, and is needed for training alone.

    try:
        reader = gguf.GGUFReader(path)
    except (OSError, ValueError) as error:
        message = f"the base model {path} cannot be read: {error}"
        raise RunStoppedError(message) from error
    architecture = _field(reader, "general.architecture", "")
    if architecture != ARCHITECTURE:
        message = f"{path} is of architecture {architecture!r}; extractor trains {ARCHITECTURE!r} alone"
        raise RunStoppedError(message)
    tensors = {one.name: gguf.dequantize(one.data, one.tensor_type) for one in reader.tensors}
    if "rope_freqs.weight" in tensors:
        message = f"{path} scales its rotation (rope_freqs), which extractor cannot train"
        raise RunStoppedError(message)
    end = int(_field(reader, "tokenizer.ggml.eos_token_id", 0))
    return Base(str(_field(reader, "general.name", path.stem)), end, _shape(reader), tensors)


def _shape(reader: Any) -> Shape:  # noqa: ANN401 - gguf's reader.
    heads = int(_field(reader, "llama.attention.head_count", 1))
    return Shape(
        blocks=int(_field(reader, "llama.block_count", 1)),
        width=int(_field(reader, "llama.embedding_length", 1)),
        heads=heads,
        kv_heads=int(_field(reader, "llama.attention.head_count_kv", heads)),
        epsilon=float(_field(reader, "llama.attention.layer_norm_rms_epsilon", 1e-5)),
        rotation=float(_field(reader, "llama.rope.freq_base", 10000.0)),
        context=int(_field(reader, "llama.context_length", 2048)),
    )


def _field(reader: Any, name: str, default: Any) -> Any:  # noqa: ANN401
    field = reader.fields.get(name)
    return default if field is None else field.contents()


def weight(block: int, linear: str) -> str:
    """Return the name of a block's linear layer."""
    return f"blk.{block}.{linear}.weight"
