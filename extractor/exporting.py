"""A table of a database -> a file, or standard output."""

import enum
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractor.errors import SettingsError
from extractor.queries import Database
from extractor.rendering import FORMATS
from extractor.store import Result


class Format(enum.StrEnum):
    """What rows are written as."""

    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "md"
    LATEX = "latex"
    HTML = "html"
    PARQUET = "parquet"


def write_table(
    database: Database, table: str, output: Path | None = None, form: Format | None = None
) -> int:
    """
    Write a table or view and return the count of its rows.

    Without `output` it goes to standard output; without `form` the file's ending decides, else CSV.

    Raises:
        QueryError: there is no such table.
        SettingsError: the file cannot be written, or its ending says nothing.
    """
    chosen = form or _format_of(output)
    rows = database.table(table)
    if output is None:
        _write_out(rows, chosen)
        return len(rows)
    if output.resolve() == database.path.resolve():
        message = f"{output} is the database itself; name another file"
        raise SettingsError(message)
    with _replaced(output) as part:
        if chosen is Format.PARQUET:
            rows.write_parquet(part)
        else:
            with part.open("w", encoding="utf-8", newline="") as file:
                file.writelines(FORMATS[chosen].lines(rows))
    return len(rows)


def _format_of(output: Path | None) -> Format:
    if output is None:
        return Format.CSV
    ending = output.suffix.lstrip(".").lower()
    endings = {known: Format(name) for name, form in FORMATS.items() for known in form.endings}
    endings[Format.PARQUET] = Format.PARQUET
    if ending not in endings:
        message = f"{output}: its ending is none of {', '.join(endings)}; say which by --format"
        raise SettingsError(message)
    return endings[ending]


def _write_out(rows: Result, form: Format) -> None:
    if form is Format.PARQUET:
        message = "Parquet is not for standard output; name a file by --output"
        raise SettingsError(message)
    sys.stdout.writelines(FORMATS[form].lines(rows))


@contextmanager
def _replaced(output: Path) -> Iterator[Path]:
    """Yield a file beside `output` that takes its place when it is whole; a device is written to as it is."""
    output = output.resolve()
    try:
        if output.exists() and not output.is_file():
            yield output
            return
        output.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        os.close(handle)
        part = Path(name)
        try:
            yield part
            part.chmod(0o644)
            part.replace(output)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise SettingsError(message) from error
