"""A schema much like `papers` under other names, none of which the rules know: for few_labels.py."""

from typing import Annotated, Literal

from extractor.records import Name, Number, Quote, Record, Url


class Finding(Record):
    """One number that is reported."""

    quote: Quote = ""
    figure: Annotated[float | None, Number(of="quote")] = None
    measure: Name | None = None
    corpus: Name | None = None
    against: Name | None = None
    sort: Literal["score", "change", "gap", "factor", "words"] | None = None


class Reading(Record):
    """What is read from one abstract."""

    approach: Name | None = None
    problems: tuple[Name, ...] = ()
    corpora: tuple[Name, ...] = ()
    page: Url | None = None
    findings: tuple[Finding, ...] = ()
