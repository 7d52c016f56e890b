import enum
from typing import Annotated, Any, Literal

import pytest
from inline_snapshot import snapshot
from pydantic import Field

from extractor.catalog import load_schema
from extractor.providers.json_schemas import Bounds, bounded_schema, strict_schema
from extractor.records import Name, Number, Quote, Record

BOUNDS = Bounds(string=40, values=5, parts=3)


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
                        "quote": {"maxLength": 30, "type": "string"},
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
                "findings": {"items": {"$ref": "#/$defs/Finding"}, "maxItems": 2, "type": "array"},
            },
            "type": "object",
            "required": ["method", "datasets", "findings"],
        }
    )


def test_a_small_record_with_bounds():
    assert bounded_schema(Reading, BOUNDS) == snapshot(
        {
            "$defs": {
                "Finding": {
                    "additionalProperties": False,
                    "properties": {
                        "quote": {
                            "default": "",
                            "maxLength": 30,
                            "title": "Quote",
                            "type": "string",
                            "minLength": 1,
                        },
                        "value": {
                            "anyOf": [{"type": "number"}, {"type": "null"}],
                            "default": None,
                            "title": "Value",
                        },
                    },
                    "title": "Finding",
                    "type": "object",
                }
            },
            "additionalProperties": False,
            "description": "What is read.",
            "properties": {
                "method": {
                    "anyOf": [{"type": "string", "minLength": 1, "maxLength": 40}, {"type": "null"}],
                    "default": None,
                    "description": "the method's name",
                    "title": "Method",
                },
                "datasets": {
                    "default": [],
                    "items": {"type": "string", "minLength": 1, "maxLength": 40},
                    "title": "Datasets",
                    "type": "array",
                    "maxItems": 5,
                },
                "findings": {
                    "default": [],
                    "items": {"$ref": "#/$defs/Finding"},
                    "maxItems": 2,
                    "title": "Findings",
                    "type": "array",
                },
            },
            "title": "Reading",
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
def test_a_strict_schema_has_no_default_and_no_title(record_type):
    for node in nodes_of(strict_schema(record_type)):
        assert not node.keys() & {"default", "title"}


def test_a_field_named_like_a_word_of_json_schema_stays_in_both_forms():
    names = list(Awkward.model_fields)

    assert list(strict_schema(Awkward)["properties"]) == names
    assert list(bounded_schema(Awkward, BOUNDS)["properties"]) == names


@EVERY
def test_every_string_and_list_is_bounded(record_type):
    for node in nodes_of(bounded_schema(record_type, BOUNDS)):
        if node.get("type") == "string" and not node.keys() & {"enum", "const"}:
            assert 1 <= node["minLength"] <= node["maxLength"] <= BOUNDS.string
        if node.get("type") == "array":
            assert node["maxItems"] <= (BOUNDS.parts if "$ref" in node["items"] else BOUNDS.values)


def test_a_records_own_narrower_bounds_stay():
    schema = bounded_schema(Reading, BOUNDS)

    assert schema["$defs"]["Finding"]["properties"]["quote"]["maxLength"] == 30
    assert schema["properties"]["findings"]["maxItems"] == 2


def test_the_records_own_keys_are_required_and_those_of_parts_may_be_left_out():
    schema = bounded_schema(Reading, BOUNDS)

    assert schema["required"] == ["method", "datasets", "findings"]
    assert "required" not in schema["$defs"]["Finding"]


def test_words_of_a_fixed_list_are_not_bounded():
    properties = bounded_schema(Awkward, BOUNDS)["properties"]

    assert "maxLength" not in properties["kind"]
    assert "maxLength" not in properties["only"]


@EVERY
def test_the_record_itself_is_not_changed(record_type):
    before = record_type.model_json_schema()

    strict_schema(record_type)
    bounded_schema(record_type, BOUNDS)

    assert record_type.model_json_schema() == before
