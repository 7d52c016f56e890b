"""Number words -> their values: "two hundred and fifty thousand", "twofold", "a third"."""

import re
from collections.abc import Iterator


def _table(listing: str) -> dict[str, float]:
    """Read "half 0.5 twice 2" as a table of words and their values."""
    cells = listing.split()
    return {word: float(value) for word, value in zip(cells[::2], cells[1::2], strict=True)}


CARDINALS = _table(
    "zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11 "
    "twelve 12 thirteen 13 fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18 "
    "nineteen 19 twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80 ninety 90 "
    "hundred 100 thousand 1000 dozen 12"
)
_TENS = frozenset(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"))
_HALVES = _table("half 0.5 halve 0.5 halves 0.5 halved 0.5 halving 0.5")
FOLDS = (
    _HALVES
    | _table(
        "twice 2 doubles 2 doubled 2 doubling 2 thrice 3 triples 3 tripled 3 tripling 3 "
        "quadruples 4 quadrupled 4 quadrupling 4"
    )
    | {f"{word}fold": value for word, value in CARDINALS.items() if value > 1}
)
PARTS = _table(
    "third 3 thirds 3 quarter 4 quarters 4 fourth 4 fifth 5 fifths 5 sixth 6 eighth 8 tenth 10 "
    "tenths 10 hundredth 100 thousandth 1000"
)
COMMON_PARTS = frozenset(("third", "quarter", "fourth", "tenth", "hundredth"))
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def _part_readings(parts: float) -> Iterator[float]:
    """Yield what a part may stand for: a place, one to three of them, also in percent and rounded."""
    yield parts
    for share in (1 / parts, 2 / parts, 3 / parts):
        yield from (share, round(share, 2), round(share, 3), share * 100)


# Every value that a word may stand for, for `numbers_in`.
_SINGLE = _table("first 1 second 2 double 2 triple 3 quadruple 4")
READINGS: dict[str, tuple[float, ...]] = {
    **{word: (value,) for word, value in (_SINGLE | CARDINALS | FOLDS).items()},
    **{part: tuple(_part_readings(n)) for part, n in PARTS.items()},
    **dict.fromkeys(_HALVES, (0.5, 50.0)),
}
SCALE = re.compile(r"(?:[KkMB]|[\s-]?(?i:hundred|thousand|million|billion))(?!\w)")
_HUNDRED = re.compile(r"[\s-]hundred(?![^\W\d_])", re.IGNORECASE)
_REST = re.compile(r"[\s-](?:and[\s-])?([a-z]+)(?![^\W_])", re.IGNORECASE)
_AND_A_HALF = re.compile(r"[\s-]and[\s-]a[\s-]half(?![^\W\d_])", re.IGNORECASE)
_ONES = re.compile(r"[\s-](one|two|three|four|five|six|seven|eight|nine)(?![^\W\d_])", re.IGNORECASE)


def whole_cardinal(text: str, word: str, end: int) -> tuple[float | None, int]:
    """Read "twenty-three" and "two hundred and fifty thousand" from the first word; None for no cardinal."""
    if word not in CARDINALS:
        return None, end
    value, end = _below_hundred(text, word, end)
    if hundred := _HUNDRED.match(text, end):
        value, end = value * 100, hundred.end()
        if (rest := _REST.match(text, end)) and CARDINALS.get(rest[1].lower(), 100) < 100:  # noqa: PLR2004
            more, end = _below_hundred(text, rest[1].lower(), rest.end())
            value += more
    if scale := SCALE.match(text, end):
        value, end = scaled(value, scale.group()), scale.end()
    if half := _AND_A_HALF.match(text, end):
        value, end = value + 0.5, half.end()
    return value, end


def _below_hundred(text: str, word: str, end: int) -> tuple[float, int]:
    value = CARDINALS[word]
    if word in _TENS and (ones := _ONES.match(text, end)):
        return value + CARDINALS[ones[1].lower()], ones.end()
    return value, end


def scaled(value: float, scale: str) -> float:
    """Return 1500000 for 1.5 and "M"."""
    # Rounded, since 1.1 * 1e6 is not 1100000.0 in binary.
    return round(value * _SCALES.get(scale.strip().lower(), 1.0), 6)
