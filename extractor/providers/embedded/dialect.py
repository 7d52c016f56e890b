"""Texts, lengths and choices -> expressions in llguidance's dialect of Lark."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from extractor.providers.embedded.spans import SEPARATOR, chunks_of
from extractor.records import FieldSpec, Record


def choice(choices: Iterable[str]) -> str:
    """Return a choice of texts; an empty one where there are none."""
    return " | ".join(literal(text) for text in choices)


def literal(text: str) -> str:
    """Return a text as it is."""
    return json.dumps(text, ensure_ascii=False)


def substrings(text: str) -> str:
    """Return a choice of all runs of a text's pieces."""
    return "%regex " + json.dumps({"substring_chunks": chunks_of(text)}, ensure_ascii=False)


def of_length(least: int, most: int) -> str:
    """Return a pattern of spans that begin and end with a letter, digit or closing mark."""
    inner = rf"[^\u{ord(SEPARATOR):04x}]{{{max(least - 2, 0)},{most - 2}}}"
    return rf"[^\s.,;:!?)(\]]({inner}[^\s,;:!?(\[-])" + ("?" if least == 1 else "")


@cache
def label_choices(owner: type[Record], spec: FieldSpec) -> tuple[str, ...]:
    """Return a label's choices as JSON; none where any word will do."""
    schema = owner.model_json_schema()
    described = schema["properties"][spec.name]
    references = [node["$ref"] for node in _objects_in(described) if "$ref" in node]
    named = [schema["$defs"][reference.rpartition("/")[2]] for reference in references]
    choices = tuple(
        json.dumps(choice)
        for node in _objects_in([described, *named])
        for choice in (*node.get("enum", ()), *([node["const"]] if "const" in node else []))
        if choice is not None
    )
    return choices or (("true", "false") if spec.kind is bool else ())


def _objects_in(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Yield every object of a JSON schema."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects_in(inner)
