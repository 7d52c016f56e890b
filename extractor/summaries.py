"""A run's summary -> the lines that a person reads."""

import shlex
from collections.abc import Iterator

from extractor.api import RunSummary
from extractor.settings import DEFAULT_DB

LISTED = 5


def run_lines(summary: RunSummary) -> Iterator[str]:
    """Yield what a run has done, what went wrong, and what to do next."""
    tally = summary.tally
    yield (
        f"{tally.papers} papers: {tally.extracted} extracted ({tally.from_cache} from cache), "
        f"{tally.failed} failed, {tally.skipped} skipped; {summary.seconds:.1f} s with {summary.model}"
    )
    found = ", ".join(f"{count} by {who}" for who, count in sorted(tally.found_by.items()))
    if tally.rows:
        yield f"{tally.rows} rows, {tally.verified} verified against the text; found: {found}"
    if tally.usage.input_tokens or tally.usage.output_tokens:
        yield f"tokens: {tally.usage.input_tokens} in, {tally.usage.output_tokens} out"
    yield from _troubles(summary)
    if summary.is_written:
        where = "" if summary.db == DEFAULT_DB else f" --db {shlex.quote(str(summary.db))}"
        following = "leaderboard" if summary.has_boards else "compare"
        yield f"rows are in {summary.db}; next: extractor {following}{where}"
    else:
        yield f"{summary.db} is held by another program: the journal keeps the rows until the next command"
    if summary.provider == "embedded":
        yield (
            "the embedded model is very small: what the rules find stands, it confirms and fills gaps. "
            "For rows to build on: --model NAME, with OPENAI_API_KEY or --base-url, or local:FILE.gguf"
        )


def _troubles(summary: RunSummary) -> Iterator[str]:
    for skipped in summary.skipped[:LISTED]:
        yield f"skipped, line {skipped.line}: {skipped.reason}: {skipped.shown}"
    if len(summary.skipped) > LISTED:
        yield f"and {len(summary.skipped) - LISTED} more skipped"
    for failure in summary.tally.failures[:LISTED]:
        yield f"failed, {failure.paper.paper_id}: {failure.reason}: {failure.message}"
    if len(summary.tally.failures) > LISTED:
        yield f"and {len(summary.tally.failures) - LISTED} more; all are in table failures"
    if any(failure.paid for failure in summary.tally.failures):
        yield "answers that were paid for are asked again only with --retry-failed"
