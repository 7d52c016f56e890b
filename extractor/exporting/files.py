"""A file's name -> its format, and a file that is there whole or not at all."""

import enum
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractor.errors import SettingsError
from extractor.rendering import FORMATS


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
    XLSX = "xlsx"
    BIBTEX = "bibtex"


_ENDINGS = {known: Format(name) for name, form in FORMATS.items() for known in form.endings} | {
    "parquet": Format.PARQUET,
    "xlsx": Format.XLSX,
    "bib": Format.BIBTEX,
    "bibtex": Format.BIBTEX,
}


def format_of(output: Path | None) -> Format:
    """
    Return what a file's ending means; CSV where there is no file.

    Raises:
        SettingsError: the ending says nothing.
    """
    if output is None:
        return Format.CSV
    ending = output.suffix.lstrip(".").lower()
    if ending not in _ENDINGS:
        message = f"{output}: its ending is none of {', '.join(_ENDINGS)}; say which by --format"
        raise SettingsError(message)
    return _ENDINGS[ending]


@contextmanager
def replaced(output: Path) -> Iterator[Path]:
    """
    Yield a file beside `output` that takes its place when it is whole; a device is written to as it is.

    Raises:
        SettingsError: it cannot be written.
    """
    output = output.resolve()
    if output.is_dir():
        message = f"{output} is a folder; name a file in it"
        raise SettingsError(message)
    try:
        if output.exists() and not output.is_file():
            yield output
            return
        output.parent.mkdir(parents=True, exist_ok=True)
        part = output.with_name(f".{output.name[:50]}.{secrets.token_hex(4)}")
        part.touch(exist_ok=False)
        try:
            yield part
            if output.exists():
                shutil.copymode(output, part)
            part.replace(output)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise SettingsError(message) from error
