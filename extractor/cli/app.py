"""The commands' root."""

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Abstracts of scientific papers in; a checked DuckDB database of what they claim out.",
    epilog="Begin with: extractor run PAGE --model rules",
)
