"""
A text -> the pieces that a grammar can offer, and an answer's strings -> the text as it is printed.

Inside JSON, quotes and backslashes would need escapes. They are replaced one for one by look-alikes, in
what the model sees as in what it may say, so that every offset stays, and mapped back by place.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from extractor.papers import Text
from extractor.quantities import Quantity, find_quantities, numbers_in
from extractor.records import FieldSpec, Record, Role, fields_of

SEPARATOR = "\u2029"
"""What stands between title and abstract: no span runs across it."""
_LOOK_ALIKES = {ord('"'): "\u201d", ord("\\"): "\u29f5"}
_BLANKS = dict.fromkeys([*range(32), 127], " ")
_CHUNK = re.compile(
    r"""https?://[^\s\u201d<>]*[\w/]    # a link
    | \d+(?:[.,]\d+)*(?:\u29f5?%)?      # a number with its decimals and percent
    | [a-zA-Z\u00c0-\u024f\u0370-\u04ff]+  # a word of a script that writes blanks between words
    | .                                 # any other code point by itself""",
    re.VERBOSE | re.DOTALL,
)
_NAMEABLE = re.compile(r"[^\s.,;:!?)(\]\u2029]")
_PRINTED = (Role.NAME, Role.QUOTE, Role.URL)
_LINK = re.compile(r"https?://[^\s\u201d<>]*[\w/]")
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!v\.s\.)\s+(?=[A-Z0-9\u201c\u201d(])"
)


def look_alike(text: str, *, keep_lines: bool = False) -> str:
    """Return a text of the same length without what JSON would escape."""
    return text.translate(_LOOK_ALIKES if keep_lines else _LOOK_ALIKES | _BLANKS)


def chunks_of(text: str) -> list[str]:
    """Return the pieces of a text that a span is made of, in their order."""
    return _CHUNK.findall(text)


def is_nameable(text: str, least: int) -> bool:
    """Tell whether a span of at least so many characters can be taken from a text."""
    return _NAMEABLE.search(text) is not None and len(text.strip()) >= least


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the abstract as look-alike, and the quantities that it states, with their places."""

    text: str
    quantities: tuple[Quantity, ...]

    @property
    def numbers(self) -> tuple[float, ...]:
        """Each number once."""
        return tuple(dict.fromkeys(n for quantity in self.quantities for n in numbers_of(quantity)))


def numbers_of(quantity: Quantity) -> list[float]:
    """Return a quantity's numbers."""
    return [n for n in (quantity.value, quantity.high, quantity.baseline) if n is not None]


def numbers_in_order(text: str) -> list[float]:
    """Return the numbers of a text: those of its quantities in their order, then others that it may state."""
    stated = [number for quantity in find_quantities(text) for number in numbers_of(quantity)]
    return [*stated, *sorted(numbers_in(text) - set(stated))]


@dataclass(frozen=True)
class Spans:
    """What one paper's text offers to an answer."""

    text: Text

    @cached_property
    def whole(self) -> str:
        """Title and abstract as look-alikes, in the order in which the model reads them."""
        return f"{look_alike(self.text.title)} {SEPARATOR} {look_alike(self.text.abstract)}"

    @cached_property
    def links(self) -> list[str]:
        """Each link once."""
        return list(dict.fromkeys(_LINK.findall(self.whole)))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of the abstract."""
        shown = look_alike(self.text.abstract)
        gaps = [match.span() for match in _SENTENCE_END.finditer(shown)]
        starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(shown)]
        pieces = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
        return [
            Sentence(shown[piece], tuple(find_quantities(self.text.abstract[piece])))
            for piece in pieces
            if shown[piece].strip()
        ]

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The numbers of the abstract, each once."""
        return tuple(dict.fromkeys(n for sentence in self.sentences for n in sentence.numbers))

    def printed(self, words: str) -> str:
        """Return words of an answer as the text prints them; others stay as they are."""
        for original in (self.text.abstract, self.text.title):
            start = look_alike(original).find(words)
            if start >= 0:
                return original[start : start + len(words)]
        return words


def restored(answer: dict[str, Any], record_type: type[Record], spans: Spans) -> dict[str, Any]:
    """Return an answer with its strings as printed, and each quote wide enough for its numbers."""
    wide = dict(answer)
    for spec in fields_of(record_type):
        if spec.of is not None:
            for number in _as_list(wide.get(spec.name)):
                wide[spec.of] = _widened(wide.get(spec.of) or "", number, spans)
    specs = {spec.name: spec for spec in fields_of(record_type)}
    return {name: _restored_value(value, specs.get(name), spans) for name, value in wide.items()}


def _restored_value(value: Any, spec: FieldSpec | None, spans: Spans) -> Any:  # noqa: ANN401
    if spec is None or value is None:
        return value
    if isinstance(value, list):
        made = [_restored_value(item, spec, spans) for item in value]
        return made if spec.part else list(dict.fromkeys(made))
    if spec.part is not None and isinstance(value, dict):
        return restored(value, spec.part, spans)
    return spans.printed(value) if spec.role in _PRINTED and isinstance(value, str) else value


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [] if value is None else [value]


def _widened(quote: str, number: float, spans: Spans) -> str:
    """Return the shortest passage of the quote's sentence that holds the quote and the number."""
    if number in numbers_in(quote):
        return quote
    for sentence in spans.sentences:
        start = sentence.text.find(quote)
        for quantity in sentence.quantities if start >= 0 else ():
            if number in numbers_of(quantity):
                end = max(start + len(quote), quantity.end)
                return sentence.text[min(start, quantity.start) : end]
    return quote
