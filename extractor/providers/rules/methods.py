"""Title and abstract -> the name of the paper's own contribution, by votes of what names it."""

import re
from collections.abc import Iterator
from itertools import islice

from extractor.providers.rules import cues
from extractor.providers.rules.patterns import either, words_of
from extractor.providers.rules.phrases import describe
from extractor.providers.rules.words import COMMON, OPENERS, find_words, is_coined

_ENOUGH = 2.4
_MOST_WORDS, _MOST_SEEN, _MOST_TITLE_WORDS = 8, 6, 5
_TASK_TAIL = re.compile(r"(?:ing|tion|sis|ment|ition|ity|SLAM|ork|orks|odels?|achines?|ata)s?\s?$")
_CASTS_DOUBT = re.compile(
    r"\b"
    + either(
        r"""
        than; over; outperform\w*; surpass\w*; beats?; beating; exceed\w*; such as; like; including;
        e\.g\.,?; compared (?:to|with); versus; vs\.?; against; [Uu]nlike; baseline; backbone;
        pre-?trained; existing; of; based on; [Oo]n; uses?; using
        """
    )
    + r"\s(?:the\s|a\s)?$"
)
_IS_DATA = re.compile(
    r"\s(?:data\s?sets?|benchmarks?|corpus|challenge|test\sset|validation\sset|baselines?|tasks?)\b"
)
_NOT_OWN = re.compile(r"\b(?:on|to solve|such as|of|for|in|by|from|with)\s[\w\s-]+$")
_BRACKETED = re.compile(r"s?(?:\s[\w-]+){0,3}\s?\(\s?(?P<name>[^()\d][^()]{1,22}?)\s?\)")
_SHARED = 0.66  # of an acronym's words stand in the title

_TASK_NAMES = words_of(
    """
    recognition detection segmentation answering translation tracking re-identification
    captioning parsing classification categorization summarization localization forecasting
    modeling retrieval generation completion understanding labeling tagging extraction
    """
)

Vote = tuple[str, float]


def find_method(title: str, abstract: str) -> str | None:
    """Return the method's name: the coined one where there is one, else a descriptive phrase."""
    totals: dict[str, float] = {}
    printed: dict[str, str] = {}
    for name, weight in _votes(title, abstract):
        tidy = name.strip(" ,.-\"'“”\u2018\u2019`")
        if _may_name(tidy):
            printed.setdefault(_key(tidy), tidy)
            totals[_key(tidy)] = totals.get(_key(tidy), 0.0) + weight
    for name, weight in (*_expanded(title, abstract), *_initials(title, abstract)):
        if _key(name) in totals:
            totals[_key(name)] += weight
    for key in totals:
        totals[key] += _standing(printed[key], abstract)
    best = max(totals, key=lambda key: (totals[key], len(key)), default=None)
    if best is None or totals[best] < _ENOUGH:
        phrase = describe(title, abstract)
        return _shortened(phrase, abstract) if phrase else None
    return _shortened(printed[best], abstract)


def _key(name: str) -> str:
    return re.sub(r"\W", "", name.lower())


def _may_name(name: str) -> bool:
    words = name.split()
    if not words or not name[1:] or len(words) > _MOST_WORDS:
        return False
    return len(words) > 1 or not (name in OPENERS or name.isdigit())


def _standing(name: str, abstract: str) -> float:
    """Weigh how the abstract speaks of a name: often, or only as of somebody else's."""
    if not is_coined(name) and " " not in name:
        return -1.5 if name in COMMON else 0.0
    weight = 0.0
    for match in islice(re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", abstract), _MOST_SEEN):
        weight += 0.25
        if _CASTS_DOUBT.search(abstract[max(0, match.start() - 24) : match.start()]):
            weight -= 0.6
        if _IS_DATA.match(abstract, match.end()):
            weight -= 0.5
    return weight


def _shortened(name: str, abstract: str) -> str:
    """Prefer the acronym that the abstract gives in brackets behind the full name."""
    stem = name.lower().rstrip("s")
    i = abstract.lower().find(stem)
    if i < 0 or (is_coined(name) and " " not in name):
        return name
    following = abstract[i + len(stem) : i + len(stem) + 60]
    match = _BRACKETED.match(following)
    short = match["name"].strip() if match else ""
    return short if any(letter.isupper() for letter in short) else name


def _votes(title: str, abstract: str) -> Iterator[Vote]:
    yield from _title_votes(title, abstract)
    for match in cues.CALLED.finditer(abstract):
        yield from _called(abstract, match)
    for match in cues.PROPOSE.finditer(abstract):
        yield from _proposed(abstract, match.end())
    for match in cues.OUR_NOUN.finditer(abstract):
        yield match["name"], 2.5 if is_coined(match["name"].split()[0]) else 1.5
    for match in cues.OURS.finditer(abstract):
        own = match["owner"].lower() != "the"
        yield from ((name, 2.0 if own else 0.3) for name in _coined_in(match["name"]))
    for match in cues.ACTS.finditer(abstract):
        if is_coined(match["name"]):
            yield match["name"], 0.6


def _initials(title: str, abstract: str) -> Iterator[Vote]:
    """Vote for coined words whose capitals are the first letters of the title's words."""
    letters = "".join(word.text[0] for word in find_words(title.replace("-", " "))).upper()
    for word in dict.fromkeys(one.text for one in find_words(abstract) if is_coined(one.text)):
        capitals = "".join(letter for letter in word if letter.isupper())
        if capitals[2:] and capitals in letters:
            yield word, 1.5


def _title_votes(title: str, abstract: str) -> Iterator[Vote]:
    match = cues.TITLE.match(title)
    if match and len(match["name"].split()) <= _MOST_TITLE_WORDS:
        name = match["name"].strip()
        yield _as_in(abstract, name), _weight_of_title(name, abstract)
    match = cues.TITLE_FIRST.match(title)
    if match and is_coined(match["name"]):
        yield match["name"], 3.0
    for short in cues.SHORT.finditer(title):
        if is_coined(short["name"]):
            yield short["name"], 2.5


def _weight_of_title(name: str, abstract: str) -> float:
    """Weigh what stands before a title's colon: a single name nearly decides."""
    lone, inside = " " not in name, name in abstract
    coined = any(is_coined(word) for word in name.split())
    if (lone and (coined or inside)) or (inside and coined):
        return 12.0
    return 3.0 if inside or lone or (coined and name.count(" ") == 1) else 1.2


def _as_in(abstract: str, name: str) -> str:
    """Prefer the abstract's way of writing a name that the title has in other letters."""
    if name in abstract:
        return name
    i = abstract.lower().find(name.lower())
    return abstract[i : i + len(name)] if i >= 0 else name


def _called(abstract: str, match: re.Match[str]) -> Iterator[Vote]:
    name = match["name"]
    following = re.split(r"[.,;]\s", abstract[match.end() : match.end() + 90], maxsplit=1)[0]
    short = cues.SHORT.search(following)
    if short and any(letter.isupper() for letter in short["name"]) and not is_coined(name):
        yield short["name"], 4.5
    elif " " in name and is_coined(name.split()[0]):
        yield name.split()[0], 2.5
        yield name, 2.0
    elif name[0].isupper() or is_coined(name):
        yield name, 4.0


def _proposed(abstract: str, start: int) -> Iterator[Vote]:
    """Vote for what stands behind "we propose": the name in brackets, else the first coined one."""
    stop = abstract.find(". ", start)
    region = abstract[start : min(stop if stop > 0 else len(abstract), start + 170)]
    short = cues.SHORT.search(region)
    if short and _is_own(short["name"], region[: short.start()]):
        yield _shorter(short["name"], region[: short.start()]), 3.5
        return
    match = cues.AFTER_PROPOSE.match(region)
    if match is None:
        return
    name = match["name"]
    for coined in _coined_in(name):
        yield coined, 2.8 if name.startswith(coined) else 1.5
    if name not in COMMON:
        yield name, 2.6 if " " in name else 2.4


def _shorter(short: str, before: str) -> str:
    """Return the name before the brackets where these hold its long form ("RTW (Random ...)")."""
    name = before.rstrip().rpartition(" ")[2]
    return name if " " in short and name[:1].isupper() and len(name) < len(short) else short


def _is_own(short: str, before: str) -> bool:
    if not any(letter.isupper() for letter in short) or not short[1:]:
        return False
    return _NOT_OWN.search(before[-60:]) is None


def _expanded(title: str, abstract: str) -> Iterator[Vote]:
    """Vote for acronyms in brackets whose words stand in the title; down if they name a task."""
    low = title.lower()
    for match in cues.SHORT.finditer(abstract):
        before = abstract[max(0, match.start() - 90) : match.start()].rstrip()
        words = re.findall(r"[\w'\u2019]+", before)
        size = max(2, sum(letter.isupper() for letter in match["name"]))
        words = words[-min(size, 6) :]
        shared = sum(word.lower() in low for word in words if word[2:])
        if words and shared >= _SHARED * len(words):
            yield match["name"], _weight_of_expansion(before)


def _weight_of_expansion(before: str) -> float:
    """Weigh the words before an acronym: down where they name a task or a common thing."""
    last = before.rpartition(" ")[2]
    if last.lower() in _TASK_NAMES:
        return -1.5
    return -1.0 if not last[:1].isupper() and _TASK_TAIL.search(last.lower()) else 1.6


def _coined_in(run: str) -> Iterator[str]:
    for word in run.split():
        if is_coined(word):
            yield word
            return
