from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.providers.openai.limits import seconds_to_wait, seconds_until_reset


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": " 20 "}, 20.0),
        ({"retry-after": "20s"}, 20.0),
        ({"retry-after": "6m0s"}, 360.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1"}, 1.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20ms"}, 0.02),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1.5s"}, 1.5),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}, 360.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "2m59.56s"}, 179.56),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1h2m3s"}, 3723.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m0.5s20ms"}, 60.52),
    ],
    ids=repr,
)
def test_what_a_server_asks_for_is_read_in_every_form(headers, seconds):
    assert seconds_to_wait(headers) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"retry-after": ""},
        {"retry-after": "soon"},
        {"retry-after": "-5"},
        {"retry-after": "1 2"},
        {"retry-after": "1e9"},
        {"retry-after": "NaN"},
        {"retry-after": "20 parsecs"},
        {"retry-after": "Wed, 31 Feb 2027 07:28:00 GMT"},
        {"retry-after": "Wed, 99 Oct 99999 07:28:00 GMT"},
        {"retry-after": "Mon, 99999999999999999999 Jan 2027 00:00:00 GMT"},
        {"retry-after": "Fri, 31 Dec 9999 23:59:59 -0100"},
        {"retry-after-ms": "soon"},
        {"x-ratelimit-remaining-requests": "0"},
        {"x-ratelimit-reset-requests": "20s"},
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "tomorrow"},
    ],
    ids=repr,
)
def test_nonsense_asks_for_nothing(headers):
    assert seconds_to_wait(headers) is None


def test_a_date_is_waited_for():
    then = datetime.now(UTC) + timedelta(seconds=90)

    assert 80 < (seconds_to_wait({"retry-after": format_datetime(then, usegmt=True)}) or 0) <= 90


@pytest.mark.parametrize("after", ["0", "0s", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_moment_that_is_past_says_nothing_of_how_long_to_wait(after):
    # A server whose clock is slow would otherwise be asked again at once, over and over.
    assert seconds_to_wait({"retry-after": after}) is None


def test_retry_after_goes_before_what_is_used_up():
    headers = {
        "retry-after": "2",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "60s",
    }

    assert seconds_to_wait(headers) == 2.0


def test_of_requests_and_tokens_that_are_used_up_the_longer_wait_counts():
    headers = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "2s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "30s",
    }

    assert seconds_until_reset(headers) == 30.0


def test_what_is_not_used_up_is_not_waited_for():
    headers = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "2s",
        "x-ratelimit-remaining-tokens": "149984",
        "x-ratelimit-reset-tokens": "6m0s",
    }

    assert seconds_until_reset(headers) == 2.0
    assert seconds_until_reset({**headers, "x-ratelimit-remaining-requests": "59"}) is None


@pytest.mark.parametrize(
    "told",
    ["1767225600000", "1767225600", "9" * 400, "400d"],
    ids=["milliseconds since 1970", "seconds since 1970", "no number of seconds", "more than a year"],
)
def test_what_would_stop_a_run_for_good_is_no_span_of_time(told):
    assert seconds_to_wait({"retry-after": told}) is None
    assert (
        seconds_until_reset({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": told}) is None
    )


def test_a_very_long_header_is_read_no_slower_than_a_short_one():
    assert seconds_to_wait({"retry-after": "1" * 5000 + "x"}) is None


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "retry-after",
            "retry-after-ms",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
            "x-ratelimit-remaining-tokens",
            "x-ratelimit-reset-tokens",
        ]
    ),
    st.one_of(st.text(), st.text("0123456789.,:+- smhdGMT"), st.just("0")),
)


@given(HEADERS)
def test_whatever_a_server_says_it_is_a_time_to_wait_or_none(headers):
    for seconds in (seconds_to_wait(headers), seconds_until_reset(headers)):
        assert seconds is None or 0 <= seconds < 100 * 86400
