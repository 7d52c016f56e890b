"""A gold file of one's own: started from the papers of a database, checked, read."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from extractor.assessing.chosen import of_run
from extractor.catalog import load_schema
from extractor.errors import GoldError, QueryError, SettingsError
from extractor.evaluation import Gold, Problem, check_gold, gold_template, read_gold
from extractor.papers import Paper, Text
from extractor.queries import Database
from extractor.records import Record
from extractor.rows import ROOT
from extractor.settings import Settings


def read_gold_file(path: Path, record_type: type[Record]) -> Gold:
    """
    Return the papers of a gold file.

    Raises:
        GoldError: it cannot be read, or a line cannot be used.
    """
    return read_gold(_lines_of(path), record_type, name=str(path))


def gold_problems(path: Path, db: str | Path | None = None, schema: str | None = None) -> list[Problem]:
    """
    Return what is wrong with a gold file.

    Its form is that of `schema`, or else of the database's own, or where there is none of the settings'.

    Raises:
        GoldError: the file cannot be read.
        SchemaError: there is no such schema, or it has a field that a gold file cannot hold.
    """
    database = Database(db)
    if schema is None and database.path.is_file():
        form = database.schema()
    else:
        form = load_schema(Settings.load(schema_name=schema).schema_name)
    return check_gold(_lines_of(path), form.record_type)


def template_lines(
    db: str | Path | None = None,
    *,
    run: str | None = None,
    model: str | None = None,
    schema: str | None = None,
    papers: int | None = None,
    empty: bool = False,
) -> list[str]:
    """
    Return the lines of a gold file to be corrected by hand, one a paper.

    What a run or model found (or counts) stands as what should be found, unless the file is to be `empty`
    or `schema` is not that of the database. `papers` are so many, drawn by a hash of their ids: the same
    each time, and not the first of anything.

    Raises:
        QueryError: there is no such run or model, or it has no papers.
        SchemaError: there is no such schema, or it has a field that a gold file cannot hold.
    """
    database = Database(db, run=run and of_run(db, run).label, model=model)
    own = database.schema()
    form = own if schema is None else load_schema(schema)
    drawn = sorted(_papers(database), key=_draw)[:papers]
    if not drawn:
        message = f"{database.path} has no papers to be labelled; `extractor run PAGE` fills it"
        raise QueryError(message)
    predicted = database.table(ROOT).rows() if form.name == own.name and not empty else []
    return list(gold_template(form.record_type, sorted(drawn, key=_title), predicted))


def write_new(lines: Iterable[str], output: Path) -> None:
    """
    Write lines to a file that is not there yet: a gold file is work by hand.

    Raises:
        SettingsError: it is there already, or cannot be written.
    """
    if output.exists():
        message = f"{output} is there already, and may hold work by hand; name another file"
        raise SettingsError(message)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise SettingsError(message) from error


def _papers(database: Database) -> Iterator[Paper]:
    for row in database.texts().rows():
        yield Paper(paper_id=row["id"], text=Text(title=row["title"], abstract=row["abstract"]))


def _draw(paper: Paper) -> str:
    return hashlib.sha256(paper.paper_id.encode()).hexdigest()


def _title(paper: Paper) -> tuple[str, str]:
    return paper.text.title, paper.paper_id


def _lines_of(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            return list(file)
    except UnicodeDecodeError as error:
        message = f"{path} is no UTF-8 text: byte {error.start} cannot be read"
        raise GoldError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise GoldError(message) from error
