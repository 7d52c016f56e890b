"""A gold file and runs of a database -> how good each run is, and which are not good enough."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from extractor.assessing.chosen import all_found
from extractor.assessing.golds import read_gold_file
from extractor.evaluation import RESAMPLES, SEED, Evaluation
from extractor.evaluation import evaluate as evaluate_rows
from extractor.queries import Database

_LISTED = 5


def evaluate(
    gold: str | Path,
    db: str | Path | None = None,
    *,
    runs: Sequence[str] = (),
    models: Sequence[str] = (),
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Evaluation:
    """
    Return how good runs of a database are by a gold file, and how each further one differs from the first.

    A run is named by its id, the beginning of one, or `latest`. Where neither runs nor models are named,
    each paper's current extraction is evaluated. Papers are joined by id, else by title; those of the gold
    that a run does not have count as empty. 95% intervals come from `resamples` draws of papers.

    Raises:
        GoldError: the file cannot be read, or a line of it cannot be used.
        QueryError: there is no such run or model.
        StoreError: there is no database.
    """
    expected = read_gold_file(Path(gold), Database(db).schema().record_type)
    found = all_found(db, runs, models)
    return evaluate_rows(
        expected,
        {one.label: one.rows() for one in found},
        {one.label: one.texts() for one in found},
        resamples=resamples,
        seed=seed,
    )


def lines_beside(evaluation: Evaluation) -> Iterator[str]:
    """Yield what else there is to know: keys of the gold that were passed over, papers that a run lacks."""
    first, *further = evaluation.passed_over or (None,)
    if first is not None:
        more = f" (and {len(further)} more; `extractor gold check` lists them)" if further else ""
        yield f"{evaluation.gold}, {first}: passed over{more}"
    for run in evaluation.runs:
        if run.missing:
            listed = ", ".join(run.missing[:_LISTED]) + (", ..." if len(run.missing) > _LISTED else "")
            yield f"{run.run} lacks {len(run.missing)} of the papers, which count as empty: {listed}"


def lines_below(evaluation: Evaluation, least: float) -> Iterator[str]:
    """Yield a line for each run whose macro F1 is below the least that is asked for, or undefined."""
    for run in evaluation.runs:
        f1 = run.macro.f1
        if f1 is None:
            yield f"macro F1 of {run.run} is undefined: nothing is expected and nothing was found"
        elif f1 < least:
            yield f"macro F1 of {run.run} is {f1:.3f}, below {least:g}"
