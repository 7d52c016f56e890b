"""
A record type and a text -> the grammar that an answer keeps, for llama.cpp's llguidance.

The answer is JSON in which names and quotes are spans of this text, links are the text's links, and
numbers are numbers of the sentence that is quoted. Fields of parts that say nothing are left out; lists
and strings are bounded, since a small model runs on for ever.
"""

import json
import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from extractor.providers.embedded.dialect import choice, label_choices, literal, of_length, substrings
from extractor.providers.embedded.spans import Spans, is_nameable
from extractor.records import FieldSpec, Record, Role, fields_of

GRAMMAR_VERSION = "4"
LONGEST_NAME, LONGEST_QUOTE, LONGEST_LABEL = 60, 280, 16
SHORTEST_QUOTE = 8
MOST_ITEMS, MOST_PARTS = 3, 2

_NULL = '"null"'
_WHOLE = "-?(0|[1-9][0-9]{0,11})"


def grammar_for(record_type: type[Record], spans: Spans) -> str:
    """Return a grammar in llguidance's dialect of Lark."""
    writer = _Writer(spans)
    start = writer.whole_record(record_type)
    return "\n".join(["%llguidance {}", f"start: {start}", *writer.rules])


def forced_start(record_type: type[Record]) -> str:
    """Return what every answer under the grammar begins with: one that does not was not held by it."""
    return "{" + f"{json.dumps(fields_of(record_type)[0].name)}: "


@dataclass
class _Writer:
    """Collects rules while it writes the expressions that use them."""

    spans: Spans
    rules: list[str] = field(default_factory=list)
    _made: dict[str, None] = field(default_factory=dict)
    _parts: list[type[Record]] = field(default_factory=list)

    def whole_record(self, record_type: type[Record]) -> str:
        """Return the expression of an object with every key of the record."""
        return _object([self._pair(record_type, spec, None) for spec in fields_of(record_type)])

    def _pair(self, owner: type[Record], spec: FieldSpec, sentence: int | None) -> str:
        value = self._value(owner, spec, sentence)
        key = literal(f"{json.dumps(spec.name)}: ")
        if spec.many:
            return f"{key} {_list(value, MOST_PARTS if spec.part else MOST_ITEMS)}"
        return f"{key} {_or_nothing(value, owner, spec)}"

    def _value(self, owner: type[Record], spec: FieldSpec, sentence: int | None) -> str | None:
        """Return the expression of one value of a field; None where there is nothing to say."""
        match spec.role:
            case Role.PART:
                return self._part(spec.part) if spec.part else None
            case Role.LABEL:
                return self._label(owner, spec)
            case Role.URL:
                return self._rule("link", choice(json.dumps(link) for link in self.spans.links))
            case Role.NUMBER:
                return self._number(spec, sentence)
            case Role.QUOTE if sentence is not None:
                text = self.spans.sentences[sentence].text
                return self._span(f"QUOTE_{sentence}", text, SHORTEST_QUOTE, LONGEST_QUOTE)
            case _:
                return self._span("NAME", self.spans.whole, 1, LONGEST_NAME)

    def _part(self, part: type[Record]) -> str | None:
        """Return a choice of a rule a sentence: its quote and its numbers go together."""
        specs = fields_of(part)
        quote = next((s for s in specs if s.role is Role.QUOTE and not s.many), None)
        if quote is None:
            return self._always(f"part_{self._number_of(part)}", self.whole_record(part))
        number = next((s for s in specs if s.of == quote.name and not s.many), None)
        first = [spec for spec in (quote, number) if spec]
        rest = [spec for spec in specs if spec not in first]
        name = f"part_{self._number_of(part)}"
        choices = [
            self._always(f"{name}_{index}", self._of_sentence(part, first, rest, index))
            for index in self._usable_sentences(number)
        ]
        return self._rule(name, " | ".join(choices))

    def _usable_sentences(self, number: FieldSpec | None) -> list[int]:
        return [
            index
            for index, sentence in enumerate(self.spans.sentences)
            if is_nameable(sentence.text, SHORTEST_QUOTE)
            and (number is None or self._numbers(number, sentence.numbers))
        ]

    def _of_sentence(
        self, part: type[Record], first: list[FieldSpec], rest: list[FieldSpec], sentence: int
    ) -> str:
        needed = [self._pair(part, spec, sentence) for spec in first]
        free = [spec for spec in rest if spec.many or self._value(part, spec, sentence)]
        return _object(needed, [self._pair(part, spec, sentence) for spec in free])

    def _number(self, spec: FieldSpec, sentence: int | None) -> str | None:
        if spec.of is not None:
            numbers = self.spans.numbers if sentence is None else self.spans.sentences[sentence].numbers
            kind = "whole" if spec.kind is int else "number"
            place = "anywhere" if sentence is None else sentence
            return self._rule(f"{kind}_{place}", choice(self._numbers(spec, numbers)))
        if spec.kind is int:
            return self._rule("whole", f"/{_WHOLE}/")
        return self._rule("number", rf"/{_WHOLE}(\.[0-9]{{1,6}})?/")

    def _numbers(self, spec: FieldSpec, numbers: Iterable[float]) -> list[str]:
        whole = [json.dumps(int(n) if n.is_integer() else n) for n in numbers]
        return [number for number in whole if spec.kind is not int or "." not in number]

    def _label(self, owner: type[Record], spec: FieldSpec) -> str:
        choices = label_choices(owner, spec)
        if choices:
            return f"({choice(choices)})"
        return self._always("label", f'/"[A-Za-z0-9%\\/ .-]{{1,{LONGEST_LABEL}}}"/')

    def _span(self, name: str, text: str, least: int, most: int) -> str | None:
        if not is_nameable(text, least):
            return None
        if name not in self._made:
            self._made[name] = None
            self.rules.append(f"TEXT_{name}: {substrings(text)}")
            self.rules.append(f"{name}: TEXT_{name} & /{of_length(least, most)}/")
            self.rules.append(f'{name.lower()}: "\\"" {name} "\\""')
        return name.lower()

    def _rule(self, name: str, expression: str) -> str | None:
        """Return the name of a rule; None where its expression says nothing."""
        return self._always(name, expression) if expression else None

    def _always(self, name: str, expression: str) -> str:
        """Return the name of a rule, made once."""
        if name not in self._made:
            self._made[name] = None
            self.rules.append(f"{name}: {expression}")
        return name

    def _number_of(self, part: type[Record]) -> int:
        """Return the number of a record type: a field's name can hold what no rule's name can."""
        if part not in self._parts:
            self._parts.append(part)
        return self._parts.index(part)


def _or_nothing(value: str | None, owner: type[Record], spec: FieldSpec) -> str:
    """Return a value, or null where the field takes it; a field that must say something says nothing."""
    if types.NoneType in get_args(owner.model_fields[spec.name].annotation):
        return f"({value} | {_NULL})" if value else _NULL
    return value or literal(json.dumps("" if spec.kind is str else spec.kind()))


# ---------------------------------------------------------------- the dialect


def _object(pairs: Sequence[str], optional: Iterable[str] = ()) -> str:
    needed = ' ", " '.join(pairs)
    rest = "".join(f' (", " {pair})?' for pair in optional)
    return f'"{{" {needed}{rest} "}}"'


def _list(value: str | None, most: int) -> str:
    return f'"[" ({value} (", " {value}){{0,{most - 1}}})? "]"' if value else '"[]"'
