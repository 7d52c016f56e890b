"""The database of one file: outcomes go in, answers and rows come out."""

import contextlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import duckdb

from extractor.catalog import Schema
from extractor.errors import QueryError, SchemaError, StoreError, StoreForeignError
from extractor.exchange import Response
from extractor.name_lists import Lists
from extractor.normalizing import NameTable
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.rows import Row, rows_of, tables_of
from extractor.settings import Settings
from extractor.sources import Again
from extractor.store import reading as read
from extractor.store.archives import Archive, copy_tables
from extractor.store.connections import reading, writing
from extractor.store.definitions import MADE_BY, define, delete_rows, is_defined, refuse_other
from extractor.store.importing import load_tables
from extractor.store.limits import Limits
from extractor.store.names import are_current, fill_names
from extractor.store.reading import NO_ANSWERS, AnswerSizes, Selection, StoredAnswer
from extractor.store.results import Result
from extractor.store.snapshots import Snapshot
from extractor.store.spilling import Spill
from extractor.store.statements import run_query
from extractor.store.writing import (
    close_interrupted,
    extraction_row,
    insert_rows,
    write_again,
    write_outcomes,
    write_run,
)

_log = logging.getLogger(__name__)

REBUILT_AT_ONCE = WRITTEN_AT_ONCE = 500
"""Papers whose rows are in memory at once."""
EVERYTHING = Selection()


@dataclass(frozen=True)
class Store:
    """
    One database file; it is open only while a batch is written or a query runs.

    `wait` is how many seconds to wait for it while another program holds it; `lists` say which names are one.
    """

    path: Path
    wait: float = 10.0
    lists: Lists = field(default_factory=Lists)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """
        Return the store that settings name, with the user's own lists of names.

        Raises:
            SettingsError: a list cannot be read.
        """
        return cls(settings.db, settings.wait, Lists(settings.names_folder))

    @property
    def journal_folder(self) -> Path:
        """Folder of the journals that belong to this database."""
        return self.path.with_name(self.path.name + ".journal")

    def prepare(self, schema: Schema) -> None:
        """
        Make the file, its folder and its tables, so that what is wrong shows before anything is asked.

        Raises:
            StoreError: the folder or file cannot be written.
            SchemaError: the database belongs to another schema.
        """
        self._make_folder()
        with _told(self.path), writing(self.path, wait=self.wait) as connection:
            _bring_up(connection, schema, self.lists.table)

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"the folder {self.path.parent} cannot be made: {error.strerror}"
            raise StoreError(message) from error

    def refresh(self, load_schema: Callable[[str], Schema]) -> None:
        """
        Bring what is derived up to date where another version, other lists of names or other views made it.

        Where the database can be read but not written that is said, and it stays as it was.

        Raises:
            StoreLockedError: another program holds it for longer than `wait` seconds.
            StoreError: it cannot be read.
        """
        if not self.path.is_file():
            return
        table = self.lists.table
        with reading(self.path, wait=self.wait) as connection:
            schema = _same_schema(connection, load_schema)
            is_current = schema is None or is_defined(connection, schema)
            if is_current and are_current(connection, table):
                return
        try:
            with _told(self.path), writing(self.path, wait=self.wait) as connection:
                _bring_up(connection, schema, table)
        except (SchemaError, StoreError) as error:
            _log.warning("views and names stay as they were: %s", error)

    def write(
        self,
        schema: Schema,
        run: Row,
        outcomes: Sequence[Outcome],
        *,
        anew: bool = False,
        wait: float | None = None,
        again: Again | None = None,
    ) -> None:
        """
        Write a batch and the run's row as it stands, all or nothing.

        Where it is `anew`, what these texts were answered before is replaced. Of papers that
        stand in another place too, `again`, what that tells is written; who is not stored yet is left there.

        Raises:
            StoreLockedError: another program holds the file for longer than `wait` seconds.
        """
        with _told(self.path), writing(self.path, wait=self.wait if wait is None else wait) as connection:
            lists = self.lists.table
            _bring_up(connection, schema, lists)
            if anew:
                _forget(connection, schema, outcomes)
            tables = tables_of(schema.record_type)
            for start in range(0, len(outcomes), WRITTEN_AT_ONCE):
                some = outcomes[start : start + WRITTEN_AT_ONCE]
                write_outcomes(connection, run["run_id"], some, tables, lists)
            if anew and run["status"] != "running":
                fill_names(connection, lists)  # Names that only the replaced answers had go.
            write_run(connection, run)
            if again is not None:
                write_again(connection, again)

    def close_interrupted(self, run_id: str) -> None:
        """Count what a run did that was not closed, and say so in its row."""
        if self.path.is_file():
            with _told(self.path), writing(self.path, wait=self.wait) as connection:
                close_interrupted(connection, run_id)

    def snapshot(self) -> Snapshot:
        """Return what reads this database, also while another program holds it."""
        return Snapshot(self.path, wait=self.wait)

    def look_up(
        self, fingerprints: Sequence[str], snapshot: Snapshot | None = None
    ) -> dict[str, Response | Failure]:
        """Return what is known of fingerprints: a response, else a paid failure."""
        if not self.path.is_file():
            return {}
        with contextlib.suppress(StoreForeignError), (snapshot or self.snapshot()).reading() as connection:
            return read.look_up(connection, fingerprints)
        return {}

    def answer_sizes(self, model: str, snapshot: Snapshot) -> AnswerSizes:
        """Return how long the stored answers of a model are, with what they were asked."""
        if not self.path.is_file():
            return NO_ANSWERS
        with contextlib.suppress(StoreForeignError), snapshot.reading() as connection:
            return read.answer_sizes(connection, model)
        return NO_ANSWERS

    def query(
        self,
        sql: str,
        params: Mapping[str, object] | None = None,
        *,
        selection: Selection = EVERYTHING,
        limits: Limits | None = None,
        spill: Spill | None = None,
    ) -> Result:
        """
        Return the rows of one statement that reads; one with limits reaches nothing but this database.

        With `spill`, rows that do not fit into memory are put aside in its folder while they are used.

        Raises:
            QueryError: it does not read, is more than one, or fails.
        """
        with reading(self.path, wait=self.wait) as connection:
            return run_query(connection, sql, params or {}, selection, limits, spill)

    def copy_tables(self, folder: Path) -> Archive:
        """
        Write every table to a Parquet file in a folder, all as they are at one time.

        Raises:
            StoreError: the database cannot be read, or a file not be written.
        """
        with reading(self.path, wait=self.wait) as connection:
            return copy_tables(connection, folder)

    def load_tables(self, schema: Schema, files: Mapping[str, Path]) -> dict[str, int]:
        """
        Insert the rows of Parquet files, each by the name of its table, all or nothing; return their counts.

        Raises:
            StoreError: a file is no table of this schema, or the database has rows of it already.
            SchemaError: the database belongs to another schema.
        """
        self._make_folder()
        is_new = False
        try:
            with _told(self.path), writing(self.path, wait=self.wait) as connection:
                is_new = not read.has_tables(connection)  # Known only now that no other program holds it.
                loaded = load_tables(connection, schema, files)
                if loaded.is_beside_others or not are_current(connection, self.lists.table):
                    fill_names(connection, self.lists.table)
        except BaseException:
            if is_new:
                self.path.unlink(missing_ok=True)
            raise
        return loaded.rows

    def names(self) -> list[str]:
        """Return the names of all tables and views."""
        with reading(self.path, wait=self.wait) as connection:
            return read.names(connection)

    def known_name(self, name: str) -> str:
        """
        Return the name of a table or view as it is stored.

        Raises:
            QueryError: there is none of that name; the message lists those there are.
        """
        stored = {known.lower(): known for known in self.names()}
        if name.lower() not in stored:
            message = f"no table or view {name!r}; there are: {', '.join(stored.values())}"
            raise QueryError(message)
        return stored[name.lower()]

    def schema_reference(self) -> str | None:
        """Return how the schema of this database was named, None where there is no database yet."""
        if not self.path.is_file():
            return None
        with reading(self.path, wait=self.wait) as connection:
            found = read.newest_schema(connection)
        return found.reference if found else None

    def check(self, schema: Schema, snapshot: Snapshot) -> None:
        """
        Refuse a schema that this database cannot hold, while another program holds it.

        Raises:
            SchemaError: the database belongs to another schema.
        """
        with contextlib.suppress(StoreForeignError), snapshot.reading() as connection:
            refuse_other(read.newest_schema(connection), schema)

    def rebuild(self, schema: Schema, derive: Callable[[StoredAnswer], Extraction | None]) -> tuple[int, int]:
        """
        Derive every row anew from the stored answers; return how many were, and how many could not be.

        Where `derive` gives None the answer no longer fits the schema: its rows stay as they were.
        """
        with _told(self.path), writing(self.path, wait=self.wait) as connection:
            lists = self.lists.table
            define(connection, schema)
            # The answers are read by a cursor of their own, which sees what was there before.
            batches = read.stored_answers(connection, schema.name, REBUILT_AT_ONCE)
            done = [_rebuild_batch(connection, schema, batch, derive) for batch in batches]
            fill_names(connection, lists)
        return sum(derived for derived, _ in done), sum(unfit for _, unfit in done)


def _bring_up(connection: duckdb.DuckDBPyConnection, schema: Schema | None, lists: NameTable) -> None:
    """Bring tables and views up to date with a schema, where there is one, and names with the lists."""
    if schema:
        define(connection, schema)
    if not are_current(connection, lists):
        fill_names(connection, lists)


def _same_schema(
    connection: duckdb.DuckDBPyConnection, load_schema: Callable[[str], Schema]
) -> Schema | None:
    """
    Return the schema of a database, None where it is gone or another by now.

    Then the next run brings tables and views; until then they are as they were asked for.
    """
    known = read.newest_schema(connection)
    if known is None:
        return None
    try:
        schema = load_schema(known.reference)
    except SchemaError as error:
        if known.made_by != MADE_BY:
            _log.warning("tables and views stay as they were: %s", error)
        return None
    return schema if (schema.name, schema.version) == (known.name, known.version) else None


def _forget(connection: duckdb.DuckDBPyConnection, schema: Schema, outcomes: Sequence[Outcome]) -> None:
    """Delete the answers that are there to what has been asked anew."""
    fresh = [outcome for outcome in outcomes if isinstance(outcome, Extraction) and not outcome.from_cache]
    delete_rows(connection, schema, [extraction.extraction_id for extraction in fresh])
    connection.execute(
        "delete from responses where fingerprint in (select unnest(?))",
        [[extraction.fingerprint for extraction in fresh]],
    )


def _rebuild_batch(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    batch: Sequence[StoredAnswer],
    derive: Callable[[StoredAnswer], Extraction | None],
) -> tuple[int, int]:
    rows: dict[str, list[Row]] = {"extractions": []}
    renamed: list[Row] = []
    for answer in batch:
        extraction = derive(answer)
        if extraction is None:
            continue
        row = extraction_row(extraction)
        rows["extractions"].append({**row, "created_at": answer.created_at.isoformat()})
        renamed.append({"was": answer.extraction_id, "now": extraction.extraction_id})
        for table, given in rows_of(extraction).items():
            rows.setdefault(table, []).extend(given)
    delete_rows(connection, schema, [row["was"] for row in renamed])
    insert_rows(connection, rows)
    connection.execute(_RENAME, [json.dumps(renamed)])
    return len(renamed), len(batch) - len(renamed)


_RENAME = """
    update run_papers set extraction_id = r.now
    from (select unnest(from_json(?, '[{"was": "varchar", "now": "varchar"}]'), recursive := true)) r
    where extraction_id = r.was and r.was <> r.now
"""


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what DuckDB says of a failed write into an error of ours."""
    try:
        yield
    except duckdb.Error as error:
        message = f"{path} cannot be written: {error}"
        raise StoreError(message) from error
