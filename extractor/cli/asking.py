"""Commands that ask a database."""

import sys
from typing import Annotated

import typer

from extractor import rendering
from extractor.cli.app import app
from extractor.cli.bounds import bounded_memory, bounded_printing, end_overrun
from extractor.cli.options import AsCsv, AsForm, AsJson, Db, Form, OfModel, OfRun
from extractor.cli.printing import chosen_form, data_console, print_rows, tell
from extractor.queries import Database
from extractor.store import Limits

FAILED = 1
SHOWN = 1000
"""Rows of a table, where nobody says how many: a terminal is not to be flooded."""


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One statement that reads")],
    max_rows: Annotated[
        int | None, typer.Option("--max-rows", min=0, help="[default: 1000 in a table, else all]")
    ] = None,
    timeout: Annotated[int, typer.Option("--timeout", min=1, max=86_400, help="Seconds it may take")] = 60,
    max_output: Annotated[int, typer.Option("--max-output", min=1, help="Megabytes to print at most")] = 500,
    db: Db = None,
    form: AsForm = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Ask the database by SQL, read-only.

    Views such as claims, tasks, records and leaderboard show each paper's current extraction; tables
    such as all_claims hold those of every run. `show tables` lists them all. The statement reaches
    nothing but this database, and may take 2 GB of memory. What is printed is bounded too.

    \b
    Examples:
      extractor sql "select dataset, count(*) n from claims group by all order by n desc"
      extractor sql "from claims where metric = 'FID' and verified" --csv
      extractor sql "select method, value from leaderboard" --format latex --max-rows 20
      extractor sql "describe claims"
    """
    chosen = chosen_form(form, as_json=as_json, as_csv=as_csv)
    most = SHOWN if max_rows is None and chosen is Form.TABLE else max_rows
    limits = Limits(seconds=timeout, rows=most, overrun=end_overrun)
    with bounded_memory(limits.megabytes):
        rows = Database(db).sql(query, limits)
        with bounded_printing(timeout, max_output):
            print_rows(rows, form=chosen)
    if rows.is_cut:
        tell(f"these are the first {most:,} rows; --max-rows shows more")


@app.command()
def show(
    paper: Annotated[str, typer.Argument(help="Its id, or a part of its title")],
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """
    Show one paper: each value, and its evidence marked in the abstract.

    \b
    Examples:
      extractor show "adaptive guidance"
      extractor show 2409.12656 --json
    """
    shown = Database(db, run=of_run, model=of_model).show(paper)
    if as_json:
        sys.stdout.write(rendering.shown_json(shown) + "\n")
    else:
        data_console().print(rendering.shown_paper(shown))


@app.command()
def rebuild(db: Db = None) -> None:
    """Derive all rows anew from the stored answers, without a request."""
    database = Database(db)
    derived, unfit = database.rebuild()
    tell(f"{derived} extractions derived anew in {database.path}")
    if unfit:
        tell(f"{unfit} answers no longer fit the schema; their rows stay as they were")
        raise typer.Exit(FAILED)
