"""Options that several commands have."""

import enum
from pathlib import Path
from typing import Annotated

import typer

Db = Annotated[
    Path | None,
    typer.Option("--db", help="The database file [default: outputs/extractor.duckdb; EXTRACTOR_DB]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV")]


class Form(enum.StrEnum):
    """What rows are printed as."""

    TABLE = "table"
    MARKDOWN = "md"
    LATEX = "latex"
    HTML = "html"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"


AsForm = Annotated[
    Form | None, typer.Option("--format", "-f", help="[default: table; --json and --csv are short for two]")
]
OfRun = Annotated[str | None, typer.Option("--run", help="Only what this run found (see table runs)")]
OfModel = Annotated[str | None, typer.Option("--model", help="Only what this model found")]
WithUnverified = Annotated[
    bool, typer.Option("--unverified", help="Also claims that the text does not bear out")
]


def names_in(listed: str | None) -> tuple[str, ...]:
    """Return the names in a list with commas."""
    return tuple(name.strip() for name in listed.split(",")) if listed else ()
