"""A provider for every server that speaks OpenAI's chat completions, asked through instructor."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from extractor.errors import (
    ExtractorError,
    RateLimitedError,
    RejectedError,
    RunStoppedError,
    TransientError,
)
from extractor.exchange import Request, Response, Usage
from extractor.papers import storable
from extractor.providers.json_schemas import JSON, strict_schema
from extractor.records import Record

if TYPE_CHECKING:
    import instructor
    import openai
    from openai.types.chat import ChatCompletion

OFFICIAL = "https://api.openai.com/v1"
TIMEOUT, LOOPBACK_TIMEOUT = 60.0, 600.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STOPPING = (401, 404)
_TRANSIENT = (408, 409)
_NO_QUOTA = "insufficient_quota"
LONGEST_MESSAGE = 600
HIDDEN = "***"
NO_KEY = "none"
"""What is sent to a local server, which takes any."""
_CORRECTION = (
    "Your last answer to this could not be used: {error}\n"
    "Answer again with one JSON object that keeps the schema."
)

# instructor reports failed calls as errors of its own; ours are raised, and told once.
logging.getLogger("instructor").addHandler(logging.NullHandler())


class OpenAIProvider:
    """
    Asks a server for JSON that keeps the record's schema.

    `schema_of` makes the JSON schema that is sent, `params` are further parameters of the request,
    sent as they are. Nothing is imported and no connection made before the first request.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        params: Mapping[str, Any] | None = None,
        schema_of: Callable[[type[Record]], JSON] = strict_schema,
    ) -> None:
        self.model = model
        self.identity = {"provider": "openai", "host": base_url or OFFICIAL}
        if params:
            self.identity["params"] = json.dumps(params, sort_keys=True)
        self._base_url = base_url or OFFICIAL
        self._api_key = api_key or NO_KEY
        self._params = dict(params or {})
        self._schema_of = schema_of
        self._client: openai.AsyncOpenAI | None = None
        self._instructor: instructor.AsyncInstructor | None = None
        self._starting = asyncio.Lock()
        self._asked_types: dict[type[Record], type[Record]] = {}

    async def complete(self, request: Request) -> Response:
        """Return the server's answer, whether it keeps the schema or not."""
        asking = await self._started()
        with translated_errors(self._base_url, self.model, self._api_key):
            completion = await _ask(
                asking,
                model=self.model,
                response_model=self._asked_type(request.asking.record_type),
                messages=messages_of(request),
                **self._params,
            )
        return response_of(completion, self.model)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _started(self) -> "instructor.AsyncInstructor":
        async with self._starting:
            if self._instructor is None:
                # The imports take seconds of CPU: not in the loop's thread.
                started = await asyncio.to_thread(_connect, self._base_url, self._api_key)
                self._client, self._instructor = started
            return self._instructor

    def _asked_type(self, record_type: type[Record]) -> type[Record]:
        """Return the record type with the JSON schema that is sent, made once."""
        if record_type not in self._asked_types:
            schema = self._schema_of(record_type)
            self._asked_types[record_type] = type(
                record_type.__name__,
                (record_type,),
                {
                    "model_json_schema": classmethod(lambda *_, **__: schema),
                    "__doc__": record_type.__doc__,
                },
            )
        return self._asked_types[record_type]


def _connect(base_url: str, api_key: str) -> "tuple[openai.AsyncOpenAI, instructor.AsyncInstructor]":
    import instructor  # noqa: PLC0415 - imported when used: it takes seconds.
    import openai  # noqa: PLC0415

    is_local = urlsplit(base_url).hostname in _LOOPBACK
    client = openai.AsyncOpenAI(
        base_url=base_url,
        api_key=api_key,
        max_retries=0,
        timeout=LOOPBACK_TIMEOUT if is_local else TIMEOUT,
        http_client=openai.DefaultAioHttpClient(),
    )
    return client, instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA)


async def _ask(asking: "instructor.AsyncInstructor", **arguments: Any) -> "ChatCompletion":  # noqa: ANN401
    """Return the completion as it came; that it does not fit the schema is for the pipeline to say."""
    from instructor.core import (  # noqa: PLC0415 - imported when used.
        IncompleteOutputException,
        InstructorRetryException,
    )

    try:
        _, completion = await asking.chat.completions.create_with_completion(max_retries=0, **arguments)
    except IncompleteOutputException as error:
        completion = error.last_completion
    except InstructorRetryException as error:
        if not error.failed_attempts:
            raise error.__cause__ or error from None
        completion = error.failed_attempts[-1].completion
    return completion  # type: ignore[no-any-return]


def messages_of(request: Request) -> list[dict[str, str]]:
    """Return the chat as it is sent; a re-ask adds the last error alone, so that it never grows."""
    messages = [{"role": m.role, "content": m.content} for m in request.messages]
    if request.correction is not None:
        told = _CORRECTION.format(error=request.correction)
        messages.append({"role": "user", "content": told})
    return messages


def response_of(completion: "ChatCompletion", model: str) -> Response:
    """
    Return a completion as a response.

    Raises:
        TransientError: the server sent no choice.
    """
    if not completion.choices:
        message = "the server's answer holds no choice"
        raise TransientError(message)
    choice = completion.choices[0]
    usage = completion.usage
    details = usage.prompt_tokens_details if usage else None
    return Response(
        text=storable(choice.message.content or choice.message.refusal or ""),
        model=model,
        usage=Usage(
            usage.prompt_tokens if usage else None,
            usage.completion_tokens if usage else None,
            details.cached_tokens if details else None,
        ),
        finish_reason="refusal" if choice.message.refusal else choice.finish_reason,
    )


@contextmanager
def translated_errors(base_url: str, model: str, secret: str) -> Iterator[None]:
    """Turn the client's errors into ours, transient or not; `secret` is shown in none of them."""
    import openai  # noqa: PLC0415

    try:
        yield
    except openai.APIConnectionError as error:
        # A refused connection comes as a time-out too: its cause says which it was.
        message = f"no answer from {base_url}: {error.__cause__ or error}"
        raise TransientError(_without(secret, message)) from error
    except openai.APIStatusError as error:
        message = _without(secret, f"{base_url} answered {error.status_code}: {_told(error)}")
        raise _translated_status(error, message, model) from error
    except openai.OpenAIError as error:
        message = f"the answer of {base_url} cannot be read: {error}"
        raise TransientError(_without(secret, message)) from error


def _translated_status(error: "openai.APIStatusError", message: str, model: str) -> ExtractorError:
    status = error.status_code
    if status in _STOPPING or error.code == _NO_QUOTA:
        return RunStoppedError(f"{message} (model {model}; see --model, --base-url and OPENAI_API_KEY)")
    if status == 429:  # noqa: PLR2004 - too many requests.
        return RateLimitedError(message, retry_after=_retry_after(error))
    if status in _TRANSIENT or status >= 500:  # noqa: PLR2004 - the server's own fault.
        return TransientError(message)
    return RejectedError(message)


def _told(error: "openai.APIStatusError") -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return str(body.get("message") or error.message)


def _without(secret: str, message: str) -> str:
    shown = message if secret == NO_KEY else message.replace(secret, HIDDEN)
    return shown[:LONGEST_MESSAGE]


def _retry_after(error: "openai.APIStatusError") -> float | None:
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
