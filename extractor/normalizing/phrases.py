"""Words -> the same words, what a table knows in them put into its canonical form."""

from collections.abc import Mapping

from extractor.normalizing.wording import Word, Words, joined

Phrases = Mapping[str, Words]
"""Squashed words to the words that stand for them."""

LONGEST = 9
"""Words of the longest phrase that is looked for."""


def rewrite(words: Words, phrases: Phrases) -> Words:
    """Return words with each known phrase in its canonical words, longest first: NER is three words."""
    if not phrases:
        return words
    out: list[Word] = []
    start, count = 0, len(words)
    while start < count:
        end, found = _longest(words, start, phrases)
        out.extend(words[start:end] if found is None else found)
        start = end
    return tuple(out)


def _longest(words: Words, start: int, phrases: Phrases) -> tuple[int, Words | None]:
    """Return where the longest phrase from here ends, and what stands for it."""
    last, longest = start + 1, None
    if words[start].glued:
        return last, longest
    piece = ""
    count = len(words)
    for end in range(start + 1, min(count, start + LONGEST) + 1):
        piece = joined(piece, words[end - 1].text)
        found = phrases.get(piece)
        if found is not None and (end == count or _may_end(words[end - 1], words[end])):
            last, longest = end, found
    return last, longest


def _may_end(last: Word, following: Word) -> bool:
    """Tell whether a phrase may end here: within COCO2014 after COCO, within 3DPW nowhere."""
    return not following.glued or (following.text[0].isdigit() and last.text[-1].isalpha())
