"""Settings -> the provider that they ask for."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from extractor.errors import SettingsError
from extractor.providers.base import Provider
from extractor.providers.completed import CompletedProvider
from extractor.providers.embedded.provider import local_model, shipped_model
from extractor.providers.fake import FakeProvider
from extractor.providers.openai import OpenAIProvider
from extractor.providers.retrying import RetryingProvider
from extractor.providers.rules.provider import RulesProvider
from extractor.settings import Settings

EMBEDDED, RULES, FAKE, LOCAL = "embedded", "rules", "fake", "local:"
BUILT_IN = (EMBEDDED, RULES, FAKE)
SMALL = frozenset(("embedded",))
"""Kinds of provider that get the short form of a prompt."""
ONE_AT_A_TIME = frozenset(("embedded", "local"))
"""Kinds that answer one request at a time."""


def choose_provider(settings: Settings, tell: Callable[[str], None]) -> Provider:
    """
    Return the provider for `settings.model`; `tell` is given a line when something takes a while.

    Raises:
        SettingsError: the model needs a key or an address that is not there.
    """
    if settings.model == RULES:
        return RulesProvider()
    if settings.model == FAKE:
        return FakeProvider()
    if settings.model == EMBEDDED:
        embedded = shipped_model(settings.cache_dir, tell, settings.params)
        return CompletedProvider(RetryingProvider(embedded), RulesProvider())
    if settings.model.startswith(LOCAL):
        path = Path(settings.model.removeprefix(LOCAL)).expanduser()
        return RetryingProvider(local_model(path, settings.params))
    return RetryingProvider(_server(settings))


def _server(settings: Settings) -> OpenAIProvider:
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if settings.base_url is None and key is None:
        message = (
            f"model {settings.model!r} is none of {', '.join(BUILT_IN)}, so a server is to be asked: "
            "set OPENAI_API_KEY, or give --base-url for another OpenAI-compatible server"
        )
        raise SettingsError(message)
    if settings.base_url is not None and urlsplit(settings.base_url).scheme not in (
        "http",
        "https",
    ):
        message = f"--base-url {settings.base_url!r} is no address such as http://127.0.0.1:8000/v1"
        raise SettingsError(message)
    return OpenAIProvider(
        settings.model,
        base_url=settings.base_url,
        api_key=key,
        mode=settings.mode,
        params=settings.params,
    )
