"""Text -> the numbers that it states: value, range, from-to baseline, unit and place."""

import math
import re
from dataclasses import dataclass, replace

from extractor.quantities.numerals import (
    ATOM,
    FRACTION,
    ORDERS,
    SURE_DECIMAL,
    decimals,
    is_open,
    number,
    with_decimals,
)
from extractor.quantities.words import CARDINALS, COMMON_PARTS, FOLDS, PARTS, SCALE, scaled, whole_cardinal


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


# A number behind one of these counts the thing and measures nothing.
_LABEL = re.compile(
    r"(?:top|rank|tables?|fig(?:ure)?s?|sec(?:tion)?|track|(?:sub)?task|phase|stage|type|area|level"
    r"|layer|v(?:ersion)?|hits|f|r|ap|eq(?:uation)?|chapter|algorithm|theorem|lemma|step|room)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"""[\s~]?(?:
    (?P<points>-?(?:\\?%|percent|percentage)?[\s-]?(?:absolute[ ])?(?:points?|pts?|pp)\b)
  | (?P<percent>\\?%|-?per[\s-]?cent\b|-?percentage\b)
  | (?P<fold>\$?(?:\\?times|[xX\u00d7\u2715\u2a2f])(?![\w-]|\s?\d)|-?[xX](?![\w-])
        |\?(?=\s?(?:faster|smaller|fewer|less|more|speed|reduc|improve|lower|higher|better|larger
        |cheaper|compress|accelerat|and\b))|\+?-?[\s-]?(?:folds?|times)\b)
  | (?P<other>(?i:frames?[ ]per[ ]second|frames/s(?:ec)?|fps|gpu[\s-]?(?:days?|hours?)|milliseconds?
        |seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|bits?[ ]per[ ][a-z]+|bits/[a-z]+
        |[GMTKP]?FLOPs?|MACs|parameters?|params|epochs?)\b
        |(?:ms|\u00b5s|\u03bcs|ns|s|h|dB|[GMKT]B|kHz|Hz|mm|cm|km|m|W|mW|J|mJ|bpc|bpd|bpp)(?![\w-])
        |(?:BLEU|METEOR|ROUGE(?:-[\dL])?|CIDEr|SPICE|FID|m?AP|m?I[oO][uU]|AUC|AUROC|F[ -]?1(?:-score
        |\sscore)?|PSNR|SSIM|WER|CER|perplexity|PPL|MAE|RMSE|MOS|UAS|LAS|N?DCG|NDS|PQ|HOTA|MOTA
        |mask[ ]AP|box[ ]AP|Dice)(?![\w@]))
    )""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\s?\??(?:-|[\u2013\u2014\u2212~\u223c]|\\?sim|\$?\\sim\$?|to)\s?[-+~]?|\s\?\s")
_TO = re.compile(r"\s?(?:to|->|\u2192|\\rightarrow)\s?(?:about |around |only |just |nearly |over )?")
_ARROWS = ("->", "\u2192")
_AND = re.compile(r"\s?(?:and|to)\s?[-+]?")
_DIMENSION = re.compile(r"\s?[x\u00d7]\s?\d")
_BRACKET = re.compile(r"\[[\d,;\s\u2013-]*$")
_PART_OF = re.compile(r"(?<!\w)(an?|one|two|three)[ -]$")
# What makes the small number before it an item of a list, a footnote or a date.
_MARK = re.compile(r"\)|\s(?:[.,;](?:\s|$)|https?:|\*)")
_MONTH = re.compile(r"\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\s\d{4}")
_YEAR = re.compile(r"19\d\d|20[0-3]\d")
_GAINS = re.compile(
    r"(?:(?:improvements?|gains|reductions|boosts|increases\sof|speed-ups|ranging|ranges)\s"
    r"(?:\w+\s)?|by\s)from$"
)
_URL = re.compile(r"https?://\S+|www\.\S+|arXiv:\S+")
_VERSION = re.compile(r"\d\.0")
_MOST_SHARES, _HIGHEST_MARK, _LONGEST_GAP = 3, 20, 20


def find_quantities(text: str) -> list[Quantity]:
    """List the quantities of a text in order; digits inside names (CIFAR-10, Top-1) are none."""
    atoms: list[Quantity] = []
    skip_to = 0
    urls = [match.span() for match in _URL.finditer(text)][::-1]
    for match in ATOM.finditer(text):
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


def _digits(text: str, match: re.Match[str]) -> Quantity | None:
    """Read digits at their place, or None where they belong to a name, a label or a date."""
    start, end = match.span()
    value = number(match.group())
    if decimal := decimals(SURE_DECIMAL, text, match):
        value, end = with_decimals(match.group(), decimal), decimal.end()
    if _is_in_name(text, start) or not math.isfinite(value):
        return None
    if (fraction := FRACTION.match(text, end)) and _is_share(match.group(), fraction[1]):
        return Quantity(value / float(fraction[1]), None, None, "x", start, fraction.end())
    if scale := SCALE.match(text, end):
        value, end = scaled(value, scale.group()), scale.end()
    unit, unit_end = _unit(text, end)
    if unit is None and _is_label(text, match, end):
        return None
    sign = text[start - 1] if start else ""
    if sign and sign in "-\u2212+" and is_open(text, start - 2):
        value, start = (value if sign == "+" else -value), start - 1
    return Quantity(value, None, None, unit, start, unit_end)


def _is_share(over: str, under: str) -> bool:
    return over.isdecimal() and 0 < float(over) <= _MOST_SHARES < float(under)


def _is_in_name(text: str, start: int) -> bool:
    """Tell whether what stands directly before makes the digits part of a name."""
    if start == 0:
        return False
    before, earlier = text[start - 1], text[max(0, start - 2) : start - 1]
    if before in "-\u2010\u2013\u2212\u2014":
        return earlier.isalpha() or (earlier != "" and earlier in "'_)+")
    if before == "?":
        return earlier.isdigit()  # It was a plus-minus sign.
    if before == " ":
        return earlier == "\u00d7"
    name_like = before.isalnum() or before in "_.@'\u2019#^\u00b1\u00d7"
    return name_like and not text.startswith("sim", start - 3)


def _is_label(text: str, match: re.Match[str], end: int) -> bool:
    """Tell whether bare digits go on as a name, a dimension, or count labels and years."""
    rest = text[end : end + 4]
    glued = rest[:1].isalpha() and not rest.startswith("sim")
    if glued or (rest[:1] == "-" and rest[1:2].isalpha()) or (rest and rest[0] in "]\u00b0_"):
        return True
    if _DIMENSION.match(text, end) or ORDERS.match(text, end):
        return True
    whole = match.group().isdecimal()
    return (whole and _is_mark(text, match, end)) or _follows_label(text, match, whole=whole)


def _is_mark(text: str, match: re.Match[str], end: int) -> bool:
    """Tell whether a whole number is a year, a citation, a date, a footnote or an item's number."""
    if _YEAR.fullmatch(match.group()) or _MONTH.match(text, end):
        return True
    if _BRACKET.search(text[max(0, match.start() - 24) : match.start()]):
        return True
    return float(match.group()) <= _HIGHEST_MARK and _MARK.match(text, end) is not None


def _follows_label(text: str, match: re.Match[str], *, whole: bool) -> bool:
    """Tell whether the word before numbers its kind ("Table 2", "NLVR 2", "SQuAD 2.0")."""
    at = match.start()
    at -= text[at - 1 : at] in ("-", "?", "\u2212")
    previous = text[max(0, at - 24) : at].split()[-1:]
    if not previous or not text[at - 1].isspace():
        return False
    word = previous[0].strip("([,.:")
    if whole:
        one_digit = match.end() - match.start() == 1
        return bool(_LABEL.fullmatch(word)) or (one_digit and word.isupper() and word[1:] != "")
    return bool(_VERSION.fullmatch(match.group())) and not (word.islower() or _UNIT.fullmatch(word))


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
    if word in PARTS:
        return _part(text, match, PARTS[word])
    tied = text[end : end + 1] == "-"
    if word in FOLDS:
        before = text[max(0, start - 8) : start].lower()
        named = tied or before.endswith(("first ", "second ", "other "))
        named = named or ORDERS.match(text, end) is not None
        return None if named else Quantity(FOLDS[word], None, None, "x", start, end)
    value, end = whole_cardinal(text, word, end)
    if value is None or text[start - 1 : start] in ("-", "_") or ORDERS.match(text, end):
        return None
    tied = text[end : end + 1] == "-"
    unit, unit_end = _unit(text, end)
    bare = unit is None and (tied or value in (0, 1, 100, 1000))
    return None if bare else Quantity(value, None, None, unit, start, unit_end)


def _part(text: str, match: re.Match[str], parts: float) -> Quantity | None:
    """Read "a third", "one-tenth" or "two thirds" at the word that names the part."""
    start, end = match.span()
    count = _PART_OF.search(text, max(0, start - 6), start)
    if count is None or text[end : end + 1] == "-":
        return None
    if count[1] == "a" and not (match.group() in COMMON_PARTS and text.startswith(" of", end)):
        return None
    value = CARDINALS.get(count[1], 1.0) / parts
    return Quantity(value, None, None, "x", count.start(), end)


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
    single = first.high is None and first.baseline is None
    if len(gap) > _LONGEST_GAP or not single or (first.unit and second.unit not in (first.unit, None)):
        return None
    whole = replace(second, unit=second.unit or first.unit, start=first.start)
    before = text[max(0, first.start - 36) : first.start].lower().rstrip("~$ ")
    follows = before.endswith("from") and _TO.fullmatch(gap) and not _GAINS.search(before)
    if follows or gap.strip() in _ARROWS:
        return replace(whole, baseline=first.value)
    spans = _RANGE.fullmatch(gap) or (before.endswith("between") and _AND.fullmatch(gap))
    if spans and abs(first.value) < abs(second.value):
        return replace(whole, value=first.value, high=abs(second.value))
    return None
