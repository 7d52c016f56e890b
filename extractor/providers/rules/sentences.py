"""Text -> its sentences, with their places."""

import re
from dataclasses import dataclass

_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9†*?])|[。！？]|\n\s*\n")  # noqa: RUF001
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|al|etc|resp|approx|w\.r\.t|fig|figs|tab|sec|eq|no|dr|mr|st|prof|inc)|"
    r"\b[A-Z])\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: `text` is the passage from `start` to `end` of the whole."""

    text: str
    start: int
    end: int


def split(text: str) -> list[Sentence]:
    """Split a text at full stops that end a sentence (not after "e.g." or an initial)."""
    sentences, start = [], 0
    for match in _END.finditer(text):
        if _is_abbreviation(text, match.start()):
            continue
        sentences.append(_trimmed(text, start, match.end()))
        start = match.end()
    sentences.append(_trimmed(text, start, len(text)))
    return [sentence for sentence in sentences if sentence.text]


def _is_abbreviation(text: str, stop: int) -> bool:
    return text[stop] == "." and bool(_ABBREVIATION.search(text[max(0, stop - 7) : stop + 1]))


def _trimmed(text: str, start: int, end: int) -> Sentence:
    passage = text[start:end]
    inner = passage.strip()
    begin = start + len(passage) - len(passage.lstrip())
    return Sentence(inner, begin, begin + len(inner))
