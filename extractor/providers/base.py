"""The protocol that every provider keeps."""

from collections.abc import Mapping
from typing import Protocol

from extractor.exchange import Request, Response


class Provider(Protocol):
    """
    Answers requests.

    `identity` goes into the fingerprint; its key `provider` is the kind (`openai`, `embedded`, `rules`,
    `fake`).
    """

    @property
    def model(self) -> str:
        """Return the model's name."""
        ...

    @property
    def identity(self) -> Mapping[str, str]:
        """Return what decides an answer; the same for as long as the provider lives."""
        ...

    async def complete(self, request: Request) -> Response:
        """
        Return the answer to a request.

        Raises:
            TransientError: no answer came; another try may help.
            RejectedError: this request is refused whenever it is sent.
            RunStoppedError: no request of this run can succeed.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections and models."""
        ...
