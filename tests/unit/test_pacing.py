import asyncio
import heapq
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.exchange import NOTHING_USED, Usage
from extractor.providers.pacing import Pace, Sent


class Clock:
    """Time that stands still while anybody has something to do, and then goes on to the next sleeper."""

    def __init__(self):
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), woken))
        await woken

    async def pass_until(self, moment):
        await settled()
        while self._sleepers and self._sleepers[0][0] <= moment:
            self.now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await settled()
        self.now = moment


async def settled():
    """Let everybody go on for as far as they get."""
    for _ in range(12):
        await asyncio.sleep(0)


class Crowd:
    """Papers that want one of the places; `inside` are those that have one."""

    def __init__(self, pace):
        self._pace = pace
        self._doors: dict[asyncio.Task[None], asyncio.Event] = {}
        self.inside: set[asyncio.Task[None]] = set()
        self.was_too_full = False

    def come(self):
        task = asyncio.create_task(self._stay())
        self._doors[task] = asyncio.Event()
        return task

    def leave(self, task):
        self._doors[task].set()

    @property
    def here(self):
        """Those who are inside or wait, and have not been told to leave."""
        return [task for task, door in self._doors.items() if not task.done() and not door.is_set()]

    async def disperse(self):
        for door in self._doors.values():
            door.set()
        await settled()

    async def _stay(self):
        task = asyncio.current_task()
        assert task is not None
        async with self._pace.slot():
            self.inside.add(task)
            self.was_too_full |= len(self.inside) > self._pace.limit
            try:
                await self._doors[task].wait()
            finally:
                self.inside.discard(task)


def adaptive(clock):
    return Pace(clock=clock, sleep=clock.sleep)


def answer_round(pace, clock, seconds):
    """Have as many answers come as may be in flight, all of them after so many seconds."""
    sent = Sent(clock.now, 0)
    answers = pace.limit
    clock.now += seconds
    for _ in range(answers):
        pace.answered(sent, NOTHING_USED)
    return pace.limit


def grown_to_64(clock):
    """Return an adaptive pace that has found no limit yet."""
    pace = adaptive(clock)
    for _ in range(3):
        answer_round(pace, clock, 1)
    return pace


def limited(pace, clock, *, seconds=0.0):
    """Have a request that is sent now be limited a moment later."""
    clock.now += 1
    sent = Sent(clock.now, 0)
    clock.now += 1
    pace.slow_down(sent, seconds, "slow down")


# ---------------------------------------------------------------- how many are in flight


@pytest.mark.parametrize("places", [1, 3, 8])
async def test_as_many_are_in_flight_as_were_asked_for_and_never_more(places):
    crowd = Crowd(Pace(places))
    for _ in range(20):
        crowd.come()

    most = 0
    for _ in range(20):
        await settled()
        most = max(most, len(crowd.inside))
        crowd.leave(next(iter(crowd.inside)))
    await settled()

    assert most == places
    assert not crowd.inside


def test_without_a_number_eight_may_be_in_flight_at_first_and_256_at_most():
    assert (Pace().limit, Pace().most) == (8, 256)
    assert (Pace(3).limit, Pace(3).most) == (3, 3)


def test_the_number_doubles_while_that_brings_more_answers():
    clock = Clock()
    pace = adaptive(clock)

    limits = [answer_round(pace, clock, 1) for _ in range(7)]

    assert limits == [16, 32, 64, 128, 256, 256, 256]


def test_the_number_stays_where_more_in_flight_brings_no_more_answers():
    # Given a server that gives 40 answers a second at most,
    clock = Clock()
    pace = adaptive(clock)
    # when many rounds are asked,
    limits = [answer_round(pace, clock, max(1.0, pace.limit / 40)) for _ in range(60)]
    # then what brought nothing is taken back, and a little more is tried now and then.
    assert limits[:6] == [16, 32, 64, 128, 64, 64]
    assert set(limits[6:]) == {64, 80}
    assert limits[6:].count(80) < 15


def test_answers_that_come_in_one_go_are_no_sign_of_a_fast_server():
    # Given a server that answers all that it has at once, and one request that failed,
    clock = Clock()
    pace = adaptive(clock)
    pace.answered(Sent(0.0, 0), NOTHING_USED)
    # when it gives 40 answers a second at most,
    limits = [answer_round(pace, clock, max(1.0, pace.limit / 40)) for _ in range(60)]
    # then what is in flight follows what it can do.
    assert all(40 <= limit <= 160 for limit in limits[5:])


def test_a_wave_of_answers_after_the_number_fell_does_not_keep_it_down():
    # Given 64 in flight at a server that lets forty in, and answers in waves,
    clock = Clock()
    pace = grown_to_64(clock)
    limited(pace, clock)
    limits = []
    # when many rounds have passed,
    for _ in range(200):
        if pace.limit > 40:
            limited(pace, clock)
        limits.append(answer_round(pace, clock, 1))
    # then the number still rises to what it lets in.
    assert max(limits[100:]) > 35


def test_a_number_that_was_given_neither_grows_nor_shrinks():
    clock = Clock()
    pace = Pace(5, clock=clock, sleep=clock.sleep)

    assert [answer_round(pace, clock, 1) for _ in range(4)] == [5, 5, 5, 5]
    limited(pace, clock)
    assert pace.limit == 5


def test_a_rate_limit_halves_what_is_in_flight_down_to_four():
    clock = Clock()
    pace = grown_to_64(clock)

    limits = []
    for _ in range(6):
        limited(pace, clock)
        limits.append(pace.limit)

    assert limits == [32, 16, 8, 4, 4, 4]


def test_of_requests_that_were_sent_together_only_the_first_that_is_limited_halves():
    clock = Clock()
    pace = grown_to_64(clock)
    burst = [Sent(clock.now, 0) for _ in range(20)]

    for sent in burst:
        clock.now += 0.1
        pace.slow_down(sent, 1.0, "slow down")

    assert pace.limit == 32


def test_a_burst_that_is_limited_within_one_tick_of_the_clock_halves_once_too():
    # Some clocks tick 64 times a second: a server nearby has refused a whole burst by then.
    clock = Clock()
    pace = grown_to_64(clock)

    for _ in range(20):
        pace.slow_down(Sent(clock.now, 0), 1.0, "slow down")

    assert pace.limit == 32


def test_after_a_rate_limit_the_number_grows_by_a_quarter_while_that_brings_more():
    clock = Clock()
    pace = grown_to_64(clock)
    limited(pace, clock)
    limited(pace, clock)
    assert pace.limit == 16

    assert [answer_round(pace, clock, 1) for _ in range(3)] == [20, 25, 31]


def test_after_a_rate_limit_the_number_is_found_again():
    # Given a server that lets forty in at once,
    clock = Clock()
    pace = grown_to_64(clock)
    # when it limits what is more,
    limits = []
    for _ in range(60):
        if pace.limit > 40:
            limited(pace, clock)
        limits.append(answer_round(pace, clock, 1))
    # then there are never few in flight, and often nearly as many as it lets in.
    assert min(limits) >= 20
    assert sum(limit >= 30 for limit in limits) >= 20


@given(
    st.one_of(st.none(), st.integers(1, 40)),
    st.lists(st.tuples(st.sampled_from(["answer", "limit", "burst"]), st.floats(0, 5)), max_size=150),
)
def test_the_number_is_never_below_the_least_or_above_what_is_allowed(concurrency, happenings):
    clock = Clock()
    pace = Pace(concurrency, clock=clock, sleep=clock.sleep)
    sent = Sent(0.0, 0)
    for what, seconds in happenings:
        clock.now += seconds
        if what == "answer":
            for _ in range(7):
                pace.answered(sent, NOTHING_USED)
        else:
            sent = Sent(clock.now, 0) if what == "limit" else sent
            pace.slow_down(sent, None, "slow down")
        assert (concurrency or 4) <= pace.limit <= (concurrency or 256)


# ---------------------------------------------------------------- places are not lost


async def test_a_place_is_free_again_when_its_paper_ends_in_an_error():
    pace = Pace(1)
    with pytest.raises(ZeroDivisionError):
        async with pace.slot():
            raise ZeroDivisionError

    crowd = Crowd(pace)
    crowd.come()
    await settled()

    assert len(crowd.inside) == 1
    await crowd.disperse()


async def test_who_is_cancelled_just_as_a_place_falls_free_leaves_it_to_the_next():
    # Given one inside, and two who wait,
    pace = Pace(1)
    crowd = Crowd(pace)
    async with pace.slot():
        second, third = crowd.come(), crowd.come()
        await settled()
    # when the place falls free, and the second is cancelled before it has gone in,
    second.cancel()
    await settled()
    # then the third has the place.
    assert crowd.inside == {third}
    await crowd.disperse()


async def test_of_several_places_that_fall_free_at_once_each_is_given_once():
    crowd = Crowd(Pace(3))
    early = [crowd.come() for _ in range(3)]
    for _ in range(9):
        crowd.come()
    await settled()

    for task in early:
        crowd.leave(task)
    await settled()

    assert len(crowd.inside) == 3
    assert not crowd.was_too_full
    await crowd.disperse()


async def test_where_fewer_may_be_in_flight_than_are_nobody_goes_in_before_enough_have_left():
    clock = Clock()
    pace = adaptive(clock)
    crowd = Crowd(pace)
    early = [crowd.come() for _ in range(8)]
    late = [crowd.come() for _ in range(8)]
    await settled()
    limited(pace, clock)

    inside = []
    for task in early:
        crowd.leave(task)
        await settled()
        inside.append(len(crowd.inside))

    assert inside == [7, 6, 5, 4, 4, 4, 4, 4]
    assert crowd.inside == set(late[:4])
    await crowd.disperse()


async def test_who_waits_goes_in_as_soon_as_more_may_be_in_flight():
    clock = Clock()
    pace = adaptive(clock)
    crowd = Crowd(pace)
    for _ in range(20):
        crowd.come()
    await settled()
    assert len(crowd.inside) == 8

    answer_round(pace, clock, 1)
    await settled()

    assert len(crowd.inside) == 16
    await crowd.disperse()


ACTS = st.sampled_from(["come", "come", "come", "leave", "cancel", "limit", "answer", "tick", "settle"])


async def act_out(act, which, crowd, pace, clock):
    if act == "come":
        crowd.come()
    elif act == "limit":
        limited(pace, clock)
    elif act == "answer":
        answer_round(pace, clock, 1)
    elif act == "tick":
        await asyncio.sleep(0)
    elif act == "settle":
        await settled()
    elif crowd.here:
        task = crowd.here[which % len(crowd.here)]
        task.cancel() if act == "cancel" else crowd.leave(task)


@settings(max_examples=200)
@given(st.one_of(st.none(), st.integers(1, 5)), st.lists(st.tuples(ACTS, st.integers(0, 20)), max_size=80))
def test_whatever_happens_no_place_is_lost_and_none_given_twice(places, acts):
    async def play():
        clock = Clock()
        pace = Pace(places, clock=clock, sleep=clock.sleep)
        crowd = Crowd(pace)
        for act, which in acts:
            await act_out(act, which, crowd, pace, clock)
        await settled()
        assert len(crowd.inside) >= min(pace.limit, len(crowd.here))

        await crowd.disperse()
        for _ in range(pace.limit + 1):
            crowd.come()
        await settled()
        assert len(crowd.inside) == pace.limit
        await crowd.disperse()
        assert not crowd.was_too_full

    asyncio.run(play())


# ---------------------------------------------------------------- pauses


async def sent_at(pace, clock, *, by=1e9):
    """Return when a request that wants its turn now has it."""
    turn = asyncio.create_task(pace.turn(1))
    await clock.pass_until(by)
    assert turn.done(), "it never had its turn"
    return turn.result().at


async def test_a_rate_limit_pauses_everyone_for_as_long_as_the_server_asks():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    pace.slow_down(Sent(0.0, 0), 7.0, "slow down")

    turns = [asyncio.create_task(pace.turn(1)) for _ in range(5)]
    await clock.pass_until(6.9)
    assert not any(turn.done() for turn in turns)
    await clock.pass_until(7.0)

    assert [turn.result().at for turn in turns] == [7.0] * 5


async def test_a_shorter_pause_does_not_cut_a_longer_one_short():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    pace.pause(30)
    pace.pause(2)

    assert await sent_at(pace, clock) == 30.0


async def test_a_pause_that_grows_while_it_is_waited_for_is_waited_for_in_full():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    pace.pause(10)
    turn = asyncio.create_task(pace.turn(1))
    await clock.pass_until(5)
    pace.pause(10)

    await clock.pass_until(100)

    assert turn.result().at == 15.0


async def test_where_the_server_names_no_pause_it_grows_from_half_a_second_to_a_minute():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)

    pauses = []
    for _ in range(10):
        clock.now = await sent_at(pace, clock) + 1
        now = clock.now
        pace.slow_down(Sent(now, 0), None, "slow down")
        pauses.append(await sent_at(pace, clock) - now)
        clock.now = now + 60

    longest = [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest, strict=True))


async def test_pauses_are_not_all_of_one_length():
    starts = set()
    for _ in range(20):
        clock = Clock()
        pace = Pace(8, clock=clock, sleep=clock.sleep)
        pace.slow_down(Sent(0.0, 0), None, "slow down")
        starts.add(await sent_at(pace, clock))

    assert len(starts) > 10


async def test_after_an_answer_pauses_are_short_again():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    for _ in range(6):
        limited(pace, clock, seconds=None)
    clock.now += 100
    pace.answered(Sent(clock.now, 0), NOTHING_USED)

    now = clock.now = clock.now + 1
    pace.slow_down(Sent(now, 0), None, "slow down")

    assert await sent_at(pace, clock) - now <= 0.5


def test_a_server_that_limits_for_days_is_still_only_paused_for():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)

    for _ in range(1200):
        limited(pace, clock, seconds=None)

    assert pace.trouble == "slow down"


def test_trouble_is_what_the_server_said_until_an_answer_comes():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    assert pace.trouble is None

    pace.slow_down(Sent(0.0, 0), 1.0, "429: slow down")
    assert pace.trouble == "429: slow down"

    pace.answered(Sent(2.0, 0), NOTHING_USED)
    assert pace.trouble is None


# ---------------------------------------------------------------- rates


async def test_without_rates_nobody_waits():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)

    assert [(await pace.turn(1000)).at for _ in range(5)] == [0.0] * 5


async def test_requests_a_minute_are_spread_evenly():
    clock = Clock()
    pace = Pace(8, rpm=12, clock=clock, sleep=clock.sleep)
    turns = [asyncio.create_task(pace.turn(1)) for _ in range(4)]

    await clock.pass_until(1000)

    assert sorted(turn.result().at for turn in turns) == [0.0, 5.0, 10.0, 15.0]


async def test_time_in_which_nothing_was_asked_is_not_made_up_for():
    clock = Clock()
    pace = Pace(8, rpm=12, clock=clock, sleep=clock.sleep)
    await sent_at(pace, clock, by=300)
    turns = [asyncio.create_task(pace.turn(1)) for _ in range(3)]

    await clock.pass_until(1000)

    assert sorted(turn.result().at for turn in turns) == [300.0, 305.0, 310.0]


def most_in_a_minute(starts):
    """Return the count of starts in the fullest minute, its ends included."""
    return max(sum(first <= start <= first + 60 for start in starts) for first in starts)


@settings(max_examples=60)
@given(
    st.integers(1, 20),
    st.lists(st.integers(0, 120), min_size=1, max_size=25),
    st.lists(st.tuples(st.integers(0, 120), st.integers(1, 300)), max_size=3),
)
def test_in_no_minute_more_requests_start_than_allowed(rpm, arrivals, pauses):
    async def play():
        clock = Clock()
        pace = Pace(100, rpm=rpm, clock=clock, sleep=clock.sleep)

        async def ask(arrival):
            await clock.sleep(arrival)
            return (await pace.turn(1)).at

        async def pause(at, seconds):
            await clock.sleep(at)
            pace.pause(seconds)

        asks = [asyncio.create_task(ask(arrival)) for arrival in arrivals]
        rests = [asyncio.create_task(pause(at, seconds)) for at, seconds in pauses]
        await clock.pass_until(1e6)
        await asyncio.gather(*rests)
        starts = [one.result() for one in asks]
        assert most_in_a_minute(starts) <= rpm + 1

    asyncio.run(play())


async def test_after_a_pause_requests_are_spread_as_before():
    # Given six requests that have their turns within the next 30 seconds,
    clock = Clock()
    pace = Pace(8, rpm=12, clock=clock, sleep=clock.sleep)
    turns = [asyncio.create_task(pace.turn(1)) for _ in range(6)]
    await clock.pass_until(1)
    # when the server asks for a minute's pause,
    pace.pause(59)
    await clock.pass_until(1000)
    # then those who waited are not all sent at its end.
    assert sorted(turn.result().at for turn in turns) == [0.0, 60.0, 65.0, 70.0, 75.0, 80.0]


async def test_who_is_cancelled_before_its_turn_leaves_no_gap():
    clock = Clock()
    pace = Pace(100, rpm=6, clock=clock, sleep=clock.sleep)
    turns = [asyncio.create_task(pace.turn(1)) for _ in range(50)]
    await clock.pass_until(1)
    for turn in turns[1:]:
        turn.cancel()

    assert await sent_at(pace, clock) == 10.0


async def test_tokens_a_minute_are_spread_evenly():
    clock = Clock()
    pace = Pace(8, tpm=6000, clock=clock, sleep=clock.sleep)
    turns = [asyncio.create_task(pace.turn(tokens)) for tokens in (1000, 500, 200, 100)]

    await clock.pass_until(1000)

    assert sorted(turn.result().at for turn in turns) == [0.0, 10.0, 15.0, 17.0]


async def test_the_stricter_of_both_rates_holds():
    clock = Clock()
    pace = Pace(8, rpm=12, tpm=6000, clock=clock, sleep=clock.sleep)
    turns = [asyncio.create_task(pace.turn(tokens)) for tokens in (1000, 100, 100)]

    await clock.pass_until(1000)

    assert sorted(turn.result().at for turn in turns) == [0.0, 10.0, 15.0]


async def test_an_answer_with_more_tokens_than_expected_puts_the_next_request_off():
    clock = Clock()
    pace = Pace(8, tpm=6000, clock=clock, sleep=clock.sleep)
    sent = await pace.turn(100)
    pace.answered(sent, Usage(1500, 500))

    assert await sent_at(pace, clock) == 20.0


async def test_an_answer_with_fewer_tokens_than_expected_brings_the_next_request_forward():
    clock = Clock()
    pace = Pace(8, tpm=6000, clock=clock, sleep=clock.sleep)
    sent = await pace.turn(2000)
    pace.answered(sent, Usage(400, 100))

    assert await sent_at(pace, clock) == 5.0


async def test_once_answers_are_in_a_request_is_taken_to_have_their_mean_tokens():
    clock = Clock()
    pace = Pace(8, tpm=6000, clock=clock, sleep=clock.sleep)
    for tokens in (200, 400):
        pace.answered(await pace.turn(tokens), Usage(tokens, 0))
        clock.now += 1000

    assert (await pace.turn(9000)).tokens == 300


async def test_an_answer_whose_tokens_are_not_counted_teaches_nothing_of_them():
    clock = Clock()
    pace = Pace(8, tpm=6000, clock=clock, sleep=clock.sleep)
    pace.answered(await pace.turn(1000), NOTHING_USED)

    assert await sent_at(pace, clock) == 10.0


# ---------------------------------------------------------------- time-outs


def answered_after(pace, clock, *latencies):
    for seconds in latencies:
        sent = Sent(clock.now, 0)
        clock.now += seconds
        pace.answered(sent, NOTHING_USED)


def test_the_first_time_out_holds_until_twenty_answers_are_in():
    clock = Clock()
    pace = Pace(8, timeout=60, clock=clock, sleep=clock.sleep)

    answered_after(pace, clock, *[30] * 19)
    assert pace.timeout == 60
    answered_after(pace, clock, 30)
    assert pace.timeout == 120


def test_the_time_out_is_never_shorter_than_the_first():
    clock = Clock()
    pace = Pace(8, timeout=60, clock=clock, sleep=clock.sleep)

    answered_after(pace, clock, *[2] * 40)

    assert pace.timeout == 60


def test_of_a_hundred_answers_the_five_slowest_do_not_count():
    clock = Clock()
    pace = Pace(8, timeout=1, clock=clock, sleep=clock.sleep)

    answered_after(pace, clock, *[900] * 4, *[10] * 96)

    assert pace.timeout == 40


def test_the_time_out_follows_the_newest_answers():
    clock = Clock()
    pace = Pace(8, timeout=1, clock=clock, sleep=clock.sleep)
    answered_after(pace, clock, *[100] * 20)
    assert pace.timeout == 400

    answered_after(pace, clock, *[5] * 200)

    assert pace.timeout == 20


def test_without_a_time_out_there_never_is_one():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)

    answered_after(pace, clock, *[30] * 40)

    assert pace.timeout is None


# ---------------------------------------------------------------- the end of a run


async def test_when_the_run_is_stopped_those_who_wait_are_let_go_and_those_in_flight_stay():
    pace = Pace(2)
    crowd = Crowd(pace)
    tasks = [crowd.come() for _ in range(6)]
    await settled()

    pace.stop()
    await settled()

    assert crowd.inside == set(tasks[:2])
    assert [task.cancelled() for task in tasks] == [False, False, True, True, True, True]
    await crowd.disperse()
    assert not tasks[0].cancelled()


async def test_when_the_run_is_stopped_who_waits_for_its_turn_is_let_go():
    clock = Clock()
    pace = Pace(8, rpm=1, clock=clock, sleep=clock.sleep)
    turns = [asyncio.create_task(pace.turn(1)) for _ in range(4)]
    await settled()

    pace.stop()
    await settled()

    assert [turn.cancelled() for turn in turns] == [False, True, True, True]


async def test_when_the_run_is_stopped_who_waits_for_a_pause_to_end_is_let_go():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    pace.pause(3600)
    turns = [asyncio.create_task(pace.turn(1)) for _ in range(4)]
    await settled()

    pace.stop()
    await settled()

    assert all(turn.cancelled() for turn in turns)


async def test_when_the_run_is_stopped_who_rests_between_two_tries_is_let_go():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    rests = [asyncio.create_task(pace.rest(60)) for _ in range(4)]
    await settled()

    pace.stop()
    await settled()

    assert all(rest.cancelled() for rest in rests)


async def test_after_the_stop_nobody_is_let_in():
    pace = Pace(2)
    pace.stop()

    for refused in (pace.rest(1), pace.turn(1), pace.slot().__aenter__()):
        with pytest.raises(asyncio.CancelledError):
            await refused


async def test_a_rest_that_is_over_is_not_cancelled_later():
    clock = Clock()
    pace = Pace(8, clock=clock, sleep=clock.sleep)
    still_here = asyncio.Event()

    async def rest_and_work():
        await pace.rest(1)
        await still_here.wait()
        return "done"

    task = asyncio.create_task(rest_and_work())
    await clock.pass_until(2)
    pace.stop()
    await settled()
    still_here.set()

    assert await task == "done"
