"""
Outcomes -> journal, then database.

Each outcome is in the journal before it is counted; once a second, or every 500 outcomes, what waits
goes to the database in one batch. A database that another program holds stops nothing: outcomes wait
in the journal, and if it is still held at the end the next command writes them.
"""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable

from extractor.catalog import Schema
from extractor.errors import SchemaError, StoreError, StoreLockedError
from extractor.journal import Journal, Remains, left_behind
from extractor.outcomes import Outcome
from extractor.retelling import entry_of, outcome_of
from extractor.sources import Again
from extractor.store import Store
from extractor.tallying import RunLog

_log = logging.getLogger(__name__)

BATCH_SECONDS, BATCH_SIZE = 1.0, 500
SYNC_SECONDS = 0.5
MOST_UNWRITTEN = 1_000
"""Outcomes that wait to be written, before no more is begun."""
MOST_WAITING = 2_000
"""Outcomes that wait in memory for a held database; beyond, they wait in the journal alone."""
WAIT_MEANWHILE, LONGEST_REST, WAITS_AT_END = 0.5, 30.0, 3
"""Seconds to wait for a held database during a run, at most between tries; the store's waits at the end."""
WRITING_TO_REST, LONGEST_AFTER_WRITING = 1, 5.0
"""How many times as long as a batch took is waited before the next, so that a large database slows no run."""


class Recorder:
    """
    Takes a run's outcomes to the journal and, in batches, to the database.

    `settle` is told the fingerprint of each outcome that is in the journal. What papers `again` tell goes to
    the database too, once those are there that they are the same as.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        log: RunLog,
        settle: Callable[[str], None],
        again: Again,
    ) -> None:
        self._store = store
        self._journal = journal
        self._log = log
        self._settle = settle
        self._again = again
        self.is_written = True
        self._waiting: list[Outcome] = []
        self._unkept: list[Outcome] = []
        self._is_held = False
        self._is_short = asyncio.Event()
        self._has_room = asyncio.Event()
        self._is_in_journal_alone = False
        self._is_due = asyncio.Event()
        self._is_ended = asyncio.Event()
        self._is_full = False
        self._rest = 0.0

    def record(self, outcome: Outcome) -> None:
        """
        Journal an outcome, then count it.

        Raises:
            StoreError: the journal cannot be written, or the disk is full: no more should be asked. What is
                recorded nevertheless is kept where there is room, in memory where there is none.
        """
        problem = None if outcome.from_cache else self._journalled(outcome)
        if outcome not in self._unkept:
            self._settle(outcome.fingerprint)
        self._waiting.append(outcome)
        self._log.tally.count(outcome)
        if len(self._waiting) >= BATCH_SIZE:
            self._is_due.set()
        if problem and not self._is_full:
            self._is_full = True
            raise StoreError(problem)

    async def room(self) -> None:
        """Wait until what is recorded has gone to the database; while that is held the journal will do."""
        while len(self._waiting) >= MOST_UNWRITTEN and not (self._is_held or self._is_full):
            self._has_room.clear()
            self._is_short.set()
            self._is_due.set()
            await self._has_room.wait()

    def _journalled(self, outcome: Outcome) -> str | None:
        """Journal an outcome; return what is wrong with the journal, if anything is."""
        try:
            self._journal.append(entry_of(outcome))
        except StoreError as error:
            self._unkept.append(outcome)
            return f"{error}; the same command goes on when that is mended"
        if self._journal.is_full:
            return f"the disk of {self._store.path} is full; make room, and the same command goes on"
        return None

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """
        Write batches while the block runs, and the rest at its end, however it ends.

        Where the database is still held then, `is_written` is False, and the journal has everything.
        """
        tasks = [asyncio.create_task(self._keep_writing()), asyncio.create_task(self._keep_syncing())]
        try:
            yield
            self._log.status = "stopped" if self._log.tally.skips.broken else "done"
        except BaseException:
            self._log.status = "stopped"
            raise
        finally:
            self._is_ended.set()
            self._is_short.set()
            self._is_due.set()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            await self._write_last()
            for error in filter(None, ended):
                raise error

    async def _keep_syncing(self) -> None:
        while not self._is_ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_ended.wait(), SYNC_SECONDS)
            await asyncio.to_thread(self._journal.sync)

    async def _keep_writing(self) -> None:
        try:
            await self._write_batches()
        finally:
            # Whatever ended this: nobody waits for it, and the end of the run raises it.
            self._is_held = True
            self._has_room.set()

    async def _write_batches(self) -> None:
        while not self._is_ended.is_set():
            await self._pause()
            # On a full disk what room there is is for the journal.
            if not self._waiting or self._is_full or self._is_ended.is_set():
                continue
            started = time.monotonic()
            try:
                await self._write(WAIT_MEANWHILE)
                self._is_held = False
                self._rest = min(LONGEST_AFTER_WRITING, WRITING_TO_REST * (time.monotonic() - started))
            except StoreError as error:
                # A held database or a full disk stops no run: the journal has it, and the end tries again.
                _log.info("rows wait in the journal: %s", error)
                self._rest = min(LONGEST_REST, max(BATCH_SECONDS, 2 * self._rest))
                self._is_held = True
                self._keep_in_journal_alone()
            self._is_short.clear()
            self._has_room.set()

    async def _pause(self) -> None:
        """Wait until a batch is due; a large database, where each takes long, is written less often."""
        for due, seconds in ((self._is_short, self._rest), (self._is_due, BATCH_SECONDS)):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(due.wait(), seconds)
        self._is_due.clear()

    async def _write_last(self) -> None:
        try:
            await self._write(WAITS_AT_END * self._store.wait)
        except StoreError as error:
            _log.info("rows stay in the journal: %s", error)
            self.is_written = False
            self._keep_the_rest()
            if isinstance(error, StoreLockedError):
                self._journal_what_was_known()
                self._journal.head()
            elif not self._is_full:
                raise

    def _keep_the_rest(self) -> None:
        """
        Journal what could not be journalled before.

        Raises:
            StoreError: there is still no room; the message says how many answers are lost.
        """
        while self._unkept:
            try:
                self._journal.append(entry_of(self._unkept[-1]))
            except StoreError as error:
                message = f"{error}; {len(self._unkept)} answers that were in flight are lost"
                raise StoreError(message) from error
            self._unkept.pop()

    def _keep_in_journal_alone(self) -> None:
        """Let go of outcomes that wait for long: they are read from the journal when they are written."""
        if len(self._waiting) > MOST_WAITING or self._is_in_journal_alone:
            self._is_in_journal_alone = True
            self._journal_what_was_known()

    def _journal_what_was_known(self) -> None:
        """Journal what came from the cache too, and let go of all that is in the journal."""
        for outcome in self._waiting:
            if outcome.from_cache:
                self._journal.append(entry_of(outcome))
        self._waiting = [outcome for outcome in self._waiting if outcome in self._unkept]

    async def _write(self, wait: float) -> None:
        batch, self._waiting = self._waiting, []
        self._journal.cut()
        try:
            await asyncio.to_thread(self._write_batch, batch, wait)
        except StoreError:
            self._waiting = batch + self._waiting
            raise
        self._journal.forget()
        self._unkept.clear()
        self._is_in_journal_alone = False

    def _write_batch(self, batch: list[Outcome], wait: float) -> None:
        if self._is_in_journal_alone:
            schema = self._log.schema
            entries = self._journal.cut_entries()
            while some := [outcome_of(entry, schema) for entry in itertools.islice(entries, BATCH_SIZE)]:
                self._store.write(schema, self._log.row(), some, anew=self._log.anew, wait=wait)
            batch = [outcome for outcome in batch if outcome.from_cache or outcome in self._unkept]
        self._store.write(
            self._log.schema, self._log.row(), batch, anew=self._log.anew, wait=wait, again=self._again
        )
        self._again.settle()


def write_left_behind(store: Store, load_schema: Callable[[str], Schema]) -> int:
    """
    Write what runs that are gone left in the journal; return the count of outcomes.

    Raises:
        StoreLockedError: another program holds the database.
    """
    count = 0
    for remains in left_behind(store.journal_folder):
        try:
            count += _write_remains(store, remains, load_schema)
        except SchemaError as error:
            _log.warning("%d entries wait in %s: %s", len(list(remains.entries())), remains.folder, error)
            continue
        except (KeyError, TypeError, ValueError) as error:
            aside = remains.set_aside()
            _log.warning("a journal cannot be read (%r) and is set aside: %s", error, aside)
            continue
        remains.forget()
    return count


def _write_remains(store: Store, remains: Remains, load_schema: Callable[[str], Schema]) -> int:
    count = 0
    entries = remains.entries()
    header = remains.header
    while batch := list(itertools.islice(entries, BATCH_SIZE)):
        log = RunLog.interrupted(remains.run_id, header, load_schema(header["schema"]))
        outcomes = [outcome_of(entry, log.schema) for entry in batch]
        store.write(log.schema, log.row(), outcomes, anew=log.anew)
        count += len(outcomes)
    store.close_interrupted(remains.run_id)
    return count
