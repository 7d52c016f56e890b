"""A printed name -> its canonical name: printed names that mean the same get the same."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from extractor.normalizing.acronyms import full_form, is_acronym, singular
from extractor.normalizing.keys import without_definition
from extractor.normalizing.lexicon import Lexicon
from extractor.normalizing.tables import NameTable
from extractor.records import NameKind

KEPT = 1 << 17
"""Names whose canonical name is remembered."""


def canonical(kind: NameKind, printed: str, *, table: NameTable) -> str:
    """
    Return the canonical name; two printed names of a kind are one if, and only if, it is the same.

    A listed name has the name of its list: "Top 1 Acc. (%)" is "Top-1 accuracy". Any other is folded to
    letters, digits and signs: "Foo-Bar 10" and "FooBar10" are both "foobar10"; `spelling` says how to
    show it.
    """
    return _canonical(kind, printed, table)


@lru_cache(maxsize=KEPT)
def _canonical(kind: NameKind, printed: str, table: NameTable) -> str:
    lexicon = table.lexicons[kind]
    key = lexicon.key(printed)
    name = lexicon.of_key(key)
    if name is None and ("(" in printed or "/" in printed):
        bare = without_definition(printed)
        key = lexicon.key(bare) if bare != printed else key
        name = lexicon.of_key(key) or _of_alternatives(lexicon, bare)
    return name or _unlisted(lexicon, key) or printed.strip()


def _unlisted(lexicon: Lexicon, key: str) -> str:
    """Return the key of a key of a key ... that stays, so that normalizing twice is normalizing once."""
    for _ in range(_ENOUGH):
        again = lexicon.key(key)
        if again == key:
            break
        key = again
    return lexicon.of_key(key) or key


_ENOUGH = 10


def _of_alternatives(lexicon: Lexicon, printed: str) -> str | None:
    """Return the one name that "A / B" or "A (B)" gives twice."""
    left, slash, right = printed.partition(" / ")
    if not slash:
        left, _, right = printed.rstrip(" .)").partition("(")
    name = lexicon.named(left)
    return name if name == lexicon.named(right) else None


def full_form_in_paper(printed: str, acronyms: Mapping[str, str]) -> str | None:
    """Return what a printed acronym stands for by `acronyms`, which a paper's own text defines."""
    acronym = singular(printed.strip())
    return acronyms.get(acronym) if is_acronym(acronym) else None


def canonical_in_paper(kind: NameKind, printed: str, acronyms: Mapping[str, str], *, table: NameTable) -> str:
    """
    Return the canonical name of what one paper prints; `acronyms` is what its own text defines.

    An acronym belongs to the full form that the paper gives it. Where no list has that form, but one has
    the acronym and knows no other full form of it, the list counts.
    """
    full = full_form_in_paper(printed, acronyms)
    if full is None:
        return canonical(kind, printed, table=table)
    lexicon = table.lexicons[kind]
    listed = lexicon.named(full)
    if listed is None:
        acronym = singular(printed.strip())
        name = lexicon.named(acronym)
        listed = None if name is None or _has_full_form(lexicon, acronym, name) else name
    return listed or canonical(kind, full, table=table)


def _has_full_form(lexicon: Lexicon, acronym: str, name: str) -> bool:
    return any(" " in one and full_form(acronym, one) == one for one in lexicon.printed.get(name, ()))


def spelling(kind: NameKind, name: str, printed: Iterable[str], *, table: NameTable) -> str:
    """
    Return how to show a canonical name: as the list has it, else as it is printed; never empty.

    Of several printed spellings the shortest is taken, of equally long ones the first by code points
    (capitals before small letters), so that it does not matter which paper came first.
    """
    if table.lexicons[kind].named(name) == name:
        return name
    return min(printed, key=lambda one: (len(one), one), default=name)
