"""Title and abstract -> the name of the paper's own contribution, by votes of what names it."""

import re
from collections.abc import Iterator

from extractor.providers.rules import cues
from extractor.providers.rules.phrases import describe
from extractor.providers.rules.words import COMMON, OPENERS, find_words, is_coined

_ENOUGH = 2.4
_TASK_TAIL = re.compile(r"(?:ing|tion|sis|ment|ition|ity|SLAM|ork|orks|odels?|achines?|ata)s?\s?$")
_CASTS_DOUBT = re.compile(
    r"\b(?:than|over|outperform\w*|surpass\w*|beats?|beating|exceed\w*|such as|like|including|e\.g\.,?|compared (?:to|with)|versus|vs\.?|against|[Uu]nlike|baseline"
    r"|backbone|pre-?trained|existing|of|based on|on|[Oo]n|use|uses|using)\s(?:the\s|a\s)?$"
)
_IS_DATA = re.compile(
    r"\s(?:data\s?sets?|benchmarks?|corpus|challenge|test set|validation set|baselines?|tasks?)\b"
)

Vote = tuple[str, float]


def find_method(title: str, abstract: str) -> str | None:
    """Return the method's name: the coined one where there is one, else a descriptive phrase."""
    totals: dict[str, float] = {}
    printed: dict[str, str] = {}
    for name, weight in _votes(title, abstract):
        tidy = name.strip(" ,.-\"'“”‘’`")
        if _may_name(tidy):
            key = re.sub(r"\W", "", tidy.lower())
            totals[key] = totals.get(key, 0.0) + weight
            printed.setdefault(key, tidy)
    for key in totals:
        totals[key] += _standing(printed[key], abstract)
    best = max(totals, key=lambda key: (totals[key], len(key)), default=None)
    if best is None or totals[best] < _ENOUGH:
        phrase = describe(title, abstract)
        return _shortened(phrase, abstract) if phrase else None
    return _shortened(printed[best], abstract)


def _may_name(name: str) -> bool:
    words = name.split()
    if not words or len(name) < 2 or len(words) > 8:
        return False
    return len(words) > 1 or not (name in OPENERS or name.isdigit())


def _standing(name: str, abstract: str) -> float:
    """Weigh how the abstract speaks of a name: often, or only as of somebody else's."""
    if not is_coined(name) and " " not in name:
        return -1.5 if name in COMMON else 0.0
    weight, seen, i = 0.0, 0, abstract.find(name)
    while i >= 0 and seen < 6:
        seen += 1
        weight += 0.25
        if _CASTS_DOUBT.search(abstract[max(0, i - 24) : i]):
            weight -= 0.6
        if _IS_DATA.match(abstract, i + len(name)):
            weight -= 0.5
        i = abstract.find(name, i + len(name))
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


_BRACKETED = re.compile(r"s?(?:\s[\w-]+){0,3}\s?\(\s?(?P<name>[^()\d][^()]{1,22}?)\s?\)")


def _votes(title: str, abstract: str) -> Iterator[Vote]:
    yield from _title_votes(title, abstract)
    for match in cues.CALLED.finditer(abstract):
        yield from _called(abstract, match)
    for match in cues.PROPOSE.finditer(abstract):
        yield from _proposed(abstract, match.end())
    for match in cues.OUR_NOUN.finditer(abstract):
        yield match["name"], 2.5 if is_coined(match["name"].split()[0]) else 1.5
    for match in cues.OURS.finditer(abstract):
        own = not match.group().lower().startswith("the ") or "proposed" in match.group()[:14]
        yield from ((name, 1.6 if own else 0.3) for name in _coined_in(match["name"]))
    for match in cues.ACTS.finditer(abstract):
        if is_coined(match["name"]):
            yield match["name"], 0.6
    yield from _expanded(title, abstract)
    yield from _initials(title, abstract)


def _initials(title: str, abstract: str) -> Iterator[Vote]:
    """Vote for coined words whose capitals are the first letters of the title's words."""
    letters = "".join(word[0] for word in re.findall(r"[^\W_]+", title)).upper()
    seen = set()
    for word in find_words(abstract):
        capitals = "".join(letter for letter in word.text.rstrip("s") if letter.isupper())
        if len(capitals) > 2 and capitals in letters and is_coined(word.text) and word.text not in seen:
            seen.add(word.text)
            yield word.text, 1.5


def _title_votes(title: str, abstract: str) -> Iterator[Vote]:
    match = cues.TITLE.match(title)
    if match and len(match["name"].split()) <= 5:
        name = match["name"].strip()
        lone, inside = " " not in name, name in abstract
        coined = lone and (is_coined(name) or inside)
        yield (
            (name if inside else _as_in(abstract, name)),
            8.0 if coined else 3.0 if inside or _is_label(name) else 1.2,
        )
    match = cues.TITLE_FIRST.match(title)
    if match and is_coined(match["name"]):
        yield match["name"], 3.0
    for short in cues.SHORT.finditer(title):
        if is_coined(short["name"]):
            yield short["name"], 2.5


def _is_label(name: str) -> bool:
    """Tell whether what stands before a title's colon reads as a name, not as a topic."""
    words = name.split()
    return (len(words) < 3 and any(is_coined(word) for word in words)) or len(words) == 1


def _as_in(abstract: str, name: str) -> str:
    """Prefer the abstract's way of writing a name that the title has in other letters."""
    i = abstract.lower().find(name.lower())
    return abstract[i : i + len(name)] if i >= 0 else name


def _called(abstract: str, match: re.Match[str]) -> Iterator[Vote]:
    name = match["name"]
    following = re.split(r"[.,;]\s", abstract[match.end() : match.end() + 90], maxsplit=1)[0]
    short = cues.SHORT.search(following)
    if short and any(letter.isupper() for letter in short["name"]):
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
        yield short["name"], 3.5
        return
    match = cues.AFTER_PROPOSE.match(region)
    if match is None:
        return
    name = match["name"]
    for coined in _coined_in(name):
        yield coined, 2.8 if name.startswith(coined) else 1.5
    if name not in COMMON:
        yield name, 2.6 if " " in name else 2.4


def _is_own(short: str, before: str) -> bool:
    if not any(letter.isupper() for letter in short) or len(short) < 2:
        return False
    return not re.search(r"\b(?:on|to solve|such as|of|for|in|by|from|with)\s[\w\s-]+$", before[-60:])


def _expanded(title: str, abstract: str) -> Iterator[Vote]:
    """Vote for acronyms in brackets: up where the words before stand in the title as a name."""
    low = title.lower()
    for match in cues.SHORT.finditer(abstract):
        words = re.findall(r"[\w'’]+", abstract[max(0, match.start() - 90) : match.start()].lower())
        size = min(len(words), max(2, sum(letter.isupper() for letter in match["name"])), 6)
        shared = sum(word in low for word in words[-size:] if len(word) > 2)
        named = abstract[: match.start()].rstrip().split(" ")[-1][:1].isupper()
        if size and shared >= 0.66 * size:
            tail = words[-1]
            yield match["name"], -1.0 if _TASK_TAIL.search(tail) and not named else 1.6


def _coined_in(run: str) -> Iterator[str]:
    for word in run.split():
        if is_coined(word):
            yield word
            return
