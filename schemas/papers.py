"""What the abstract of a paper says and claims."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from extractor.records import Dataset, Judging, Label, Method, Metric, Number, Quote, Record, Task, Url


class Claim(Record):
    """One result that the authors claim for their own work."""

    judging: ClassVar[Judging] = Judging(
        unjudged=("task", "baseline_value"),
        nearest=("metric", "baseline", "dataset"),
        measure="metric",
        unit="unit",
        direction="direction",
        points=("kind", "difference"),
    )

    quote: Quote = Field(
        default="",
        description="the shortest passage that carries the whole claim, copied character by character",
    )
    task: Task | None = Field(default=None, description="the task that the result is about, if said")
    dataset: Dataset | None = Field(default=None, description="the dataset of this result, as printed")
    metric: Metric | None = Field(default=None, description="what the number measures, as printed")
    method: Method | None = Field(default=None, description="the paper's method, as printed")
    baseline: Method | None = Field(default=None, description="what it is compared with, as printed")
    value: Annotated[float | None, Number(of="quote")] = Field(
        default=None,
        description="the number as claimed: 93.2% is 93.2, 8x is 8, half is 0.5, 1.5M is 1500000",
    )
    value_high: Annotated[float | None, Number(of="quote")] = Field(
        default=None, description="the upper end where a range is claimed: 1.3-2x is 1.3 and 2"
    )
    baseline_value: Annotated[float | None, Number(of="quote")] = Field(
        default=None, description="the baseline's number: from 0.28 to 0.34 is 0.34 with 0.28 here"
    )
    unit: Label | None = Field(
        default=None, description='"%" for percents, "x" for folds, else the unit as printed'
    )
    kind: Literal["absolute", "relative_change", "difference", "ratio", "qualitative"] | None = Field(
        default=None,
        description=(
            "absolute: a score by itself; relative_change: percent change; difference: an absolute "
            "delta (points, margin); ratio: 4x, half; qualitative: no number"
        ),
    )
    direction: Literal["increase", "decrease"] | None = Field(
        default=None, description="whether the metric goes up or down through the work"
    )


class PaperRecord(Record):
    """What one abstract says: everything is read from its title and text alone."""

    judging: ClassVar[Judging] = Judging(primary={"tasks": "task"})

    tasks: tuple[Task, ...] = Field(
        default=(),
        description="1 to 3 noun phrases: the problems the paper works on, primary first",
    )
    method: Method | None = Field(
        default=None, description="the short name of the paper's own contribution, if it has one"
    )
    datasets: tuple[Dataset, ...] = Field(
        default=(), description="named datasets and benchmarks used or introduced, one entry each"
    )
    metrics: tuple[Metric, ...] = Field(default=(), description="what results are measured by")
    code_url: Url | None = Field(
        default=None, description="address of code, data or project page, exactly as printed"
    )
    claims: tuple[Claim, ...] = Field(
        default=(), description="results the authors claim for their own work, one object a number"
    )
