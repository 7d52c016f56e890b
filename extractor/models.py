"""A name that `model` takes without a server -> its file: what there is, what is here, and fetching it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from extractor.providers.choosing import EMBEDDED, FAKE, LOCAL
from extractor.providers.embedded.catalogue import CATALOGUE, ROOM_MB, hub_file, pulled_by_address
from extractor.providers.embedded.fetching import Download, fetched, planned
from extractor.providers.embedded.hub import Hub
from extractor.providers.embedded.weights import MEGABYTE, SMOLLM2, kept, pull
from extractor.providers.rules.provider import RULES
from extractor.rendering import Held
from extractor.settings import Settings

Tell = Callable[[str], None]

EMBEDDED_MEMORY_MB = 500


def _silent(_: str) -> None:
    """Say nothing."""


def pull_embedded(*, tell: Tell = _silent) -> Path:
    """
    Fetch the embedded model's weights where they are not here; return their file.

    Raises:
        RunStoppedError: they cannot be fetched, or are not what they should be.
    """
    return pull(SMOLLM2, Settings.load().cache_dir, tell)


def embedded_path() -> Path:
    """Return where the embedded model's weights are kept, whether they are there or not."""
    return kept(SMOLLM2, Settings.load().cache_dir).path


def pulled_model(name: str) -> Path | None:
    """
    Return the file of a name of the catalogue, or of `hf:OWNER/REPO/FILE.gguf`; None where it is not here.

    Raises:
        SettingsError: the name stands for no file.
    """
    path = hub_file(name).path(Settings.load().cache_dir)
    return path if path.is_file() else None


def offered_model(name: str) -> Download:
    """
    Ask the Hugging Face hub what a model is, and return what fetching it comes to. Nothing is fetched.

    Raises:
        SettingsError: the name stands for no file.
        RunStoppedError: the hub cannot be asked, or does not hand it out.
    """
    hub, settings = hub_file(name), Settings.load()
    return planned(Hub(settings.hf_url).offer(hub), settings.cache_dir)


def pull_offered(download: Download, *, tell: Tell = _silent) -> Path:
    """
    Fetch a model that the hub offered, on where it broke off; return its file, checked.

    Raises:
        RunStoppedError: it cannot be fetched, has no room, or is not what the hub said.
    """
    settings = Settings.load()
    return fetched(Hub(settings.hf_url), download, settings.cache_dir, tell)


def known_models() -> Held:
    """Return what `model` takes without a server, a row each; megabytes on disk and in memory are rough."""
    return Held(
        ("model", "what", "megabytes", "memory_mb", "licence", "where"),
        tuple(_known(Settings.load().cache_dir)),
    )


def _known(cache: Path) -> Iterator[tuple[object, ...]]:
    is_here = "here" if kept(SMOLLM2, cache).is_whole() else "fetched at first use"
    yield EMBEDDED, SMOLLM2.name, SMOLLM2.megabytes, EMBEDDED_MEMORY_MB, SMOLLM2.licence, is_here
    for listed in CATALOGUE:
        hub, where = listed.hub, "here" if listed.hub.path(cache).is_file() else "on the hub"
        yield f"{LOCAL}{hub.name}", hub.repo, listed.megabytes, listed.memory_mb, listed.licence, where
    for hub in pulled_by_address(cache):
        size = hub.path(cache).stat().st_size // MEGABYTE
        yield f"{LOCAL}{hub.name}", "a file of the hub", size, size + ROOM_MB, None, "here"
    yield f"{LOCAL}FILE.gguf", "a model file of your own", None, None, None, None
    yield RULES, "no model: rules", None, None, None, "here"
    yield FAKE, "no model: empty answers, to try a schema", None, None, None, "here"
