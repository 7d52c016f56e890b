"""A question about a database -> rows in memory."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from extractor.boards import EVERY_BOARD, BoardFilter, macro_call
from extractor.catalog import (
    BOARD,
    BOARDS,
    GAINS,
    METHODS_COMPARED,
    PAPERS_COMPARED,
    Schema,
    load_schema,
    load_shipped,
)
from extractor.comparing import EVERYTHING, Compared, compared_methods, compared_papers, papers_called, pivot
from extractor.errors import PaperError, QueryError, StoreError
from extractor.normalizing import NameTable, Suggestion, canonical, suggestions
from extractor.outcomes import Extraction
from extractor.pipeline import extraction_of
from extractor.recording import write_left_behind
from extractor.records import NameKind
from extractor.rendering import Held, ShownPaper
from extractor.rows import tables_of
from extractor.settings import Settings
from extractor.store import STANDARD, Archive, Limits, Result, Selection, Spill, Store, StoredAnswer

Row = dict[str, Any]


class Database:
    """
    One database to ask: `Database()` is the settings' own, `Database("other.duckdb")` another.

    `run` or `model` choose whose extractions count; without, each paper's current one does.
    Each answer is a `Result` that holds no lock on the file.
    """

    def __init__(
        self, db: str | Path | None = None, *, run: str | None = None, model: str | None = None
    ) -> None:
        settings = Settings.load(db=db)
        self._store = Store.of(settings)
        self._selection = Selection(run, model)
        self._named_by: NameTable | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self._store.path

    def sql(self, query: str, limits: Limits = STANDARD) -> Result:
        """
        Return the rows of one statement that reads, whoever wrote it: it reaches nothing but this database.

        Raises:
            QueryError: it does not read, is more than one statement, goes beyond its limits, or fails.
            StoreError: there is no database, or another program holds it.
        """
        self._settle()
        return self._store.query(query, selection=self._chosen, limits=limits)

    def table(self, name: str) -> Result:
        """
        Return the rows of a table or view.

        Raises:
            QueryError: there is none of that name.
        """
        self._settle()
        return self._ask(f'from "{self._quoted(name)}"')

    @contextmanager
    def streamed(self, query: str, params: Mapping[str, object] | None = None) -> Iterator[Result]:
        """Yield the rows of one statement of ours, in flat memory: the rest is put aside on disk."""
        self._settle()
        with TemporaryDirectory(prefix="extractor-") as folder:
            spill = Spill(Path(folder))
            with closing(self._store.query(query, params, selection=self._chosen, spill=spill)) as rows:
                yield rows

    @contextmanager
    def streamed_table(self, name: str) -> Iterator[Result]:
        """
        Yield the rows of a table or view in flat memory.

        Raises:
            QueryError: there is none of that name.
        """
        self._settle()
        with self.streamed(f'from "{self._quoted(name)}"') as rows:
            yield rows

    def copy_tables(self, folder: Path) -> Archive:
        """Write every table to a Parquet file in a folder, all as they are at one time."""
        self._settle()
        return self._store.copy_tables(folder)

    def schema(self) -> Schema:
        """
        Return the schema that the database holds.

        Raises:
            StoreError: it holds none yet.
            SchemaError: the schema is not where it was.
        """
        reference = self._store.schema_reference()
        if reference is None:
            message = f"{self.path} holds no schema; `extractor run PAGE` fills it"
            raise StoreError(message)
        return load_schema(reference)

    def texts(self) -> Result:
        """Return `id`, title and abstract of each paper's extraction: what it was read from."""
        return self._ask(
            "select e.paper_id as id, t.title, t.abstract "
            "from current_extractions e join texts t using (text_id)"
        )

    def boards(self, chosen: BoardFilter = EVERY_BOARD) -> Result:
        """Return a row a board (dataset and metric), most rows first, with the best of each."""
        known = self._known(chosen)
        return self._of_macro(BOARDS, known.arguments(), known.limit)

    def leaderboard(self, chosen: BoardFilter = EVERY_BOARD) -> Result:
        """Return the claims of the chosen boards, ranked (docs/boards.md has the rules)."""
        return self._of_macro(BOARD, self._known(chosen).board_arguments())

    def gains(self, chosen: BoardFilter = EVERY_BOARD) -> Result:
        """Return ratios, relative changes and differences: who claims how much over whom."""
        known = self._known(chosen)
        return self._of_macro(GAINS, known.arguments(), known.limit)

    def compare(self, wanted: Compared = EVERYTHING) -> Result:
        """
        Return papers side by side: the schema's view `comparison`, or `records` where it has none.

        Raises:
            QueryError: a paper or column is named that is not here.
        """
        self._settle()
        with self._told_of(PAPERS_COMPARED):
            return compared_papers(self._ask, self._known_task(wanted), self._store.names())

    def compare_methods(self, wanted: Compared = EVERYTHING) -> Result:
        """
        Return methods side by side, each with the papers that claim something for it.

        Raises:
            QueryError: a method or column is named that is not here.
        """
        with self._told_of(METHODS_COMPARED):
            return compared_methods(self._ask, self._known_task(wanted))

    def pivot(self, metric: str, wanted: Compared = EVERYTHING, *, as_numbers: bool = False) -> Held:
        """
        Return a row a method and a column a dataset: what is claimed of one metric, the best of each marked.

        With `as_numbers` a cell is the score alone, None where the board could not compare it.

        Raises:
            QueryError: a method is named that is not here.
        """
        with self._told_of(BOARD):
            known = self._wanted("metric", metric)
            return pivot(self._ask, known, self._known_task(wanted), as_numbers=as_numbers)

    def runs(self) -> Result:
        """Return the runs, the newest first: papers, failures, tokens, cost in dollars, papers a second."""
        self._settle()
        return self._ask("from run_list")

    def names(self, kind: NameKind | None = None) -> Result:
        """
        Return what is printed for each canonical name: kind, canonical, printed, times, papers.

        `kind` takes only tasks ("task"), datasets, metrics or methods; None takes all.
        """
        return self._ask(_NAMES, {"kind": kind})

    def suggested_names(self, kind: NameKind | None = None) -> list[Suggestion]:
        """Return names that might be one, the most frequent first; nothing is united by this."""
        found = self.names(kind).rows()
        counts = [(row["kind"], row["printed"], row["times"]) for row in found]
        return suggestions(counts, table=self._store.lists.table)

    def show(self, paper: str) -> ShownPaper:
        """
        Return one paper: `paper` is its id, another id that it is known by, or a part of its title.

        Raises:
            QueryError: no paper, or more than one, is meant; or it has no extraction.
        """
        paper_id = self._meant(paper)
        found = self._ask(
            "select e.extraction_id, e.title, t.abstract, e.model, e.provider "
            "from current_extractions e join texts t using (text_id) where e.paper_id = $id",
            {"id": paper_id},
        ).rows()
        if not found:
            message = f"{paper_id} has no extraction; table failures may say why"
            raise QueryError(message)
        extraction_id = found[0].pop("extraction_id")
        return ShownPaper(
            paper_id=paper_id,
            **found[0],
            tables={
                table.name: self._rows_of(table.stored_name, extraction_id)
                for table in tables_of(self.schema().record_type)
            },
            evidence=self._rows_of("evidence", extraction_id),
        )

    def rebuild(self) -> tuple[int, int]:
        """
        Derive every row anew from the stored answers, without a request.

        Returns how many extractions were derived, and how many answers no longer fit the schema: the rows
        of those stay as they were.
        """
        self._settle()
        schema = self.schema()

        def derive(answer: StoredAnswer) -> Extraction | None:
            try:
                return extraction_of(
                    answer.paper, answer.fingerprint, answer.response, schema, answer.provider
                )
            except PaperError:
                return None

        return self._store.rebuild(schema, derive)

    def _ask(self, query: str, params: Mapping[str, object] | None = None) -> Result:
        self._settle()
        return self._store.query(query, params, selection=self._chosen)

    def _quoted(self, name: str) -> str:
        return self._store.known_name(name).replace('"', '""')

    def _settle(self) -> None:
        """Write what runs that are gone left in the journal, and bring what is derived up to date."""
        write_left_behind(self._store, load_schema)
        lists = self._store.lists.table
        if self._named_by is not lists:
            self._store.refresh(load_shipped)
            self._named_by = lists

    @cached_property
    def _chosen(self) -> Selection:
        """The run or model that counts, looked for once: one that is not here is refused."""
        for column, value in (("run_id", self._selection.run_id), ("model", self._selection.model)):
            asked = f"select 1 from runs where {column} = $value limit 1"
            if value is not None and not len(self._store.query(asked, {"value": value})):
                message = f"no {column.removesuffix('_id')} {value!r} here; table runs lists them"
                raise QueryError(message)
        return self._selection

    def _of_macro(self, macro: str, arguments: Mapping[str, object], limit: int | None = None) -> Result:
        with self._told_of(macro):
            return self._ask(
                f"from {macro_call(macro, arguments)} limit $limit", {**arguments, "limit": limit}
            )

    @contextmanager
    def _told_of(self, macro: str) -> Iterator[None]:
        """Say where it is the schema that lacks a macro."""
        try:
            yield
        except QueryError as error:
            if f"function with name {macro} does not exist" not in str(error).lower():
                raise
            message = f"the schema of {self.path} {_LACKS[macro]}: its SQL file defines no macro {macro}"
            raise QueryError(message) from error

    def _known(self, chosen: BoardFilter) -> BoardFilter:
        return chosen.with_names({kind: self._wanted(kind, name) for kind, name in chosen.names().items()})

    def _known_task(self, wanted: Compared) -> Compared:
        return wanted if wanted.task is None else replace(wanted, task=self._wanted("task", wanted.task))

    def _wanted(self, kind: NameKind, name: str) -> str:
        """Return a name as it stands here, else its key, which tells what other spelling is meant."""
        is_known = bool(len(self._ask(_IS_KNOWN, {"kind": kind, "name": name})))
        return name if is_known else canonical(kind, name, table=self._store.lists.table)

    def _rows_of(self, table: str, extraction_id: str) -> list[Row]:
        asked = f'select * from "{table}" where extraction_id = $id order by position'
        return self._ask(asked, {"id": extraction_id}).rows()

    def _meant(self, paper: str) -> str:
        found = papers_called(self._ask, paper)
        if len(found) == 1 or (found and found[0]["is_exact"]):
            return str(found[0]["paper_id"])
        if not found:
            message = f'no paper {paper!r}; `extractor sql "select paper_id, title from papers"` lists them'
            raise QueryError(message)
        listed = "; ".join(f"{row['paper_id']} ({row['title']})" for row in found[:5])
        message = f"{paper!r} fits {len(found)} papers, among them: {listed}"
        raise QueryError(message)


_NAMES = """
    with found as (
        select p.kind, canonical_name(p.kind, p.printed, e.paper_id) as canonical, p.printed, e.paper_id
        from printed_names p join current_extractions e using (extraction_id)
        where $kind is null or p.kind = $kind
    )
    select kind, canonical, printed, count(*) as times, count(distinct paper_id) as papers
    from found
    group by kind, canonical, printed
    order by kind, lower(canonical), canonical, times desc, printed
"""
_IS_KNOWN = """
    select 1 from names
    where kind = $kind and (lower(printed) = lower($name) or lower(canonical) = lower($name))
    limit 1
"""
_LACKS = {
    BOARDS: "has no boards",
    BOARD: "has no boards",
    GAINS: "has no boards",
    PAPERS_COMPARED: "compares papers without choosing among them",
    METHODS_COMPARED: "compares no methods",
}
