"""Commands about names: which printed names are one, and which way a metric is better."""

from dataclasses import astuple, fields
from pathlib import Path
from typing import Annotated, Literal

import typer

from extractor.cli.app import app
from extractor.cli.options import AsCsv, AsJson, Db
from extractor.cli.printing import print_rows, tell
from extractor.name_lists import DIRECTIONS, NAMES, add_direction, add_from, add_name, problems_in
from extractor.normalizing import Suggestion
from extractor.queries import Database
from extractor.records import NameKind
from extractor.rendering import Held
from extractor.settings import Settings

PROBLEMS = 1

names = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=f"""
    Say which printed names are one, and which way a metric is better.

    Common names are known. Your own go over them: {NAMES} and {DIRECTIONS} beside the
    database, or in the folder that EXTRACTOR_NAMES names; edit them as you like. Boards follow at the
    next command; printed names stay as they are.

    \b
    Examples:
      extractor names list --kind dataset
      extractor names suggest --csv > pairs.csv
      extractor names add dataset "ImageNet ILSVRC" ImageNet
      extractor names add --from pairs.csv
      extractor names direction "regret per episode" down
    """,
)
app.add_typer(names, name="names")

Kind = Annotated[NameKind | None, typer.Option("--kind", "-k", help="Only names of this kind")]


@names.command("list")
def list_names(kind: Kind = None, db: Db = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """
    List what papers print for each canonical name, and how often.

    \b
    Examples:
      extractor names list --kind metric
      extractor names list --kind dataset --csv > datasets.csv
    """
    rows = Database(db).names(kind)
    print_rows(rows, title="Names, as papers print them", as_json=as_json, as_csv=as_csv)


@names.command("add")
def add(
    kind: Annotated[NameKind | None, typer.Argument(help="What it is a name of")] = None,
    printed: Annotated[str | None, typer.Argument(help="The name as papers print it")] = None,
    canonical: Annotated[str | None, typer.Argument(help="The name that it is to have")] = None,
    file: Annotated[
        Path | None, typer.Option("--from", help="A CSV file with columns kind,printed,canonical")
    ] = None,
    db: Db = None,
) -> None:
    """
    Add names to your own list, or change what it says of them.

    A name that is given to itself leaves the names that it was one with.

    \b
    Examples:
      extractor names add dataset "ImageNet ILSVRC" ImageNet
      extractor names add dataset ImageNet-1K ImageNet-1K
      extractor names add --from pairs.csv
    """
    folder = _folder(db)
    if file and not (kind or printed or canonical):
        added = add_from(file, folder)
    elif kind and printed and canonical and not file:
        added = add_name(folder, kind, printed, canonical)
    else:
        message = "give KIND PRINTED CANONICAL, or --from FILE"
        raise typer.BadParameter(message)
    tell(f"{added.new} new, {added.changed} changed in {folder / NAMES}; boards follow at the next command")


@names.command("direction")
def set_direction(
    metric: Annotated[str, typer.Argument(help="The metric")],
    direction: Annotated[Literal["up", "down", "none"], typer.Argument(help="up: more is better")],
    unit: Annotated[
        str | None, typer.Option("--unit", help="Its customary unit, such as %; else it stays")
    ] = None,
    db: Db = None,
) -> None:
    """
    Say which way a metric is better.

    \b
    Examples:
      extractor names direction "regret per episode" down
      extractor names direction "win share" up --unit %
    """
    folder = _folder(db)
    add_direction(folder, metric, direction, unit)
    tell(f"written to {folder / DIRECTIONS}; boards follow at the next command")


@names.command("check")
def check(db: Db = None) -> None:
    """Check your own lists: what contradicts itself is told by file and line, and the exit code is 1."""
    folder = _folder(db)
    problems = problems_in(folder)
    for name, problem in problems:
        tell(f"{folder / name}, line {problem.line}: {problem.message}")
    if problems:
        raise typer.Exit(PROBLEMS)
    tell(f"nothing contradicts itself in {folder / NAMES} and {folder / DIRECTIONS}")


@names.command("suggest")
def suggest(kind: Kind = None, db: Db = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """
    List names that might be one, the most frequent first; nothing is united by this.

    Write them as CSV, keep the lines that are right, and add them.

    \b
    Examples:
      extractor names suggest --kind dataset
      extractor names suggest --csv > pairs.csv
      extractor names add --from pairs.csv
    """
    columns = tuple(field.name for field in fields(Suggestion))
    found = Held(columns, tuple(astuple(one) for one in Database(db).suggested_names(kind)))
    print_rows(found, title="Names that might be one", as_json=as_json, as_csv=as_csv)


def _folder(db: Path | None) -> Path:
    return Settings.load(db=db).names_folder
