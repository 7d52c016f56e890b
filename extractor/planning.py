"""Papers -> what a run over them would do and cost, without asking anything."""

import itertools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractor.exchange import Response, Usage
from extractor.outcomes import Failure
from extractor.papers import Paper
from extractor.pipeline import Pipeline
from extractor.pricing import Price
from extractor.routing import LOOKED_UP_AT_ONCE
from extractor.sources import Skips
from extractor.store import AnswerSizes

_log = logging.getLogger(__name__)

SHOWN = 20
"""Papers that a plan names."""
GUESSED_OUTPUT = 500
"""A guess at an answer's tokens, where none of the model is stored yet."""

LookUp = Callable[[Sequence[str]], Mapping[str, Response | Failure]]


@dataclass(frozen=True)
class Plan:
    """
    What a run would do: papers by what is known of them, and what asking the rest would take.

    `usage` is of all papers that would be asked: from the mean of `measured` stored answers of this model
    or, where that is 0, a guess from their length. Its cost is in US dollars, None where no price is known.
    `first` are the first of the papers.
    """

    model: str
    answered: int
    failed: int
    to_ask: int
    skips: Skips
    usage: Usage
    measured: int
    first: tuple[Paper, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where all that was named is read to its end, else 1."""
        return 1 if self.skips.broken else 0

    @property
    def papers(self) -> int:
        """Count of papers."""
        return self.answered + self.failed + self.to_ask


def plan_run(
    pipeline: Pipeline,
    papers: Iterable[Paper],
    skips: Skips,
    look_up: LookUp,
    sizes: AnswerSizes,
    price: Price | None,
) -> Plan:
    """Return what a run of this pipeline would do; `sizes` are those of the model's stored answers."""
    answered = failed = to_ask = guessed = 0
    rest = iter(papers)
    first: list[Paper] = []
    while batch := [pipeline.asked(paper) for paper in itertools.islice(rest, LOOKED_UP_AT_ONCE)]:
        first.extend(asked.paper for asked in batch[: SHOWN - len(first)])
        known = look_up([asked.fingerprint for asked in batch])
        for asked in batch:
            _log.info("paper, %s: %s", asked.paper.place, asked.paper.text.title or asked.paper.paper_id)
            found = known.get(asked.fingerprint)
            answered += isinstance(found, Response)
            failed += isinstance(found, Failure)
            if found is None:
                to_ask += 1
                guessed += asked.request.guessed_tokens
    if sizes.answers:
        usage = Usage(round(to_ask * sizes.input_tokens), round(to_ask * sizes.output_tokens))
    else:
        usage = Usage(guessed, to_ask * GUESSED_OUTPUT)
    cost = price.of(usage) if price else None
    return Plan(
        model=pipeline.asking.model,
        answered=answered,
        failed=failed,
        to_ask=to_ask,
        skips=skips,
        usage=Usage(usage.input_tokens, usage.output_tokens, cost=cost),
        measured=sizes.answers,
        first=tuple(first),
    )
