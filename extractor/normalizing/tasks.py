"""Words of a task's name -> the words that say what is done, one word for those that mean the same."""

from extractor.normalizing.wording import Word, Words

_ALIKE = {
    "categorization": "classification",
    "forecasting": "prediction",
    "forecast": "prediction",
    "synthesis": "generation",
}
_GENERIC = frozenset(("task", "problem"))
_EMPTY = frozenset(("the", "and"))


def task_words(words: Words) -> Words:
    """Return words with text2sql read as text to SQL."""
    out: list[Word] = []
    for place, (text, glued) in enumerate(words):
        is_between = glued and place + 1 < len(words) and words[place + 1].glued
        out.append(Word("to" if text == "2" and is_between else text, glued and text != "2"))
    return tuple(out)


def finish_task(words: Words) -> Words:
    """Return the words without "task": trajectory forecasting is trajectory prediction."""
    kept = [Word(_ALIKE.get(text, text), glued) for text, glued in words if text not in _EMPTY]
    while len(kept) > 1 and kept[-1].text in _GENERIC:
        kept.pop()
    return tuple(kept) or words
