"""Requests and who waits for their answers, batch by batch."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractor.errors import ExtractorError
from extractor.exchange import Response
from extractor.providers.batch.format import fingerprint_of
from extractor.providers.batch.tickets import Ticket

Waiting = asyncio.Future[Response]


@dataclass(eq=False, slots=True)
class Holding:
    """
    One batch, from its first request until every outcome is kept.

    `ticket` is there once the requests are at the server. `unsettled` are the fingerprints of which no
    outcome is kept yet.
    """

    name: str
    ticket: Ticket | None = None
    custom_ids: set[str] = field(default_factory=set)
    unsettled: set[str] = field(default_factory=set)
    waiting: dict[str, list[Waiting]] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    is_under_way: bool = False

    @property
    def is_waited_for(self) -> bool:
        """Tell whether somebody still waits for an answer."""
        return any(not waiting.done() for each in self.waiting.values() for waiting in each)

    def wait_for(self, custom_id: str) -> Waiting:
        """Return what will be the answer."""
        waiting: Waiting = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(custom_id, []).append(waiting)
        return waiting

    def deliver(self, custom_id: str, result: Response | ExtractorError) -> None:
        """Give everybody who waits for an answer what came."""
        for waiting in self.waiting.pop(custom_id, ()):
            if waiting.done():  # Whoever waited was cancelled.
                continue
            if isinstance(result, Response):
                waiting.set_result(result)
            else:
                waiting.set_exception(result)

    def fail(self, error: ExtractorError) -> None:
        """Give everybody who waits an error."""
        for custom_id in tuple(self.waiting):
            self.deliver(custom_id, error)


class Holdings:
    """Batches, found by what they answer."""

    def __init__(self) -> None:
        self._by_fingerprint: dict[str, list[Holding]] = {}

    def add(self, holding: Holding, custom_ids: Iterable[str]) -> None:
        """Note that a batch answers requests; the latest batch is added last."""
        for custom_id in custom_ids:
            holding.custom_ids.add(custom_id)
            fingerprint = fingerprint_of(custom_id)
            if fingerprint not in holding.unsettled:
                holding.unsettled.add(fingerprint)
                self._by_fingerprint.setdefault(fingerprint, []).append(holding)

    def find(self, custom_id: str) -> Holding | None:
        """Return the latest batch that answers a request."""
        of_text = reversed(self._by_fingerprint.get(fingerprint_of(custom_id), []))
        return next((holding for holding in of_text if custom_id in holding.custom_ids), None)

    def settle(self, fingerprint: str) -> list[Holding]:
        """Note that an outcome is kept; return the batches of which no other is waited for."""
        holdings = self._by_fingerprint.pop(fingerprint, [])
        for holding in holdings:
            holding.unsettled.discard(fingerprint)
        return [holding for holding in holdings if not holding.unsettled]

    def drop(self, holding: Holding, custom_ids: Iterable[str]) -> None:
        """Note that a batch does not answer requests after all."""
        holding.custom_ids.difference_update(custom_ids)
        gone = holding.unsettled.difference(map(fingerprint_of, holding.custom_ids))
        holding.unsettled -= gone
        for fingerprint in gone:
            self._by_fingerprint[fingerprint].remove(holding)
