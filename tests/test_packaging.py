"""Agreements: what is packaged, public, documented and translated is all that there is."""

import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx2
import openai
import pytest
import typer
from openai.types.chat import ChatCompletion
from pydantic import AliasChoices

import extractor
from extractor import cli, errors
from extractor.providers.embedded.catalogue import CATALOGUE
from extractor.providers.openai import translated_errors

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
PLACES = {
    "extractor": ROOT / "extractor",
    "extractor.schemas": ROOT / "schemas",
    "extractor.prompts": ROOT / "prompts",
}


def package_folders():
    for package, place in PLACES.items():
        for folder in [place, *(path for path in place.rglob("*") if path.is_dir())]:
            if folder.name != "__pycache__":
                yield ".".join([package, *folder.relative_to(place).parts]), folder


# ---------------------------------------------------------------- packages


def test_every_folder_is_a_package_that_is_packed():
    assert sorted(SETUPTOOLS["packages"]) == sorted(name for name, _ in package_folders())


@pytest.mark.parametrize("name", SETUPTOOLS["packages"])
def test_a_packed_package_has_an_init_with_a_docstring(name):
    folder = dict(package_folders())[name]
    assert (folder / "__init__.py").read_text(encoding="utf-8").startswith('"""')


def test_every_file_that_is_no_python_is_packed_as_data():
    data = SETUPTOOLS["package-data"]
    for name, folder in package_folders():
        for path in folder.iterdir():
            if path.is_file() and path.suffix != ".py":
                assert any(path.match(pattern) for pattern in data.get(name, [])), path


@pytest.mark.parametrize("module", ["schemas", "prompts", "tests", "benchmarks", "examples", "outputs"])
def test_nothing_but_the_extractor_is_importable(module, tmp_path):
    code = f"import importlib.util as u; print(u.find_spec({module!r}))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "None\n"


@pytest.mark.parametrize("module", ["extractor.schemas.papers", "extractor.prompts"])
def test_schemas_and_prompts_are_importable_from_anywhere(module, tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import {module}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# ---------------------------------------------------------------- what is public


def test_all_is_what_is_public():
    public = {
        name
        for name, thing in vars(extractor).items()
        if not name.startswith("_") and not isinstance(thing, ModuleType)
    }
    assert set(extractor.__all__) == public


@pytest.mark.parametrize("name", extractor.__all__)
def test_what_is_public_has_a_docstring(name):
    thing = getattr(extractor, name)
    assert thing.__doc__
    assert thing.__module__.startswith("extractor.")


def test_every_error_is_under_one_base_and_in_the_tree_of_the_docstring():
    for name, thing in vars(errors).items():
        if isinstance(thing, type):
            assert issubclass(thing, errors.ExtractorError)
            assert re.search(rf"\b{name}\b", errors.__doc__), name


# ---------------------------------------------------------------- what is written down


@pytest.fixture(scope="module")
def readme():
    """Return the README."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(vars(typer.main.get_command(cli.app))["commands"]))
def test_every_command_is_in_the_readme(readme, command):
    assert f"extractor {command}" in readme


def variables_of(name):
    alias = extractor.Settings.model_fields[name].validation_alias
    return list(alias.choices) if isinstance(alias, AliasChoices) else [f"EXTRACTOR_{name.upper()}"]


@pytest.mark.parametrize("name", extractor.Settings.model_fields)
def test_every_setting_is_in_the_readme_and_described(readme, name):
    assert extractor.Settings.model_fields[name].description
    for variable in variables_of(name):
        assert variable in readme


@pytest.mark.parametrize("listed", CATALOGUE, ids=[listed.hub.name for listed in CATALOGUE])
def test_every_model_of_the_catalogue_is_in_its_document_with_its_size(listed):
    rows = (ROOT / "docs" / "models.md").read_text(encoding="utf-8").splitlines()
    (row,) = [row for row in rows if row.startswith(f"| `{listed.hub.name}` |")]
    assert f"`{listed.hub.repo}`" in row
    sizes = f"{listed.megabytes / 1000:.1f} | {listed.memory_mb / 1000:.1f}"
    assert row.endswith(f"| {sizes} | {listed.licence} |")


def diagram():
    """Return the floors of the house as docs/design.md draws them."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    drawn = next(
        block
        for block in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        if "__main__" in block
    )
    return [line for line in drawn.partition("\n\n")[0].splitlines() if line]


def test_every_module_is_in_the_diagram():
    floors = "\n".join(diagram())
    drawn = set(re.findall(r"\w+", floors))
    modules = {
        path.stem
        for path in (ROOT / "extractor").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }
    assert drawn == modules


def test_the_diagram_is_the_contract():
    contract = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    assert [re.findall(r"\w+", floor) for floor in diagram()] == [
        re.findall(r"\w+", layer) for layer in contract["layers"]
    ]


# ---------------------------------------------------------------- what is translated


def subclasses(base: type[Exception]) -> Iterator[type[Exception]]:
    """Yield every class under another."""
    for found in base.__subclasses__():
        yield found
        yield from subclasses(found)


CLIENT_ERRORS = sorted(subclasses(openai.OpenAIError), key=lambda kind: kind.__name__)


STATUS = {
    "BadRequestError": 400,
    "AuthenticationError": 401,
    "OAuthError": 401,
    "PermissionDeniedError": 403,
    "NotFoundError": 404,
    "ConflictError": 409,
    "UnprocessableEntityError": 422,
    "RateLimitError": 429,
    "InternalServerError": 500,
}
KINDS = {
    "BadRequestError": errors.RejectedError,
    "UnprocessableEntityError": errors.RejectedError,
    "AuthenticationError": errors.RunStoppedError,
    "OAuthError": errors.RunStoppedError,
    "NotFoundError": errors.RunStoppedError,
    "RateLimitError": errors.RateLimitedError,
    "ConflictError": errors.TransientError,
    "InternalServerError": errors.TransientError,
    "APIConnectionError": errors.TransientError,
    "APITimeoutError": errors.TransientError,
}


HOST, SECRET = "http://127.0.0.1/v1", "sk-invented"


def made(kind):
    """Return an error of the client, made from whatever its constructor asks for."""
    request = httpx2.Request("POST", f"{HOST}/chat/completions")
    if not inspect.isfunction(kind.__init__):
        return kind(f"something is wrong with {SECRET}")
    asked = inspect.signature(kind).parameters
    given = {
        "message": f"something is wrong with {SECRET}",
        "request": request,
        "response": httpx2.Response(STATUS.get(kind.__name__, 418), request=request),
        "body": {"message": f"something is wrong with {SECRET}"},
        "completion": ChatCompletion(
            id="1", choices=[], created=1, model="heron-large", object="chat.completion"
        ),
        "unsent_messages": [],
        "symbol": "Completion",
    }
    return kind(**{name: given[name] for name in asked if name in given})


@pytest.mark.parametrize("kind", CLIENT_ERRORS, ids=[kind.__name__ for kind in CLIENT_ERRORS])
def test_every_error_of_the_client_is_translated(kind):
    expected = KINDS.get(kind.__name__, errors.ExtractorError)
    with pytest.raises(expected) as raised, translated_errors(HOST, "heron-large", SECRET):
        raise made(kind)
    assert isinstance(raised.value, errors.PaperError | errors.RunStoppedError)
    assert HOST in str(raised.value)
    assert SECRET not in str(raised.value)


def test_an_error_of_ours_passes_the_translation_as_it_is():
    error = errors.CutOffError("too long")
    with pytest.raises(errors.CutOffError, match="too long"), translated_errors(HOST, "heron-large", SECRET):
        raise error
