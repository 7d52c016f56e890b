"""The library's face, and the one place where objects are put together."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from extractor.catalog import Schema, load_schema
from extractor.errors import SettingsError, StoreLockedError
from extractor.exchange import Asking, Response
from extractor.journal import Journal
from extractor.outcomes import Extraction, Failure
from extractor.papers import Paper
from extractor.pipeline import Pipeline
from extractor.prompting import Prompt
from extractor.providers.base import Provider
from extractor.providers.choosing import (
    BUILT_IN,
    EMBEDDED,
    FAKE,
    LOCAL,
    ONE_AT_A_TIME,
    RULES,
    SMALL,
    choose_provider,
)
from extractor.providers.embedded.weights import SMOLLM2, kept, pull
from extractor.recording import Recorder, RunLog, Tally, write_left_behind
from extractor.settings import Settings
from extractor.sources import Reading, Skipped, read_file, single
from extractor.store import Store

T = TypeVar("T")

Tell = Callable[[str], None]
OnProgress = Callable[[Tally], None]


@dataclass(frozen=True)
class RunSummary:
    """What a run has done: counts, what was passed over, and where the rows are."""

    run_id: str
    db: Path
    provider: str
    model: str
    tally: Tally
    skipped: tuple[Skipped, ...]
    seconds: float
    is_written: bool
    has_boards: bool

    @property
    def exit_code(self) -> int:
        """0 where every paper has an extraction, else 1."""
        return 1 if self.tally.failed else 0


def _silent(_: Any) -> None:  # noqa: ANN401
    """Tell nobody."""


async def arun(
    source: str | Path | Iterable[Paper],
    *,
    provider: Provider | None = None,
    tell: Tell = _silent,
    on_progress: OnProgress = _silent,
    **options: object,
) -> RunSummary:
    """
    Extract every paper of a file (or of an iterable of `Paper`) and write its rows.

    `options` are those of `Settings`: model, base_url, mode, params, db, schema_name, concurrency, wait,
    retry_failed, cache_dir.
    `provider` takes the place of the one that the settings ask for.

    Raises:
        SourceError, SettingsError, SchemaError, StoreError: nothing was asked.
        RunStoppedError: no request can succeed; what was done before is kept.
    """
    settings = _settings(options)
    schema = load_schema(settings.schema_name)
    reading = _reading(source)
    store = Store(settings.db, wait=settings.wait)
    asked = provider or choose_provider(settings, tell)
    try:
        _write_left_behind(store, tell)
        store.prepare(schema)
        return await _run(settings, schema, reading, store, asked, on_progress)
    finally:
        await asked.aclose()


def run(source: str | Path | Iterable[Paper], **options: Any) -> RunSummary:  # noqa: ANN401
    """Do what `arun` does, and wait for it; works inside a running loop (a notebook) too."""
    return _wait_for(arun(source, **options))


def pull_embedded(*, tell: Tell = _silent) -> Path:
    """
    Fetch the embedded model's weights where they are not here; return their file.

    Raises:
        RunStoppedError: they cannot be fetched, or are not what they should be.
    """
    return pull(SMOLLM2, Settings.load().cache_dir, tell)


def embedded_path() -> Path:
    """Return where the embedded model's weights are kept, whether they are there or not."""
    return kept(SMOLLM2, Settings.load().cache_dir).path


def known_models() -> "ModelList":
    """Return what `model` takes without a server, a row each."""
    is_here = "here" if kept(SMOLLM2, Settings.load().cache_dir).is_whole() else "fetched at first use"
    return ModelList(
        (
            (EMBEDDED, SMOLLM2.name, SMOLLM2.megabytes, SMOLLM2.licence, is_here),
            (f"{LOCAL}FILE.gguf", "a model file of your own", None, None, None),
            (RULES, "no model: rules", None, None, "here"),
            (FAKE, "no model: empty answers, to try a schema", None, None, "here"),
        )
    )


@dataclass(frozen=True)
class ModelList:
    """Models by name."""

    listed: tuple[tuple[str | int | None, ...], ...]
    columns: tuple[str, ...] = ("model", "what", "megabytes", "licence", "where")

    def __iter__(self) -> Iterator[tuple[str | int | None, ...]]:
        """Iterate over the models, each a tuple."""
        return iter(self.listed)

    def __len__(self) -> int:
        """Return the count of models."""
        return len(self.listed)


async def _run(
    settings: Settings,
    schema: Schema,
    reading: Reading,
    store: Store,
    provider: Provider,
    on_progress: OnProgress,
) -> RunSummary:
    pipeline = _pipeline(schema, provider)
    tally = Tally(papers=len(reading.papers), skipped=len(reading.skipped))
    log = RunLog(
        run_id=_new_run_id(),
        source=reading.source,
        schema_name=schema.name,
        provider=provider.identity["provider"],
        model=provider.model,
        tally=tally,
    )
    is_written = True
    with Journal(store.journal_folder, log.run_id) as journal:
        recorder = Recorder(store, journal, log, schema.reference)

        def keep(outcome: Extraction | Failure) -> None:
            recorder.record(outcome)
            on_progress(tally)

        try:
            async with recorder.writing():
                await pipeline.run(
                    reading.papers,
                    look_up=_look_up(store, retry_failed=settings.retry_failed),
                    sink=keep,
                    concurrency=1 if log.provider in ONE_AT_A_TIME else settings.concurrency,
                )
        except StoreLockedError:
            is_written = False
    return RunSummary(
        run_id=log.run_id,
        db=store.path,
        provider=log.provider,
        model=provider.model,
        tally=tally,
        skipped=reading.skipped,
        seconds=log.row()["seconds"],
        is_written=is_written,
        has_boards=schema.has_boards,
    )


def _settings(options: dict[str, object]) -> Settings:
    settings = Settings.load(**options)
    if options.get("base_url") and settings.model in BUILT_IN:
        message = f"--base-url asks a server: name its model with --model ({settings.model} needs no server)"
        raise SettingsError(message)
    return settings


def _pipeline(schema: Schema, provider: Provider) -> Pipeline:
    return Pipeline(
        schema=schema,
        provider=provider,
        prompt=Prompt(schema.prompt, schema.record_type, brief=provider.identity["provider"] in SMALL),
        asking=Asking(schema.name, schema.record_type, provider.model, provider.identity),
    )


def _reading(source: str | Path | Iterable[Paper]) -> Reading:
    if isinstance(source, str | Path):
        return read_file(Path(source))
    return single("given from Python", source)


def _look_up(store: Store, *, retry_failed: bool) -> Callable[[Sequence[str]], dict[str, Response | Failure]]:
    def look_up(fingerprints: Sequence[str]) -> dict[str, Response | Failure]:
        known = store.look_up(fingerprints)
        if not retry_failed:
            return known
        return {key: value for key, value in known.items() if isinstance(value, Response)}

    return look_up


def _new_run_id() -> str:
    """Return an id that sorts by time: 20260903-141502-123456-3f2a."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"


def _write_left_behind(store: Store, tell: Tell) -> None:
    count = write_left_behind(store, load_schema)
    if count:
        tell(f"wrote {count} outcomes that an earlier run had left in the journal")


def _wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, in a thread of its own where this one has a running loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    made: list[T] = []
    raised: list[BaseException] = []

    def run_apart() -> None:
        try:
            made.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - handed to the waiting thread.
            raised.append(error)

    thread = threading.Thread(target=run_apart)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return made[0]
