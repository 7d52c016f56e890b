"""
A provider that gathers requests into batches and waits for them, through any restart.

A batch takes up to a day and costs half. Its ticket stays in the journal's folder until the outcome of
each of its requests is kept: a request that stands in a ticket is never sent again, and its answer is
downloaded as often as needed.
"""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from extractor.errors import ExtractorError, RunStoppedError
from extractor.exchange import Request, Response
from extractor.providers.batch.collecting import Collecting, named
from extractor.providers.batch.endpoint import Endpoint, Sleep
from extractor.providers.batch.format import custom_id_of, line_of
from extractor.providers.batch.gathering import Gathering, Room
from extractor.providers.batch.holding import Holding, Holdings
from extractor.providers.batch.tickets import Tickets
from extractor.providers.openai.bodies import Bodies
from extractor.providers.openai.provider import OFFICIAL, OpenAIProvider
from extractor.providers.openai.translating import NO_KEY
from extractor.settings import free_params

MOST_REQUESTS, MOST_BYTES = 50_000, 190_000_000
"""What a server takes in one file, with some bytes to spare."""


class BatchProvider:
    """
    Asks a server by its batch endpoint; the answers are those of `OpenAIProvider`, hours later.

    A batch is sent when it is full, or when no request has come for `quiet` seconds. `folder` is the
    journal's. `tell` is given a line whenever something changes; `sleep` waits for so many seconds.
    """

    def __init__(  # noqa: PLR0913 - each can be chosen by itself.
        self,
        model: str,
        *,
        base_url: str | None,
        api_key: str | None,
        params: Mapping[str, Any],
        folder: Path,
        tell: Callable[[str], None],
        quiet: float = 1.0,
        sleep: Sleep = asyncio.sleep,
        most_requests: int = MOST_REQUESTS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.model = model
        self.identity = OpenAIProvider(model, base_url=base_url, params=params).identity
        self._bodies = Bodies(model, free_params(params))
        self._folder = folder
        self._tell = tell
        self._quiet, self._sleep = quiet, sleep
        self._room = Room(most_requests, most_bytes)
        self._holdings = Holdings()
        self._tickets = Tickets(folder, tell)
        self._endpoint = Endpoint(base_url or OFFICIAL, model, api_key or NO_KEY, tell, sleep)
        self._collecting = Collecting(
            self._endpoint, self._tickets, self._holdings, room=self._room, tell=tell, sleep=sleep
        )
        self._next: tuple[Holding, Gathering] | None = None
        self._begun: dict[str, Holding] = {}
        self._re_asks: dict[str, dict[str, int]] = {}
        self._knows_tickets = False

    async def complete(self, request: Request) -> Response:
        """
        Return the answer of the batch that has one, be it an earlier run's, else of the next batch.

        Raises:
            TransientError: the batch ended without an answer to this.
            RejectedError: the server refuses this request.
            FilteredError: a content filter does.
            RunStoppedError: the server takes no batch of ours, or does not answer any more.
        """
        self._read_tickets()
        nth = self._re_asks.get(request.fingerprint, {}).get(request.correction or "", 0) + 1
        custom_id = custom_id_of(request, nth)
        holding = self._holdings.find(custom_id)
        if holding is None:
            holding = self._gathered(custom_id, line_of(custom_id, self._bodies.of(request)))
        elif holding.task is None or holding.task.done():
            self._begin(holding)
        response = await holding.wait_for(custom_id)
        if request.correction is not None:
            # The same mistake once more is another question: its answer is not the one that is there.
            self._re_asks.setdefault(request.fingerprint, {})[request.correction] = nth
        return response

    def settle(self, fingerprint: str) -> None:
        """Take note that the outcome of a request is kept: nothing of it has to be collected any more."""
        self._read_tickets()
        self._re_asks.pop(fingerprint, None)
        for holding in self._holdings.settle(fingerprint):
            self._tickets.forget(holding.name)

    async def aclose(self) -> None:
        """Stop waiting; what is at the server stays there."""
        tasks = [holding.task for holding in self._begun.values() if holding.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for holding in self._begun.values():
            if holding.ticket and holding.unsettled:
                self._tell(f"{named(holding.ticket)} waits at the server; the same command collects it")
            holding.fail(RunStoppedError("the run is over"))
        self._begun.clear()
        await self._endpoint.aclose()

    def _read_tickets(self) -> None:
        """Take note of what earlier runs left at the server."""
        if self._knows_tickets:
            return
        for name, ticket in self._tickets.all_of(self._endpoint.base_url, self.model):
            self._holdings.add(Holding(name, ticket=ticket), ticket.custom_ids)
        self._knows_tickets = True

    def _gathered(self, custom_id: str, line: bytes) -> Holding:
        """Put a request into the next batch."""
        if self._next is None or not self._next[1].has_room_for(line):
            holding = Holding(uuid4().hex)
            gathering = Gathering(self._folder, self._room)
            self._next = holding, gathering
            self._begin(holding, gathering)
        holding, gathering = self._next
        gathering.add(line)
        self._holdings.add(holding, (custom_id,))
        return holding

    def _begin(self, holding: Holding, gathering: Gathering | None = None) -> None:
        if holding.task is None and holding.ticket is not None:
            self._tell(f"{named(holding.ticket)} was submitted earlier: its answers are collected")
        self._begun[holding.name] = holding
        holding.task = asyncio.create_task(self._see_through(holding, gathering))
        if gathering is not None:
            holding.task.add_done_callback(lambda _: gathering.close())

    async def _see_through(self, holding: Holding, gathering: Gathering | None) -> None:
        """Send a batch where it is a new one and collect it; everybody who waits is told what goes wrong."""
        try:
            if gathering is not None:
                await self._until_quiet(gathering)
                await self._collecting.send(holding, gathering.file)
            while holding.waiting and holding.ticket:
                await self._collecting.collect(holding, holding.ticket)
            del self._begun[holding.name]
        except ExtractorError as error:
            holding.fail(error)
        except Exception as error:  # noqa: BLE001 - whoever waits here would wait for ever.
            holding.fail(RunStoppedError(f"waiting for a batch ended with {error!r}"))

    async def _until_quiet(self, gathering: Gathering) -> None:
        """Wait until a batch is full, or nothing has come for a while."""
        gathered = 0
        while gathered < gathering.requests:
            gathered = gathering.requests
            await self._sleep(self._quiet)
        if self._next is not None and self._next[1] is gathering:
            self._next = None
