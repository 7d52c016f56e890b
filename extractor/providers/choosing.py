"""Settings -> the provider that they ask for, its pace and its price."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from extractor.errors import SettingsError
from extractor.pricing import Price, price_of, read_price
from extractor.providers.base import Provider
from extractor.providers.batch import BatchProvider
from extractor.providers.completed import CompletedProvider
from extractor.providers.embedded.catalogue import model_file
from extractor.providers.embedded.provider import local_model, shipped_model
from extractor.providers.fake import FakeProvider
from extractor.providers.openai import OFFICIAL, OpenAIProvider, is_on_loopback
from extractor.providers.pacing import Pace
from extractor.providers.priced import PricedProvider
from extractor.providers.retrying import RetryingProvider
from extractor.providers.rules.provider import RULES, RulesProvider
from extractor.settings import Settings

EMBEDDED, FAKE, LOCAL = "embedded", "fake", "local:"
BUILT_IN = (EMBEDDED, RULES, FAKE)
SMALL = frozenset(("embedded",))
"""Kinds of provider that get the short form of a prompt."""
ONE_AT_A_TIME = frozenset(("embedded", "local"))
"""Kinds that answer one request at a time."""
FREE = Price(0, 0, 0)
TIMEOUT, LOOPBACK_TIMEOUT = 60.0, 600.0
"""Seconds that a server's first answers may take, on another machine and on this one."""
BATCHED_AT_ONCE = 10_000
"""Papers that wait for a batch at once; their texts are in memory."""

Tell = Callable[[str], None]


def _forget(_: str) -> None:
    """Note nothing."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    Who answers, at what pace and price (None where unknown).

    `settle` is told the fingerprint of each outcome once it is in the journal. `is_batch` says that answers
    come in hours, not seconds.
    """

    provider: Provider
    pace: Pace
    price: Price | None = None
    settle: Callable[[str], None] = _forget
    is_batch: bool = False


def choose_provider(settings: Settings, folder: Path, tell: Tell) -> Chosen:
    """
    Return who answers as `settings.model`; `tell` is given a line when something takes a while.

    `folder` is where it is kept which batches are open.

    Raises:
        SettingsError: the model needs a key, an address or a price that is not there.
    """
    model = settings.model
    if not is_served(model):
        _refuse_batch(settings)
    if model in (RULES, FAKE):
        return given_provider(RulesProvider() if model == RULES else FakeProvider(), settings)
    if model == EMBEDDED:
        embedded = shipped_model(settings.cache_dir, tell, settings.params)
        pace = Pace(1)
        beside = CompletedProvider(RetryingProvider(embedded, pace), RulesProvider())
        return Chosen(PricedProvider(beside, FREE), pace, FREE)
    if model.startswith(LOCAL):
        pace = Pace(1)
        file = model_file(model.removeprefix(LOCAL), settings.cache_dir)
        local = local_model(file, settings.params, settings.cache_dir, tell)
        asked: Provider = RetryingProvider(local, pace)
        if local.partner == RULES:
            asked = CompletedProvider(asked, RulesProvider())
        return Chosen(PricedProvider(asked, FREE), pace, FREE)
    return _batched(settings, folder, tell) if settings.batch else _served(settings, tell)


def is_served(model: str) -> bool:
    """Tell whether a model is asked of a server."""
    return model not in BUILT_IN and not model.startswith(LOCAL)


def given_provider(provider: Provider, settings: Settings) -> Chosen:
    """Return a provider that is there, at its own pace or the one that the settings ask for."""
    if isinstance(provider, RetryingProvider):
        return Chosen(provider, provider.pace)
    one = provider.identity["provider"] in ONE_AT_A_TIME
    return Chosen(
        provider, Pace(1) if one else Pace(settings.concurrency, rpm=settings.rpm, tpm=settings.tpm)
    )


def price_for(settings: Settings) -> Price | None:
    """
    Return what the settings' model costs, None where no price is known.

    Raises:
        SettingsError: the price given is none, or there is a budget and no price.
    """
    if not is_served(settings.model):
        return FREE
    if settings.price is not None:
        price: Price | None = read_price(settings.price)
    else:
        price = price_of(settings.model, settings.base_url or OFFICIAL)
    if price is None and settings.max_cost is not None:
        message = (
            f"--max-cost: no price is known for model {settings.model!r}; "
            "give it as --price INPUT,OUTPUT, dollars for a million tokens"
        )
        raise SettingsError(message)
    return price.in_batch() if price and settings.batch else price


def _served(settings: Settings, tell: Tell) -> Chosen:
    first = LOOPBACK_TIMEOUT if is_on_loopback(settings.base_url or OFFICIAL) else TIMEOUT
    pace = Pace(
        settings.concurrency,
        rpm=settings.rpm,
        tpm=settings.tpm,
        timeout=settings.timeout or first,
        tell=tell,
    )
    server = OpenAIProvider(
        settings.model,
        base_url=settings.base_url,
        api_key=_key(settings),
        mode=settings.mode,
        params=settings.params,
        pause=pace.pause,
    )
    return _priced(RetryingProvider(server, pace), pace, settings)


def _batched(settings: Settings, folder: Path, tell: Tell) -> Chosen:
    pace = Pace(settings.concurrency or BATCHED_AT_ONCE)
    batch = BatchProvider(
        settings.model,
        base_url=settings.base_url,
        api_key=_key(settings),
        params=settings.params,
        folder=folder,
        tell=tell,
    )
    chosen = _priced(RetryingProvider(batch, pace), pace, settings)
    return Chosen(chosen.provider, pace, chosen.price, batch.settle, is_batch=True)


def _priced(provider: Provider, pace: Pace, settings: Settings) -> Chosen:
    price = price_for(settings)
    if price is None:
        return Chosen(provider, pace)
    return Chosen(PricedProvider(provider, price, settings.max_cost), pace, price)


def _refuse_batch(settings: Settings) -> None:
    if settings.batch:
        message = f"--batch asks a server: name its model with --model ({settings.model} needs no server)"
        raise SettingsError(message)


def _key(settings: Settings) -> str | None:
    """
    Return the key for the server.

    Raises:
        SettingsError: there is none for a server that needs one, or the address is none.
    """
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if settings.base_url is None and key is None:
        message = (
            f"model {settings.model!r} is none of {', '.join(BUILT_IN)}, so a server is to be asked: "
            "set OPENAI_API_KEY, or give --base-url for another OpenAI-compatible server"
        )
        raise SettingsError(message)
    if settings.base_url is not None and urlsplit(settings.base_url).scheme not in ("http", "https"):
        message = f"--base-url {settings.base_url!r} is no address such as http://127.0.0.1:8000/v1"
        raise SettingsError(message)
    return key
