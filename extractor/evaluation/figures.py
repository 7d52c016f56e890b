"""Counts -> precision, recall, F1, their macro mean, shares; and the values that hold them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from extractor.evaluation.findings import Finding, Verdict
from extractor.evaluation.lines import Problem

_ERRORS = (Verdict.EXTRA, Verdict.MISSED, Verdict.DIFFERENT, Verdict.ABSENT)


@dataclass(frozen=True, slots=True)
class Score:
    """
    How good one field is, over all papers; what is undefined (nothing given, nothing expected) is None.

    `low` and `high` bound F1: see `extractor.evaluation.intervals`.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None
    tp: int
    fp: int
    fn: int
    ignored: int


@dataclass(frozen=True, slots=True)
class Macro:
    """The plain mean over the fields whose score is defined and counts; `fields` are those of F1."""

    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """The quotient, None of nothing."""
        return self.count / self.of if self.of else None

    def __add__(self, other: "Share") -> "Share":
        """Return both together."""
        return Share(self.count + other.count, self.of + other.of)


NONE_OF_NONE = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a field of found parts is right: of all, and of those for which the gold states something."""

    all: Share
    stated: Share


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of a run less that of the first run, on the same papers; None where either is undefined."""

    f1: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class JudgedPaper:
    """What was found about one paper's values."""

    paper_id: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """
    One error, or one name that was taken for right though its words differ ("similar").

    `part` is what the part is known by, of which it is a field.
    """

    paper_id: str
    field: str
    what: str
    part: str | None
    predicted: str | None
    expected: str | None


@dataclass(frozen=True, slots=True)
class RunFigures:
    """
    How good one run is; `models` are those that its rows name.

    `accuracies` are by field of the parts that were found ("claims.metric"), `absent` by field whose
    values are looked for in the text: so many are not there. `missing` are papers of the gold for which the
    run gives nothing (they count as empty), `unknown` its papers that the gold does not have.
    """

    run: str
    models: tuple[str, ...]
    scores: Mapping[str, Score]
    macro: Macro
    accuracies: Mapping[str, Accuracy]
    absent: Mapping[str, Share]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    papers: tuple[JudgedPaper, ...] = field(repr=False)

    @property
    def absent_in_all(self) -> Share:
        """Of all values that are looked for in the text, how many are not there."""
        return sum(self.absent.values(), NONE_OF_NONE)

    def errors(self) -> Iterator[Listed]:
        """Yield what is wrong, paper by paper."""
        for paper in self.papers:
            for found in paper.findings:
                if found.verdict in _ERRORS or found.is_similar:
                    what = "similar" if found.is_similar else found.verdict.value
                    yield Listed(
                        paper.paper_id, found.subject, what, found.part, found.predicted, found.expected
                    )


@dataclass(frozen=True, slots=True)
class RunDifference:
    """How one run differs from the first, by field and in the macro mean."""

    run: str
    baseline: str
    scores: Mapping[str, Difference]
    macro: Difference


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    How good runs are, in the order given, and how each further one differs from the first.

    `passed_over` are keys of the gold that its schema does not have; intervals are of `resamples` draws.
    """

    gold: str
    papers: int
    passed_over: tuple[Problem, ...]
    resamples: int
    seed: int
    runs: tuple[RunFigures, ...]
    differences: tuple[RunDifference, ...]


def share_of(right: int, wrong: int) -> float | None:
    """Return precision (wrong: what is extra) or recall (wrong: what is missed)."""
    return right / (right + wrong) if right + wrong else None


def f1_of(right: int, extra: int, missed: int) -> float | None:
    """Return F1, the harmonic mean of precision and recall; 0 where only one of the two is defined."""
    total = 2 * right + extra + missed
    return 2 * right / total if total else None


def mean_of(values: Iterable[float | None]) -> float | None:
    """Return the plain mean of what is defined."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def figure_text(figure: float | None) -> str:
    """Return a figure to three digits, a dash for what is undefined."""
    return "-" if figure is None else f"{figure:.3f}"


def interval_text(low: float | None, high: float | None) -> str:
    """Return an interval to three digits, a dash for what is undefined."""
    return "-" if low is None or high is None else f"{low:.3f} to {high:.3f}"
