"""An address and a key -> a client."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import openai

TIMEOUT, LOOPBACK_TIMEOUT = 60.0, 600.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def connect(base_url: str, api_key: str) -> "openai.AsyncOpenAI":
    """Return a client that tries once; trying again is not its business. Takes a second: it imports."""
    import openai  # noqa: PLC0415 - imported when used.

    is_local = urlsplit(base_url).hostname in _LOOPBACK
    return openai.AsyncOpenAI(
        base_url=base_url,
        api_key=api_key,
        max_retries=0,
        timeout=LOOPBACK_TIMEOUT if is_local else TIMEOUT,
        http_client=openai.DefaultAioHttpClient(),
    )
