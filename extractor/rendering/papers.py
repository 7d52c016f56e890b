"""One paper with its extraction -> a terminal's text, JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group as Together
from rich.text import Text as Styled

from extractor.rendering.cells import plain
from extractor.rendering.codes import blanks_for_control_codes
from extractor.rendering.jsons import json_value


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
    return json_value(asdict(shown), indent=1)


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
    styled = Styled(blanks_for_control_codes(text), style=base)
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
