"""Rows and lines -> what is printed: data on standard output, all else on standard error."""

import sys
from typing import Protocol

from rich.console import Console

from extractor import rendering
from extractor.store import Result

CLAIMED = "claimed in the abstract"


class Listed(rendering.Rows, Protocol):
    """Rows that know how many they are."""

    def __len__(self) -> int:
        """Return the count of rows."""
        ...


def print_boards(rows: Result, *, as_json: bool, as_csv: bool) -> None:
    """Print boards, a table each."""
    if as_json or as_csv or not len(rows):
        print_rows(rows, as_json=as_json, as_csv=as_csv)
        return
    for board in rendering.by_columns(rows, ("dataset", "metric", "in_percent")):
        dataset, metric, _ = board.shared
        title = f"{dataset}, {metric} ({CLAIMED})"
        data_console().print(rendering.terminal_table(board, title=title, hidden=BESIDE))


def print_rows(
    rows: Listed,
    *,
    title: str | None = None,
    hidden: tuple[str, ...] = (),
    as_json: bool = False,
    as_csv: bool = False,
) -> None:
    """Print rows as a table, JSON or CSV."""
    if as_json or as_csv:
        sys.stdout.writelines(rendering.FORMATS["json" if as_json else "csv"](rows))
    elif len(rows):
        data_console().print(rendering.terminal_table(rows, title=title, hidden=hidden))
    else:
        tell("no rows")


BESIDE = ("paper_id", "found_by", "quote", "better", "task_from_paper", "in_percent")
_WIDE = 10_000


def data_console() -> Console:
    """Return the console for data: as wide as it takes where no terminal limits it."""
    return Console(width=None if sys.stdout.isatty() else _WIDE)


def tell(line: str) -> None:
    """Print a line for a person."""
    line = rendering.without_control_codes(line)
    Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)
