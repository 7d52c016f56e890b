"""Title and abstract -> the values that the rules find, in the form of a record."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from extractor.providers.rules.claims import find_numbered
from extractor.providers.rules.datasets import find_datasets
from extractor.providers.rules.measuring import find_measured
from extractor.providers.rules.methods import find_method
from extractor.providers.rules.scenes import Scene, read_scenes
from extractor.providers.rules.tasks import find_tasks
from extractor.providers.rules.unnumbered import find_unnumbered
from extractor.providers.rules.urls import find_code_url

RULES_VERSION = "1"
_LONGEST = 20_000


def find_values(title: str, abstract: str) -> dict[str, object]:
    """Fill every field from a title and an abstract; each text stands verbatim in one of them."""
    title, abstract = title[:1000], abstract[:_LONGEST]
    method = find_method(title, abstract)
    scenes = read_scenes(abstract)
    numbered = find_numbered(scenes, method)
    claims = [*numbered, *find_unnumbered(scenes, method, numbered)]
    return {
        "tasks": find_tasks(title, abstract, method),
        "method": method,
        "datasets": _datasets(title, abstract, scenes, method),
        "metrics": _shortest(_distinct(find_measured(scenes, claims)), abstract),
        "code_url": find_code_url(abstract),
        "claims": [asdict(claim) for claim in claims],
    }


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _distinct(names: Iterable[str]) -> list[str]:
    """Keep the first printed form of each name."""
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(_key(name), name)
    return list(kept.values())


def _datasets(title: str, abstract: str, scenes: Sequence[Scene], method: str | None) -> list[str]:
    """List the datasets, an acronym in the place of the full name that it stands behind."""
    names = [named.text for scene in scenes for named in scene.datasets]
    names += [named.text for named in find_datasets(title) if named.known]
    if method and _INTRODUCES.search(title + "\n" + abstract[:600]) and method[0].isupper():
        names.append(method)
    shown = _distinct(names)
    full = [name for name in shown if _acronym_behind(name, abstract) in shown]
    own = _key(method or "")
    return [
        name
        for name in shown
        if name not in full
        and "github" not in name
        and (_key(name) != own or (name == method and _is_data(name, title, abstract)))
    ]


_INTRODUCES = re.compile(
    r":\s[^:\n]*\b(?:[Dd]ata\s?[Ss]et|[Bb]enchmark|[Cc]orpus|Challenge|Suite)\b"
    r"|\b(?:introduce|present|propose|release|collect|construct|build|create)s?\s(?:[\w-]+,?\s){0,8}?(?:dataset|data set|benchmark|corpus)\b(?!\sfor\strain)",
)


def _is_data(name: str, title: str, abstract: str) -> bool:
    """Tell whether the paper's own contribution is a dataset."""
    return bool(
        _INTRODUCES.search(title)
        or re.search(
            rf"{re.escape(name)}[^.]{{0,60}}\b(?:dataset|benchmark|corpus|database)\b",
            abstract[:1500],
        )
    )


def _acronym_behind(name: str, abstract: str) -> str | None:
    i = abstract.find(name)
    match = re.match(r"\s?\(([\w.+-]{2,14})\)", abstract[i + len(name) :]) if i >= 0 else None
    return match[1] if match else None


def _shortest(names: Sequence[str], abstract: str) -> list[str]:
    """Leave out a full name where the acronym behind it is listed too."""
    return [name for name in names if _acronym_behind(name, abstract) not in names]
