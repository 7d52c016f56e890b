"""
A record type -> the tables that hold it; an extraction -> their rows.

A record's own single values are a row of `all_records`; each list and each part is a table named
`all_` and the field's name. Every row is keyed `(extraction_id, position)` and says whether it is
verified, if not why, and which provider found it. Where each value stands is a row of `evidence`.
"""

import enum
from dataclasses import dataclass
from typing import Any

from extractor.errors import SchemaError
from extractor.grounding import GroundedPart, GroundedValue
from extractor.outcomes import Extraction
from extractor.records import FieldSpec, NameKind, Record, Role, fields_of

Row = dict[str, Any]

ROOT = "records"
PREFIX = "all_"
EVIDENCE = "evidence"
_KEY = (("extraction_id", "varchar"), ("position", "integer"))
_CHECK = (("verified", "boolean"), ("unverified_because", "varchar[]"), ("found_by", "varchar"))
_TAKEN_TABLES = frozenset(
    (
        *("papers", "paper_ids", "paper_sources", "texts", "runs", "run_papers", "responses", "extractions"),
        *("evidence", "failures", "schemas", "current_extractions", ROOT),
        *("names", "metric_directions", "name_lists", "printed_names"),
    )
)
_SQL_TYPES = {str: "varchar", int: "bigint", float: "double", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table to be: `name` is the field's (or `records`), `columns` those of the values alone.

    `names` are the columns that hold names with a canonical one, each with what it is the name of.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, NameKind], ...] = ()

    @property
    def stored_name(self) -> str:
        """Name of the table with the rows of every run; the view of `name` shows the current ones."""
        return PREFIX + self.name

    @property
    def all_columns(self) -> tuple[tuple[str, str], ...]:
        """Names and SQL types of all columns, in order."""
        return (*_KEY, *self.columns, *_CHECK)


def tables_of(record_type: type[Record]) -> tuple[Table, ...]:
    """
    Return the tables of a record type: `records` first, then one a list or part.

    Raises:
        SchemaError: a field's name or shape has no place in a table.
    """
    specs = fields_of(record_type)
    _refuse_taken_names(record_type, specs)
    single = [spec for spec in specs if not _is_table(spec)]
    root = Table(ROOT, _columns(record_type, single), _names(single))
    return (root, *(_table_of(spec) for spec in specs if _is_table(spec)))


def _table_of(spec: FieldSpec) -> Table:
    """Return the table of a list or a part."""
    if spec.part:
        specs = list(fields_of(spec.part))
        return Table(spec.name, _columns(spec.part, specs), _names(specs))
    column = spec.role.value
    names = ((column, spec.name_of),) if spec.name_of else ()
    return Table(spec.name, ((column, _SQL_TYPES[spec.kind]),), names)


def _names(specs: list[FieldSpec]) -> tuple[tuple[str, NameKind], ...]:
    return tuple((spec.name, spec.name_of) for spec in specs if spec.name_of)


def rows_of(extraction: Extraction) -> dict[str, list[Row]]:
    """Return an extraction's rows by stored table name, those of `evidence` among them."""
    rows: dict[str, list[Row]] = {}
    for part in extraction.grounded.parts:
        stored = PREFIX + (part.table or ROOT)
        rows.setdefault(stored, []).append(_row_of(extraction, part))
        rows.setdefault(EVIDENCE, []).extend(_evidence_of(extraction, part))
    return rows


def _refuse_taken_names(record_type: type[Record], specs: tuple[FieldSpec, ...]) -> None:
    seen = set(_TAKEN_TABLES)
    for spec in specs:
        if spec.name.lower() in seen and (_is_table(spec) or spec.name.lower() not in _TAKEN_TABLES):
            message = f"{record_type.__name__}.{spec.name}: every database has a table or field of that name"
            raise SchemaError(message)
        seen.add(spec.name.lower())


def _is_table(spec: FieldSpec) -> bool:
    return spec.many or spec.role is Role.PART


def _columns(record_type: type[Record], specs: list[FieldSpec]) -> tuple[tuple[str, str], ...]:
    taken = {name for name, _ in (*_KEY, *_CHECK)} | {"paper_id", "title", "model", "provider"}
    columns: list[tuple[str, str]] = []
    for spec in specs:
        if spec.name.lower() in taken:
            message = f"{record_type.__name__}.{spec.name}: its table has a column of that name; rename it"
            raise SchemaError(message)
        if spec.role is Role.PART:
            message = (
                f"{record_type.__name__}.{spec.name}: a part cannot hold parts; make it a list of the record"
            )
            raise SchemaError(message)
        taken.add(spec.name.lower())
        columns.append((spec.name, _SQL_TYPES[spec.kind] + ("[]" if spec.many else "")))
    return tuple(columns)


def _row_of(extraction: Extraction, part: GroundedPart) -> Row:
    row: Row = {"extraction_id": extraction.extraction_id, "position": part.position}
    for value in part.values:
        if part.is_item:
            row[value.role.value] = _plain(value.value)
        elif value.item is not None:
            row.setdefault(value.field, []).append(_plain(value.value))
        else:
            row[value.field] = _plain(value.value)
    row["verified"] = part.is_verified
    row["unverified_because"] = list(part.unverified_because)
    row["found_by"] = part.found_by or extraction.provider
    return row


def _plain(value: object) -> object:
    return value.value if isinstance(value, enum.Enum) else value


def _evidence_of(extraction: Extraction, part: GroundedPart) -> list[Row]:
    return [_evidence_row(extraction, part, value) for value in part.values if value.evidence is not None]


def _evidence_row(extraction: Extraction, part: GroundedPart, value: GroundedValue) -> Row:
    evidence = value.evidence
    assert evidence is not None  # noqa: S101 - its caller has looked; this tells the type checker.
    return {
        "extraction_id": extraction.extraction_id,
        "table_name": part.table or ROOT,
        "position": part.position,
        "field_path": value.field,
        "item": value.item,
        "match": evidence.match.value,
        "text_field": evidence.field,
        "start": evidence.start,
        "end": evidence.end,
    }
