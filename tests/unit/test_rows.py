import enum
from typing import Annotated, Literal

import pytest
from pydantic import Field

from extractor.catalog import load_schema
from extractor.errors import SchemaError
from extractor.exchange import Response
from extractor.grounding import ground
from extractor.outcomes import Extraction
from extractor.papers import Paper, Text
from extractor.records import Label, Name, Number, Quote, Record, Url
from extractor.rows import rows_of, tables_of

ABSTRACT = "TideNet reaches 93.2% on MudBench, 3 points more. See https://example.org/tide."


class Colour(enum.Enum):
    RED = "red"


class Finding(Record):
    quote: Quote = ""
    value: Annotated[float | None, Number(of="quote")] = None
    rank: int | None = None
    is_best: bool | None = None
    names: tuple[Name, ...] = ()


class Trial(Record):
    method: Name | None = None
    passage: Quote | None = None
    page: Url | None = None
    mood: Label | None = None
    colour: Colour | None = None
    arm: Literal["drug", "placebo"] | None = None
    patients: int | None = None
    dose: float | None = None
    is_blind: bool | None = None
    sites: tuple[Name, ...] = ()
    passages: tuple[Quote, ...] = ()
    pages: list[Url] = Field(default=[])
    moods: list[str] = Field(default=[])
    doses: list[float] = Field(default=[])
    counts: list[int] = Field(default=[])
    flags: list[bool] = Field(default=[])
    colours: tuple[Colour, ...] = ()
    finding: Finding | None = None
    findings: tuple[Finding, ...] = ()


def extraction(record, *, provider="fake"):
    text = Text(title="TideNet", abstract=ABSTRACT)
    return Extraction(
        paper=Paper(paper_id="p1", text=text),
        fingerprint="f" * 32,
        schema_name="trials",
        schema_version="v1",
        provider=provider,
        response=Response("{}", "some-model"),
        grounded=ground(record, text),
    )


def columns_of(record_type):
    return {table.name: dict(table.columns) for table in tables_of(record_type)}


def values_in(row):
    return {
        k: v
        for k, v in row.items()
        if k not in ("extraction_id", "position", "unverified_because", "found_by")
    }


def test_the_tables_of_papers_follow_from_the_record():
    assert columns_of(load_schema("papers").record_type) == {
        "records": {"method": "varchar", "code_url": "varchar"},
        "tasks": {"name": "varchar"},
        "datasets": {"name": "varchar"},
        "metrics": {"name": "varchar"},
        "claims": {
            "quote": "varchar",
            "task": "varchar",
            "dataset": "varchar",
            "metric": "varchar",
            "method": "varchar",
            "baseline": "varchar",
            "value": "double",
            "value_high": "double",
            "baseline_value": "double",
            "unit": "varchar",
            "kind": "varchar",
            "direction": "varchar",
        },
    }


def test_every_kind_of_field_has_its_column():
    finding = {
        "quote": "varchar",
        "value": "double",
        "rank": "bigint",
        "is_best": "boolean",
        "names": "varchar[]",
    }
    assert columns_of(Trial) == {
        "records": {
            "method": "varchar",
            "passage": "varchar",
            "page": "varchar",
            "mood": "varchar",
            "colour": "varchar",
            "arm": "varchar",
            "patients": "bigint",
            "dose": "double",
            "is_blind": "boolean",
        },
        "sites": {"name": "varchar"},
        "passages": {"quote": "varchar"},
        "pages": {"url": "varchar"},
        "moods": {"label": "varchar"},
        "doses": {"number": "double"},
        "counts": {"number": "bigint"},
        "flags": {"label": "boolean"},
        "colours": {"label": "varchar"},
        "finding": finding,
        "findings": finding,
    }


def test_a_table_has_its_key_before_the_values_and_its_check_behind():
    table = next(table for table in tables_of(Trial) if table.name == "sites")

    assert table.stored_name == "all_sites"
    assert [name for name, _ in table.all_columns] == [
        "extraction_id",
        "position",
        "name",
        "verified",
        "unverified_because",
        "found_by",
    ]


@pytest.mark.parametrize(
    "name", ["position", "verified", "model", "paper_id", "title", "extraction_id", "found_by"]
)
def test_a_field_named_like_a_column_of_every_table_is_refused(name):
    trial = type("Trial", (Record,), {"__annotations__": {name: Name | None}, name: None})

    with pytest.raises(SchemaError, match=f"Trial.{name}: its table has a column of that name; rename it"):
        tables_of(trial)


def test_a_field_named_like_a_column_is_refused_in_a_part_too():
    class Part(Record):
        verified: bool | None = None

    class Whole(Record):
        parts: tuple[Part, ...] = ()

    with pytest.raises(SchemaError, match=r"Part\.verified"):
        tables_of(Whole)


@pytest.mark.parametrize("name", ["records", "papers", "Papers", "evidence", "runs", "failures", "texts"])
def test_a_list_named_like_a_table_of_every_database_is_refused(name):
    trial = type("Trial", (Record,), {"__annotations__": {name: tuple[Name, ...]}, name: ()})

    with pytest.raises(SchemaError, match=rf"Trial\.{name}"):
        tables_of(trial)


def test_a_single_value_may_be_named_like_a_table_of_every_database():
    class Trial(Record):
        papers: int | None = None

    assert columns_of(Trial) == {"records": {"papers": "bigint"}}


def test_two_fields_that_differ_in_case_alone_are_refused():
    class Cased(Record):
        dose: float | None = None
        Dose: float | None = None

    with pytest.raises(SchemaError, match=r"Cased\.Dose"):
        tables_of(Cased)


def test_two_fields_of_a_part_that_differ_in_case_alone_are_refused():
    class Cased(Record):
        dose: float | None = None
        Dose: float | None = None

    class Whole(Record):
        parts: tuple[Cased, ...] = ()

    with pytest.raises(SchemaError, match=r"Cased\.Dose"):
        tables_of(Whole)


@pytest.mark.parametrize("name", ["Verified", "POSITION"])
def test_a_column_of_every_table_is_known_in_any_case(name):
    trial = type("Trial", (Record,), {"__annotations__": {name: Name | None}, name: None})

    with pytest.raises(SchemaError, match=rf"Trial\.{name}"):
        tables_of(trial)


def test_a_part_within_a_part_is_refused():
    class Inner(Record):
        name: Name | None = None

    class Outer(Record):
        inner: Inner | None = None

    class Whole(Record):
        outer: tuple[Outer, ...] = ()

    with pytest.raises(SchemaError, match=r"Outer\.inner: a part cannot hold parts"):
        tables_of(Whole)


def test_the_records_own_values_are_one_row():
    made = extraction(Trial(method="TideNet", patients=12, dose=0.5, is_blind=False, arm="drug", mood="calm"))

    (row,) = rows_of(made)["all_records"]

    assert row == {
        "extraction_id": made.extraction_id,
        "position": 0,
        "method": "TideNet",
        "passage": None,
        "page": None,
        "mood": "calm",
        "colour": None,
        "arm": "drug",
        "patients": 12,
        "dose": 0.5,
        "is_blind": False,
        "verified": True,
        "unverified_because": [],
        "found_by": "fake",
    }


@pytest.mark.parametrize(
    ("record", "table", "column", "values"),
    [
        (Trial(sites=("MudBench", "TideNet")), "all_sites", "name", ["MudBench", "TideNet"]),
        (Trial(passages=("3 points more",)), "all_passages", "quote", ["3 points more"]),
        (Trial(pages=["https://example.org/tide"]), "all_pages", "url", ["https://example.org/tide"]),
        (Trial(moods=["calm"]), "all_moods", "label", ["calm"]),
        (Trial(doses=[0.5, 1.5]), "all_doses", "number", [0.5, 1.5]),
        (Trial(counts=[3]), "all_counts", "number", [3]),
        (Trial(flags=[True, False]), "all_flags", "label", [True, False]),
    ],
    ids=["names", "quotes", "links", "labels", "numbers", "whole numbers", "flags"],
)
def test_each_item_of_a_list_is_a_row(record, table, column, values):
    rows = rows_of(extraction(record))[table]

    assert [row[column] for row in rows] == values
    assert [row["position"] for row in rows] == list(range(len(values)))


def test_an_enum_is_stored_as_its_value():
    rows = rows_of(extraction(Trial(colour=Colour.RED, colours=(Colour.RED,))))

    assert type(rows["all_records"][0]["colour"]) is str
    assert rows["all_records"][0]["colour"] == "red"
    assert rows["all_colours"][0]["label"] == "red"


def test_a_part_is_a_row_with_its_lists_in_one_column():
    finding = Finding(
        quote="reaches 93.2% on MudBench", value=93.2, rank=1, is_best=True, names=("MudBench", "SnowSet")
    )

    (row,) = rows_of(extraction(Trial(findings=(finding,))))["all_findings"]

    assert values_in(row) == {
        "quote": "reaches 93.2% on MudBench",
        "value": 93.2,
        "rank": 1,
        "is_best": True,
        "names": ["MudBench", "SnowSet"],
        "verified": False,
    }
    assert row["unverified_because"] == ["names: not in the text"]


def test_a_part_with_one_field_of_the_lists_name_has_its_own_column():
    class Note(Record):
        notes: Name | None = None

    class Noted(Record):
        notes: tuple[Note, ...] = ()

    (row,) = rows_of(extraction(Noted(notes=(Note(notes="MudBench"),))))["all_notes"]

    assert columns_of(Noted)["notes"] == {"notes": "varchar"}
    assert values_in(row) == {"notes": "MudBench", "verified": True}


@pytest.mark.parametrize(
    "record", [Trial(), Trial(finding=Finding(), sites=("MudBench",))], ids=["empty", "some"]
)
def test_rows_have_no_column_that_their_table_has_not(record):
    known = {table.stored_name: {name for name, _ in table.all_columns} for table in tables_of(Trial)}

    rows = rows_of(extraction(record))

    rows.pop("evidence", None)
    assert rows
    for table, given in rows.items():
        for row in given:
            assert set(row) <= known[table]


def test_a_row_says_who_found_it():
    rows = rows_of(extraction(Trial(sites=("MudBench",)), provider="rules"))

    assert rows["all_sites"][0]["found_by"] == "rules"


def test_where_each_value_stands_is_a_row_of_evidence():
    made = extraction(
        Trial(method="TideNet", sites=("SnowSet",), findings=(Finding(quote="3 points more", value=3),))
    )

    evidence = rows_of(made)["evidence"]

    start = ABSTRACT.index("3 points")
    assert [{k: v for k, v in row.items() if k != "extraction_id"} for row in evidence] == [
        {
            "table_name": "records",
            "position": 0,
            "field_path": "method",
            "item": None,
            "match": "exact",
            "text_field": "abstract",
            "start": 0,
            "end": 7,
        },
        {
            "table_name": "sites",
            "position": 0,
            "field_path": "sites",
            "item": None,
            "match": "none",
            "text_field": None,
            "start": None,
            "end": None,
        },
        {
            "table_name": "findings",
            "position": 0,
            "field_path": "quote",
            "item": None,
            "match": "exact",
            "text_field": "abstract",
            "start": start,
            "end": start + 13,
        },
    ]
    assert {row["extraction_id"] for row in evidence} == {made.extraction_id}


def test_evidence_of_a_list_in_a_part_counts_the_items():
    made = extraction(Trial(findings=(Finding(names=("MudBench", "TideNet")),)))

    items = [row["item"] for row in rows_of(made)["evidence"] if row["field_path"] == "names"]

    assert items == [0, 1]


def test_an_empty_list_of_a_part_is_an_empty_list():
    (row,) = rows_of(extraction(Trial(findings=(Finding(),))))["all_findings"]

    assert row.get("names", []) == []


def test_the_rows_of_a_full_paper_fit_their_tables():
    record_type = load_schema("papers").record_type
    record = record_type.model_validate(
        {
            "tasks": ["glaciers"],
            "method": "TideNet",
            "datasets": ["MudBench"],
            "code_url": "https://example.org/tide",
            "claims": [
                {"quote": "reaches 93.2% on MudBench", "dataset": "MudBench", "value": 93.2, "unit": "%"}
            ],
        }
    )

    rows = rows_of(extraction(record))

    assert sorted(rows) == ["all_claims", "all_datasets", "all_records", "all_tasks", "evidence"]
    assert [row["verified"] for row in rows["all_claims"]] == [True]
    assert [row["verified"] for row in rows["all_tasks"]] == [False]
