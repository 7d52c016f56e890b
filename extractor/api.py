"""The library's face, and the one place where objects are put together."""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from extractor.catalog import Schema, load_schema
from extractor.errors import BudgetReachedError, SettingsError, StoreLockedError
from extractor.exchange import Asking
from extractor.journal import Journal
from extractor.knowledge import RunKnowledge, what_counts
from extractor.outcomes import Outcome
from extractor.papers import Paper
from extractor.pipeline import Pipeline
from extractor.planning import Plan, plan_run
from extractor.prompting import Prompt
from extractor.providers.base import Provider
from extractor.providers.choosing import (
    BUILT_IN,
    SMALL,
    Chosen,
    choose_provider,
    given_provider,
)
from extractor.recording import Recorder, write_left_behind
from extractor.retelling import outcome_of
from extractor.routing import Known, Manner, run_papers
from extractor.settings import Settings
from extractor.sources import Again, Choice, Reading, read_files, single
from extractor.sources.network import Network, Sites
from extractor.store import Snapshot, Store
from extractor.tallying import RunLog, Tally
from extractor.waiting import wait_for

T = TypeVar("T")

Source = str | Path | Sequence[str | Path] | Iterable[Paper]
"""A file, folder or pattern, "-", a name to fetch ("arxiv:2409.12656"), several, or papers themselves."""
Tell = Callable[[str], None]
OnProgress = Callable[[Tally], None]


@dataclass(frozen=True)
class RunSummary:
    """
    What a run has done: counts, what was passed over, and where the rows are.

    `stopped` says why it ended before its papers did: its budget was reached, or a service gave no more.
    """

    run_id: str
    db: Path
    provider: str
    model: str
    tally: Tally
    seconds: float
    is_written: bool
    has_boards: bool
    stopped: str | None = None

    @property
    def exit_code(self) -> int:
        """0 where every paper has an extraction, else 1."""
        return 1 if self.tally.failed or self.stopped else 0


def _silent(_: Any) -> None:  # noqa: ANN401
    """Tell nobody."""


async def arun(
    source: Source,
    *,
    provider: Provider | None = None,
    tell: Tell = _silent,
    on_progress: OnProgress = _silent,
    **options: object,
) -> RunSummary:
    """
    Extract every paper of files, folders or names to fetch (or of an iterable of `Paper`) and write its rows.

    `options` are those of `Settings`: model, base_url, mode, params, db, schema_name, concurrency, rpm, tpm,
    timeout, deadline, max_cost, price, batch, wait, retry_failed, refresh, cache_dir, and names_of, where,
    since, limit, arxiv_url, hf_url, which say what is read.
    `provider` takes the place of the one that the settings ask for.
    Cancelled, it first waits for the answers in flight, a minute at most.

    Raises:
        SourceError, SettingsError, SchemaError, StoreError: nothing was asked.
        RunStoppedError: no request can succeed; what was done before is kept.
    """
    settings = _settings(options)
    schema = load_schema(settings.schema_name)
    with Network(_sites(settings), tell) as network, contextlib.closing(Again()) as again:
        reading = await _reading_apart(source, settings, network, again.put)
        store = Store.of(settings)
        chosen = (
            given_provider(provider, settings)
            if provider
            else choose_provider(settings, store.journal_folder, tell)
        )
        with contextlib.closing(store.snapshot()) as snapshot:
            try:
                _prepare(store, schema, snapshot, tell)
                return await _Run(settings, schema, store, snapshot, chosen, tell, again).go(
                    reading, on_progress
                )
            finally:
                await chosen.provider.aclose()


def run(source: Source, **options: Any) -> RunSummary:  # noqa: ANN401
    """Do what `arun` does, and wait for it; works inside a running loop (a notebook) too."""
    return wait_for(arun(source, **options))


def plan(source: Source, *, tell: Tell = _silent, **options: Any) -> Plan:  # noqa: ANN401
    """
    Return what `run` with the same arguments would do, and ask no model; what is fetched is fetched.

    Raises:
        SourceError, SettingsError, SchemaError, StoreError: the run could not begin.
    """
    settings = _settings(options)
    schema = load_schema(settings.schema_name)
    with Network(_sites(settings), tell) as network:
        reading = _reading(source, settings, network)
        store = Store.of(settings)
        chosen = choose_provider(settings, store.journal_folder, _silent)
        with contextlib.closing(store.snapshot()) as snapshot:
            if store.path.is_file():
                with contextlib.suppress(StoreLockedError):
                    write_left_behind(store, load_schema)
                store.check(schema, snapshot)

            def look_up(fingerprints: Sequence[str]) -> Known:
                stored = store.look_up(fingerprints, snapshot)
                return what_counts(stored, retry_failed=settings.retry_failed, refresh=settings.refresh)

            sizes = store.answer_sizes(chosen.provider.model, snapshot)
            pipeline = _pipeline(settings, schema, chosen)
            return plan_run(pipeline, reading, reading.skipped, look_up, sizes, chosen.price)


def _prepare(store: Store, schema: Schema, snapshot: Snapshot, tell: Tell) -> None:
    """Make the database ready; one that another program holds is only looked at, and stops nothing."""
    try:
        _write_left_behind(store, tell)
        store.prepare(schema)
    except StoreLockedError as error:
        snapshot.expect_held()
        store.check(schema, snapshot)
        tell(f"{error}. The run goes on: its rows wait in the journal")


@dataclass(frozen=True)
class _Run:
    """One run: what it is put together from."""

    settings: Settings
    schema: Schema
    store: Store
    snapshot: Snapshot
    chosen: Chosen
    tell: Tell
    again: Again

    async def go(self, reading: Reading, on_progress: OnProgress) -> RunSummary:
        log = self._log_of(reading)
        stopped: str | None = None
        with Journal(self.store.journal_folder, log.run_id, log.header) as journal:
            recorder = Recorder(self.store, journal, log, self.chosen.settle, self.again)

            def keep(outcome: Outcome) -> None:
                recorder.record(outcome)
                on_progress(log.tally)

            try:
                async with recorder.writing():
                    pipeline = _pipeline(self.settings, self.schema, self.chosen)
                    manner = self._manner(reading, recorder)
                    await run_papers(pipeline, reading, self._knowledge(journal), keep, manner)
                    log.tally.papers = log.tally.done
            except BudgetReachedError as error:
                stopped = f"{error}. The same command with a higher --max-cost goes on"
        return RunSummary(
            run_id=log.run_id,
            db=self.store.path,
            provider=log.provider,
            model=log.model,
            tally=log.tally,
            seconds=log.row()["seconds"],
            is_written=recorder.is_written,
            has_boards=self.schema.has_boards,
            stopped=stopped or "; ".join(reading.skipped.broken) or None,
        )

    def _log_of(self, reading: Reading) -> RunLog:
        return RunLog(
            run_id=_new_run_id(),
            source=reading.source,
            schema=self.schema,
            provider=self.chosen.provider.identity["provider"],
            model=self.chosen.provider.model,
            tally=Tally(papers=reading.count, skips=reading.skipped),
            anew=self.settings.refresh,
        )

    def _manner(self, reading: Reading, recorder: Recorder) -> Manner:
        manner = Manner(reads_apart=not reading.is_given, tell=self.tell, room=recorder.room)
        # A batch may take a day, and goes on at the server without this run.
        return replace(manner, patience=None, grace=0) if self.chosen.is_batch else manner

    def _knowledge(self, journal: Journal) -> RunKnowledge:
        return RunKnowledge(
            self.store,
            self.snapshot,
            journal,
            lambda entry: outcome_of(entry, self.schema),
            retry_failed=self.settings.retry_failed,
            refresh=self.settings.refresh,
        )


def _settings(options: dict[str, object]) -> Settings:
    settings = Settings.load(**options)
    if options.get("base_url") and settings.model in BUILT_IN:
        message = f"--base-url asks a server: name its model with --model ({settings.model} needs no server)"
        raise SettingsError(message)
    return settings


def _pipeline(settings: Settings, schema: Schema, chosen: Chosen) -> Pipeline:
    provider = chosen.provider
    return Pipeline(
        schema=schema,
        provider=provider,
        prompt=Prompt(schema.prompt, schema.record_type, brief=provider.identity["provider"] in SMALL),
        asking=Asking(schema.name, schema.record_type, provider.model, provider.identity),
        pace=chosen.pace,
        deadline=None if chosen.is_batch else settings.deadline,
        answers_wait=chosen.is_batch,
    )


def _sites(settings: Settings) -> Sites:
    return Sites(arxiv=settings.arxiv_url, hf=settings.hf_url)


async def _reading_apart(
    source: Source, settings: Settings, network: Network, tell_again: Callable[[Paper], None]
) -> Reading:
    """Return what is read; what is named is read in another thread, so that an interrupt ends it at once."""
    if _named(source) is None:
        return _reading(source, settings, network, tell_again)
    return await asyncio.to_thread(_reading, source, settings, network, tell_again)


def _reading(
    source: Source, settings: Settings, network: Network, tell_again: Callable[[Paper], None] = _silent
) -> Reading:
    named = _named(source)
    if named is not None:
        choice = Choice(settings.names_of, settings.where, settings.since, settings.limit)
        return read_files(named, choice, network, tell_again)
    papers = cast("Iterable[Paper]", source)
    some = itertools.islice(papers, settings.limit) if settings.limit else papers
    return single("given from Python", some, tell_again)


def _named(source: Source) -> list[str | Path] | None:
    """Return what a source names; None where it is papers."""
    if isinstance(source, str | Path):
        return [source]
    is_named = isinstance(source, Sequence) and source and all(isinstance(one, str | Path) for one in source)
    return list(cast("Sequence[str | Path]", source)) if is_named else None


def _new_run_id() -> str:
    """Return an id that sorts by time: 20260903-141502-123456-3f2a."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"


def _write_left_behind(store: Store, tell: Tell) -> None:
    count = write_left_behind(store, load_schema)
    if count:
        tell(f"wrote {count} outcomes that an earlier run had left in the journal")
