"""Commands that compare what was found with what should be found."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from extractor.assessing import (
    errors_report,
    evaluation_document,
    evaluation_reports,
    figures_report,
    gold_problems,
    lines_below,
    lines_beside,
    template_lines,
    write_new,
)
from extractor.assessing import evaluate as evaluate_runs
from extractor.cli.app import app
from extractor.cli.options import AsCsv, AsJson, Db, OfModel, OfRun
from extractor.cli.printing import print_document, print_rows, tell
from extractor.evaluation import RESAMPLES, SEED, Evaluation

FAILED = 1

gold_files = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""
    Start and check a file of correct answers, by which `extractor evaluate` measures.

    \b
    Examples:
      extractor gold template --papers 50 -o gold.jsonl
      extractor gold check gold.jsonl
      extractor evaluate --gold gold.jsonl
    """,
)
app.add_typer(gold_files, name="gold")

OfSchema = Annotated[
    str | None, typer.Option("--schema", help="papers, file.py, module:Class [default: the database's own]")
]


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Option(help="The file of correct answers, a JSON object a paper")],
    run: Annotated[
        list[str] | None,
        typer.Option(help="A run's id, the beginning of one, or `latest`; may be given again"),
    ] = None,
    model: Annotated[list[str] | None, typer.Option(help="A model's name; may be given again")] = None,
    errors: Annotated[
        bool, typer.Option("--errors", help="Also what is wrong, paper by paper; in CSV that alone")
    ] = False,
    min_f1: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit with 1 where a run's macro F1 is below")
    ] = None,
    resamples: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Draws of papers for the intervals")
    ] = RESAMPLES,
    seed: Annotated[int, typer.Option(help="Of the draws: the same seed, the same intervals")] = SEED,
    db: Db = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Measure runs by a gold file: precision, recall and F1 a field, with 95% intervals.

    Without --run and --model each paper's current extraction is measured. Papers are joined by id, else by
    title; papers of the gold that a run lacks count as empty. Of several runs, each further one is shown
    with its difference from the first.

    \b
    Examples:
      extractor evaluate --gold gold.jsonl
      extractor evaluate --gold gold.jsonl --model rules --model gpt-5-mini
      extractor evaluate --gold gold.jsonl --run latest --errors
      extractor evaluate --gold gold.jsonl --min-f1 0.8 --json > figures.json
    """
    evaluation = evaluate_runs(gold, db, runs=run or (), models=model or (), resamples=resamples, seed=seed)
    _print_evaluation(evaluation, errors=errors, as_json=as_json, as_csv=as_csv)
    for line in lines_beside(evaluation):
        tell(line)
    below = [] if min_f1 is None else list(lines_below(evaluation, min_f1))
    for line in below:
        tell(line)
    if below:
        raise typer.Exit(FAILED)


def _print_evaluation(evaluation: Evaluation, *, errors: bool, as_json: bool, as_csv: bool) -> None:
    if as_json:
        print_document(evaluation_document(evaluation, with_errors=errors))
    elif as_csv:
        print_rows((errors_report if errors else figures_report)(evaluation), as_csv=True)
    else:
        reports = [*evaluation_reports(evaluation), *([errors_report(evaluation)] if errors else [])]
        for report in filter(len, reports):
            print_rows(report, title=report.title)


@gold_files.command()
def template(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write [default: standard output]")
    ] = None,
    papers: Annotated[
        int | None, typer.Option(min=1, help="So many papers, drawn by chance [default: all]")
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Nothing filled in, to be labelled unseen")] = False,
    schema: OfSchema = None,
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
) -> None:
    """
    Write a gold file to be corrected by hand: each paper's text, and what was found in it.

    Correcting what a model found is quick and favours that model: --empty does not.

    \b
    Examples:
      extractor gold template -o gold.jsonl
      extractor gold template --papers 50 --empty -o gold.jsonl
      extractor gold template --model gpt-5-mini -o gold.jsonl
    """
    lines = template_lines(db, run=of_run, model=of_model, schema=schema, papers=papers, empty=empty)
    if output is None:
        sys.stdout.writelines(f"{line}\n" for line in lines)
    else:
        write_new(lines, output)
        tell(f"{len(lines)} papers written to {output}; correct them, then: extractor gold check {output}")


@gold_files.command()
def check(
    file: Annotated[Path, typer.Argument(help="The gold file")],
    schema: OfSchema = None,
    db: Db = None,
) -> None:
    """
    Name what is wrong with a gold file, by line and field; exit with 1 where anything is.

    \b
    Examples:
      extractor gold check gold.jsonl
      extractor gold check gold.jsonl --schema trials.py
    """
    problems = gold_problems(file, db, schema)
    for problem in problems:
        tell(f"{file}, {problem}")
    if problems:
        raise typer.Exit(FAILED)
    tell(f"{file}: nothing is wrong")
