import asyncio
import itertools
import json
import time
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.catalog import Schema
from extractor.errors import (
    AnswerError,
    BudgetReachedError,
    CutOffError,
    FilteredError,
    InvalidAnswerError,
    RateLimitedError,
    RefusedError,
    RejectedError,
    RunStoppedError,
    SourceError,
    TooLongError,
    TransientError,
    UnreadAnswerError,
)
from extractor.exchange import NOTHING_USED, Asking, Response, Usage
from extractor.journal import Claim
from extractor.outcomes import Extraction, Failure, Outcome
from extractor.papers import Paper, Text
from extractor.pipeline import Pipeline, grounded_record, validate
from extractor.pricing import Price
from extractor.prompting import Prompt
from extractor.providers.fake import FakeProvider
from extractor.providers.pacing import Pace
from extractor.providers.priced import PricedProvider
from extractor.providers.retrying import RetryingProvider
from extractor.records import Name, Number, Quote, Record
from extractor.routing import Found, Manner, run_papers

PROMPT = (
    "{% block instructions %}Read.{% endblock %}{% block paper %}{{ title }} {{ abstract }}{% endblock %}"
)
NAMED = '{"method": "TideNet"}'
INVALID = '{"methd": "TideNet"}'
DEAD = TransientError("the line is dead")
FOR_EVER = 3600.0
"""Seconds that no test waits for."""


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

    @property
    def titles(self):
        return [request.text.title for request in self.requests]

    async def complete(self, request):
        self.requests.append(request)
        script = self._by_title.get(request.text.title, self._script)
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def aclose(self):
        """Nothing is held."""


class Held:
    """Keeps each request until its title is let go; then the script of a title answers it, or NAMED does."""

    model = "held"
    identity = {"provider": "held"}  # noqa: RUF012

    def __init__(self, **by_title):
        self._scripted = Scripted(answer(), by_title=by_title)
        self._doors = {}
        self._is_open = False
        self._came = asyncio.Semaphore(0)
        self.asked = []

    async def complete(self, request):
        title = request.text.title
        self.asked.append(title)
        self._came.release()
        if not self._is_open:
            await self._doors.setdefault(title, asyncio.Event()).wait()
        return await self._scripted.complete(request)

    async def in_flight(self, count):
        """Wait until so many more requests have come."""
        for _ in range(count):
            await self._came.acquire()

    def let_go(self, *titles):
        for title in titles:
            self._doors[title].set()

    def let_all_go(self):
        self._is_open = True
        self.let_go(*self._doors)

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


class Memory:
    """
    Knows what it is told, grants what nobody has claimed, and notes what it is asked.

    `elsewhere` is what another run asks: for each fingerprint what comes of it at the next wait, an answer
    or, where it is None, nothing. `stale` is how many claims are turned down because something changed.
    """

    def __init__(self, known=None, elsewhere=None, stale=0):
        self.known = dict(known or {})
        self.elsewhere = dict(elsewhere or {})
        self.stale = stale
        self.looked_up = []
        self.groups = []
        self.waits = 0
        self._claimed = set()

    def look_up(self, fingerprints):
        self.looked_up.append(list(fingerprints))
        known = {key: self.known[key] for key in fingerprints if key in self.known}
        return Found(known, frozenset(self.elsewhere.keys() & set(fingerprints)))

    def claim(self, fingerprints):
        if self.stale:
            self.stale -= 1
            return Claim(frozenset(), is_stale=True)
        self.groups.append(list(fingerprints))
        granted = frozenset(fingerprints) - self._claimed - self.elsewhere.keys() - self.known.keys()
        self._claimed |= granted
        return Claim(granted, is_stale=False)

    async def wait(self):
        self.waits += 1
        self.known |= {key: landed for key, landed in self.elsewhere.items() if landed}
        self.elsewhere.clear()
        await asyncio.sleep(0)

    def land(self, outcome):
        """Take in an outcome of this run, as the journal does."""
        self._claimed.discard(outcome.fingerprint)
        self.known[outcome.fingerprint] = outcome.response if isinstance(outcome, Extraction) else outcome


def answer(text=NAMED, *, finish_reason="stop", usage=NOTHING_USED, attempts=1):
    return Response(text, "scripted-1", usage, finish_reason, attempts)


def pipeline_of(provider, concurrency=2, **more):
    asking = Asking(SCHEMA.name, Reading, provider.model, provider.identity)
    return Pipeline(SCHEMA, provider, Prompt(PROMPT, Reading), asking, **{"pace": Pace(concurrency), **more})


def manner(**more):
    return Manner(**{"grace": FOR_EVER, **more})


OF_THE_PIPELINE = {"concurrency", "pace", "deadline", "answers_wait"}


def paper(number=1):
    text = Text(title=f"Paper {number}", abstract=f"TideNet gains {number} points on MudBench.")
    return Paper(paper_id=f"p{number}", text=text)


def papers_to(count):
    return [paper(number) for number in range(1, count + 1)]


class Run:
    """One run: its outcomes as they come, whatever becomes of it."""

    def __init__(self, provider, papers, *, memory=None, **more):
        self.provider = provider
        self.memory = memory or Memory()
        self.outcomes = []
        self.told: list[str] = []
        self._papers = papers
        self._manner = manner(
            tell=self.told.append, **{key: more[key] for key in more.keys() - OF_THE_PIPELINE}
        )
        self._pipeline = pipeline_of(provider, **{key: more[key] for key in more.keys() & OF_THE_PIPELINE})

    async def to_its_end(self):
        limit = asyncio.timeout(30)
        try:
            async with limit:
                await run_papers(self._pipeline, self._papers, self.memory, self._keep, self._manner)
        finally:
            assert not limit.expired(), "it did not end"
        return self

    def started(self):
        return asyncio.create_task(self.to_its_end())

    @property
    def by_id(self):
        return {outcome.paper.paper_id: outcome for outcome in self.outcomes}

    @property
    def ids(self):
        return [outcome.paper.paper_id for outcome in self.outcomes]

    def _keep(self, outcome):
        self.memory.land(outcome)
        self.outcomes.append(outcome)


async def outcomes_of(provider, papers, *, known=None, concurrency=2):
    run = Run(provider, papers, memory=Memory(known), concurrency=concurrency)
    return (await run.to_its_end()).by_id


async def outcome_of(provider, *, known=None):
    return (await outcomes_of(provider, [paper()], known=known))["p1"]


def fingerprint_of(provider, of=None):
    return pipeline_of(provider).asked(of or paper()).fingerprint


async def settled():
    """Let everybody go on for as far as they get."""
    for _ in range(20):
        await asyncio.sleep(0)


async def nothing_is_left_behind():
    """Tell whether no task but the test's own is there."""
    await settled()
    return asyncio.all_tasks() == {asyncio.current_task()}


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
    assert "methd" not in provider.requests[2].correction


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

    assert (outcome.reason, outcome.paid, outcome.raw_text) == ("no answer", False, INVALID)
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


async def test_a_known_failure_costs_nothing_anew_whoever_kept_it():
    provider = Scripted(answer())
    kept = Failure(paper(), fingerprint_of(provider), "refused", "no", paid=True, from_cache=False)

    outcome = await outcome_of(provider, known={fingerprint_of(provider): kept})

    assert outcome.from_cache
    assert provider.requests == []


async def test_what_is_known_is_looked_up_by_fingerprint_in_batches():
    provider = FakeProvider()
    run = Run(provider, iter(papers_to(1050)), concurrency=3)
    await run.to_its_end()

    assert len(run.memory.looked_up[0]) == 500
    assert 2 <= len(run.memory.looked_up) <= 3
    assert list(itertools.chain(*run.memory.looked_up)) == [
        fingerprint_of(provider, p) for p in papers_to(1050)
    ]


async def test_where_a_look_up_takes_long_more_is_looked_up_at_once():
    class Slow(Memory):
        def look_up(self, fingerprints):
            time.sleep(0.11)
            return super().look_up(fingerprints)

    run = await Run(FakeProvider(), papers_to(1700), memory=Slow()).to_its_end()

    assert [len(batch) for batch in run.memory.looked_up] == [500, 1000, 200]


async def test_what_is_known_is_not_claimed():
    provider = Scripted(answer())
    memory = Memory({fingerprint_of(provider, paper(2)): answer()})
    await Run(provider, papers_to(3), memory=memory).to_its_end()

    assert sorted(itertools.chain(*memory.groups)) == sorted(
        fingerprint_of(provider, paper(number)) for number in (1, 3)
    )
    assert sorted(provider.titles) == ["Paper 1", "Paper 3"]


# ---------------------------------------------------------------- what other runs ask


async def test_what_is_asked_elsewhere_is_taken_from_there_when_it_lands():
    provider = Scripted(answer())
    memory = Memory(elsewhere={fingerprint_of(provider, paper(1)): answer()})
    run = await Run(provider, papers_to(3), memory=memory).to_its_end()

    assert sorted(run.ids) == ["p1", "p2", "p3"]
    assert sorted(provider.titles) == ["Paper 2", "Paper 3"]
    assert run.by_id["p1"].from_cache
    assert memory.waits == 1
    assert run.told == ["1 papers are being asked by another run: waiting for its answers"]


async def test_what_is_asked_elsewhere_is_asked_here_when_it_falls_free():
    provider = Scripted(answer())
    memory = Memory(elsewhere={fingerprint_of(provider, paper(1)): None})
    run = await Run(provider, papers_to(3), memory=memory).to_its_end()

    assert sorted(run.ids) == ["p1", "p2", "p3"]
    assert provider.titles == ["Paper 2", "Paper 3", "Paper 1"]


async def test_where_all_is_asked_elsewhere_the_run_waits_for_it():
    provider = Scripted(DEAD)
    memory = Memory(elsewhere={fingerprint_of(provider, each): answer() for each in papers_to(1200)})
    run = await Run(provider, papers_to(1200), memory=memory).to_its_end()

    assert len(run.outcomes) == 1200
    assert provider.requests == []


async def test_what_another_run_claims_between_look_and_claim_is_left_to_it():
    # Given a paper that nobody asks when it is looked up, and another run when it is claimed,
    provider = Scripted(answer())

    class Overtaken(Memory):
        def claim(self, fingerprints):
            if not self.groups:
                self.elsewhere[fingerprint_of(provider, paper(2))] = answer()
            return super().claim(fingerprints)

    run = await Run(provider, papers_to(3), memory=Overtaken()).to_its_end()
    # then its answer is taken from there.
    assert sorted(run.ids) == ["p1", "p2", "p3"]
    assert sorted(provider.titles) == ["Paper 1", "Paper 3"]


@pytest.mark.parametrize("stale", [1, 2, 7])
async def test_where_what_is_known_has_changed_it_is_looked_up_anew(stale):
    provider = Scripted(answer())
    memory = Memory(stale=stale)
    run = await Run(provider, papers_to(40), memory=memory).to_its_end()

    assert sorted(provider.titles) == sorted(each.text.title for each in papers_to(40))
    assert len(run.outcomes) == 40
    assert len(memory.looked_up) == 1 + stale


async def test_where_what_is_known_has_changed_what_is_claimed_already_is_not_looked_up_anew():
    provider = Scripted(answer())

    class StaleOnce(Memory):
        def claim(self, fingerprints):
            self.stale = int(len(self.groups) == 3 and len(self.looked_up) == 1)
            return super().claim(fingerprints)

    run = await Run(provider, papers_to(20), memory=StaleOnce(), concurrency=4).to_its_end()

    first, second = run.memory.looked_up
    assert (len(first), second) == (20, first[12:])
    assert len(run.outcomes) == len(provider.requests) == 20


async def test_what_has_landed_when_a_claim_is_stale_is_not_asked():
    # Given another run whose answer goes to the database just before this one claims,
    provider = Scripted(answer())

    class Landing(Memory):
        def claim(self, fingerprints):
            if self.stale:
                self.known[fingerprint_of(provider, paper(2))] = answer()
            return super().claim(fingerprints)

    run = await Run(provider, papers_to(3), memory=Landing(stale=1)).to_its_end()
    # then it is found.
    assert sorted(provider.titles) == ["Paper 1", "Paper 3"]
    assert run.by_id["p2"].from_cache


async def test_each_paper_is_claimed_before_it_is_asked():
    events: list[tuple[str, str]] = []

    class Noting(Memory):
        def claim(self, fingerprints):
            claims = super().claim(fingerprints)
            events.extend(("claimed", each) for each in claims.granted)
            return claims

    class Asked(FakeProvider):
        async def complete(self, request):
            events.append(("asked", request.fingerprint))
            return await super().complete(request)

    await Run(Asked(), papers_to(60), memory=Noting(), concurrency=7).to_its_end()

    for number in range(1, 61):
        fingerprint = fingerprint_of(FakeProvider(), paper(number))
        assert events.index(("claimed", fingerprint)) < events.index(("asked", fingerprint))


@pytest.mark.parametrize(("concurrency", "largest"), [(1, 1), (3, 3), (16, 16), (100, 16)])
async def test_no_more_is_claimed_at_once_than_is_asked_soon(concurrency, largest):
    memory = Memory()
    await Run(FakeProvider(), papers_to(120), memory=memory, concurrency=concurrency).to_its_end()

    assert max(map(len, memory.groups)) == largest
    assert sum(map(len, memory.groups)) == 120


async def test_claims_shrink_with_what_may_be_in_flight():
    # Given a server that limited the rate a while ago,
    clock = [0.0]
    pace = Pace(clock=lambda: clock[0])
    sent = await pace.turn(1)
    clock[0] = 1.0
    pace.slow_down(sent, 0.5, "slow down")
    clock[0] = 2.0
    # when four may be in flight, then as many are claimed at once.
    memory = Memory()
    await Run(FakeProvider(), papers_to(40), memory=memory, pace=pace).to_its_end()
    assert max(map(len, memory.groups)) == 4


@pytest.mark.parametrize("concurrency", [1, 2, 16])
async def test_a_text_that_comes_twice_is_asked_once(concurrency):
    provider = Scripted(answer())
    again = Paper(paper_id="again", text=paper(1).text)
    run = await Run(provider, [paper(1), again, paper(2), again], concurrency=concurrency).to_its_end()

    assert sorted(provider.titles) == ["Paper 1", "Paper 2"]
    assert sorted(run.ids) == ["again", "again", "p1", "p2"]


# ---------------------------------------------------------------- many papers


async def test_one_bad_paper_never_stops_the_rest():
    bad = {
        "Paper 3": [RejectedError("too long")],
        "Paper 5": [answer("no JSON")],
        "Paper 7": [answer(finish_reason="refusal")],
    }

    outcomes = await outcomes_of(Scripted(answer(), by_title=bad), papers_to(12))

    failed = {name: outcome.reason for name, outcome in outcomes.items() if isinstance(outcome, Failure)}
    assert len(outcomes) == 12
    assert failed == {"p3": "rejected", "p5": "invalid", "p7": "refused"}


@pytest.mark.parametrize("concurrency", [1, 3, 8])
async def test_as_many_papers_are_in_flight_as_allowed_and_never_more(concurrency):
    provider = Crowd(concurrency)

    outcomes = await outcomes_of(provider, papers_to(24), concurrency=concurrency)

    assert len(outcomes) == 24
    assert provider.most == concurrency


@pytest.mark.parametrize("count", [0, 1, 2, 20])
@pytest.mark.parametrize("concurrency", [1, 2, 8, None])
async def test_few_papers_are_no_problem(count, concurrency):
    assert len(await outcomes_of(FakeProvider(), papers_to(count), concurrency=concurrency)) == count
    assert await nothing_is_left_behind()


class Counted:
    """A source of so many papers; `taken` is how many were read."""

    def __init__(self, count):
        self._count = count
        self.taken = 0

    def __iter__(self):
        for number in range(1, self._count + 1):
            self.taken = number
            yield paper(number)


async def test_papers_are_read_only_a_little_ahead_of_what_is_asked():
    # Given a million papers, and a server that has no more to give after the 700th,
    papers = Counted(1_000_000)
    provider = Scripted(*[answer()] * 700, RunStoppedError("the credit is used up"))
    # when they are asked, then only a few batches are read.
    with pytest.raises(RunStoppedError, match="the credit is used up"):
        await Run(provider, papers).to_its_end()
    assert papers.taken <= 10_000


async def test_papers_that_are_known_are_read_only_a_little_ahead_of_what_is_kept():
    papers = Counted(1_000_000)
    kept = []

    class AllKnown(Memory):
        def look_up(self, fingerprints):
            return Found(dict.fromkeys(fingerprints, answer()), frozenset())

    def keep(outcome):
        kept.append(outcome)
        if len(kept) == 700:
            message = "the disk is full"
            raise OSError(message)

    with pytest.raises(OSError, match="the disk is full"):
        await run_papers(pipeline_of(FakeProvider()), papers, AllKnown(), keep, manner())
    assert papers.taken <= 10_000


async def test_papers_that_are_asked_elsewhere_are_read_only_a_little_ahead():
    # Given another run that asks all of twenty thousand papers and does not get on,
    papers = Counted(20_000)

    class Stuck(Memory):
        def look_up(self, fingerprints):
            return Found({}, frozenset(fingerprints))

        async def wait(self):
            self.waits += 1
            if self.waits == 5:
                message = "enough is seen"
                raise RunStoppedError(message)

    # when this one waits for it, then it does not read them all meanwhile.
    with pytest.raises(RunStoppedError, match="enough is seen"):
        await Run(FakeProvider(), papers, memory=Stuck()).to_its_end()
    assert papers.taken <= 10_000


BEHAVIOURS = {
    "answered": [answer()],
    "invalid once": [answer(INVALID), answer()],
    "invalid": [answer(INVALID)],
    "refused": [answer(finish_reason="refusal")],
    "filtered": [FilteredError("no")],
    "too long": [TooLongError("no")],
}
ELSEWHERE = ["landed", "fallen free", "known"]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([*BEHAVIOURS, *ELSEWHERE]), max_size=30),
    st.one_of(st.none(), st.integers(1, 20)),
    st.integers(0, 3),
)
def test_every_paper_has_one_outcome_and_none_is_asked_more_than_it_takes(whats, concurrency, stale):
    named = [(paper(number), what) for number, what in enumerate(whats)]
    provider = Scripted(
        answer(), by_title={each.text.title: BEHAVIOURS[what] for each, what in named if what in BEHAVIOURS}
    )
    memory = Memory(
        {fingerprint_of(provider, each): answer() for each, what in named if what == "known"},
        {
            fingerprint_of(provider, each): answer() if what == "landed" else None
            for each, what in named
            if what in ("landed", "fallen free")
        },
        stale,
    )
    run = Run(provider, iter([each for each, _ in named]), memory=memory, concurrency=concurrency)
    asyncio.run(run.to_its_end())

    takes = {"invalid once": 2, "invalid": 3, "landed": 0, "known": 0}
    assert sorted(run.ids) == sorted(each.paper_id for each, _ in named)
    assert sorted(provider.titles) == sorted(
        itertools.chain(*[[each.text.title] * takes.get(what, 1) for each, what in named])
    )


# ---------------------------------------------------------------- a deadline


async def test_a_paper_without_an_answer_in_time_is_a_failure():
    run = await Run(Held(), [paper()], deadline=0.01).to_its_end()

    failure = run.by_id["p1"]
    assert (failure.reason, failure.paid, failure.raw_text) == ("no answer", False, None)
    assert failure.message == "no answer within the deadline of 0.01 s"


async def test_a_paper_without_an_answer_in_time_tells_what_went_wrong_last():
    async def sleep(_seconds):
        await asyncio.Event().wait()

    pace = Pace(2, sleep=sleep)
    provider = RetryingProvider(Scripted(DEAD), pace)
    run = await Run(provider, [paper()], pace=pace, deadline=0.01).to_its_end()

    assert run.by_id["p1"].message == "no answer within the deadline of 0.01 s: the line is dead"


async def test_a_paper_that_was_answered_but_not_well_in_time_is_tried_by_the_next_run():
    class HeldTheSecondTime(Scripted):
        async def complete(self, request):
            if request.correction:
                await asyncio.Event().wait()
            return await super().complete(request)

    provider = HeldTheSecondTime(answer(INVALID, usage=Usage(10, 1)))
    run = await Run(provider, [paper()], deadline=0.01).to_its_end()

    failure = run.by_id["p1"]
    assert (failure.reason, failure.paid, failure.raw_text) == ("no answer", False, INVALID)
    assert (failure.usage, failure.model) == (Usage(10, 1), "scripted-1")


@pytest.mark.parametrize("deadline", [None, 20.0])
async def test_a_time_out_of_the_providers_own_is_heard_as_what_it_is(deadline):
    with pytest.raises(TimeoutError, match="a bug"):
        await Run(Scripted(TimeoutError("a bug")), [paper()], deadline=deadline).to_its_end()


# ---------------------------------------------------------------- a run that is over before its papers are


async def test_an_error_of_the_whole_run_stops_it():
    with pytest.raises(RunStoppedError, match="no key"):
        await outcomes_of(Scripted(RunStoppedError("no key")), papers_to(2))


async def test_when_a_run_is_stopped_what_is_in_flight_is_waited_for_and_kept():
    provider = Held(**{"Paper 2": [RunStoppedError("no key")]})
    run = Run(provider, papers_to(9), concurrency=3)
    running = run.started()
    await provider.in_flight(3)

    provider.let_go("Paper 2")
    await settled()
    assert not running.done()
    provider.let_go("Paper 1", "Paper 3")

    with pytest.raises(RunStoppedError, match="no key"):
        await running
    assert sorted(run.ids) == ["p1", "p3"]
    assert sorted(provider.asked) == ["Paper 1", "Paper 2", "Paper 3"]
    assert await nothing_is_left_behind()


async def test_when_a_run_is_stopped_no_paper_is_begun_not_even_at_that_very_moment():
    provider = Held(**{"Paper 1": [RunStoppedError("no key")]})
    run = Run(provider, papers_to(9), concurrency=3)
    running = run.started()
    await provider.in_flight(3)

    provider.let_go("Paper 1", "Paper 2", "Paper 3")

    with pytest.raises(RunStoppedError, match="no key"):
        await running
    assert sorted(provider.asked) == ["Paper 1", "Paper 2", "Paper 3"]
    assert sorted(run.ids) == ["p2", "p3"]


async def test_of_two_errors_the_first_is_heard():
    provider = Held(**{"Paper 1": [RunStoppedError("no key")], "Paper 2": [ZeroDivisionError("a bug")]})
    running = Run(provider, papers_to(9)).started()
    await provider.in_flight(2)

    provider.let_go("Paper 1")
    await settled()
    provider.let_go("Paper 2")

    with pytest.raises(RunStoppedError, match="no key"):
        await running


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("a bug"), KeyError("a bug"), AssertionError("a bug")], ids=repr
)
async def test_a_bug_is_heard(error):
    with pytest.raises(type(error), match="a bug"):
        await outcomes_of(Scripted(error), papers_to(3))


async def test_what_was_handed_over_before_a_bug_stays():
    run = Run(Scripted(answer(), answer(), ZeroDivisionError("a bug")), papers_to(5), concurrency=1)

    with pytest.raises(ZeroDivisionError):
        await run.to_its_end()

    assert run.ids == ["p1", "p2"]


async def test_a_sink_that_fails_ends_the_run_and_is_heard():
    provider = Held()
    kept = []

    def keep(outcome):
        if outcome.paper.paper_id == "p1":
            message = "the disk is full"
            raise ValueError(message)
        kept.append(outcome.paper.paper_id)

    pipeline = pipeline_of(provider, 3)
    running = asyncio.create_task(run_papers(pipeline, papers_to(9), Memory(), keep, manner()))
    await provider.in_flight(3)
    provider.let_go("Paper 1")
    await settled()
    provider.let_go("Paper 2", "Paper 3")

    with pytest.raises(ValueError, match="the disk is full"):
        await running
    assert sorted(kept) == ["p2", "p3"]
    assert len(provider.asked) == 3
    assert await nothing_is_left_behind()


async def test_a_source_that_fails_half_way_ends_the_run_with_what_is_in_flight_kept():
    def failing():
        yield from papers_to(600)
        message = "line 601: not UTF-8"
        raise SourceError(message)

    provider = FakeProvider()
    run = Run(provider, failing())

    with pytest.raises(SourceError, match="line 601"):
        await run.to_its_end()

    assert len(run.outcomes) == provider.asked
    assert len(set(run.ids)) == len(run.ids)
    assert len(run.ids) > 450
    assert await nothing_is_left_behind()


async def test_a_source_that_fails_at_once_ends_the_run():
    def failing():
        message = "line 1: not UTF-8"
        raise SourceError(message)
        yield

    with pytest.raises(SourceError, match="line 1"):
        await Run(FakeProvider(), failing()).to_its_end()


@pytest.mark.parametrize("what", ["look_up", "claim", "wait"])
async def test_what_is_known_may_fail_too_and_that_is_heard(what):
    class Failing(Memory):
        def look_up(self, fingerprints):
            self._fail("look_up")
            return super().look_up(fingerprints)

        def claim(self, fingerprints):
            self._fail("claim")
            return super().claim(fingerprints)

        async def wait(self):
            self._fail("wait")

        @staticmethod
        def _fail(here):
            if here == what:
                raise OSError(here)

    provider = FakeProvider()
    memory = Failing(elsewhere={fingerprint_of(provider, paper(2)): None})

    with pytest.raises(OSError, match=what):
        await Run(provider, papers_to(3), memory=memory).to_its_end()
    assert await nothing_is_left_behind()


async def test_a_request_that_is_cancelled_from_elsewhere_is_heard_and_not_lost_in_silence():
    provider = Scripted(answer(), by_title={"Paper 2": [asyncio.CancelledError()]})
    run = Run(provider, papers_to(5), concurrency=1)

    with pytest.raises((RuntimeError, asyncio.CancelledError)):
        await run.to_its_end()


async def test_a_pipeline_whose_run_is_over_says_so_and_loses_nothing_in_silence():
    pipeline = pipeline_of(FakeProvider())
    outcomes: list[Outcome] = []
    await run_papers(pipeline, papers_to(3), Memory(), outcomes.append, manner())

    try:
        await run_papers(pipeline, papers_to(3), Memory(), outcomes.append, manner())
    except (RuntimeError, asyncio.CancelledError):
        assert len(outcomes) == 3
    else:
        assert len(outcomes) == 6


async def test_a_pause_keeps_nobody_waiting_when_all_is_answered():
    # Given a server that says with its last answer that nothing more is let in for an hour,
    pace = Pace(2)

    class PausedAtTheEnd(FakeProvider):
        async def complete(self, request):
            answered = await super().complete(request)
            if self.asked == 3:
                pace.pause(FOR_EVER)
            return answered

    # when the last paper is answered, then the run is over.
    run = await Run(PausedAtTheEnd(), papers_to(3), pace=pace).to_its_end()
    assert len(run.outcomes) == 3


async def test_a_pause_keeps_no_known_answer_waiting():
    provider = Scripted(DEAD)
    pace = Pace(2)
    pace.pause(FOR_EVER)
    memory = Memory({fingerprint_of(provider, each): answer() for each in papers_to(5)})

    run = await Run(provider, papers_to(5), memory=memory, pace=pace).to_its_end()

    assert len(run.outcomes) == 5


async def test_a_budget_that_is_reached_ends_the_run_with_what_was_answered():
    # Given answers of a dollar each,
    wrapped = Scripted(answer(usage=Usage(0, 2000)))
    provider = PricedProvider(wrapped, Price(0.0, 500.0, 0.0), 10.0)
    run = Run(provider, papers_to(100), concurrency=4)
    # when ten dollars may be spent, then ten are asked.
    with pytest.raises(BudgetReachedError, match=r"\$10\.0000 of --max-cost 10 is spent"):
        await run.to_its_end()
    assert len(run.outcomes) == len(wrapped.requests) == 10
    assert await nothing_is_left_behind()


# ---------------------------------------------------------------- a run that is cancelled


async def test_when_a_run_is_cancelled_the_answers_in_flight_are_waited_for():
    provider = Held()
    run = Run(provider, papers_to(9), concurrency=3)
    running = run.started()
    await provider.in_flight(3)

    running.cancel()
    await settled()
    assert not running.done()
    assert run.told == ["stopping: the answers in flight are waited for; once more to leave now"]
    provider.let_go("Paper 1", "Paper 2", "Paper 3")

    with pytest.raises(asyncio.CancelledError):
        await running
    assert sorted(run.ids) == ["p1", "p2", "p3"]
    assert len(provider.asked) == 3
    assert await nothing_is_left_behind()


async def test_what_is_in_flight_is_waited_for_no_longer_than_the_grace():
    provider = Held()
    run = Run(provider, papers_to(9), concurrency=3, grace=0.01)
    running = run.started()
    await provider.in_flight(3)

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert run.outcomes == []
    assert await nothing_is_left_behind()


@pytest.mark.parametrize("moments", [1, 2, 3, 4, 5, 6, 8, 12, 20])
async def test_a_run_that_is_cancelled_twice_is_left_at_once(moments):
    provider = Held()
    run = Run(provider, papers_to(9), concurrency=3)
    running = run.started()
    await provider.in_flight(3)

    running.cancel()
    for _ in range(moments):
        await asyncio.sleep(0)
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert await nothing_is_left_behind()


async def test_a_run_that_was_stopped_and_is_cancelled_then_is_left_at_once():
    provider = Held(**{"Paper 1": [RunStoppedError("no key")]})
    running = Run(provider, papers_to(9), concurrency=3).started()
    await provider.in_flight(3)
    provider.let_go("Paper 1")
    await settled()

    running.cancel()

    with pytest.raises((RunStoppedError, asyncio.CancelledError)):
        await running
    assert await nothing_is_left_behind()


async def sleep_for_ever(_seconds):
    await asyncio.Event().wait()


async def test_who_rests_between_two_tries_is_not_waited_for():
    # Given two requests that rest before they are tried again, and one in flight,
    pace = Pace(3, sleep=sleep_for_ever)
    held = Held(**{"Paper 1": [DEAD], "Paper 2": [DEAD]})
    run = Run(RetryingProvider(held, pace), papers_to(9), pace=pace)
    running = run.started()
    await held.in_flight(3)
    held.let_go("Paper 1", "Paper 2")
    await settled()
    # when the run is cancelled and the one in flight is answered,
    running.cancel()
    await settled()
    held.let_go("Paper 3")
    # then it is over.
    with pytest.raises(asyncio.CancelledError):
        await running
    assert run.ids == ["p3"]
    assert len(held.asked) == 3


async def test_who_waits_out_a_rate_limit_is_not_waited_for():
    pace = Pace(3, sleep=sleep_for_ever)
    limited = RateLimitedError("slow down", retry_after=FOR_EVER)
    held = Held(**{f"Paper {number}": [limited] for number in (1, 2, 3)})
    running = Run(RetryingProvider(held, pace), papers_to(9), pace=pace).started()
    await held.in_flight(3)
    held.let_go("Paper 1", "Paper 2", "Paper 3")
    await settled()

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(held.asked) == 3


async def test_who_waits_for_another_run_is_not_waited_for():
    provider = Scripted(answer())

    class Waiting(Memory):
        is_waiting = asyncio.Event()

        async def wait(self):
            self.is_waiting.set()
            await asyncio.Event().wait()

    memory = Waiting(elsewhere={fingerprint_of(provider, paper(1)): None})
    running = Run(provider, papers_to(1), memory=memory).started()
    await memory.is_waiting.wait()

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert await nothing_is_left_behind()


async def test_who_waits_for_the_budget_is_not_asked_after_the_stop():
    # Given a budget of a dollar that one request in flight has reserved,
    pace = Pace(3)
    held = Held(**{"Paper 1": [answer(usage=Usage(0, 200))]})
    provider = PricedProvider(RetryingProvider(held, pace), Price(0.0, 500.0, 0.0), 1.0)
    run = Run(provider, papers_to(9), pace=pace)
    running = run.started()
    await held.in_flight(1)
    await settled()
    # when the run is cancelled, and the answer costs less than was reserved,
    running.cancel()
    await settled()
    held.let_go("Paper 1")
    # then those who waited are not asked all the same.
    with pytest.raises(asyncio.CancelledError):
        await running
    assert run.ids == ["p1"]
    assert held.asked == ["Paper 1"]


async def test_an_answer_that_does_not_fit_is_kept_where_the_run_stops_before_it_is_asked_again():
    pace = Pace(2)
    held = Held(**{"Paper 1": [answer(INVALID, usage=Usage(10, 1))]})
    run = Run(RetryingProvider(held, pace), [paper()], pace=pace)
    running = run.started()
    await held.in_flight(1)

    running.cancel()
    await settled()
    held.let_go("Paper 1")

    with pytest.raises(asyncio.CancelledError):
        await running
    failure = run.by_id["p1"]
    assert (failure.paid, failure.raw_text, failure.usage) == (False, INVALID, Usage(10, 1))
    assert failure.message == "the run was stopped before the answer was asked for again"


class Slow:
    """Answers each paper after some moments; `answered` are the titles that were."""

    model = "slow"
    identity = {"provider": "slow"}  # noqa: RUF012

    def __init__(self, moments):
        self._moments = itertools.cycle(moments)
        self.answered = []

    async def complete(self, request):
        for _ in range(next(self._moments)):
            await asyncio.sleep(0)
        self.answered.append(request.text.title)
        return answer()

    async def aclose(self):
        """Nothing is held."""


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=10),
    st.integers(1, 8),
    st.integers(0, 40),
    st.sampled_from([FOR_EVER, 0.0]),
)
def test_however_a_run_is_cancelled_what_was_answered_is_kept(moments, concurrency, when, grace):
    async def play():
        provider = Slow(moments)
        run = Run(provider, papers_to(60), concurrency=concurrency, grace=grace)
        running = run.started()
        while not provider.answered and not running.done():  # noqa: ASYNC110 - each moment counts.
            await asyncio.sleep(0)
        for _ in range(when):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait([running])
        assert sorted(outcome.paper.text.title for outcome in run.outcomes) == sorted(provider.answered)
        assert await nothing_is_left_behind()

    asyncio.run(play())


# ---------------------------------------------------------------- a run that cannot come to anything


LIMITED = RateLimitedError("slow down")
NO = RejectedError("unknown parameter")


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([DEAD], "the first 3 papers all brought no answer: the line is dead"),
        ([LIMITED], "the first 3 papers all brought no answer: slow down"),
        ([LIMITED, LIMITED, DEAD], "the first 3 papers all brought no answer: the line is dead"),
        ([NO], "the first 3 papers all were turned down: unknown parameter"),
    ],
    ids=["no answer", "rate limited", "both", "rejected"],
)
async def test_a_run_whose_first_three_papers_come_to_nothing_is_stopped(errors, told):
    provider = Scripted(*errors)
    run = Run(provider, papers_to(9), concurrency=1)

    with pytest.raises(RunStoppedError) as stopped:
        await run.to_its_end()

    assert str(stopped.value) == told
    assert run.ids == ["p1", "p2", "p3"]
    assert len(provider.requests) == 3


@pytest.mark.parametrize("error", [DEAD, NO], ids=["no answer", "rejected"])
async def test_two_papers_that_come_to_nothing_are_no_reason_to_stop(error):
    outcomes = await outcomes_of(Scripted(error), papers_to(2))

    assert {outcome.reason for outcome in outcomes.values()} == {error.reason}


async def test_papers_that_come_to_nothing_in_different_ways_do_not_add_up():
    provider = Scripted(DEAD, NO, DEAD, NO, answer())

    assert len(await outcomes_of(provider, papers_to(9), concurrency=1)) == 9


@pytest.mark.parametrize(
    "error",
    [TooLongError("no"), FilteredError("no"), RefusedError("no"), CutOffError("no")],
    ids=lambda error: error.reason,
)
async def test_papers_that_fail_by_their_own_fault_do_not_stop_the_rest(error):
    bad = {f"Paper {number}": [error] for number in range(1, 6)}

    outcomes = await outcomes_of(Scripted(answer(), by_title=bad), papers_to(9), concurrency=1)

    assert sum(isinstance(outcome, Extraction) for outcome in outcomes.values()) == 4


async def test_papers_that_were_answered_but_not_well_in_time_are_no_reason_to_stop():
    class HeldTheSecondTime(Scripted):
        async def complete(self, request):
            if request.correction:
                await asyncio.Event().wait()
            return await super().complete(request)

    run = await Run(HeldTheSecondTime(answer(INVALID)), papers_to(5), deadline=0.01).to_its_end()

    assert [outcome.raw_text for outcome in run.outcomes] == [INVALID] * 5


async def test_known_answers_do_not_hide_that_a_server_never_answers():
    provider = Scripted(DEAD)
    known = {fingerprint_of(provider, paper(number)): answer() for number in (1, 3, 5)}

    with pytest.raises(RunStoppedError, match="the line is dead"):
        await outcomes_of(provider, papers_to(12), known=known)


async def test_a_server_that_stops_answering_later_does_not_stop_the_run_at_once():
    outcomes = await outcomes_of(Scripted(answer(), *[DEAD] * 8), papers_to(9), concurrency=1)

    assert sum(isinstance(outcome, Failure) for outcome in outcomes.values()) == 8


async def test_a_run_without_an_answer_for_long_is_stopped():
    run = Run(Held(), papers_to(9), patience=0.02, grace=0.01)

    with pytest.raises(RunStoppedError, match=r"^no answer at all for 0\.02 s$"):
        await run.to_its_end()

    assert await nothing_is_left_behind()


async def test_a_run_without_an_answer_for_long_tells_what_went_wrong_last():
    pace = Pace(2, sleep=sleep_for_ever)
    provider = RetryingProvider(Scripted(DEAD), pace)

    with pytest.raises(RunStoppedError, match=r"^no answer at all for 0\.02 s: the line is dead$"):
        await Run(provider, papers_to(9), pace=pace, patience=0.02).to_its_end()


async def test_a_run_that_waits_for_another_one_is_not_stopped():
    provider = Scripted(answer())

    class Long(Memory):
        async def wait(self):
            if self.waits < 10:
                self.waits += 1
                await asyncio.sleep(0.01)
            else:
                await super().wait()

    memory = Long(elsewhere={fingerprint_of(provider, paper(1)): answer()})
    run = await Run(provider, papers_to(3), memory=memory, patience=0.02).to_its_end()

    assert len(run.outcomes) == 3


async def test_time_in_which_nothing_was_asked_does_not_count():
    # Given a paper that another run asks for longer than patience lasts, and then lets go,
    class Long(Memory):
        async def wait(self):
            await asyncio.sleep(0.75)
            await super().wait()

    class Slow(Scripted):
        async def complete(self, request):
            await asyncio.sleep(0.3)
            return await super().complete(request)

    provider = Slow(answer())
    memory = Long(elsewhere={fingerprint_of(provider, paper(1)): None})
    # when it is asked here, then patience begins anew.
    run = await Run(provider, [paper(1)], memory=memory, patience=0.5).to_its_end()
    assert run.ids == ["p1"]


async def test_a_run_whose_papers_are_slow_to_come_is_not_stopped():
    provider = Scripted(answer())
    come = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow():
        yield paper(1)
        asyncio.run_coroutine_threadsafe(come.wait(), loop).result()
        yield paper(2)

    running = Run(provider, slow(), patience=0.01).started()
    loop.call_later(0.1, come.set)

    assert len((await running).outcomes) == 2


async def test_a_run_whose_papers_are_all_known_is_not_stopped():
    provider = Scripted(DEAD)
    memory = Memory({fingerprint_of(provider, each): answer() for each in papers_to(300)})
    run = await Run(provider, papers_to(300), memory=memory, patience=0.001).to_its_end()

    assert len(run.outcomes) == 300


async def test_a_long_run_of_short_answers_reaches_neither_a_papers_deadline_nor_the_end_of_patience():
    class NowAndThen(Scripted):
        async def complete(self, request):
            await asyncio.sleep(0.04)
            return await super().complete(request)

    run = Run(NowAndThen(answer()), papers_to(30), concurrency=1, deadline=1.0, patience=1.0)
    await run.to_its_end()

    assert [type(outcome) for outcome in run.outcomes] == [Extraction] * 30


async def test_a_run_without_patience_waits_for_ever():
    provider = Held()
    running = Run(provider, papers_to(1), patience=None).started()
    await provider.in_flight(1)
    await settled()
    assert not running.done()

    provider.let_all_go()

    assert len((await running).outcomes) == 1


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


class Faulty(Record):
    """A record that fails when it is read, as only a mistake makes one fail."""

    name: Name | None = None

    def __getattribute__(self, attribute):
        if attribute == "name":
            raise ZeroDivisionError
        return super().__getattribute__(attribute)


def test_a_mistake_of_ours_is_the_failure_of_one_answer(caplog):
    with pytest.raises(UnreadAnswerError, match="by a mistake of extractor: ZeroDivisionError"):
        grounded_record(answer('{"name": "Alder"}'), Faulty, Text(abstract="Alder."), "openai")
    assert "Traceback" in caplog.text
    assert UnreadAnswerError.paid
