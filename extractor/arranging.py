"""Rows -> rows as they are read: chosen columns, a board, side by side, a pivot, a narrower table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.errors import QueryError
from extractor.rendering import Held, Rows, plain, shortened

LENT = "†"
"""Stands behind a task that is the paper's, not the claim's."""
BEST = "*"
"""Stands behind the best value of a dataset."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a reader sees: columns, as they are called then, and which a narrow terminal spares first."""

    called: Mapping[str, str]
    spared: tuple[str, ...]


_PAPER = {
    "task": "task",
    "title": "paper",
    "published": "date",
    "code_url": "code",
    "quote": "quote",
    "verified": "verified",
}
BOARD = Layout(
    {"rank": "rank", "method": "method", "result": "value", "over": "over"} | _PAPER | {"note": "note"},
    ("quote", "verified", "code", "date", "over", "task", "note"),
)
GAINS = Layout(
    {"metric": "metric", "dataset": "dataset", "baseline": "over", "method": "method", "gain": "gain"}
    | _PAPER,
    ("quote", "verified", "code", "date", "task", "paper"),
)
BOARDS = Layout(
    {name: name for name in ("dataset", "metric", "rows", "papers", "better")}
    | {"best_method": "best method", "best": "best"},
    ("papers", "better"),
)
COMPARISON = Layout(
    {},
    ("published", "code_url", "code_urls", "metrics", "unverified", "gains", "tasks", "task"),
)


def refuse_unknown(wanted: Sequence[str], known: Sequence[str]) -> None:
    """
    Refuse a column that is not there.

    Raises:
        QueryError: one is not; the message lists those that are.
    """
    for name in wanted:
        if name not in known:
            message = f"no column {name!r}; there are: {', '.join(known)}"
            raise QueryError(message)


def chosen_columns(rows: Rows, wanted: Sequence[str]) -> Held:
    """
    Return these columns, in this order.

    Raises:
        QueryError: there is none of that name.
    """
    refuse_unknown(wanted, rows.columns)
    places = [rows.columns.index(name) for name in wanted]
    return Held(tuple(wanted), tuple(tuple(row[place] for place in places) for row in rows))


def lends_task(rows: Rows) -> bool:
    """Tell whether a task is the paper's, where a claim names none."""
    return any(_lent(rows))


def _lent(rows: Rows) -> list[bool]:
    """Return of each row whether its task is the paper's."""
    if "task_from_paper" not in rows.columns:
        return [False for _ in rows]
    place = rows.columns.index("task_from_paper")
    return [bool(row[place]) for row in rows]


def to_read(rows: Rows, layout: Layout) -> Held:
    """Return the columns that a reader sees, by their names there; a task that is the paper's is marked."""
    called = layout.called
    names = [name for name in called if name in rows.columns] or list(rows.columns)
    shown = chosen_columns(rows, names)
    task = names.index("task") if "task" in names else -1
    marked = (
        (*row[:task], f"{row[task]} {LENT}", *row[task + 1 :]) if is_lent and task >= 0 else row
        for row, is_lent in zip(shown, _lent(rows), strict=True)
    )
    return Held(tuple(called.get(name, name) for name in names), tuple(marked))


def side_by_side(rows: Rows, head: str) -> Held:
    """Return a column for each row under its value of `head`; each item of a list has a line of its own."""
    held = list(rows)
    at = rows.columns.index(head)
    lines: list[tuple[str, ...]] = []
    for place, name in enumerate(rows.columns):
        cells = [_items(row[place]) for row in held]
        height = max(map(len, cells), default=0)
        if place != at:
            lines.extend(
                (name if line == 0 else "", *(cell[line] if line < len(cell) else "" for cell in cells))
                for line in range(height)
            )
    return Held(("", *(plain(row[at]) for row in held)), tuple(lines))


def _items(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return [] if value is None else [plain(value)]


def pivot_of(
    board: Sequence[Mapping[str, Any]], *, limit: int | None = None, as_numbers: bool = False
) -> Held:
    """
    Return a row a method and a column a dataset: each method's first value on that board.

    `board` are rows of boards, the best of each first. What fills most cells comes first. The best of a
    dataset is marked where others are ranked with it. `limit` is the most methods to show. `as_numbers`: a
    cell is the score alone, None where the board could not compare it.
    """
    has_metrics = len({row["metric"] for row in board}) > 1
    cells: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in board:
        if row["result"] is not None and row.get("whose", "own") == "own":
            head = f"{row['dataset']} ({row['metric']})" if has_metrics else row["dataset"]
            cells.setdefault((row["method"] or row["title"], head), row)
    methods = _fullest(method for method, _ in cells)[:limit]
    cells = {at: row for at, row in cells.items() if at[0] in methods}
    heads = _fullest(head for _, head in cells)
    best = {head: _best([row for (_, at), row in cells.items() if at == head]) for head in heads}

    def cell(method: str, head: str) -> object:
        row = cells.get((method, head))
        if row is None:
            return None
        return row["score"] if as_numbers else _marked(row, best[head])

    return Held(
        ("method", *(f"{head} (dataset)" if head == "method" else head for head in heads)),
        tuple((method, *(cell(method, head) for head in heads)) for method in methods),
    )


def _fullest(names: Iterable[str]) -> list[str]:
    return [name for name, _ in sorted(Counter(names).items(), key=lambda found: (-found[1], found[0]))]


def _best(rows: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the best rank among rows, None where there are not two to compare."""
    ranks = [row["rank"] for row in rows if row["rank"] is not None]
    return min(ranks) if len(ranks) > 1 else None


def _marked(row: Mapping[str, Any], best: int | None) -> str:
    is_best = best is not None and row["rank"] == best
    return f"{row['result']} {BEST}" if is_best else str(row["result"])


# ---------------------------------------------------------------- narrow terminals

_BETWEEN, _NARROW, _NARROWEST = 3, 22, 9


def fitted(rows: Held, width: int, spared: Sequence[str]) -> Held:
    """Return a table of so many characters: without some of the `spared` columns, with shorter texts."""
    names = list(rows.columns)
    for name in spared:
        if _total([min(size, _NARROW) for size in _sizes(rows, names)]) <= width:
            break
        if name in names and not _tells_doubt(rows, name):
            names.remove(name)
    sizes = _sizes(rows, names)
    while _total(sizes) > width and max(sizes) > _NARROWEST:
        widest = sizes.index(max(sizes))
        sizes[widest] -= 1
    return _cut(chosen_columns(rows, names), sizes)


def _tells_doubt(rows: Held, name: str) -> bool:
    """Tell whether this is the column that says that something is not verified."""
    return name == "verified" and any(row[rows.columns.index(name)] is False for row in rows)


def _sizes(rows: Held, names: Sequence[str]) -> list[int]:
    """Return how many characters each column takes."""
    places = [rows.columns.index(name) for name in names]
    return [
        max([len(rows.columns[place]), *(len(shortened(plain(row[place]))) for row in rows)])
        for place in places
    ]


def _total(sizes: Sequence[int]) -> int:
    return sum(sizes) + _BETWEEN * len(sizes)


def _cut(rows: Held, sizes: Sequence[int]) -> Held:
    def cell(value: object, size: int) -> object:
        text = shortened(plain(value))
        return text if len(text) <= size else text[: size - 1].rstrip() + "…"

    return Held(
        rows.columns,
        tuple(
            tuple(
                value if isinstance(value, int | float) else cell(value, size)
                for value, size in zip(row, sizes, strict=True)
            )
            for row in rows
        ),
    )
