"""
All tables of a database -> a folder of Parquet files with a data dictionary, and back.

`manifest.json` is written last and removed first: a folder without one is no whole export. It has the size
and hash of each file, so that one that was changed or cut off is told.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.catalog import Schema, load_schema, load_shipped, schema_names
from extractor.errors import SettingsError, StoreError
from extractor.exporting.dictionary import write_dictionary
from extractor.outcomes import VERSION
from extractor.queries import Database
from extractor.recording import write_left_behind
from extractor.settings import Settings
from extractor.store import Archive, Store, file_of

MANIFEST = "manifest.json"
DICTIONARY = "data_dictionary"
_KIND = "all tables of an extractor database"
_LARGEST_MANIFEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Moved:
    """How many tables and rows were written or read."""

    tables: int
    rows: int


def write_all(database: Database, folder: Path, *, force: bool = False) -> Moved:
    """
    Write every table as Parquet, with what each column means.

    With `force` an export that stands in the folder is replaced; other files in it stay.

    Raises:
        SettingsError: the folder is not empty, or cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()) and not force:
        message = (
            f"{folder} is not empty; name another folder, or replace what it has of an export by --force"
        )
        raise SettingsError(message)
    with _written(folder), _part_of(folder) as part:
        archive = database.copy_tables(part)
        write_dictionary(archive, part / f"{DICTIONARY}.md", file_of(part, DICTIONARY))
        manifest = _manifest_of(archive, part)
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
        _refuse_database(database, folder, part)
        _replace(folder, part)
    return Moved(len(archive.tables), sum(table.rows for table in archive.tables))


def read_all(folder: Path, db: Path | None = None, schema: str | None = None) -> Moved:
    """
    Read such a folder into a new database, or one that has none of its rows: all or nothing.

    `schema` is how the schema is loaded here; one that ships is known by its name. The folder's own
    words for it are never run.

    Raises:
        StoreError: the folder is no whole export, holds another schema, or the database has rows of it.
        SchemaError: the schema cannot be loaded, or the database belongs to another.
    """
    manifest = _manifest_in(folder)
    files = {table["name"]: _checked(folder, table) for table in manifest["tables"]}
    loaded = _schema_of(manifest, schema)
    store = Store.of(Settings.load(db=db))
    write_left_behind(store, load_schema)
    with _told_of_version(manifest.get("extractor")):
        counts = store.load_tables(loaded, files)
    return Moved(len(counts), sum(counts.values()))


@contextmanager
def _told_of_version(writer: object) -> Iterator[None]:
    """Say of what is refused that another version wrote it."""
    try:
        yield
    except StoreError as error:
        if writer == VERSION:
            raise
        message = f"{error} (extractor {str(writer)!r:.30} wrote the folder, and this is {VERSION})"
        raise type(error)(message) from error


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Make a folder, and take it away again where nothing came into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}"
        raise SettingsError(message) from error
    finally:
        with suppress(OSError):
            if not any(folder.iterdir()):
                folder.rmdir()


@contextmanager
def _part_of(folder: Path) -> Iterator[Path]:
    """Yield a folder within, for what is not whole yet."""
    part = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _manifest_of(archive: Archive, part: Path) -> dict[str, Any]:
    newest = archive.schemas[-1]
    return {
        "kind": _KIND,
        "extractor": VERSION,
        "schema": {"name": newest.name, "version": newest.version},
        "tables": [
            {"name": table.name, "rows": table.rows, **_seal(file_of(part, table.name))}
            for table in archive.tables
        ],
    }


def _seal(file: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        return {"bytes": file.stat().st_size, "sha256": hashlib.file_digest(opened, "sha256").hexdigest()}


def _refuse_database(database: Database, folder: Path, part: Path) -> None:
    if any((folder / file.name).resolve() == database.path.resolve() for file in part.iterdir()):
        message = f"{folder} would replace the database itself; name another folder"
        raise SettingsError(message)


def _replace(folder: Path, part: Path) -> None:
    """Put new files in the place of an older export, the manifest last."""
    with suppress(StoreError):
        for table in _manifest_in(folder)["tables"]:
            if not file_of(part, table["name"]).exists():
                file_of(folder, table["name"]).unlink(missing_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    for file in sorted(part.iterdir(), key=lambda file: file.name == MANIFEST):
        file.replace(folder / file.name)


def _manifest_in(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder, its shape checked: it may come from anybody."""
    file = folder / MANIFEST
    if not file.is_file():
        message = f"{folder} holds no {MANIFEST}: it is no export of all tables, or one that was broken off"
        raise StoreError(message)
    try:
        with file.open("rb") as opened:
            manifest = json.loads(opened.read(_LARGEST_MANIFEST))
        is_known = (
            manifest["kind"] == _KIND
            and isinstance(manifest["schema"]["name"], str)
            and _is_table_list(manifest["tables"])
        )
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        message = f"{file} cannot be read: {type(error).__name__}"
        raise StoreError(message) from error
    if not is_known:
        message = f"{file} is not what `extractor export --all` writes"
        raise StoreError(message)
    return dict(manifest)


def _is_table_list(tables: list[dict[str, Any]]) -> bool:
    """Tell whether tables have names that can be theirs; case tells none apart in a database."""
    names = [table["name"] for table in tables]
    return all(isinstance(name, str) and name.isidentifier() for name in names) and (
        len({name.lower() for name in names}) == len(names)
    )


def _checked(folder: Path, table: dict[str, Any]) -> Path:
    """Return the file of a table, where it is the one that was written."""
    file = file_of(folder, table["name"])
    try:
        if not file.is_file():
            message = f"{file} is missing: the export is not whole"
            raise StoreError(message)
        seal = _seal(file)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise StoreError(message) from error
    if seal != {name: table.get(name) for name in ("bytes", "sha256")}:
        message = f"{file} is not the file that was exported: it was changed or cut off"
        raise StoreError(message)
    return file


def _schema_of(manifest: dict[str, Any], given: str | None) -> Schema:
    name = manifest["schema"]["name"]
    if given is None and name not in schema_names():
        message = f"the folder holds schema {name!r}, which does not ship; say where it is: --schema FILE.py"
        raise StoreError(message)
    schema = load_shipped(name) if given is None else load_schema(given)
    if schema.name != name:
        message = f"the folder holds schema {name!r}, and {given} is schema {schema.name!r}"
        raise StoreError(message)
    return schema
