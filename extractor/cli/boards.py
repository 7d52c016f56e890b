"""Commands that put claims beside each other: boards, gains, papers, methods."""

import enum
from datetime import datetime
from typing import Annotated

import typer

from extractor.boards import BoardFilter
from extractor.cli.app import app
from extractor.cli.options import AsCsv, AsForm, AsJson, Db, OfModel, OfRun, WithUnverified, names_in
from extractor.cli.printing import (
    CLAIMED,
    chosen_form,
    is_for_readers,
    print_boards,
    print_gains,
    print_list_of_boards,
    print_rows,
    print_side_by_side,
    tell,
)
from extractor.comparing import Compared
from extractor.queries import Database

Columns = Annotated[
    str | None, typer.Option("--columns", "-c", help="Only these, in this order: title,method,value")
]
Task = Annotated[str | None, typer.Option("--task", "-t", help="Only this task")]


class By(enum.StrEnum):
    """What a row of a comparison is."""

    PAPER = "paper"
    METHOD = "method"


@app.command()
def leaderboard(
    dataset: Annotated[str | None, typer.Option("--dataset", "-d", help="Only this dataset")] = None,
    metric: Annotated[str | None, typer.Option("--metric", "-m", help="Only this metric")] = None,
    task: Task = None,
    method: Annotated[str | None, typer.Option("--method", help="Only the rows of this method")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only papers published on that day or later"),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="At most so many rows of each board, or boards")
    ] = None,
    gains: Annotated[
        bool, typer.Option("--gains", help="Who claims how much over whom, instead of scores")
    ] = False,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Also what papers quote of others, apart and unranked")
    ] = False,
    unverified: WithUnverified = False,
    columns: Columns = None,
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
    form: AsForm = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Rank what papers claim, by dataset and metric.

    Without dataset, metric, task or method the boards are listed, most rows first. Figures are claimed in
    the abstracts; only those that the text bears out are ranked. Names are taken in any spelling.

    \b
    Examples:
      extractor leaderboard
      extractor leaderboard --dataset ImageNet-1K --since 2026-01-01 --limit 10
      extractor leaderboard --dataset CIFAR-10 --metric FID --csv
      extractor leaderboard --metric accuracy --columns rank,method,result,title --format latex
      extractor leaderboard --gains
    """
    chosen = BoardFilter(
        dataset, metric, task, unverified, method, since.date() if since else None, limit, baselines
    )
    database = Database(db, run=of_run, model=of_model)
    printed_as = chosen_form(form, as_json=as_json, as_csv=as_csv)
    if gains:
        print_gains(database.gains(chosen), names_in(columns), printed_as)
    elif not chosen.is_empty:
        print_boards(database.leaderboard(chosen), names_in(columns), printed_as)
    else:
        boards = database.boards(chosen)
        is_instead = is_for_readers(printed_as) and all(board["rows"] == 1 for board in boards.rows())
        found = database.gains(chosen) if is_instead else None
        if found is None or not len(found):
            print_list_of_boards(boards, names_in(columns), printed_as)
        else:
            tell("no board has two rows yet; these are the gains instead")
            print_gains(found, names_in(columns), printed_as)


@app.command()
def compare(
    names: Annotated[
        list[str] | None, typer.Argument(help="Papers (id, method, part of a title) or methods")
    ] = None,
    by: Annotated[By, typer.Option("--by", help="What a row is")] = By.PAPER,
    pivot: Annotated[
        str | None, typer.Option("--pivot", help="This metric: methods down, datasets across")
    ] = None,
    task: Task = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many rows")] = None,
    unverified: WithUnverified = False,
    columns: Columns = None,
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
    form: AsForm = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Put papers or methods side by side: task, datasets, metrics, results, gains, code.

    Up to four stand in columns, more in rows. With --pivot a cell is what a method claims on a dataset,
    and * marks the best of a dataset; in JSON, CSV and TSV it is the bare number.

    \b
    Examples:
      extractor compare
      extractor compare Gossamer Halyard
      extractor compare --by method --columns method,results,baselines
      extractor compare --pivot accuracy --format latex
    """
    wanted = Compared(tuple(names or ()), names_in(columns), task, unverified, limit)
    database = Database(db, run=of_run, model=of_model)
    printed_as = chosen_form(form, as_json=as_json, as_csv=as_csv)
    if pivot is not None:
        cells = database.pivot(pivot, wanted, as_numbers=not is_for_readers(printed_as))
        print_rows(cells, title=f"{pivot} ({CLAIMED}; * best)", form=printed_as)
    elif by is By.METHOD:
        print_side_by_side(database.compare_methods(wanted), wanted.columns, "method", printed_as)
    else:
        print_side_by_side(database.compare(wanted), wanted.columns, "title", printed_as)
