"""The command line: reads arguments, asks the library, prints, returns the exit code."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console

from extractor import rendering
from extractor.api import embedded_path, known_models, pull_embedded
from extractor.api import run as run_papers
from extractor.errors import ExtractorError
from extractor.exporting import Format, write_table
from extractor.progress import shown_progress
from extractor.queries import BoardFilter, Database
from extractor.settings import read_params
from extractor.store import Result
from extractor.summaries import run_lines

CLAIMED = "claimed in the abstract"
FAILED, STOPPED, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Abstracts of scientific papers in; a checked DuckDB database of what they claim out.",
    epilog="Begin with: extractor run PAGE --model rules",
)


models = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""
    See the models that need no server, and fetch the embedded one ahead of time.

    \b
    Examples:
      extractor models list
      extractor models pull
      extractor run page.txt --model local:FILE.gguf
    """,
)
app.add_typer(models, name="models")

Db = Annotated[
    Path | None,
    typer.Option("--db", help="The database file [default: outputs/extractor.duckdb; EXTRACTOR_DB]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV")]
OfRun = Annotated[str | None, typer.Option("--run", help="Only what this run found (see table runs)")]
OfModel = Annotated[str | None, typer.Option("--model", help="Only what this model found")]
WithUnverified = Annotated[
    bool, typer.Option("--unverified", help="Also claims that the text does not bear out")
]


def main() -> None:
    """Run the command line and leave with 0, 1 (some papers failed) or 2 (could not run)."""
    try:
        app()
    except ExtractorError as error:
        _tell(f"error: {error}")
        sys.exit(STOPPED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        _tell(f"error: the output cannot be written: {error.strerror}")
        sys.exit(STOPPED)


@app.command()
def run(
    page: Annotated[Path, typer.Argument(help="A page of titles and abstracts, or JSON lines")],
    model: Annotated[
        str | None,
        typer.Option(help="embedded (default), rules, or a model's name at a server [EXTRACTOR_MODEL]"),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(help="Address of an OpenAI-compatible server [EXTRACTOR_BASE_URL]"),
    ] = None,
    mode: Annotated[
        str | None,
        typer.Option(
            help="How a server is asked for JSON: auto (default), json_schema, tools, json [EXTRACTOR_MODE]"
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            help="A further parameter of the request, as NAME=VALUE; may be given again [EXTRACTOR_PARAMS]"
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(help="What is asked for: papers (default), file.py, module:Class [EXTRACTOR_SCHEMA]"),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(help="Requests in flight at once [default: 8; EXTRACTOR_CONCURRENCY]"),
    ] = None,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="Ask again where an answer was paid for but unusable"),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only errors")] = False,
    db: Db = None,
) -> None:
    """
    Extract what each abstract of a page claims.

    A paper that the same model has answered is not asked again. A server's key comes from OPENAI_API_KEY.

    \b
    Examples:
      extractor run page.txt                      the embedded model: no key, no server
      extractor run page.txt --model rules        at once, without a model
      extractor run page.txt --model gpt-5-mini   OpenAI, key from OPENAI_API_KEY
      extractor run page.txt --model qwen3 --base-url http://127.0.0.1:11434/v1
      extractor run page.txt --model local:Qwen3-4B-Q4_K_M.gguf
      extractor run page.txt --model gpt-4.1-mini --param temperature=0
    """
    console = Console(stderr=True)
    options = {
        "model": model,
        "base_url": base_url,
        "mode": mode,
        "params": read_params(param) if param else None,
        "schema_name": schema,
        "concurrency": concurrency,
        "retry_failed": retry_failed or None,
        "db": db,
    }
    try:
        with shown_progress(console, quiet=quiet) as progress:
            summary = run_papers(page, tell=progress.tell, on_progress=progress, **options)
    except KeyboardInterrupt:
        _tell(f"interrupted; what is done is kept, and the same command goes on: {_same_command()}")
        raise typer.Exit(INTERRUPTED) from None
    if not quiet:
        for line in run_lines(summary):
            _tell(line)
    raise typer.Exit(summary.exit_code)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One statement that reads")],
    db: Db = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Ask the database by SQL, read-only.

    Views such as claims, tasks, records and leaderboard show each paper's current extraction; tables
    such as all_claims hold those of every run. `show tables` lists them all.

    \b
    Examples:
      extractor sql "select dataset, count(*) n from claims group by all order by n desc"
      extractor sql "from claims where metric = 'FID' and verified" --csv
      extractor sql "describe claims"
    """
    _print_rows(Database(db).sql(query), as_json=as_json, as_csv=as_csv)


@app.command()
def leaderboard(
    dataset: Annotated[str | None, typer.Option("--dataset", "-d", help="Only this dataset")] = None,
    metric: Annotated[str | None, typer.Option("--metric", "-m", help="Only this metric")] = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="Only this task")] = None,
    gains: Annotated[
        bool, typer.Option("--gains", help="Who claims how much over whom, instead of scores")
    ] = False,
    unverified: WithUnverified = False,
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Rank what papers claim, by dataset and metric.

    Without options the boards are listed, most rows first. Figures are claimed in the abstracts; only
    those that the text bears out are ranked.

    \b
    Examples:
      extractor leaderboard
      extractor leaderboard --dataset ImageNet-1K
      extractor leaderboard --dataset CIFAR-10 --metric FID --csv
      extractor leaderboard --gains
    """
    database = Database(db, run=of_run, model=of_model)
    chosen = BoardFilter(dataset, metric, task, unverified)
    if gains:
        rows, title = database.gains(chosen), f"Gains ({CLAIMED})"
    elif not chosen.is_empty:
        _print_boards(database.leaderboard(chosen), as_json=as_json, as_csv=as_csv)
        return
    else:
        rows, title = database.boards(chosen), f"Boards ({CLAIMED})"
        if not any(board["rows"] > 1 for board in rows.rows()):
            _tell("no board has two rows yet; these are the gains instead")
            rows, title = database.gains(chosen), f"Gains ({CLAIMED})"
    _print_rows(rows, title=title, hidden=_BESIDE, as_json=as_json, as_csv=as_csv)


@app.command()
def compare(
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Put papers side by side: task, method, datasets, metrics, gains, code."""
    rows = Database(db, run=of_run, model=of_model).compare()
    _print_rows(rows, title=f"Papers ({CLAIMED})", hidden=("paper_id",), as_json=as_json, as_csv=as_csv)


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="Any table or view: claims, records, leaderboard, ...")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write [default: standard output]")
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="[default: by the file's ending, else csv]"),
    ] = None,
    of_run: OfRun = None,
    of_model: OfModel = None,
    db: Db = None,
) -> None:
    """
    Write a table or view as CSV, Parquet, JSON, JSON lines or Markdown.

    \b
    Examples:
      extractor export claims -o outputs/claims.csv
      extractor export records --format jsonl
      extractor export leaderboard -o board.md
    """
    database = Database(db, run=of_run, model=of_model)
    count = write_table(database, table, output, form)
    if output is not None:
        _tell(f"{count} rows of {table} written to {output}")


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
        _data_console().print(rendering.shown_paper(shown))


@models.command("pull")
def pull_model() -> None:
    """Fetch the embedded model's weights now, so that a later run needs no network."""
    _tell(f"ready: {pull_embedded(tell=_tell)}")


@models.command("list")
def list_models(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List what `--model` takes without a server: name, size, licence, whether it is here."""
    _print_rows(known_models(), as_json=as_json, as_csv=as_csv)


@models.command("path")
def print_path() -> None:
    """Print where the embedded model's weights are kept, whether they are there or not."""
    sys.stdout.write(f"{embedded_path()}\n")


@app.command()
def rebuild(db: Db = None) -> None:
    """Derive all rows anew from the stored answers, without a request."""
    database = Database(db)
    derived, unfit = database.rebuild()
    _tell(f"{derived} extractions derived anew in {database.path}")
    if unfit:
        _tell(f"{unfit} answers no longer fit the schema; their rows stay as they were")
        raise typer.Exit(FAILED)


class Listed(rendering.Rows, Protocol):
    """Rows that know how many they are."""

    def __len__(self) -> int:
        """Return the count of rows."""
        ...


def _print_boards(rows: Result, *, as_json: bool, as_csv: bool) -> None:
    if as_json or as_csv or not len(rows):
        _print_rows(rows, as_json=as_json, as_csv=as_csv)
        return
    for board in rendering.by_columns(rows, ("dataset", "metric", "in_percent")):
        dataset, metric, _ = board.shared
        title = f"{dataset}, {metric} ({CLAIMED})"
        _data_console().print(rendering.terminal_table(board, title=title, hidden=_BESIDE))


def _print_rows(
    rows: Listed,
    *,
    title: str | None = None,
    hidden: tuple[str, ...] = (),
    as_json: bool = False,
    as_csv: bool = False,
) -> None:
    if as_json or as_csv:
        sys.stdout.writelines(rendering.FORMATS["json" if as_json else "csv"](rows))
    elif len(rows):
        _data_console().print(rendering.terminal_table(rows, title=title, hidden=hidden))
    else:
        _tell("no rows")


_BESIDE = ("paper_id", "found_by", "quote", "better", "task_from_paper", "in_percent")
_WIDE = 10_000


def _data_console() -> Console:
    """Return the console for data: as wide as it takes where no terminal limits it."""
    return Console(width=None if sys.stdout.isatty() else _WIDE)


def _tell(line: str) -> None:
    line = rendering.without_control_codes(line)
    Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)


def _same_command() -> str:
    return shlex.join(["extractor", *sys.argv[1:]])
