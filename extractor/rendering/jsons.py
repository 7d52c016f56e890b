"""Rows -> JSON, JSON lines: the values as they are, with escapes for all that a terminal would obey."""

import json
import math
from collections.abc import Iterator
from decimal import Decimal

from extractor.rendering.codes import escapes_for_control_codes
from extractor.rendering.tables import Rows


def json_lines(rows: Rows) -> Iterator[str]:
    """Yield a JSON object a row."""
    for row in rows:
        yield json_value(dict(zip(rows.columns, row, strict=True))) + "\n"


def json_text(rows: Rows) -> Iterator[str]:
    """Yield one JSON list, a row at a time."""
    separator = "["
    for line in json_lines(rows):
        yield separator + "\n " + line.rstrip("\n")
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


def json_value(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON; a number that JSON has no word for is null."""
    written = json.dumps(_sayable(value), ensure_ascii=False, default=as_text, indent=indent)
    return escapes_for_control_codes(written)


def as_text(value: object) -> str:
    r"""Return a value that is none of JSON's as text; bytes as DuckDB's (\x00\xFF)."""
    return "".join(f"\\x{byte:02X}" for byte in value) if isinstance(value, bytes) else str(value)


def _sayable(value: object) -> object:
    """Return a value whose numbers are finite, and whose keys are texts."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): _sayable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_sayable(item) for item in value]
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    return value
