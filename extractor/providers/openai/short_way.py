"""
A request body -> a response, with as little between as can be.

The body is sent as bytes by the client's transport, and of the answer only what is needed is read: a fifth
of the CPU that the client's own objects take.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from extractor.errors import TransientError
from extractor.exchange import Response, Usage
from extractor.papers import storable
from extractor.providers.json_schemas import JSON
from extractor.providers.openai.limits import seconds_until_reset

if TYPE_CHECKING:
    import httpx2
    import openai


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


def go_on(_: float) -> None:
    """Pause for nobody."""


class ShortWay:
    """
    Posts bodies to a client's chat completions by the client's own transport, without what lies between.

    `pause` is given the seconds for which the server says that requests or tokens are used up.
    """

    def __init__(
        self, client: "openai.AsyncOpenAI", model: str, pause: Callable[[float], None] = go_on
    ) -> None:
        import httpx2  # noqa: PLC0415 - imported when used.
        import openai  # noqa: PLC0415

        self.client = client
        self._http = openai.DefaultAioHttpClient(timeout=client.timeout)
        self._request = httpx2.Request
        self._url = httpx2.URL(str(client.base_url)).join("chat/completions")
        headers = {**client.default_headers, **client.auth_headers, "Content-Type": "application/json"}
        self._headers = {name: value for name, value in headers.items() if isinstance(value, str)}
        self._model = model
        self._pause = pause

    async def ask(self, body: bytes) -> Response:
        """
        Send a body and return the response.

        Raises:
            openai.OpenAIError, httpx2.HTTPError: what the server or the connection says, for translation.
            TransientError: what came is no chat completion.
        """
        request = self._request("POST", self._url, headers=self._headers, content=body)
        answer = await self._http.send(request)
        if not answer.is_success:
            raise _error_in(answer)
        if seconds := seconds_until_reset(answer.headers):
            self._pause(seconds)
        return read_completion(answer.content, self._model)

    async def aclose(self) -> None:
        """Close the connections, the client's too."""
        await self._http.aclose()
        await self.client.close()


def _error_in(answer: "httpx2.Response") -> "openai.APIStatusError":
    """Return a server's error as the client tells it."""
    import openai  # noqa: PLC0415 - imported when used.

    try:
        said = json.loads(answer.content)
    except ValueError:
        return openai.APIStatusError(answer.text or answer.reason_phrase, response=answer, body=None)
    body = said.get("error", said) if isinstance(said, dict) else said
    return openai.APIStatusError(f"{body}", response=answer, body=body)


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
