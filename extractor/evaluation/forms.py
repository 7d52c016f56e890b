"""A record type -> the form of a line in its gold files, for Pydantic to check."""

import json
from functools import cache, partial
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    create_model,
)

from extractor.errors import SchemaError
from extractor.records import FieldSpec, Record, fields_of

Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Form(_Strict):
    """
    One value as a gold file has it: its accepted forms, where it stands, and whether it may be left out.

    A value by itself, and a list of forms, are short for this.
    """

    accept: tuple[Any, ...]
    quote: str | None = None
    optional: bool = False


class PartForm(_Strict):
    """One part as a gold file has it; its fields are those of its record type."""

    optional: bool = False


class GoldLine(_Strict):
    """One paper as a gold file has it; the abstract is there for who fills it in, and to check quotes."""

    id: str = Field(min_length=1, coerce_numbers_to_str=True)
    title: str | None = None
    abstract: str | None = None


@cache
def line_type(record_type: type[Record]) -> type[GoldLine]:
    """
    Return the form of a line for records of a type.

    Raises:
        SchemaError: the type has a field whose name a gold file uses for something else.
    """
    return _model(GoldLine, record_type)


def given_in(spec: FieldSpec, holder: BaseModel) -> tuple[Any, ...]:
    """Return what a line, or a part of one, gives for a field: forms, or parts."""
    given = getattr(holder, spec.name)
    if spec.many:
        return tuple(given)
    return () if given is None else (given,)


def is_blank(part: PartForm, record_type: type[Record]) -> bool:
    """Tell whether nothing is filled in: a template left it to be filled."""
    return not any(given_in(spec, part) for spec in fields_of(record_type))


def _model(base: type[Model], record_type: type[Record]) -> type[Model]:
    fields: dict[str, Any] = {}
    for spec in fields_of(record_type):
        if spec.name in base.model_fields:
            message = f"{record_type.__name__}.{spec.name}: a gold file uses that name; rename the field"
            raise SchemaError(message)
        fields[spec.name] = _many(record_type, spec) if spec.many else _single(record_type, spec)
    return create_model(record_type.__name__, __base__=base, **fields)


def _many(record_type: type[Record], spec: FieldSpec) -> tuple[Any, Any]:
    item = _item(record_type, spec)
    if spec.part is None:
        item = Annotated[item, BeforeValidator(_as_form)]
    return Annotated[_tuple_of(item), BeforeValidator(_as_list)], ()


def _single(record_type: type[Record], spec: FieldSpec) -> tuple[Any, Any]:
    item = _item(record_type, spec) | None
    return Annotated[item, BeforeValidator(_as_form_or_nothing)] if spec.part is None else item, None


def _item(record_type: type[Record], spec: FieldSpec) -> Any:  # noqa: ANN401 - a type made here.
    if spec.part is not None:
        return _model(PartForm, spec.part)
    annotation: Any = record_type.model_fields[spec.name].annotation
    value: Any = Annotated[Any, AfterValidator(partial(_checked, TypeAdapter(annotation), spec.many))]
    accept: Any = Annotated[_tuple_of(value), AfterValidator(_not_empty)]
    return create_model("Form", __base__=Form, accept=(accept, ...))


def _tuple_of(item: Any) -> Any:  # noqa: ANN401 - types.
    return tuple[item, ...]


def _as_form(given: object) -> object:
    if isinstance(given, dict):
        return given
    return {"accept": given if isinstance(given, list) else [given]}


def _as_form_or_nothing(given: object) -> object:
    return None if given in (None, "", []) else _as_form(given)


def _as_list(given: object) -> object:
    return [] if given is None else given


def _not_empty(forms: tuple[Any, ...]) -> tuple[Any, ...]:
    if not forms:
        message = "no form is accepted"
        raise ValueError(message)
    return forms


def _checked(adapter: TypeAdapter[Any], many: bool, value: object) -> object:  # noqa: FBT001 - partial's.
    """Return a value that its field may hold, as JSON has it."""
    if value is None or (isinstance(value, str) and not value.strip()):
        message = "a blank is no form of anything"
        raise ValueError(message)
    try:
        adapter.validate_json(json.dumps([value] if many else value), strict=True)
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"]) from error
    return value
