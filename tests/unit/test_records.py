import enum
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from extractor.errors import SchemaError
from extractor.records import (
    Dataset,
    Label,
    Method,
    Metric,
    Name,
    NameOf,
    Number,
    Quote,
    Record,
    Role,
    Task,
    Url,
    fields_of,
)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Finding(Record):
    quote: Quote = ""
    value: Annotated[float | None, Number(of="quote")] = None


class Trial(Record):
    """A schema with a field of every kind."""

    drug: Name | None = Field(default=None, description="what was given")
    passage: Quote | None = None
    page: Url | None = None
    phase: Label | None = None
    note: str | None = None
    is_blind: bool | None = None
    arm: Literal["drug", "placebo"] | None = None
    colour: Colour | None = None
    patients: int | None = None
    dose: float | None = None
    sites: tuple[Name, ...] = ()
    doses: list[float] = Field(default=[])
    finding: Finding | None = None
    findings: tuple[Finding, ...] = ()


def spec_of(record_type, name):
    return next(spec for spec in fields_of(record_type) if spec.name == name)


@pytest.mark.parametrize(
    ("field", "role", "kind"),
    [
        ("drug", Role.NAME, str),
        ("passage", Role.QUOTE, str),
        ("page", Role.URL, str),
        ("phase", Role.LABEL, str),
        ("note", Role.LABEL, str),
        ("is_blind", Role.LABEL, bool),
        ("arm", Role.LABEL, str),
        ("colour", Role.LABEL, str),
        ("patients", Role.NUMBER, int),
        ("dose", Role.NUMBER, float),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_single_field_has_the_role_and_kind_of_its_type(field, role, kind):
    spec = spec_of(Trial, field)

    assert (spec.role, spec.kind, spec.many, spec.part) == (role, kind, False, None)


@pytest.mark.parametrize(
    ("field", "role", "kind"),
    [("sites", Role.NAME, str), ("doses", Role.NUMBER, float), ("findings", Role.PART, Finding)],
    ids=["tuple of names", "list of numbers", "tuple of parts"],
)
def test_a_list_keeps_the_role_of_its_items(field, role, kind):
    spec = spec_of(Trial, field)

    assert (spec.role, spec.kind, spec.many) == (role, kind, True)


def test_a_record_within_a_record_is_a_part():
    spec = spec_of(Trial, "finding")

    assert (spec.role, spec.many, spec.part) == (Role.PART, False, Finding)


def test_a_number_knows_the_quote_that_it_is_checked_against():
    assert spec_of(Finding, "value").of == "quote"
    assert spec_of(Trial, "dose").of is None


def test_fields_come_in_the_order_of_the_class():
    assert [spec.name for spec in fields_of(Trial)] == list(Trial.model_fields)


def test_a_description_is_handed_on():
    assert spec_of(Trial, "drug").description == "what was given"
    assert spec_of(Trial, "passage").description is None


@pytest.mark.parametrize(
    "annotation",
    [
        Name | None,
        Annotated[str | None, Role.NAME],
        Annotated[Name | None, Field(max_length=9)],
        Annotated[Annotated[str, Role.NAME] | None, "a mark of somebody else"],
    ],
    ids=["optional name", "annotated optional", "with a constraint", "marked twice"],
)
def test_a_name_is_a_name_however_it_is_written(annotation):
    class Spelled(Record):
        drug: annotation = None  # type: ignore[valid-type]

    assert spec_of(Spelled, "drug").role is Role.NAME


def test_a_literal_of_numbers_is_a_label():
    class Staged(Record):
        stage: Literal[1, 2, 3] | None = None

    assert spec_of(Staged, "stage").role is Role.LABEL


def test_a_literal_may_hold_none():
    class Perhaps(Record):
        arm: Literal["drug", "placebo", None] = None  # noqa: PYI061

    assert (spec_of(Perhaps, "arm").role, spec_of(Perhaps, "arm").kind) == (Role.LABEL, str)


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (str | int, "a union of several types has no place in a table"),
        (dict[str, str], "has no place in a table; use str, int, float, bool"),
        (date, "has no place in a table"),
        (Any, "has no place in a table"),
        (list[list[str]], "has no place in a table"),
        (list, "has no place in a table"),
        (set[str], "has no place in a table"),
    ],
    ids=["union", "dict", "date", "any", "list of lists", "bare list", "set"],
)
def test_a_shape_without_a_place_in_a_table_is_refused_and_named(annotation, told):
    class Odd(Record):
        thing: annotation = None  # type: ignore[valid-type]

    with pytest.raises(SchemaError, match=r"Odd\.thing: ") as refused:
        fields_of(Odd)

    assert told in str(refused.value)


@pytest.mark.parametrize(
    "annotation",
    [tuple[str, int], tuple[()], Literal["a", 2]],
    ids=["tuple of two types", "empty tuple", "literal of two types"],
)
def test_a_shape_that_one_column_cannot_hold_is_refused(annotation):
    class Mixed(Record):
        thing: annotation | None = None  # type: ignore[valid-type]

    with pytest.raises(SchemaError, match=r"Mixed\.thing: "):
        fields_of(Mixed)


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [(Task, "task"), (Dataset, "dataset"), (Metric, "metric"), (Method, "method"), (Name, None)],
)
def test_a_field_says_what_it_is_the_name_of_alone_or_in_a_list(annotation, kind):
    class Named(Record):
        one: annotation | None = None  # type: ignore[valid-type]
        many: tuple[annotation | None, ...] = ()  # type: ignore[valid-type]

    assert [(spec.role, spec.name_of) for spec in fields_of(Named)] == [(Role.NAME, kind)] * 2


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[str, Role.NAME, NameOf("place")],  # type: ignore[arg-type]
        Annotated[str, NameOf("dataset")],
        Annotated[int, NameOf("metric")],
        Annotated[Literal["WER", "CER"], NameOf("metric")],
        Annotated[Colour, NameOf("metric")],
    ],
    ids=["no kind", "a label", "a number", "a literal", "an enum"],
)
def test_what_is_no_name_of_anything_is_refused(annotation):
    class Wrong(Record):
        thing: annotation  # type: ignore[valid-type]

    with pytest.raises(SchemaError, match=r"Wrong\.thing: NameOf\("):
        fields_of(Wrong)


def test_a_number_of_a_field_that_is_not_there_is_refused():
    class Lost(Record):
        value: Annotated[float | None, Number(of="quote")] = None

    with pytest.raises(SchemaError) as refused:
        fields_of(Lost)

    assert str(refused.value) == "Lost.value: Number(of='quote') names no field of Lost"


@pytest.mark.parametrize(
    ("quote_type", "value_type"),
    [
        (Quote, Annotated[str | None, Number(of="quote")]),
        (tuple[Quote, ...], Annotated[float | None, Number(of="quote")]),
        (float | None, Annotated[float | None, Number(of="quote")]),
        (Quote, Annotated[int | None, Role.NAME]),
    ],
    ids=["number that is a string", "number of many quotes", "number of a number", "name that is an int"],
)
def test_a_role_that_does_not_fit_its_type_is_refused(quote_type, value_type):
    class Wrong(Record):
        quote: quote_type  # type: ignore[valid-type]
        value: value_type = None  # type: ignore[valid-type]

    with pytest.raises(SchemaError, match=r"Wrong\.value"):
        fields_of(Wrong)


def test_a_record_refuses_keys_that_it_does_not_know():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Finding.model_validate({"quote": "up by 3", "mood": "good"})


def test_a_record_is_frozen():
    finding = Finding(quote="up by 3")

    with pytest.raises(ValidationError, match="frozen"):
        finding.quote = "down by 3"  # type: ignore[misc]
