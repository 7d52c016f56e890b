"""Text -> the numbers that it states: value, range, from-to baseline, unit and place."""

import math
import re
from dataclasses import dataclass, replace

__all__ = ["Quantity", "find_quantities", "numbers_in"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One stated number: `start:end` are code points and cover number and unit as printed.

    `high` is the upper end of a range, `baseline` the A of "from A to B". The unit is "%", "x" for
    folds, "points" for (percentage) points, otherwise as printed, or None.
    """

    value: float
    high: float | None
    baseline: float | None
    unit: str | None
    start: int
    end: int


_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_CARDINALS = {word: float(i) for i, word in enumerate(_SMALL)} | {
    "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "hundred": 100.0, "thousand": 1000.0,
}  # fmt: skip
_FOLDS = {
    "half": 0.5, "halves": 0.5, "halved": 0.5, "halving": 0.5, "halve": 0.5, "twice": 2.0,
    "doubles": 2.0, "doubled": 2.0, "doubling": 2.0, "triples": 3.0, "tripled": 3.0,
    "tripling": 3.0, "thrice": 3.0, "quadruples": 4.0, "quadrupled": 4.0, "quadrupling": 4.0,
} | {f"{word}fold": float(i) for i, word in enumerate(_SMALL) if i > 1}  # fmt: skip
_PARTS = {
    "third": 3.0, "thirds": 3.0, "quarter": 4.0, "quarters": 4.0, "fourth": 4.0, "fifth": 5.0,
    "fifths": 5.0, "sixth": 6.0, "eighth": 8.0, "tenth": 10.0, "tenths": 10.0,
    "hundredth": 100.0, "thousandth": 1000.0,
}  # fmt: skip
_SCALES = {
    "k": 1e3, "m": 1e6, "b": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9,
    "trillion": 1e12,
}  # fmt: skip
_ORDINALS = {"first": 1.0, "second": 2.0, "third": 3.0, "top": 1.0, "best": 1.0}
_WORD_NUMBERS: dict[str, tuple[float, ...]] = {
    **{word: (value,) for word, value in (_ORDINALS | _CARDINALS | _FOLDS).items()},
    **{part: (1 / n, 100 / n, 2 / n, 3 / n) for part, n in _PARTS.items() if n > 3.0},
    "third": (3.0, 1 / 3, 2 / 3), "thirds": (1 / 3, 2 / 3), "double": (2.0,), "triple": (3.0,),
    "quadruple": (4.0,), "half": (0.5, 50.0), "halves": (0.5, 50.0), "halved": (0.5, 50.0),
    "halving": (0.5, 50.0),
}  # fmt: skip
_LABELS = frozenset(
    [
        "top",
        "rank",
        "table",
        "tables",
        "figure",
        "fig",
        "section",
        "sec",
        "track",
        "task",
        "phase",
        "stage",
        "type",
        "area",
        "level",
        "layer",
        "version",
        "v",
        "hits",
        "f",
        "r",
        "ap",
        "equation",
        "eq",
        "chapter",
        "algorithm",
        "theorem",
        "lemma",
        "step",
        "subtask",
        "room",
    ]
)
_NUMBER = r"\d{1,3}(?:,\d{3}(?![\d,]))+(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+"
_ATOM = re.compile(rf"(?P<number>{_NUMBER})|[^\W\d_]+")
_COMMA = re.compile(r",(\d{1,2})(?=\s?\\?%)")
_SCALE = re.compile(r"(?:[KkMB]|\s?(?i:thousand|million|billion|trillion))(?!\w)")
_UNIT = re.compile(
    r"""[\s~]?(?:
    (?P<points>-?(?:\\?%|percent|percentage)?[\s-]?(?:absolute[ ])?(?:points?|pts?|pp)\b)
  | (?P<percent>\\?%|-?per[\s-]?cent\b|-?percentage\b)
  | (?P<fold>\$?(?:\\?times|×|[xX✕⨯])(?![\w-]|\s?\d)|-?[xX](?![\w-])|\?(?=\s?(?:faster|smaller|fewer
        |less|more|speed|reduc|improve|lower|higher|better|larger|cheaper|compress|accelerat|and\b))
        |\+?-?[\s-]?(?:folds?|times)\b)
  | (?P<other>(?i:frames?[ ]per[ ]second|frames/s(?:ec)?|fps|gpu[\s-]?(?:days?|hours?)|milliseconds?
        |seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|bits?[ ]per[ ][a-z]+|bits/[a-z]+
        |[GMTKP]?FLOPs?|MACs|parameters?|params|epochs?)\b
        |(?:ms|µs|μs|ns|s|h|dB|GB|MB|KB|TB|kHz|Hz|mm|cm|km|m|W|mW|J|mJ|bpc|bpd|bpp)(?![\w-])
        |(?:BLEU|METEOR|ROUGE(?:-[\dL])?|CIDEr|SPICE|FID|m?AP|m?I[oO][uU]|AUC|AUROC|F[ -]?1(?:-score
        |\sscore)?|PSNR|SSIM|WER|CER|perplexity|PPL|MAE|RMSE|MOS|UAS|LAS|N?DCG|NDS|PQ|HOTA|MOTA
        |mask[ ]AP|box[ ]AP|Dice)(?![\w@]))
    )""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\s?\??(?:-|[\u2013\u2014\u2212~\u223c]|\\?sim|\$?\\sim\$?|to)\s?[-+~]?|\s\?\s")
_TO = re.compile(r"\s?(?:to|->|\u2192|\\rightarrow)\s?(?:about |around |only |just |nearly |over )?")
_AND = re.compile(r"\s?(?:and|to)\s?[-+]?")
_ORDERS = re.compile(r"[\s-](?:to \w+ )?orders?[\s-]of[\s-]magnitude")
_DIMENSION = re.compile(r"\s?[x\u00d7]\s?\d")
_FRACTION = re.compile(r"/(\d+)(?![\d.%\\]|,\d)")
_BRACKET = re.compile(r"\[[\d,;\s\u2013-]*$")
_MONTH = re.compile(r"\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\s\d{4}")
_FOOTNOTE = re.compile(r"\s(?:[.,;](?:\s|$)|https?:|\*)")
_GAINS = re.compile(
    r"(?:improvements?|gains|reductions|boosts|increases\sof|speed-?ups|ranging|ranges)\s(?:\w+\s)?from$"
)
_URL = re.compile(r"https?://\S+|www\.\S+|arXiv:\S+")


def find_quantities(text: str) -> list[Quantity]:
    """List the quantities of a text in order; digits inside names (CIFAR-10, Top-1) are none."""
    atoms: list[Quantity] = []
    skip_to = 0
    urls = [match.span() for match in _URL.finditer(text)][::-1]
    for match in _ATOM.finditer(text):
        while urls and urls[-1][0] <= match.start():
            skip_to = max(skip_to, urls.pop()[1])
        if match.start() < skip_to:
            continue
        atom = _digits(text, match) if match["number"] else _word(text, match)
        if atom is None:
            continue
        while atoms and atoms[-1].end > atom.start:
            atoms.pop()
        atoms.append(atom)
        skip_to = atom.end
    return _join(text, atoms)


def numbers_in(text: str) -> frozenset[float]:
    """Gather every number a fair reader could say stands in the text (a generous superset)."""
    found: set[float] = set()
    for match in _ATOM.finditer(text):
        if match["number"]:
            found.update(_readings(text, match))
        else:
            found.update(_WORD_NUMBERS.get(match.group().lower(), ()))
    return frozenset(number for number in found if math.isfinite(number))


def _readings(text: str, match: re.Match[str]) -> list[float]:
    """Read digits in every way that their surroundings allow."""
    end = match.end()
    value = _number(match.group())
    readings = [value]
    if match.start() and text[match.start() - 1] in "-\u2212\u2013":
        readings.append(-value)
    following = text[end : end + 1]
    if following == "," and (decimal := _COMMA.match(text, end)):
        readings.append(float(f"{match.group()}.{decimal[1]}"))
    if following == "/" and (fraction := _FRACTION.match(text, end)) and float(fraction[1]):
        readings.append(value / float(fraction[1]))
    if scale := _SCALE.match(text, end):
        readings.append(_scaled(value, scale.group()))
    return readings


def _number(digits: str) -> float:
    return float(digits.replace(",", ""))


def _scaled(value: float, scale: str) -> float:
    # Rounded, since 1.1 * 1e6 is not 1100000.0 in binary.
    return round(value * _SCALES[scale.strip().lower()], 6)


def _digits(text: str, match: re.Match[str]) -> Quantity | None:
    """Read digits at their place, or None where they belong to a name, a label or a date."""
    start, end = match.span()
    value, sign = _number(match.group()), text[start - 1 : start]
    if decimal := _COMMA.match(text, end):
        value, end = float(f"{match.group()}.{decimal[1]}"), decimal.end()
    if _is_in_name(text, start) or not math.isfinite(value):
        return None
    if (fraction := _FRACTION.match(text, end)) and _is_share(match.group(), fraction[1]):
        return Quantity(value / float(fraction[1]), None, None, "x", start, fraction.end())
    if scale := _SCALE.match(text, end):
        value, end = _scaled(value, scale.group()), scale.end()
    unit, unit_end = _unit(text, end)
    if unit is None and _is_label(text, match, end):
        return None
    if sign and sign in "-\u2212+" and _is_open(text, start - 2):
        value, start = (value if sign == "+" else -value), start - 1
    return Quantity(value, None, None, unit, start, unit_end)


def _is_share(over: str, under: str) -> bool:
    return over.isdigit() and len(under) < 8 and 0 < int(over[:9]) <= 3 < int(under)


def _is_open(text: str, i: int) -> bool:
    """Tell whether a sign behind place `i` is a sign, and not the dash of a range ("4x -9x")."""
    if i < 0 or text[i] in "([$~,/:=":
        return True
    return text[i].isspace() and not (text[i - 1 : i] in "%x\u00d7?" or text[i - 1 : i].isdigit())


def _is_in_name(text: str, start: int) -> bool:
    """Tell whether what stands directly before makes the digits part of a name."""
    if start == 0:
        return False
    before = text[start - 1]
    if before in "-\u2010\u2013\u2212\u2014":
        # "CIFAR-10" is a name; "3-5" and "reaching -3" are not.
        return start > 1 and (text[start - 2].isalpha() or text[start - 2] in "'_)+")
    if before == "?" and start > 1 and text[start - 2].isdigit():
        return True  # a plus-minus sign that the text has lost
    if before in "x\u00d7X" or (before == " " and text[start - 2] in "\u00d7"):
        return True
    return (before.isalnum() and text[start - 4 : start] != r"\sim"[-4:]) or before in "_.@'\u2019#^\u00b1"


def _is_label(text: str, match: re.Match[str], end: int) -> bool:
    """Tell whether bare digits are a year, a citation, a version, a dimension or a counted name."""
    start, digits = match.span()[0], match.group()
    rest = text[end : end + 12]
    if rest[:1].isalpha() and rest[:3] != "sim":
        return True
    if rest[:1] == "-" and rest[1:2].isalpha():
        return True
    if _DIMENSION.match(rest) or _ORDERS.match(text, end) or rest[:1] in ("]", "\u00b0", "_"):
        return True
    if not digits.isdigit():
        return _follows_label(text, start, digits)
    if len(digits) == 4 and "1900" <= digits < "2040":
        return True
    if len(digits) < 3 and (rest[:1] == ")" or _FOOTNOTE.match(text, end)):
        return int(digits) <= 20
    if _MONTH.match(text, end) or _BRACKET.search(text[max(0, start - 24) : start]):
        return True
    return _follows_label(text, start, digits)


def _follows_label(text: str, start: int, digits: str) -> bool:
    at = start - 1 if text[start - 1 : start] in ("-", "?", "\u2212") else start
    previous = text[max(0, at - 24) : at].split()[-1:]
    if not previous or not text[at - 1].isspace():
        return False
    word = previous[0].strip("([,.:")
    version = digits.endswith(".0") and len(digits) == 3 and not word.islower()
    subscript = len(digits) == 1 and word.isupper() and len(word) > 1
    if digits.isdigit() and (subscript or word.lower() in _LABELS):
        return True
    return version and not _UNIT.fullmatch(word)


def _unit(text: str, end: int) -> tuple[str | None, int]:
    """Return the unit that stands at `end` and where it ends."""
    match = _UNIT.match(text, end)
    if match is None:
        return None, end
    if match["points"]:
        return "points", match.end()
    if match["percent"]:
        return "%", match.end()
    return ("x" if match["fold"] else match["other"]), match.end()


def _word(text: str, match: re.Match[str]) -> Quantity | None:
    """Read a number word: cardinals, folds ("doubling") and parts ("one tenth")."""
    word, (start, end) = match.group().lower(), match.span()
    if word in _PARTS:
        return _part(text, start, end, _PARTS[word])
    if word in _FOLDS:
        before = text[max(0, start - 8) : start].lower()
        named = text[end : end + 1] == "-" or before.endswith(("first ", "second ", "other "))
        return None if named else Quantity(_FOLDS[word], None, None, "x", start, end)
    value = _CARDINALS.get(word)
    if value is None or text[start - 1 : start] in ("-", "_") or _ORDERS.match(text, end):
        return None
    unit, unit_end = _unit(text, end)
    bare = unit is None and (word in ("one", "zero", "hundred", "thousand") or text[end : end + 1] == "-")
    return None if bare else Quantity(value, None, None, unit, start, unit_end)


def _part(text: str, start: int, end: int, parts: float) -> Quantity | None:
    """Read "a third", "one-tenth" or "two thirds" at the word that names the part."""
    before = text[max(0, start - 6) : start].lower()
    match = re.search(r"(?<!\w)(an?|one|two|three)[ -]$", before)
    if match is None or text[end : end + 1] == "-":
        return None
    count = _CARDINALS.get(match[1], 1.0)
    if match[1] in ("a", "an") and parts not in (3.0, 4.0, 10.0, 100.0):
        return None
    if match[1] == "a" and not text.startswith(" of", end):
        return None
    return Quantity(count / parts, None, None, "x", start - len(before) + match.start(), end)


def _join(text: str, atoms: list[Quantity]) -> list[Quantity]:
    """Unite the two numbers of a range and of "from A to B"."""
    joined: list[Quantity] = []
    for atom in atoms:
        united = _united(text, joined[-1], atom) if joined else None
        if united is None:
            joined.append(atom)
        else:
            joined[-1] = united
    return joined


def _united(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    gap = text[first.end : second.start]
    if len(gap) > 20 or first.high is not None or first.baseline is not None:
        return None
    if first.unit is not None and second.unit not in (first.unit, None):
        return None
    unit = second.unit or first.unit
    before = text[max(0, first.start - 36) : first.start].lower().rstrip("~$ ")
    whole = replace(second, unit=unit, start=first.start)
    is_range = bool(_GAINS.search(before)) or before.endswith("by from")
    if before.endswith("from") and _TO.fullmatch(gap) and not is_range:
        return replace(whole, baseline=first.value)
    if gap.strip() in ("->", "\u2192"):
        return replace(whole, baseline=first.value)
    is_range = bool(_RANGE.fullmatch(gap)) or (before.endswith("between") and bool(_AND.fullmatch(gap)))
    if is_range and abs(first.value) < abs(second.value):
        return replace(whole, value=first.value, high=abs(second.value))
    return None
