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

RULES_VERSION = "4"
_LONGEST_TITLE, _LONGEST_ABSTRACT = 1_000, 20_000
_DATA = r"(?:[Dd]ata\s?[Ss]et|[Bb]enchmark|[Cc]orpus|Challenge|Suite)"
_INTRODUCES = re.compile(
    rf":\s[^:\n]*\b{_DATA}\b"
    r"|\b(?:introduce|present|propose|release|collect|construct|build|create)s?\s"
    rf"(?:[\w-]+,?\s){{0,8}}?{_DATA}\b(?!\sfor\strain)"
)
_CALLED_DATA = re.compile(r"[^.]{0,60}\b(?:dataset|benchmark|corpus|database)\b")
_ACRONYM = re.compile(r"\s?\((?P<short>[\w.+-]{2,14})\)")
_NOT_WORD = re.compile(r"[\W_]+")


def find_values(title: str, abstract: str) -> dict[str, object]:
    """Fill every field from a title and an abstract; each text stands verbatim in one of them.

    Returns tasks, method, datasets, metrics, code_url and claims (one dict each, all keys given);
    reads at most the first 20,000 characters of the abstract.
    """
    title, abstract = title[:_LONGEST_TITLE], abstract[:_LONGEST_ABSTRACT]
    method = find_method(title, abstract)
    scenes = read_scenes(abstract)
    numbered = find_numbered(scenes, method)
    claims = [*numbered, *find_unnumbered(scenes, method, numbered)]
    return {
        "tasks": find_tasks(title, abstract, method),
        "method": method,
        "datasets": _datasets(title, abstract, scenes, method),
        "metrics": _listed(find_measured(scenes, claims), abstract),
        "code_url": find_code_url(abstract),
        "claims": [asdict(claim) for claim in claims],
    }


def _datasets(title: str, abstract: str, scenes: Sequence[Scene], method: str | None) -> list[str]:
    """List the datasets; the method is one of them only where the paper introduces data."""
    names = [named.text for scene in scenes for named in scene.datasets]
    names += [named.text for named in find_datasets(title) if named.known]
    if method is None:
        return _listed(names, abstract)
    found = len(names)
    names = [name for name in names if _key(name) != _key(method)]
    spoken_of = len(names) < found
    if method[0].isupper() and _introduces(method, title, abstract, spoken_of=spoken_of):
        names.append(method)
    return _listed(names, abstract)


def _introduces(method: str, title: str, abstract: str, *, spoken_of: bool) -> bool:
    """Tell whether the paper's own contribution is a dataset or a benchmark.

    `spoken_of` tells that the abstract speaks of it as it does of datasets.
    """
    if _INTRODUCES.search(title):
        return True
    i = abstract.find(method)
    if i < 0 or not (spoken_of or _INTRODUCES.search(abstract[:600])):
        return False
    return _CALLED_DATA.match(abstract, i + len(method)) is not None


def _listed(names: Iterable[str], abstract: str) -> list[str]:
    """Keep each name once, and the acronym in the place of the full name before it."""
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(_key(name), name)
    shown = set(kept.values())
    return [name for name in kept.values() if _acronym_behind(name, abstract) not in shown]


def _key(name: str) -> str:
    return _NOT_WORD.sub("", name.lower())


def _acronym_behind(name: str, abstract: str) -> str | None:
    i = abstract.find(name)
    match = _ACRONYM.match(abstract, i + len(name)) if i >= 0 else None
    return match["short"] if match else None
