"""The one reader of the environment: variables -> one frozen `Settings`."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from extractor.errors import SettingsError

PREFIX = "EXTRACTOR_"
OURS_TO_SET = frozenset(
    ("messages", "model", "response_format", "tools", "tool_choice", "stream", "n", "grammar")
)
DEFAULT_DB = Path("outputs/extractor.duckdb")


class Settings(BaseSettings):
    """
    All that a run may be told, each with a variable of its own.

    An option of the command line or an argument goes before its variable, a variable before the default.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True, env_ignore_empty=True
    )

    db: Path = Field(DEFAULT_DB, description="the database file")
    names: Path | None = Field(
        None,
        description="folder of your own names.csv and metric_directions.csv; the database's, where not given",
    )
    model: str = Field(
        "embedded",
        description="who answers: embedded, rules, fake, or a model's name at an OpenAI-compatible server",
    )
    base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("EXTRACTOR_BASE_URL", "OPENAI_BASE_URL"),
        description="address of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1",
    )
    schema_name: str = Field(
        "papers",
        validation_alias=AliasChoices("EXTRACTOR_SCHEMA"),
        description="what is asked for: a name, a file.py, or module:Class",
    )
    mode: Literal["auto", "json_schema", "tools", "json"] = Field(
        "auto", description="form in which a server is asked for JSON; auto takes the first that it knows"
    )
    params: dict[str, Any] = Field(
        default_factory=dict, description="further parameters of the request, as a JSON object"
    )
    concurrency: int | None = Field(
        None, ge=1, le=10_000, description="requests in flight at once; adapts to the server where not given"
    )
    rpm: float | None = Field(None, gt=0, description="requests a minute, at most")
    tpm: float | None = Field(None, gt=0, description="tokens a minute, at most")
    timeout: float | None = Field(
        None,
        gt=0,
        description="seconds that a request may take at first; later four times what 95 of 100 take, if more",
    )
    deadline: float = Field(600.0, gt=0, description="seconds that a paper may take with all its tries")
    max_cost: float | None = Field(None, ge=0, description="US dollars that a run may cost")
    price: str | None = Field(
        None, description="dollars for a million tokens, INPUT,OUTPUT, where the price list has none"
    )
    batch: bool = Field(default=False, description="ask by the server's batch endpoint, at half the price")
    cache_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("extractor-papers")),
        description="folder for the weights of models",
    )
    api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("OPENAI_API_KEY"),
        description="key for the server; used only when a model of that server is asked for",
    )

    names_of: dict[str, str] = Field(
        default_factory=dict,
        validation_alias=AliasChoices("EXTRACTOR_MAP"),
        description="which column or key holds which part of a paper, as a JSON object",
    )
    where: str | None = Field(None, description="condition that a record has to meet to be read")
    since: date | None = Field(None, description="day from which on papers were published that are read")
    limit: int | None = Field(None, ge=1, description="papers that are read, at most")

    arxiv_url: str | None = Field(None, description="address of a mirror that is asked instead of arXiv")
    hf_url: str | None = Field(None, description="address of a mirror that is asked instead of Hugging Face")

    wait: float = Field(10.0, ge=0, description="seconds to wait for a database that another program holds")
    retry_failed: bool = Field(default=False, description="ask again what was paid for and could not be used")
    refresh: bool = Field(default=False, description="ask anew what is answered already")

    @property
    def names_folder(self) -> Path:
        """Folder of the user's own lists of names."""
        return self.names or self.db.parent

    @field_validator("db", "cache_dir", "names")
    @classmethod
    def _without_tilde(cls, path: Path | None) -> Path | None:
        return path.expanduser() if path else None

    @field_validator("names")
    @classmethod
    def _is_folder(cls, path: Path | None) -> Path | None:
        if path and path.is_file():
            message = "is a file; name the folder that it is in"
            raise ValueError(message)
        return path

    @field_validator("api_key")
    @classmethod
    def _is_sendable(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None:
            return None
        stripped = key.get_secret_value().strip()
        if not (stripped.isascii() and stripped.isprintable()):
            message = "holds characters that no request can carry"
            raise ValueError(message)
        return SecretStr(stripped) if stripped else None

    @field_validator("params")
    @classmethod
    def _are_free(cls, params: dict[str, Any]) -> dict[str, Any]:
        try:
            return free_params(params)
        except SettingsError as error:
            raise ValueError(*error.args) from error

    @field_validator("db")
    @classmethod
    def _is_no_folder(cls, path: Path) -> Path:
        if str(path) == ":memory:":
            message = "is no file, and what a run finds is to be kept; name a file"
            raise ValueError(message)
        try:
            is_folder = path.is_dir()
        except OSError as error:
            raise ValueError(error.strerror) from error
        if is_folder:
            message = "is a folder; name a file"
            raise ValueError(message)
        return path

    @classmethod
    def load(cls, **given: object) -> Self:
        """
        Return the environment's settings with those `given` over them; a given None counts as not given.

        Raises:
            SettingsError: a value cannot be used, or a variable of ours is unknown.
        """
        known = _variables(cls)
        unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
        if unknown:
            message = f"unknown variable {', '.join(unknown)}; known are {', '.join(sorted(known))}"
            raise SettingsError(message)
        try:
            return cls.model_validate({name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            raise SettingsError(_told(error)) from error


def read_params(given: Sequence[str]) -> dict[str, Any]:
    """
    Return NAME=VALUE words as parameters; a value that is JSON is taken as such, else as text.

    Raises:
        SettingsError: a word has no equals sign.
    """
    params: dict[str, Any] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not (name and equals):
            message = f"--param {word!r}: NAME=VALUE is needed, such as temperature=0"
            raise SettingsError(message)
        try:
            params[name] = json.loads(value, parse_constant=_refuse)
        except ValueError:
            params[name] = value
    return params


def read_map(given: Iterable[str]) -> dict[str, str]:
    """
    Return PART=COLUMN words as a mapping; each may be several, with commas between.

    Raises:
        SettingsError: a word has no equals sign.
    """
    named: dict[str, str] = {}
    for word in (word for words in given for word in words.split(",")):
        part, equals, column = word.partition("=")
        if not (part.strip() and equals and column.strip()):
            message = f"--map {word!r}: PART=COLUMN is needed, such as title=Name,abstract=Text"
            raise SettingsError(message)
        named[part.strip()] = column.strip()
    return named


def free_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return parameters of a request that are a user's to set.

    Raises:
        SettingsError: one is not.
    """
    taken = sorted(OURS_TO_SET & params.keys())
    if taken:
        message = f"parameter {', '.join(taken)} cannot be given: it is how papers are asked about"
        raise SettingsError(message)
    return dict(params)


def _refuse(word: str) -> None:
    """Take no NaN and no Infinity: no server reads them."""
    raise ValueError(word)


def _variables(settings: type[Settings]) -> set[str]:
    names: set[str] = set()
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        choices = alias.choices if isinstance(alias, AliasChoices) else [PREFIX + name.upper()]
        names.update(str(choice) for choice in choices if str(choice).startswith(PREFIX))
    return names


def _told(error: ValidationError) -> str:
    return "; ".join(_problem(problem["loc"], problem["msg"], problem["input"]) for problem in error.errors())


def _problem(place: tuple[int | str, ...], message: str, given: object) -> str:
    name = ".".join(map(str, place))
    value = str(given) if isinstance(given, Path) else given
    shown = "" if name in SECRET else f" = {value!r}"
    return f"{name}{shown}: {message.removeprefix('Value error, ')}"


SECRET = ("api_key", "OPENAI_API_KEY")
