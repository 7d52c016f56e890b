"""The beginning of a file -> what kind of text it is."""

import re
from pathlib import Path

from extractor.errors import SourceError

KINDS = "a page of titles and abstracts in turn (text), or JSON lines with title and abstract"

_MARKUP = {
    "HTML": re.compile(r"<(?:!doctype html|html)", re.IGNORECASE),
    "XML": re.compile(r"<\?xml"),
    "markup": re.compile(r"<\w"),
    "BibTeX": re.compile(r"(?:%[^\n]*\n\s*)*@\w+\s*[{(]"),
    "RIS": re.compile(r"TY  -"),
    "NBIB": re.compile(r"PMID-"),
    "one JSON list": re.compile(r"\[\s*[\[{\]]"),
}


def is_json_lines(path: Path, beginning: bytes) -> bool:
    """
    Tell whether a text is JSON lines; where it is not, it is taken for a page.

    Raises:
        SourceError: it is empty, or markup.
    """
    text = beginning.decode("utf-8", errors="replace").lstrip()
    if not text:
        message = f"{path} is empty; {KINDS} is read"
        raise SourceError(message)
    kind = next((kind for kind, sign in _MARKUP.items() if sign.match(text)), None)
    if kind:
        message = f"{path} looks like {kind}; {KINDS} is read"
        raise SourceError(message)
    return text.startswith("{")
