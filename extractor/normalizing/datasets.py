"""Words of a dataset's name -> what it is: series with full years, languages by name, the split last."""

from extractor.normalizing.wording import Word, Words, full_year

_SERIES = frozenset(
    (
        *("ace", "asvspoof", "bea", "bionlp", "brats", "clef", "conll", "davis", "dcase", "duc", "icdar"),
        *(
            "ilsvrc",
            "isbi",
            "isic",
            "iwslt",
            "lits",
            "mot",
            "ntcir",
            "semeval",
            "senseval",
            "shrec",
            "sighan",
        ),
        *("tac", "thumo", "trec", "vidit", "visda", "voc", "vot", "wmt", "wnut"),
    )
)
"""Challenges that are held every year: WMT14 is WMT 2014."""
_LANGUAGES = {
    "ar": "arabic",
    "bg": "bulgarian",
    "bn": "bengali",
    "ca": "catalan",
    "cs": "czech",
    "cz": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "gu": "gujarati",
    "ha": "hausa",
    "he": "hebrew",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "ja": "japanese",
    "kk": "kazakh",
    "ko": "korean",
    "lt": "lithuanian",
    "lv": "latvian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "th": "thai",
    "tr": "turkish",
    "uk": "ukrainian",
    "ur": "urdu",
    "vi": "vietnamese",
    "zh": "chinese",
}
_NAMED = frozenset(_LANGUAGES.values())
_SPLITS = {
    "test": "test",
    "testing": "test",
    "train": "train",
    "training": "train",
    "trainval": "trainval",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "dev",
    "development": "dev",
    "minival": "minival",
}
_PARTS = {
    "challenge": "challenge",
    "clean": "clean",
    "dev": "dev",
    "other": "other",
    "standard": "std",
    "std": "std",
}
_SETS = frozenset(("set", "split", "data"))
_EPISODE = frozenset(("way", "shot"))
_GENERIC = frozenset(("dataset", "benchmark", "corpus", "corpora", "database", "the"))


def dataset_words(words: Words) -> Words:
    """Return words with years in full, versions with a v, languages of a pair by name."""
    return _scales(_pairs(_versions(_years(words))))


def _years(words: Words) -> Words:
    out = list(words)
    for place in range(1, len(words)):
        text, glued = words[place]
        is_short = len(text) == 2 and text.isdigit()  # noqa: PLR2004 - a year of two digits
        if is_short and words[place - 1].text in _SERIES and not _glued_after(words, place):
            out[place] = Word(full_year(text), glued)
    return tuple(out)


def _versions(words: Words) -> Words:
    """Give 1.1 the v of v1.1, and take the .0 off v2.0: SQuAD2.0 is SQuAD v2."""
    out: list[Word] = []
    for place, (text, glued) in enumerate(words):
        if place and text.count(".") == 1 and not _glued_after(words, place):
            if not out[-1].text.endswith("v"):
                out.append(Word("v", glued))
            out.append(Word(text.removesuffix(".0"), glued=True))
        else:
            out.append(Word(text, glued))
    return tuple(out)


def _pairs(words: Words) -> Words:
    """Read En-De, EN to DE and English-German alike; the order tells pairs apart."""
    out: list[Word] = []
    place = 0
    while place < len(words):
        ahead = place + 1
        if ahead < len(words) and words[ahead].text == "to":
            ahead += 1
        pair = _pair(words, place, ahead)
        out.extend(pair or words[place : place + 1])
        place = ahead + 1 if pair else place + 1
    return tuple(out)


def _pair(words: Words, left: int, right: int) -> list[Word] | None:
    if right >= len(words):
        return None
    names = [_LANGUAGES.get(words[place].text, words[place].text) for place in (left, right)]
    if any(name not in _NAMED for name in names) or words[left].glued or words[right].glued:
        return None
    return [Word(name, glued=False) for name in names]


def _scales(words: Words) -> Words:
    """Read x4, 4x and 4x upscaling alike."""
    out: list[Word] = []
    for word in words:
        last = out[-1] if out else Word("", glued=False)
        if word.glued and last.text == "x" and not last.glued and word.text.isdigit():
            out[-1:] = [Word(word.text, glued=False), Word("x", glued=True)]
        elif word.text != "upscaling" or last.text != "x":
            out.append(word)
    return tuple(out)


def _glued_after(words: Words, place: int) -> bool:
    return place + 1 < len(words) and words[place + 1].glued


def finish_dataset(words: Words) -> Words:
    """Return the words without "dataset" and its like, ways and shots in one order, a split at the end."""
    named = tuple(word for place, word in enumerate(words) if not _says_nothing(words, place)) or words
    kept: list[Word] = []
    episode: list[Word] = []
    split: list[Word] = []
    for place, (text, glued) in enumerate(named):
        before = named[place - 1].text if place else ""
        if not place or glued:
            kept.append(Word(text, glued))
        elif text in _SPLITS:
            split.append(Word(_SPLITS[text], glued=False))
        elif split and before in _SPLITS and text in _PARTS:
            split.append(Word(_PARTS[text], glued=False))
        elif text in _EPISODE and before[-1].isdigit():
            episode += [kept.pop(), Word(text, glued=True)]
        elif not (split and before in _SPLITS and text in _SETS):
            kept.append(Word(text, glued))
    if episode and episode[1].text == "shot":
        episode = [*episode[2:], *episode[:2]]
    return (*kept, *episode, *split)


def _says_nothing(words: Words, place: int) -> bool:
    """Tell whether a word is no part of a name: "dataset", the "to" of A to B, "and" but between numbers."""
    text = words[place].text
    before = words[place - 1].text if place else ""
    following = words[place + 1].text if place + 1 < len(words) else ""
    return (
        text in _GENERIC
        or (text == "and" and not following[:1].isdigit())
        or (text == "to" and bool(before and following))
        or (text == "shared" and following == "task")
        or (text == "task" and before == "shared")
    )
