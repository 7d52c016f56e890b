"""The client's errors -> ours."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from extractor.errors import (
    ExtractorError,
    FilteredError,
    PaperError,
    RateLimitedError,
    RejectedError,
    RunStoppedError,
    TooLongError,
    TransientError,
)
from extractor.providers.openai.limits import seconds_to_wait

if TYPE_CHECKING:
    import openai

NO_KEY = "none"
"""What is sent to a local server, which takes any."""
HIDDEN = "***"
LONGEST_MESSAGE = 600
_STOPPING = (401, 402, 404)
_TRANSIENT = (408, 409)
_STOPPING_CODES = (
    "insufficient_quota",
    "billing_not_active",
    "billing_hard_limit_reached",
    "model_not_found",
    "invalid_api_key",
    "account_deactivated",
)
_FILTERED_CODES = ("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation")
_TOO_LONG_CODES = ("context_length_exceeded", "string_above_max_length", "exceed_context_size_error")
_TOO_LONG = re.compile(
    r"maximum context length|context (?:size|window|length)\b.{0,40}exceed"
    r"|exceed.{0,40}\bcontext (?:size|window|length)",
    re.IGNORECASE,
)


class FormatRefusedError(RejectedError):
    """The server does not know the form in which an answer is asked for."""


@contextmanager
def translated_errors(base_url: str, model: str, secret: str) -> Iterator[None]:
    """Turn the client's errors into ours, transient or not; `secret` is shown in none of them."""
    import httpx2  # noqa: PLC0415 - imported when used.
    import openai  # noqa: PLC0415

    try:
        yield
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        # A refused connection comes as a time-out too: its cause says which it was.
        message = f"no answer from {base_url}: {error.__cause__ or error}"
        raise TransientError(_without(secret, message)) from error
    except openai.APIStatusError as error:
        raise error_of(
            error.status_code,
            str(error.code or error.type or ""),
            _without(secret, _told(error)),
            where=base_url,
            model=model,
            param=str(error.param) if error.param else None,
            retry_after=seconds_to_wait(error.response.headers),
        ) from error
    except openai.OpenAIError as error:
        message = f"the answer of {base_url} cannot be read: {error}"
        raise TransientError(_without(secret, message)) from error


def error_of(  # noqa: PLR0913 - all that a server says of a failed request.
    status: int,
    code: str | None,
    told: str,
    *,
    where: str,
    model: str,
    param: str | None = None,
    retry_after: float | None = None,
) -> ExtractorError:
    """
    Return what a server's error means for the run.

    A 400 or 403 is read by its code: too long, filtered, a form that the server does not know; any other
    is this paper's.
    """
    message = f"{where} answered {status}: {told}"
    if status in _STOPPING or code in _STOPPING_CODES:
        return RunStoppedError(f"{message} (model {model}; see --model, --base-url and OPENAI_API_KEY)")
    if status == 429:  # noqa: PLR2004 - too many requests.
        return RateLimitedError(message, retry_after=retry_after)
    if status in _TRANSIENT or status >= 500:  # noqa: PLR2004 - the server's own fault.
        return TransientError(message)
    return _refusal(status, code, told, param)(message)


def _refusal(status: int, code: str | None, told: str, param: str | None) -> type[PaperError]:
    if code in _FILTERED_CODES:
        return FilteredError
    if status == 413 or code in _TOO_LONG_CODES or _TOO_LONG.search(told):  # noqa: PLR2004 - too large.
        return TooLongError
    if status in (400, 422) and _names_format(told, param):
        return FormatRefusedError
    return RejectedError


_FORMS = r"response_format|json_schema|json_object|tool_choice|tools|structured outputs?|json mode"
_NAMES_FORM = re.compile(rf"\b(?:{_FORMS})\b", re.IGNORECASE)
_REFUSES_FORM = re.compile(
    rf"(?:unsupported|unknown|unrecogni[sz]ed|invalid|not (?:support\w*|permitted)|extra)\b"
    rf".{{0,80}}\b(?:{_FORMS})\b"
    rf"|\b(?:{_FORMS})\b.{{0,80}}\b(?:unsupported|unknown|unrecogni[sz]ed|invalid|not|only|must|requires?)\b",
    re.IGNORECASE | re.DOTALL,
)


def _names_format(told: str, param: str | None) -> bool:
    """Tell whether it is the form of the question that is refused, and not this paper."""
    return bool(_NAMES_FORM.match(param) if param else _REFUSES_FORM.search(told))


def _told(error: "openai.APIStatusError") -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return str(body.get("message") or error.message)


def _without(secret: str, message: str) -> str:
    shown = message if secret == NO_KEY else message.replace(secret, HIDDEN)
    return shown[:LONGEST_MESSAGE]
