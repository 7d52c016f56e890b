"""Commands that write rows to files."""

from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.app import app
from extractor.cli.bounds import bounded_memory, end_overrun
from extractor.cli.options import Db, OfModel, OfRun
from extractor.cli.printing import tell
from extractor.errors import SettingsError
from extractor.exporting import Format, Moved, Written, read_all, write_all, write_sql, write_table
from extractor.queries import Database
from extractor.store import Limits


@app.command()
def export(
    table: Annotated[
        str | None, typer.Argument(help="Any table or view: claims, records, leaderboard, ...")
    ] = None,
    query: Annotated[
        str | None, typer.Option("--sql", help="Rows of a statement that reads, instead")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--all", help="Folder for every table, as Parquet with a dictionary")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write [default: standard output]")
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="[default: by the file's ending, else csv]"),
    ] = None,
    for_excel: Annotated[
        bool, typer.Option("--excel", help="Begin csv or tsv so that Excel reads it as UTF-8")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the export in a folder that is not empty")
    ] = False,
    timeout: Annotated[
        int, typer.Option("--timeout", min=1, max=86_400, help="Seconds that --sql may take")
    ] = 60,
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
) -> None:
    """
    Write a table, a view or the rows of a statement to a file.

    As CSV, TSV, Parquet, JSON, JSON lines, an Excel workbook (xlsx), Markdown, LaTeX, HTML, or BibTeX: the
    papers that the rows name, each with what its abstract claims. --sql is held to what `extractor sql` is.

    \b
    Examples:
      extractor export claims -o outputs/claims.csv
      extractor export leaderboard -o board.xlsx
      extractor export papers -o papers.bib
      extractor export --sql "from claims where metric = 'FID'" -o fid.parquet
      extractor export --all archive
    """
    _refuse_several({"a table": table, "--sql": query, "--all": folder})
    database = Database(db, run=of_run, model=of_model)
    if folder is not None:
        _refuse_beside_all(output, form, of_run, of_model, for_excel or None)
        _tell_moved(write_all(database, folder, force=force), f"written to {folder}")
        return
    if query is not None:
        limits = Limits(seconds=timeout, overrun=end_overrun)
        with bounded_memory(limits.megabytes):
            written = write_sql(database, query, output, form, for_excel=for_excel, limits=limits)
    else:
        written = write_table(database, str(table), output, form, for_excel=for_excel)
    if output is not None:
        _tell_written(written, output, f" of {table}" if table else "")


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="A folder that `extractor export --all` wrote")],
    schema: Annotated[
        str | None, typer.Option(help="Its schema, where it does not ship: file.py, module:Class")
    ] = None,
    db: Db = None,
) -> None:
    """
    Read all tables of a folder into a new database, or into one that has none of their rows.

    All or nothing: a file that was changed, is missing or holds something else is refused. Nothing in the
    folder is run.

    \b
    Examples:
      extractor import archive --db outputs/again.duckdb
      extractor import trials --schema trials.py --db outputs/trials.duckdb
    """
    moved = read_all(folder, db, schema)
    _tell_moved(moved, f"read into {Database(db).path}")


def _tell_moved(moved: Moved, what: str) -> None:
    tell(f"{moved.rows} rows of {moved.tables} tables {what}")


def _refuse_beside_all(*given: object) -> None:
    if any(value is not None for value in given):
        message = (
            "--all writes every row of every table as Parquet: no --output, --format, --excel, --run, --model"
        )
        raise SettingsError(message)


def _refuse_several(given: dict[str, object]) -> None:
    """Refuse none and more than one of what can be written."""
    if sum(value is not None for value in given.values()) != 1:
        message = f"name one thing to write: {', '.join(given)}"
        raise SettingsError(message)


def _tell_written(written: Written, output: Path, of_what: str) -> None:
    tell(f"{written.rows} rows{of_what} written to {output}")
    if written.cut:
        tell(f"{written.cut} texts were longer than a cell takes and end in …; other formats have them whole")
