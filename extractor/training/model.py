"""
Tokens -> what a llama model makes of them, with what is trained added to its linear layers (in torch).

The model itself stays as it is; of each linear layer W that is trained, x W' becomes x W' + s (x A') B'.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from extractor.training.adapter_file import Arrays
from extractor.training.base import Base, Shape, weight

Adapter = Mapping[str, tuple[torch.Tensor, torch.Tensor]]
"""What is trained: A (rank, in) and B (out, rank) of each linear layer, by the name of its weight."""

WRITTEN_OUT = 1024
"""The longest text, in tokens, whose attention is written out: its memory grows by the length squared."""
EMBEDDING, OUTPUT, LAST_NORM = "token_embd.weight", "output.weight", "output_norm.weight"


@dataclass(frozen=True)
class Model:
    """A model on a device, in the numbers that it computes in; its weights are never changed."""

    shape: Shape
    weights: Mapping[str, torch.Tensor]
    turns: tuple[torch.Tensor, torch.Tensor]

    @classmethod
    def of(cls, base: Base, device: torch.device, dtype: torch.dtype) -> "Model":
        """Return a base on a device."""
        weights = {
            name: torch.tensor(array, device=device, dtype=dtype) for name, array in base.tensors.items()
        }
        return cls(base.shape, weights, _turns(base.shape, device))

    def hidden(self, tokens: torch.Tensor, adapter: Adapter, scale: float) -> torch.Tensor:
        """Return what stands after the last block for tokens (batch, length): (batch, length, width)."""
        x = functional.embedding(tokens, self.weights[EMBEDDING])
        for block in range(self.shape.blocks):
            linears = _Linears(self.weights, adapter, scale, block)
            x = x + self._attention(self._normed(x, f"blk.{block}.attn_norm.weight"), linears)
            x = x + _forward(self._normed(x, f"blk.{block}.ffn_norm.weight"), linears)
        return self._normed(x, LAST_NORM)

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return a float32 logit for each word of the vocabulary."""
        output = self.weights.get(OUTPUT, self.weights[EMBEDDING])
        return functional.linear(hidden, output).float()

    def _normed(self, x: torch.Tensor, name: str) -> torch.Tensor:
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.shape.epsilon)
        return scaled.to(x.dtype) * self.weights[name]

    def _attention(self, x: torch.Tensor, linears: "_Linears") -> torch.Tensor:
        heads, kv_heads = self.shape.heads, self.shape.kv_heads
        q = _turned(_in_heads(linears(x, "attn_q"), heads), self.turns)
        k = _turned(_in_heads(linears(x, "attn_k"), kv_heads), self.turns)
        v = _in_heads(linears(x, "attn_v"), kv_heads)
        k, v = (one.repeat_interleave(heads // kv_heads, dim=1) for one in (k, v))
        mixed = _attended(q, k, v)
        return linears(mixed.transpose(1, 2).flatten(2), "attn_output")


@dataclass(frozen=True)
class _Linears:
    """The linear layers of one block, each with what is added to it."""

    weights: Mapping[str, torch.Tensor]
    adapter: Adapter
    scale: float
    block: int

    def __call__(self, x: torch.Tensor, linear: str) -> torch.Tensor:
        name = weight(self.block, linear)
        y = functional.linear(x, self.weights[name])
        if name not in self.adapter:
            return y
        a, b = (one.to(x.dtype) for one in self.adapter[name])
        return y + functional.linear(self.scale * functional.linear(x, a), b)


def _attended(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Return causal attention; written out where texts are short, as torch's own kernel is slow backwards."""
    length, width = q.shape[-2:]
    if length > WRITTEN_OUT:
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    unseen = torch.full((length, length), float("-inf"), dtype=q.dtype, device=q.device).triu(1)
    return torch.matmul(torch.softmax(torch.matmul(q / width**0.5, k.transpose(-1, -2)) + unseen, -1), v)


def _forward(x: torch.Tensor, linears: _Linears) -> torch.Tensor:
    return linears(functional.silu(linears(x, "ffn_gate")) * linears(x, "ffn_up"), "ffn_down")


def _in_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    return x.reshape(*x.shape[:-1], heads, -1).transpose(1, 2)


def _turns(shape: Shape, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Return cosine and sine of each place's angles: (context, half a head's width)."""
    width = shape.width // shape.heads
    speeds = shape.rotation ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.outer(torch.arange(shape.context, dtype=torch.float64), speeds)
    return angles.cos().float().to(device), angles.sin().float().to(device)


def _turned(x: torch.Tensor, turns: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Return queries or keys (batch, heads, length, width), each pair of neighbours turned by its place."""
    cos, sin = (one[: x.shape[-2]] for one in turns)
    even, odd = x.float()[..., 0::2], x.float()[..., 1::2]
    turned = torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1)
    return turned.flatten(-2).to(x.dtype)


def adapter_from(arrays: Arrays, device: torch.device) -> Adapter:
    """Return an adapter that was trained before, ready to be trained further."""
    return {
        name: (
            torch.tensor(a, device=device).requires_grad_(),
            torch.tensor(b, device=device).requires_grad_(),
        )
        for name, (a, b) in arrays.items()
    }


def new_adapter(base: Base, names: tuple[str, ...], rank: int, device: torch.device, seed: int) -> Any:  # noqa: ANN401
    """Return an adapter that adds nothing yet, ready to be trained: the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    adapter = {}
    for name in names:
        rows, columns = base.tensors[name].shape
        a = torch.empty(rank, columns).uniform_(-1, 1, generator=generator) / columns**0.5
        adapter[name] = (
            a.to(device).requires_grad_(),
            torch.zeros(rows, rank, device=device).requires_grad_(),
        )
    return adapter
