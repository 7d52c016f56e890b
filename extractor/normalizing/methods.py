"""Words of a method's name -> its name proper: sizes in full, "plus" as a sign."""

from extractor.normalizing.wording import Word, Words

_SIZES = {
    "t": "tiny",
    "s": "small",
    "b": "base",
    "l": "large",
    "h": "huge",
    "g": "giant",
}
_TRANSFORMERS = frozenset(
    (
        "bart",
        "beit",
        "bert",
        "convnext",
        "deberta",
        "deit",
        "electra",
        "mae",
        "roberta",
        "swin",
        "vit",
        "xlnet",
    )
)
"""Families whose sizes are printed as a letter or a word."""
_GENERIC = frozenset(("algorithm", "architecture", "framework", "method", "model"))
_EMPTY = frozenset(("the", "and"))


def method_words(words: Words) -> Words:
    """Return words with the size of a known family in full: ViT-B/16 is ViT base 16."""
    out: list[Word] = []
    for place, (text, glued) in enumerate(words):
        before = words[place - 1].text if place else ""
        size = _SIZES.get(text)
        if size and not glued and before in _TRANSFORMERS:
            out.append(Word(size, glued=False))
        elif text == "plus" and place:
            out.append(Word("+", glued=False))
        else:
            out.append(Word(text.removesuffix(".0") if place else text, glued))
    return tuple(out)


def finish_method(words: Words) -> Words:
    """Return the words without "model" and its like behind a name: BERT model is BERT."""
    kept = [word for word in words if word.text not in _EMPTY]
    is_named = len(kept) == 2 or (len(kept) > 1 and kept[-2].text[-1].isdigit())  # noqa: PLR2004 - name, model
    if is_named and kept[-1].text in _GENERIC:
        kept.pop()
    return tuple(kept) or words
