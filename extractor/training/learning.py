"""
A base, examples and a recipe -> the best adapter (in torch).

All that is needed to go on is kept on disk every minute, and where it is stopped; the same call goes on
from there. What is learned is the answers alone: the question's tokens count for nothing.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from extractor.errors import SettingsError
from extractor.training.adapter_file import Arrays
from extractor.training.base import Base
from extractor.training.device import Machine, machine_for
from extractor.training.examples import Example
from extractor.training.model import Model, adapter_from, new_adapter
from extractor.training.plan import Recipe, Split, batch_at
from extractor.training.telling import KEEP_EVERY, TELL_EVERY, Timer, line_of

Tell = Callable[[str], None]

LOOKS = 10
"""How often in a training the watched papers are looked at."""
NOT_A_TARGET = -100
LONGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Kept:
    """The file that a training goes on from, and a hash of all that decides what is learned."""

    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Look:
    """The loss of the watched papers after so many steps."""

    step: int
    loss: float


@dataclass(frozen=True, slots=True)
class Learned:
    """The best adapter as arrays (A, B) by weight, and how it came about."""

    arrays: Mapping[str, tuple[Any, Any]]
    best: Look
    looks: tuple[Look, ...]
    steps: int
    seconds: float
    machine: str


def learn(
    base: Base,
    examples: Split,
    recipe: Recipe,
    kept: Kept,
    tell: Tell = lambda _: None,
    *,
    start: Arrays | None = None,
) -> Learned:
    """
    Return the adapter with the lowest loss on the watched papers; goes on from what is kept, if anything is.

    `start` is the adapter to begin with.

    Raises:
        SettingsError: the file is of another training.
    """
    learner = _Learner(base, examples, recipe, machine_for(recipe), tell, start)
    learner.resume(kept)
    try:
        learner.go(lambda: learner.keep(kept))
    finally:
        learner.keep(kept)
        learner.close()
    return learner.learned()


class _Learner:
    """A training under way."""

    def __init__(
        self, base: Base, examples: Split, recipe: Recipe, machine: Machine, tell: Tell, start: Arrays | None
    ) -> None:
        self._examples, self._recipe, self._machine, self._tell = examples, recipe, machine, tell
        self._model = Model.of(base, machine.device, machine.dtype)
        self._adapter = (
            adapter_from(start, machine.device)
            if start
            else new_adapter(base, recipe.weights(base.shape), recipe.rank, machine.device, recipe.seed)
        )
        parameters = [one for pair in self._adapter.values() for one in pair]
        self._optimizer = torch.optim.AdamW(parameters, lr=recipe.highest_rate, weight_decay=recipe.decay)
        self._parameters = parameters
        self._pool = ThreadPoolExecutor(machine.side_by_side)
        self._steps = recipe.steps(len(examples.learned))
        self._step, self._seconds = 0, 0.0
        self._looks: list[Look] = []
        self._best = self._state()

    def go(self, keep: Callable[[], None]) -> None:
        """Take all steps that are left."""
        telling, keeping = Timer(TELL_EVERY), Timer(KEEP_EVERY)
        first, began = self._step, time.monotonic()
        between = max(self._steps // LOOKS, 1)
        while self._step < self._steps:
            start = time.monotonic()
            loss = self._take_step()
            if self._step % between == 0 or self._step == self._steps:
                self._look()
            self._seconds += time.monotonic() - start
            if telling.is_due or self._step == self._steps:
                pace = (time.monotonic() - began) / (self._step - first)
                best = min((look.loss for look in self._looks), default=None)
                self._tell(line_of(self._step, self._steps, loss, pace, best))
            if keeping.is_due:
                keep()

    def _take_step(self) -> float:
        """Return the loss of a step's examples, and learn from them."""
        chosen = batch_at(self._examples.learned, self._recipe, self._step)
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.rate_at(self._step, self._steps)
        results = list(self._pool.map(self._loss_and_gradients, self._lots(chosen)))
        targets = sum(len(example.answer) for example in chosen)
        for parameter, *gradients in zip(self._parameters, *(result[1] for result in results), strict=True):
            parameter.grad = torch.stack(gradients).sum(0) / targets
        torch.nn.utils.clip_grad_norm_(self._parameters, LONGEST_GRADIENT)
        self._optimizer.step()
        self._step += 1
        return sum(result[0] for result in results) / targets

    def _loss_and_gradients(self, lot: Sequence[Example]) -> tuple[float, tuple[torch.Tensor, ...]]:
        loss = self._summed_loss(lot)
        return float(loss.detach()), torch.autograd.grad(loss, self._parameters)

    def _lots(self, examples: Sequence[Example]) -> list[Sequence[Example]]:
        """Return examples in lots that are computed together."""
        size = self._machine.at_once
        return [examples[start : start + size] for start in range(0, len(examples), size)]

    def _look(self) -> None:
        """Measure the watched papers, and keep the state where none was better."""
        watched = self._examples.watched
        summed = sum(self._pool.map(self._plain_loss, self._lots(watched)))
        look = Look(self._step, summed / sum(len(example.answer) for example in watched))
        self._looks.append(look)
        if look.loss <= min(one.loss for one in self._looks):
            self._best = self._state()

    def _plain_loss(self, lot: Sequence[Example]) -> float:
        with torch.no_grad():  # It holds for a thread alone.
            return float(self._summed_loss(lot))

    def _summed_loss(self, examples: Sequence[Example]) -> torch.Tensor:
        """Return the loss of all tokens of the answers, added up."""
        tokens, targets = _padded(examples, self._machine.device)
        scale = self._recipe.alpha / self._recipe.rank
        hidden = self._model.hidden(tokens, self._adapter, scale)
        is_target = targets != NOT_A_TARGET
        logits = self._model.logits(hidden[is_target])
        return functional.cross_entropy(logits, targets[is_target], reduction="sum")

    def _state(self) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        return {
            name: (a.detach().cpu().clone(), b.detach().cpu().clone())
            for name, (a, b) in self._adapter.items()
        }

    # ------------------------------------------------------------ on disk

    def keep(self, kept: Kept) -> None:
        """Write all that is needed to go on; a kill leaves the file before, or this one."""
        state = {
            "digest": kept.digest,
            "step": self._step,
            "seconds": self._seconds,
            "looks": [(look.step, look.loss) for look in self._looks],
            "adapter": self._state(),
            "best": self._best,
            "optimizer": self._optimizer.state_dict(),
        }
        kept.path.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.path.with_name(kept.path.name + ".new")
        torch.save(state, beside)
        beside.replace(kept.path)

    def resume(self, kept: Kept) -> None:
        """
        Go on from a file, if it is there.

        Raises:
            SettingsError: it is of another training.
        """
        if not kept.path.is_file():
            return
        state = torch.load(kept.path, map_location=self._machine.device, weights_only=True)
        if state["digest"] != kept.digest:
            message = (
                f"{kept.path} is of a training with other labels, base or options; "
                "delete it to begin anew, or give another --out"
            )
            raise SettingsError(message)
        with torch.no_grad():
            for name, pair in state["adapter"].items():
                for own, stored in zip(self._adapter[name], pair, strict=True):
                    own.copy_(stored)
        self._optimizer.load_state_dict(state["optimizer"])
        self._best = {name: (a.cpu(), b.cpu()) for name, (a, b) in state["best"].items()}
        self._looks = [Look(*look) for look in state["looks"]]
        self._step, self._seconds = state["step"], state["seconds"]
        self._tell(f"goes on from step {self._step} of {self._steps}")

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def learned(self) -> Learned:
        """Return the best state and how it came about."""
        return Learned(
            arrays={name: (a.numpy(), b.numpy()) for name, (a, b) in self._best.items()},
            best=min(self._looks, key=lambda look: look.loss),
            looks=tuple(self._looks),
            steps=self._steps,
            seconds=self._seconds,
            machine=str(self._machine),
        )


def _padded(examples: Sequence[Example], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Return inputs and targets, filled up at the end: attention looks back, so none sees the filling."""
    longest = max(len(example.inputs) for example in examples)
    tokens, targets = [], []
    for example in examples:
        filling = longest - len(example.inputs)
        tokens.append([*example.inputs, *[0] * filling])
        before = [NOT_A_TARGET] * example.first_target
        targets.append([*before, *example.answer, *[NOT_A_TARGET] * filling])
    return torch.tensor(tokens, device=device), torch.tensor(targets, device=device)
