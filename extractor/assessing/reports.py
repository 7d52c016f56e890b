"""Figures of runs -> tables to be read."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Any

from extractor.evaluation import (
    Agreement,
    Difference,
    Evaluation,
    Macro,
    RunFigures,
    Score,
    Share,
    figure_text,
    interval_text,
)

Cells = tuple[Any, ...]

MACRO, ALL = "macro mean", "all"


@dataclass(frozen=True)
class Report:
    """Rows with a title: `columns` are named, iterating gives tuples."""

    title: str
    columns: tuple[str, ...]
    listed: tuple[Cells, ...]

    def __iter__(self) -> Iterator[Cells]:
        """Iterate over the rows."""
        return iter(self.listed)

    def __len__(self) -> int:
        """Return the count of rows."""
        return len(self.listed)


# ---------------------------------------------------------------- to be read


def evaluation_reports(evaluation: Evaluation) -> Iterator[Report]:
    """Yield the tables of each run, and, of several runs, one that puts them side by side."""
    for run in evaluation.runs:
        yield _scores_report(run, evaluation)
        yield _accuracies_report(run)
        yield _absent_report(run)
    if evaluation.differences:
        yield _differences_report(evaluation)


def _scores_report(run: RunFigures, evaluation: Evaluation) -> Report:
    missing = f", {len(run.missing)} of which it lacks (counted as empty)" if run.missing else ""
    counts = ("right", "extra", "missed", "ignored")
    return Report(
        f"{_named(run)} against {evaluation.gold}: {evaluation.papers} papers{missing}",
        ("field", "precision", "recall", "F1", "95% interval", *counts, "in macro"),
        (
            *(_score_row(name, score, name in run.macro.fields) for name, score in run.scores.items()),
            (MACRO, *_figures(run.macro), *(None for _ in counts), None),
        ),
    )


def _score_row(name: str, score: Score, counts_in: bool) -> Cells:  # noqa: FBT001 - a cell.
    return (name, *_figures(score), score.tp, score.fp, score.fn, score.ignored, counts_in)


def _accuracies_report(run: RunFigures) -> Report:
    return Report(
        f"{_named(run)}: of the parts that were found, how often their fields are right",
        ("field", "share", "right", "of", "where the gold says something", "right there", "of these"),
        tuple(
            (name, *_shared(accuracy.all), *_shared(accuracy.stated))
            for name, accuracy in run.accuracies.items()
        ),
    )


def _absent_report(run: RunFigures) -> Report:
    shares = {**run.absent, ALL: run.absent_in_all} if run.absent else {}
    return Report(
        f"{_named(run)}: values not in the text",
        ("field", "share", "not there", "of"),
        tuple((name, *_shared(share)) for name, share in shares.items()),
    )


def _differences_report(evaluation: Evaluation) -> Report:
    first, *further = evaluation.runs
    compared = tuple(zip(further, evaluation.differences, strict=True))
    rows = (
        (
            name,
            figure_text(score.f1),
            *(_beside(run.scores[name], less.scores[name]) for run, less in compared),
        )
        for name, score in first.scores.items()
    )
    macro = (MACRO, figure_text(first.macro.f1), *(_beside(run.macro, less.macro) for run, less in compared))
    return Report(
        f"F1 side by side; in brackets the difference from {first.run}, paired, and its 95% interval",
        ("field", *(_named(run) for run in evaluation.runs)),
        (*rows, macro),
    )


def _named(run: RunFigures) -> str:
    models = ", ".join(model for model in run.models if model != run.run)
    return f"{run.run} ({models})" if models else run.run


def _figures(score: Score | Macro) -> Cells:
    return (
        figure_text(score.precision),
        figure_text(score.recall),
        figure_text(score.f1),
        interval_text(score.low, score.high),
    )


def _beside(score: Score | Macro, difference: Difference) -> str:
    if difference.f1 is None:
        return figure_text(score.f1)
    return f"{figure_text(score.f1)} ({difference.f1:+.3f}, {difference.low:+.3f} to {difference.high:+.3f})"


def _shared(share: Share) -> Cells:
    return figure_text(share.share), share.count, share.of


# ---------------------------------------------------------------- errors and disagreements


def errors_report(evaluation: Evaluation) -> Report:
    """Return what is wrong, a row each, run by run and paper by paper."""
    return Report(
        f"What differs from {evaluation.gold}",
        ("run", "paper_id", "field", "what", "part", "predicted", "expected"),
        tuple((run.run, *astuple(error)) for run in evaluation.runs for error in run.errors()),
    )


def agreement_report(agreement: Agreement) -> Report:
    """Return how far two runs agree, a row a field."""
    alone = (
        f"{len(ids)} more in {run} alone"
        for run, ids in ((agreement.first, agreement.first_only), (agreement.second, agreement.second_only))
        if ids
    )
    papers = "; ".join([f"{agreement.papers} papers that both have", *alone])
    return Report(
        f"How far {agreement.first} (first) and {agreement.second} (second) agree: {papers}",
        ("field", "agreement", "both", "first alone", "second alone", "different"),
        (
            *(
                (f.field, figure_text(f.agreement), f.both, f.first, f.second, f.different)
                for f in agreement.fields
            ),
            (MACRO, figure_text(agreement.macro), None, None, None, None),
        ),
    )


def disagreements_report(agreement: Agreement, limit: int | None = None) -> Report:
    """Return where two runs differ, a row each, paper by paper; the first so many, where there is a limit."""
    rows = tuple(astuple(disagreement) for disagreement in agreement.disagreements[:limit])
    counted = f"{len(rows)} of {len(agreement.disagreements)}"
    return Report(
        f"Where they differ, {counted}: what {agreement.first} (first) says, and {agreement.second} (second)",
        ("paper_id", "title", "field", "part", "first", "second"),
        rows,
    )
