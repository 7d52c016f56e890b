"""Rows and lines -> what is printed: data on standard output, all else on standard error."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from extractor import arranging, rendering
from extractor.arranging import Layout
from extractor.cli.options import Form
from extractor.errors import SettingsError
from extractor.rendering import Counted, Held
from extractor.store import Result

CLAIMED = "claimed in the abstract"


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


def print_boards(rows: Result, columns: Sequence[str], form: Form) -> None:
    """Print boards, for a reader a table each; `columns` are the only ones wanted."""
    arranging.refuse_unknown(columns, rows.columns)
    if not is_for_readers(form) or not len(rows):
        _print_arranged(rows, columns, form, title="", layout=arranging.BOARD)
        return
    shared = [name for name in _ONE_BOARD if name in rows.columns]
    for position, board in enumerate(rendering.by_columns(rows, shared)):
        if position and form is not Form.TABLE:
            sys.stdout.write("\n")
        title = _title_of(dict(zip(shared, board.shared, strict=True)))
        shown = [name for name in columns if name not in shared]
        _print_arranged(board, shown, form, title=title, layout=arranging.BOARD)


_ONE_BOARD = ("dataset", "metric", "better", "better_from", "whose")


def _title_of(board: Mapping[str, str]) -> str:
    """Return what a board says above its rows."""
    if board.get("whose") == "baseline":
        told = "quoted baselines, not ranked"
    elif board.get("better") == "unknown":
        told = "not ranked, since nothing says which way is better"
    else:
        by = " by the papers' own words" if board.get("better_from") == "claims" else ""
        told = f"{board['better']} is better{by}" if "better" in board else ""
    return ": ".join(filter(None, [f"{board['dataset']}, {board['metric']}", told]))


def print_list_of_boards(rows: Result, columns: Sequence[str], form: Form) -> None:
    """Print a row a board."""
    _print_arranged(rows, columns, form, title="Boards", layout=arranging.BOARDS)


def print_gains(rows: Result, columns: Sequence[str], form: Form) -> None:
    """Print who claims how much over whom."""
    _print_arranged(rows, columns, form, title="Gains", layout=arranging.GAINS)


def _print_arranged(rows: Counted, columns: Sequence[str], form: Form, *, title: str, layout: Layout) -> None:
    """Print the columns that are wanted, else all of them as data, else those that a reader sees."""
    if columns:
        print_rows(arranging.chosen_columns(rows, columns), title=f"{title} ({CLAIMED})", form=form)
    elif not is_for_readers(form):
        print_rows(rows, form=form)
    else:
        shown = rendering.to_be_read(arranging.to_read(rows, layout))
        mark = f"; {arranging.LENT} the paper's task" if arranging.lends_task(rows) else ""
        print_rows(_fitting(shown, layout, form), title=f"{title} ({CLAIMED}{mark})", form=form)


def print_side_by_side(rows: Result, columns: Sequence[str], head: str, form: Form) -> None:
    """Print rows beside each other, where a reader wants to and they are few; else below each other."""
    if not is_for_readers(form):
        print_rows(rows, form=form)
        return
    shown = rendering.to_be_read(rows, () if columns else _KEYS)
    title = f"Side by side ({CLAIMED})"
    if head in shown.columns and 1 < len(shown) <= _SIDE_BY_SIDE and len(shown.columns) > 1:
        print_rows(arranging.side_by_side(shown, head), title=title, form=form)
    else:
        print_rows(shown if columns else _fitting(shown, arranging.COMPARISON, form), title=title, form=form)


_KEYS = ("paper_id", "paper_ids")
_SIDE_BY_SIDE = 4


def _fitting(rows: Held, layout: Layout, form: Form) -> Held:
    return arranging.fitted(rows, data_console().width, layout.spared) if form is Form.TABLE else rows


def print_rows(
    rows: Counted,
    *,
    title: str | None = None,
    form: Form | None = None,
    as_json: bool = False,
    as_csv: bool = False,
) -> None:
    """
    Print rows in the format that is asked for.

    A title, and going without empty columns, are for readers: data are whole.
    """
    chosen = chosen_form(form, as_json=as_json, as_csv=as_csv)
    if chosen is Form.TABLE and not len(rows):
        tell("no rows")
    elif chosen is Form.TABLE:
        data_console().print(rendering.terminal_table(rows, title=title))
    else:
        shown = rendering.to_be_read(rows) if is_for_readers(chosen) else rows
        sys.stdout.writelines(rendering.FORMATS[chosen].lines(shown, title))


def is_for_readers(form: Form) -> bool:
    """Tell whether a format is a table to be read, and not data."""
    return form is Form.TABLE or rendering.FORMATS[form].is_for_readers


def print_document(document: dict[str, Any]) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


_WIDE = 10_000


def data_console() -> Console:
    """Return the console for data: as wide as it takes where no terminal limits it."""
    return Console(width=None if sys.stdout.isatty() else _WIDE)


def tell(line: str) -> None:
    """Print a line for a person."""
    line = rendering.without_control_codes(line)
    Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)
