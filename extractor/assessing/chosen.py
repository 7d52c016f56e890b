"""The names of runs and models -> what each found, and the texts that it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.errors import QueryError
from extractor.papers import Text
from extractor.queries import Database
from extractor.rows import ROOT

LATEST, CURRENT = "latest", "current"
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What one run or model found, or, as `current`, each paper's extraction that counts."""

    label: str
    database: Database

    def rows(self) -> list[dict[str, Any]]:
        """Return a row a paper, as view `records` has them."""
        return self.database.table(ROOT).rows()

    def texts(self) -> dict[str, Text]:
        """Return what was read, by the ids of the rows."""
        return {row["id"]: Text(title=row["title"], abstract=row["abstract"]) for row in self._texts()}

    def _texts(self) -> list[dict[str, Any]]:
        return self.database.texts().rows()


def all_found(db: str | Path | None, runs: Sequence[str], models: Sequence[str]) -> list[Found]:
    """
    Return what the named runs and models found; where none is named, what counts of each paper.

    Raises:
        QueryError: one is not in the database, or named twice.
    """
    found = [of_run(db, run) for run in runs]
    found += [Found(model, Database(db, model=model)) for model in models]
    labels = [one.label for one in found]
    for label in labels:
        if labels.count(label) > 1:
            message = f"{label} is named twice; name each run or model once"
            raise QueryError(message)
    return found or [Found(CURRENT, Database(db))]


def of_run(db: str | Path | None, name: str) -> Found:
    """
    Return what a run found: `name` is its id, the beginning of one alone, or `latest`.

    Raises:
        QueryError: there is no such run, or the name fits several.
    """
    run_id = _run_id(Database(db), name)
    if run_id is None:
        message = f"no run {name!r} in {Database(db).path}; `extractor runs` lists them"
        raise QueryError(message)
    return Found(run_id, Database(db, run=run_id))


def of_run_or_model(db: str | Path | None, name: str) -> Found:
    """
    Return what a run found, or where no run is called so, what a model found.

    Raises:
        QueryError: there is neither, or the name fits several runs.
    """
    database = Database(db)
    if _run_id(database, name) is not None:
        return of_run(db, name)
    if any(run["model"] == name for run in database.runs().rows()):
        return Found(name, Database(db, model=name))
    message = f"no run and no model {name!r} in {database.path}; `extractor runs` lists both"
    raise QueryError(message)


def _run_id(database: Database, name: str) -> str | None:
    ids: list[str] = [run["run_id"] for run in database.runs().rows()]
    if name in ids:
        return name
    fitting = ids[:1] if name == LATEST else [run_id for run_id in ids if run_id.startswith(name)]
    if len(fitting) > 1:
        message = f"{name!r} fits {len(fitting)} runs, among them: {', '.join(fitting[:_LISTED])}"
        raise QueryError(message)
    return next(iter(fitting), None)
