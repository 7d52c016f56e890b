import asyncio
import heapq
import itertools

import pytest

from extractor.errors import (
    BudgetReachedError,
    CutOffError,
    FilteredError,
    InvalidAnswerError,
    RateLimitedError,
    RefusedError,
    RejectedError,
    RunStoppedError,
    TooLongError,
    TransientError,
)
from extractor.exchange import Asking, Message, Request, Response, Usage
from extractor.papers import Text
from extractor.providers.pacing import Pace
from extractor.providers.retrying import RetryingProvider
from extractor.records import Name, Record


class Reading(Record):
    method: Name | None = None


ASKING = Asking("readings", Reading, "scripted", {"provider": "scripted"})
ANSWER = Response('{"method": "TideNet"}', "scripted-1", Usage(100, 20), "stop")
DEAD = TransientError("the line is dead")


def limited(*, retry_after=None):
    return RateLimitedError("429: slow down", retry_after=retry_after)


def request(title="TideNet", abstract="They move."):
    text = Text(title=title, abstract=abstract)
    return Request(text, (Message("user", f"{title} {abstract}"),), ASKING)


class Clock:
    """Time that stands still while anybody has something to do, and then goes on to the next sleeper."""

    def __init__(self):
        self.now = 0.0
        self.slept: list[float] = []
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.slept.append(seconds)
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), woken))
        await woken

    async def see_through(self, work):
        """Return what comes of work, with as much time as it takes."""
        task = asyncio.ensure_future(work)
        await settled()
        while self._sleepers and not task.done():
            self.now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await settled()
        return await task


async def settled():
    """Let everybody go on for as far as they get."""
    for _ in range(12):
        await asyncio.sleep(0)


class Scripted:
    """Gives what a script says for each request: a response, or an error to raise; the last one for ever."""

    model = "scripted"
    identity = {"provider": "scripted"}  # noqa: RUF012

    def __init__(self, *script, clock=None, by_title=None):
        self._script = list(script)
        self._by_title = {title: list(lines) for title, lines in (by_title or {}).items()}
        self._clock = clock or Clock()
        self.asked_at: list[float] = []
        self.is_closed = False

    @property
    def asked(self):
        return len(self.asked_at)

    async def complete(self, request):
        self.asked_at.append(self._clock.now)
        await asyncio.sleep(0)
        script = self._by_title.get(request.text.title, self._script)
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def aclose(self):
        self.is_closed = True


class Deaf:
    """Never answers; `let_go` is how many requests were given up."""

    model = "deaf"
    identity = {"provider": "deaf"}  # noqa: RUF012

    def __init__(self):
        self.asked = self.let_go = 0

    async def complete(self, _request):
        self.asked += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.let_go += 1

    async def aclose(self):
        """Nothing is held."""


class Retried:
    """A scripted provider, wrapped, with a clock and a pace of its own."""

    def __init__(self, *script, tries=6, by_title=None, concurrency=8, **rates):
        self.clock = Clock()
        self.provider = Scripted(*script, clock=self.clock, by_title=by_title)
        self.pace = Pace(concurrency, clock=self.clock, sleep=self.clock.sleep, **rates)
        self.retrying = RetryingProvider(self.provider, self.pace, tries=tries)

    async def ask(self, title="TideNet"):
        return await self.clock.see_through(self.retrying.complete(request(title)))


# ---------------------------------------------------------------- an answer


async def test_an_answer_is_handed_on_as_it_came():
    retried = Retried(ANSWER)

    assert await retried.ask() is ANSWER
    assert retried.provider.asked == 1
    assert retried.clock.slept == []


async def test_it_passes_for_the_provider_that_it_wraps():
    retried = Retried(ANSWER)

    assert retried.retrying.model == "scripted"
    assert retried.retrying.identity == {"provider": "scripted"}
    await retried.retrying.aclose()
    assert retried.provider.is_closed


# ---------------------------------------------------------------- no answer


async def test_where_no_answer_came_it_is_asked_again():
    retried = Retried(DEAD, DEAD, ANSWER)

    assert await retried.ask() is ANSWER
    assert retried.provider.asked == 3


async def test_after_six_tries_the_last_error_is_raised_as_it_came():
    last = TransientError("still dead")
    retried = Retried(DEAD, DEAD, DEAD, DEAD, DEAD, last)

    with pytest.raises(TransientError) as raised:
        await retried.ask()

    assert raised.value is last
    assert retried.provider.asked == 6


async def test_pauses_between_tries_grow_and_are_bounded():
    retried = Retried(DEAD, tries=12)

    with pytest.raises(TransientError):
        await retried.ask()

    longest = [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert all(0 <= pause <= most for pause, most in zip(retried.clock.slept, longest, strict=True))


async def test_pauses_of_several_requests_are_not_all_of_one_length():
    first_pauses = set()
    for _ in range(20):
        retried = Retried(DEAD, ANSWER)
        await retried.ask()
        first_pauses.update(retried.clock.slept)

    assert len(first_pauses) > 10


@pytest.mark.parametrize(
    "error",
    [
        RejectedError("no"),
        TooLongError("no"),
        RefusedError("no"),
        FilteredError("no"),
        CutOffError("no"),
        InvalidAnswerError("no"),
        RunStoppedError("no"),
        BudgetReachedError("no"),
        ValueError("a bug"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_another_try_does_not_mend_is_raised_at_once(error):
    retried = Retried(error, ANSWER)

    with pytest.raises(type(error)) as raised:
        await retried.ask()

    assert raised.value is error
    assert retried.provider.asked == 1
    assert retried.clock.slept == []


async def test_requests_at_the_same_time_do_not_share_their_tries():
    by_title = {f"Paper {number}": [*[DEAD] * (number % 6), ANSWER] for number in range(60)}
    retried = Retried(by_title=by_title, concurrency=100)

    async def ask_all():
        return await asyncio.gather(*[retried.retrying.complete(request(title)) for title in by_title])

    assert await retried.clock.see_through(ask_all()) == [ANSWER] * 60
    assert retried.provider.asked == 10 * (1 + 2 + 3 + 4 + 5 + 6)


async def test_what_went_wrong_last_is_told_until_an_answer_comes():
    retried = Retried(DEAD, DEAD, ANSWER, DEAD, tries=2)

    with pytest.raises(TransientError):
        await retried.ask()
    assert retried.pace.trouble == "the line is dead"

    await retried.ask()
    assert retried.pace.trouble is None


# ---------------------------------------------------------------- a rate limit


async def test_a_rate_limit_uses_up_no_try():
    retried = Retried(*[limited()] * 30, ANSWER, tries=1)

    assert await retried.ask() is ANSWER
    assert retried.provider.asked == 31


async def test_a_rate_limit_gives_no_further_tries_either():
    retried = Retried(DEAD, limited(), DEAD, limited(), limited(), DEAD, ANSWER, tries=3)

    with pytest.raises(TransientError, match="the line is dead"):
        await retried.ask()

    assert retried.provider.asked == 6


async def test_after_a_rate_limit_it_is_asked_again_when_the_server_said():
    retried = Retried(limited(retry_after=7.5), ANSWER)

    await retried.ask()

    assert retried.provider.asked_at == [0.0, 7.5]


async def test_after_rate_limits_without_a_time_the_pauses_grow():
    retried = Retried(*[limited()] * 4, ANSWER)

    await retried.ask()

    pauses = [later - before for before, later in itertools.pairwise(retried.provider.asked_at)]
    longest = [0.5, 1, 2, 4]
    assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest, strict=True))


async def test_a_rate_limit_of_one_request_pauses_all_others():
    retried = Retried(by_title={"Paper 1": [limited(retry_after=20), ANSWER], "Paper 2": [ANSWER]})

    await asyncio.gather(retried.ask("Paper 1"), retried.ask("Paper 2"))
    retried.provider.asked_at.clear()
    retried.pace.pause(20)
    await retried.ask("Paper 2")

    assert retried.provider.asked_at == [40.0]


async def test_a_rate_limit_halves_what_is_in_flight():
    retried = Retried(limited(), ANSWER, concurrency=None)

    await retried.ask()

    assert retried.pace.limit == 4


async def test_a_rate_limit_is_told_as_trouble_while_it_lasts():
    retried = Retried(limited(), DEAD, tries=1)

    with pytest.raises(TransientError, match="the line is dead"):
        await retried.ask()

    assert retried.pace.trouble == "429: slow down"


async def test_each_try_counts_towards_the_requests_a_minute():
    retried = Retried(*[limited(retry_after=0.1)] * 3, ANSWER, rpm=6)

    await retried.ask()

    assert retried.provider.asked_at == [0.0, 10.0, 20.0, 30.0]


async def test_a_request_is_taken_to_have_a_token_for_four_characters():
    # "TideNet They move." are 18 characters.
    retried = Retried(ANSWER, tpm=60)

    await retried.ask()
    now = retried.clock.now

    # The answer was 120 tokens, so the next request waits for two minutes.
    await retried.ask()
    assert (now, retried.provider.asked_at) == (0.0, [0.0, 120.0])


# ---------------------------------------------------------------- time-outs


async def test_a_try_that_takes_too_long_is_no_answer_and_the_message_says_how_long():
    deaf = Deaf()
    retrying = RetryingProvider(deaf, Pace(8, timeout=0.01), tries=1)

    with pytest.raises(TransientError, match=r"^no answer within 0\.01 s$"):
        await retrying.complete(request())

    assert (deaf.asked, deaf.let_go) == (1, 1)


async def test_a_try_that_takes_too_long_is_tried_again():
    async def sleep(_seconds):
        await asyncio.sleep(0)

    deaf = Deaf()
    retrying = RetryingProvider(deaf, Pace(8, timeout=0.01, sleep=sleep), tries=3, first_wait=0)

    with pytest.raises(TransientError, match=r"no answer within 0\.01 s"):
        await retrying.complete(request())

    assert (deaf.asked, deaf.let_go) == (3, 3)


async def test_waiting_for_its_turn_does_not_count_towards_a_trys_time():
    retried = Retried(ANSWER, rpm=0.01, timeout=0.01)

    await retried.ask()
    assert await retried.ask() is ANSWER

    assert retried.provider.asked_at == [0.0, 6000.0]


@pytest.mark.parametrize("seconds", [None, 60])
async def test_a_time_out_of_the_providers_own_is_no_answer_and_told_as_its_own(seconds):
    retried = Retried(TimeoutError("the model is stuck"), tries=1, timeout=seconds)

    with pytest.raises(TransientError, match="the model is stuck"):
        await retried.ask()


# ---------------------------------------------------------------- the end of a run


async def test_a_request_that_rests_between_tries_is_let_go_when_the_run_is_stopped():
    retried = Retried(DEAD)
    task = asyncio.create_task(retried.retrying.complete(request()))
    await settled()

    retried.pace.stop()
    await settled()

    assert task.cancelled()
    assert retried.provider.asked == 1


async def test_a_request_that_waits_out_a_rate_limit_is_let_go_when_the_run_is_stopped():
    retried = Retried(limited(retry_after=3600))
    task = asyncio.create_task(retried.retrying.complete(request()))
    await settled()

    retried.pace.stop()
    await settled()

    assert task.cancelled()


async def test_a_request_in_flight_is_answered_though_the_run_is_stopped():
    retried = Retried(ANSWER)
    task = asyncio.create_task(retried.retrying.complete(request()))
    await asyncio.sleep(0)
    assert retried.provider.asked == 1

    retried.pace.stop()

    assert await task is ANSWER


async def test_a_request_in_flight_that_fails_after_the_stop_is_not_sent_again():
    retried = Retried(DEAD, ANSWER)
    task = asyncio.create_task(retried.retrying.complete(request()))
    await asyncio.sleep(0)

    retried.pace.stop()
    await settled()

    assert task.cancelled()
    assert retried.provider.asked == 1


async def test_who_cancels_a_request_is_heard():
    deaf = Deaf()
    task = asyncio.create_task(RetryingProvider(deaf, Pace(8)).complete(request()))
    await settled()

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert (deaf.asked, deaf.let_go) == (1, 1)
