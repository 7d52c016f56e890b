"""Title and abstract -> the problems that the paper works on, the primary one first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractor.providers.rules.patterns import compiled, either, words_of
from extractor.providers.rules.vocabulary import TASK_HEADS
from extractor.providers.rules.words import Word, find_words

# Words that stand before a task's name and never inside it.
_STOP = words_of(
    """
    a an the this these those that our we their its his her each every all any some no not and or
    but as at by for from in into of off on onto over per than to toward towards up upon via with
    within without through under using is are was were be been being has have had do does did can
    could may might will would should which who whose what when where while how why if then thus
    also both such other another more most less least very well new novel improved improving
    efficient effective fast faster simple robust accurate better best good great strong
    state-of-the-art proposed propose present introduce show achieve outperform improve improves
    boost recent existing previous current various several many multiple different two three four
    five popular challenging standard important fundamental main key general generic common
    typical successful high-quality large-scale based it they there here between among across
    about against during learn learned learns make makes on-line beyond automatically automatic
    conventional traditional modern powerful called named e.g i.e one first second perform
    performs solve address pure good only even just still published conference paper iclr i.e.
    e.g. complex difficult hard practical specific following subsequent final overall whole entire
    non-trivial promote promotes compromise enable enables ensure ensures allow allows require
    requires support supports facilitate accelerate guide guides increase increases reduce reduces
    provide provides promising further used use uses widely highly fully purely directly jointly
    simultaneously
    """
)
# Heads that are tasks with most words before them, and means with these.
_VAGUE = words_of(
    """
    learning training search modeling modelling analysis embedding attention inference planning
    prediction mapping optimization representation resolution regularization fusion perception
    augmentation interaction pruning flow extraction estimation pretraining pre-training alignment
    selection processing control exploration robustness reading separation scoring mining
    """
)
_VAGUE_WITH = words_of(
    """
    deep machine transfer contrastive supervised unsupervised self-supervised adversarial ensemble
    online curriculum joint feature neural pre end-to-end further model multi-task large-scale
    layer batch self mutual co statistical data fine-grained accurate grid random beam gradient
    greedy line hyperparameter meta error ablation extensive experimental theoretical empirical
    word node graph type position label global local additional semi-supervised parameter back
    residual
    """
)
_ALONE = words_of("summarization lipreading recommendation denoising dehazing")
_NO_OBJECT = words_of("training reading analysis processing")
_HEADER = compiled(
    r"published\sas\sa\sconference\spaper\sat\s\w+\s\d{4}|A\sPREPRINT|CCS\sCONCEPTS"
    r"|IEEE(?:/ACM)?\sTRANSACTIONS\sON\s[A-Z ,]+(?:\d{4})?\s?\d*"
)
_FOR = compiled(r"\b(?:for|of|on|to|in|towards?)\s(?:the\s)?$")
_MEANS = compiled(r"\b(?:via|with|using|by|through)\s(?:the\s|an?\s)?(?:[\w-]+\s){0,2}$")
_NAMED_SO = compiled(
    r"\b(?:(?:tasks?|problems?|challenge|field|area|goal)\s(?:of|in|is|such\sas|including)"
    r"|(?:address|tackle|study|solve|improves?|consider|approach(?:es)?\sto"
    r"|(?:method|model|framework|network|system|architecture)\sfor))\s(?:the\s)?(?:problem\sof\s)?$"
)
_AS_TASK = compiled(
    r"\s(?:\([^()]{2,12}\)\s)?(?:tasks?|problems?|benchmarks?|challenge)\b|\s?\([A-Z][\w-]{1,9}\)"
)
_AFTER_OBJECT = either(
    """
    for; with; in; by; using; via; and; to; from; on; is; are; that; which; at; as; can; we;
    through; based; under; or; of; has; have; while; when; where
    """
)
_OBJECT = re.compile(
    r"\s(?:of|from|with|by)\s(?:the\s)?(?!(?:an?|our|this|which|each|its|these|their)\b)[\w-]+"
    rf"(?:\s(?!{_AFTER_OBJECT})[\w-]+){{0,2}}"
)
_TITLE_TAIL = compiled(
    r"\b(?:for|of|on|towards?)\s(?:the\s|an?\s)?(?P<task>[^:?]{4,60}?)"
    r"(?:\s(?:using|via|with|by|through|based\son)\s.*)?$"
)
_MOST, _MOST_WORDS, _MOST_SHARED, _OPENING = 3, 5, 60, 220
_LEAST_SCORE, _LEAST_SHARE = 1.0, 0.4


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A noun phrase that may name a task; `score` says how much speaks for it."""

    printed: str
    start: int
    end: int
    score: float = 0.0


def find_tasks(title: str, abstract: str, method: str | None) -> list[str]:
    """List up to three tasks, the primary one first."""
    title = _HEADER.sub("\n", title).strip()
    found: dict[str, _Phrase] = {}
    for phrase in (*_in_title(title, abstract, method), *_in_abstract(abstract)):
        key = re.sub(r"[\W_]+", " ", phrase.printed.lower()).strip()
        known = found.get(key)
        found[key] = replace(known, score=known.score + phrase.score) if known else phrase
    ranked = sorted(_shared(found), key=lambda one: -one.score)
    return _distinct(ranked) or _from_title(title)


def _shared(found: dict[str, _Phrase]) -> Iterator[_Phrase]:
    """Let a longer name gain from the mentions of its shorter forms."""
    for key, phrase in list(found.items())[:_MOST_SHARED]:
        tails = [key[i + 1 :] for i, sign in enumerate(key) if sign == " "]
        gained = sum(0.35 * found[tail].score for tail in tails if tail in found)
        yield replace(phrase, score=phrase.score + gained)


def _distinct(ranked: Sequence[_Phrase]) -> list[str]:
    """Take the best, leaving out weak ones and parts of what is taken."""
    chosen: list[str] = []
    for one in ranked:
        weak = one.score < max(_LEAST_SCORE, _LEAST_SHARE * ranked[0].score)
        if len(chosen) == _MOST or weak:
            break
        low = one.printed.lower()
        if not any(low in other.lower() or other.lower() in low for other in chosen):
            chosen.append(one.printed)
    return chosen


def _in_title(title: str, abstract: str, method: str | None) -> Iterator[_Phrase]:
    body = title.find(":") + 1
    for phrase in _phrases(title):
        printed = _core(phrase.printed, abstract)
        score = 3.0
        score += 2.0 if _FOR.search(title[: phrase.start]) else 0.0
        score -= 2.5 if _MEANS.search(title[: phrase.start]) else 0.0
        score -= 2.0 if method and printed.lower() in method.lower() else 0.0
        score -= 1.0 if phrase.start < body else 0.0
        yield replace(phrase, printed=printed, score=score)


def _core(printed: str, abstract: str) -> str:
    """Drop the words in front that only the title has ("Soft Anchor-Point Object Detection")."""
    low, words = abstract.lower(), printed.split(" ")
    if printed.lower() in low:
        return printed
    for k in range(1, len(words) - 1):
        tail = " ".join(words[k:])
        if words[k].lower() not in _STOP and tail.lower() in low:
            return tail
    return printed


def _in_abstract(abstract: str) -> Iterator[_Phrase]:
    for phrase in _phrases(abstract):
        score = 0.6
        score += 0.5 if phrase.start < _OPENING else 0.0
        before = abstract[max(0, phrase.start - 30) : phrase.start]
        score += 1.2 if _NAMED_SO.search(before) else 0.0
        score += 0.8 if _AS_TASK.match(abstract, phrase.end) else 0.0
        yield replace(phrase, score=score)


def _phrases(text: str) -> Iterator[_Phrase]:
    """Yield the noun phrases that end in the head of a task ("semantic segmentation")."""
    words = find_words(text)
    for i, word in enumerate(words):
        head = word.text.lower()
        if not _is_head(head) or _continues(words, i, text):
            continue
        first = _first(words, i, text)
        end = _with_object(text, head, word.end, alone=first == i)
        if end is None and _may_be_task(words, first, i):
            end = _joined(words, i, text)
        if end is not None:
            start = words[first].start
            yield _Phrase(text[start:end], start, end)


def _with_object(text: str, head: str, end: int, *, alone: bool) -> int | None:
    """Take in the object of a head that says little alone ("summarization of documents")."""
    wanted = head not in _NO_OBJECT if alone else head in ("learning", "training")
    match = _OBJECT.match(text, end) if wanted else None
    return match.end() if match else None


def _joined(words: Sequence[Word], i: int, text: str) -> int:
    """Take in a second head behind "and" ("Classification and Segmentation")."""
    if len(words) <= i + 2 or text[words[i].end : words[i + 2].start] != " and ":
        return words[i].end
    joins = _is_head(words[i + 2].text.lower()) and not _continues(words, i + 2, text)
    return words[i + 2].end if joins else words[i].end


def _is_head(word: str) -> bool:
    if word.endswith("-resolution") and word != "super-resolution":
        return False
    if word in TASK_HEADS or (word.endswith("s") and word[:-1] in TASK_HEADS):
        return True
    return "-" in word and word.rpartition("-")[2] in TASK_HEADS


def _continues(words: Sequence[Word], i: int, text: str) -> bool:
    """Tell whether the next word is a head too ("search optimization")."""
    if i + 1 >= len(words) or text[words[i].end : words[i + 1].start] != " ":
        return False
    return _is_head(words[i + 1].text.lower())


def _first(words: Sequence[Word], i: int, text: str) -> int:
    """Return the first word of the phrase that ends at word `i`."""
    first = i
    while first > 0 and i - first < _MOST_WORDS:
        before = words[first - 1]
        if text[before.end : words[first].start] not in (" ", "-") or _ends(before.text.lower()):
            break
        first -= 1
    return first


def _ends(word: str) -> bool:
    """Tell stop words, adverbs, genitives and gerunds, which never stand inside a phrase."""
    if word in _STOP:
        return True
    if word.endswith("ing"):
        return "-" not in word and (word == "learning" or word not in TASK_HEADS)
    return word.endswith(("ly", "'s", "\u2019s")) and word != "weakly"


def _may_be_task(words: Sequence[Word], first: int, i: int) -> bool:
    head = words[i].text.lower()
    if first == i and "-" not in head:
        return head in _ALONE
    return head not in _VAGUE or words[i - 1].text.lower() not in _VAGUE_WITH


def _from_title(title: str) -> list[str]:
    """Fall back on the title: what stands behind "for", else a short rest behind the colon."""
    title = max(title.splitlines(), key=len, default="")
    tail = _TITLE_TAIL.search(title)
    if tail:
        return [tail["task"].strip(" *.")]
    body = title.partition(":")[2].strip() or title.strip()
    return [body] if body and len(body.split()) <= _MOST_WORDS and body[-1] not in "!?" else []
