import asyncio
import threading
import time

import pytest

from extractor.batching import SLOW, Batches


def coming(first, go_on, rest=()):
    """Yield some things at once, and the rest when it is said."""
    yield from first
    go_on.wait(30)
    yield from rest


@pytest.mark.parametrize("is_apart", [True, False], ids=["apart", "here"])
async def test_things_come_in_lists_of_a_size_and_an_empty_one_ends_them(is_apart):
    batches = Batches(iter(range(5)), is_apart=is_apart)
    assert [await batches.following(2) for _ in range(4)] == [[0, 1], [2, 3], [4], []]


async def test_what_has_come_is_handed_over_while_the_next_is_waited_for():
    go_on = threading.Event()
    batches = Batches(coming("ab", go_on, "cd"))
    assert await batches.following(100) == ["a", "b"]
    go_on.set()
    rest = await batches.following(100)
    while more := await batches.following(100):
        rest += more
    assert rest == ["c", "d"]


class Lingering(Batches[int]):
    """Takes things, and is not done at once: what it took is handed over meanwhile."""

    def take(self, most):
        is_over = super().take(most)
        time.sleep(1.5 * SLOW)
        return is_over


async def test_what_was_handed_over_before_its_taking_was_done_is_no_end():
    batches = Lingering(iter(range(2)))
    assert [await batches.following(1) for _ in range(3)] == [[0], [1], []]


async def test_an_error_comes_after_all_that_came_before_it():
    def broken():
        yield 1
        message = "the disk is gone"
        raise OSError(message)

    batches = Batches(broken())
    assert await batches.following(100) == [1]
    with pytest.raises(OSError, match="the disk is gone"):
        await batches.following(100)


async def test_who_waits_can_be_cancelled():
    go_on = threading.Event()
    waiting = asyncio.create_task(Batches(coming("", go_on)).following(1))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()


async def test_what_another_thread_has_under_way_is_let_go_by_a_stop():
    go_on = threading.Event()
    batches = Batches(coming("a", go_on, "b"))
    assert await batches.following(100) == ["a"]
    batches.stop()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await batches.following(100)


async def test_things_that_are_read_here_are_read_in_this_thread():
    threads = (threading.get_ident() for _ in range(2))
    assert await Batches(threads, is_apart=False).following(2) == [threading.get_ident()] * 2
