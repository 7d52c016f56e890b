"""An adapter's file and labelled papers -> how good its answers are, asked as at run time."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.catalog import Schema
from extractor.evaluation import Evaluation, evaluate, read_gold
from extractor.exchange import Asking
from extractor.outcomes import Extraction
from extractor.papers import Paper
from extractor.pipeline import Pipeline, validate
from extractor.prompting import Prompt
from extractor.providers.base import Provider
from extractor.providers.pacing import Pace
from extractor.providers.rules.provider import RULES, RulesProvider
from extractor.training.labels import Labelled
from extractor.training.telling import TELL_EVERY, Timer

Tell = Callable[[str], None]
Row = dict[str, Any]

ADAPTER = "adapter"


@dataclass(frozen=True, slots=True)
class Scored:
    """What evaluation says of the rules (the first run) and of the adapter, and how long answers took."""

    evaluation: Evaluation
    papers: int
    failed: tuple[str, ...]
    seconds_a_paper: float


def score(
    model: Provider, papers: Sequence[Labelled], gold_lines: Sequence[str], schema: Schema, tell: Tell
) -> Scored:
    """Return how good a model's answers about papers are; `gold_lines` say what should be found."""
    gold = read_gold(gold_lines, schema.record_type, name="the labels held out")
    asked = [Paper(paper_id=one.paper_id, text=one.text) for one in papers]
    by_rules, _, _ = asyncio.run(_answers(RulesProvider(), asked, schema, lambda _: None))
    rows, failed, seconds = asyncio.run(_answers(model, asked, schema, tell))
    texts = {paper.paper_id: paper.text for paper in asked}
    evaluation = evaluate(gold, {RULES: by_rules, ADAPTER: rows}, {RULES: texts, ADAPTER: texts})
    return Scored(evaluation, len(asked), tuple(failed), seconds / max(len(asked), 1))


async def _answers(
    provider: Provider, papers: Sequence[Paper], schema: Schema, tell: Tell
) -> tuple[list[Row], list[str], float]:
    """Return a row for each paper that was answered, what became of the others, and the seconds."""
    asking = Asking(schema.name, schema.record_type, provider.model, provider.identity)
    prompt = Prompt(schema.prompt, schema.record_type)
    pipeline = Pipeline(schema, provider, prompt, asking, Pace(1))
    rows, failed, telling, began = [], [], Timer(TELL_EVERY), time.monotonic()
    try:
        for done, paper in enumerate(papers, start=1):
            outcome = await pipeline.outcome(pipeline.asked(paper))
            if isinstance(outcome, Extraction):
                record = validate(outcome.response.text, schema.record_type)
                rows.append(
                    {"id": paper.paper_id, "title": paper.text.title, **record.model_dump(mode="json")}
                )
            else:
                failed.append(f"{paper.paper_id}: {outcome.message}")
            if telling.is_due:
                tell(f"answered {done} of {len(papers)} papers held out")
    finally:
        await provider.aclose()
    return rows, failed, time.monotonic() - began
