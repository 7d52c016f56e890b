"""An adapter's file and labelled papers -> how good its answers are, asked as at run time."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python

from extractor.catalog import Schema
from extractor.evaluation import Evaluation, evaluate, read_gold
from extractor.exchange import Asking
from extractor.grounding import GroundedPart, GroundedRecord
from extractor.outcomes import Extraction
from extractor.papers import Paper
from extractor.pipeline import Pipeline
from extractor.prompting import Prompt
from extractor.providers.base import Provider
from extractor.providers.pacing import Pace
from extractor.providers.rules.provider import RULES, RulesProvider
from extractor.records import Record, fields_of
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
                said = _said(outcome.grounded, schema.record_type)
                rows.append({"id": paper.paper_id, "title": paper.text.title, **to_jsonable_python(said)})
            else:
                failed.append(f"{paper.paper_id}: {outcome.message}")
            if telling.is_due:
                tell(f"answered {done} of {len(papers)} papers held out")
    finally:
        await provider.aclose()
    return rows, failed, time.monotonic() - began


def _said(grounded: GroundedRecord, record_type: type[Record]) -> Row:
    """Return what a run would store of a paper, its partner's share included, as the values of one record."""
    lists = [spec.name for spec in fields_of(record_type) if spec.many]
    said: Row = {name: [] for name in lists}
    for part in grounded.parts:
        if part.table is None:
            said.update(_values(part))
        elif part.table in lists:
            said[part.table].append(part.values[0].value if part.is_item else _values(part))
        else:
            said[part.table] = _values(part)
    return said


def _values(part: GroundedPart) -> Row:
    values: Row = {}
    for one in part.values:
        if one.item is None:
            values[one.field] = one.value
        else:
            values.setdefault(one.field, []).append(one.value)
    return values
