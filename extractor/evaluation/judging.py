"""What a run gives for a paper, and its gold -> what is found about each value."""

from collections.abc import Iterator, Sequence
from typing import Any

from extractor.evaluation.findings import Finding, Verdict, findings_of, shown
from extractor.evaluation.gold import GoldItem, GoldPaper
from extractor.evaluation.pairing import Pairing, pair
from extractor.evaluation.parts import judge_parts
from extractor.evaluation.reading import Row, values_in
from extractor.evaluation.rules import judged_fields
from extractor.evaluation.wording import agreement
from extractor.records import FieldSpec, Record


def judge(record_type: type[Record], paper: GoldPaper, row: Row) -> Iterator[Finding]:
    """Yield what is found about each value that a run gives for a paper, and about what it missed."""
    for spec in judged_fields(record_type):
        if spec.part is not None:
            yield from judge_parts(spec, spec.part, row.get(spec.name), paper.parts[spec.name])
        else:
            values, gold = values_in(record_type, spec, row), paper.items[spec.name]
            yield from _judge_values(spec, values, gold, record_type.judging.primary.get(spec.name))


def _judge_values(
    spec: FieldSpec, values: Sequence[Any], gold: Sequence[GoldItem], primary: str | None
) -> Iterator[Finding]:
    pairing = pair(len(values), gold, lambda i, j: agreement(spec.role, values[i], gold[j].accept))
    similar = [i for i, j in pairing.right.items() if agreement(spec.role, values[i], gold[j].accept)[0] < 1]
    ours, theirs = [shown(value) for value in values], [shown(item.accept[0]) for item in gold]
    yield from findings_of(spec.name, pairing, ours, theirs, similar)
    if primary is not None:
        yield from _judge_primary(primary, pairing, ours, theirs)


def _judge_primary(
    subject: str, pairing: Pairing, predicted: Sequence[str], expected: Sequence[str]
) -> Iterator[Finding]:
    """
    Yield what is found about the one thing that a list is about, once a paper.

    It is right where any predicted item agrees with any of the gold, required or optional. Every paper is
    about something: it is missed where nothing is predicted, whatever the gold has.
    """
    if pairing.right or pairing.ignored:
        yield Finding(subject, Verdict.RIGHT, predicted[0], expected[0])
        return
    if predicted:
        yield Finding(subject, Verdict.EXTRA, predicted[0])
    yield Finding(subject, Verdict.MISSED, expected=shown(expected[:1]) or None)
