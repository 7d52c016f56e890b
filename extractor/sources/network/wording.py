"""What a service, the system or a name says -> one line that can be shown."""

from extractor.papers import storable

LONGEST = 300
"""Letters that are shown of an address, or of what somebody says."""


def on_a_line(text: str, longest: int = LONGEST) -> str:
    """Return a text on one line, cut where it is long, without codes of a terminal and lone surrogates."""
    line = "".join(letter if letter.isprintable() else " " for letter in storable(text)).strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
