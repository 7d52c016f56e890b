"""
The errors of this package, all under one base.

ExtractorError
├── SettingsError            an option or variable that cannot be used
├── SchemaError              a schema or prompt that cannot be loaded
├── SourceError              a file that holds no papers we can read
├── ReadingStoppedError      what papers were read for has ended
├── GoldError                a file of correct answers that cannot be used
├── StoreError               the database file or its folder cannot be used
│   ├── StoreLockedError     another program holds the database
│   ├── StoreForeignError    the file is a database, but has none of our tables
│   └── QueryError           a statement that is refused or fails
├── RunStoppedError          nothing more can be asked: no key, unknown model, no weights
│   └── BudgetReachedError   what a run may cost is spent
└── PaperError               one paper's failure, kept as a row of `failures`
    ├── TransientError       no answer came: worth another try
    │   └── RateLimitedError the server asks us to slow down
    ├── RejectedError        the server will not take this request; nothing was paid
    │   └── TooLongError     the text is longer than the model reads
    └── AnswerError          an answer came and was paid, but cannot be used
        ├── RefusedError     the model declined
        ├── FilteredError    a content filter took the answer away
        ├── CutOffError      the answer ended at the token limit
        ├── InvalidAnswerError  the answer does not fit the schema
        └── UnreadAnswerError   the answer could not be read, by a mistake of this package
"""


class ExtractorError(Exception):
    """Base of every error that this package raises on purpose."""


class SettingsError(ExtractorError):
    """An option, argument or environment variable that cannot be used."""


class SchemaError(ExtractorError):
    """A schema or its prompt cannot be found or loaded."""


class SourceError(ExtractorError):
    """A file cannot be read as papers."""


class ReadingStoppedError(ExtractorError):
    """What papers were read for has ended, by an interrupt perhaps."""


class GoldError(ExtractorError):
    """A file of correct answers has a line that cannot be used."""


class StoreError(ExtractorError):
    """The database or its journal cannot be written or read."""


class StoreLockedError(StoreError):
    """Another program holds the database."""


class StoreForeignError(StoreError):
    """The file is a database, but has none of our tables."""


class QueryError(StoreError):
    """A statement is refused, or DuckDB cannot run it."""


class RunStoppedError(ExtractorError):
    """No further request can succeed, whatever the paper."""


class BudgetReachedError(RunStoppedError):
    """What is left of --max-cost does not pay for another request."""


class PaperError(ExtractorError):
    """One paper could not be extracted."""

    reason = "failed"
    paid = False


class TransientError(PaperError):
    """No answer came, and the same request may succeed later."""

    reason = "no answer"


class RateLimitedError(TransientError):
    """The server asks for a pause; `retry_after` is in seconds, None where it did not say."""

    reason = "rate limited"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RejectedError(PaperError):
    """The server refuses this very request; sending it again changes nothing."""

    reason = "rejected"


class TooLongError(RejectedError):
    """The text is longer than the model reads."""

    reason = "too long"


class AnswerError(PaperError):
    """An answer came and was paid for, but cannot be used."""

    paid = True


class RefusedError(AnswerError):
    """The model declined to answer."""

    reason = "refused"


class FilteredError(AnswerError):
    """A content filter took the answer away."""

    reason = "filtered"


class CutOffError(AnswerError):
    """The answer ended at the token limit."""

    reason = "cut off"


class InvalidAnswerError(AnswerError):
    """The answer does not fit the schema, after every re-ask."""

    reason = "invalid"


class UnreadAnswerError(AnswerError):
    """The answer fits the schema, and this package fails to read it: a mistake of ours."""

    reason = "unread"
