"""Title or abstract -> the named datasets, benchmarks and corpora that it mentions, and where."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.providers.rules import vocabulary
from extractor.providers.rules.patterns import either, phrases_of, words_of
from extractor.providers.rules.pieces import PhraseFinder, cut
from extractor.providers.rules.surroundings import CITED, CUE, is_called_data
from extractor.providers.rules.words import COMMON, Word, find_words, is_capitalised, is_coined

_FINDER = PhraseFinder(phrases_of(vocabulary.KNOWN_DATASETS))
_LEAD = re.compile(
    r"\b(?:data\s?-?sets?|benchmarks?|corpora|databases|challenges|collections|data|tasks"
    r"|environments|domains|games)"
    r"(?:\s?,?\s(?:such\sas|including|like|namely|i\.e\.,?|e\.g\.,?|called|named|of|on|from)\s"
    r"(?:the\s)?|\s?[:(]\s?(?:i\.e\.,?|e\.g\.,?)?\s?|\s[-\u2013\u2014]\s?)"
)
_SEPARATOR = re.compile(
    rf"{CITED}(?:\s(?:data\s?-?sets?|benchmarks?|corpus|database|challenge))?"
    r"(?:\s?,\s?(?:(?:and|or)\s(?:on\s)?)?|\s(?:and|or|as\swell\sas|&)\s(?:on\s)?|\s?/\s?)"
    r"(?:also\s|the\s|both\s)*"
)
_ENDS_ITEM = re.compile(
    r"\s?[,.;:)(\[]|\s(?:and|or|as\swell\sas|data\s?-?sets?|benchmarks?|corpus|test|val\w*"
    r"|respectively|tasks?|with|show|demonstrate|using)\b|$"
)
# What may follow a listed name as a part of it: a version, a year, a pair of languages.
_VARIANT = re.compile(
    r"(?:[-_]?[A-Z\d][\w.-]*|[-_]v\d[\w.]*|[a-z]\b|'\d\d)?"
    r"(?:\s(?:(?:19|20)\d\d|v?\d\.\d|v\d+|[A-Z]{2,4}|\d{2,3})(?![\w%.]))?"
    r"(?:\s[A-Z][a-z]+(?:-to-|-|\u2013|\sto\s|->)[A-Z][a-z]+)?"
)
_LONGEST_VARIANT = 26
_PAIR = re.compile(r"\b[A-Z][a-z]+(?:-to-|\u2013|->)[A-Z][a-z]+\s$")
_VERSION = re.compile(r"(?:19|20)\d\d|v?\d(?:\.\d)?|\d{2,3}|v\d+")
_GLUED = re.compile(r"-(?:pre|tra|lik|bas|sca|lev|sty)|\s(?:pre-?\s?train|classification pre)")
_METRIC = re.compile(
    either(
        r"""
        m?AP; m?I[oO]U; mIOU; FID; IS; [PSR]Q; AUC; AUROC; F1; BLEU; ROUGE\S*; METEOR; CIDEr\S*;
        PSNR; SSIM; WER; CER; MAE; RMSE; MSE; Recall; Precision; Accuracy; Top; MRR; NDCG;
        (?:R|Hits)@\d+; Dice; LPIPS; MOTA; IDF1; HOTA; EER; FPS; G?FLOPs; MACs; SOTA; SoTA; \d+[xX]
        """
    )
)
_SMALL_INSIDE = words_of("of the in")
_NOT_DATA = words_of(
    """
    Transformer Network Networks Model Method Learning Graph Attention Convolutional Neural Deep
    Experiments Results Table Figure GPU NVIDIA Titan Xp GTX RTX Tesla V100 PyTorch TensorFlow
    """
)
_ALSO_TASKS = words_of("VQA RACE DROP MARS VOT MOT NLVR AVA SST DND VIS")
_ORDINARY = words_of(
    """
    race drop avenue drive stare spider electricity traffic scan math swag record pile zinc mars
    aid fever liar toxic wham chime uci reds salicon
    """
)
_MOST_WORDS, _LONGEST_GAP = 7, 60


@dataclass(frozen=True, slots=True)
class Named:
    """A name as printed and its place; `known` tells that it is on the list of datasets."""

    text: str
    start: int
    end: int
    known: bool


def find_datasets(text: str) -> list[Named]:
    """List the mentions of named datasets, left to right; the same name may come again."""
    spans = _spans(find_words(text), text)
    chosen: dict[int, Named] = {}
    for named in _known(text, spans):
        chosen[named.start] = named
    for span in spans:
        if span.start not in chosen and _is_dataset(span, text):
            chosen[span.start] = span
    _follow_lists(text, spans, chosen)
    return _apart(sorted(chosen.values(), key=lambda named: (named.start, -named.end)))


def _apart(named: Sequence[Named]) -> list[Named]:
    """Keep the first of names that overlap."""
    kept: list[Named] = []
    for one in named:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _known(text: str, spans: Sequence[Named]) -> Iterator[Named]:
    """Yield the names on the list, where they are printed with a capital."""
    pieces = cut(text)
    ahead = list(reversed(spans))
    for first, last in _FINDER.find(pieces):
        start, end = pieces[first].start, pieces[last - 1].end
        while ahead and ahead[-1].end <= start:
            ahead.pop()
        if not _is_printed_so(text, start, end):
            continue
        around = ahead[-1] if ahead and ahead[-1].start <= start else None
        named = _grown(text, start, end, around)
        if named.text not in _ALSO_TASKS or CUE.match(text, named.end):
            yield named


def _is_printed_so(text: str, start: int, end: int) -> bool:
    printed = text[start:end]
    if not any(letter.isupper() for letter in printed) and printed not in ("enwik8", "text8"):
        return False
    ordinary = printed.istitle() and printed.lower() in _ORDINARY
    return not (ordinary or printed in COMMON or _GLUED.match(text, end))


def _grown(text: str, start: int, end: int, around: Named | None) -> Named:
    """Widen a listed name to the name around it ("Occlusion LINEMOD", "ActivityNet v1.3")."""
    if around is not None and around.end >= end:
        match = _VARIANT.match(text, end, max(around.end, end + _LONGEST_VARIANT))
        start, end = _left_edge(text, start, around), match.end() if match else end
    return Named(text[start:end], start, end, known=True)


def _left_edge(text: str, start: int, around: Named) -> int:
    """Take in one plain word before, or what a hyphen ties on ("Split-MNIST")."""
    pair = _PAIR.search(text, max(0, start - 40), start)
    if pair:
        return pair.start()
    before = text[around.start : start]
    word = before.strip()
    plain = word.istitle() and word.isalpha() and word not in COMMON
    return around.start if " " not in before or plain else start


def _spans(words: Sequence[Word], text: str) -> list[Named]:
    """Group neighbouring capitalised or coined words into names."""
    spans, i = [], 0
    while i < len(words):
        j = i
        while j < len(words) and _continues(words, i, j, text):
            j += 1
        while j > i and words[j - 1].text in _SMALL_INSIDE:
            j -= 1
        if j > i:
            start, end = words[i].start, words[j - 1].end
            spans.append(Named(text[start:end], start, end, known=False))
        i = max(j, i + 1)
    return spans


def _continues(words: Sequence[Word], first: int, i: int, text: str) -> bool:
    word = words[i].text
    if i > first and text[words[i - 1].end : words[i].start] != " ":
        return False
    if i - first >= _MOST_WORDS:
        return False
    if is_capitalised(word) or is_coined(word):
        return True
    return i > first and (bool(_VERSION.fullmatch(word)) or word in _SMALL_INSIDE)


def _is_dataset(span: Named, text: str) -> bool:
    """Tell whether what stands around a name says that it names a dataset."""
    is_name = _may_be_listed(span) and bool(span.text[1:])
    return is_name and is_called_data(text, span.start, span.end)


def _follow_lists(text: str, spans: Sequence[Named], chosen: dict[int, Named]) -> None:
    """Add the names that share a list with a dataset, or follow "datasets such as"."""
    starts = {span.start: span for span in spans}
    for match in _LEAD.finditer(text):
        span = starts.get(match.end())
        if span and _may_be_listed(span) and _opens_list(text, span):
            chosen.setdefault(span.start, span)
    pairs = list(pairwise(spans))
    for before, after in pairs:
        if before.start in chosen and _are_listed(text, before, after) and _may_be_listed(after):
            chosen.setdefault(after.start, after)
    for before, after in reversed(pairs):
        if after.start in chosen and _are_listed(text, before, after) and _may_be_listed(before):
            chosen.setdefault(before.start, before)


def _opens_list(text: str, span: Named) -> bool:
    return bool(_ENDS_ITEM.match(text, span.end)) or is_coined(span.text.split(maxsplit=1)[0])


def _are_listed(text: str, before: Named, after: Named) -> bool:
    if after.start - before.end > _LONGEST_GAP:
        return False
    listed = _SEPARATOR.fullmatch(text, before.end, after.start)
    return bool(listed and _ENDS_ITEM.match(text, after.end))


def _may_be_listed(span: Named) -> bool:
    last = span.text.rpartition(" ")[2]
    return not (span.text in COMMON or last in _NOT_DATA or _METRIC.fullmatch(span.text))
