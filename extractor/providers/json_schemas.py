"""
A record type -> the JSON schema that strict structured outputs take.

Source of the rules: OpenAI's guide "Structured model outputs", section "Supported schemas".
"""

from collections.abc import Iterator
from typing import Any

from extractor.errors import SchemaError
from extractor.records import Record

JSON = dict[str, Any]

MOST_LEVELS, MOST_PROPERTIES, MOST_CHOICES, MOST_CHARACTERS = 10, 5000, 1000, 120_000
"""What a server takes in one schema; characters count names, choices and constants together."""
LONG_CHOICE, LONG_CHOICE_CHARACTERS = 250, 15_000
"""A field with more choices than this may have so many characters in them."""

_LEFT_OUT = frozenset(("default", "title", "examples"))
_CONSTRAINTS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "matching {}",
    "format": "in the form {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "uniqueItems": "no item twice",
}


def strict_schema(record_type: type[Record]) -> JSON:
    """
    Return the strict form: every key required, nothing besides, no defaults.

    A value that is missing is null or []. Constraints are told in descriptions; Pydantic enforces them.

    Raises:
        SchemaError: the schema is larger than servers take.
    """
    schema: JSON = _strict(record_type.model_json_schema())
    problem = next(_beyond_limits(schema), None)
    if problem:
        message = f"{record_type.__name__} is too large for structured outputs: {problem}"
        raise SchemaError(message)
    return schema


def _strict(node: Any) -> Any:  # noqa: ANN401
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        reference = {"$ref": node["$ref"]}  # It takes no neighbours.
        return {"anyOf": [reference], **_told_constraints(node)} if "description" in node else reference
    made: JSON = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            made[key] = {name: _strict(part) for name, part in value.items()}
        elif key not in _LEFT_OUT and key not in _CONSTRAINTS:
            made[key] = _strict(value)
    if "const" in made:
        made["enum"] = [made.pop("const")]
    return made | _closed(made) | _told_constraints(node)


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


def _closed(node: JSON) -> JSON:
    """Return what makes an object strict: all its keys required, and no others."""
    if "properties" not in node:
        return {}
    return {"required": list(node["properties"]), "additionalProperties": False}


def _told_constraints(node: JSON) -> JSON:
    """Return a description that tells what a server's schema cannot."""
    told = [text.format(_plain(node[key])) for key, text in _CONSTRAINTS.items() if key in node]
    described = [node["description"]] if "description" in node else []
    return {"description": "; ".join([*described, *told])} if described or told else {}


def _beyond_limits(schema: JSON) -> Iterator[str]:
    objects = [schema, *schema.get("$defs", {}).values()]
    levels = _levels(schema, schema.get("$defs", {}))
    if levels > MOST_LEVELS:
        yield f"{levels} levels, {MOST_LEVELS} at most"
    names = [name for part in objects for name in part.get("properties", ())]
    fields = list(_choices(schema))
    choices = [str(choice) for field in fields for choice in field]
    if any(len(f) > LONG_CHOICE and sum(len(str(c)) for c in f) > LONG_CHOICE_CHARACTERS for f in fields):
        yield f"over {LONG_CHOICE} choices of over {LONG_CHOICE_CHARACTERS} characters in one field"
    if len(names) > MOST_PROPERTIES:
        yield f"{len(names)} properties, {MOST_PROPERTIES} at most"
    if len(choices) > MOST_CHOICES:
        yield f"{len(choices)} choices, {MOST_CHOICES} at most"
    characters = sum(map(len, names)) + sum(map(len, choices)) + sum(map(len, schema.get("$defs", {})))
    if characters > MOST_CHARACTERS:
        yield f"{characters} characters of names and choices, {MOST_CHARACTERS} at most"


def _choices(node: Any) -> Iterator[list[Any]]:  # noqa: ANN401
    """Yield the choices of each field that has some."""
    if isinstance(node, dict):
        if "enum" in node:
            yield node["enum"]
        for value in node.values():
            yield from _choices(value)
    elif isinstance(node, list):
        for item in node:
            yield from _choices(item)


def _levels(node: Any, parts: JSON) -> int:  # noqa: ANN401
    """Return how deep objects lie within objects."""
    if isinstance(node, list):
        return max((_levels(item, parts) for item in node), default=0)
    if not isinstance(node, dict):
        return 0
    if "$ref" in node:
        return _levels(parts[node["$ref"].rpartition("/")[2]], parts)
    inner = [_levels(node.get(key), parts) for key in ("items", "anyOf")]
    if "properties" in node:
        inner.append(1 + max((_levels(p, parts) for p in node["properties"].values()), default=0))
    return max(inner)
