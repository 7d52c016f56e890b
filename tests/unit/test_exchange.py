import hashlib
from dataclasses import replace

import pytest

from extractor.exchange import NOTHING_USED, Asking, Message, Request, Usage
from extractor.papers import Text
from extractor.records import Name, Record


class Reading(Record):
    method: Name | None = None


class LongerReading(Record):
    method: Name | None = None
    task: Name | None = None


ASKING = Asking("readings", Reading, "some-model", {"provider": "openai", "host": "one.example"}, {"seed": 1})
REQUEST = Request(
    Text(abstract="They move."), (Message("system", "Read."), Message("user", "They move.")), ASKING
)


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, messages=(Message("system", "Look."), REQUEST.messages[1])),
        replace(REQUEST, messages=REQUEST.messages[::-1]),
        replace(REQUEST, messages=REQUEST.messages[1:]),
        replace(REQUEST, messages=(Message("user", "Read."), REQUEST.messages[1])),
        replace(REQUEST, asking=replace(ASKING, schema_name="other")),
        replace(REQUEST, asking=replace(ASKING, record_type=LongerReading)),
        replace(REQUEST, asking=replace(ASKING, model="other-model")),
        replace(REQUEST, asking=replace(ASKING, identity={"provider": "openai", "host": "two.example"})),
        replace(REQUEST, asking=replace(ASKING, identity={"provider": "openai"})),
        replace(REQUEST, asking=replace(ASKING, params={"seed": 2})),
        replace(REQUEST, asking=replace(ASKING, params={})),
    ],
    ids=[
        "words of a message",
        "order of messages",
        "a message less",
        "role",
        "schema name",
        "record",
        "model",
        "host",
        "identity",
        "parameter",
        "no parameters",
    ],
)
def test_a_fingerprint_changes_with_each_thing_that_decides_the_answer(other):
    assert other.fingerprint != REQUEST.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST),
        REQUEST.corrected("value: Input should be a valid number"),
        replace(REQUEST, asking=replace(ASKING, identity={"host": "one.example", "provider": "openai"})),
    ],
    ids=["made again", "correction", "order of keys"],
)
def test_a_fingerprint_does_not_change_with_anything_else(other):
    assert other.fingerprint == REQUEST.fingerprint


def test_a_fingerprint_is_thirty_two_hexadecimal_digits():
    assert len(REQUEST.fingerprint) == 32
    assert int(REQUEST.fingerprint, 16) >= 0


def test_a_fingerprint_is_a_hash_of_who_is_asked_and_of_each_message_in_turn():
    # Databases that are there hold fingerprints made in this way.
    parts = f"{ASKING.digest}\0system\0Read.\0user\0They move."

    assert REQUEST.fingerprint == hashlib.sha256(parts.encode()).hexdigest()[:32]


def test_requests_with_the_same_beginning_have_fingerprints_of_their_own():
    others = [replace(REQUEST, messages=(REQUEST.messages[0], Message("user", word))) for word in "abca"]

    fingerprints = [other.fingerprint for other in others]

    assert fingerprints[0] == fingerprints[3]
    assert len({*fingerprints, REQUEST.fingerprint}) == 4


def test_a_corrected_request_says_what_was_wrong_and_keeps_the_rest():
    corrected = REQUEST.corrected("value: not a number")

    assert corrected.correction == "value: not a number"
    assert replace(corrected, correction=None) == REQUEST


@pytest.mark.parametrize(
    ("left", "right", "total"),
    [
        (Usage(1, 2, 3), Usage(10, 20, 30), Usage(11, 22, 33)),
        (Usage(1, 2), Usage(10, 20, 30), Usage(11, 22, 30)),
        (NOTHING_USED, Usage(10, 20), Usage(10, 20)),
        (NOTHING_USED, NOTHING_USED, NOTHING_USED),
        (Usage(0, 0, 0), NOTHING_USED, Usage(0, 0, 0)),
        (Usage(1, 2, cost=0.25), Usage(10, 20, cost=0.5), Usage(11, 22, cost=0.75)),
        (Usage(1, 2, cost=0.25), Usage(10, 20), Usage(11, 22, cost=0.25)),
    ],
    ids=[
        "all",
        "one figure missing",
        "nothing and some",
        "nothing",
        "zero stays zero",
        "costs",
        "one cost missing",
    ],
)
def test_usage_adds_up_and_what_neither_says_stays_unknown(left, right, total):
    assert left + right == total
    assert right + left == total
