"""A provider without a model, for tests and for trying a schema: answers come from a function."""

import json
from collections.abc import Callable

from extractor.exchange import Request, Response, Usage
from extractor.papers import Text
from extractor.records import Record, fields_of


class FakeProvider:
    """
    Answers with what `answer` makes of a text; `asked` counts the requests.

    Without `answer`, a record with no values comes back.
    """

    model = "fake"
    identity = {"provider": "fake"}  # noqa: RUF012 - the protocol's own form.

    def __init__(self, answer: Callable[[Text], str] | None = None) -> None:
        self._answer = answer
        self.asked = 0

    async def complete(self, request: Request) -> Response:
        """Return the canned answer."""
        self.asked += 1
        text = self._answer(request.text) if self._answer else empty_answer(request.asking.record_type)
        return Response(text, self.model, Usage(0, 0), "stop")

    async def aclose(self) -> None:
        """Nothing is held."""


def empty_answer(record_type: type[Record]) -> str:
    """Return JSON of a record with no values: null or [] for each field."""
    return json.dumps({s.name: [] if s.many else None for s in fields_of(record_type)})
