import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import BudgetReachedError, FilteredError, RejectedError, TransientError
from extractor.exchange import Asking, Message, Request, Response, Usage
from extractor.papers import Text
from extractor.pricing import Price
from extractor.providers.priced import PricedProvider
from extractor.records import Name, Record


class Reading(Record):
    method: Name | None = None


ASKING = Asking("readings", Reading, "scripted", {"provider": "scripted"})
REQUEST = Request(Text(abstract="They move."), (Message("user", "They move."),), ASKING)

PRICE = Price(input=1.0, output=2.0, cached=0.5)

BY_THE_ANSWER = Price(input=0.0, output=500.0, cached=0.0)
"""A price by which an answer of 2000 tokens costs a dollar, and nothing else does."""


def worth(dollars):
    """Return an answer that costs so much by its tokens alone."""
    return Response("{}", "scripted-1", Usage(0, round(2000 * dollars)))


UNCOUNTED = Response("{}", "scripted-1")


class Scripted:
    """Gives what a script says for each request: a response, or an error to raise; the last one for ever."""

    model = "scripted"
    identity = {"provider": "scripted"}  # noqa: RUF012

    def __init__(self, *script):
        self._script = list(script)
        self.asked = 0
        self.is_closed = False

    async def complete(self, _request):
        self.asked += 1
        answer = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def aclose(self):
        self.is_closed = True


class Held:
    """Keeps each request until it is told its answer; `waiting` are those, the oldest first."""

    model = "held"
    identity = {"provider": "held"}  # noqa: RUF012

    def __init__(self):
        self.waiting: list[asyncio.Future[Response]] = []
        self.asked = 0

    async def complete(self, _request):
        self.asked += 1
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        return await answer

    async def answer_with(self, response):
        """Answer the oldest with a response or an error."""
        oldest = self.waiting.pop(0)
        if isinstance(response, Exception):
            oldest.set_exception(response)
        else:
            oldest.set_result(response)
        await settled()

    async def aclose(self):
        """Nothing is held."""


async def settled():
    """Let everybody go on for as far as they get."""
    for _ in range(12):
        await asyncio.sleep(0)


async def come(priced, count):
    tasks = [asyncio.create_task(priced.complete(REQUEST)) for _ in range(count)]
    await settled()
    return tasks


async def asked_until_reached(priced, most=100):
    """Ask one request after the other; return how many were answered, and what was said at the end."""
    for answered in range(most):
        try:
            await priced.complete(REQUEST)
        except BudgetReachedError as error:
            return answered, str(error)
    return most, None


# ---------------------------------------------------------------- prices


async def test_an_answer_bears_its_price():
    answer = Response("{}", "scripted-1", Usage(1_000_000, 500_000, 400_000), "stop", 2)

    priced = await PricedProvider(Scripted(answer), PRICE).complete(REQUEST)

    # 600,000 fresh tokens for $0.60, 400,000 cached for $0.20, 500,000 out for $1.
    assert priced.usage.cost == pytest.approx(1.8)
    assert replace(priced, usage=answer.usage) == answer


async def test_an_answer_whose_tokens_are_not_counted_has_no_price():
    priced = await PricedProvider(Scripted(UNCOUNTED), PRICE).complete(REQUEST)

    assert priced.usage.cost is None


async def test_what_is_free_costs_nothing_and_is_within_any_budget():
    free = PricedProvider(Scripted(worth(1)), Price(0, 0, 0), 0.0)

    assert (await free.complete(REQUEST)).usage.cost == 0.0


async def test_it_passes_for_the_provider_that_it_wraps():
    wrapped = Scripted(worth(1))
    priced = PricedProvider(wrapped, PRICE)

    assert (priced.model, priced.identity) == ("scripted", {"provider": "scripted"})
    await priced.aclose()
    assert wrapped.is_closed


# ---------------------------------------------------------------- a budget


async def test_without_a_budget_nobody_waits():
    held = Held()
    tasks = await come(PricedProvider(held, BY_THE_ANSWER), 50)

    assert held.asked == 50
    for task in tasks:
        task.cancel()


async def test_a_budget_is_spent_and_then_it_is_reached():
    wrapped = Scripted(worth(1))

    answered, told = await asked_until_reached(PricedProvider(wrapped, BY_THE_ANSWER, 3.5))

    assert (answered, wrapped.asked) == (3, 3)
    assert told == "$3.0000 of --max-cost 3.5 is spent, and another request may cost $1.0000"


async def test_a_budget_that_does_not_pay_for_one_request_asks_nothing():
    wrapped = Scripted(worth(1))

    with pytest.raises(BudgetReachedError):
        await PricedProvider(wrapped, BY_THE_ANSWER, 0.99).complete(REQUEST)

    assert wrapped.asked == 0


@pytest.mark.parametrize(
    ("characters", "dollars"), [((1000, 3000), 5500), ((4,), 4002), ((3,), 4000)], ids=repr
)
async def test_the_first_request_reserves_by_its_length_and_two_thousand_tokens_of_answer(
    characters, dollars
):
    # Four characters are taken for one and a half tokens, a dollar each; those of the answer are two dollars.
    price = Price(1_000_000, 2_000_000, 1_000_000)
    messages = tuple(Message("user", "u" * count) for count in characters)

    with pytest.raises(BudgetReachedError, match=rf"another request may cost \${dollars}\.0000$"):
        await PricedProvider(Scripted(worth(1)), price, 1.0).complete(Request(REQUEST.text, messages, ASKING))


async def test_what_is_reserved_follows_what_answers_cost():
    # The first may cost $1, those after it the 25 cents that answers cost.
    answered, told = await asked_until_reached(PricedProvider(Scripted(worth(0.25)), BY_THE_ANSWER, 2.0))

    assert answered == 8
    assert told == "$2.0000 of --max-cost 2 is spent, and another request may cost $0.2500"


async def test_the_dearest_of_a_few_answers_is_what_is_reserved():
    wrapped = Scripted(worth(0.75), worth(0.25), worth(0.25), worth(0.25))

    answered, told = await asked_until_reached(PricedProvider(wrapped, BY_THE_ANSWER, 2.0))

    assert answered == 4
    assert told == "$1.5000 of --max-cost 2 is spent, and another request may cost $0.7500"


async def test_one_dear_answer_in_a_hundred_is_not_reserved_for():
    wrapped = Scripted(worth(20), *[worth(0.5)] * 150, worth(0.5))

    answered, told = await asked_until_reached(PricedProvider(wrapped, BY_THE_ANSWER, 90.0), most=200)

    assert answered == 141
    assert told == "$90.0000 of --max-cost 90 is spent, and another request may cost $0.5000"


async def test_where_the_rest_is_reserved_a_request_waits_for_those_in_flight():
    held = Held()
    tasks = await come(PricedProvider(held, BY_THE_ANSWER, 2.0), 5)
    assert held.asked == 2

    await held.answer_with(worth(0.25))

    # A dollar is reserved and 25 cents are spent: three more at 25 cents each fit.
    assert held.asked == 5
    for task in tasks:
        task.cancel()


async def test_who_waited_in_vain_is_told_when_the_last_in_flight_is_answered():
    held = Held()
    tasks = await come(PricedProvider(held, BY_THE_ANSWER, 2.5), 4)
    assert held.asked == 2

    await held.answer_with(worth(1))
    assert not any(task.done() for task in tasks[2:])
    await held.answer_with(worth(1))

    assert held.asked == 2
    assert [type(task.exception()) for task in tasks] == [
        type(None),
        type(None),
        BudgetReachedError,
        BudgetReachedError,
    ]


@pytest.mark.parametrize(
    "error", [TransientError("dead"), RejectedError("no"), ValueError("a bug")], ids=repr
)
async def test_a_request_without_an_answer_gives_back_what_it_reserved(error):
    held = Held()
    tasks = await come(PricedProvider(held, BY_THE_ANSWER, 1.0), 2)
    assert held.asked == 1

    await held.answer_with(error)

    assert held.asked == 2
    assert isinstance(tasks[0].exception(), type(error))
    tasks[1].cancel()


async def test_a_request_that_is_cancelled_gives_back_what_it_reserved():
    held = Held()
    tasks = await come(PricedProvider(held, BY_THE_ANSWER, 1.0), 2)

    tasks[0].cancel()
    await settled()

    assert held.asked == 2
    tasks[1].cancel()


async def test_who_is_cancelled_while_it_waits_for_the_budget_takes_nothing_from_it():
    held = Held()
    tasks = await come(PricedProvider(held, BY_THE_ANSWER, 2.0), 4)
    tasks[2].cancel()
    await held.answer_with(worth(1))
    await held.answer_with(worth(1))

    assert (held.asked, tasks[3].done()) == (2, True)
    assert isinstance(tasks[3].exception(), BudgetReachedError)


async def test_an_answer_whose_tokens_are_not_counted_is_taken_to_cost_what_it_reserved():
    wrapped = Scripted(UNCOUNTED)

    answered, told = await asked_until_reached(PricedProvider(wrapped, BY_THE_ANSWER, 2.5))

    assert answered == 2
    assert told == "$2.0000 of --max-cost 2.5 is spent, and another request may cost $1.0000"


async def test_an_answer_that_was_paid_for_and_taken_away_is_taken_to_cost_what_it_reserved():
    wrapped = Scripted(FilteredError("no"))
    priced = PricedProvider(wrapped, BY_THE_ANSWER, 2.5)

    for _ in range(2):
        with pytest.raises(FilteredError):
            await priced.complete(REQUEST)
    with pytest.raises(BudgetReachedError):
        await priced.complete(REQUEST)


async def spend(costs, budget, concurrency):
    """Have so many ask at once until all is asked or the budget is reached; return what was spent."""
    to_come = iter(costs)
    in_flight = most = 0
    spent = 0.0

    class Priced:
        model = "priced"
        identity = {"provider": "priced"}  # noqa: RUF012

        async def complete(self, _request):
            nonlocal in_flight, most, spent
            cents = next(to_come, None)
            if cents is None:
                message = "all is asked"
                raise RejectedError(message)
            in_flight += 1
            most = max(most, in_flight)
            for _ in range(1 + cents % 7):
                await asyncio.sleep(0)
            in_flight -= 1
            spent += cents / 100
            return worth(cents / 100)

        async def aclose(self):
            """Nothing is held."""

    priced = PricedProvider(Priced(), BY_THE_ANSWER, budget)

    async def ask():
        while True:
            try:
                await priced.complete(REQUEST)
            except (BudgetReachedError, RejectedError):
                return

    async with asyncio.timeout(20):
        await asyncio.gather(*[ask() for _ in range(concurrency)])
    return spent, most


@settings(max_examples=50)
@given(st.integers(5, 100), st.integers(0, 10), st.integers(1, 20))
def test_where_all_answers_cost_the_same_a_budget_is_never_passed_and_used_up(cents, budget, concurrency):
    spent, _ = asyncio.run(spend([cents] * 300, budget, concurrency))

    assert spent <= budget + 1e-6
    # A first request reserves a dollar; after it what is left pays for no other one.
    assert budget == 0 or spent > budget - cents / 100 - 1e-6


@settings(max_examples=50)
@given(st.lists(st.integers(10, 100), max_size=100), st.integers(0, 20), st.integers(1, 20))
def test_a_budget_is_passed_by_no_more_than_answers_in_flight_cost_beyond_what_they_reserved(
    costs, budget, concurrency
):
    spent, most = asyncio.run(spend(costs, budget, concurrency))

    # None reserves less than the cheapest answer, and none costs more than the dearest.
    assert spent <= budget + most * 0.90 + 1e-6


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["come", "come", "answer", "fail", "cancel"]), st.integers(0, 9)),
        max_size=40,
    )
)
def test_whatever_happens_nothing_stays_reserved(acts):
    async def play():
        held = Held()
        priced = PricedProvider(held, BY_THE_ANSWER, 100.0)
        tasks, answered = [], 0
        for act, which in acts:
            held.waiting = [waiting for waiting in held.waiting if not waiting.done()]
            if act == "come":
                tasks += await come(priced, 1 + which)
            elif act == "cancel" and tasks:
                tasks[which % len(tasks)].cancel()
                await settled()
            elif held.waiting:
                answered += act == "answer"
                await held.answer_with(worth(1) if act == "answer" else TransientError("dead"))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

        # What is not spent can be spent: as many more dollars, each for one answer, all at once.
        held.asked = 0
        rest = await come(priced, 101)
        assert held.asked == 100 - answered
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    asyncio.run(play())
