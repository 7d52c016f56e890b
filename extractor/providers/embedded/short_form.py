"""
A record <-> the short form in which a model that was trained for its schema answers.

A line a value, `field: value`, in the order of the class; what says nothing has no line, an item of a list
has one each. A part begins with a line of its list and its lead (the quote, or else its first field); its
further values follow, a blank before each. `"` stands for the lead of the part before. A part that lacks
what its class requires is left out. No quotation marks and no escapes: a name is spelled, and cut into
tokens, as in the text.

    method: Tideline
    claims: It reaches 61.4 F1 on NovelQuest, 2.3 points above LongReader
     value: 61.4
     metric: F1
    claims: "
     value: 2.3
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from extractor.exchange import Message
from extractor.papers import Text
from extractor.providers.embedded.dialect import label_choices
from extractor.providers.embedded.spans import look_alike
from extractor.records import FieldSpec, Record, Role, fields_of

FORM_VERSION = "1"
DITTO = '"'

_Values = Mapping[str, Any]


@cache
def lead_of(part: type[Record]) -> FieldSpec:
    """Return the field that a part begins with: its quote, or else its first single value."""
    single = [spec for spec in fields_of(part) if not spec.many]
    quotes = [spec for spec in single if spec.role is Role.QUOTE]
    return next(iter((*quotes, *single)), fields_of(part)[0])


@cache
def rest_of(part: type[Record]) -> tuple[FieldSpec, ...]:
    """Return a part's further fields: the number that the quote is about first, else as in the class."""
    lead = lead_of(part)
    rest = [spec for spec in fields_of(part) if spec is not lead]
    return tuple(sorted(rest, key=lambda spec: spec is not number_of(part)))


@cache
def number_of(part: type[Record]) -> FieldSpec | None:
    """Return the number that a part's quote is about: the first that belongs to it."""
    lead = lead_of(part)
    return next((spec for spec in fields_of(part) if spec.of == lead.name and not spec.many), None)


def number_text(number: float) -> str:
    """Return a number as an answer has it: whole ones without a point."""
    return json.dumps(int(number) if float(number).is_integer() else number)


# ---------------------------------------------------------------- written


def short_form(record: _Values, record_type: type[Record]) -> str:
    """Return a record's values, as JSON has them, in the short form; every line ends with a newline."""
    return "".join(f"{line}\n" for line in _lines(record, record_type))


def _lines(record: _Values, record_type: type[Record]) -> Iterator[str]:
    for spec in fields_of(record_type):
        if spec.part is None:
            yield from _lines_of(spec, record.get(spec.name))
        else:
            yield from _lines_of_parts(spec, spec.part, listed(record.get(spec.name)))


def _lines_of(spec: FieldSpec, value: object) -> Iterator[str]:
    for item in listed(value):
        yield f"{spec.name}: {_text(item)}"


def _lines_of_parts(spec: FieldSpec, part_type: type[Record], parts: list[Any]) -> Iterator[str]:
    lead, before = lead_of(part_type), None
    required = [inner.name for inner in fields_of(part_type) if inner.is_required]
    for part in parts:
        if any(part.get(name) is None for name in required):
            continue
        said = part.get(lead.name)
        is_same = said is not None and said == before
        yield f"{spec.name}: {DITTO if is_same else '' if said is None else _text(said)}".rstrip()
        before = said
        for inner in rest_of(part_type):
            yield from (f" {line}" for line in _lines_of(inner, part.get(inner.name)))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return number_text(value)
    return " ".join(str(value).splitlines())


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON.
    """Return the items of a list, or the one value; none for null and for an empty text."""
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None or value == "" else [value]


# ---------------------------------------------------------------- read


def read_short_form(answer: str, record_type: type[Record]) -> dict[str, Any]:
    """
    Return the values of an answer in the short form, as JSON has them.

    Raises:
        ValueError: a line is none of the form; the message names it.
    """
    record: dict[str, Any] = {}
    part: tuple[type[Record], dict[str, Any]] | None = None
    for line in answer.splitlines():
        is_inner = line.startswith(" ")
        if is_inner and part is None:
            raise _odd(line)
        owner, values = part if is_inner and part else (record_type, record)
        spec, said = _read_line(line, owner)
        if spec.part is None:
            _keep(values, spec, _value(spec, said))
        else:
            part = (spec.part, _begun(spec.part, said, listed(record.get(spec.name))))
            _keep(values, spec, part[1])
    return record


def said_once(record: _Values) -> dict[str, Any]:
    """Return a record whose lists hold each item once."""
    return {
        name: [item for place, item in enumerate(value) if item not in value[:place]]
        if isinstance(value, list)
        else value
        for name, value in record.items()
    }


def _read_line(line: str, owner: type[Record]) -> tuple[FieldSpec, str]:
    name, colon, said = line.removeprefix(" ").partition(":")
    spec = next((one for one in fields_of(owner) if one.name == name), None)
    if spec is None or not colon:
        raise _odd(line)
    return spec, said.removeprefix(" ")


def _begun(part_type: type[Record], said: str, before: list[Any]) -> dict[str, Any]:
    """Return a part with its lead alone."""
    lead = lead_of(part_type)
    if said == DITTO:
        said = str(before[-1].get(lead.name, "")) if before else ""
    return {lead.name: _value(lead, said)} if said else {}


def _keep(values: dict[str, Any], spec: FieldSpec, value: object) -> None:
    if spec.many:
        values.setdefault(spec.name, []).append(value)
    else:
        values.setdefault(spec.name, value)


def _value(spec: FieldSpec, said: str) -> Any:  # noqa: ANN401 - JSON.
    if spec.kind is bool:
        return said == "true"
    return json.loads(said) if spec.role is Role.NUMBER else said


def _odd(line: str) -> ValueError:
    return ValueError(f"no line of the short form: {line[:80]!r}")


# ---------------------------------------------------------------- asked for


MOST_FOUND = 3000
"""Characters of what a partner found that are told: more than it found in any of 1,196 abstracts."""
INSTRUCTION = "Fill in the record."
"""All that a trained model is told beside the text: the schema is in its weights."""


def short_messages(text: Text, found: str = "") -> tuple[Message, ...]:
    """Return what a trained model is asked about a text; `found` is a partner's answer in the short form."""
    paper = f"{look_alike(text.title)}\n\n{look_alike(text.abstract)}"
    lines = look_alike(found[:MOST_FOUND], keep_lines=True).rpartition("\n")[0]
    told = f"\n\n{lines}\n" if lines else ""
    return (Message("system", INSTRUCTION), Message("user", paper + told))


def shape_of(record_type: type[Record]) -> str:
    """Return a hash of all of a record type that answers depend on: 16 hexadecimal digits."""
    shape = json.dumps([FORM_VERSION, INSTRUCTION, _shape(record_type)])
    return hashlib.sha256(shape.encode()).hexdigest()[:16]


def _shape(record_type: type[Record]) -> list[Any]:
    return [
        [
            *(spec.name, spec.role.value, spec.many, spec.kind.__name__ if not spec.part else "", spec.of),
            _shape(spec.part) if spec.part else label_choices(record_type, spec),
        ]
        for spec in fields_of(record_type)
    ]
