"""A provider without a model: the rules' values as JSON of the schema that is asked for."""

import json
from typing import Any

from extractor.exchange import Request, Response, Usage
from extractor.papers import Text
from extractor.providers.rules.finding import RULES_VERSION, find_values
from extractor.records import FieldSpec, Record, Role, fields_of

RULES = "rules"


class RulesProvider:
    """Answers at once, from regular expressions and word shapes."""

    model = RULES

    def __init__(self) -> None:
        self.identity = {"provider": RULES, "rules": RULES_VERSION}

    async def complete(self, request: Request) -> Response:
        """Return what the rules find in the text."""
        answer = answer_of(request.text, request.asking.record_type)
        return Response(json.dumps(answer), self.model, Usage(0, 0), "stop")

    async def aclose(self) -> None:
        """Nothing is held."""


def answer_of(text: Text, record_type: type[Record]) -> dict[str, Any]:
    """
    Return values for the fields of a record that the rules know.

    They know a field by its name (tasks, method, datasets, metrics, code_url, claims) and any link by
    its role; other fields are left out.
    """
    found = find_values(text.title, text.abstract)
    known = [spec for spec in fields_of(record_type) if spec.name in found or spec.role is Role.URL]
    return {spec.name: _value(spec, found) for spec in known}


def known_fields(record_type: type[Record]) -> frozenset[str]:
    """Return the fields of a record that the rules know, whatever a text says."""
    return frozenset(answer_of(Text(title="", abstract=""), record_type))


def _value(spec: FieldSpec, found: dict[str, Any]) -> Any:  # noqa: ANN401
    value = found.get(spec.name)
    if spec.part is not None:
        return _parts(spec, value if isinstance(value, list) else [])
    if value is None and spec.role is Role.URL:
        value = found["code_url"]
    if spec.many:
        return value if isinstance(value, list) else [value] if value is not None else []
    return (value[0] if value else None) if isinstance(value, list) else value


def _parts(spec: FieldSpec, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the parts with the fields that this record's part has."""
    if spec.part is None:
        return []
    wanted = {field.name for field in fields_of(spec.part)}
    return [{name: value for name, value in part.items() if name in wanted} for part in found]
