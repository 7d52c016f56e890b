"""
A labelled paper -> the question that a trained model is asked, and the answer that it is to give.

Both are what the provider sends and expects at run time. What is found stands in the order of the text, which
a model can keep; only a list with a primary item keeps the order of its labels.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from extractor.exchange import Message
from extractor.papers import Text
from extractor.providers.embedded.short_form import lead_of, listed, number_of, short_form, short_messages
from extractor.providers.embedded.spans import SEPARATOR, look_alike, numbers_in_order
from extractor.records import FieldSpec, Record, fields_of
from extractor.training.labels import Labelled

NOWHERE = 1 << 30


class Tokenizer(Protocol):
    """The base model's own tokens."""

    def question(self, messages: tuple[Message, ...]) -> list[int]:
        """Return the tokens of messages in the model's chat template, up to where its answer begins."""
        ...

    def answer(self, text: str) -> list[int]:
        """Return the tokens of an answer, its end among them."""
        ...


@dataclass(frozen=True, slots=True)
class Example:
    """One paper as tokens: the answer alone is learned."""

    paper_id: str
    question: tuple[int, ...]
    answer: tuple[int, ...]

    @property
    def length(self) -> int:
        """How many tokens it has."""
        return len(self.question) + len(self.answer)

    @property
    def inputs(self) -> tuple[int, ...]:
        """What the model reads: all but the last token."""
        return (self.question + self.answer)[:-1]

    @property
    def first_target(self) -> int:
        """The place in the inputs after which the first token of the answer is to come."""
        return len(self.question) - 1


def example_of(
    labelled: Labelled,
    record_type: type[Record],
    tokenizer: Tokenizer,
    found: Mapping[str, Any] | None = None,
    answer_type: type[Record] | None = None,
) -> Example:
    """
    Return a labelled paper as tokens.

    `found` is the partner's answer where the question tells it, `answer_type` what is to be answered of the
    record, without it all.
    """
    answer = answer_of(labelled, answer_type or record_type)
    question = tokenizer.question(short_messages(labelled.text, short_form(found or {}, record_type)))
    return Example(labelled.paper_id, tuple(question), tuple(tokenizer.answer(answer)))


def answer_of(labelled: Labelled, record_type: type[Record]) -> str:
    """Return what is to be answered about a paper: the short form, in the order of the text."""
    shown = _shown(labelled.text)
    record = {
        spec.name: _ordered(spec, labelled.record[spec.name], record_type, shown)
        for spec in fields_of(record_type)
        if spec.name in labelled.record
    }
    return short_form(record, record_type)


def _shown(text: Text) -> str:
    return f"{look_alike(text.title)} {SEPARATOR} {look_alike(text.abstract)}"


def _ordered(spec: FieldSpec, value: Any, owner: type[Record], shown: str) -> Any:  # noqa: ANN401 - JSON.
    if not spec.many or spec.name in owner.judging.primary:
        return value
    part = spec.part
    if part is None:
        return sorted(dict.fromkeys(value), key=lambda item: _place(item, shown))
    return sorted(_cut(listed(value), part), key=lambda item: _place_of_part(item, part, shown))


def _cut(items: list[dict[str, Any]], part: type[Record]) -> list[dict[str, Any]]:
    """Return parts with the fields of a type alone, each once."""
    names = [spec.name for spec in fields_of(part)]
    cut = [{name: item[name] for name in names if name in item} for item in items]
    return [item for place, item in enumerate(cut) if item not in cut[:place]]


def _place(value: object, shown: str) -> int:
    found = shown.find(str(value))
    return found if found >= 0 else NOWHERE


def _place_of_part(values: Mapping[str, Any], part: type[Record], shown: str) -> tuple[int, int, int]:
    """Return where a part's lead begins, how long it is, and which of its numbers the part is about."""
    lead, number = str(values.get(lead_of(part).name, "")), number_of(part)
    value = values.get(number.name) if number else None
    numbers = numbers_in_order(lead)
    return _place(lead, shown), len(lead), numbers.index(value) if value in numbers else NOWHERE


def digest_of(examples: list[Example]) -> str:
    """Return a hash of all tokens, in their order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(repr((example.paper_id, example.question, example.answer)).encode())
    return digest.hexdigest()
