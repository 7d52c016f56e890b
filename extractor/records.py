"""
What a schema is made from: `Record`, and roles that tell the machine what a field is.

A schema is a Pydantic model under `Record`. Each field has a role; tables, grounding, the answer's
grammar and evaluation follow from it:

- `Name`: words of the title or abstract; must stand in the text. `Task`, `Dataset`, `Metric` and `Method`
  are names too, and say of what: those get a canonical name beside the printed one.
- `Quote`: a passage, copied; must stand in the text.
- `Url`: a link, as printed; must stand in the text.
- `Number(of="quote")`, as `Annotated[float | None, Number(of="quote")]`: must be among the numbers
  of the quote in that field.
- `Label`: a word of a fixed or free list (a unit, a kind) that need not stand in the text. Plain
  `str`, `bool`, `Literal` and `Enum` fields are labels too.

Lists of these give a table with a row an item, and so do lists of further records ("parts").
"""

import enum
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from extractor.errors import SchemaError


class Role(enum.Enum):
    """What a field is to the machine."""

    NAME = "name"
    QUOTE = "quote"
    URL = "url"
    LABEL = "label"
    NUMBER = "number"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Number:
    """Marks a number that must be among the numbers of the quote in field `of`."""

    of: str


NameKind = Literal["task", "dataset", "metric", "method"]
NAME_KINDS: tuple[NameKind, ...] = get_args(NameKind)
"""What a name can be the name of."""


@dataclass(frozen=True, slots=True)
class NameOf:
    """Marks a name that has a canonical one."""

    kind: NameKind


Name = Annotated[str, Role.NAME]
Task = Annotated[str, Role.NAME, NameOf("task")]
Dataset = Annotated[str, Role.NAME, NameOf("dataset")]
Metric = Annotated[str, Role.NAME, NameOf("metric")]
Method = Annotated[str, Role.NAME, NameOf("method")]
Quote = Annotated[str, Role.QUOTE]
Url = Annotated[str, Role.URL]
Label = Annotated[str, Role.LABEL]


@dataclass(frozen=True, slots=True)
class Judging:
    """
    What evaluation cannot tell from roles; a record or part that needs it has one as `judging`.

    `primary` maps a list to the name of a score of its own, for which one right item is enough.
    `unjudged` fields are neither compared nor looked for in the text. The rest is for parts: `nearest`
    are the names that decide between parts that fit equally well, the weightiest first (all names in
    order, where it is empty); `unit` and `direction` are fields that are read with the name of what is
    measured, in field `measure`; `points` is a field and the value of it where "%" means points.
    """

    primary: Mapping[str, str] = field(default_factory=dict)
    unjudged: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    measure: str | None = None
    unit: str | None = None
    direction: str | None = None
    points: tuple[str, str] | None = None


class Record(BaseModel):
    """Base of every schema and of its parts: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judging: ClassVar[Judging] = Judging()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """
    One field of a record as the machine sees it.

    `many` is true for lists and tuples; `part` is the record type of role PART; `of` names the quote
    field that a number is checked against; `name_of` says what a name is the name of; `kind` is the Python
    type of one value; `is_required` is true where the class has no default.
    """

    name: str
    role: Role
    many: bool
    kind: type
    part: type[Record] | None = None
    of: str | None = None
    name_of: NameKind | None = None
    description: str | None = None
    is_required: bool = False


@cache
def fields_of(record_type: type[Record]) -> tuple[FieldSpec, ...]:
    """
    Return the fields of a record type, in the order of the class.

    Raises:
        SchemaError: a field's type has no place in a table.
    """
    specs = tuple(_specs(record_type))
    by_name = {spec.name: spec for spec in specs}
    for spec in specs:
        problem = _problem_of_mark(spec) or _problem(spec, by_name, record_type.__name__)
        if problem:
            message = f"{record_type.__name__}.{spec.name}: {problem}"
            raise SchemaError(message)
    return specs


def _problem_of_mark(spec: FieldSpec) -> str | None:
    if spec.name_of and (spec.role is not Role.NAME or spec.name_of not in NAME_KINDS):
        return f"NameOf({spec.name_of!r}) is for names (role name), of {', '.join(NAME_KINDS)}"
    return None


def _problem(spec: FieldSpec, by_name: dict[str, FieldSpec], owner: str) -> str | None:
    """Return what is wrong with a field's role, None where it is right."""
    if spec.role in _WORDS and spec.kind is not str:
        return f"role {spec.role.value} is for text, not {spec.kind.__name__}"
    if spec.role is Role.NUMBER and spec.kind not in (int, float):
        return f"role number is for int and float, not {spec.kind.__name__}"
    if spec.of is None:
        return None
    quote = by_name.get(spec.of)
    if quote is None:
        return f"Number(of={spec.of!r}) names no field of {owner}"
    if quote.role is not Role.QUOTE or quote.many:
        return f"Number(of={spec.of!r}) must name a single Quote"
    return None


_WORDS = (Role.NAME, Role.QUOTE, Role.URL)


def _specs(record_type: type[Record]) -> Iterator[FieldSpec]:
    for name, info in record_type.model_fields.items():
        where = f"{record_type.__name__}.{name}"
        annotation, many, marks = _unwrap(info.annotation, where)
        marks = [*info.metadata, *marks]
        kind = _kind_of(annotation, where)
        part = kind if isinstance(kind, type) and issubclass(kind, Record) else None
        number = next((mark for mark in marks if isinstance(mark, Number)), None)
        named = next((mark for mark in marks if isinstance(mark, NameOf)), None)
        yield FieldSpec(
            name=name,
            role=_role_of(annotation, kind, marks),
            many=many,
            kind=kind,
            part=part,
            of=number.of if number else None,
            name_of=named.kind if named else None,
            description=info.description,
            is_required=info.is_required(),
        )


def _unwrap(annotation: Any, where: str) -> tuple[Any, bool, list[Any]]:  # noqa: ANN401
    """Take `X | None`, `Annotated[X, ...]`, `list[X]` and `tuple[X, ...]` off a type."""
    marks: list[Any] = []
    many = False
    while True:
        origin, args = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation, marks = args[0], [*marks, *args[1:]]
        elif origin in (Union, types.UnionType):
            given = [arg for arg in args if arg is not types.NoneType]
            if len(given) != 1:
                message = f"{where}: a union of several types has no place in a table"
                raise SchemaError(message)
            annotation = given[0]
        elif origin in (list, tuple) and not many:
            annotation, many = _item_type(origin, args, where), True
        else:
            return annotation, many, marks


def _item_type(origin: type, args: tuple[Any, ...], where: str) -> Any:  # noqa: ANN401
    """Return the type of the items of `list[X]` or `tuple[X, ...]`."""
    if len(args) == (2 if origin is tuple else 1) and args[1:] in ((), (...,)):
        return args[0]
    message = f"{where}: of lists, list[X] and tuple[X, ...] have a place in a table"
    raise SchemaError(message)


def _kind_of(annotation: Any, where: str) -> type:  # noqa: ANN401
    if get_origin(annotation) is Literal:
        return _kind_of_literal(get_args(annotation), where)
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return str
    if annotation in (str, int, float, bool):
        return annotation  # type: ignore[no-any-return]
    message = (
        f"{where}: {annotation!r} has no place in a table; use str, int, float, bool, Literal, "
        "an Enum, a Record, or a list of these"
    )
    raise SchemaError(message)


def _kind_of_literal(values: tuple[Any, ...], where: str) -> type:
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) > 1:
        message = f"{where}: a Literal of several types has no place in a table"
        raise SchemaError(message)
    return kinds.pop()


def _role_of(annotation: Any, kind: type, marks: list[Any]) -> Role:  # noqa: ANN401
    if issubclass(kind, Record):
        return Role.PART
    if get_origin(annotation) is Literal:
        return Role.LABEL
    if any(isinstance(mark, Number) for mark in marks):
        return Role.NUMBER
    given = next((mark for mark in marks if isinstance(mark, Role)), None)
    return given or (Role.NUMBER if kind in (int, float) else Role.LABEL)
