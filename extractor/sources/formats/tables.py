"""A table as CSV or TSV, its columns guessed or told -> what is found."""

import contextlib
import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from extractor.sources.formats.columns import Columns, columns_of, folded, found, guessed
from extractor.sources.formats.lines import begun
from extractor.sources.formats.shared_ids import sure_ids
from extractor.sources.formats.table_rows import DELIMITERS, Dialect, Row, dialects, rows
from extractor.sources.shapes import KEEP_ALL, Beginning, Format, Found, Keep, Skipped, short

_NOTHING: Mapping[str, str] = MappingProxyType({})

_NAMED = re.compile(r"\.(?:csv|tsv|tab)(?:\.\w+)?$", re.IGNORECASE)
_NO_TABLE = ("{", "[", "<", "@", "%")
_SAID = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")  # Of the others that Python knows, none ends a row.
_SAMPLE = 1 << 16
_HEADER_WITHIN = 5
_LONGEST_NAME = 60
_ENOUGH_PARTS = 3


@sure_ids()
def read(
    blocks: Iterable[bytes], given: Mapping[str, str] = _NOTHING, keep: Keep = KEEP_ALL
) -> Iterator[Found | Skipped]:
    """
    Yield a paper a row; `given` says which column holds which part (`{"title": "Name"}`), others are guessed.

    A row may have fewer cells than there are columns; with more, its cells are not where they should be, and
    it is skipped. Rows of blanks are none.

    Raises:
        SourceError: a part or a column is given that there is not.
    """
    beginning, blocks = begun(blocks)
    dialect = _dialect(beginning[:_SAMPLE].decode(errors="replace"), given)
    each = rows(blocks, dialect)
    first = list(itertools.islice(each, _HEADER_WITHIN))
    at = _header(first, given)
    if at is None:
        yield _no_header(first)
        return
    header = first[at]
    names = _unique(header.cells if isinstance(header, Row) else [])
    columns = columns_of(names, given)
    for row in itertools.chain(first[at + 1 :], each):
        if isinstance(row, Skipped):
            yield row
        elif keep(record := dict(zip(names, row.cells, strict=False))):
            yield _paper(row, names, columns, record)


def _paper(row: Row, names: tuple[str, ...], columns: Columns, record: Mapping[str, str]) -> Found | Skipped:
    beyond = row.cells[len(names) :]
    if any(cell.strip() for cell in beyond):
        detail = f" ({len(row.cells)}, not {len(names)})"
        return Skipped(row.line, "more cells than columns", _shown(row), detail)
    return found(row.line, record, columns)


def _dialect(beginning: str, given: Mapping[str, str]) -> Dialect:
    """Return how a table is written: so that the most lines of its beginning make rows of one length."""
    sample = [f"{line}\n" for line in _LINE_END.split(beginning)]
    said = _SAID.match(sample[0]) if sample else None
    delimiter = said[1] if said else _delimiter(sample, given)
    counts = [(_regular(sample[bool(said) :], dialect), dialect) for dialect in dialects(delimiter)]
    most = max(count for count, _ in counts)
    return next(dialect for count, dialect in counts if count == most)


def _delimiter(sample: list[str], given: Mapping[str, str]) -> str:
    """Return what divides the names of columns: that by which most are known, and then that makes most."""
    top = [line for line in sample if line.strip()][:_HEADER_WITHIN]
    return max(
        DELIMITERS, key=lambda sign: max((_known(_split(line, sign), given) for line in top), default=(0, 0))
    )


def _known(cells: list[str], given: Mapping[str, str]) -> tuple[int, int]:
    wanted = {folded(name) for name in given.values()}
    return sum(folded(cell) in wanted for cell in cells) + guessed(tuple(cells)).known, len(cells)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _regular(sample: list[str], dialect: Dialect) -> int:
    """Return how many lines are in rows of the most cells, up to the first row that is malformed."""
    reader, lines_of, before = csv.reader(sample, **dialect), Counter[int](), 0
    with contextlib.suppress(csv.Error):
        for cells in reader:
            lines_of[len(cells)] += reader.line_num - before
            before = reader.line_num
    return lines_of[max(lines_of)] if any(lines_of) else 0


def _header(first: list[Row | Skipped], given: Mapping[str, str]) -> int | None:
    """Return which row names the columns: the first with a title, an abstract, or one that is given."""
    wanted = {folded(name) for name in given.values()}
    for at, row in enumerate(first):
        if isinstance(row, Row) and (
            guessed(tuple(row.cells)).are_of_papers or wanted & set(map(folded, row.cells))
        ):
            return at
    return next((at for at, row in enumerate(first) if given and isinstance(row, Row)), None)


def _no_header(first: list[Row | Skipped]) -> Skipped:
    row = next(iter(first), Row(1, []))
    if isinstance(row, Skipped):
        return row
    advice = "; name them in the first line, or say which they are: --map title=...,abstract=..."
    return Skipped(row.line, "no column of titles or abstracts", _shown(row), advice)


def _unique(cells: list[str]) -> tuple[str, ...]:
    """Return names of columns, of each that stands there twice the second with its place."""
    first: dict[str, int] = {}
    return tuple(
        cell if first.setdefault(cell, place) == place else f"{cell} #{place}"
        for place, cell in enumerate(cells, start=1)
    )


def _shown(row: Row) -> str:
    return short(" ".join(" ".join(row.cells).split()))


def _fits(beginning: Beginning) -> bool:
    if _NAMED.search(beginning.name):
        return not beginning.text.startswith(_NO_TABLE)
    line, end, _ = beginning.text.partition("\n")
    cells = _split(line, _delimiter([line], {})) if end else []
    columns = guessed(tuple(cells))
    return (
        columns.are_of_papers
        and all(len(cell) <= _LONGEST_NAME for cell in cells)
        and ("abstract" in columns.names or columns.known >= _ENOUGH_PARTS)
        and len(cells) > 1
    )


FORMAT = Format("table (CSV or TSV)", _fits, read, frozenset({"given", "keep"}))
