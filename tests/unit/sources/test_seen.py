import random

from extractor.sources.seen import Seen


def test_keys_are_known_with_the_number_that_they_came_with():
    numbers = random.Random(7)
    keys = [0, 1, (1 << 64) - 1, *(numbers.getrandbits(64) for _ in range(20_000))]
    seen = Seen()

    for number, key in enumerate(keys):
        assert seen.get(key) in {None, 0}
        seen.add(key, number)

    assert [seen.get(key) for key in keys[2:]] == list(range(2, len(keys)))
    assert seen.get(5) is None


def test_a_key_that_comes_again_keeps_its_number():
    seen = Seen()
    seen.add(9, 3)
    seen.add(9, 4)

    assert seen.get(9) == 3
