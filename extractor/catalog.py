"""A schema's name -> its record, its views, its prompt."""

import hashlib
import importlib
import importlib.resources
import importlib.util
import json
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from extractor.errors import SchemaError
from extractor.records import Record, Role, fields_of

SCHEMAS = "extractor.schemas"
PROMPTS = "extractor.prompts"
ANY_PROMPT = "any.md"
BOARDS, BOARD, GAINS = "boards_of", "board", "gains_of"
"""Macros that a schema's views define where it has leaderboards."""
PAPERS_COMPARED, METHODS_COMPARED = "comparison_of", "method_comparison_of"
"""Macros that they define where papers and methods can be put side by side in its own way."""


@dataclass(frozen=True)
class Schema:
    """
    What is asked for: `views` is SQL over the record's tables, `prompt` a Jinja2 template.

    `reference` is what `load_schema` takes to load it again, from any folder.
    """

    name: str
    reference: str
    record_type: type[Record]
    views: str
    prompt: str

    @property
    def has_boards(self) -> bool:
        """True where its views define leaderboards."""
        return BOARDS in self.views

    @cached_property
    def version(self) -> str:
        """Hash of the record's JSON schema: 8 hexadecimal digits."""
        text = json.dumps(self.record_type.model_json_schema(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def load_schema(name: str) -> Schema:
    """
    Return the schema called `name`.

    `name` is one that ships (`papers`), a file (`trials.py` or `trials.py:Trial`), or an importable
    `module:Class`. Views and prompt are the files of the same stem beside it (`trials.sql`,
    `trials.md`), or in a folder `prompts` beside its own; both may be missing.

    Raises:
        SchemaError: there is no such schema, or it holds no record.
    """
    place, class_name = _parted(name)
    if place.endswith(".py"):
        return _from_file(Path(place), class_name)
    if class_name:
        return _from_module(place, class_name)
    if place in schema_names():
        return _shipped(place)
    known = ", ".join(schema_names())
    message = f"no schema {name!r}; there is {known}; or give a file.py or module:Class"
    raise SchemaError(message)


def _parted(name: str) -> tuple[str, str]:
    """Return place and class; the colon of a Windows drive parts nothing."""
    place, colon, class_name = name.rpartition(":")
    return (place, class_name) if colon and class_name.isidentifier() else (name, "")


def load_shipped(name: str) -> Schema:
    """
    Return a schema that ships, without running any file of the user's: a database may come from elsewhere.

    Raises:
        SchemaError: it is not one that ships.
    """
    if name in schema_names():
        return _shipped(name)
    message = f"schema {name} does not ship; its next run, or `extractor rebuild`, brings them up to date"
    raise SchemaError(message)


def schema_names() -> list[str]:
    """Return the names of the schemas that ship."""
    files = importlib.resources.files(SCHEMAS).iterdir()
    return sorted(f.name[:-3] for f in files if f.name.endswith(".py") and f.name != "__init__.py")


def _shipped(name: str) -> Schema:
    module = importlib.import_module(f"{SCHEMAS}.{name}")
    views = importlib.resources.files(SCHEMAS) / f"{name}.sql"
    prompt = importlib.resources.files(PROMPTS) / f"{name}.md"
    return Schema(
        name=name,
        reference=name,
        record_type=record_of(module),
        views=views.read_text("utf-8") if views.is_file() else "",
        prompt=prompt.read_text("utf-8") if prompt.is_file() else _any_prompt(),
    )


def _from_file(path: Path, class_name: str) -> Schema:
    if not path.is_file():
        message = f"no schema file {path}"
        raise SchemaError(message)
    spec = importlib.util.spec_from_file_location(f"extractor_schema_{path.stem}", path)
    if spec is None or spec.loader is None:
        message = f"{path} cannot be loaded as Python"
        raise SchemaError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Pydantic looks a class's module up there.
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        message = f"{path} cannot be loaded: {type(error).__name__}: {error}"
        raise SchemaError(message) from error
    reference = f"{path.resolve()}:{class_name}" if class_name else str(path.resolve())
    return _beside(path, path.stem, reference, _record_in(module, class_name))


def _from_module(place: str, class_name: str) -> Schema:
    try:
        module = importlib.import_module(place)
    except (ImportError, TypeError, ValueError) as error:
        message = f"no module {place!r} for schema {place}:{class_name}: {error}"
        raise SchemaError(message) from error
    record_type = _record_in(module, class_name)
    name = place.rpartition(".")[2]
    return _beside(Path(module.__file__ or name), name, f"{place}:{class_name}", record_type)


def _beside(path: Path, name: str, reference: str, record_type: type[Record]) -> Schema:
    views = path.with_suffix(".sql")
    prompts = [path.with_suffix(".md"), path.parent.parent / "prompts" / f"{path.stem}.md"]
    prompt = next((file for file in prompts if file.is_file()), None)
    return Schema(
        name=name,
        reference=reference,
        record_type=record_type,
        views=_content(views) if views.is_file() else "",
        prompt=_content(prompt) if prompt else _any_prompt(),
    )


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read as UTF-8 text: {error}"
        raise SchemaError(message) from error


def _any_prompt() -> str:
    return (importlib.resources.files(PROMPTS) / ANY_PROMPT).read_text("utf-8")


def _record_in(module: ModuleType, class_name: str) -> type[Record]:
    if not class_name:
        return record_of(module)
    found = getattr(module, class_name, None)
    if not (isinstance(found, type) and issubclass(found, Record)):
        message = f"{module.__name__}:{class_name} is no Record (a class under extractor.records.Record)"
        raise SchemaError(message)
    return found


def record_of(module: ModuleType) -> type[Record]:
    """
    Return the record that a module is for: the one that is no part of another.

    Raises:
        SchemaError: there is none, or more than one.
    """
    records = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Record) and thing.__module__ == module.__name__
    ]
    parts = {s.part for record in records for s in fields_of(record) if s.role is Role.PART}
    roots = [record for record in records if record not in parts]
    if len(roots) != 1:
        found = ", ".join(record.__name__ for record in roots) or "none"
        message = f"{module.__name__} must hold one record that is no part of another; found: {found}"
        raise SchemaError(message)
    return roots[0]
