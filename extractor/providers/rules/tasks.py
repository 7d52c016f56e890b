"""Title and abstract -> the problems that the paper works on, the primary one first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.providers.rules.vocabulary import TASK_HEADS
from extractor.providers.rules.words import Word, find_words

_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "these",
        "those",
        "that",
        "our",
        "we",
        "their",
        "its",
        "his",
        "her",
        "each",
        "every",
        "all",
        "any",
        "some",
        "no",
        "not",
        "and",
        "or",
        "but",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "off",
        "on",
        "onto",
        "over",
        "per",
        "than",
        "to",
        "toward",
        "towards",
        "up",
        "upon",
        "via",
        "with",
        "within",
        "without",
        "through",
        "under",
        "using",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "can",
        "could",
        "may",
        "might",
        "will",
        "would",
        "should",
        "which",
        "who",
        "whose",
        "what",
        "when",
        "where",
        "while",
        "how",
        "why",
        "if",
        "then",
        "thus",
        "also",
        "both",
        "such",
        "other",
        "another",
        "more",
        "most",
        "less",
        "least",
        "very",
        "well",
        "new",
        "novel",
        "improved",
        "improving",
        "efficient",
        "effective",
        "fast",
        "faster",
        "simple",
        "robust",
        "accurate",
        "better",
        "best",
        "good",
        "great",
        "strong",
        "state-of-the-art",
        "proposed",
        "propose",
        "present",
        "introduce",
        "show",
        "achieve",
        "outperform",
        "improve",
        "improves",
        "boost",
        "towards",
        "recent",
        "existing",
        "previous",
        "current",
        "various",
        "several",
        "many",
        "multiple",
        "different",
        "two",
        "three",
        "four",
        "five",
        "popular",
        "challenging",
        "standard",
        "important",
        "fundamental",
        "main",
        "key",
        "general",
        "generic",
        "common",
        "typical",
        "successful",
        "high-quality",
        "large-scale",
        "based",
        "it",
        "they",
        "there",
        "here",
        "between",
        "among",
        "across",
        "about",
        "against",
        "during",
        "learn",
        "learned",
        "learns",
        "making",
        "make",
        "makes",
        "rethinking",
        "revisiting",
        "exploring",
        "leveraging",
        "exploiting",
        "enhancing",
        "enabling",
        "investigating",
        "understanding_",
        "addressing",
        "on-line",
        "beyond",
        "toward",
        "automatically",
        "automatic",
        "conventional",
        "traditional",
        "modern",
        "powerful",
        "called",
        "named",
        "e.g",
        "i.e",
        "one",
        "first",
        "second",
        "perform",
        "performing",
        "performs",
        "solve",
        "solving",
        "tackle",
        "address",
        "pure",
        "good",
        "only",
        "even",
        "just",
        "still",
        "published",
        "conference",
        "paper",
        "iclr",
        "i.e.",
        "e.g.",
        "popular",
        "complex",
        "difficult",
        "hard",
        "practical",
        "specific",
        "following",
        "subsequent",
        "final",
        "overall",
        "whole",
        "entire",
        "non-trivial",
        "promising",
        "further",
        "used",
        "use",
        "uses",
        "widely",
        "highly",
        "fully",
        "purely",
        "directly",
        "jointly",
        "simultaneously",
        "significantly",
    ]
)
_VAGUE = frozenset(
    [
        "learning",
        "training",
        "search",
        "modeling",
        "modelling",
        "analysis",
        "embedding",
        "attention",
        "inference",
        "planning",
        "prediction",
        "mapping",
        "optimization",
        "representation",
        "resolution",
        "regularization",
        "fusion",
        "perception",
        "augmentation",
        "interaction",
        "pruning",
        "flow",
        "extraction",
        "estimation",
        "pretraining",
        "pre-training",
        "alignment",
        "selection",
        "processing",
        "control",
        "exploration",
        "robustness",
        "reading",
        "separation",
        "scoring",
        "mining",
    ]
)
_VAGUE_WITH = frozenset(
    [
        "deep",
        "machine",
        "transfer",
        "contrastive",
        "supervised",
        "unsupervised",
        "self-supervised",
        "adversarial",
        "ensemble",
        "online",
        "curriculum",
        "joint",
        "feature",
        "neural",
        "pre",
        "end-to-end",
        "further",
        "model",
        "multi-task",
        "large-scale",
        "layer",
        "batch",
        "self",
        "mutual",
        "co",
        "statistical",
        "data",
        "fine-grained",
        "accurate",
        "grid",
        "random",
        "beam",
        "gradient",
        "greedy",
        "line",
        "hyperparameter",
        "meta",
        "error",
        "ablation",
        "extensive",
        "experimental",
        "theoretical",
        "empirical",
        "word",
        "node",
        "graph",
        "type",
        "position",
        "label",
        "position",
        "global",
        "local",
        "additional",
        "semi-supervised",
        "parameter",
        "back",
        "residual",
    ]
)
_FOR = re.compile(r"\b(?:for|of|on|to|in|towards?)\s(?:the\s)?$", re.IGNORECASE)
_MEANS = re.compile(r"\b(?:via|with|using|by|through)\s(?:the\s|an?\s)?(?:[\w-]+\s){0,2}$", re.IGNORECASE)
_TASK_OF = re.compile(
    r"\b(?:task|tasks|problem|problems|challenge|field|area|goal)\s(?:of|in|is|such as|including)\s(?:the\s)?$|\b(?:address|tackle|study|solve|improve|improves|approach(?:es)? to|method for|model for|framework for|network for|system for|architecture for|consider)\s(?:the\s)?(?:problem of\s)?$",
    re.IGNORECASE,
)
_AS_TASK = re.compile(
    r"\s(?:\([^()]{2,12}\)\s)?(?:tasks?|problems?|benchmarks?|challenge)\b|\s?\([A-Z][\w-]{1,9}\)"
)


@dataclass(slots=True)
class _Candidate:
    printed: str
    words: int
    score: float


def find_tasks(title: str, abstract: str, method: str | None) -> list[str]:
    """List up to three tasks, the primary one first."""
    title = _HEADER.sub("", title)
    found: dict[str, _Candidate] = {}
    for printed, weight in (*_in_title(title, abstract, method), *_in_abstract(abstract)):
        key = re.sub(r"[\W_]+", " ", printed.lower()).strip()
        candidate = found.setdefault(key, _Candidate(printed, len(key.split()), 0.0))
        candidate.score += weight
    _share(found)
    ranked = sorted(found.values(), key=lambda one: -one.score)
    return _distinct(ranked) or _from_title(title)


def _share(found: dict[str, _Candidate]) -> None:
    """Let a longer name gain from the mentions of its shorter form."""
    keys = list(found)[:60]
    for key in keys:
        for other in keys:
            if other != key and key.endswith(f" {other}"):
                found[key].score += 0.35 * found[other].score


def _distinct(ranked: Sequence[_Candidate]) -> list[str]:
    chosen: list[_Candidate] = []
    for one in ranked:
        if len(chosen) == 3 or (chosen and one.score < 0.4 * chosen[0].score) or one.score < 1.0:
            break
        low = one.printed.lower()
        if not any(low in other.printed.lower() or other.printed.lower() in low for other in chosen):
            chosen.append(one)
    return [one.printed for one in chosen]


_HEADER = re.compile(
    r"published as a conference paper at \w+ \d{4}|IEEE(?:/ACM)? TRANSACTIONS ON [A-Z ,]+(?:\d{4})?\s?\d*|A PREPRINT|CCS CONCEPTS",
    re.IGNORECASE,
)


def _core(printed: str, abstract: str) -> str:
    """Drop the words in front that only the title has ("Soft Anchor-Point Object Detection")."""
    low, words = abstract.lower(), printed.split()
    if printed.lower() in low:
        return printed
    for k in range(1, len(words) - 1):
        tail = " ".join(words[k:])
        if words[k].lower() not in _STOP and tail.lower() in low:
            return tail
    return printed


def _in_title(title: str, abstract: str, method: str | None) -> Iterator[tuple[str, float]]:
    body_start = title.find(":") + 1
    for phrase, start, _ in _phrases(title):
        printed = _core(phrase, abstract)
        weight = 3.0
        if _FOR.search(title[:start]):
            weight += 2.0
        if _MEANS.search(title[:start]):
            weight -= 2.5
        if method and printed.lower() in method.lower():
            weight -= 2.0
        if start < body_start:
            weight -= 1.0
        yield printed, weight


def _in_abstract(abstract: str) -> Iterator[tuple[str, float]]:
    for printed, start, end in _phrases(abstract):
        weight = 0.6
        if start < 220:
            weight += 0.5
        if _TASK_OF.search(abstract[max(0, start - 30) : start]):
            weight += 1.2
        if _AS_TASK.match(abstract, end):
            weight += 0.8
        yield printed, weight


def _phrases(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the noun phrases that end in the head of a task ("semantic segmentation")."""
    words = find_words(text)
    for i, word in enumerate(words):
        head = word.text.lower()
        if not _is_head(head) or _continues(words, i, text):
            continue
        first = _first(words, i, text)
        if first == i or head in ("learning", "training"):
            match = _OBJECT.match(text, word.end)
            if match and (first < i or head not in ("training", "reading", "analysis", "processing")):
                yield text[words[first].start : match.end()], words[first].start, match.end()
                continue
        if _may_be_task(words, first, i):
            end = _joined(words, i, text)
            yield text[words[first].start : end], words[first].start, end


def _joined(words: Sequence[Word], i: int, text: str) -> int:
    """Take in a second head behind "and" ("Classification and Segmentation")."""
    if i + 2 < len(words) and words[i + 1].text == "and" and _is_head(words[i + 2].text.lower()):
        if text[words[i].end : words[i + 2].start] == " and " and not _continues(words, i + 2, text):
            return words[i + 2].end
    return words[i].end


_OBJECT = re.compile(
    r"\s(?:of|from|with|by)\s(?:the\s)?(?!a\b|an\b|our\b|this\b|which\b|each\b|its\b|these\b|their\b)[\w-]+(?:\s(?!for|with|in|by|using|via|and|to|from|on|is|are|that|which|at|as|can|we|through|based|under|or|of|has|have|while|when|where)[\w-]+){0,2}"
)


def _is_head(word: str) -> bool:
    if word.endswith("-resolution") and word != "super-resolution":
        return False
    return (
        word in TASK_HEADS
        or (word.endswith("s") and word[:-1] in TASK_HEADS)
        or ("-" in word and word.rpartition("-")[2] in TASK_HEADS)
    )


def _continues(words: Sequence[Word], i: int, text: str) -> bool:
    """Tell whether the next word goes on with the phrase ("detection accuracy", "search space")."""
    if i + 1 >= len(words) or text[words[i].end : words[i + 1].start] != " ":
        return False
    following = words[i + 1].text.lower()
    return _is_head(following)


def _first(words: Sequence[Word], i: int, text: str) -> int:
    first = i
    while first > 0 and i - first < 5:
        before = words[first - 1]
        if text[before.end : words[first].start] not in (" ", "-") or before.text.lower() in _STOP:
            break
        if _ends_phrase(before.text.lower()):
            break
        first -= 1
    return first


def _ends_phrase(word: str) -> bool:
    """Tell adverbs, genitives and gerunds, which stand before a phrase and not inside it."""
    if word.endswith("ing"):
        return "-" not in word and (word == "learning" or word not in TASK_HEADS)
    return word.endswith(("ly", "'s", "’s")) and word != "weakly"


def _may_be_task(words: Sequence[Word], first: int, i: int) -> bool:
    if first == i and "-" not in words[i].text:
        return words[i].text.lower() in (
            "summarization",
            "lipreading",
            "recommendation",
            "denoising",
            "dehazing",
        )
    head = words[i].text.lower()
    return head not in _VAGUE or words[i - 1].text.lower() not in _VAGUE_WITH


def _from_title(title: str) -> list[str]:
    """Fall back on the title: what stands behind "for", else behind the colon, else all of it."""
    tail = re.search(
        r"\b(?:for|of|on|towards?)\s(?:the\s|an?\s)?(?P<task>[^:?]{4,60})$", title, re.IGNORECASE
    )
    if tail:
        return [tail["task"].strip(" *.")]
    body = title.partition(":")[2].strip() or title.strip()
    return [body[:80].strip()] if body else []
