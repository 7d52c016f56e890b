import asyncio
import itertools
import json
from typing import Annotated

import pytest

from extractor.catalog import Schema
from extractor.errors import (
    AnswerError,
    CutOffError,
    FilteredError,
    InvalidAnswerError,
    RateLimitedError,
    RefusedError,
    RejectedError,
    RunStoppedError,
    TransientError,
)
from extractor.exchange import NOTHING_USED, Asking, Response, Usage
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.papers import Paper, Text
from extractor.pipeline import Pipeline, grounded_record, validate
from extractor.prompting import Prompt
from extractor.providers.fake import FakeProvider
from extractor.records import Name, Number, Quote, Record

PROMPT = (
    "{% block instructions %}Read.{% endblock %}{% block paper %}{{ title }} {{ abstract }}{% endblock %}"
)
NAMED = '{"method": "TideNet"}'
INVALID = '{"methd": "TideNet"}'


class Reading(Record):
    method: Name | None = None
    quote: Quote | None = None
    value: Annotated[float | None, Number(of="quote")] = None
    datasets: tuple[Name, ...] = ()


SCHEMA = Schema(name="readings", reference="readings", record_type=Reading, views="", prompt=PROMPT)


class Scripted:
    """Gives what a script says for each request about a paper: a response, or an error to raise."""

    model = "scripted"
    identity = {"provider": "scripted"}  # noqa: RUF012

    def __init__(self, *script, by_title=None):
        self._script = list(script)
        self._by_title = {title: list(lines) for title, lines in (by_title or {}).items()}
        self.requests = []

    async def complete(self, request):
        self.requests.append(request)
        script = self._by_title.get(request.text.title, self._script)
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def aclose(self):
        """Nothing is held."""


class Crowd:
    """Counts how many requests are in flight at once; each waits until `expected` are."""

    model = "crowd"
    identity = {"provider": "crowd"}  # noqa: RUF012

    def __init__(self, expected):
        self._barrier = asyncio.Barrier(expected)
        self._in_flight = 0
        self.most = 0

    async def complete(self, _request):
        self._in_flight += 1
        self.most = max(self.most, self._in_flight)
        await self._barrier.wait()
        self._in_flight -= 1
        return Response(NAMED, self.model)

    async def aclose(self):
        """Nothing is held."""


def answer(text=NAMED, *, finish_reason="stop", usage=NOTHING_USED, attempts=1):
    return Response(text, "scripted-1", usage, finish_reason, attempts)


def pipeline_of(provider):
    asking = Asking(SCHEMA.name, Reading, provider.model, provider.identity)
    return Pipeline(SCHEMA, provider, Prompt(PROMPT, Reading), asking)


def paper(number=1):
    text = Text(title=f"Paper {number}", abstract=f"TideNet gains {number} points on MudBench.")
    return Paper(paper_id=f"p{number}", text=text)


async def outcomes_of(provider, papers, *, known=None, concurrency=2):
    outcomes: list[Outcome] = []
    await pipeline_of(provider).run(
        papers, look_up=lambda _: known or {}, sink=outcomes.append, concurrency=concurrency
    )
    return {outcome.paper.paper_id: outcome for outcome in outcomes}


async def outcome_of(provider, *, known=None):
    return (await outcomes_of(provider, [paper()], known=known))["p1"]


def fingerprint_of(provider, of=None):
    return pipeline_of(provider).request_for((of or paper()).text).fingerprint


# ---------------------------------------------------------------- answers that can be used


async def test_a_valid_answer_becomes_an_extraction():
    provider = FakeProvider(
        lambda text: json.dumps({"method": "TideNet", "quote": text.abstract, "value": 1})
    )

    outcome = await outcome_of(provider)

    assert isinstance(outcome, Extraction)
    assert outcome.paper == paper()
    assert (outcome.schema_name, outcome.schema_version) == ("readings", SCHEMA.version)
    assert outcome.provider == "fake"
    assert outcome.fingerprint == fingerprint_of(provider)
    assert not outcome.from_cache
    assert [value.value for value in outcome.grounded.parts[0].values] == [
        "TideNet",
        paper().text.abstract,
        1,
    ]
    assert outcome.grounded.parts[0].is_verified


async def test_an_answer_with_no_values_is_an_extraction_too():
    outcome = await outcome_of(FakeProvider())

    assert isinstance(outcome, Extraction)
    assert {value.value for value in outcome.grounded.parts[0].values} == {None}


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{NAMED}\n```",
        f"```\n{NAMED}\n```",
        f"\n  ```json\n{NAMED}```  \n",
        f"  {NAMED}\n",
        '{\n  "method":\n "TideNet"\n}',
    ],
    ids=["json fence", "bare fence", "blanks around", "blanks", "many lines"],
)
async def test_a_fence_and_blanks_around_the_answer_do_not_matter(text):
    outcome = await outcome_of(Scripted(answer(text)))

    assert isinstance(outcome, Extraction)
    assert outcome.grounded.parts[0].values[0].value == "TideNet"


# ---------------------------------------------------------------- answers that do not fit


async def test_an_invalid_answer_is_asked_again_with_what_was_wrong():
    provider = Scripted(answer(INVALID), answer())

    outcome = await outcome_of(provider)

    first, second = provider.requests
    assert isinstance(outcome, Extraction)
    assert first.correction is None
    assert second.correction == "methd: Extra inputs are not permitted"
    assert second.messages == first.messages
    assert outcome.fingerprint == first.fingerprint == second.fingerprint


async def test_usage_and_attempts_of_all_answers_add_up():
    provider = Scripted(
        answer(INVALID, usage=Usage(10, 1)),
        answer(INVALID, usage=Usage(20, 2, 5)),
        answer(usage=Usage(30, 3)),
    )

    outcome = await outcome_of(provider)

    assert isinstance(outcome, Extraction)
    assert outcome.response.usage == Usage(60, 6, 5)
    assert outcome.response.attempts == 3


async def test_a_correction_tells_the_last_problem_alone():
    provider = Scripted(answer(INVALID), answer('{"value": "many"}'), answer())

    await outcome_of(provider)

    assert provider.requests[2].correction.startswith("value: Input should be a valid number")


async def test_three_invalid_answers_are_a_paid_failure_with_the_last_text():
    provider = Scripted(answer(INVALID, usage=Usage(10, 1)))

    outcome = await outcome_of(provider)

    assert outcome == Failure(
        paper=paper(),
        fingerprint=fingerprint_of(provider),
        reason="invalid",
        message="methd: Extra inputs are not permitted",
        paid=True,
        raw_text=INVALID,
        model="scripted-1",
        usage=Usage(30, 3),
        attempts=3,
    )
    assert len(provider.requests) == 3


async def test_attempts_that_the_provider_made_itself_count():
    provider = Scripted(answer(INVALID, attempts=3))

    outcome = await outcome_of(provider)

    assert (outcome.reason, outcome.attempts, len(provider.requests)) == ("invalid", 3, 1)


@pytest.mark.parametrize(
    ("finish_reason", "reason"),
    [("refusal", "refused"), ("length", "cut off"), ("content_filter", "filtered")],
)
async def test_an_answer_that_ended_badly_is_a_paid_failure_and_not_asked_again(finish_reason, reason):
    provider = Scripted(answer('{"meth', finish_reason=finish_reason, usage=Usage(10, 1)))

    outcome = await outcome_of(provider)

    assert (outcome.reason, outcome.paid, outcome.raw_text) == (reason, True, '{"meth')
    assert outcome.usage == Usage(10, 1)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("error", "reason", "paid"),
    [
        (TransientError("the line is dead"), "no answer", False),
        (RateLimitedError("slow down", retry_after=2.0), "rate limited", False),
        (RejectedError("too long"), "rejected", False),
        (RefusedError("no"), "refused", True),
        (FilteredError("no"), "filtered", True),
        (CutOffError("no"), "cut off", True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_error_about_one_paper_is_its_failure(error, reason, paid):
    outcome = await outcome_of(Scripted(error))

    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.message, outcome.paid) == (reason, str(error), paid)
    assert outcome.raw_text is None
    assert outcome.model == "scripted"


async def test_a_re_ask_that_brings_no_answer_keeps_what_was_paid():
    provider = Scripted(answer(INVALID, usage=Usage(10, 1)), TransientError("the line is dead"))

    outcome = await outcome_of(provider)

    assert (outcome.reason, outcome.paid, outcome.raw_text) == ("no answer", True, INVALID)
    assert outcome.usage == Usage(10, 1)


# ---------------------------------------------------------------- what is known


async def test_a_known_answer_is_not_asked_for_again():
    provider = Scripted(TransientError("must not be asked"))

    outcome = await outcome_of(provider, known={fingerprint_of(provider): answer(usage=Usage(10, 1))})

    assert isinstance(outcome, Extraction)
    assert outcome.from_cache
    assert outcome.response == answer(usage=Usage(10, 1))
    assert provider.requests == []


async def test_a_known_failure_is_kept_for_the_paper_that_is_asked_about():
    provider = Scripted(answer())
    other = Paper(paper_id="another name", text=paper().text)
    kept = Failure(other, fingerprint_of(provider), "refused", "no", paid=True, from_cache=True)

    outcome = await outcome_of(provider, known={fingerprint_of(provider): kept})

    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.paid, outcome.from_cache) == ("refused", True, True)
    assert outcome.paper == paper()
    assert provider.requests == []


async def test_a_known_answer_that_no_longer_fits_is_a_failure_that_costs_nothing_anew():
    provider = Scripted(answer())

    outcome = await outcome_of(
        provider, known={fingerprint_of(provider): answer(INVALID, usage=Usage(10, 1))}
    )

    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.paid, outcome.raw_text) == ("invalid", True, INVALID)
    assert outcome.from_cache
    assert provider.requests == []


async def test_what_is_known_is_looked_up_by_fingerprint_in_batches():
    provider = FakeProvider()
    papers = [paper(number) for number in range(450)]
    asked_for = []

    def look_up(fingerprints):
        asked_for.append(list(fingerprints))
        return {}

    await pipeline_of(provider).run(iter(papers), look_up=look_up, sink=lambda _: None, concurrency=3)

    assert [len(batch) for batch in asked_for] == [200, 200, 50]
    assert list(itertools.chain(*asked_for)) == [fingerprint_of(provider, p) for p in papers]


# ---------------------------------------------------------------- many papers


async def test_one_bad_paper_never_stops_the_rest():
    bad = {
        "Paper 3": [RejectedError("too long")],
        "Paper 5": [answer("no JSON")],
        "Paper 7": [answer(finish_reason="refusal")],
    }

    outcomes = await outcomes_of(Scripted(answer(), by_title=bad), [paper(number) for number in range(12)])

    failed = {name: outcome.reason for name, outcome in outcomes.items() if isinstance(outcome, Failure)}
    assert len(outcomes) == 12
    assert failed == {"p3": "rejected", "p5": "invalid", "p7": "refused"}


@pytest.mark.parametrize("concurrency", [1, 3, 8])
async def test_as_many_papers_are_in_flight_as_allowed_and_never_more(concurrency):
    provider = Crowd(concurrency)

    outcomes = await outcomes_of(provider, [paper(number) for number in range(24)], concurrency=concurrency)

    assert len(outcomes) == 24
    assert provider.most == concurrency


async def test_fewer_papers_than_workers_are_no_problem():
    assert len(await outcomes_of(FakeProvider(), [paper(1), paper(2)], concurrency=8)) == 2
    assert await outcomes_of(FakeProvider(), [], concurrency=8) == {}


async def test_papers_are_taken_only_when_they_are_needed():
    taken = []

    def endless():
        number = 0
        while True:
            taken.append(number)
            yield paper(number)
            number += 1

    with pytest.raises(RunStoppedError):
        await outcomes_of(Scripted(RunStoppedError("no key")), endless())

    assert len(taken) <= 400


async def test_an_error_of_the_whole_run_stops_it():
    with pytest.raises(RunStoppedError, match="no key"):
        await outcomes_of(Scripted(RunStoppedError("no key")), [paper(1), paper(2)])


async def test_a_server_that_never_answers_stops_the_run():
    with pytest.raises(RunStoppedError, match="the line is dead"):
        await outcomes_of(Scripted(TransientError("the line is dead")), [paper(n) for n in range(9)])


async def test_papers_that_the_server_will_not_take_do_not_stop_the_rest():
    bad = {f"Paper {number}": [RejectedError("too long")] for number in range(5)}

    outcomes = await outcomes_of(
        Scripted(answer(), by_title=bad), [paper(n) for n in range(9)], concurrency=1
    )

    assert len(outcomes) == 9
    assert sum(isinstance(outcome, Extraction) for outcome in outcomes.values()) == 4


async def test_known_answers_do_not_hide_that_a_server_never_answers():
    provider = Scripted(TransientError("the line is dead"))
    known = {fingerprint_of(provider, paper(0)): answer()}

    with pytest.raises(RunStoppedError, match="the line is dead"):
        await outcomes_of(provider, [paper(n) for n in range(9)], known=known)


async def test_two_unanswered_papers_are_failures_and_no_reason_to_stop():
    outcomes = await outcomes_of(Scripted(TransientError("the line is dead")), [paper(1), paper(2)])

    assert {outcome.reason for outcome in outcomes.values()} == {"no answer"}


async def test_a_server_that_stops_answering_later_does_not():
    script = [answer(), *[TransientError("the line is dead")] * 8]

    outcomes = await outcomes_of(Scripted(*script), [paper(n) for n in range(9)], concurrency=1)

    assert sum(isinstance(outcome, Failure) for outcome in outcomes.values()) == 8


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("a bug"), KeyError("a bug"), AssertionError("a bug")], ids=repr
)
async def test_a_bug_is_heard(error):
    with pytest.raises(type(error), match="a bug"):
        await outcomes_of(Scripted(error), [paper(1), paper(2), paper(3)])


async def test_what_was_handed_over_before_a_bug_stays():
    outcomes: list[Outcome] = []
    provider = Scripted(answer(), answer(), ZeroDivisionError("a bug"))

    with pytest.raises(ZeroDivisionError):
        await pipeline_of(provider).run(
            [paper(n) for n in range(5)], look_up=lambda _: {}, sink=outcomes.append, concurrency=1
        )

    assert [outcome.paper.paper_id for outcome in outcomes] == ["p0", "p1"]


async def test_a_sink_that_fails_is_heard():
    def full(_outcome):
        message = "the disk is full"
        raise OSError(message)

    with pytest.raises(OSError, match="the disk is full"):
        await pipeline_of(FakeProvider()).run([paper()], look_up=lambda _: {}, sink=full, concurrency=2)


# ---------------------------------------------------------------- one answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "null",
        '{"method": 3}',
        NAMED + NAMED,
        f"Here it is: {NAMED}",
        '{"method": "a',
        '{"method": "\\ud800"}',
    ],
    ids=["empty", "words", "list", "null", "wrong type", "two", "words before", "cut off", "lone surrogate"],
)
def test_what_is_no_record_is_invalid(text):
    with pytest.raises(InvalidAnswerError):
        validate(text, Reading)


def test_the_first_five_problems_are_told():
    text = json.dumps({f"key{number}": 1 for number in range(8)})

    with pytest.raises(InvalidAnswerError) as invalid:
        validate(text, Reading)

    assert str(invalid.value).count("Extra inputs are not permitted") == 5
    assert str(invalid.value).endswith("; and 3 more")


def test_a_problem_is_named_by_its_path():
    with pytest.raises(InvalidAnswerError, match=r"^datasets\.1: Input should be a valid string$"):
        validate('{"datasets": ["MudBench", 3]}', Reading)


def test_a_problem_with_the_whole_is_named_answer():
    with pytest.raises(InvalidAnswerError, match=r"^answer: Invalid JSON"):
        validate("no JSON", Reading)


def test_a_message_never_repeats_the_answer():
    with pytest.raises(InvalidAnswerError) as invalid:
        validate('{"value": "a secret phrase"}', Reading)

    assert "secret" not in str(invalid.value)


def test_a_partners_answer_completes_the_first():
    response = Response('{"method": null}', "m", completion=NAMED, completed_by="rules")

    record = grounded_record(response, Reading, paper().text, "embedded")

    assert record.parts[0].values[0].value == "TideNet"
    assert record.parts[0].found_by == "rules"


def test_without_a_partner_nobody_is_named():
    assert grounded_record(answer(), Reading, paper().text, "fake").parts[0].found_by is None


@pytest.mark.parametrize("finish_reason", [None, "stop", "tool_calls", "end_turn"])
def test_any_other_end_of_an_answer_is_fine(finish_reason):
    response = answer(finish_reason=finish_reason)

    assert grounded_record(response, Reading, paper().text, "fake").parts


def test_an_answer_cut_off_is_told_even_where_it_is_valid():
    with pytest.raises(AnswerError, match="the model's answer ended with 'length'"):
        grounded_record(answer(finish_reason="length"), Reading, paper().text, "fake")
