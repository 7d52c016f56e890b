"""Tables and the record's JSON schema -> what each column means, as Markdown and as a table."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from extractor.outcomes import VERSION
from extractor.records import Role
from extractor.rendering import FORMATS, Held
from extractor.rows import PREFIX, ROOT
from extractor.store import Archive, Meaning, StoredTable, meaning_of, write_texts

COLUMNS = ("table", "column", "type", "meaning", "null")
_UNDESCRIBED = Meaning("a field that the schema does not describe")
_SINGLE_VALUES = Meaning("the single values of an extraction's record, one row each extraction")
_NONE_FOUND = "the abstract says none, or none was found"

Described = Mapping[str, Mapping[str, Meaning]]
"""What fields mean, by table and column."""


def write_dictionary(archive: Archive, markdown: Path, table: Path) -> None:
    """Write the dictionary of an archive's tables to two files."""
    rows = {stored.name: list(_rows(stored, _described(archive))) for stored in archive.tables}
    write_texts(COLUMNS, [row for some in rows.values() for row in some], table)
    with markdown.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_page(archive, rows))


def _rows(stored: StoredTable, described: Described) -> Iterator[tuple[str, ...]]:
    fields = described.get(stored.name, {})
    for column, kind in stored.columns.items():
        meaning = meaning_of(stored.name, column) or fields.get(column) or _UNDESCRIBED
        yield stored.name, column, kind, meaning.words, meaning.null


def _page(archive: Archive, rows: Mapping[str, list[tuple[str, ...]]]) -> Iterator[str]:
    schema = archive.schemas[-1]
    yield "# Data dictionary\n\n"
    yield f"All tables of a database of extractor {VERSION}, a Parquet file each. "
    yield "What is extracted is *claimed in the abstract*; it is no measurement.\n"
    yield "`extractor import FOLDER` reads the folder back.\n\n"
    yield "*null* is what null says in a column; where that is nothing, only rows older than it have one.\n"
    yield "A meaning with *one of* lists all values. Times are UTC.\n\n"
    yield from FORMATS["md"].lines(Held(("schema", "version"), ((schema.name, schema.version),)))
    described = _described(archive)
    for stored in archive.tables:
        told = described.get(stored.name, {}).get("") or meaning_of(stored.name) or _UNDESCRIBED
        yield f"\n## {stored.name}\n\n"
        yield from FORMATS["md"].lines(Held(("a row is", "rows"), ((told.words, stored.rows),)))
        yield "\n"
        yield from FORMATS["md"].lines(Held(COLUMNS[1:], tuple(row[1:] for row in rows[stored.name])))


def _described(archive: Archive) -> Described:
    """Return what the record's fields mean, by all versions of the schema, the newest last."""
    described: dict[str, dict[str, Meaning]] = {}
    for schema in archive.schemas:
        for table, fields in _fields_in(schema.json_schema).items():
            described.setdefault(table, {}).update(fields)
    return described


def _fields_in(text: str) -> dict[str, dict[str, Meaning]]:
    """Return the fields' descriptions; none where a database, perhaps somebody's, has no JSON schema."""
    try:
        return _fields_of(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _fields_of(json_schema: Mapping[str, Any]) -> dict[str, dict[str, Meaning]]:
    """Return what the fields mean by table; what a table's own rows are stands under ""."""
    parts = json_schema.get("$defs", {})
    told: dict[str, dict[str, Meaning]] = {PREFIX + ROOT: {"": _SINGLE_VALUES}}
    for name, field in json_schema["properties"].items():
        meaning = _meaning_in(field, parts)
        part = next(
            (parts[named] for named in _named_in(field) if "properties" in parts.get(named, {})), None
        )
        if part is not None:
            fields = {key: _meaning_in(inner, parts) for key, inner in part["properties"].items()}
            told[PREFIX + name] = {"": meaning, **fields}
        elif _is_list(field):
            told[PREFIX + name] = {"": meaning, **dict.fromkeys(_ITEMS, meaning)}
        else:
            told[PREFIX + ROOT][name] = meaning
    return told


def _meaning_in(field: Mapping[str, Any], parts: Mapping[str, Any]) -> Meaning:
    """Return what a field's description says, the values that it may have, and null where it may be."""
    kinds = [*_kinds_of(field), *(parts.get(named, {}) for named in _named_in(field))]
    values = [
        str(value) for kind in kinds for value in kind.get("enum", [kind.get("const")]) if value is not None
    ]
    words = filter(None, [str(field.get("description", "")), f"one of {', '.join(values)}" if values else ""])
    is_nullable = any(kind.get("type") == "null" for kind in kinds)
    return Meaning("; ".join(words) or _UNDESCRIBED.words, _NONE_FOUND if is_nullable else "")


_ITEMS = tuple(role.value for role in Role)
"""What the column of a list of single values may be called."""


def _is_list(field: Mapping[str, Any]) -> bool:
    return any(kind.get("type") == "array" for kind in (field, *field.get("anyOf", ())))


def _named_in(field: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the definitions that a field refers to."""
    for kind in _kinds_of(field):
        if "$ref" in kind:
            yield kind["$ref"].rpartition("/")[2]


def _kinds_of(field: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a field's type and those that it is made of: alternatives, items of a list."""
    for kind in (field, *field.get("anyOf", ()), *field.get("allOf", ())):
        yield kind
        yield kind.get("items", {})
