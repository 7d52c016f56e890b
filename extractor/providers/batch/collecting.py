"""A batch's requests -> the server, and its answers -> everybody who waits for one."""

import time
from collections.abc import Callable, Collection
from typing import IO

from extractor.errors import ExtractorError, RunStoppedError, TransientError
from extractor.exchange import Response
from extractor.providers.batch.endpoint import Endpoint, Sleep, UnknownError
from extractor.providers.batch.following import FIRST_WAIT, Following, RefusedBatchError, TooLargeBatchError
from extractor.providers.batch.format import fingerprint_of, read_line
from extractor.providers.batch.gathering import Room
from extractor.providers.batch.holding import Holding, Holdings
from extractor.providers.batch.status import Batch
from extractor.providers.batch.tickets import Ticket, Tickets

KEPT_FOR = 30 * 24 * 3600.0
"""Seconds that a server keeps the files of a batch."""


class Collecting:
    """Sends batches and delivers their answers."""

    def __init__(
        self,
        endpoint: Endpoint,
        tickets: Tickets,
        holdings: Holdings,
        *,
        room: Room,
        tell: Callable[[str], None],
        sleep: Sleep,
    ) -> None:
        self._endpoint = endpoint
        self._following = Following(endpoint, tickets, tell, sleep)
        self._tickets = tickets
        self._holdings = holdings
        self._room = room
        self._tell, self._sleep = tell, sleep

    async def send(self, holding: Holding, requests: IO[bytes]) -> None:
        """
        Have a file of requests run as a batch, unless nobody waits for them any more.

        Raises:
            RunStoppedError: the server takes none.
        """
        if not holding.is_waited_for:
            self._holdings.drop(holding, tuple(holding.custom_ids))
            holding.waiting.clear()
            return
        try:
            input_file_id = await self._endpoint.upload(requests)
            holding.ticket = Ticket(
                input_file_id=input_file_id,
                base_url=self._endpoint.base_url,
                model=self._endpoint.model,
                custom_ids=tuple(sorted(holding.custom_ids)),
                submitted_at=time.time(),
            )
            holding.ticket = await self._following.made(holding.name, holding.ticket, is_new=True)
        except Exception:
            # Where there is a ticket by now, it is for the next run to go on with it.
            self._holdings.drop(holding, tuple(holding.custom_ids))
            raise

    async def collect(self, holding: Holding, ticket: Ticket) -> None:
        """
        Deliver what the batch of a ticket brings, once it has ended.

        Raises:
            RunStoppedError: it brings nothing, or cannot be reached.
        """
        try:
            holding.ticket, batch = await self._following.ended(holding.name, ticket)
        except RefusedBatchError as error:
            # Nothing was run, nothing paid: there is nothing to collect.
            size = len(holding.custom_ids)
            self._holdings.drop(holding, tuple(holding.custom_ids))
            self._tickets.forget(holding.name)
            if not isinstance(error, TooLargeBatchError):
                raise
            await self._send_in_parts(holding, size, error)
        except UnknownError as error:
            self._give_up_lost(holding, ticket, error)
        else:
            self._room.narrowings = 0
            await self._deliver(holding, holding.ticket, batch)

    async def _send_in_parts(self, holding: Holding, size: int, error: TooLargeBatchError) -> None:
        """
        Have the requests of a batch asked for again, for which smaller ones are made.

        Raises:
            RunStoppedError: smaller ones were refused too.
        """
        wait = FIRST_WAIT * 2**self._room.narrowings
        if not self._room.narrow(size):
            message = f"{error}; try later, or with fewer papers at once (--concurrency)"
            raise RunStoppedError(message) from error
        self._tell(f"{error}; batches are of {self._room.most_requests:,} requests now, in {wait:.0f} s")
        await self._sleep(wait)
        holding.fail(TransientError(str(error)))

    async def _deliver(self, holding: Holding, ticket: Ticket, batch: Batch) -> None:
        endpoint = self._endpoint
        missing: dict[str, ExtractorError] = {
            custom_id: TransientError(f"batch {batch.id} ({batch.status}) brought no answer")
            for custom_id in holding.waiting
        }
        asked = len(missing)

        def take(raw: bytes) -> None:
            line = read_line(raw)
            if line is None or line.custom_id not in missing:
                return
            result = line.result(endpoint.base_url, endpoint.model, endpoint.secret)
            if _is_final(result):
                del missing[line.custom_id]
                holding.deliver(line.custom_id, result)
            elif isinstance(result, ExtractorError):
                missing[line.custom_id] = result

        for file_id in batch.files:
            try:
                await endpoint.download(file_id, take)
            except UnknownError:
                self._tell(
                    f"{file_id} of batch {batch.id} is no longer at the server: its papers are asked anew"
                )
        self._tell(
            f"batch {batch.id} is collected: {asked - len(missing):,} answers, {len(missing):,} without one"
        )
        self._give_up(holding, ticket, missing)

    def _give_up_lost(self, holding: Holding, ticket: Ticket, error: UnknownError) -> None:
        """
        Give up a batch that the server does not know, if it is so old that it may not.

        Raises:
            RunStoppedError: it is not: asking anew might be paid twice.
        """
        if time.time() - ticket.submitted_at < KEPT_FOR:
            message = (
                f"{error}. Was {named(ticket)} submitted with another key? Use that one, or delete "
                f"{self._tickets.path_of(holding.name)} to have its papers asked anew"
            )
            raise RunStoppedError(message) from error
        self._tell(
            f"{named(ticket)} is no longer at the server, which keeps 30 days: its papers are asked anew"
        )
        gone = TransientError(f"{named(ticket)} is no longer at the server")
        self._give_up(holding, ticket, dict.fromkeys(tuple(holding.custom_ids), gone))

    def _give_up(self, holding: Holding, ticket: Ticket, missing: dict[str, ExtractorError]) -> None:
        """Strike requests off a batch that does not answer them, then say so to those who wait."""
        if missing:
            self._strike(holding, ticket, missing.keys())
        for custom_id, error in missing.items():
            holding.deliver(custom_id, error)

    def _strike(self, holding: Holding, ticket: Ticket, custom_ids: Collection[str]) -> None:
        self._holdings.drop(holding, custom_ids)
        if not holding.unsettled:
            self._tickets.forget(holding.name)
            return
        kept = tuple(
            custom_id
            for custom_id in ticket.custom_ids
            if custom_id in holding.custom_ids and fingerprint_of(custom_id) in holding.unsettled
        )
        holding.ticket = ticket.model_copy(update={"custom_ids": kept})
        self._tickets.write(holding.name, holding.ticket)


def named(ticket: Ticket) -> str:
    """Return what a ticket is called in messages."""
    return f"batch {ticket.batch_id}" if ticket.batch_id else f"the batch of {ticket.input_file_id}"


def _is_final(result: Response | ExtractorError) -> bool:
    """Tell whether asking again changes nothing; what stops a run may be mended before the next."""
    return not isinstance(result, TransientError | RunStoppedError)
