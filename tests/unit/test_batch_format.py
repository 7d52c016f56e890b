"""What a batch's file looks like, and what the lines of its output mean."""

import json

import pytest

from extractor.errors import FilteredError, RateLimitedError, RejectedError, RunStoppedError, TransientError
from extractor.exchange import Asking, Message, Request, Response, Usage
from extractor.papers import Text
from extractor.providers.batch.format import custom_id_of, fingerprint_of, line_of, read_line
from extractor.providers.batch.gathering import Room
from extractor.providers.openai.bodies import Bodies
from extractor.records import Name, Record

WHERE, MODEL, KEY = "https://one.example/v1", "heron-large", "sk-invented-9f8e7d6c5b4a"


class Tide(Record):
    place: Name | None = None


ASKING = Asking("tides", Tide, MODEL, {"provider": "openai", "host": WHERE}, {})
REQUEST = Request(
    Text(abstract="Høy\u2028vann."), (Message("system", "Read."), Message("user", "Høy\u2028vann.")), ASKING
)
FINGERPRINT = "0123456789abcdef0123456789abcdef"


def test_a_line_asks_for_one_answer():
    body = Bodies(MODEL, {"seed": 1}).of(REQUEST)
    assert line_of(FINGERPRINT, body) == (
        b'{"custom_id": "0123456789abcdef0123456789abcdef", "method": "POST", '
        b'"url": "/v1/chat/completions", "body": {"seed": 1, "model": "heron-large", '
        b'"response_format": {"type": "json_schema", "json_schema": {"name": "Tide", "strict": true, '
        b'"schema": {"additionalProperties": false, "properties": {"place": {"anyOf": [{"type": "string"}, '
        b'{"type": "null"}]}}, "type": "object", "required": ["place"]}}}, '
        b'"messages": [{"role": "system", "content": "Read."},'
        b'{"role": "user", "content": "H\xc3\xb8y\\u2028vann."}]}}\n'
    )


def test_a_line_is_one_line_to_every_reader():
    line = line_of(FINGERPRINT, json.dumps({"a": "1\x852\u20283\u20294\n5"}, ensure_ascii=False).encode())
    assert len(line.decode().splitlines()) == 1
    assert json.loads(line)["body"] == {"a": "1\x852\u20283\u20294\n5"}


def test_a_request_is_named_by_its_fingerprint_and_a_re_ask_by_what_it_corrects():
    first, other = REQUEST.corrected("place: too long"), REQUEST.corrected("place: too short")
    assert custom_id_of(REQUEST, 1) == REQUEST.fingerprint
    assert custom_id_of(first, 1) == f"{REQUEST.fingerprint}-9eeb85efaa27-1"
    names = {custom_id_of(REQUEST, 1), custom_id_of(first, 1), custom_id_of(first, 2), custom_id_of(other, 1)}
    assert len(names) == 4
    assert max(map(len, names)) <= 64
    assert {fingerprint_of(name) for name in names} == {REQUEST.fingerprint}


def completion(text="{}", **message):
    return {
        "id": "chatcmpl-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **message},
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 321,
            "completion_tokens": 45,
            "total_tokens": 366,
            "prompt_tokens_details": {"cached_tokens": 256},
        },
    }


def result(response=None, error=None):
    line = {"id": "batch_req_1", "custom_id": FINGERPRINT, "response": response, "error": error}
    read = read_line(json.dumps(line).encode())
    assert read is not None
    assert read.custom_id == FINGERPRINT
    return read.result(WHERE, MODEL, KEY)


def answered(status, body):
    return result({"status_code": status, "request_id": "req-1", "body": body})


def failed(status, message="no", **more):
    return answered(
        status, {"error": {"message": message, "type": "an_error", "param": None, "code": None, **more}}
    )


def test_an_answer_is_the_response_that_a_direct_request_brings():
    assert answered(200, completion('{"place": "Bodø"}')) == Response(
        text='{"place": "Bodø"}', model=MODEL, usage=Usage(321, 45, 256), finish_reason="stop"
    )


def test_an_answer_that_declines_says_so():
    refused = answered(200, completion(None, refusal="I would rather not."))
    assert isinstance(refused, Response)
    assert (refused.text, refused.finish_reason) == ("I would rather not.", "refusal")


@pytest.mark.parametrize("body", [None, {}, {"choices": []}, "a text", [1]])
def test_an_answer_that_is_no_completion_is_asked_again(body):
    assert isinstance(answered(200, body), TransientError)


@pytest.mark.parametrize(
    ("status", "more", "kind"),
    [
        (400, {"code": "content_filter"}, FilteredError),
        (400, {"code": "context_length_exceeded"}, RejectedError),
        (400, {"code": "invalid_value", "param": "temperature"}, RejectedError),
        (422, {}, RejectedError),
        (403, {}, RejectedError),
        (401, {"code": "invalid_api_key"}, RunStoppedError),
        (404, {"code": "model_not_found"}, RunStoppedError),
        (429, {"code": "insufficient_quota"}, RunStoppedError),
        (429, {"code": "rate_limit_exceeded"}, TransientError),
        (408, {}, TransientError),
        (409, {}, TransientError),
        (500, {}, TransientError),
        (503, {}, TransientError),
    ],
)
def test_a_failed_request_means_what_it_means_of_a_direct_one(status, more, kind):
    found = failed(status, "the server's own words", **more)
    assert isinstance(found, kind)
    assert not isinstance(found, RateLimitedError), "a batch says nothing of this run's pace"
    assert "the server's own words" in str(found)
    assert str(status) in str(found)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("batch_expired", "It could not be run in time."),
        ("batch_cancelled", "Somebody cancelled it."),
        ("request_timeout", None),
        (None, None),
    ],
)
def test_a_request_that_was_not_run_is_asked_again(code, message):
    found = result(error={"code": code, "message": message})
    assert isinstance(found, TransientError)
    assert (code or "") in str(found)
    assert (message or "") in str(found)


@pytest.mark.parametrize("status", [0, 100, 202, 302])
def test_a_status_that_is_none_is_asked_again(status):
    assert isinstance(answered(status, None), TransientError)


def test_a_line_with_neither_answer_nor_error_is_asked_again():
    assert isinstance(result(), TransientError)


@pytest.mark.parametrize("body", [None, "<html>", [1], {"detail": "not today"}, {"error": "not today"}])
def test_an_error_in_a_form_of_its_own_is_told_as_it_came(body):
    found = answered(400, body)
    assert isinstance(found, RejectedError)
    assert json.dumps(body) in str(found)


def test_an_error_code_may_be_a_number():
    assert isinstance(failed(400, code=400), RejectedError)


def test_no_message_shows_the_key():
    for found in (failed(400, f"bad key {KEY}"), answered(400, {"it": KEY}), result(error={"message": KEY})):
        assert not isinstance(found, Response)
        assert KEY not in str(found)
        assert "***" in str(found)


@pytest.mark.parametrize(
    "raw", [b"", b"  ", b"{", b"[]", b"null", b'{"custom_id": 1}', b'{"custom_id": "short"}', b"\xff"]
)
def test_what_is_no_line_is_passed_over(raw):
    assert read_line(raw) is None


def test_batches_are_halved_until_it_is_clear_that_this_does_not_help():
    room = Room(most_requests=50_000, most_bytes=1)
    assert room.narrow(10_000)
    assert room.most_requests == 5_000
    assert room.narrow(10_000), "it was made before the last one was refused"
    assert room.most_requests == 5_000
    assert [room.narrow(size) for size in (5_000, 2_500, 1_250, 625)] == [True, True, True, False]
    assert room.most_requests == 625
    assert not Room(most_requests=50_000, most_bytes=1).narrow(1)
