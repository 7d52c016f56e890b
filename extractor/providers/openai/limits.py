"""A server's headers -> how long it asks to be left alone."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_KINDS = ("requests", "tokens")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST = 86400.0
"""Seconds: what is longer is no span of time, or nobody waits for it."""
_NUMBER = r"\d{1,12}(?:\.\d{1,12})?"
_BARE = re.compile(_NUMBER, re.ASCII)
_PARTS = re.compile(rf"({_NUMBER})(ms|s|m|h|d)", re.ASCII)
_SPAN = re.compile(rf"(?:{_PARTS.pattern})+", re.ASCII)


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """
    Return for how many seconds a server wants no request, None where it does not say.

    Retry-After (seconds or a date) and retry-after-ms go before `x-ratelimit-reset-*` of what is used up.
    """
    if asked := _span(headers.get("retry-after-ms"), unit="ms"):
        return asked
    after = headers.get("retry-after")
    if after is not None:
        return _span(after, unit="s") or _until(after)
    return seconds_until_reset(headers)


def seconds_until_reset(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds requests or tokens are used up, None where some are left."""
    waits = [
        _span(headers.get(f"x-ratelimit-reset-{kind}"), unit="s")
        for kind in _KINDS
        if (left := f"x-ratelimit-remaining-{kind}") in headers and headers[left] == "0"
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def _span(told: str | None, *, unit: str) -> float | None:
    """Return the seconds of a span such as `20`, `1.5s`, `6m0s` or `20ms`; a bare number is in `unit`."""
    told = (told or "").strip()
    if _BARE.fullmatch(told):
        return _believed(float(told) * _SECONDS[unit])
    if _SPAN.fullmatch(told):
        return _believed(sum(float(number) * _SECONDS[given] for number, given in _PARTS.findall(told)))
    return None


def _believed(seconds: float) -> float | None:
    """Return a time to wait; none, and more than a day, say nothing of how long to wait."""
    return seconds if 0 < seconds <= _LONGEST else None


def _until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return _believed((moment - datetime.now(UTC)).total_seconds())
