"""The strict form of a record's schema, against the limits that OpenAI documents for structured outputs."""

import enum
import string
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from pydantic import Field, ValidationError, create_model

from extractor.catalog import load_schema
from extractor.errors import SchemaError
from extractor.providers.json_schemas import strict_schema
from extractor.records import Name, Number, Quote, Record


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Finding(Record):
    quote: Quote = Field(default="", max_length=30)
    value: Annotated[float | None, Number(of="quote")] = None


class Reading(Record):
    """What is read."""

    method: Name | None = Field(default=None, description="the method's name")
    datasets: tuple[Name, ...] = ()
    findings: tuple[Finding, ...] = Field(default=(), max_length=2)


class Awkward(Record):
    """Fields named like words of JSON schema."""

    title: str | None = None
    default: str | None = "none"
    type: str | None = None
    items: tuple[str, ...] = ()
    properties: tuple[Finding, ...] = ()
    required: bool = False
    enum: Colour | None = None
    kind: Literal["a", "b"] = "a"
    only: Literal["one"] = "one"
    maybe: list[str] | None = None
    count: int | None = Field(default=None, ge=1)
    long: str | None = Field(default=None, max_length=9000, min_length=4)
    many: list[str] = Field(default=[], max_length=900)


PAPERS = load_schema("papers").record_type
EVERY = pytest.mark.parametrize("record_type", [Reading, Awkward, PAPERS], ids=["small", "awkward", "papers"])


KNOWN_WORDS = frozenset(
    ("type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "$ref", "$defs")
) | {"description"}
"""What the guide to structured outputs lists, less the constraints that fine-tuned models refuse."""


def nodes_of(node: Any):
    """Yield each schema within a schema; the keys of `properties` and `$defs` are names, no schemas."""
    if isinstance(node, list):
        for item in node:
            yield from nodes_of(item)
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key in ("properties", "$defs"):
                for part in value.values():
                    yield from nodes_of(part)
            elif key not in ("required", "enum", "const", "default"):
                yield from nodes_of(value)


def test_a_small_record_in_strict_form():
    assert strict_schema(Reading) == snapshot(
        {
            "$defs": {
                "Finding": {
                    "additionalProperties": False,
                    "properties": {
                        "quote": {"type": "string", "description": "at most 30 characters"},
                        "value": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                    },
                    "type": "object",
                    "required": ["quote", "value"],
                }
            },
            "additionalProperties": False,
            "description": "What is read.",
            "properties": {
                "method": {
                    "anyOf": [{"type": "string"}, {"type": "null"}],
                    "description": "the method's name",
                },
                "datasets": {"items": {"type": "string"}, "type": "array"},
                "findings": {
                    "items": {"$ref": "#/$defs/Finding"},
                    "type": "array",
                    "description": "at most 2 items",
                },
            },
            "type": "object",
            "required": ["method", "datasets", "findings"],
        }
    )


@EVERY
def test_every_strict_object_requires_all_its_keys_and_takes_no_others(record_type):
    objects = [node for node in nodes_of(strict_schema(record_type)) if "properties" in node]

    assert objects
    for node in objects:
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False


@EVERY
def test_a_strict_schema_holds_only_words_that_servers_know(record_type):
    for node in nodes_of(strict_schema(record_type)):
        assert node.keys() <= KNOWN_WORDS


@EVERY
def test_a_reference_has_no_neighbours(record_type):
    references = [node for node in nodes_of(strict_schema(record_type)) if "$ref" in node]

    assert references
    assert all(node.keys() == {"$ref"} for node in references)


@EVERY
def test_the_root_is_an_object_and_no_choice_between_forms(record_type):
    schema = strict_schema(record_type)

    assert schema["type"] == "object"
    assert "anyOf" not in schema


def test_a_field_named_like_a_word_of_json_schema_stays():
    schema = strict_schema(Awkward)

    assert list(schema["properties"]) == schema["required"] == list(Awkward.model_fields)


@EVERY
def test_the_record_itself_is_not_changed(record_type):
    before = record_type.model_json_schema()

    strict_schema(record_type)

    assert record_type.model_json_schema() == before


# ---------------------------------------------------------------- constraints


CONSTRAINTS = [
    pytest.param(Annotated[str, Field(min_length=4)], "at least 4 characters", id="the shortest text"),
    pytest.param(Annotated[str, Field(max_length=9)], "at most 9 characters", id="the longest text"),
    pytest.param(Annotated[str, Field(pattern="^x{2,3}$")], "matching ^x{2,3}$", id="a pattern with braces"),
    pytest.param(Annotated[int, Field(ge=1)], "at least 1", id="the least number"),
    pytest.param(Annotated[float, Field(le=0.5)], "at most 0.5", id="the greatest number"),
    pytest.param(Annotated[float, Field(gt=-1)], "more than -1", id="a number above"),
    pytest.param(Annotated[float, Field(lt=1)], "less than 1", id="a number below"),
    pytest.param(Annotated[int, Field(multiple_of=5)], "a multiple of 5", id="a multiple"),
    pytest.param(Annotated[list[str], Field(min_length=1)], "at least 1 items", id="the fewest items"),
    pytest.param(Annotated[list[str], Field(max_length=3)], "at most 3 items", id="the most items"),
    pytest.param(
        Annotated[str, Field(json_schema_extra={"format": "date"})], "in the form date", id="a format"
    ),
    pytest.param(
        Annotated[list[str], Field(json_schema_extra={"uniqueItems": True})], "no item twice", id="a set"
    ),
    pytest.param(
        Annotated[int, Field(ge=1, le=5, description="how sure")],
        "how sure; at least 1; at most 5",
        id="a description goes before",
    ),
    pytest.param(
        Annotated[float, Field(ge=0, le=0)], "at least 0; at most 0", id="a bound of nothing is a bound"
    ),
]


@pytest.mark.parametrize(("annotation", "told"), CONSTRAINTS)
def test_a_constraint_is_told_in_words(annotation, told):
    schema = strict_schema(record_of(field=(annotation, ...)))["properties"]["field"]

    assert schema["description"] == told
    assert schema.keys() <= {"type", "items", "description"}


def test_a_constraint_on_a_value_that_may_be_missing_is_told_with_the_value():
    assert strict_schema(Awkward)["properties"]["count"] == snapshot(
        {"anyOf": [{"type": "integer", "description": "at least 1"}, {"type": "null"}]}
    )


def test_a_constraint_on_items_is_told_with_the_items():
    record_type = record_of(field=(list[Annotated[str, Field(max_length=7)]], ...))

    assert strict_schema(record_type)["properties"]["field"] == snapshot(
        {"items": {"type": "string", "description": "at most 7 characters"}, "type": "array"}
    )


def test_pydantic_still_enforces_what_the_strict_form_only_tells():
    strict_schema(Awkward)

    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Awkward.model_validate_json('{"count": 0}')


def test_a_word_that_is_always_the_same_is_a_choice_of_one():
    assert strict_schema(Awkward)["properties"]["only"] == {"type": "string", "enum": ["one"]}


def test_the_description_of_a_part_is_told_though_a_reference_takes_no_neighbours():
    # Given a part that need not be said to be missing, with a description of its own,
    record_type = record_of(finding=(Finding, Field(default=Finding(), description="the main finding")))

    # when it is asked for, then the description stands somewhere in the schema.
    assert "the main finding" in str(strict_schema(record_type))


# ---------------------------------------------------------------- limits


def record_of(**fields: Any) -> type[Record]:
    """Return a record type of these fields."""
    return create_model("Made", __base__=Record, **fields)


def words(count: int, length: int = 6, start: str = "w") -> Any:
    """Return a Literal of so many words of one length."""
    return Literal[tuple(f"{start}{number}".ljust(length, "x") for number in range(count))]


def nested(levels: int) -> type[Record]:
    """Return a record of parts within parts, so many objects deep."""
    made: Any = record_of(word=(str | None, None))
    for level in range(1, levels):
        made = create_model(f"Level{level}", __base__=Record, part=(made | None, None))
    assert issubclass(made, Record)
    return made


WITHIN = [
    pytest.param({f"f{number}": (bool, False) for number in range(5000)}, id="5000 properties"),
    pytest.param({"kind": (words(1000), ...)}, id="1000 choices"),
    pytest.param({f"kind{n}": (words(200, 149), ...) for n in range(4)}, id="119,200 characters of choices"),
]
BEYOND = [
    pytest.param(
        {f"f{number}": (bool, False) for number in range(5001)}, "5001 properties", id="5001 properties"
    ),
    pytest.param({"kind": (words(1001), ...)}, "1001 choices", id="1001 choices"),
    pytest.param(
        {"kind": (words(500), ...), "other": (words(501) | None, ...)}, "1001 choices", id="choices in all"
    ),
    pytest.param(
        {f"kind{n}": (words(200, 151), ...) for n in range(4)}, "characters", id="characters of choices"
    ),
    pytest.param({f"{n}".rjust(4000, "f"): (bool, False) for n in range(31)}, "characters", id="long names"),
    pytest.param({"kind": (words(251, 60), ...)}, "characters", id="more than 250 choices of one field"),
]


@pytest.mark.parametrize("fields", WITHIN)
def test_a_schema_as_large_as_servers_take_is_taken(fields):
    assert len(strict_schema(record_of(**fields))["properties"]) == len(fields)


@pytest.mark.parametrize(("fields", "told"), BEYOND)
def test_a_schema_that_is_larger_than_servers_take_is_refused(fields, told):
    with pytest.raises(SchemaError, match=f"^Made is too large for structured outputs: .*{told}"):
        strict_schema(record_of(**fields))


def test_parts_ten_levels_deep_are_taken():
    assert len(strict_schema(nested(10))["$defs"]) == 9


def test_parts_deeper_than_servers_take_are_refused():
    with pytest.raises(SchemaError, match="level"):
        strict_schema(nested(12))


# ---------------------------------------------------------------- any record type


AWKWARD_NAMES = sorted(
    ("title", "default", "type", "items", "properties", "required", "enum", "const", "format", "pattern")
)


def optional(annotation: Any) -> Any:
    """Return the type with None, or as it is."""
    return st.sampled_from([annotation, annotation | None])


TEXTS = st.builds(
    lambda least, more, pattern: Annotated[
        str, Field(min_length=least, max_length=least + more, pattern=pattern)
    ],
    st.integers(0, 3),
    st.integers(0, 9),
    st.sampled_from([None, "^[a-z]*$"]),
)
NUMBERS = st.builds(
    lambda kind, least, factor: Annotated[kind, Field(ge=least, lt=least + 10, multiple_of=factor)],
    st.sampled_from([int, float]),
    st.integers(-5, 5),
    st.sampled_from([None, 2]),
)
LABELS = st.sampled_from([bool, Colour, Literal["only"], Literal["one", "other"], Name, Quote])
NAMES = st.sampled_from(AWKWARD_NAMES) | st.text(string.ascii_lowercase, min_size=1, max_size=4).map(
    "f_".__add__
)


def fields_with(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Generate fields: single values, values that may be missing, lists with bounds."""
    lists = st.builds(
        lambda item, most: Annotated[list[item], Field(max_length=most)],  # type: ignore[valid-type]
        values,
        st.integers(1, 9),
    )
    described = st.builds(
        lambda annotation, words: (annotation, Field(description=words)),
        values.flatmap(optional) | lists,
        st.none() | st.just("what it is"),
    )
    return st.dictionaries(NAMES, described, min_size=1, max_size=5)


VALUES = TEXTS | NUMBERS | LABELS
PARTS = fields_with(VALUES).map(lambda fields: create_model("Part", __base__=Record, **fields))
RECORD_TYPES = fields_with(VALUES | PARTS).map(lambda fields: record_of(**fields))


@settings(max_examples=60, deadline=None)
@given(RECORD_TYPES)
def test_any_record_type_has_a_strict_form(record_type):
    schema = strict_schema(record_type)

    assert schema["required"] == list(record_type.model_fields)
    for node in nodes_of(schema):
        assert node.keys() <= KNOWN_WORDS
        assert "$ref" not in node or node.keys() == {"$ref"}
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
        if "$ref" in node:
            assert node["$ref"].removeprefix("#/$defs/") in schema["$defs"]
