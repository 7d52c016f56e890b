"""The gold, and what runs found -> how good each run is, and how it differs from the first."""

from collections.abc import Iterable, Mapping, Sequence

from extractor.evaluation.absence import Stated, look_up
from extractor.evaluation.figures import (
    Difference,
    Evaluation,
    JudgedPaper,
    Macro,
    RunDifference,
    RunFigures,
    Score,
)
from extractor.evaluation.gold import Gold, GoldPaper
from extractor.evaluation.intervals import RESAMPLES, SEED, interval, resampled
from extractor.evaluation.judging import judge
from extractor.evaluation.reading import Row, joined
from extractor.evaluation.rules import score_names
from extractor.evaluation.scoring import F1s, JudgedRun, counts_of, f1s_of, figures_of
from extractor.papers import Text
from extractor.records import Record

_Drawn = Sequence[F1s]
"""Of one run: F1 of each draw of papers, by score, the macro mean last."""


def evaluate(
    gold: Gold,
    predicted_by_run: Mapping[str, Iterable[Row]],
    texts: Mapping[str, Mapping[str, Text]],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Evaluation:
    """
    Return how good runs are, and how each further one differs from the first.

    A run's rows are mappings with `id`, perhaps `title`, and the record's fields, as view `records` has
    them. `texts` go by run, and there by the ids of its rows, or of the gold; the values of a paper without
    one are not looked for. The intervals come from `resamples` draws of papers, which are the same for the
    same `seed`.

    Raises:
        SchemaError: the record's `judging` names what the record does not have.
    """
    scores = score_names(gold.record_type)
    runs = [_judged(run, gold, rows, texts.get(run, {})) for run, rows in predicted_by_run.items()]
    drawn = _drawn(scores, runs, resamples, seed)
    figures = [figures_of(run, scores, f1s) for run, f1s in zip(runs, drawn, strict=True)]
    return Evaluation(
        gold=gold.name,
        papers=len(gold.papers),
        passed_over=gold.passed_over,
        resamples=resamples,
        seed=seed,
        runs=tuple(figures),
        differences=tuple(
            _run_difference(run, figures[0], f1s, drawn[0])
            for run, f1s in zip(figures[1:], drawn[1:], strict=True)
        ),
    )


def _judged(run: str, gold: Gold, rows: Iterable[Row], texts: Mapping[str, Text]) -> JudgedRun:
    given = joined(rows, gold.papers)
    ids = {paper.paper_id for paper in gold.papers}
    return JudgedRun(
        run=run,
        models=tuple(sorted({str(row["model"]) for row in given.values() if row.get("model")})),
        papers=tuple(
            _judged_paper(gold.record_type, paper, given.get(paper.paper_id, {}), texts)
            for paper in gold.papers
        ),
        missing=tuple(paper.paper_id for paper in gold.papers if paper.paper_id not in given),
        unknown=tuple(str(paper_id) for paper_id in given if paper_id not in ids),
    )


def _judged_paper(
    record_type: type[Record], paper: GoldPaper, row: Row, texts: Mapping[str, Text]
) -> JudgedPaper:
    found = list(judge(record_type, paper, row))
    text = texts.get(row.get("id", "")) or texts.get(paper.paper_id)
    if text is not None:
        found.extend(look_up(record_type, row, Stated.by(text)))
    return JudgedPaper(paper.paper_id, tuple(found))


def _drawn(scores: Mapping[str, bool], runs: Sequence[JudgedRun], resamples: int, seed: int) -> list[_Drawn]:
    """Return for each run and score (the macro mean is the last) F1 of each draw of papers."""
    drawn: list[list[list[float | None]]] = [[[] for _ in range(len(scores) + 1)] for _ in runs]
    by_run = [[counts_of(scores, paper.findings) for paper in run.papers] for run in runs]
    together = [sum(counts, ()) for counts in zip(*by_run, strict=True)]
    for total in resampled(together, resamples, seed):
        width = len(total) // len(runs)
        for place, columns in enumerate(drawn):
            f1s = f1s_of(scores, total[place * width : (place + 1) * width])
            for column, f1 in zip(columns, f1s, strict=True):
                column.append(f1)
    return list(drawn)


def _run_difference(run: RunFigures, first: RunFigures, drawn: _Drawn, first_drawn: _Drawn) -> RunDifference:
    columns = zip(drawn, first_drawn, strict=True)
    return RunDifference(
        run=run.run,
        baseline=first.run,
        scores={
            name: _difference(score, first.scores[name], *next(columns)) for name, score in run.scores.items()
        },
        macro=_difference(run.macro, first.macro, *next(columns)),
    )


def _difference(score: Score | Macro, first: Score | Macro, drawn: F1s, first_drawn: F1s) -> Difference:
    f1 = _minus(score.f1, first.f1)
    low, high = interval(f1, map(_minus, drawn, first_drawn))
    return Difference(f1, low, high)


def _minus(f1: float | None, first: float | None) -> float | None:
    return None if f1 is None or first is None else f1 - first
