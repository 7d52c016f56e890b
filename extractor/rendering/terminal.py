"""Rows -> a table for a terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Group as Together
from rich.table import Table
from rich.text import Text as Styled

from extractor.rendering.cells import plain, shortened
from extractor.rendering.narrowing import to_be_read
from extractor.rendering.tables import Rows, numeric_columns


def terminal_table(rows: Rows, *, title: str | None = None, hidden: Sequence[str] = ()) -> Together:
    """Return a table for a terminal; empty columns and those in `hidden` are left out."""
    shown = to_be_read(rows, hidden)
    # A table's own title would be folded to the table's width.
    told = [Styled(plain(title), style="table.title")] if title is not None else []
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, is_numeric in zip(shown.columns, numeric_columns(shown), strict=True):
        table.add_column(Styled(plain(name)), justify="right" if is_numeric else "left", overflow="fold")
    for row in shown:
        table.add_row(*(Styled(shortened(plain(value))) for value in row))
    return Together(*told, table)
