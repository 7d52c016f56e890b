"""A request -> instructor -> a response, in the modes that it knows: schema, tools, plain JSON."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from extractor.exchange import Request, Response
from extractor.providers.json_schemas import JSON
from extractor.providers.openai.bodies import messages_of
from extractor.providers.openai.short_way import read_completion, strict_form
from extractor.records import Record

if TYPE_CHECKING:
    import openai

# instructor logs failed calls as they came, with what a server says of the key; ours are raised, without.
logging.getLogger("instructor").setLevel(logging.CRITICAL + 1)


class Instructed:
    """One client, wrapped by instructor once a mode. Takes seconds to make: it imports instructor."""

    def __init__(self, client: "openai.AsyncOpenAI", schema_of: Callable[[type[Record]], JSON]) -> None:
        import instructor  # noqa: PLC0415 - imported when used.

        modes = {
            "json_schema": instructor.Mode.JSON_SCHEMA,
            "tools": instructor.Mode.TOOLS,
            "json": instructor.Mode.JSON,
        }
        self._clients: dict[str, instructor.AsyncInstructor] = {
            name: instructor.from_openai(client, mode=mode) for name, mode in modes.items()
        }
        self._schema_of = schema_of
        self._asked_types: dict[type[Record], type[Record]] = {}

    async def ask(self, mode: str, model: str, request: Request, params: Mapping[str, Any]) -> Response:
        """
        Return the answer as it came; that it does not fit the schema is for the pipeline to say.

        Raises:
            TransientError: no chat completion came.
        """
        import openai  # noqa: PLC0415 - imported when used.
        from instructor.core.hooks import Hooks  # noqa: PLC0415

        received: list[Any] = []
        hooks = Hooks()
        hooks.on("completion:response", received.append)
        try:
            await self._clients[mode].chat.completions.create(
                model=model,
                response_model=self._asked_type(request.asking.record_type),
                messages=messages_of(request),
                max_retries=0,
                hooks=hooks,
                extra_body={**params, **self._form(mode, request.asking.record_type)},
            )
        except Exception as error:  # noqa: BLE001
            # Whatever instructor makes of an answer, the answer itself is what counts.
            refused = error if isinstance(error, openai.OpenAIError) else error.__cause__
            if isinstance(refused, openai.OpenAIError) and not received:
                raise refused from None
        return read_completion(_dumped(received), model)

    def _form(self, mode: str, record_type: type[Record]) -> JSON:
        """Return the form of the first ask: instructor's own is not strict."""
        if mode != "json_schema":
            return {}
        return {"response_format": strict_form(record_type.__name__, self._schema_of(record_type))}

    def _asked_type(self, record_type: type[Record]) -> type[Record]:
        """Return the record type with the JSON schema that is sent, made once."""
        if record_type not in self._asked_types:
            # Tools are named by the schema's title.
            schema = {"title": record_type.__name__, **self._schema_of(record_type)}
            self._asked_types[record_type] = type(
                record_type.__name__,
                (record_type,),
                {
                    "model_json_schema": classmethod(lambda *_, **__: schema),
                    "__doc__": record_type.__doc__,
                },
            )
        return self._asked_types[record_type]


def _dumped(received: list[Any]) -> bytes:
    """Return the last answer that came, as the bytes that it was."""
    last = received[-1] if received else None
    return last.model_dump_json(warnings=False).encode() if isinstance(last, BaseModel) else b"null"
