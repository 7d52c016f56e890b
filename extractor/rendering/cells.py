"""A value -> one line of text for a reader."""

import re

from extractor.rendering.codes import without_control_codes
from extractor.rendering.jsons import as_text, json_value

LONGEST_CELL = 60

_BETWEEN_LINES = re.compile(r"[\t\n]+")


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
    text = json_value(value) if isinstance(value, dict) else as_text(value)
    return text if text.isprintable() else _BETWEEN_LINES.sub(" ", without_control_codes(text))


def shortened(text: str) -> str:
    """Return a text of at most 60 characters."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
