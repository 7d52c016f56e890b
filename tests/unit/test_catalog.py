import pytest

from extractor.catalog import load_schema, schema_names
from extractor.errors import SchemaError
from extractor.papers import Text
from extractor.prompting import Prompt
from extractor.records import Record, fields_of

TRIAL = """
from extractor.records import Name, Record

class Arm(Record):
    drug: Name | None = None

class Trial(Record):
    drug: Name | None = None
    arms: tuple[Arm, ...] = ()
"""
PROMPT = "{% block instructions %}Read trials.{% endblock %}{% block paper %}{{ abstract }}{% endblock %}"


def written(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
def trials(tmp_path):
    return written(tmp_path, "schemas/trials.py", TRIAL)


def refusal(name):
    with pytest.raises(SchemaError) as refused:
        load_schema(str(name))
    return str(refused.value)


# ---------------------------------------------------------------- by name


def test_the_schema_for_papers_ships():
    schema = load_schema("papers")

    assert "papers" in schema_names()
    assert schema.name == "papers"
    assert schema.record_type.__name__ == "PaperRecord"
    assert "create or replace view" in schema.views
    assert "{% block paper %}" in schema.prompt


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_that_ships_can_be_loaded(name):
    assert fields_of(load_schema(name).record_type)


@pytest.mark.parametrize("name", ["nothing", "", "Papers", "papers.sql", "__init__", "../papers"])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    told = refusal(name)

    assert told.startswith(f"no schema {name!r}; there is papers")
    assert told.endswith("; or give a file.py or module:Class")


# ---------------------------------------------------------------- by file


def test_a_file_gives_its_one_record_that_is_no_part(trials):
    schema = load_schema(str(trials))

    assert schema.name == "trials"
    assert issubclass(schema.record_type, Record)
    assert schema.record_type.__name__ == "Trial"


def test_a_class_of_a_file_can_be_named(trials):
    schema = load_schema(f"{trials}:Arm")

    assert (schema.name, schema.record_type.__name__) == ("trials", "Arm")


def test_a_file_is_found_from_the_folder_one_is_in(trials, monkeypatch):
    monkeypatch.chdir(trials.parent)

    assert load_schema("trials.py").name == "trials"
    assert load_schema("./trials.py:Trial").record_type.__name__ == "Trial"


@pytest.mark.parametrize("class_name", ["", ":Arm"], ids=["file", "class of a file"])
def test_a_reference_loads_the_same_schema_from_any_folder(trials, tmp_path, monkeypatch, class_name):
    monkeypatch.chdir(trials.parent)
    schema = load_schema(f"trials.py{class_name}")
    monkeypatch.chdir(tmp_path)

    again = load_schema(schema.reference)

    assert (again.name, again.version) == (schema.name, schema.version)


@pytest.mark.parametrize(
    "place", ["schemas/trials.md", "prompts/trials.md"], ids=["beside", "in a folder of prompts"]
)
def test_views_and_prompt_are_the_files_of_the_same_stem(trials, tmp_path, place):
    written(tmp_path, "schemas/trials.sql", "create or replace view drugs as select 'ü';")
    written(tmp_path, place, PROMPT)

    schema = load_schema(str(trials))

    assert schema.views == "create or replace view drugs as select 'ü';"
    assert schema.prompt == PROMPT


def test_without_files_of_its_own_a_schema_has_no_views_and_the_common_prompt(trials):
    schema = load_schema(str(trials))

    assert schema.views == ""
    assert "{% for field in fields %}" in schema.prompt
    assert Prompt(schema.prompt, schema.record_type).messages_for(Text(abstract="They move."))


def test_a_file_that_was_changed_gives_the_new_record(trials):
    before = load_schema(str(trials))
    trials.write_text(
        TRIAL.replace("drug: Name | None = None\n    arms", "dose: float | None = None\n    arms")
    )

    after = load_schema(str(trials))

    assert [spec.name for spec in fields_of(after.record_type)] == ["dose", "arms"]
    assert after.version != before.version


def test_a_version_depends_on_the_record_alone(trials, tmp_path):
    before = load_schema(str(trials)).version
    written(tmp_path, "schemas/trials.md", PROMPT)
    trials.write_text("# a comment\n" + TRIAL)

    assert load_schema(str(trials)).version == before
    assert len(before) == 8


def test_records_that_a_file_imports_are_not_its_own(tmp_path):
    path = written(tmp_path, "more.py", "from extractor.schemas.papers import Claim, PaperRecord\n" + TRIAL)

    assert load_schema(str(path)).record_type.__name__ == "Trial"


def test_postponed_annotations_are_understood(tmp_path):
    path = written(tmp_path, "late.py", "from __future__ import annotations\n" + TRIAL)

    assert [spec.name for spec in fields_of(load_schema(str(path)).record_type)] == ["drug", "arms"]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "nothing.py") == f"no schema file {tmp_path / 'nothing.py'}"


def test_a_folder_is_no_schema_file(tmp_path):
    (tmp_path / "folder.py").mkdir()

    assert refusal(tmp_path / "folder.py").startswith("no schema file ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("class Trial(", "cannot be loaded: SyntaxError: "),
        ("import nothing_of_that_name", "cannot be loaded: ModuleNotFoundError: "),
        ("1 / 0", "cannot be loaded: ZeroDivisionError: "),
        ("raise SystemExit(3)", "cannot be loaded: SystemExit: 3"),
        (b"\xff\xfe\x00", "cannot be loaded: "),
        ("", "must hold one record that is no part of another; found: none"),
        ("class Trial: pass", "must hold one record that is no part of another; found: none"),
        (
            TRIAL.replace("arms: tuple[Arm, ...] = ()", "x: str | None = None"),
            "must hold one record that is no part of another; found: Arm, Trial",
        ),
        (
            TRIAL.replace("Name | None = None\n    arms", "dict[str, str]\n    arms"),
            "Trial.drug: dict[str, str] has no place in a table",
        ),
    ],
    ids=["syntax", "import", "error", "exit", "bytes", "empty", "no record", "two records", "odd field"],
)
def test_a_file_that_is_no_schema_is_refused_and_says_why(tmp_path, content, told):
    assert told in refusal(written(tmp_path, "broken.py", content))


@pytest.mark.parametrize("class_name", ["Nothing", "Name"], ids=["not there", "no record"])
def test_a_class_that_is_no_record_is_refused(trials, class_name):
    told = refusal(f"{trials}:{class_name}")

    assert told.endswith(f":{class_name} is no Record (a class under extractor.records.Record)")


@pytest.mark.parametrize("name", ["trials.sql", "trials.md"], ids=["views", "prompt"])
def test_a_file_beside_it_that_is_not_utf_8_is_refused_and_named(trials, name):
    written(trials.parent, name, b"gr\xfcn")

    assert name in refusal(trials)


# ---------------------------------------------------------------- by module


def test_a_class_of_a_module_can_be_named():
    schema = load_schema("extractor.schemas.papers:Claim")

    assert (schema.name, schema.record_type.__name__) == ("papers", "Claim")
    assert load_schema(schema.reference).version == schema.version


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "nothing_of_that_name:Trial",
            "no module 'nothing_of_that_name' for schema nothing_of_that_name:Trial: ",
        ),
        ("extractor.nothing:Trial", "no module 'extractor.nothing' for schema extractor.nothing:Trial: "),
        ("json:JSONDecoder", "json:JSONDecoder is no Record"),
        ("json:Nothing", "json:Nothing is no Record"),
        ("json:dumps", "json:dumps is no Record"),
        (":Trial", ":Trial"),
        (".trials:Trial", ".trials:Trial"),
        ("extractor.schemas.papers:", "extractor.schemas.papers:"),
    ],
    ids=[
        "no module",
        "no submodule",
        "no record",
        "no class",
        "function",
        "no name",
        "relative",
        "no class name",
    ],
)
def test_a_module_that_holds_no_such_record_is_refused(name, told):
    assert told in refusal(name)


def test_the_top_level_folder_of_schemas_is_no_module_of_its_own():
    assert "no module 'schemas.papers'" in refusal("schemas.papers:PaperRecord")
