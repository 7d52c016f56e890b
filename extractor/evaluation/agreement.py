"""What two runs found in the same papers -> how far they agree, field by field, and where they differ."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.evaluation.figures import f1_of, mean_of
from extractor.evaluation.findings import Finding, Verdict
from extractor.evaluation.gold import GoldItem, GoldPaper, GoldPart
from extractor.evaluation.judging import judge
from extractor.evaluation.reading import Row, parts_of, values_in, values_of
from extractor.evaluation.rules import judged_fields, score_names
from extractor.records import FieldSpec, Record, fields_of

_ALIKE = (Verdict.RIGHT, Verdict.SAME)
_UNLIKE = (Verdict.EXTRA, Verdict.MISSED, Verdict.DIFFERENT)


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """
    How far two runs agree on one field.

    `both` have it alike, it stands in the `first` or the `second` alone, or is `different`. `agreement` is
    F1 of the second run where the first is taken for right, or the reverse, which is the same; None where
    neither has anything. A field of parts that both have ("claims.metric") can only be alike or different.
    """

    field: str
    agreement: float | None
    both: int
    first: int
    second: int
    different: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """
    What each of two runs says where they differ; None is nothing.

    `part` is what the part is known by, of which it is a field.
    """

    paper_id: str
    title: str
    field: str
    part: str | None
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    How far two runs agree on the papers that both have: by field, and where not, paper by paper.

    `macro` is the mean over the fields that count in the macro mean of an evaluation.
    """

    first: str
    second: str
    papers: int
    first_only: tuple[str, ...]
    second_only: tuple[str, ...]
    macro: float | None
    fields: tuple[FieldAgreement, ...]
    disagreements: tuple[Disagreement, ...]


def agreement_of(record_type: type[Record], found: Mapping[str, Iterable[Row]]) -> Agreement:
    """
    Return how far two runs agree, by the rules by which a run is compared with gold.

    `found` are the rows of the one and of the other, as view `records` has them. What both write alike is
    alike, also where the rules could not tell what it is.

    Raises:
        SchemaError: the record's `judging` names what the record does not have.
    """
    (first, ours), (second, theirs) = ((run, {row["id"]: row for row in rows}) for run, rows in found.items())
    common = [paper_id for paper_id in ours if paper_id in theirs]
    compared = {i: tuple(_compared(record_type, ours[i], theirs[i])) for i in common}
    fields = tuple(_fields(record_type, [finding for findings in compared.values() for finding in findings]))
    counted = {name for name, counts_in in score_names(record_type).items() if counts_in}
    return Agreement(
        first=first,
        second=second,
        papers=len(common),
        first_only=tuple(str(i) for i in ours if i not in theirs),
        second_only=tuple(str(i) for i in theirs if i not in ours),
        macro=mean_of(field.agreement for field in fields if field.field in counted),
        fields=fields,
        disagreements=tuple(
            Disagreement(str(i), str(ours[i].get("title") or ""), f.subject, f.part, f.expected, f.predicted)
            for i, findings in compared.items()
            for f in findings
            if f.verdict in _UNLIKE and f.subject not in record_type.judging.primary.values()
        ),
    )


def _compared(record_type: type[Record], ours: Row, theirs: Row) -> Iterator[Finding]:
    """Yield what is found about one paper, the first run standing for the gold."""
    single = {spec.name for spec in judged_fields(record_type) if not spec.many}
    single.update(record_type.judging.primary.values())
    by_subject: dict[str, list[Finding]] = {}
    for finding in judge(record_type, _as_gold(record_type, ours), theirs):
        by_subject.setdefault(finding.subject, []).append(finding)
    for subject, findings in by_subject.items():
        known = list(_with_equals(findings))
        yield from _as_one(known) if subject in single else known


def _with_equals(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings, those as alike that both runs write alike and the rules could not tell."""
    missed = [
        finding for finding in findings if finding.verdict is Verdict.MISSED and finding.expected is not None
    ]
    for finding in findings:
        twin = next((m for m in missed if m.expected == finding.predicted), None)
        if finding.verdict is Verdict.EXTRA and twin:
            missed.remove(twin)
            yield Finding(finding.subject, Verdict.RIGHT, finding.predicted, twin.expected)
        elif finding.verdict is Verdict.DIFFERENT and finding.predicted == finding.expected:
            yield Finding(finding.subject, Verdict.SAME, finding.predicted, finding.expected)
        elif finding.verdict is not Verdict.MISSED:
            yield finding
    yield from missed


def _as_one(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what each run alone has of a field that holds one value as one difference."""
    verdicts = {finding.verdict: finding for finding in findings}
    if verdicts.keys() == {Verdict.EXTRA, Verdict.MISSED}:
        extra, missed = verdicts[Verdict.EXTRA], verdicts[Verdict.MISSED]
        yield Finding(extra.subject, Verdict.DIFFERENT, extra.predicted, missed.expected)
    else:
        yield from findings


def _fields(record_type: type[Record], findings: Sequence[Finding]) -> Iterator[FieldAgreement]:
    counts = Counter((finding.subject, finding.verdict) for finding in findings)
    subjects = [*score_names(record_type), *(finding.subject for finding in findings)]
    for subject in dict.fromkeys(subjects):
        both = sum(counts[subject, verdict] for verdict in _ALIKE)
        second, first, different = (counts[subject, verdict] for verdict in _UNLIKE)
        agreement = f1_of(both, second + different, first + different)
        yield FieldAgreement(subject, agreement, both, first, second, different)


# ---------------------------------------------------------------- a run that stands for the gold


def _as_gold(record_type: type[Record], row: Row) -> GoldPaper:
    specs = fields_of(record_type)
    return GoldPaper(
        paper_id=str(row["id"]),
        title=None,
        items={s.name: _items(values_in(record_type, s, row)) for s in specs if s.part is None},
        parts={s.name: _parts(s, s.part, row.get(s.name)) for s in specs if s.part is not None},
    )


def _parts(spec: FieldSpec, part_type: type[Record], given: Any) -> tuple[GoldPart, ...]:  # noqa: ANN401
    return tuple(
        GoldPart(
            {inner.name: _items(values_of(inner, part.get(inner.name))) for inner in fields_of(part_type)}
        )
        for part in parts_of(spec, given)
    )


def _items(values: Iterable[Any]) -> tuple[GoldItem, ...]:
    return tuple(GoldItem((value,)) for value in values)
