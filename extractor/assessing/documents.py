"""Figures of runs -> one document for programs, or one table for a spreadsheet."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from extractor.assessing.reports import ALL, MACRO, Report
from extractor.evaluation import Agreement, Evaluation, RunFigures, Share

Document = dict[str, Any]

_SCORE = ("precision", "recall", "f1", "low", "high", "tp", "fp", "fn", "ignored")
_SHARE = ("count", "of", "share")
_COLUMNS = ("run", "models", "kind", "field", *_SCORE, *_SHARE)


def evaluation_document(evaluation: Evaluation, *, with_errors: bool = False) -> Document:
    """Return all figures as JSON values; shares are `count` of `of`, what is undefined is null."""
    return {
        "gold": evaluation.gold,
        "papers": evaluation.papers,
        "passed_over": [str(problem) for problem in evaluation.passed_over],
        "resamples": evaluation.resamples,
        "seed": evaluation.seed,
        "runs": [_run(run, with_errors=with_errors) for run in evaluation.runs],
        "differences": [asdict(difference) for difference in evaluation.differences],
    }


def _run(run: RunFigures, *, with_errors: bool) -> Document:
    errors = {"errors": [asdict(error) for error in run.errors()]} if with_errors else {}
    return {
        "run": run.run,
        "models": list(run.models),
        "scores": {name: asdict(score) for name, score in run.scores.items()},
        "macro": asdict(run.macro),
        "accuracies": {
            name: {"all": _share(accuracy.all), "stated": _share(accuracy.stated)}
            for name, accuracy in run.accuracies.items()
        },
        "absent": {name: _share(share) for name, share in run.absent.items()},
        "absent_in_all": _share(run.absent_in_all),
        "missing": list(run.missing),
        "unknown": list(run.unknown),
        **errors,
    }


def _share(share: Share) -> Document:
    return {"count": share.count, "of": share.of, "share": share.share}


def agreement_document(agreement: Agreement) -> Document:
    """Return how far two runs agree, and all that they differ in, as JSON values."""
    return asdict(agreement)


def figures_report(evaluation: Evaluation) -> Report:
    """Return all figures in one table; `kind` says what of a field a row is about."""
    rows = (row for run in evaluation.runs for row in _figures(run))
    differences = (
        {"run": one.run, "kind": f"difference from {one.baseline}", "field": name, **asdict(difference)}
        for one in evaluation.differences
        for name, difference in (*one.scores.items(), (MACRO, one.macro))
    )
    table = tuple(tuple(row.get(column) for column in _COLUMNS) for row in (*rows, *differences))
    return Report(f"Figures against {evaluation.gold}", _COLUMNS, table)


def _figures(run: RunFigures) -> Iterator[Document]:
    scores = [("score", name, asdict(score)) for name, score in run.scores.items()]
    macro = [("score", MACRO, asdict(run.macro))]
    right = [("right", name, _share(accuracy.all)) for name, accuracy in run.accuracies.items()]
    stated = [
        ("right where stated", name, _share(accuracy.stated)) for name, accuracy in run.accuracies.items()
    ]
    absent = [("not in the text", name, _share(share)) for name, share in run.absent.items()]
    absent_in_all = [("not in the text", ALL, _share(run.absent_in_all))]
    for kind, name, figures in (*scores, *macro, *right, *stated, *absent, *absent_in_all):
        yield {"run": run.run, "models": "; ".join(run.models), "kind": kind, "field": name, **figures}
