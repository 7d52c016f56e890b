"""What was found about a run's papers -> counts by paper, and the run's figures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractor.evaluation.figures import (
    Accuracy,
    JudgedPaper,
    Macro,
    RunFigures,
    Score,
    Share,
    f1_of,
    mean_of,
    share_of,
)
from extractor.evaluation.findings import Finding, Verdict
from extractor.evaluation.intervals import interval

Counts = tuple[int, ...]
"""Right, extra and missed, score after score."""

F1s = Sequence[float | None]
"""Of one score, or of the macro mean, a draw of papers each."""

_COUNTED = (Verdict.RIGHT, Verdict.EXTRA, Verdict.MISSED)
_COMPARED = (Verdict.SAME, Verdict.DIFFERENT)
_LOOKED_UP = (Verdict.IN_TEXT, Verdict.ABSENT)


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run whose every value is judged; see `RunFigures`."""

    run: str
    models: tuple[str, ...]
    papers: tuple[JudgedPaper, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def findings(self) -> Iterator[Finding]:
        """What was found, paper after paper."""
        return (finding for paper in self.papers for finding in paper.findings)


def counts_of(scores: Iterable[str], findings: Iterable[Finding]) -> Counts:
    """Return the counts of one or more papers."""
    found = Counter((finding.subject, finding.verdict) for finding in findings)
    return tuple(found[score, verdict] for score in scores for verdict in _COUNTED)


def f1s_of(scores: Mapping[str, bool], counts: Counts) -> tuple[float | None, ...]:
    """Return F1 of each score and, last, of the macro mean; `scores` say whether they count in that."""
    f1s = [f1_of(*counts[place : place + len(_COUNTED)]) for place in range(0, len(counts), len(_COUNTED))]
    return (*f1s, mean_of(f1 for f1, counts_in in zip(f1s, scores.values(), strict=True) if counts_in))


def figures_of(run: JudgedRun, scores: Mapping[str, bool], drawn: Sequence[F1s]) -> RunFigures:
    """Return how good a run is; `drawn` are F1 of each score and, last, of the macro mean."""
    found = Counter((finding.subject, finding.verdict) for finding in run.findings)
    by_score = {score: _score(found, score, f1s) for score, f1s in zip(scores, drawn, strict=False)}
    return RunFigures(
        run=run.run,
        models=run.models,
        scores=by_score,
        macro=_macro({score: by_score[score] for score, counts_in in scores.items() if counts_in}, drawn[-1]),
        accuracies=_accuracies(run.findings),
        absent=_absent(run.findings),
        missing=run.missing,
        unknown=run.unknown,
        papers=run.papers,
    )


def _score(found: Mapping[tuple[str, Verdict], int], score: str, drawn: F1s) -> Score:
    right, extra, missed = (found[score, verdict] for verdict in _COUNTED)
    f1 = f1_of(right, extra, missed)
    low, high = interval(f1, drawn)
    return Score(
        precision=share_of(right, extra),
        recall=share_of(right, missed),
        f1=f1,
        low=low,
        high=high,
        tp=right,
        fp=extra,
        fn=missed,
        ignored=found[score, Verdict.IGNORED],
    )


def _macro(scores: Mapping[str, Score], drawn: F1s) -> Macro:
    f1 = mean_of(score.f1 for score in scores.values())
    low, high = interval(f1, drawn)
    return Macro(
        precision=mean_of(score.precision for score in scores.values()),
        recall=mean_of(score.recall for score in scores.values()),
        f1=f1,
        low=low,
        high=high,
        fields=tuple(name for name, score in scores.items() if score.f1 is not None),
    )


def _accuracies(findings: Iterable[Finding]) -> dict[str, Accuracy]:
    compared = [finding for finding in findings if finding.verdict in _COMPARED]
    stated = _shares((f for f in compared if f.expected is not None), Verdict.SAME)
    return {
        field: Accuracy(share, stated.get(field, Share(0, 0)))
        for field, share in _shares(compared, Verdict.SAME).items()
    }


def _absent(findings: Iterable[Finding]) -> dict[str, Share]:
    return _shares((finding for finding in findings if finding.verdict in _LOOKED_UP), Verdict.ABSENT)


def _shares(findings: Iterable[Finding], counted: Verdict) -> dict[str, Share]:
    """Return by subject how many of the findings say the one thing."""
    verdicts: dict[str, Counter[bool]] = {}
    for finding in findings:
        verdicts.setdefault(finding.subject, Counter())[finding.verdict is counted] += 1
    return {subject: Share(found[True], found.total()) for subject, found in verdicts.items()}
