"""What is asked for, and this machine -> the device and the numbers that training computes in."""

import os
import time
from dataclasses import dataclass

import torch
from torch.nn import functional

from extractor.errors import SettingsError
from extractor.training.plan import Recipe

ROWS, COLUMNS, TIMES = 384, 768, 8


@dataclass(frozen=True, slots=True)
class Machine:
    """
    Where to compute, in which numbers, how many examples at once, and how many such lots side by side.

    On a processor lots are computed side by side, a core each: one lot on two cores is hardly faster than on
    one, and many times slower where a neighbour keeps one of them busy.
    """

    device: torch.device
    dtype: torch.dtype
    at_once: int
    side_by_side: int

    def __str__(self) -> str:
        """Return it as a card has it."""
        return f"{self.device}, {str(self.dtype).removeprefix('torch.')}"


def machine_for(recipe: Recipe) -> Machine:
    """
    Return where a recipe is followed: on a GPU where there is one.

    Raises:
        SettingsError: a GPU is asked for, and torch sees none.
    """
    has_gpu = torch.cuda.is_available()
    if recipe.device == "cuda" and not has_gpu:
        message = "--device cuda: torch sees no GPU here; --device cpu trains on the processor"
        raise SettingsError(message)
    device = torch.device("cuda" if has_gpu and recipe.device != "cpu" else "cpu")
    if device.type == "cuda":
        return Machine(device, _dtype(recipe, device), recipe.at_once or recipe.batch, 1)
    torch.set_num_threads(1)
    threads = recipe.threads or os.cpu_count() or 1
    return Machine(device, _dtype(recipe, device), recipe.at_once or 1, threads)


def _dtype(recipe: Recipe, device: torch.device) -> torch.dtype:
    if recipe.precision != "auto":
        return torch.bfloat16 if recipe.precision == "bf16" else torch.float32
    if device.type == "cuda":
        return torch.bfloat16
    # Some processors multiply bfloat16 many times as fast as float32, others many times slower.
    return min((torch.bfloat16, torch.float32), key=_seconds)


def _seconds(dtype: torch.dtype) -> float:
    """Return how long some products take."""
    rows, columns = torch.ones(ROWS, COLUMNS, dtype=dtype), torch.ones(COLUMNS, COLUMNS, dtype=dtype)
    functional.linear(rows, columns)
    start = time.perf_counter()
    for _ in range(TIMES):
        functional.linear(rows, columns)
    return time.perf_counter() - start
