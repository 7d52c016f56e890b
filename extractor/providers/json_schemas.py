"""A record type -> the JSON schema that a server is asked to keep."""

from dataclasses import dataclass
from typing import Any

from extractor.records import Record

JSON = dict[str, Any]

_NOT_IN_STRICT = frozenset(("default", "title"))


def strict_schema(record_type: type[Record]) -> JSON:
    """
    Return the form that strict structured outputs take: every key required, nothing besides.

    Defaults and titles are left out: a value that is missing is null or []. Pydantic still enforces
    what the record says.
    """
    schema: JSON = _strict(record_type.model_json_schema())
    return schema


def _strict(node: Any) -> Any:  # noqa: ANN401
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: {name: _strict(part) for name, part in value.items()}
        if key in ("properties", "$defs")
        else _strict(value)
        for key, value in node.items()
        if key not in _NOT_IN_STRICT
    }
    if "properties" in made:
        made["required"] = list(made["properties"])
        made["additionalProperties"] = False
    return made


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most characters of a string, most items of a list of values, most parts of a list of parts."""

    string: int
    values: int
    parts: int


def bounded_schema(record_type: type[Record], bounds: Bounds) -> JSON:
    """
    Return a schema in which all that could run on is bounded, as a small model runs on for ever.

    The record's own keys are required; those of its parts may be left out.
    """
    schema: JSON = _bounded(record_type.model_json_schema(), bounds)
    schema["required"] = list(schema["properties"])
    return schema


def _bounded(node: Any, bounds: Bounds) -> Any:  # noqa: ANN401
    if isinstance(node, list):
        return [_bounded(item, bounds) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _bounded(value, bounds) for key, value in node.items()}
    if made.get("type") == "string" and not made.keys() & {"enum", "const"}:
        made.setdefault("minLength", 1)
        made["maxLength"] = min(made.get("maxLength", bounds.string), bounds.string)
    if made.get("type") == "array":
        most = bounds.parts if "$ref" in made.get("items", {}) else bounds.values
        made["maxItems"] = min(made.get("maxItems", most), most)
    return made
