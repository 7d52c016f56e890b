"""Commands about models that need no server."""

import sys

import typer

from extractor.api import embedded_path, known_models, pull_embedded
from extractor.cli.app import app
from extractor.cli.options import AsCsv, AsJson
from extractor.cli.printing import print_rows, tell

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


@models.command("pull")
def pull_model() -> None:
    """Fetch the embedded model's weights now, so that a later run needs no network."""
    tell(f"ready: {pull_embedded(tell=tell)}")


@models.command("list")
def list_models(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List what `--model` takes without a server: name, size, licence, whether it is here."""
    print_rows(known_models(), as_json=as_json, as_csv=as_csv)


@models.command("path")
def print_path() -> None:
    """Print where the embedded model's weights are kept, whether they are there or not."""
    sys.stdout.write(f"{embedded_path()}\n")
