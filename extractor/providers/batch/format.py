"""A request -> a line of a batch's file; a line of its output -> a response or an error."""

import hashlib
import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.errors import ExtractorError, RateLimitedError, TransientError
from extractor.exchange import Request, Response
from extractor.providers.openai.short_way import read_completion
from extractor.providers.openai.translating import HIDDEN, LONGEST_MESSAGE, NO_KEY, error_of

URL: Final = "/v1/chat/completions"
FINGERPRINT_DIGITS, CORRECTION_DIGITS = 32, 12
_OK, _FIRST_ERROR = 200, 400
# Characters that JSON leaves as they are and at which some readers of lines end one.
_LINE_ENDS = {end.encode(): f"\\u{ord(end):04x}".encode() for end in "\x85\u2028\u2029"}


def custom_id_of(request: Request, nth: int) -> str:
    """
    Return the name of a request within batches, the same in every run.

    It is the fingerprint; a re-ask adds a hash of its correction, and whether it asks for the first answer
    to that or for the `nth`.
    """
    if request.correction is None:
        return request.fingerprint
    corrected = hashlib.sha256(request.correction.encode()).hexdigest()[:CORRECTION_DIGITS]
    return f"{request.fingerprint}-{corrected}-{nth}"


def fingerprint_of(custom_id: str) -> str:
    """Return the fingerprint of the request that a name stands for."""
    return custom_id[:FINGERPRINT_DIGITS]


def line_of(custom_id: str, body: bytes) -> bytes:
    """Return the line of a batch's file that asks for one answer, its end included."""
    for end, escaped in _LINE_ENDS.items():
        body = body.replace(end, escaped)
    start = json.dumps({"custom_id": custom_id, "method": "POST", "url": URL}).encode()
    return start[:-1] + b', "body": ' + body + b"}\n"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Answer(_Part):
    status_code: int
    body: Any = None


class _Error(_Part):
    message: str | None = None
    code: str | int | None = None
    type: str | None = None
    param: str | None = None


class _Refusal(_Part):
    error: _Error


class Line(_Part):
    """One line of a batch's output: what became of one request."""

    custom_id: str = Field(min_length=FINGERPRINT_DIGITS)
    response: _Answer | None = None
    error: _Error | None = None

    def result(self, where: str, model: str, secret: str) -> Response | ExtractorError:
        """
        Return the answer, or what its failure means: transient where another batch may bring one.

        `where` is the server's address; `secret` is shown in no message.
        """
        if self.response is None or not (
            self.response.status_code == _OK or self.response.status_code >= _FIRST_ERROR
        ):
            return TransientError(f"{where} ran no such request{_why(self.error, secret)}")
        body = json.dumps(self.response.body)
        if self.response.status_code >= _FIRST_ERROR:
            return _refusal(self.response, body, where, model, secret)
        try:
            return read_completion(body.encode(), model)
        except TransientError as error:
            return error


def read_line(raw: bytes) -> Line | None:
    """Return what a line of a batch's output says, None where it is no such line."""
    try:
        return Line.model_validate_json(raw)
    except ValidationError:
        return None


def hidden(secret: str, told: str) -> str:
    """Return what a server said, not too long and without the key."""
    return (told if secret == NO_KEY else told.replace(secret, HIDDEN))[:LONGEST_MESSAGE]


def _why(error: _Error | None, secret: str) -> str:
    told = [str(part) for part in (error.code, error.message) if part] if error else []
    return hidden(secret, "".join(f": {part}" for part in told))


def _refusal(answer: _Answer, body: str, where: str, model: str, secret: str) -> ExtractorError:
    try:
        error = _Refusal.model_validate(answer.body).error
    except ValidationError:
        error = _Error()
    found = error_of(
        answer.status_code,
        str(error.code or error.type or ""),
        hidden(secret, error.message or body),
        where=where,
        model=model,
        param=error.param,
    )
    # What limited a batch says nothing of how fast this run may ask.
    return TransientError(str(found)) if isinstance(found, RateLimitedError) else found
