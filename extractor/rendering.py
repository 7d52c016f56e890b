"""Rows -> a terminal table, CSV, JSON, JSON lines, Markdown (all text from papers made harmless)."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Protocol

from rich import box
from rich.console import Group as Together
from rich.table import Table
from rich.text import Text as Styled

LONGEST_CELL = 60

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_STARTS_FORMULA = re.compile(r"[=+\-@\t\r]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


class Rows(Protocol):
    """Named columns, and an iterator of tuples."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        ...

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Iterate over the rows."""
        ...


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows in memory."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Iterate over the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return the count of rows."""
        return len(self.rows)


def terminal_table(rows: Rows, *, title: str | None = None, hidden: Sequence[str] = ()) -> Table:
    """Return a table for a terminal; empty columns and those in `hidden` are left out."""
    listed = list(rows)
    shown = [
        index
        for index, name in enumerate(rows.columns)
        if name not in hidden and (not listed or any(row[index] not in (None, []) for row in listed))
    ]
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index in shown:
        is_number = all(isinstance(row[index], int | float | None) for row in listed)
        table.add_column(
            Styled(rows.columns[index]),
            justify="right" if is_number and listed else "left",
            overflow="fold",
        )
    for row in listed:
        table.add_row(*(Styled(shortened(plain(row[index]))) for index in shown))
    return table


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share the values of some columns, without those columns."""

    shared: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Iterate over the rows."""
        return iter(self.rows)


def by_columns(rows: Rows, names: Sequence[str]) -> Iterator[Group]:
    """Yield a group for each run of rows that share the values of the columns in `names`."""
    keys = [rows.columns.index(name) for name in names]
    rest = [index for index in range(len(rows.columns)) if index not in keys]
    columns = tuple(rows.columns[index] for index in rest)
    for shared, group in groupby(rows, key=lambda row: tuple(plain(row[key]) for key in keys)):
        yield Group(shared, columns, tuple(tuple(row[i] for i in rest) for row in group))


def plain(value: object) -> str:
    """Return a value as one line of text, without control codes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple):
        return "; ".join(plain(item) for item in value)
    if isinstance(value, dict):
        return without_control_codes(_json(value))
    return without_control_codes(str(value)).replace("\n", " ")


def without_control_codes(text: str) -> str:
    """Return a text that cannot steer a terminal."""
    return _CONTROL.sub("", text)


def shortened(text: str) -> str:
    """Return a text of at most 60 characters."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def csv_lines(rows: Rows) -> Iterator[str]:
    """Yield CSV, a line at a time; a text that a spreadsheet would run gets a leading apostrophe."""
    yield _csv_line(rows.columns)
    for row in rows:
        yield _csv_line([_csv_cell(value) for value in row])


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _csv_cell(value: object) -> object:
    if isinstance(value, list | dict):
        return without_control_codes(_json(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        harmless = without_control_codes(value)
        runs = _STARTS_FORMULA.match(value) or _STARTS_FORMULA.match(harmless)
        return "'" + harmless if runs else harmless
    return value


def json_lines(rows: Rows) -> Iterator[str]:
    """Yield a JSON object a row."""
    for row in rows:
        named = dict(zip(rows.columns, row, strict=True))
        yield _json(named) + "\n"


def _json(value: object) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, default=str)


def _finite(value: object) -> object:
    """Return a value with null for the numbers that JSON has no word for."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def json_text(rows: Rows) -> Iterator[str]:
    """Yield one JSON list, a row at a time."""
    separator = "["
    for line in json_lines(rows):
        yield separator + "\n " + line.rstrip("\n")
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


def markdown_lines(rows: Rows) -> Iterator[str]:
    """Yield a Markdown table, a line at a time."""
    yield _markdown_line(rows.columns)
    yield "|" + " --- |" * len(rows.columns) + "\n"
    for row in rows:
        yield _markdown_line([plain(value) for value in row])


def _markdown_line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_MARKDOWN.sub(r"\\\1", cell) for cell in cells) + " |\n"


FORMATS = {"csv": csv_lines, "jsonl": json_lines, "json": json_text, "md": markdown_lines}
"""Each text format by its name and file ending."""


# ---------------------------------------------------------------- one paper


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """One paper with its current extraction: rows by table, and where each value stands."""

    paper_id: str
    title: str
    abstract: str
    model: str
    provider: str
    tables: dict[str, list[dict[str, Any]]]
    evidence: list[dict[str, Any]]


_MARKS = {"exact": "bold green", "normalized": "bold cyan", "fuzzy": "bold yellow"}
_BOOKKEEPING = ("extraction_id", "position", "verified", "unverified_because", "found_by")


def shown_json(shown: ShownPaper) -> str:
    """Return all of a paper as JSON."""
    return json.dumps(asdict(shown), ensure_ascii=False, default=str, indent=1)


def shown_paper(shown: ShownPaper) -> Together:
    """Return a paper for a terminal: evidence marked in title and abstract, then each value."""
    read_by = f"{shown.paper_id}, as read by {shown.model} ({shown.provider})"
    told = Styled(plain(read_by), style="dim")
    legend = Styled("marked: ")
    for match, style in _MARKS.items():
        legend.append(f"[{match}]", style=style).append(" ")
    parts: list[Styled] = [
        _marked(shown.title, "title", shown.evidence, base="bold"),
        told,
        Styled(),
        _marked(shown.abstract, "abstract", shown.evidence),
        Styled(),
        legend,
        Styled(),
    ]
    for table, rows in shown.tables.items():
        for row in rows:
            parts.extend(_shown_row(table, row, shown.evidence))
    return Together(*parts)


def _marked(text: str, field: str, evidence: Sequence[dict[str, Any]], base: str = "") -> Styled:
    # A control code becomes one blank: offsets stay what they are.
    styled = Styled(_CONTROL.sub(" ", text), style=base)
    for place in sorted(evidence, key=lambda p: (p["start"] or 0) - (p["end"] or 0)):
        if place["text_field"] == field:
            styled.stylize(_MARKS[place["match"]], place["start"], place["end"])
    return styled


def _shown_row(table: str, row: dict[str, Any], evidence: Sequence[dict[str, Any]]) -> Iterator[Styled]:
    values = {k: v for k, v in row.items() if k not in _BOOKKEEPING and v not in (None, [])}
    if not values:
        return
    state = "verified" if row["verified"] else "unverified"
    head = Styled(table, style="bold")
    head.append(
        f"  {state}, found by {plain(row['found_by'])}",
        style="dim" if row["verified"] else "yellow",
    )
    yield head
    for reason in row["unverified_because"]:
        yield Styled(f"  ! {plain(reason)}", style="yellow")
    places = {
        place["field_path"]: place
        for place in evidence
        if place["table_name"] == table and place["position"] == row["position"]
    }
    for name, value in values.items():
        line = Styled(f"  {name}: {plain(value)}")
        line.append(_place(places.get(name) or places.get(table)), style="dim")
        yield line


def _place(evidence: dict[str, Any] | None) -> str:
    if evidence is None or evidence["start"] is None:
        return ""
    return f"  ({evidence['match']}, {evidence['text_field']} {evidence['start']}-{evidence['end']})"
