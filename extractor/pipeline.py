"""
The road of a paper: request, response, record, grounded record, outcome.

Every answer takes this road, whether it comes from a model, from the store or from a journal.
"""

import asyncio
import logging
import re
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
    RefusedError,
    TransientError,
    UnreadAnswerError,
)
from extractor.exchange import NOTHING_USED, Asking, Request, Response
from extractor.grounding import GroundedRecord, ground
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.papers import Paper, Text, storable
from extractor.prompting import Prompt
from extractor.providers.base import Provider
from extractor.providers.pacing import Pace
from extractor.records import Record

_log = logging.getLogger(__name__)

RE_ASKS = 2
ERRORS_TOLD = 5
_UNUSABLE: dict[str, type[AnswerError]] = {
    "refusal": RefusedError,
    "content_filter": FilteredError,
    "length": CutOffError,
}


class Asked(NamedTuple):
    """A paper, what is asked about it, and what is known already."""

    paper: Paper
    request: Request
    fingerprint: str
    known: Response | Failure | None = None


@dataclass(frozen=True)
class Pipeline:
    """
    What turns papers into outcomes: one schema, its prompt, one provider.

    `deadline` is how many seconds a paper may take, with all that is tried again; None for no end.
    `answers_wait` says that an answer can still be had when the run is over, as that of a batch.
    """

    schema: Schema
    provider: Provider
    prompt: Prompt
    asking: Asking
    pace: Pace
    deadline: float | None = None
    answers_wait: bool = False

    def asked(self, paper: Paper) -> Asked:
        """Return what is asked about a paper."""
        request = Request(paper.text, self.prompt.messages_for(paper.text), self.asking)
        return Asked(paper, request, request.fingerprint)

    async def outcome(self, asked: Asked) -> Outcome:
        """Return what becomes of a paper: from what is known, else by asking."""
        paper, request, fingerprint, known = asked
        if known is None:
            return await self._extract(paper, request, fingerprint)
        if isinstance(known, Failure):
            return replace(known, paper=paper, from_cache=True)
        try:
            return self._extraction(paper, fingerprint, known, from_cache=True)
        except PaperError as error:
            failure = failure_of(paper, fingerprint, error, known, known.model)
            return replace(failure, from_cache=True)

    async def _extract(self, paper: Paper, request: Request, fingerprint: str) -> Outcome:
        """Ask, and ask again where the answer does not fit the schema; a failure is returned, not raised."""
        response: Response | None = None
        asked = request
        limit = asyncio.timeout(self.deadline)
        try:
            async with limit:
                while True:
                    answer = await self.provider.complete(asked)
                    response = _added_up(response, answer)
                    try:
                        return self._extraction(paper, fingerprint, response)
                    except InvalidAnswerError as error:
                        if response.attempts > RE_ASKS:
                            raise
                        _log.info("%s (%s) is asked again: %s", paper.paper_id, fingerprint, error)
                        asked = request.corrected(str(error))
        except TimeoutError as error:
            return failure_of(paper, fingerprint, self._late(limit, error), response, self.asking.model)
        except asyncio.CancelledError:
            if response is None or self.answers_wait:
                raise
            # What was paid is kept, usable or not; whoever cancels ends the run all the same.
            stopped = TransientError("the run was stopped before the answer was asked for again")
            return failure_of(paper, fingerprint, stopped, response, self.asking.model)
        except PaperError as error:
            return failure_of(paper, fingerprint, error, response, self.asking.model)

    def _late(self, limit: asyncio.Timeout, error: TimeoutError) -> TransientError:
        """Return what a paper's time-out means; one of the provider's own is raised as it came."""
        if not limit.expired():
            raise error
        return TransientError(f"no answer within the deadline of {self.deadline:g} s{self.pace.last_trouble}")

    def _extraction(
        self, paper: Paper, fingerprint: str, response: Response, *, from_cache: bool = False
    ) -> Extraction:
        made = extraction_of(paper, fingerprint, response, self.schema, self.asking.identity["provider"])
        return replace(made, from_cache=True) if from_cache else made


def failure_of(
    paper: Paper, fingerprint: str, error: PaperError, response: Response | None, model: str
) -> Failure:
    """
    Return an error as one paper's failure, with the answer that it is about where there is one.

    It is paid for where an answer is the reason; one that was to be asked for again, and was not, is none.
    """
    return Failure(
        paper=paper,
        fingerprint=fingerprint,
        reason=error.reason,
        message=storable(str(error)),
        paid=error.paid or (response is not None and not isinstance(error, TransientError)),
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
    grounded = _ground(validate(response.text, record_type), text)
    if response.completion is None or response.completed_by is None:
        return grounded
    partner = validate(response.completion, record_type)
    return complete(
        grounded,
        _ground(partner, text),
        found_by=(provider, response.completed_by),
        looked_for=partner.model_fields_set,
        leads=response.leads,
    )


def _ground(record: Record, text: Text) -> GroundedRecord:
    """Return a record with its evidence; where that fails it is for this text, and this paper fails alone."""
    try:
        return ground(record, text)
    except Exception as error:
        _log.exception("a record cannot be compared with its text")
        message = f"comparing the answer with the text failed, by a mistake of extractor: {error!r}"
        raise UnreadAnswerError(message) from error


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
