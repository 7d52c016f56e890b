"""Rows and lines -> what is printed: data on standard output, all else on standard error."""

import json
import sys
from typing import Any, Protocol

from rich.console import Console

from extractor import rendering
from extractor.cli.options import Form
from extractor.errors import SettingsError
from extractor.store import Result

CLAIMED = "claimed in the abstract"


class Listed(rendering.Rows, Protocol):
    """Rows that know how many they are."""

    def __len__(self) -> int:
        """Return the count of rows."""
        ...


def chosen_form(form: Form | None, *, as_json: bool = False, as_csv: bool = False) -> Form:
    """
    Return the one format that is asked for, a table where none is.

    Raises:
        SettingsError: several are.
    """
    asked = {form} if form else set()
    asked |= ({Form.JSON} if as_json else set()) | ({Form.CSV} if as_csv else set())
    if len(asked) > 1:
        message = f"rows are printed in one format, not in {' and '.join(sorted(asked))}; name one"
        raise SettingsError(message)
    return asked.pop() if asked else Form.TABLE


def print_boards(
    rows: Result, *, form: Form | None = None, as_json: bool = False, as_csv: bool = False
) -> None:
    """Print boards, for a reader a table each."""
    chosen = chosen_form(form, as_json=as_json, as_csv=as_csv)
    if not _is_for_readers(chosen) or not len(rows):
        print_rows(rows, form=chosen)
        return
    for position, board in enumerate(rendering.by_columns(rows, ("dataset", "metric", "in_percent"))):
        if position and chosen is not Form.TABLE:
            sys.stdout.write("\n")
        dataset, metric, _ = board.shared
        print_rows(board, title=f"{dataset}, {metric} ({CLAIMED})", hidden=BESIDE, form=chosen)


def print_rows(
    rows: Listed,
    *,
    title: str | None = None,
    hidden: tuple[str, ...] = (),
    form: Form | None = None,
    as_json: bool = False,
    as_csv: bool = False,
) -> None:
    """
    Print rows in the format that is asked for.

    A title, and the hiding of columns, are for readers: data are whole.
    """
    chosen = chosen_form(form, as_json=as_json, as_csv=as_csv)
    if chosen is Form.TABLE and not len(rows):
        tell("no rows")
    elif chosen is Form.TABLE:
        data_console().print(rendering.terminal_table(rows, title=title, hidden=hidden))
    else:
        shown = rendering.to_be_read(rows, hidden) if _is_for_readers(chosen) else rows
        sys.stdout.writelines(rendering.FORMATS[chosen].lines(shown, title))


def _is_for_readers(form: Form) -> bool:
    return form is Form.TABLE or rendering.FORMATS[form].is_for_readers


def print_document(document: dict[str, Any]) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


BESIDE = ("paper_id", "found_by", "quote", "better", "task_from_paper", "in_percent")
_WIDE = 10_000


def data_console() -> Console:
    """Return the console for data: as wide as it takes where no terminal limits it."""
    return Console(width=None if sys.stdout.isatty() else _WIDE)


def tell(line: str) -> None:
    """Print a line for a person."""
    line = rendering.without_control_codes(line)
    Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)
