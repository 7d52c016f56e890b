"""Abstract -> its sentences, each with the quantities, metrics and datasets that stand in it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from extractor.providers.rules.datasets import Named, find_datasets
from extractor.providers.rules.metrics import Mention, find_metrics
from extractor.providers.rules.patterns import compiled, either
from extractor.providers.rules.sentences import split
from extractor.quantities import Quantity, find_quantities

_OWN = compiled(
    r"\b(?:we|our|ours|this\s(?:paper|work|method|model|approach)|the\sproposed)\b",
)
_RESULT = compiled(
    r"\b"
    + either(
        r"""
        achiev\w*; attain\w*; obtain\w*; reach\w*; yield\w*; outperform\w*; improv\w*; surpass\w*;
        exceed\w*; reduc\w*; increas\w*; boost\w*; gain\w*; state[- ]of[- ]the[- ]?art\w*;
        stateof\S*; results?; scores?; scored; accura\w+; perform\w*; experiment\w*; evaluat\w*;
        demonstrat\w*; report\w*; faster; fewer; speed\w*; advanc\w+; beat\w*; rank\w*;
        establish\w*; wins?; winning; set(?:s|ting)? (?:a )?new; superior; better; higher; lower;
        decreas\w*; saves?; saving; accelerat\w*; sota; push\w*; runs?; lead\w*; deliver\w*;
        significant\w*; produc\w+; requir\w+; compar\w+; takes?; operat\w+ at
        """
    )
    + r"\b"
)


class _Placed(Protocol):
    """Whatever has a place in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence of an abstract; all places are offsets in the abstract.

    `is_own` tells that the authors speak of themselves, `is_result` that it has a word of results.
    """

    abstract: str
    start: int
    end: int
    quantities: tuple[Quantity, ...]
    metrics: tuple[Mention, ...]
    datasets: tuple[Named, ...]
    is_own: bool
    is_result: bool

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.abstract[self.start : self.end]

    def before(self, place: int, size: int) -> str:
        """Return up to `size` characters of the sentence before a place."""
        return self.abstract[max(self.start, place - size) : place]

    def after(self, place: int, size: int) -> str:
        """Return up to `size` characters of the sentence behind a place."""
        return self.abstract[place : min(self.end, place + size)]

    def between(self, one: _Placed, other: _Placed) -> str:
        """Return what stands between two things, "" where they touch or overlap."""
        return self.abstract[one.end : other.start]


def read_scenes(abstract: str) -> list[Scene]:
    """Cut an abstract into scenes, in order."""
    quantities = find_quantities(abstract)
    metrics = find_metrics(abstract)
    datasets = find_datasets(abstract)
    return [
        Scene(
            abstract,
            sentence.start,
            sentence.end,
            _within(quantities, sentence),
            _within(metrics, sentence),
            _within(datasets, sentence),
            bool(_OWN.search(sentence.text)),
            bool(_RESULT.search(sentence.text)),
        )
        for sentence in split(abstract)
    ]


def _within(things: Sequence[_P], whole: _Placed) -> tuple[_P, ...]:
    first = bisect_left(things, whole.start, key=lambda thing: thing.start)
    last = bisect_left(things, whole.end, key=lambda thing: thing.start)
    return tuple(thing for thing in things[first:last] if thing.end <= whole.end)
