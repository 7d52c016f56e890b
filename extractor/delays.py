"""A server's word on how long to wait, as headers have it -> seconds."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST = 86400.0
"""Seconds: what is longer is no span of time, or nobody waits for it."""
_NUMBER = r"\d{1,12}(?:\.\d{1,12})?"
_BARE = re.compile(_NUMBER, re.ASCII)
_PARTS = re.compile(rf"({_NUMBER})(ms|s|m|h|d)", re.ASCII)
_SPAN = re.compile(rf"(?:{_PARTS.pattern})+", re.ASCII)


def retry_after(told: str) -> float | None:
    """Return the seconds that a header Retry-After asks for (a number or a date), None for nonsense."""
    return span(told, unit="s") or _until(told)


def span(told: str | None, *, unit: str) -> float | None:
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
