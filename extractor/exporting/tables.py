"""Rows of a table, view or statement -> a file, or standard output."""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import SettingsError
from extractor.exporting.citing import entries_of
from extractor.exporting.files import Format, format_of, replaced
from extractor.queries import Database
from extractor.rendering import FORMATS, write_workbook
from extractor.store import STANDARD, Limits, Result

_MARK = "\ufeff"
_WITH_MARK = (Format.CSV, Format.TSV)
_ONLY_FILES = (Format.PARQUET, Format.XLSX)


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were written (of BibTeX entries), and how many texts were too long for a cell."""

    rows: int
    cut: int = 0


@dataclass(frozen=True, slots=True)
class _Target:
    """Where rows go: a file, None for standard output; `is_marked` begins it with a byte order mark."""

    output: Path | None
    form: Format
    is_marked: bool


def write_table(
    database: Database,
    table: str,
    output: Path | None = None,
    form: Format | None = None,
    *,
    for_excel: bool = False,
) -> Written:
    """
    Write a table or view, in flat memory.

    Without `output` it goes to standard output; without `form` the file's ending decides, else CSV.
    `for_excel` begins CSV and TSV with a byte order mark, by which Excel knows that they are UTF-8.

    Raises:
        QueryError: there is no such table.
        SettingsError: the file cannot be written, its ending says nothing, or the format does not fit.
    """
    target = _target(database, output, form, is_marked=for_excel)
    with database.streamed_table(table) as rows:
        return _write(database, rows, target, table)


def write_sql(
    database: Database,
    query: str,
    output: Path | None = None,
    form: Format | None = None,
    *,
    for_excel: bool = False,
    limits: Limits = STANDARD,
) -> Written:
    """
    Write the rows of one statement that reads, whoever wrote it; the rest is as for `write_table`.

    Raises:
        QueryError: it does not read, is more than one statement, goes beyond its limits, or fails.
        SettingsError: the file cannot be written, its ending says nothing, or the format does not fit.
    """
    target = _target(database, output, form, is_marked=for_excel)
    return _write(database, database.sql(query, limits), target, "rows")


def _target(database: Database, output: Path | None, form: Format | None, *, is_marked: bool) -> _Target:
    """Return where rows go, before they are asked for."""
    chosen = form or format_of(output)
    if is_marked and chosen not in _WITH_MARK:
        message = f"--excel is for csv and tsv, not for {chosen}; xlsx is a workbook by itself"
        raise SettingsError(message)
    if output is None and chosen in _ONLY_FILES:
        message = f"{chosen} is not for standard output; name a file by --output"
        raise SettingsError(message)
    if output is not None and output.resolve() == database.path.resolve():
        message = f"{output} is the database itself; name another file"
        raise SettingsError(message)
    return _Target(output, chosen, is_marked)


def _write(database: Database, rows: Result, target: _Target, name: str) -> Written:
    if target.form is Format.BIBTEX:
        with entries_of(database, rows) as (count, entries):
            _write_lines(entries, target)
        return Written(count)
    if target.output is None or target.form not in _ONLY_FILES:
        _write_lines(FORMATS[target.form].lines(rows), target)
        return Written(len(rows))
    with replaced(target.output) as part:
        if target.form is Format.XLSX:
            return Written(len(rows), write_workbook(rows, part, name))
        rows.write_parquet(part)
    return Written(len(rows))


def _write_lines(lines: Iterator[str], target: _Target) -> None:
    mark = _MARK if target.is_marked else ""
    if target.output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        sys.stdout.write(mark)
        sys.stdout.writelines(lines)
        return
    with replaced(target.output) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write(mark)
        file.writelines(lines)
