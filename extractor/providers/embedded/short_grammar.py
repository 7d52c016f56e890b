"""
A record type and a text -> the grammar that an answer in the short form keeps.

Names and quotes are spans of this text, links the text's links, numbers those of the sentence that is quoted.
Parts with a quote follow the text: sentence by sentence, and in each the numbers in their order, every one
once. So an answer repeats no number, and ends.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from extractor.providers.embedded.dialect import choice, label_choices, literal, of_length, substrings
from extractor.providers.embedded.short_form import DITTO, lead_of, number_of, number_text, rest_of
from extractor.providers.embedded.spans import Spans, is_nameable, numbers_in_order
from extractor.records import FieldSpec, Record, Role, fields_of

LONGEST_NAME, LONGEST_QUOTE, LONGEST_LABEL, LONGEST_LINK = 100, 400, 40, 120
SHORTEST_QUOTE = 8
MOST_ITEMS, MOST_PARTS, MOST_PLAIN, MOST_DITTOS, CLAIMED_TWICE = 12, 6, 2, 3, 2

ANYWHERE = -1
END = '"\\n"'
LINK = r"(https?: ?\/\/|[A-Za-z0-9-]+(\. ?[A-Za-z0-9-]+)+\/)"
"""How a link begins, one without its scheme among them; torn ones go on after a blank."""
_HAS_LINK = re.compile(LINK + of_length(1, LONGEST_LINK))
_WHOLE = "-?(0|[1-9][0-9]{0,11})"


def short_grammar_for(record_type: type[Record], spans: Spans, end: int) -> str:
    """
    Return a grammar in llguidance's dialect of Lark.

    `end` is the token that an answer ends with. It is named, because of the tokens that end a turn the
    runtime would else let through one of its own choice.
    """
    writer = _Writer(spans)
    start = f"{writer.record(record_type)} <[{end}]>"
    return "\n".join(["%llguidance {}", f"start: {start}", *writer.rules])


@dataclass
class _Writer:
    """Collects rules while it writes the expressions that use them."""

    spans: Spans
    rules: list[str] = field(default_factory=list)
    _made: dict[str, None] = field(default_factory=dict)

    def record(self, record_type: type[Record]) -> str:
        """Return the expression of a record: a line for each value that it has."""
        lines = [
            self._parts(place, spec, spec.part) if spec.part else self._lines(record_type, spec)
            for place, spec in enumerate(fields_of(record_type))
        ]
        return " ".join(filter(None, lines)) or '""'

    def _lines(self, owner: type[Record], spec: FieldSpec, sentence: int | None = None) -> str:
        """Return the expression of a field's lines; none need be there but that of a required value."""
        value = self.value(owner, spec, sentence)
        if value is None:
            return ""
        line = f"{literal(f'{_indent(sentence)}{spec.name}: ')} {value} {END}"
        if spec.many:
            return f"({line}){{0,{MOST_ITEMS}}}"
        return line if spec.is_required else f"({line})?"

    def value(self, owner: type[Record], spec: FieldSpec, sentence: int | None) -> str | None:
        """Return the expression of one value of a field; None where there is nothing to say."""
        match spec.role:
            case Role.LABEL:
                return self._label(owner, spec)
            case Role.URL:
                return self._link()
            case Role.NUMBER:
                return self._number(spec, sentence)
            case Role.QUOTE:
                return self.quote(sentence)
            case _:
                return self._span("NAME", self.spans.whole, 1, LONGEST_NAME)

    def _link(self) -> str | None:
        """Return the expression of a link; one that cannot end would set an answer free that began it."""
        if not _HAS_LINK.search(self.spans.whole):
            return None
        return self._span("LINK", self.spans.whole, 1, LONGEST_LINK, LINK)

    def quote(self, sentence: int | None) -> str | None:
        """Return the expression of a quote, of one sentence where one is given."""
        if sentence is None or sentence == ANYWHERE:
            return self._span("QUOTE", self.spans.whole, SHORTEST_QUOTE, LONGEST_QUOTE)
        text = self.spans.sentences[sentence].text
        return self._span(f"QUOTE_{sentence}", text, SHORTEST_QUOTE, LONGEST_QUOTE)

    # ------------------------------------------------------------ parts

    def _parts(self, place: int, spec: FieldSpec, part: type[Record]) -> str:
        if lead_of(part).role is Role.QUOTE:
            usable = [
                index
                for index, one in enumerate(self.spans.sentences)
                if is_nameable(one.text, SHORTEST_QUOTE)
            ]
            parts = (_Sentence(self, place, spec, part, index).parts() for index in usable)
            return " ".join(filter(None, parts))
        lead = self.value(part, lead_of(part), ANYWHERE)
        said = f'" " {lead}' if lead else '""'
        name = self.always(
            f"part_{place}", f"{literal(f'{spec.name}:')} ({said})? {END} {self.lines(part, rest_of(part))}"
        )
        return f"{name}{{0,{MOST_PARTS if spec.many else 1}}}"

    def lines(self, part: type[Record], specs: Iterable[FieldSpec], sentence: int = ANYWHERE) -> str:
        """Return the expression of a part's lines, in their order."""
        return " ".join(filter(None, (self._lines(part, spec, sentence) for spec in specs)))

    # ------------------------------------------------------------ values

    def _number(self, spec: FieldSpec, sentence: int | None) -> str | None:
        if spec.of is not None:
            kind = "whole" if spec.kind is int else "number"
            return self._rule(
                f"{kind}_{self._place(sentence)}", choice(_as_said(spec, self._numbers(sentence)))
            )
        if spec.kind is int:
            return self._rule("whole", f"/{_WHOLE}/")
        return self._rule("number", rf"/{_WHOLE}(\.[0-9]{{1,6}})?/")

    def _place(self, sentence: int | None) -> str:
        return "anywhere" if sentence is None or sentence == ANYWHERE else str(sentence)

    def _numbers(self, sentence: int | None) -> list[float]:
        if sentence is None or sentence == ANYWHERE:
            return list(self.spans.numbers)
        return numbers_in_order(self.spans.sentences[sentence].text)

    def _label(self, owner: type[Record], spec: FieldSpec) -> str:
        choices = [json.loads(one) for one in label_choices(owner, spec)]
        if choices:
            return f"({choice(one if isinstance(one, str) else json.dumps(one) for one in choices)})"
        return self.always(
            "label", rf"/[^\s\x00-\x1f]([^\x00-\x1f]{{0,{LONGEST_LABEL - 2}}}[^\s\x00-\x1f])?/"
        )

    def _span(self, name: str, text: str, least: int, most: int, start: str = "") -> str | None:
        if not is_nameable(text, least):
            return None
        if name not in self._made:
            self._made[name] = None
            self.rules.append(f"TEXT_{name}: {substrings(text)}")
            self.rules.append(f"{name}: TEXT_{name} & /{start}{of_length(least, most)}/")
        return name

    def _rule(self, name: str, expression: str) -> str | None:
        """Return the name of a rule; None where its expression says nothing."""
        return self.always(name, expression) if expression else None

    def always(self, name: str, expression: str) -> str:
        """Return the name of a rule, made once."""
        if name not in self._made:
            self._made[name] = None
            self.rules.append(f"{name}: {expression}")
        return name


@dataclass(frozen=True)
class _Sentence:
    """
    The rules for all parts whose quotes are of one sentence.

    Those without a number, where the class lets them be, come first or last; of those with one, each takes a
    later number than the one before, so that none is said twice for the same thing. A number may be claimed
    of two things.
    """

    writer: _Writer
    place: int
    spec: FieldSpec
    part: type[Record]
    sentence: int

    def parts(self) -> str:
        """Return the expression of the sentence's parts."""
        for index in range(len(self._numbers) - 1, -1, -1):
            self._from_number(index)
        numbered = f"{self._name('numbered_0')}?" if self._numbers else ""
        number = number_of(self.part)
        if number is not None and number.is_required:
            return numbered
        said = self._rest("said", with_numbers=False)
        plain = self._made("plain", f"{self._head} {said} ({self._ditto} {said}){{0,{MOST_DITTOS}}}")
        around = f"{plain}{{0,{MOST_PLAIN}}}"
        return f"{around} {numbered} {around}" if numbered else around

    def _from_number(self, index: int) -> None:
        """Make the rules for parts that are about the sentence's numbers from one on."""
        bodies = []
        for at in range(index, len(self._numbers)):
            line = f"{literal(f' {self._number_name}: {self._numbers[at]}')} {END}"
            has_next = self.spec.many and at + 1 < len(self._numbers)
            bodies.append(
                f"{line} {self._rest('rest', with_numbers=True)}"
                + (f" {self._name(f'next_{at + 1}')}?" if has_next else "")
            )
        body = self._made(f"body_{index}", " | ".join(bodies))
        self._made(f"numbered_{index}", f"{self._head} {body}")
        self._made(f"next_{index}", f"({self._head} | {self._ditto}) {body}")

    @property
    def _head(self) -> str:
        return f"{literal(f'{self.spec.name}: ')} {self.writer.quote(self.sentence)} {END}"

    @property
    def _ditto(self) -> str:
        return f"{literal(f'{self.spec.name}: {DITTO}')} {END}"

    def _rest(self, name: str, *, with_numbers: bool) -> str:
        """Return a rule for further values; further numbers of the quote go with its first alone."""
        specs = [
            spec
            for spec in rest_of(self.part)
            if spec is not number_of(self.part) and (with_numbers or spec.of is None)
        ]
        return self._made(name, self.writer.lines(self.part, specs, self.sentence) or '""')

    @property
    def _number_name(self) -> str:
        number = number_of(self.part)
        return number.name if number else ""

    @cached_property
    def _numbers(self) -> list[str]:
        """The sentence's numbers as an answer has them, in order, each as often as it may be claimed."""
        number = number_of(self.part)
        if number is None:
            return []
        numbers = numbers_in_order(self.writer.spans.sentences[self.sentence].text)
        return [said for said in _as_said(number, numbers) for _ in range(CLAIMED_TWICE)]

    def _made(self, kind: str, expression: str) -> str:
        return self.writer.always(self._name(kind), expression)

    def _name(self, kind: str) -> str:
        return f"{kind}_{self.place}_{self.sentence}"


def _indent(sentence: int | None) -> str:
    return "" if sentence is None else " "


def _as_said(spec: FieldSpec, numbers: Iterable[float]) -> list[str]:
    said = [number_text(number) for number in dict.fromkeys(numbers)]
    return [number for number in said if spec.kind is not int or "." not in number]
