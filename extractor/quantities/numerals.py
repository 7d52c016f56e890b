"""Digits at their place in a text -> what they may be written as: decimals, thousands, fractions, orders."""

import re

ATOM = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)|[^\W\d_]+"
)
SURE_DECIMAL = re.compile(r",(\d{1,2})(?=\s?\\?%)|(?<=(?<!\d)0),(\d{1,4})(?!\d|[.,]\d)")
FRACTION = re.compile(r"/(\d{1,9})(?![\d.%\\]|,\d)")
PERCENT = re.compile(r"\s?\\?%")
# "2-3 orders of magnitude", "two full orders of magnitude" and "half an order of magnitude" state none.
ORDERS = re.compile(
    r"(?:\s?(?:[-\u2013~]|to|or)\s?(?:\d[\d.]*|[a-z]+))?(?:[\s-](?:an?|full|whole|decimal|more|additional))?"
    r"[\s-](?:to \w+ )?orders?(?:[\s-]of[\s-]magnitude|(?<=decimal.order)|(?<=decimal.orders))"
)


def decimals(comma: re.Pattern[str], text: str, number: re.Match[str]) -> re.Match[str] | None:
    """Return the decimals behind a comma; a number that has a point already has none."""
    return None if "." in number.group() else comma.match(text, number.end())


def with_decimals(digits: str, decimal: re.Match[str]) -> float:
    """Return 0.93 for "0" and ",93"."""
    return float(f"{digits.replace(',', '')}.{decimal.group()[1:]}")


def number(digits: str) -> float:
    """Return the value of digits, commas between thousands."""
    return float(digits.replace(",", ""))


def is_open(text: str, i: int) -> bool:
    """Tell whether a sign behind place `i` is a sign, and not the dash of a range ("4x -9x")."""
    if i < 0 or text[i] in "([$~,/:=":
        return True
    return text[i].isspace() and not (text[i - 1 : i] in "%x\u00d7?" or text[i - 1 : i].isdigit())
