"""Predicted and gold items -> pairs, one to one, and what is left on either side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

Agreement = Callable[[int, int], tuple[float, float]]
"""Of a predicted and a gold item, by place: how well they agree, and a tie-break, the lower first."""


class Expected(Protocol):
    """An item of the gold: one that is optional may be found or not."""

    @property
    def optional(self) -> bool:
        """Whether it may be left out."""
        ...


@dataclass(frozen=True, slots=True)
class Pairing:
    """
    Who belongs to whom, by place.

    `extra` are predicted items that are wrong, `ignored` those that are neither right nor wrong,
    `missed` the gold items that should have been found.
    """

    right: dict[int, int]
    extra: tuple[int, ...]
    ignored: tuple[int, ...]
    missed: tuple[int, ...]


def pair(count: int, gold: Sequence[Expected], agreement: Agreement) -> Pairing:
    """
    Pair `count` predicted items with the gold: the best agreement first, required items before optional ones.

    A predicted item that agrees with an optional one is ignored, even where that is taken. One that agrees
    with required items alone, all of them taken, says a thing twice and is extra.
    """
    candidates: list[tuple[float, bool, float, int, int]] = []
    for i in range(count):
        for j, item in enumerate(gold):
            agreed, tie = agreement(i, j)
            if agreed > 0:
                candidates.append((-agreed, item.optional, tie, i, j))
    pairs = _greedy(sorted(candidates))
    excused = set(pairs) | {i for _, optional, _, i, _ in candidates if optional}
    right = {i: j for i, j in pairs.items() if not gold[j].optional}
    found = set(pairs.values())
    return Pairing(
        right=right,
        extra=tuple(i for i in range(count) if i not in excused),
        ignored=tuple(i for i in range(count) if i in excused and i not in right),
        missed=tuple(j for j, item in enumerate(gold) if not item.optional and j not in found),
    )


def _greedy(candidates: Sequence[tuple[float, bool, float, int, int]]) -> dict[int, int]:
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for *_, i, j in candidates:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs
