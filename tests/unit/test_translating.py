import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import (
    ExtractorError,
    FilteredError,
    RateLimitedError,
    RejectedError,
    RunStoppedError,
    TooLongError,
    TransientError,
)
from extractor.providers.openai.translating import FormatRefusedError, error_of

WHERE = "http://127.0.0.1:8000/v1"


def made_of(status, code=None, told="no", **more):
    return error_of(status, code, told, where=WHERE, model="heron-large", **more)


@pytest.mark.parametrize(
    ("status", "code", "told", "kind"),
    [
        # Nothing can be asked at all.
        (401, "invalid_api_key", "Incorrect API key provided", RunStoppedError),
        (401, None, "no", RunStoppedError),
        (402, None, "Insufficient Balance", RunStoppedError),
        (404, "model_not_found", "The model does not exist", RunStoppedError),
        (404, None, "Not Found", RunStoppedError),
        (400, "model_not_found", "no", RunStoppedError),
        (403, "account_deactivated", "no", RunStoppedError),
        (429, "insufficient_quota", "You exceeded your current quota", RunStoppedError),
        (429, "billing_not_active", "Your account is not active", RunStoppedError),
        (400, "billing_hard_limit_reached", "Billing hard limit has been reached", RunStoppedError),
        # It is worth another try.
        (429, None, "no", RateLimitedError),
        (429, "rate_limit_exceeded", "Rate limit reached for requests", RateLimitedError),
        (429, "rate_limit_exceeded", "maximum context length", RateLimitedError),
        (408, None, "no", TransientError),
        (409, None, "no", TransientError),
        (500, "server_error", "The server had an error", TransientError),
        (502, None, "Bad Gateway", TransientError),
        (503, None, "The engine is currently overloaded", TransientError),
        (504, None, "Gateway Timeout", TransientError),
        (529, "overloaded_error", "Overloaded", TransientError),
        # The text is longer than the model reads.
        (400, "context_length_exceeded", "no", TooLongError),
        (400, "string_above_max_length", "no", TooLongError),
        (400, "exceed_context_size_error", "no", TooLongError),
        (400, None, "This model's maximum context length is 4096 tokens", TooLongError),
        (400, None, "The context window is exceeded", TooLongError),
        (400, None, "the request exceeds the available context size", TooLongError),
        (400, None, "Your input exceeds the context window of this model", TooLongError),
        (413, None, "Payload Too Large", TooLongError),
        (422, None, "Maximum Context Length reached", TooLongError),
        # A filter took it.
        (400, "content_filter", "no", FilteredError),
        (400, "content_policy_violation", "no", FilteredError),
        (403, "ResponsibleAIPolicyViolation", "no", FilteredError),
        # The form of the question is not known.
        (400, None, "Unsupported parameter: response_format", FormatRefusedError),
        (400, None, "response_format of type json_schema is not supported", FormatRefusedError),
        (400, None, "This model does not support structured outputs", FormatRefusedError),
        (422, None, "extra fields not permitted: response_format", FormatRefusedError),
        (422, None, "Unrecognized key 'tools'", FormatRefusedError),
        (400, None, "JSON mode is not supported", FormatRefusedError),
        # This paper is refused, for any other reason.
        (400, None, "no", RejectedError),
        (400, "invalid_request_error", "Unsupported value: 'temperature'", RejectedError),
        (400, None, "The tools of the trade are many", RejectedError),
        (403, None, "Forbidden", RejectedError),
        (403, None, "response_format is not supported", RejectedError),
        (405, None, "Method Not Allowed", RejectedError),
        (422, None, "Unprocessable", RejectedError),
        (451, None, "no", RejectedError),
    ],
)
def test_a_servers_error_means_one_thing_for_the_run(status, code, told, kind):
    assert type(made_of(status, code, told)) is kind


@pytest.mark.parametrize(
    ("param", "kind"),
    [
        ("response_format", FormatRefusedError),
        ("response_format.json_schema", FormatRefusedError),
        ("tools[0].function", FormatRefusedError),
        ("tool_choice", FormatRefusedError),
        ("temperature", RejectedError),
        ("messages", RejectedError),
    ],
)
def test_where_the_parameter_is_named_the_text_does_not_matter(param, kind):
    told = "json_schema is not supported" if kind is RejectedError else "no"

    assert type(made_of(400, None, told, param=param)) is kind


@pytest.mark.parametrize("status", [401, 408, 413, 429, 400, 500])
def test_the_message_says_who_answered_what(status):
    assert str(made_of(status, None, "the tide is out")).startswith(
        f"http://127.0.0.1:8000/v1 answered {status}: the tide is out"
    )


def test_an_error_that_ends_the_run_says_what_to_look_at():
    message = str(made_of(401, None, "no key"))

    assert "model heron-large" in message
    assert "--model, --base-url and OPENAI_API_KEY" in message


def test_a_rate_limit_says_how_long_the_server_wants_to_be_left_alone():
    error = made_of(429, None, "slow down", retry_after=7.5)

    assert isinstance(error, RateLimitedError)
    assert error.retry_after == 7.5


def test_a_form_that_is_refused_is_a_refusal_of_the_paper_where_nothing_else_is_left_to_try():
    assert issubclass(FormatRefusedError, RejectedError)
    assert FormatRefusedError("no").reason == "rejected"


@given(st.integers(400, 599), st.one_of(st.none(), st.text()), st.text(max_size=2000))
def test_every_error_of_a_server_means_something(status, code, told):
    error = made_of(status, code, told)

    assert isinstance(error, ExtractorError)
    assert str(status) in str(error)
