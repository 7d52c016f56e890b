"""A server's headers -> how long it asks to be left alone."""

from collections.abc import Mapping

from extractor.delays import retry_after, span

_KINDS = ("requests", "tokens")


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """
    Return for how many seconds a server wants no request, None where it does not say.

    Retry-After (seconds or a date) and retry-after-ms go before `x-ratelimit-reset-*` of what is used up.
    """
    if asked := span(headers.get("retry-after-ms"), unit="ms"):
        return asked
    after = headers.get("retry-after")
    return seconds_until_reset(headers) if after is None else retry_after(after)


def seconds_until_reset(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds requests or tokens are used up, None where some are left."""
    waits = [
        span(headers.get(f"x-ratelimit-reset-{kind}"), unit="s")
        for kind in _KINDS
        if (left := f"x-ratelimit-remaining-{kind}") in headers and headers[left] == "0"
    ]
    return max((wait for wait in waits if wait is not None), default=None)
