"""Dates as catalogues write them ("2019 Jan 3", "1948/07//", "2018 Jul-Aug") -> days."""

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)(?!\d)")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_NUMBERS = re.compile(r"((?:1[5-9]|20)\d\d)[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?(?!\d)")
_COMPACT = re.compile(r"((?:1[5-9]|20)\d\d)(\d\d)(\d\d)")
_LONGEST = 100


def first_day(*texts: str | None) -> date | None:
    """
    Return the most exact of some dates, the first of several such; None where there is no year.

    Where only the month or the year is told it is that month's or year's first day.
    """
    told = max((_told(text[:_LONGEST]) for text in texts if text), key=len, default=())
    return date(*told, *(1, 1, 1)[len(told) :]) if told else None


def _told(text: str) -> tuple[int, ...]:
    """Return year, month and day, as far as a text tells them."""
    year, month = _YEAR.search(text), _MONTH.search(text)
    if year and month:
        day = _DAY.search(text)
        return _valid(int(year[0]), _MONTHS.index(month[1].lower()) + 1, *([int(day[0])] if day else []))
    numbers = _COMPACT.fullmatch(text.strip()) or _NUMBERS.match(text.strip()) or year
    return _valid(*(int(number) for number in numbers.groups() if number)) if numbers else ()


def _valid(*told: int) -> tuple[int, ...]:
    """Return as much as is a date: of 2019-02-30 the year and the month."""
    try:
        date(*told, *(1, 1, 1)[len(told) :])
    except ValueError:
        return _valid(*told[:-1])
    return told
