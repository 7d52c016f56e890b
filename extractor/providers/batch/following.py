"""A ticket -> its batch, made where it is not and waited for until it has ended."""

from collections.abc import Callable

from extractor.errors import RunStoppedError
from extractor.providers.batch.endpoint import Endpoint, Sleep
from extractor.providers.batch.format import hidden
from extractor.providers.batch.status import Batch
from extractor.providers.batch.tickets import Ticket, Tickets

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 10.0, 1.5, 60.0
"""Seconds between two looks at a batch: at first, by which factor they grow, and at most."""
TELL_EVERY = 60.0
FIRST_WAIT, LONGEST_WAIT = 60.0, 1800.0
"""Seconds after which a batch is made again for which there was no room, doubled each time."""
LOOKS_FOR_ANSWERS = 5


class RefusedBatchError(RunStoppedError):
    """The server ran none of a batch."""


class TooLargeBatchError(RefusedBatchError):
    """The server has not room for a batch, though no other of ours is there."""


class Following:
    """Sees the batches of tickets to their end, at one server."""

    def __init__(
        self, endpoint: Endpoint, tickets: Tickets, tell: Callable[[str], None], sleep: Sleep
    ) -> None:
        self._endpoint = endpoint
        self._tickets = tickets
        self._tell = tell
        self._sleep = sleep
        self._at_work: set[str] = set()

    async def made(
        self, name: str, ticket: Ticket, *, is_new: bool = False, failed_id: str | None = None
    ) -> Ticket:
        """
        Return a ticket with the id of its batch; where there is no batch but the failed one, it is made.

        Of several processes that have the same ticket one makes it.

        Raises:
            RunStoppedError: the server takes none.
        """
        if ticket.batch_id not in (None, failed_id):
            return ticket
        while True:
            with self._tickets.making(name) as is_mine:
                if is_mine:
                    return await self._made_alone(name, ticket, is_new=is_new, failed_id=failed_id)
            await self._sleep(FIRST_PAUSE)

    async def ended(self, name: str, ticket: Ticket) -> tuple[Ticket, Batch]:
        """
        Return a ticket as it is in the end, and its batch once no more answers come.

        Where there is no room for a batch since another of ours is at work, it is made again later.

        Raises:
            RefusedBatchError: the server refuses the batch.
            RunStoppedError: the server does not say what became of it.
        """
        wait, failed_id = FIRST_WAIT, None
        while True:
            ticket = await self.made(name, ticket, failed_id=failed_id)
            batch = await self._end_of(name, str(ticket.batch_id))
            if not batch.is_failed:
                return ticket, batch
            refused = f"the server did not take batch {batch.id}: {hidden(self._endpoint.secret, batch.told)}"
            if not batch.is_over_limit:
                raise RefusedBatchError(refused)
            if not self._at_work:
                raise TooLargeBatchError(refused)
            self._tell(f"{refused}; submitted again in {wait:.0f} s")
            await self._sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
            failed_id = batch.id

    async def _made_alone(self, name: str, ticket: Ticket, *, is_new: bool, failed_id: str | None) -> Ticket:
        if is_new:
            self._tickets.write(name, ticket, is_new=True)
        else:
            ticket = self._tickets.read(name) or ticket
        if ticket.batch_id not in (None, failed_id):
            return ticket
        batch = await self._endpoint.make(ticket.input_file_id, may_be_there=not is_new)
        ticket = ticket.model_copy(update={"batch_id": batch.id})
        self._tickets.write(name, ticket)
        self._tell(
            f"batch {batch.id} is submitted: {len(ticket.custom_ids):,} requests, answered within 24 hours"
        )
        return ticket

    async def _end_of(self, name: str, batch_id: str) -> Batch:
        self._at_work.add(name)
        try:
            return await self._looked_at_to_the_end(batch_id)
        finally:
            self._at_work.discard(name)

    async def _looked_at_to_the_end(self, batch_id: str) -> Batch:
        status, told_ago, pause, looks = "", 0.0, FIRST_PAUSE, 0
        while True:
            batch = await self._endpoint.look_at(batch_id)
            if batch.status != status or told_ago >= TELL_EVERY:
                self._tell(f"batch {batch.id} is {batch.status.replace('_', ' ')}: {batch.progress}")
                status, told_ago = batch.status, 0.0
            if batch.has_ended and not batch.hides_answers:
                return batch
            looks += batch.hides_answers
            if looks == LOOKS_FOR_ANSWERS:
                message = (
                    f"batch {batch.id} is {status}, but the server names no file of its answers; try later"
                )
                raise RunStoppedError(message)
            await self._sleep(pause)
            told_ago += pause
            pause = min(pause * GROWTH, LONGEST_PAUSE)
