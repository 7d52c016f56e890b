"""An address and a key -> a client."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import openai

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_on_loopback(base_url: str) -> bool:
    """Tell whether an address is this machine's own: a model there may take its time."""
    return urlsplit(base_url).hostname in _LOOPBACK


def connect(base_url: str, api_key: str, timeout: float | None) -> "openai.AsyncOpenAI":
    """
    Return a client that tries once; trying again is not its business. Takes a second: it imports.

    `timeout` is in seconds; None leaves it to the caller to end a request.
    """
    import openai  # noqa: PLC0415 - imported when used.

    return openai.AsyncOpenAI(
        base_url=base_url,
        api_key=api_key,
        max_retries=0,
        timeout=timeout,
        http_client=openai.DefaultAioHttpClient(timeout=timeout),
    )
