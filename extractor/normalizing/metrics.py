"""Words of a metric's name -> what is measured: units and fillers off, averaging and split in front."""

import re

from extractor.normalizing.wording import Word, Words, is_marked

_UNIT = re.compile(
    r"""(?:\s*(?:
        [(\[]\s*(?:in\s+)?(?:%|percent(?:age)?|points?|pp|mm|cm|px|pixels?|db|deg(?:rees?)?|[°º↑↓])\s*[)\]]
        | (?<=params)\s*\(m\) | (?<=parameters)\s*\((?:m|in\smillions?|millions?)\)
        | ,?\sin\s(?:%|percent|mm|points)
        | [↑↓]
        ))+\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_SCALED = re.compile(r"(flops?|macs?)\s*\(\s*([gmt])\s*\)", re.IGNORECASE)
_COUNT = re.compile(r"#(?:\s*of\b)?")
_PERCENT = re.compile(r"(?<!\d)%|(?<=\d)%(?=\s*\))")


def undress_metric(text: str) -> str:
    """
    Return the name without a unit that leaves its numbers as they are: Accuracy (%) is Accuracy.

    Milliseconds stay apart from seconds; FLOPs (G) is GFLOPs.
    """
    text = _SCALED.sub(r"\2\1", text)
    bare = _PERCENT.sub(" ", _UNIT.sub("", text))
    bare = _COUNT.sub(" number of ", bare)
    return bare if bare.strip(" ()[]").lower() not in {"", "error"} or "%" in text else text


_ONE_SPELLING = {
    "acc": "accuracy",
    "avg": "average",
    "averaged": "average",
    "averaging": "average",
    "bbox": "box",
    "maximum": "max",
    "minimum": "min",
    "num": "number",
    "ms": "millisecond",
    "s": "second",
    "sec": "second",
    "testing": "test",
    "training": "train",
    "valid": "val",
    "validation": "val",
}
_AT = {
    "accuracy": "top",
    "h": "hit",
    "n": "ndcg",
    "p": "precision",
    "prec": "precision",
    "r": "recall",
    "rec": "recall",
}


def metric_words(words: Words) -> Words:
    """Return words in one spelling: mIoU is mean IoU, R@1 and Recall at 1 are recall 1."""
    out: list[Word] = []
    for place, (text, glued) in enumerate(words):
        following = words[place + 1].text if place + 1 < len(words) else ""
        if text == "mAcc":
            out += [Word("mean", glued), Word("class", glued=False), Word("accuracy", glued=False)]
        elif is_marked(text):
            out += [Word("mean", glued), Word(text[1:].lower(), glued=False)]
        elif text in {"@", "at"} and out and (text == "@" or following[:1].isdigit()):
            out[-1] = Word(_AT.get(out[-1].text, out[-1].text), out[-1].glued)
        elif text == "no" and following == "of":
            out.append(Word("number", glued))
        elif text == "k" and following[:1].isdigit() and not words[place + 1].glued:
            continue
        else:
            out.append(Word(_ONE_SPELLING.get(text, text), glued))
    return tuple(out)


def finish_metric(words: Words) -> Words:
    """Return the words in one order, without those that say nothing: F1 (macro average) is macro F1."""
    texts = [word.text for word in words]
    for tidy in (_without_fillers, _thresholds, _cuts, _averages_first):
        texts = tidy(texts)
    return tuple(Word(text, glued=False) for text in texts)


_POOLED = frozenset(("macro", "micro", "weighted"))
_SETS = frozenset(("test", "val", "train", "dev"))
_RATES = frozenset(("error", "accuracy", "recall", "precision"))
_EMPTY = frozenset(("the", "and", "metric"))


def _without_fillers(texts: list[str]) -> list[str]:
    pooled = not _POOLED.isdisjoint(texts)
    graded = "accuracy" in texts or "error" in texts
    kept: list[str] = []
    for text in texts:
        before = kept[-1] if kept else ""
        if (
            text in _EMPTY
            or (text == "average" and pooled)
            or (text == "classification" and graded)
            or (text == "rate" and before in _RATES)
            or (text in {"set", "split"} and before in _SETS)
        ):
            continue
        kept.append("mean" if text == "average" else text)
    return kept or texts


_AREAS = frozenset(("iou", "tiou"))
_SHARES = {"0.25": "25", "0.5": "50", "0.75": "75", "0.95": "95"}


def _thresholds(texts: list[str]) -> list[str]:
    """Read mAP@0.5, mAP@.50, mAP (IoU=0.5) and mAP50 alike."""
    if "ap" in texts:
        return [_SHARES.get(text, text) for text in texts if text not in _AREAS]
    return texts


def _cuts(texts: list[str]) -> list[str]:
    """Read Top-1, Acc@1 and top-1 accuracy alike, Rank-1 accuracy as Rank-1."""
    if len(texts) > 1 and texts[-1].isdigit() and texts[-2] == "top":
        return [*texts, "accuracy"]
    if len(texts) > 2 and texts[-3] == "rank" and texts[-1] == "accuracy":  # noqa: PLR2004 - rank, 1, accuracy
        return texts[:-1]
    return texts


FIRST = frozenset(
    (
        *("binary", "box", "class", "macro", "mask", "max", "mean", "median", "micro", "min", "overall"),
        *("dev", "seen", "test", "train", "unseen", "val", "weighted"),
    )
)
"""What is averaged, and over what: these words come first."""


def _averages_first(texts: list[str]) -> list[str]:
    """Read IoU (mean) as mean IoU."""
    first = [text for text in texts if text in FIRST]
    if not first or len(first) == len(texts):
        return texts
    return sorted(first) + [text for text in texts if text not in FIRST]
