"""A printed name -> its key: what is left when case, hyphens, units and filling words are set aside."""

import re

from extractor.normalizing.acronyms import full_form, is_acronym, singular
from extractor.normalizing.datasets import dataset_words, finish_dataset
from extractor.normalizing.dressing import undress
from extractor.normalizing.methods import finish_method, method_words
from extractor.normalizing.metrics import finish_metric, metric_words, undress_metric
from extractor.normalizing.phrases import Phrases, rewrite
from extractor.normalizing.tasks import finish_task, task_words
from extractor.normalizing.wording import Words, key, words_of
from extractor.records import NameKind

_READ = {"task": task_words, "dataset": dataset_words, "metric": metric_words, "method": method_words}
_FINISH = {"task": finish_task, "dataset": finish_dataset, "metric": finish_metric, "method": finish_method}
_BRACKET = re.compile(r"\s*\(([^()]+)\)")


def read_words(kind: NameKind, printed: str) -> Words:
    """Return the words of a printed name, each in one spelling."""
    text = undress(printed)
    if kind == "metric":
        text = undress_metric(text)
    return _READ[kind](words_of(text))


def finished_words(kind: NameKind, printed: str, phrases: Phrases) -> Words:
    """Return the words that tell a name from others, known phrases in their canonical form."""
    return _FINISH[kind](rewrite(read_words(kind, printed), phrases))


def key_of(kind: NameKind, printed: str, phrases: Phrases) -> str:
    """Return the key of a printed name, "" where it has neither letter nor digit."""
    return key(finished_words(kind, printed, phrases))


def without_definition(printed: str) -> str:
    """Return a name without the acronym that it defines: Named Entity Recognition (NER) is without (NER)."""
    for bracket in _BRACKET.finditer(printed):
        before, inside = printed[: bracket.start()], bracket[1].strip()
        short = singular(inside)
        if is_acronym(short) and _stands_for(short, before):
            return before + printed[bracket.end() :]
        head, _, last = before.rpartition(" ")
        if is_acronym(singular(last)) and " " in inside and full_form(singular(last), inside) == inside:
            return f"{head} {inside}{printed[bracket.end() :]}".strip()
    return printed


def _stands_for(short: str, before: str) -> bool:
    full = full_form(short, before)
    return full is not None and len(full) > len(short)
