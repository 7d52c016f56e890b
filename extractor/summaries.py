"""What a run has done, or would do -> the lines that a person reads."""

import shlex
from collections.abc import Iterator

from extractor.api import RunSummary
from extractor.planning import Plan
from extractor.settings import DEFAULT_DB
from extractor.sources import KEPT, Skips
from extractor.tallying import Tally

LISTED = 5


def run_lines(summary: RunSummary) -> Iterator[str]:
    """Yield what a run has done, what went wrong, and what to do next."""
    tally = summary.tally
    yield (
        f"{tally.done} papers: {tally.extracted} extracted ({tally.from_cache} from cache), "
        f"{tally.failed} failed, {tally.skipped} skipped; {summary.seconds:.1f} s with {summary.model}"
    )
    found = ", ".join(f"{count} by {who}" for who, count in sorted(tally.found_by.items()))
    if tally.rows:
        yield f"{tally.rows} rows, {tally.verified} verified against the text; found: {found}"
    yield from _spent(tally)
    yield from _skipped(tally.skips)
    yield from _failed(tally)
    if summary.stopped:
        yield f"stopped: {summary.stopped}"
    yield from _following(summary)
    if summary.provider == "embedded":
        yield (
            "the embedded model is small: rows found by embedded+rules are the surest. "
            "For rows to build on: --model NAME, with OPENAI_API_KEY or --base-url, or local:FILE.gguf"
        )


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield what a run would do and cost."""
    yield (
        f"{plan.papers} papers: {plan.answered} answered already, {plan.failed} failed and paid for "
        f"(--retry-failed asks them again), {plan.to_ask} to ask of {plan.model}; {len(plan.skips)} skipped"
    )
    yield from _read(plan)
    yield from _skipped(plan.skips, KEPT)
    yield from (f"not read to its end: {why}" for why in plan.skips.broken)
    if not plan.to_ask:
        return
    basis = (
        f"from {plan.measured} stored answers of this model"
        if plan.measured
        else "a guess: four characters a token, 500 tokens an answer"
    )
    yield f"about {plan.usage.input_tokens} tokens in, {plan.usage.output_tokens} out ({basis})"
    if plan.usage.cost is None:
        yield "no price is known for this model; --price INPUT,OUTPUT gives it"
    else:
        yield f"about ${plan.usage.cost:.4f}, before what a server takes off for a cached prompt"


def _spent(tally: Tally) -> Iterator[str]:
    usage = tally.usage
    if usage.input_tokens or usage.output_tokens:
        cached = f" ({usage.cached_tokens} of them cached)" if usage.cached_tokens else ""
        cost = f"; ${usage.cost:.4f}" if usage.cost else ""
        yield f"tokens: {usage.input_tokens} in{cached}, {usage.output_tokens} out{cost}"


def _following(summary: RunSummary) -> Iterator[str]:
    if summary.is_written:
        where = "" if summary.db == DEFAULT_DB else f" --db {shlex.quote(str(summary.db))}"
        following = "leaderboard" if summary.has_boards else "compare"
        yield f"rows are in {summary.db}; next: extractor {following}{where}"
    else:
        yield (
            f"{summary.db} is held by another program: nothing is lost, the journal keeps the rows, and they "
            "follow at the next command once it is free"
        )


def _read(plan: Plan) -> Iterator[str]:
    """Yield which files would be read, as what, and the first papers with their places."""
    files = plan.skips.files
    for file in files[:KEPT]:
        what = "fetched" if file.is_fetched else "file"
        yield f"{what} {file.name} ({file.format}): {file.papers} papers, {file.skipped} skipped"
    if len(files) > KEPT:
        yield f"{len(files)} files in all"
    for paper in plan.first:
        place = f"line {paper.line}" if len(files) == 1 else paper.place
        yield f"paper, {place}: {paper.text.title or paper.paper_id}"
    if plan.papers > len(plan.first):
        yield f"and {plan.papers - len(plan.first)} papers more (--verbose names all)"


def _skipped(skips: Skips, listed: int = LISTED) -> Iterator[str]:
    for skipped in skips.first[:listed]:
        shown = f": {skipped.shown}" if skipped.shown else ""
        place = skipped.place(in_one_file=len(skips.files) == 1)
        yield f"skipped, {place}: {skipped.reason}{shown}"
    if len(skips) > listed:
        reasons = ", ".join(f"{count} {reason}" for reason, count in skips.by_reason.most_common())
        yield f"skipped in all (--verbose names each): {reasons}"
    if skips.left_out:
        yield f"left out: {', '.join(f'{count} by {why}' for why, count in skips.left_out.items())}"
    yield from skips.notes[:KEPT]


def _failed(tally: Tally) -> Iterator[str]:
    for failure in tally.failures:
        yield f"failed, {failure.paper.paper_id}: {failure.reason}: {failure.message}"
    if tally.failed > len(tally.failures):
        reasons = ", ".join(f"{count} {reason}" for reason, count in tally.failed_for.most_common())
        yield f"failed in all: {reasons}; each is in table failures"
    if tally.has_paid_failures:
        yield "answers that were paid for are asked again only with --retry-failed"
