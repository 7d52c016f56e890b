"""What is asked of a training, and the steps and rates that follow from it."""

import hashlib
import json
import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Literal

from extractor.errors import SettingsError
from extractor.training.base import LINEARS, Shape, weight
from extractor.training.examples import Example

MOST_WATCHED, WATCHED_SHARE = 32, 0.05
FEWEST = 4
WARM_UP = 40
EPOCHS, FEWEST_STEPS = 3, 60
"""How often papers are learned where nobody says: a few papers more often, for as many steps at least."""

RATE, RATE_GOING_ON = 1.5e-3, 5e-4
"""The highest learning rate where nobody says, of a training from nothing and of one from another adapter."""

Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "bf16", "f32"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    How to train; `alpha` over `rank` is how strongly the adapter counts.

    Without `epochs` each paper is learned three times, a few papers more often; without `rate` the highest
    learning rate is 0.0015, and 0.0005 where a training goes on from an adapter.
    `blocks` are the last so many (None for all), `linears` which of a block's layers. `batch` examples make a
    step, of which `at_once` are computed together (None: one on a processor, all on a GPU), in so
    many `threads` of a processor (None: one a core). `with_rules` has the question tell what the rules find.
    """

    rank: int = 16
    alpha: float = 32.0
    blocks: int | None = None
    linears: tuple[str, ...] = LINEARS
    epochs: float | None = None
    rate: float | None = None
    batch: int = 4
    decay: float = 0.0
    seed: int = 0
    with_rules: bool = True
    at_once: int | None = None
    threads: int | None = None
    device: Device = "auto"
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        """
        Refuse what cannot be trained.

        Raises:
            SettingsError: a figure is out of its range, or a layer is none.
        """
        for name in ("rank", "alpha", "epochs", "rate", "batch"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                message = f"{name} is {value:g}; it must be above 0"
                raise SettingsError(message)
        unknown = [linear for linear in self.linears if linear not in LINEARS]
        if unknown or not self.linears:
            message = f"no linear layer {', '.join(unknown) or 'is named'}; there are {', '.join(LINEARS)}"
            raise SettingsError(message)

    @property
    def size(self) -> tuple[int, float, int | None, frozenset[str]]:
        """What two adapters must have in common for one to go on from the other."""
        return self.rank, self.alpha, self.blocks, frozenset(self.linears)

    def weights(self, shape: Shape) -> tuple[str, ...]:
        """Return the names of the weights that are trained."""
        first = 0 if self.blocks is None else max(shape.blocks - self.blocks, 0)
        return tuple(weight(block, linear) for block in range(first, shape.blocks) for linear in self.linears)

    def steps(self, examples: int) -> int:
        """Return how many steps so many examples make."""
        if self.epochs is None:
            return max(math.ceil(examples * EPOCHS / self.batch), FEWEST_STEPS)
        return max(math.ceil(examples * self.epochs / self.batch), 1)

    def going_on(self) -> "Recipe":
        """Return the recipe of a training that goes on from another adapter."""
        return replace(self, rate=self.rate or RATE_GOING_ON)

    @property
    def highest_rate(self) -> float:
        """The learning rate at its highest."""
        return self.rate or RATE

    def rate_at(self, step: int, steps: int) -> float:
        """Return the learning rate of a step (from 0): a short rise, then half a cosine down to nothing."""
        warm_up = max(min(WARM_UP, steps // 10), 1)
        if step < warm_up:
            return self.highest_rate * (step + 1) / warm_up
        return self.highest_rate * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1)))

    def digest(self, *parts: str) -> str:
        """Return a hash of all that decides what is trained, with what it is trained on."""
        own = {
            name: value
            for name, value in asdict(self).items()
            if name not in ("at_once", "threads", "device")
        }
        return hashlib.sha256(json.dumps([own, *parts], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Split:
    """Examples that are learned, and those whose loss is watched to keep the best state."""

    learned: tuple[Example, ...]
    watched: tuple[Example, ...]


def split(examples: Sequence[Example], context: int) -> Split:
    """
    Return the examples parted by a hash of their ids, so that more labels move none.

    Raises:
        SettingsError: one is longer than the model reads.
    """
    for example in examples:
        if example.length > context:
            message = (
                f"{example.paper_id}: {example.length} tokens, and the model reads {context}; leave it out"
            )
            raise SettingsError(message)
    drawn = sorted(examples, key=lambda one: hashlib.sha256(one.paper_id.encode()).hexdigest())
    watched = max(1, min(MOST_WATCHED, round(len(examples) * WATCHED_SHARE)))
    return Split(tuple(drawn[watched:]), tuple(drawn[:watched]))


def batch_at(examples: Sequence[Example], recipe: Recipe, step: int) -> list[Example]:
    """Return the examples of a step: each once an epoch, in an order of its own."""
    count = len(examples)
    places = range(step * recipe.batch, (step + 1) * recipe.batch)
    return [examples[_order(count, recipe.seed, place // count)[place % count]] for place in places]


@lru_cache(maxsize=2)
def _order(count: int, seed: int, epoch: int) -> list[int]:
    order = list(range(count))
    random.Random(f"{seed} {epoch}").shuffle(order)  # noqa: S311 - an order, no secret.
    return order
