"""
The route of a paper: request, response, record, grounded record, outcome.

Every answer takes this road, whether it comes from a model, from the store or from a journal.
"""

import asyncio
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pydantic import ValidationError

from extractor.catalog import Schema
from extractor.completing import complete
from extractor.errors import (
    AnswerError,
    CutOffError,
    FilteredError,
    InvalidAnswerError,
    PaperError,
    RateLimitedError,
    RefusedError,
    RunStoppedError,
    TransientError,
)
from extractor.exchange import NOTHING_USED, Asking, Request, Response
from extractor.grounding import GroundedRecord, ground
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.papers import Paper, Text
from extractor.prompting import Prompt
from extractor.providers.base import Provider
from extractor.records import Record

RE_ASKS = 2
ERRORS_TOLD = 5
LOOKED_UP_AT_ONCE = 200
GIVE_UP_AFTER = 3

_UNUSABLE: dict[str, type[AnswerError]] = {
    "refusal": RefusedError,
    "content_filter": FilteredError,
    "length": CutOffError,
}

_UNANSWERED = (TransientError.reason, RateLimitedError.reason)

Known = Mapping[str, Response | Failure]


class Asked(NamedTuple):
    """A paper, what is asked about it, and what is known already."""

    paper: Paper
    request: Request
    known: Response | Failure | None


@dataclass(frozen=True)
class Pipeline:
    """What turns papers into outcomes: one schema, its prompt, one provider."""

    schema: Schema
    provider: Provider
    prompt: Prompt
    asking: Asking

    async def run(
        self,
        papers: Iterable[Paper],
        *,
        look_up: Callable[[Sequence[str]], Known],
        sink: Callable[[Outcome], None],
        concurrency: int,
    ) -> None:
        """
        Hand an outcome for each paper to `sink`, with `concurrency` papers in flight.

        `look_up` is given fingerprints and returns what is known of them; those are not asked again.

        Raises:
            RunStoppedError: no request can succeed, or the first three all brought no answer.
        """
        waiting = self._asked(papers, look_up)
        patience = _Patience()

        async def work() -> None:
            for asked in waiting:
                outcome = await self._outcome(asked)
                sink(outcome)
                patience.count(outcome)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(concurrency):
                    group.create_task(work())
        except BaseExceptionGroup as raised:
            # The group's other members only say that they were cancelled with the first.
            raise raised.exceptions[0] from None

    def request_for(self, text: Text) -> Request:
        """Return what is asked about a text."""
        return Request(text, self.prompt.messages_for(text), self.asking)

    async def extract(self, paper: Paper, request: Request) -> Outcome:
        """Ask, and ask again where the answer does not fit the schema; a failure is returned, not raised."""
        response: Response | None = None
        asked = request
        try:
            while True:
                answer = await self.provider.complete(asked)
                response = _added_up(response, answer)
                try:
                    return self.outcome_of(paper, request.fingerprint, response)
                except InvalidAnswerError as error:
                    if response.attempts > RE_ASKS:
                        raise
                    asked = request.corrected(str(error))
        except PaperError as error:
            return failure_of(paper, request.fingerprint, error, response, self.asking.model)

    def outcome_of(
        self, paper: Paper, fingerprint: str, response: Response, *, from_cache: bool = False
    ) -> Extraction:
        """
        Return what a response says of a paper.

        Raises:
            AnswerError: the model declined, was cut off, or its answer does not fit the schema.
        """
        provider = self.asking.identity["provider"]
        made = extraction_of(paper, fingerprint, response, self.schema, provider)
        return replace(made, from_cache=from_cache)

    def _asked(self, papers: Iterable[Paper], look_up: Callable[[Sequence[str]], Known]) -> Iterator[Asked]:
        rest = iter(papers)
        while batch := list(itertools.islice(rest, LOOKED_UP_AT_ONCE)):
            requests = [self.request_for(paper.text) for paper in batch]
            prints = [request.fingerprint for request in requests]
            known = look_up(prints)
            for paper, request, fingerprint in zip(batch, requests, prints, strict=True):
                yield Asked(paper, request, known.get(fingerprint))

    async def _outcome(self, asked: Asked) -> Outcome:
        paper, request, known = asked
        if known is None:
            return await self.extract(paper, request)
        if isinstance(known, Failure):
            return replace(known, paper=paper)
        try:
            return self.outcome_of(paper, request.fingerprint, known, from_cache=True)
        except PaperError as error:
            failure = failure_of(paper, request.fingerprint, error, known, known.model)
            return replace(failure, from_cache=True)


class _Patience:
    """Ends a run in which nothing is ever answered: a wrong address, a server that is down."""

    def __init__(self) -> None:
        self._is_answered = False
        self._unanswered = 0

    def count(self, outcome: Outcome) -> None:
        """
        Take one outcome in.

        Raises:
            RunStoppedError: the first requests all brought no answer.
        """
        if outcome.from_cache:
            return
        if isinstance(outcome, Extraction) or outcome.reason not in _UNANSWERED:
            self._is_answered = True
        elif not self._is_answered:
            self._unanswered += 1
            if self._unanswered >= GIVE_UP_AFTER:
                message = f"the first {GIVE_UP_AFTER} papers all brought no answer: {outcome.message}"
                raise RunStoppedError(message)


def failure_of(
    paper: Paper, fingerprint: str, error: PaperError, response: Response | None, model: str
) -> Failure:
    """Return an error as one paper's failure, with the answer that it is about where there is one."""
    return Failure(
        paper=paper,
        fingerprint=fingerprint,
        reason=error.reason,
        message=str(error),
        paid=error.paid or response is not None,
        raw_text=response.text if response else None,
        model=response.model if response else model,
        usage=response.usage if response else NOTHING_USED,
        attempts=response.attempts if response else 1,
    )


def extraction_of(
    paper: Paper, fingerprint: str, response: Response, schema: Schema, provider: str
) -> Extraction:
    """
    Return what a response of a provider says of a paper.

    Raises:
        AnswerError: the answer cannot be used.
    """
    return Extraction(
        paper=paper,
        fingerprint=fingerprint,
        schema_name=schema.name,
        schema_version=schema.version,
        provider=provider,
        response=response,
        grounded=grounded_record(response, schema.record_type, paper.text, provider),
    )


def grounded_record(
    response: Response, record_type: type[Record], text: Text, provider: str
) -> GroundedRecord:
    """
    Return a response's record with its evidence, completed by the partner's answer where there is one.

    Raises:
        AnswerError: the answer cannot be used.
    """
    unusable = _UNUSABLE.get(response.finish_reason or "")
    if unusable:
        message = f"the model's answer ended with {response.finish_reason!r}"
        raise unusable(message)
    grounded = ground(validate(response.text, record_type), text)
    if response.completion is None or response.completed_by is None:
        return grounded
    partner = validate(response.completion, record_type)
    return complete(
        grounded,
        ground(partner, text),
        found_by=(provider, response.completed_by),
        looked_for=partner.model_fields_set,
    )


_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


def validate(answer: str, record_type: type[Record]) -> Record:
    """
    Return the record that an answer's JSON holds; a Markdown fence around it is taken off.

    Raises:
        InvalidAnswerError: it is no JSON of this form; the message names the first problems.
    """
    fenced = _FENCED.match(answer)
    try:
        return record_type.model_validate_json(fenced.group(1) if fenced else answer)
    except ValidationError as error:
        raise InvalidAnswerError(_problems(error)) from error


def _problems(error: ValidationError) -> str:
    told = [
        f"{'.'.join(map(str, problem['loc'])) or 'answer'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    ]
    more = len(told) - ERRORS_TOLD
    return "; ".join(told[:ERRORS_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _added_up(before: Response | None, answer: Response) -> Response:
    if before is None:
        return answer
    return replace(
        answer,
        usage=before.usage + answer.usage,
        attempts=before.attempts + answer.attempts,
    )
