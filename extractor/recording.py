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
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from extractor.catalog import Schema
from extractor.errors import PaperError, SchemaError, StoreError
from extractor.exchange import Response, Usage
from extractor.journal import Entry, Journal, Remains, left_behind
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.papers import Paper
from extractor.pipeline import extraction_of, failure_of
from extractor.rows import Row
from extractor.store import Store

_log = logging.getLogger(__name__)

BATCH_SECONDS, BATCH_SIZE = 1.0, 500
WAIT_MEANWHILE, WAITS_AT_END = 0.5, 3
"""Seconds to wait for a held database during a run; how many of the store's own waits at its end."""


@dataclass
class Tally:
    """What a run has done so far; `found_by` counts rows by the provider that gave them."""

    papers: int
    extracted: int = 0
    failed: int = 0
    skipped: int = 0
    from_cache: int = 0
    rows: int = 0
    verified: int = 0
    usage: Usage = field(default_factory=Usage)
    found_by: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Count of papers with an outcome."""
        return self.extracted + self.failed

    def count(self, outcome: Outcome) -> None:
        """Take one outcome in."""
        self.from_cache += outcome.from_cache
        if isinstance(outcome, Failure):
            self.failed += 1
            self.failures.append(outcome)
            self._add_usage(outcome, outcome.usage)
            return
        self.extracted += 1
        self._add_usage(outcome, outcome.response.usage)
        for part in outcome.grounded.parts:
            if any(value.value is not None for value in part.values):
                self.rows += 1
                self.verified += part.is_verified
                self.found_by[part.found_by or outcome.provider] += 1

    def _add_usage(self, outcome: Outcome, usage: Usage) -> None:
        if not outcome.from_cache:
            self.usage += usage


@dataclass
class RunLog:
    """One run as its row in `runs` tells it."""

    run_id: str
    source: str
    schema_name: str
    provider: str
    model: str
    tally: Tally
    status: str = "running"
    started: float = field(default_factory=time.time)

    def row(self) -> Row:
        """Return the run's row as it stands now."""
        now = time.time()
        return {
            "run_id": self.run_id,
            "started_at": _utc(self.started),
            "ended_at": _utc(now) if self.status != "running" else None,
            "status": self.status,
            "source": self.source,
            "schema_name": self.schema_name,
            "provider": self.provider,
            "model": self.model,
            "papers": self.tally.papers,
            "extracted": self.tally.extracted,
            "failed": self.tally.failed,
            "skipped": self.tally.skipped,
            "from_cache": self.tally.from_cache,
            "input_tokens": self.tally.usage.input_tokens,
            "output_tokens": self.tally.usage.output_tokens,
            "seconds": round(now - self.started, 3),
        }


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()


class Recorder:
    """Keeps the outcomes of one run; `record` is the pipeline's sink."""

    def __init__(self, store: Store, journal: Journal, log: RunLog, reference: str) -> None:
        self._store = store
        self._journal = journal
        self._log = log
        self._reference = reference
        self._waiting: list[Outcome] = []
        self._is_due = asyncio.Event()
        self._is_ending = False

    def record(self, outcome: Outcome) -> None:
        """Journal an outcome, then count it; what came from the database is there already."""
        if not outcome.from_cache:
            self._journal.append(entry_of(outcome, self._log, self._reference))
        self._waiting.append(outcome)
        self._log.tally.count(outcome)
        if len(self._waiting) >= BATCH_SIZE:
            self._is_due.set()

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """
        Write batches while the block runs, and the rest at its end, however it ends.

        Raises:
            StoreLockedError: the database was still held at the end; the journal has everything.
        """
        writer = asyncio.create_task(self._keep_writing())
        try:
            yield
            self._log.status = "done"
        except BaseException:
            self._log.status = "stopped"
            raise
        finally:
            self._is_ending = True
            self._is_due.set()
            await writer
            await self._write(WAITS_AT_END * self._store.wait)

    async def _keep_writing(self) -> None:
        while not self._is_ending:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_due.wait(), BATCH_SECONDS)
            self._is_due.clear()
            if not self._waiting:
                continue
            self._journal.sync()
            # A held database or a full disk stops no run: the journal has it, and the end tries again.
            with contextlib.suppress(StoreError):
                await self._write(WAIT_MEANWHILE)

    async def _write(self, wait: float) -> None:
        batch, self._waiting = self._waiting, []
        self._journal.cut()
        try:
            await asyncio.to_thread(self._store.write, self._log.row(), batch, wait=wait)
        except StoreError:
            self._waiting = batch + self._waiting
            raise
        self._journal.forget()


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
    while batch := list(itertools.islice(entries, BATCH_SIZE)):
        schema = load_schema(batch[0]["schema"])
        store.prepare(schema)
        outcomes = [outcome_of(entry, schema) for entry in batch]
        store.write(_interrupted(remains.run_id, batch[0]["run"]).row(), outcomes)
        count += len(outcomes)
    store.close_interrupted(remains.run_id)
    return count


def _interrupted(run_id: str, run: dict[str, Any]) -> RunLog:
    """Return the log of a run that is gone; what it did is counted from its papers when it is closed."""
    return RunLog(
        run_id=run_id,
        source=run["source"],
        schema_name=run["schema_name"],
        provider=run["provider"],
        model=run["model"],
        tally=Tally(papers=run["papers"], skipped=run["skipped"]),
        status="interrupted",
        started=run["started"],
    )


def entry_of(outcome: Outcome, log: RunLog, reference: str) -> Entry:
    """Return the journal's line for an outcome: all that is needed to make its rows again."""
    entry: Entry = {
        "run": {
            "source": log.source,
            "schema_name": log.schema_name,
            "provider": log.provider,
            "model": log.model,
            "papers": log.tally.papers,
            "skipped": log.tally.skipped,
            "started": log.started,
        },
        "schema": reference,
        "paper": outcome.paper.model_dump(mode="json"),
        "fingerprint": outcome.fingerprint,
    }
    if isinstance(outcome, Extraction):
        return {**entry, "provider": outcome.provider, "response": asdict(outcome.response)}
    told = {name: getattr(outcome, name) for name in _FAILURE_FIELDS}
    return {**entry, "failure": {**told, "usage": asdict(outcome.usage)}}


_FAILURE_FIELDS = ("reason", "message", "paid", "raw_text", "model", "attempts")


def outcome_of(entry: Entry, schema: Schema) -> Outcome:
    """Return the outcome that a journal's line tells of."""
    paper = Paper.model_validate(entry["paper"])
    if "failure" in entry:
        told = {**entry["failure"], "usage": Usage(**entry["failure"]["usage"])}
        return Failure(paper=paper, fingerprint=entry["fingerprint"], **told)
    response = Response(**{**entry["response"], "usage": Usage(**entry["response"]["usage"])})
    fingerprint = entry["fingerprint"]
    try:
        return extraction_of(paper, fingerprint, response, schema, entry["provider"])
    except PaperError as error:
        return failure_of(paper, fingerprint, error, response, response.model)
