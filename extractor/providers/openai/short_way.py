"""
A request body -> a response, with as little between as can be.

The body is sent as bytes, and of the answer only what is needed is read: a third of the CPU that the
client's own objects take.
"""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from extractor.errors import TransientError
from extractor.exchange import Response, Usage
from extractor.papers import storable
from extractor.providers.json_schemas import JSON

if TYPE_CHECKING:
    import openai

_HEADERS = {"content-type": "application/json"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Details(_Part):
    cached_tokens: int | None = None


class _Used(_Part):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Function(_Part):
    arguments: str = ""


class _ToolCall(_Part):
    function: _Function | None = None


class _Message(_Part):
    content: str | None = None
    refusal: str | None = None
    tool_calls: tuple[_ToolCall, ...] | None = None


class _Choice(_Part):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Part):
    """The part of a chat completion that is of use."""

    choices: tuple[_Choice, ...]
    usage: _Used | None = None

    def response(self, model: str) -> Response:
        """
        Return what it says: the text, or the arguments of the first tool that is called.

        Raises:
            TransientError: it holds no choice.
        """
        if not self.choices:
            message = "the server's answer holds no choice"
            raise TransientError(message)
        choice = self.choices[0]
        calls = [call.function.arguments for call in choice.message.tool_calls or () if call.function]
        refusal = choice.message.refusal
        return Response(
            text=storable(refusal or next(iter(calls), "") or choice.message.content or ""),
            model=model,
            usage=_usage_of(self.usage),
            finish_reason="refusal" if refusal else choice.finish_reason,
        )


def _usage_of(used: _Used | None) -> Usage:
    if used is None:
        return Usage()
    details = used.prompt_tokens_details
    return Usage(used.prompt_tokens, used.completion_tokens, details.cached_tokens if details else None)


async def ask_shortly(client: "openai.AsyncOpenAI", body: bytes, model: str) -> Response:
    """
    Send a body to chat completions and return the response.

    Raises:
        TransientError: what came is no chat completion.
    """
    import openai  # noqa: PLC0415 - imported when used.

    answer = await client.post(
        "/chat/completions",
        content=body,
        cast_to=openai.HttpxBinaryResponseContent,
        options={"headers": _HEADERS},
    )
    return read_completion(answer.content, model)


def read_completion(answer: bytes, model: str) -> Response:
    """
    Return what a server's answer says.

    Raises:
        TransientError: it is no chat completion.
    """
    try:
        return _Completion.model_validate_json(answer).response(model)
    except ValidationError as error:
        message = f"the server's answer is no chat completion: {answer[:200]!r}"
        raise TransientError(message) from error


def strict_form(name: str, schema: JSON) -> JSON:
    """Return the `response_format` that asks for a schema."""
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}
