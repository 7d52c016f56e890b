"""What went into a training and what came out -> a model card, for programs and for readers."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extractor.evaluation import Macro, RunFigures, Score, figure_text, interval_text
from extractor.providers.rules.provider import RULES
from extractor.training.plan import Recipe
from extractor.training.scoring import ADAPTER, Scored
from extractor.training.telling import in_words

TOLD = 5


@dataclass(frozen=True, slots=True)
class Made:
    """
    One adapter: from what, how, and how good.

    `labels` are names and hashes of the files; `losses` the watched papers' loss by step.
    """

    file: str
    sha256: str
    megabytes: float
    schema: str
    record_shape: str
    answer_form: str
    base: str
    base_sha256: str
    started_from: str | None
    labels: dict[str, str]
    examples: dict[str, int]
    recipe: Recipe
    steps: int
    best_step: int
    losses: tuple[tuple[int, float], ...]
    seconds: float
    machine: str
    scored_papers: str
    leads: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    scored: Scored | None = None

    @property
    def epochs(self) -> float:
        """How often each paper was learned."""
        return self.steps * self.recipe.batch / self.examples["learned"]

    def document(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        own = {name: getattr(self, name) for name in self.__slots__ if name not in ("recipe", "scored")}
        scores = _scores(self.scored) if self.scored else None
        return {**own, "recipe": asdict(self.recipe), "scores": scores}


def write_card(made: Made, path: Path) -> None:
    """Write `path` with the endings .json and .md."""
    document = json.dumps(made.document(), indent=1, ensure_ascii=False, default=list)
    path.with_suffix(".json").write_text(document + "\n", "utf-8", newline="\n")
    path.with_suffix(".md").write_text("\n".join(_lines(made)) + "\n", "utf-8", newline="\n")


def _scores(scored: Scored) -> dict[str, Any]:
    by_run = {run.run: run for run in scored.evaluation.runs}
    difference = scored.evaluation.differences[0]
    return {
        "papers": scored.papers,
        "valid_answers": scored.papers - len(scored.failed),
        "failed": list(scored.failed),
        "seconds_a_paper": scored.seconds_a_paper,
        "runs": {name: _figures(run) for name, run in by_run.items()},
        "macro_above_rules": asdict(difference.macro),
    }


def _figures(run: RunFigures) -> dict[str, Any]:
    return {
        "macro": asdict(run.macro),
        "fields": {name: asdict(score) for name, score in run.scores.items()},
        "right_in_matched_parts": {name: one.all.share for name, one in run.accuracies.items()},
        "not_in_the_text": run.absent_in_all.share,
    }


def _lines(made: Made) -> Iterator[str]:
    yield f"# {made.file}"
    yield ""
    yield (
        f"A LoRA adapter ({made.megabytes:.1f} MB) for {made.base}, trained to fill records of schema "
        f"`{made.schema}` from title and abstract. It answers nothing else."
    )
    yield ""
    yield "| what | |"
    yield "|---|---|"
    for name, value in _facts(made):
        yield f"| {name} | {value} |"
    if made.scored:
        yield from _score_lines(made.scored, made.scored_papers)
    yield ""
    yield "The adapter repeats the habits and mistakes of whoever labelled, a person or a larger model."
    yield "Its licence follows from the base model's and the labels'."


def _facts(made: Made) -> Iterator[tuple[str, str]]:
    recipe = made.recipe
    blocks = "all blocks" if recipe.blocks is None else f"the last {recipe.blocks} blocks"
    counts = ", ".join(f"{count} {name}" for name, count in made.examples.items())
    yield "SHA-256", f"`{made.sha256}`"
    yield "base, SHA-256", f"`{made.base_sha256}`"
    if made.started_from:
        yield "went on from an adapter, SHA-256", f"`{made.started_from}`"
    for name, digest in made.labels.items():
        yield f"labels: {name}", f"`{digest}`"
    yield "papers", counts
    yield "adapter", f"rank {recipe.rank}, alpha {recipe.alpha:g}, {', '.join(recipe.linears)} of {blocks}"
    yield (
        "steps",
        f"{made.steps} of {recipe.batch} papers ({made.epochs:.3g} epochs); best after {made.best_step}",
    )
    yield "the question tells", "what the rules find" if recipe.with_rules else "the text alone"
    yield "leads in", ", ".join(made.leads)
    yield "answers with", ", ".join(made.says) or "all fields"
    yield "learning rate", f"{recipe.highest_rate:g}, seed {recipe.seed}"
    yield "loss of the watched papers", ", ".join(f"{loss:.4f} ({step})" for step, loss in made.losses)
    yield "time", f"{in_words(made.seconds)} on {made.machine}"


def _score_lines(scored: Scored, which: str) -> Iterator[str]:
    runs = {run.run: run for run in scored.evaluation.runs}
    yield ""
    yield f"## Scores: {scored.papers} papers, {which}"
    yield ""
    yield "| field | rules F1 | adapter F1 | 95% interval |"
    yield "|---|---|---|---|"
    for name, score in runs[ADAPTER].scores.items():
        yield _score_line(name, runs[RULES].scores[name], score)
    yield _score_line("macro mean", runs[RULES].macro, runs[ADAPTER].macro)
    yield ""
    above = scored.evaluation.differences[0].macro
    yield f"Above the rules: {figure_text(above.f1)} ({interval_text(above.low, above.high)})."
    valid = scored.papers - len(scored.failed)
    absent = runs[ADAPTER].absent_in_all
    yield (
        f"Valid answers: {valid} of {scored.papers}. Values not in the text: {absent.count} of {absent.of}. "
        f"{scored.seconds_a_paper:.1f} s a paper."
    )
    yield from (f"No answer: {failure}" for failure in scored.failed[:TOLD])


def _score_line(name: str, rules: Score | Macro, adapter: Score | Macro) -> str:
    interval = interval_text(adapter.low, adapter.high)
    return f"| {name} | {figure_text(rules.f1)} | {figure_text(adapter.f1)} | {interval} |"
