import random

from extractor.sources.seen import Seen


def test_keys_are_known_with_the_number_that_they_came_with():
    numbers = random.Random(7)
    keys = [0, (1 << 64) - 1, *(numbers.getrandbits(64) for _ in range(20_000))]
    seen = Seen()

    assert [seen.number([key], number) for number, key in enumerate(keys)] == list(range(len(keys)))
    assert [seen.number([key], 99_999) for key in keys] == list(range(len(keys)))
    assert seen.number([5], 99_999) == 99_999


def test_keys_that_come_with_a_known_one_have_its_number():
    seen = Seen()

    assert seen.number([9, 10], 3) == 3
    assert seen.number([11, 10], 4) == 3
    assert seen.number([11], 5) == 3


def test_keys_that_share_a_place_are_told_apart():
    near = [number << 40 | 7 for number in range(50)]
    seen = Seen()

    assert seen.number(near, 1) == 1
    assert seen.number([1 << 60 | 7], 2) == 2
    assert [seen.number([key], 3) for key in near] == [1] * len(near)
