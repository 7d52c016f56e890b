"""The command that lists runs, and the one that puts two of them side by side."""

from typing import Annotated

import typer

from extractor.assessing import agreement_document, agreement_report, compare_runs, disagreements_report
from extractor.cli.app import app
from extractor.cli.options import AsCsv, AsJson, Db
from extractor.cli.printing import print_document, print_rows, tell
from extractor.queries import Database

LISTED = 20

runs = typer.Typer(rich_markup_mode=None)
app.add_typer(runs, name="runs")

OneOfTwo = Annotated[str, typer.Argument(help="A run's id, its beginning, `latest`, or a model's name")]


@runs.callback(invoke_without_command=True)
def list_runs(context: typer.Context, db: Db = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """
    List runs, the newest first: papers, failures, from cache, tokens, cost, papers a second.

    \b
    Examples:
      extractor runs
      extractor runs diff rules gpt-5-mini
      extractor sql "select sum(cost) from runs where started_at > now() - interval 30 days"
    """
    if context.invoked_subcommand is None:
        rows = Database(db).runs()
        print_rows(rows, title="Runs (times are UTC, costs US dollars)", as_json=as_json, as_csv=as_csv)
    elif db or as_json or as_csv:
        message = f"options stand behind {context.invoked_subcommand!r}"
        raise typer.BadParameter(message)


@runs.command("diff")
def diff_runs(
    first: OneOfTwo,
    second: OneOfTwo,
    papers: Annotated[
        bool, typer.Option("--papers", help="All that they differ in, paper by paper; in CSV that alone")
    ] = False,
    limit: Annotated[
        int, typer.Option(min=0, help="So many differences are listed, unless all are asked for")
    ] = LISTED,
    db: Db = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Show where two runs or models disagree, field by field, with figures.

    Values are matched by the rules of `extractor evaluate`; agreement is F1 of the one by the other.

    \b
    Examples:
      extractor runs diff rules gpt-5-mini
      extractor runs diff 20260903-1415 latest --papers
      extractor runs diff rules embedded --papers --csv
    """
    agreement = compare_runs(first, second, db)
    if as_json:
        print_document(agreement_document(agreement))
        return
    fields = agreement_report(agreement)
    differing = disagreements_report(agreement, None if papers else limit)
    if as_csv:
        print_rows(differing if papers else fields, as_csv=True)
        return
    print_rows(fields, title=fields.title)
    if len(differing):
        print_rows(differing, title=differing.title)
    if not agreement.papers:
        tell("no paper is in both")
