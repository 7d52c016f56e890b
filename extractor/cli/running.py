"""The command that reads papers and asks a model about them."""

import logging
import shlex
import sys
from typing import Annotated

import typer
from rich.console import Console

from extractor.api import plan
from extractor.api import run as run_papers
from extractor.cli.app import app
from extractor.cli.options import Db
from extractor.cli.printing import tell
from extractor.progress import shown_progress
from extractor.settings import read_map, read_params
from extractor.summaries import plan_lines, run_lines

INTERRUPTED = 130


@app.command()
def run(
    page: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders or patterns in any format that is known; - is standard input; "
            "arxiv:... and hf:... are fetched"
        ),
    ],
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
    column_map: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="Which columns or keys hold what: title=Name,abstract=Text [EXTRACTOR_MAP]"
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(help='Read only records of which this holds: "year >= 2020" [EXTRACTOR_WHERE]'),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Read only papers from this day on: 2024-01-31 [EXTRACTOR_SINCE]")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Read so many papers at most [EXTRACTOR_LIMIT]")] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Read, and say what would be asked and paid; ask no model"),
    ] = False,
    max_cost: Annotated[
        float | None, typer.Option(help="US dollars that this run may cost [EXTRACTOR_MAX_COST]")
    ] = None,
    price: Annotated[
        str | None,
        typer.Option(
            help="INPUT,OUTPUT: dollars for a million tokens, where the list has none [EXTRACTOR_PRICE]"
        ),
    ] = None,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="By the batch endpoint: half the price, in hours [EXTRACTOR_BATCH]"),
    ] = False,
    concurrency: Annotated[
        int | None,
        typer.Option(
            help="Requests in flight at once [default: as the server allows; EXTRACTOR_CONCURRENCY]"
        ),
    ] = None,
    rpm: Annotated[float | None, typer.Option(help="Requests a minute, at most [EXTRACTOR_RPM]")] = None,
    tpm: Annotated[float | None, typer.Option(help="Tokens a minute, at most [EXTRACTOR_TPM]")] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            help="Seconds that a request may take at first [default: 60, 600 on loopback; EXTRACTOR_TIMEOUT]"
        ),
    ] = None,
    deadline: Annotated[
        float | None,
        typer.Option(
            help="Seconds that a paper may take, all tries together [default: 600; EXTRACTOR_DEADLINE]"
        ),
    ] = None,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="Ask again where an answer was paid for but unusable"),
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask anew what is answered already, and replace it")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Also each record that is skipped, each request that fails"),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only errors")] = False,
    db: Db = None,
) -> None:
    """
    Extract what each abstract claims, of papers in any shape: pages of text, JSON, XML, BibTeX, RIS, tables.

    What a file is, is told by its content; .gz and .zst are unpacked. Nothing is fetched but what begins
    with arxiv: or hf: (a file of such a name is ./arxiv:...). A paper that the same model has
    answered is not asked again, also not by two runs at once. A server's key comes from OPENAI_API_KEY.
    Ctrl-C waits for the answers in flight; the same command then goes on.

    \b
    Examples:
      extractor run page.txt                      the embedded model: no key, no server
      extractor run page.txt --model rules        at once, without a model
      extractor run page.txt --model gpt-5-mini   OpenAI, key from OPENAI_API_KEY
      extractor run page.txt --model gpt-5-mini --dry-run
      extractor run page.txt --model gpt-5-mini --max-cost 2.50
      extractor run page.txt --model gpt-5-mini --batch
      extractor run page.txt --model qwen3 --base-url http://127.0.0.1:11434/v1
      extractor run page.txt --model local:Qwen3-4B-Q4_K_M.gguf
      extractor run page.txt --model gpt-4.1-mini --param temperature=0
      extractor run library.bib export.ris feeds/ --dry-run
      extractor run table.csv --map "title=Name,abstract=What it says"
      extractor run arxiv.jsonl.zst --where "categories like '%cs.CL%'" --since 2024-01-01 --limit 500
      curl -s ADDRESS | extractor run -
      extractor run arxiv:2409.12656 arxiv:cs/0503050 page.txt
      extractor run 'arxiv:search?cat:cs.CL AND all:"low tide"' --limit 50 --dry-run
      extractor run hf:daily/2026-09-03           Daily Papers of a day
    """
    options = {
        "model": model,
        "base_url": base_url,
        "mode": mode,
        "params": read_params(param) if param else None,
        "schema_name": schema,
        "max_cost": max_cost,
        "price": price,
        "batch": batch or None,
        "concurrency": concurrency,
        "rpm": rpm,
        "tpm": tpm,
        "timeout": timeout,
        "deadline": deadline,
        "retry_failed": retry_failed or None,
        "refresh": refresh or None,
        "names_of": read_map(column_map) if column_map else None,
        "where": where,
        "since": since,
        "limit": limit,
        "db": db,
    }
    if verbose:
        _log_to_standard_error()
    if dry_run:
        planned = plan(page, tell=tell, **options)
        for line in plan_lines(planned):
            tell(line)
        raise typer.Exit(planned.exit_code)
    console = Console(stderr=True)
    try:
        with shown_progress(console, quiet=quiet) as progress:
            summary = run_papers(page, tell=progress.tell, on_progress=progress, **options)
    except KeyboardInterrupt:
        tell(f"interrupted; what is done is kept, and the same command goes on: {_same_command()}")
        raise typer.Exit(INTERRUPTED) from None
    if not quiet:
        for line in run_lines(summary):
            tell(line)
    raise typer.Exit(summary.exit_code)


class _Told(logging.Handler):
    """Prints lines of the log as all others that are for a person, without control codes of papers."""

    def emit(self, record: logging.LogRecord) -> None:
        tell(self.format(record))


def _log_to_standard_error() -> None:
    """Have this package say what it does; those that it uses might name keys."""
    logger = logging.getLogger("extractor")
    handler = _Told()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def _same_command() -> str:
    return shlex.join(["extractor", *sys.argv[1:]])
