"""A request -> the body that a server is sent, as bytes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from extractor.exchange import Asking, Message, Request
from extractor.providers.json_schemas import JSON, strict_schema
from extractor.providers.openai.short_way import strict_form
from extractor.records import Record

_CORRECTION = (
    "Your last answer to this could not be used: {error}\n"
    "Answer again with one JSON object that keeps the schema."
)


class Bodies:
    """
    Bodies of chat completions that ask for a record by its strict schema.

    All but the last message is the same for every paper, and made once.
    """

    def __init__(self, model: str, params: Mapping[str, Any]) -> None:
        self._model = model
        self._params = dict(params)
        self._schemas: dict[type[Record], JSON] = {}
        self._starts: dict[tuple[str, tuple[Message, ...]], bytes] = {}

    def of(self, request: Request) -> bytes:
        """
        Return the body of a request.

        Raises:
            SchemaError: the record's schema is not one that servers take.
        """
        *constant, last = request.messages
        key = (request.asking.digest, tuple(constant))
        if key not in self._starts:
            self._starts[key] = self._start(request.asking, constant)
        rest = [_dumped(last)]
        if request.correction is not None:
            rest.append(json.dumps(_correction_of(request.correction), ensure_ascii=False).encode())
        return self._starts[key] + b",".join(rest) + b"]}"

    def schema_of(self, record_type: type[Record]) -> JSON:
        """Return the strict schema of a record type, made once."""
        if record_type not in self._schemas:
            self._schemas[record_type] = strict_schema(record_type)
        return self._schemas[record_type]

    def _start(self, asking: Asking, constant: Sequence[Message]) -> bytes:
        form = strict_form(asking.record_type.__name__, self.schema_of(asking.record_type))
        rest = json.dumps({**self._params, "model": self._model, "response_format": form}).encode()
        messages = b"".join(_dumped(message) + b"," for message in constant)
        return rest[:-1] + b', "messages": [' + messages


def messages_of(request: Request) -> list[Any]:
    """Return the chat as it is sent; a re-ask adds the last error alone, so that it never grows."""
    messages = [{"role": m.role, "content": m.content} for m in request.messages]
    if request.correction is not None:
        messages.append(_correction_of(request.correction))
    return messages


def _correction_of(error: str) -> dict[str, str]:
    return {"role": "user", "content": _CORRECTION.format(error=error)}


def _dumped(message: Message) -> bytes:
    return json.dumps({"role": message.role, "content": message.content}, ensure_ascii=False).encode()
