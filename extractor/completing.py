"""
A weak provider's record and its partner's -> one grounded record.

A value of the first that the text bears out stays. What it left out, or got outside the text, comes
from the partner. A weak model also fills several fields with one value: such a value stays only where the
partner has it too. Each row says in `found_by` whose it is.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from extractor.finding import Evidence
from extractor.folding import fold
from extractor.grounding import GroundedPart, GroundedRecord, GroundedValue
from extractor.records import Role


def complete(first: GroundedRecord, partner: GroundedRecord, *, found_by: tuple[str, str]) -> GroundedRecord:
    """
    Return `first` completed by `partner`, both of one text and one record type.

    `found_by` names the two providers, in that order.
    """
    first = _without_echoes(first, partner)
    own, other = first.parts[0], partner.parts[0]
    parts = [_single_values(own, other, found_by)]
    tables = dict.fromkeys(part.table for part in (*first.parts[1:], *partner.parts[1:]))
    for table in tables:
        parts.extend(_items(table, first, partner, found_by))
    return GroundedRecord(first.text, tuple(parts))


def _without_echoes(first: GroundedRecord, partner: GroundedRecord) -> GroundedRecord:
    """Return the record without names that stand in several of its fields and not there in the partner's."""
    given = Counter(word for _, word in set(_named(first)))
    shared = set(_named(partner))
    echoes = {(f, word) for f, word in _named(first) if given[word] > 1 and (f, word) not in shared}
    single, *rest = first.parts
    single = replace(single, values=tuple(_emptied(value, echoes) for value in single.values))
    kept = [part for part in rest if not (part.is_item and _key(part.values[0]) in echoes)]
    return replace(first, parts=(single, *kept))


def _named(record: GroundedRecord) -> Iterator[tuple[str, str]]:
    """Yield field and folded name of the record's own names, single or in lists."""
    for part in record.parts:
        if part.table is None or part.is_item:
            yield from (_key(value) for value in part.values if _is_name(value))


def _key(value: GroundedValue) -> tuple[str, str]:
    return value.field, fold(str(value.value)).chars


def _is_name(value: GroundedValue) -> bool:
    return value.role is Role.NAME and value.value is not None


def _emptied(value: GroundedValue, echoes: set[tuple[str, str]]) -> GroundedValue:
    is_echo = _is_name(value) and _key(value) in echoes
    return replace(value, value=None, evidence=None, doubt=None) if is_echo else value


def _single_values(own: GroundedPart, other: GroundedPart, found_by: tuple[str, str]) -> GroundedPart:
    chosen: list[GroundedValue] = []
    givers: dict[str, None] = {}
    for mine, theirs in zip(own.values, other.values, strict=True):
        is_mine = mine.value is not None and mine.doubt is None
        chosen.append(mine if is_mine else theirs)
        if chosen[-1].value is not None:
            givers[found_by[0] if is_mine else found_by[1]] = None
    return replace(own, values=tuple(chosen), found_by="+".join(givers) or None)


def _items(
    table: str | None, first: GroundedRecord, partner: GroundedRecord, found_by: tuple[str, str]
) -> Iterator[GroundedPart]:
    kept = [part for part in first.parts if part.table == table and part.is_verified]
    kept = [part for index, part in enumerate(kept) if not _is_repeated(part, kept[:index])]
    added = [p for p in partner.parts if p.table == table and not _is_among(p, kept)]
    givers = [found_by[0]] * len(kept) + [found_by[1]] * len(added)
    for position, (part, giver) in enumerate(zip([*kept, *added], givers, strict=True)):
        yield replace(part, position=position, found_by=giver)


def _is_repeated(part: GroundedPart, others: list[GroundedPart]) -> bool:
    """Tell whether a provider says a thing twice: one number of two datasets is two things."""
    return any(_is_same(part, other) and not _is_contrary(part, other) for other in others)


def _is_contrary(left: GroundedPart, right: GroundedPart) -> bool:
    names, others = _names(left), _names(right)
    return any(names[field] != others[field] for field in names.keys() & others.keys())


def _names(part: GroundedPart) -> dict[str, str]:
    return dict(_key(value) for value in part.values if _is_name(value))


def _is_among(part: GroundedPart, others: list[GroundedPart]) -> bool:
    return any(_is_same(part, other) for other in others)


def _is_same(left: GroundedPart, right: GroundedPart) -> bool:
    """Tell whether two rows say the same: equal words, or equal numbers of quotes that overlap."""
    if len(left.values) == 1:
        return fold(str(left.values[0].value)).chars == fold(str(right.values[0].value)).chars
    if _quote(left) is None and _quote(right) is None:
        return _words(left) == _words(right)
    return _numbers(left) == _numbers(right) and _is_overlapping(_quote(left), _quote(right))


def _words(part: GroundedPart) -> dict[str, str]:
    return {value.field: fold(str(value.value)).chars for value in part.values if value.value is not None}


def _numbers(part: GroundedPart) -> list[object]:
    return [value.value for value in part.values if value.role is Role.NUMBER]


def _quote(part: GroundedPart) -> Evidence | None:
    return next((value.evidence for value in part.values if value.role is Role.QUOTE), None)


def _is_overlapping(left: Evidence | None, right: Evidence | None) -> bool:
    if left is None or right is None or left.field != right.field:
        return False
    if left.start is None or left.end is None or right.start is None or right.end is None:
        return False
    return left.start < right.end and right.start < left.end
