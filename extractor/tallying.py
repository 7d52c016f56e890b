"""Outcomes -> what a run has done so far, as counts and as its row."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from extractor.catalog import Schema
from extractor.exchange import Usage
from extractor.journal import Entry
from extractor.outcomes import Failure, Outcome
from extractor.rows import Row
from extractor.sources import Skips

FAILURES_SHOWN = 5


@dataclass
class Tally:
    """
    What a run has done so far; `found_by` counts rows by the provider that gave them.

    `papers` is how many there are, before the end perhaps too many; None where that is not known yet.
    """

    papers: int | None
    skips: Skips = field(default_factory=Skips)
    extracted: int = 0
    failed: int = 0
    from_cache: int = 0
    rows: int = 0
    verified: int = 0
    usage: Usage = field(default_factory=Usage)
    found_by: Counter[str] = field(default_factory=Counter)
    failed_for: Counter[str] = field(default_factory=Counter)
    has_paid_failures: bool = False
    failures: list[Failure] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Count of papers with an outcome."""
        return self.extracted + self.failed

    @property
    def skipped(self) -> int:
        """Count of what was passed over."""
        return len(self.skips)

    @property
    def passed_over(self) -> int:
        """Count of what is no paper of this run: skipped, or not wanted."""
        return self.skipped + self.skips.left_out.total()

    def count(self, outcome: Outcome) -> None:
        """Take one outcome in; of failures the first few are kept."""
        self.from_cache += outcome.from_cache
        if isinstance(outcome, Failure):
            self.failed += 1
            self.failed_for[outcome.reason] += 1
            self.has_paid_failures |= outcome.paid
            if len(self.failures) < FAILURES_SHOWN:
                self.failures.append(outcome)
            self._add_usage(outcome, outcome.usage)
            return
        self.extracted += 1
        self._add_usage(outcome, outcome.response.usage)
        for part in outcome.grounded.parts:
            if any(value.value is not None for value in part.values):
                self.rows += 1
                self.verified += part.is_verified
                self.found_by[part.found_by or outcome.provider] += 1

    def _add_usage(self, outcome: Outcome, usage: Usage) -> None:
        if not outcome.from_cache:
            self.usage += usage


@dataclass
class RunLog:
    """One run as its row in `runs` tells it; `anew` says that it asks what is answered already."""

    run_id: str
    source: str
    schema: Schema
    provider: str
    model: str
    tally: Tally
    anew: bool = False
    status: str = "running"
    started: float = field(default_factory=time.time)
    ended: float | None = None

    @classmethod
    def interrupted(cls, run_id: str, header: Entry, schema: Schema) -> Self:
        """Return the log of a run that is gone; what it did is counted from its papers when it is closed."""
        started = datetime.fromisoformat(header["started_at"]).replace(tzinfo=UTC).timestamp()
        return cls(
            run_id=run_id,
            source=header["source"],
            schema=schema,
            provider=header["provider"],
            model=header["model"],
            tally=Tally(papers=header["papers"], skips=Skips(by_reason=Counter(header["skipped"]))),
            anew=header["anew"],
            status=header["status"],
            started=started,
            ended=started + header["seconds"],
        )

    def row(self) -> Row:
        """Return the run's row as it stands now."""
        now = self.ended or time.time()
        usage = self.tally.usage
        return {
            "run_id": self.run_id,
            "started_at": _utc(self.started),
            "ended_at": _utc(now) if self.status != "running" else None,
            "status": self.status,
            "source": self.source,
            "schema_name": self.schema.name,
            "provider": self.provider,
            "model": self.model,
            "papers": self.tally.papers,
            "extracted": self.tally.extracted,
            "failed": self.tally.failed,
            "skipped": self.tally.skipped,
            "from_cache": self.tally.from_cache,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
            "cost": usage.cost,
            "seconds": round(now - self.started, 3),
        }

    def header(self) -> Entry:
        """Return what the journal must know of the run to write its outcomes without it."""
        row = self.row()
        told = ("source", "provider", "model", "papers", "started_at", "seconds", "status")
        return {
            **{name: row[name] for name in told},
            "skipped": self.tally.skips.by_reason,
            "schema": self.schema.reference,
            "anew": self.anew,
        }


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
