"""What was found about a run's papers -> its errors, a row each."""

from collections.abc import Iterator
from dataclasses import dataclass

from extractor.evaluation.figures import RunFigures
from extractor.evaluation.findings import Finding, Verdict

_ERRORS = (Verdict.EXTRA, Verdict.MISSED, Verdict.DIFFERENT, Verdict.ABSENT)


@dataclass(frozen=True, slots=True)
class Listed:
    """One error, or one name that was taken for right though its words differ ("similar")."""

    paper_id: str
    field: str
    what: str
    predicted: str | None
    expected: str | None


def errors_of(run: RunFigures) -> Iterator[Listed]:
    """Yield the errors of a run, paper by paper."""
    for paper in run.papers:
        for finding in paper.findings:
            if finding.verdict in _ERRORS or finding.is_similar:
                yield Listed(
                    paper.paper_id, finding.subject, _what(finding), finding.predicted, finding.expected
                )


def _what(finding: Finding) -> str:
    return "similar" if finding.is_similar else finding.verdict.value
