import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from extractor.errors import SettingsError
from extractor.settings import Settings, read_params


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("EXTRACTOR_", "OPENAI_")):
            monkeypatch.delenv(name)


def test_without_variables_the_defaults_count():
    settings = Settings.load()

    assert settings.model == "embedded"
    assert settings.schema_name == "papers"
    assert settings.db == Path("outputs/extractor.duckdb")
    assert settings.concurrency is None
    assert (settings.rpm, settings.tpm, settings.timeout, settings.max_cost) == (None, None, None, None)
    assert (settings.deadline, settings.wait) == (600.0, 10.0)
    assert settings.price is None
    assert settings.mode == "auto"
    assert settings.params == {}
    assert settings.base_url is None
    assert settings.api_key is None
    assert (settings.retry_failed, settings.refresh, settings.batch) == (False, False, False)


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("EXTRACTOR_DB", "tides.duckdb", "db", Path("tides.duckdb")),
        ("EXTRACTOR_MODEL", "rules", "model", "rules"),
        ("EXTRACTOR_BASE_URL", "http://127.0.0.1:8000/v1", "base_url", "http://127.0.0.1:8000/v1"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:8001/v1", "base_url", "http://127.0.0.1:8001/v1"),
        ("EXTRACTOR_SCHEMA", "trials.py", "schema_name", "trials.py"),
        ("EXTRACTOR_MODE", "tools", "mode", "tools"),
        (
            "EXTRACTOR_PARAMS",
            '{"temperature": 0, "stop": ["#"]}',
            "params",
            {"temperature": 0, "stop": ["#"]},
        ),
        ("EXTRACTOR_CONCURRENCY", "3", "concurrency", 3),
        ("EXTRACTOR_RPM", "0.5", "rpm", 0.5),
        ("EXTRACTOR_TPM", "2000000", "tpm", 2_000_000.0),
        ("EXTRACTOR_TIMEOUT", "90", "timeout", 90.0),
        ("EXTRACTOR_DEADLINE", "1200", "deadline", 1200.0),
        ("EXTRACTOR_MAX_COST", "0", "max_cost", 0.0),
        ("EXTRACTOR_PRICE", "0.25,2", "price", "0.25,2"),
        ("EXTRACTOR_BATCH", "1", "batch", True),
        ("EXTRACTOR_WAIT", "0", "wait", 0.0),
        ("EXTRACTOR_CACHE_DIR", "/tmp/weights", "cache_dir", Path("/tmp/weights")),
        ("EXTRACTOR_RETRY_FAILED", "true", "retry_failed", True),
        ("EXTRACTOR_RETRY_FAILED", "0", "retry_failed", False),
        ("EXTRACTOR_REFRESH", "true", "refresh", True),
    ],
    ids=[
        "db",
        "model",
        "base url",
        "OpenAI's base url",
        "schema",
        "mode",
        "params",
        "concurrency",
        "rpm",
        "tpm",
        "timeout",
        "deadline",
        "max cost",
        "price",
        "batch",
        "wait",
        "cache dir",
        "retry",
        "no retry",
        "refresh",
    ],
)
def test_a_variable_goes_before_the_default(monkeypatch, variable, text, field, value):
    monkeypatch.setenv(variable, text)

    assert getattr(Settings.load(), field) == value


@pytest.mark.parametrize(
    ("variable", "field", "value"),
    [
        ("EXTRACTOR_MODEL", "model", "rules"),
        ("EXTRACTOR_BASE_URL", "base_url", "http://127.0.0.1:8000/v1"),
        ("OPENAI_BASE_URL", "base_url", "http://127.0.0.1:8000/v1"),
        ("EXTRACTOR_SCHEMA", "schema_name", "trials.py"),
        ("EXTRACTOR_DB", "db", Path("tides.duckdb")),
    ],
)
def test_an_option_goes_before_its_variable(monkeypatch, variable, field, value):
    monkeypatch.setenv(variable, "from the environment")

    assert getattr(Settings.load(**{field: value}), field) == value


def test_an_option_that_is_not_given_leaves_the_variable(monkeypatch):
    monkeypatch.setenv("EXTRACTOR_MODEL", "rules")

    assert Settings.load(model=None).model == "rules"


def test_our_own_base_url_goes_before_openais(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8001/v1")
    monkeypatch.setenv("EXTRACTOR_BASE_URL", "http://127.0.0.1:8000/v1")

    assert Settings.load().base_url == "http://127.0.0.1:8000/v1"


def test_an_empty_variable_counts_as_not_there(monkeypatch):
    monkeypatch.setenv("EXTRACTOR_MODEL", "")
    monkeypatch.setenv("EXTRACTOR_CONCURRENCY", "")

    settings = Settings.load()

    assert (settings.model, settings.concurrency) == ("embedded", None)


def test_a_tilde_is_the_users_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ana")
    monkeypatch.setenv("EXTRACTOR_CACHE_DIR", "~/weights")

    settings = Settings.load(db="~/tides.duckdb")

    assert settings.db == Path("/home/ana/tides.duckdb")
    assert settings.cache_dir == Path("/home/ana/weights")


def test_a_key_is_read_but_never_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")

    settings = Settings.load()

    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "sk-very-secret"
    assert (
        "very-secret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    )


def test_an_unknown_variable_of_ours_is_refused_with_the_valid_ones(monkeypatch):
    monkeypatch.setenv("EXTRACTOR_MODLE", "rules")

    with pytest.raises(SettingsError) as refused:
        Settings.load()

    told, known = str(refused.value).split("; known are ")
    assert told == "unknown variable EXTRACTOR_MODLE"
    assert known.split(", ") == sorted(known.split(", "))
    assert {"EXTRACTOR_DB", "EXTRACTOR_MODEL", "EXTRACTOR_SCHEMA", "EXTRACTOR_BASE_URL"} <= set(
        known.split(", ")
    )
    assert "OPENAI_API_KEY" not in known


@pytest.mark.parametrize(
    "variable", ["EXTRACTOR_SCHEMA_NAME", "EXTRACTOR_API_KEY", "EXTRACTOR_", "EXTRACTOR_model"]
)
def test_what_is_almost_a_variable_is_refused(monkeypatch, variable):
    monkeypatch.setenv(variable, "x")

    with pytest.raises(SettingsError, match=f"unknown variable {variable}; known are "):
        Settings.load()


def test_every_unknown_variable_is_named_at_once(monkeypatch):
    monkeypatch.setenv("EXTRACTOR_B", "x")
    monkeypatch.setenv("EXTRACTOR_A", "x")

    with pytest.raises(SettingsError, match="unknown variable EXTRACTOR_A, EXTRACTOR_B; "):
        Settings.load()


def test_other_programs_variables_do_not_matter(monkeypatch):
    monkeypatch.setenv("MY_EXTRACTOR_MODEL", "x")
    monkeypatch.setenv("OPENAI_ORGANIZATION", "x")

    assert Settings.load().model == "embedded"


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("EXTRACTOR_CONCURRENCY", "0", "concurrency = '0': Input should be greater than or equal to 1"),
        ("EXTRACTOR_CONCURRENCY", "many", "concurrency = 'many': Input should be a valid integer"),
        ("EXTRACTOR_CONCURRENCY", "2.5", "concurrency = '2.5': Input should be a valid integer"),
        (
            "EXTRACTOR_CONCURRENCY",
            "10001",
            "concurrency = '10001': Input should be less than or equal to 10000",
        ),
        ("EXTRACTOR_RPM", "0", "rpm = '0': Input should be greater than 0"),
        ("EXTRACTOR_TPM", "-1", "tpm = '-1': Input should be greater than 0"),
        ("EXTRACTOR_TIMEOUT", "0", "timeout = '0': Input should be greater than 0"),
        ("EXTRACTOR_DEADLINE", "0", "deadline = '0': Input should be greater than 0"),
        ("EXTRACTOR_MAX_COST", "-0.5", "max_cost = '-0.5': Input should be greater than or equal to 0"),
        ("EXTRACTOR_RETRY_FAILED", "perhaps", "retry_failed = 'perhaps': Input should be a valid boolean"),
        ("EXTRACTOR_MODE", "xml", "mode = 'xml': Input should be 'auto', 'json_schema', 'tools' or 'json'"),
        (
            "EXTRACTOR_MODE",
            "Tools",
            "mode = 'Tools': Input should be 'auto', 'json_schema', 'tools' or 'json'",
        ),
        ("EXTRACTOR_PARAMS", "[1]", "params = [1]: Input should be a valid dictionary"),
        ("EXTRACTOR_PARAMS", "temperature=0", "params"),
    ],
    ids=[
        "none",
        "word",
        "fraction",
        "too many",
        "no request a minute",
        "fewer than no tokens",
        "no time",
        "no time for a paper",
        "less than nothing",
        "no flag",
        "mode",
        "capital mode",
        "no object",
        "no JSON",
    ],
)
def test_a_value_that_cannot_be_used_is_refused_and_named(monkeypatch, variable, text, told):
    monkeypatch.setenv(variable, text)

    with pytest.raises(SettingsError) as refused:
        Settings.load()

    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"concurrency": -1}, "concurrency = -1: "),
        ({"model": 3}, "model = 3: "),
        ({"modle": "rules"}, "modle = 'rules': Extra inputs are not permitted"),
    ],
    ids=["too small", "no text", "unknown"],
)
def test_an_option_that_cannot_be_used_is_refused_and_named(given, told):
    with pytest.raises(SettingsError) as refused:
        Settings.load(**given)

    assert told in str(refused.value)


def test_every_bad_value_is_told_at_once():
    with pytest.raises(SettingsError, match=r"concurrency = 0: .*; retry_failed = 'perhaps': "):
        Settings.load(concurrency=0, retry_failed="perhaps")


def test_settings_are_frozen():
    settings = Settings.load()

    with pytest.raises(ValidationError, match="frozen"):
        settings.model = "rules"  # type: ignore[misc]


def test_every_setting_has_its_help():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


# ---------------------------------------------------------------- parameters of the request


@pytest.mark.parametrize(
    ("word", "name", "value"),
    [
        pytest.param("temperature=0.2", "temperature", 0.2, id="a number"),
        pytest.param("seed=7", "seed", 7, id="a whole number"),
        pytest.param("logprobs=true", "logprobs", True, id="true"),
        pytest.param("user=null", "user", None, id="null"),
        pytest.param('stop=["#", "\\n"]', "stop", ["#", "\n"], id="a list"),
        pytest.param('reasoning={"effort": "low"}', "reasoning", {"effort": "low"}, id="an object"),
        pytest.param("reasoning_effort=low", "reasoning_effort", "low", id="a word"),
        pytest.param('user="7"', "user", "7", id="a number in quotes is text"),
        pytest.param("user=007", "user", "007", id="no number of JSON is text"),
        pytest.param("stop=[1", "stop", "[1", id="broken JSON is text"),
        pytest.param("user=a=b", "user", "a=b", id="only the first equals sign parts"),
        pytest.param("user=", "user", "", id="nothing is an empty text"),
        pytest.param("user=  ", "user", "  ", id="spaces stay"),
        pytest.param("user=Zoë 東京", "user", "Zoë 東京", id="other scripts"),
    ],
)
def test_a_parameter_is_json_or_else_text(word, name, value):
    read = read_params([word])

    assert read == {name: value}
    assert type(read[name]) is type(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_does_not_know_is_text(value):
    assert read_params([f"temperature={value}"]) == {"temperature": value}


def test_parameters_are_read_together_and_the_last_of_a_name_counts():
    assert read_params(["seed=1", "stop=#", "seed=2"]) == {"seed": 2, "stop": "#"}


def test_no_parameter_is_none():
    assert read_params([]) == {}


@pytest.mark.parametrize("word", ["temperature", "=0", "", "="])
def test_a_word_that_is_no_parameter_is_refused_and_shown(word):
    with pytest.raises(SettingsError) as refused:
        read_params(["seed=1", word])

    assert str(refused.value) == f"--param {word!r}: NAME=VALUE is needed, such as temperature=0"
