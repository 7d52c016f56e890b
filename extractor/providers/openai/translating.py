"""The client's errors -> ours."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from extractor.errors import (
    ExtractorError,
    RateLimitedError,
    RejectedError,
    RunStoppedError,
    TransientError,
)

if TYPE_CHECKING:
    import openai

NO_KEY = "none"
"""What is sent to a local server, which takes any."""
HIDDEN = "***"
LONGEST_MESSAGE = 600
_STOPPING = (401, 404)
_TRANSIENT = (408, 409)
_NO_QUOTA = "insufficient_quota"


class FormatRefusedError(RejectedError):
    """The server does not know the form in which an answer is asked for."""


@contextmanager
def translated_errors(base_url: str, model: str, secret: str) -> Iterator[None]:
    """Turn the client's errors into ours, transient or not; `secret` is shown in none of them."""
    import openai  # noqa: PLC0415 - imported when used.

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
    if status in (400, 422) and _names_format(error):
        return FormatRefusedError(message)
    return RejectedError(message)


_FORMS = r"response_format|json_schema|json_object|tool_choice|tools|structured outputs?|json mode"
_NAMES_FORM = re.compile(rf"\b(?:{_FORMS})\b", re.IGNORECASE)
_REFUSES_FORM = re.compile(
    rf"(?:unsupported|unknown|unrecogni[sz]ed|invalid|not (?:support\w*|permitted)|extra)\b"
    rf".{{0,80}}\b(?:{_FORMS})\b"
    rf"|\b(?:{_FORMS})\b.{{0,80}}\b(?:unsupported|unknown|unrecogni[sz]ed|invalid|not|only|must|requires?)\b",
    re.IGNORECASE | re.DOTALL,
)


def _names_format(error: "openai.APIStatusError") -> bool:
    """Tell whether it is the form of the question that is refused, and not this paper."""
    if error.code == "context_length_exceeded":
        return False
    if error.param:
        return bool(_NAMES_FORM.match(str(error.param)))
    return bool(_REFUSES_FORM.search(_told(error)))


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
