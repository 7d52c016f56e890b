"""What a server says -> what it means for a batch."""

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from extractor.errors import TransientError
from extractor.providers.batch.tickets import ServerId

F = TypeVar("F", bound=BaseModel)

ENDED, FAILED = frozenset(("completed", "expired", "cancelled")), "failed"
OVER_LIMIT = "token_limit_exceeded"
ERRORS_TOLD = 3


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Error(_Part):
    code: str | None = None
    line: int | None = None
    message: str | None = None


class _Errors(_Part):
    data: tuple[_Error, ...] | None = None


class _Counts(_Part):
    total: int = 0
    completed: int = 0
    failed: int = 0


# Where there is no file, some servers give "" for its id.
_File = Annotated[ServerId | None, BeforeValidator(lambda given: given or None)]


class Batch(_Part):
    """A batch as the server tells of it."""

    id: ServerId
    input_file_id: ServerId
    status: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]{1,40}$", to_lower=True)]
    output_file_id: _File = None
    error_file_id: _File = None
    errors: _Errors | None = None
    request_counts: _Counts | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The files that hold its answers and failures."""
        return tuple(file for file in (self.output_file_id, self.error_file_id) if file)

    @property
    def is_failed(self) -> bool:
        """Tell whether none of it was run."""
        return self.status == FAILED and not self.files

    @property
    def has_ended(self) -> bool:
        """Tell whether no more answers come."""
        return self.status in ENDED or self.status == FAILED

    @property
    def is_over_limit(self) -> bool:
        """Tell whether it failed since too many tokens wait at the server already."""
        return any(error.code == OVER_LIMIT for error in self._errors)

    @property
    def hides_answers(self) -> bool:
        """Tell whether it counts answers and names no file of them; some servers count failures as such."""
        counts = self.request_counts or _Counts()
        return self.has_ended and not self.output_file_id and counts.completed not in (0, counts.failed)

    @property
    def progress(self) -> str:
        """Say how far it is."""
        counts = self.request_counts or _Counts()
        return f"{counts.completed + counts.failed:,} of {counts.total:,} requests done"

    @property
    def told(self) -> str:
        """Say what is wrong with it, in the server's words."""
        told = [
            f"line {error.line}: {error.message or error.code}" if error.line else error.message or error.code
            for error in self._errors
        ]
        return "; ".join(each for each in told[:ERRORS_TOLD] if each) or "the server does not say why"

    @property
    def _errors(self) -> tuple[_Error, ...]:
        return (self.errors and self.errors.data) or ()


class UploadedFile(_Part):
    """A file as the server tells of it."""

    id: ServerId


class Page(_Part):
    """A page of the server's list of batches."""

    data: tuple[dict[str, Any], ...] = ()
    has_more: bool = False

    @property
    def batches(self) -> Iterator[Batch]:
        """Those batches that can be understood."""
        for entry in self.data:
            with contextlib.suppress(ValidationError):
                yield Batch.model_validate(entry)

    @property
    def last_id(self) -> str | None:
        """What the next page comes after, None where there is none."""
        last = self.data[-1].get("id") if self.data and self.has_more else None
        return last if isinstance(last, str) else None


def read(form: type[F], content: bytes) -> F:
    """
    Return what a server says, in the form that is asked for.

    Raises:
        TransientError: it is of another form.
    """
    try:
        return form.model_validate_json(content)
    except ValidationError as error:
        message = f"{form.__doc__} was asked for, and the answer is something else"
        raise TransientError(message) from error
