"""The OpenAI provider against a real server on loopback: what is sent, what is kept, what goes wrong."""

import asyncio
import contextlib
import itertools
import json
import threading
from pathlib import Path

import duckdb
import pytest

import extractor
from extractor.errors import RunStoppedError
from extractor.exporting import write_table
from extractor.providers.openai import OpenAIProvider
from extractor.providers.pacing import Pace
from extractor.providers.retrying import RetryingProvider

DEADLINE = 6.0
"""Seconds that a paper may take where the server pauses for ever: all that ends it."""
KEY = "sk-invented-9f8e7d6c5b4a"
MODEL = "heron-large"

CLAIM = {
    "quote": "Harbourlight reaches 83.4% accuracy on CIFAR-100",
    "dataset": "CIFAR-100",
    "metric": "accuracy",
    "method": "Harbourlight",
    "value": 83.4,
    "unit": "%",
    "kind": "absolute",
}
HARBOURLIGHT = {
    "tasks": ["Image Classification"],
    "method": "Harbourlight",
    "datasets": ["CIFAR-100"],
    "metrics": ["accuracy"],
    "code_url": "https://example.org/harbourlight",
    "claims": [CLAIM],
}


@pytest.fixture
def provider(chat):
    """Return a function that makes the provider as the command line does, but with tiny waits."""

    def make(*, tries=3, longest_wait=0.01, concurrency=1, **more):
        asked = OpenAIProvider(MODEL, base_url=chat.base_url, api_key=KEY, **more)
        pace = Pace(concurrency)
        return RetryingProvider(asked, pace, tries=tries, first_wait=0.001, longest_wait=longest_wait)

    return make


@pytest.fixture
def extract(page, provider):
    """Return a function that runs the page against the server, one request at a time."""

    def run(**options):
        asked = options.pop("provider", None) or provider(concurrency=options.pop("concurrency", 1))
        return extractor.run(page, provider=asked, model=MODEL, **options)

    return run


def asked(sql):
    return extractor.Database().sql(sql).rows()


MODES = ("json_schema", "tools", "json")
IN_EVERY_MODE = pytest.mark.parametrize("mode", MODES)


def said(chat, mode, content, **choice):
    """Return a reply with this content, in the form that a mode asks for."""
    return chat.calls(content, **choice) if mode == "tools" else chat.says(content, **choice)


# ---------------------------------------------------------------- a good answer


def test_an_answer_becomes_rows(chat, extract):
    # Given a server that knows the first paper,
    chat.script(chat.answer(HARBOURLIGHT))
    # when the page is run,
    summary = extract()
    # then its answer stands in the tables, borne out by the text.
    assert (summary.tally.extracted, summary.tally.failed, summary.exit_code) == (4, 0, 0)
    assert asked("select dataset, metric, value, verified, found_by, model from claims") == [
        {
            "dataset": "CIFAR-100",
            "metric": "accuracy",
            "value": 83.4,
            "verified": True,
            "found_by": "openai",
            "model": MODEL,
        }
    ]
    assert asked("select code_url from records where method = 'Harbourlight'") == [
        {"code_url": "https://example.org/harbourlight"}
    ]


def test_what_the_text_does_not_bear_out_is_kept_and_marked(chat, extract):
    claim = {**CLAIM, "dataset": "ImageNet-21K", "value": 99.9}
    chat.script(chat.answer({"claims": [claim]}))
    extract()
    row = asked("select verified, unverified_because from claims")[0]
    assert not row["verified"]
    assert [reason.split(":")[0] for reason in row["unverified_because"]] == ["dataset", "value"]
    assert asked("from leaderboard") == []


def test_tokens_are_stored_as_the_server_counts_them(extract):
    summary = extract()
    assert (summary.tally.usage.input_tokens, summary.tally.usage.output_tokens) == (4 * 321, 4 * 45)
    assert asked("select distinct input_tokens, output_tokens, cached_tokens, attempts from responses") == [
        {"input_tokens": 321, "output_tokens": 45, "cached_tokens": 256, "attempts": 1}
    ]
    assert asked("select input_tokens, output_tokens, status from runs") == [
        {"input_tokens": 4 * 321, "output_tokens": 4 * 45, "status": "done"}
    ]


def test_tokens_that_the_server_does_not_count_stay_unknown(chat, extract):
    reply = chat.answer()
    del reply.body["usage"]
    chat.otherwise = lambda _: reply
    extract()
    assert asked("select distinct input_tokens, output_tokens from responses") == [
        {"input_tokens": None, "output_tokens": None}
    ]


def test_an_answer_in_a_markdown_fence_is_read(chat, extract):
    chat.script(chat.says('```json\n{"method": "Harbourlight"}\n```'))
    extract()
    assert asked("select method from records where method is not null") == [{"method": "Harbourlight"}]
    assert chat.count == 4


# ---------------------------------------------------------------- what is sent


def test_the_request_asks_for_the_schema_and_nothing_that_was_not_asked_for(chat, extract):
    extract()
    body = chat.requests[0].body
    assert chat.requests[0].path == "/v1/chat/completions"
    assert body["model"] == MODEL
    assert set(body) == {"model", "messages", "response_format"}
    sent = body["response_format"]
    assert sent["type"] == "json_schema"
    assert (sent["json_schema"]["name"], sent["json_schema"]["strict"]) == ("PaperRecord", True)
    schema = sent["json_schema"]["schema"]
    assert schema["required"] == ["tasks", "method", "datasets", "metrics", "code_url", "claims"]
    assert schema["additionalProperties"] is False


PARAMS = {"temperature": 0, "stop": ["#"], "reasoning_effort": "low", "top_k": 40, "user": None}
"""A number, a list, a text, a parameter that only some servers know, null."""


@IN_EVERY_MODE
def test_given_parameters_are_sent_as_they_are(chat, extract, provider, mode):
    chat.otherwise = chat.answers
    extract(provider=provider(mode=mode, params=PARAMS))
    assert chat.count == 4
    for seen in chat.requests:
        assert {name: seen.body.get(name, "missing") for name in PARAMS} == PARAMS


def test_given_parameters_are_sent_when_asking_again(chat, extract, provider):
    chat.script(chat.says("no"))
    extract(provider=provider(params=PARAMS))
    again = chat.requests[1].body
    assert {name: again.get(name, "missing") for name in PARAMS} == PARAMS


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"messages": []}, id="messages"),
        pytest.param({"response_format": {"type": "text"}}, id="response_format"),
        pytest.param({"tools": []}, id="tools"),
        pytest.param({"stream": True}, id="stream"),
        pytest.param({"max_retries": 9}, id="a word of the client"),
    ],
)
@pytest.mark.parametrize("mode", ["json_schema", "tools"])
def test_a_parameter_that_is_ours_to_set_is_refused_or_without_effect(chat, extract, provider, params, mode):
    # Given a first answer that has to be asked for again,
    chat.otherwise = chat.answers
    chat.script(said(chat, mode, "no"))
    # when a parameter is given that would change what we send, then nothing ends in an error not of ours,
    with contextlib.suppress(extractor.ExtractorError):
        extract(provider=provider(mode=mode, params=params))
    # and what is sent stays what it has to be.
    for seen in chat.requests:
        assert (seen.mode, seen.body["model"], bool(seen.contents)) == (mode, MODEL, True)


def test_mode_and_parameters_of_the_settings_reach_the_server(chat, page, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_PARAMS", '{"temperature": 0.5}')
    extractor.run(page, model=MODEL, base_url=chat.base_url, mode="json")
    assert [(seen.mode, seen.body["temperature"]) for seen in chat.requests] == [("json", 0.5)] * 4


def common_start(texts):
    same = itertools.takewhile(lambda bytes_there: len(set(bytes_there)) == 1, zip(*texts, strict=False))
    return bytes(first for first, *_ in same)


def test_requests_differ_only_in_their_last_message(chat, extract):
    # Given that servers keep what they have read where the next request starts with the same,
    extract()
    # when a page is run,
    raw = [seen.raw for seen in chat.requests]
    start = common_start(raw)
    # then all bytes before the paper are the same, the schema among them.
    assert b"response_format" in start
    assert start.count(b'"role": ') == len(chat.requests[0].body["messages"])
    assert min(map(len, raw)) - len(start) < 1000


@IN_EVERY_MODE
def test_in_every_mode_the_constant_part_goes_first(chat, extract, provider, mode):
    chat.otherwise = chat.answers
    extract(provider=provider(mode=mode))
    assert len({tuple(seen.contents[:-1]) for seen in chat.requests}) == 1
    assert len({seen.contents[-1] for seen in chat.requests}) == 4


def test_braces_of_a_paper_are_no_template(chat, own_surroundings, provider):
    # Given an abstract with what templates are made of,
    words = 'We write {{ 7 * 7 }} and {% raw %} where others write "49" \\alpha'
    page = own_surroundings / "braces.txt"
    page.write_text(
        f"Braces: A Study of Marks\n\n{words}, and ask what is lost. Braces come in pairs, and those who "
        "read them count. We present a reader that does not, and measure how often it errs on a page.\n",
        encoding="utf-8",
    )
    chat.otherwise = chat.answers
    # when it is asked in each mode, then the model gets it as it stands.
    for mode in MODES:
        extractor.run(page, provider=provider(mode=mode), model=MODEL, db=f"{mode}.duckdb")
    assert [seen.mode for seen in chat.requests] == list(MODES)
    assert all(words in seen.contents[-1] for seen in chat.requests)


def test_the_constant_part_goes_first_and_the_paper_last(chat, extract):
    extract()
    first, second = chat.requests[0], chat.requests[1]
    assert first.body["messages"][0]["role"] == "system"
    assert first.contents[:-1] == second.contents[:-1]
    assert "Harbourlight" in first.contents[-1]
    assert "Thornfield" in second.contents[-1]
    assert not any("Harbourlight" in content for content in first.contents[:-1])


def test_a_large_model_is_given_the_long_prompt_however_it_was_named(chat, page, provider):
    # Given a provider handed over without a name for the settings,
    extractor.run(page, provider=provider())
    by_provider = chat.requests[0].contents[0]
    # when the same model is named in the settings too,
    extractor.run(page, provider=provider(), model=MODEL, db="other.duckdb")
    # then it is told the same.
    assert chat.requests[-1].contents[0] == by_provider


def test_several_requests_are_in_flight_at_once(chat, extract):
    # Given a server that answers nobody before three have asked,
    barrier = threading.Event()

    def wait_for_three(_):
        if chat.count >= 3:
            barrier.set()
        return chat.answer().held_until(barrier)

    chat.otherwise = wait_for_three
    # when three papers may be asked at once, then all are answered.
    assert extract(concurrency=3).tally.extracted == 4


# ---------------------------------------------------------------- failures of one paper


FAILURES = [
    pytest.param("refusal", "refused", True, "I would rather not", id="the model declines"),
    pytest.param("content_filter", "filtered", True, "", id="a filter takes the answer"),
    pytest.param("length", "cut off", True, '{"tasks": ["Ima', id="the answer ends at the token limit"),
    pytest.param("status 400", "rejected", False, None, id="the server rejects the request"),
    pytest.param("status 422", "rejected", False, None, id="the server finds it unprocessable"),
    pytest.param("status 500", "no answer", False, None, id="the server is down"),
    pytest.param("paused", "no answer", False, None, id="the server asks for a pause again and again"),
    pytest.param("closed", "no answer", False, None, id="the connection is closed"),
    pytest.param("no json", "invalid", True, "I found nothing.", id="the answer is no JSON"),
    pytest.param("other json", "invalid", True, '{"colour": "red"}', id="the answer keeps another schema"),
    pytest.param("empty", "invalid", True, "", id="the answer is empty"),
]


def reply_of(chat, kind):
    if kind.startswith("status"):
        return chat.fails(int(kind.split()[1]), "not today")
    return {
        "refusal": chat.says(None, refusal="I would rather not"),
        "content_filter": chat.says("", finish_reason="content_filter"),
        "length": chat.says('{"tasks": ["Ima', finish_reason="length"),
        "closed": chat.hangs_up(),
        "paused": chat.fails(429, "not today", retry_after="0.01"),
        "no json": chat.says("I found nothing."),
        "other json": chat.says('{"colour": "red"}'),
        "empty": chat.says(None),
    }[kind]


@pytest.mark.parametrize(("kind", "reason", "paid", "raw_text"), FAILURES)
def test_a_paper_that_fails_is_a_row_and_stops_no_other(chat, extract, kind, reason, paid, raw_text):
    # Given a server that never answers one of the papers well,
    bad = reply_of(chat, kind)
    chat.otherwise = lambda seen: bad if seen.speaks_of("Thornfield") else chat.answer()
    # when the page is run,
    summary = extract(deadline=DEADLINE)
    # then three papers are extracted and the fourth is a row that says why.
    assert (summary.tally.extracted, summary.tally.failed, summary.exit_code) == (3, 1, 1)
    rows = asked("select p.title, f.* from failures f join papers p using (paper_id)")
    assert [row["title"].split(":")[0] for row in rows] == ["Thornfield"]
    assert (rows[0]["reason"], rows[0]["paid"], rows[0]["raw_text"]) == (reason, paid, raw_text)
    assert rows[0]["message"]
    assert asked("select count(*) n from records") == [{"n": 3}]


@pytest.mark.parametrize("mode", ["tools", "json"])
@pytest.mark.parametrize(("kind", "reason", "paid", "raw_text"), FAILURES)
def test_a_paper_fails_in_the_other_modes_as_in_the_first(  # noqa: PLR0913, PLR0917
    chat, extract, provider, mode, kind, reason, paid, raw_text
):
    bad = reply_of(chat, kind)
    chat.otherwise = lambda seen: bad if seen.speaks_of("Thornfield") else chat.answers(seen)
    summary = extract(provider=provider(mode=mode), deadline=DEADLINE)
    assert (summary.tally.extracted, summary.tally.failed) == (3, 1)
    told = asked("select reason, paid, raw_text from failures")
    assert told == [{"reason": reason, "paid": paid, "raw_text": raw_text}]


def test_a_refusal_of_what_is_asked_again_is_a_refusal(chat, extract):
    bad = reply_of(chat, "refusal")
    chat.script(chat.says("no"), bad)
    extract()
    assert asked("select reason, attempts, raw_text from failures") == [
        {"reason": "refused", "attempts": 2, "raw_text": "I would rather not"}
    ]


NO_COMPLETIONS = [
    pytest.param('{"choices": []}', id="no choice"),
    pytest.param(
        '{"error": {"message": "the upstream is busy", "code": 502}}', id="an error sent as a success"
    ),
    pytest.param('{"choices": [{"index": 0, "finish_reason": "stop"}]}', id="a choice without a message"),
    pytest.param("null", id="null"),
    pytest.param("<html>Welcome to our gateway</html>", id="a web page"),
]


@pytest.mark.parametrize("body", NO_COMPLETIONS)
@pytest.mark.parametrize("asking", ["first", "again", "tools", "json"])
def test_an_answer_that_is_no_chat_completion_is_no_answer(chat, extract, provider, asking, body):
    # Given a server whose answers about one paper are something else, from the first or from the second on,
    replies = [chat.says("no")] if asking == "again" else []
    odd = chat.says("")

    def reply(seen):
        if not seen.speaks_of("Thornfield"):
            return chat.answers(seen)
        return replies.pop() if replies else type(odd)(body=body)

    chat.otherwise = reply
    # when the page is run,
    mode = asking if asking in MODES else "auto"
    summary = extract(provider=provider(mode=mode))
    # then that paper alone fails, having been tried again.
    assert (summary.tally.extracted, summary.tally.failed) == (3, 1)
    assert asked("select reason from failures") == [{"reason": "no answer"}]
    assert sum(seen.speaks_of("Thornfield") for seen in chat.requests) == (4 if asking == "again" else 3)


@pytest.mark.parametrize(
    ("kind", "is_asked_again"),
    [
        pytest.param("refusal", False, id="a refusal was paid for"),
        pytest.param("content_filter", False, id="a filtered answer was paid for"),
        pytest.param("length", False, id="a cut-off answer was paid for"),
        pytest.param("no json", False, id="an invalid answer was paid for"),
        pytest.param("status 500", True, id="nothing was paid for no answer"),
        pytest.param("status 400", True, id="nothing was paid for a rejected request"),
    ],
)
def test_the_next_run_asks_again_only_for_what_was_not_paid(chat, extract, kind, is_asked_again):
    # Given a run in which one paper failed,
    bad = reply_of(chat, kind)
    chat.otherwise = lambda seen: bad if seen.speaks_of("Thornfield") else chat.answer()
    extract()
    before = chat.count
    # when the server is well again and the same page is run,
    chat.otherwise = lambda _: chat.answer()
    summary = extract()
    # then the paper is asked again only where no answer had been paid for,
    assert chat.count - before == (1 if is_asked_again else 0)
    assert summary.exit_code == (0 if is_asked_again else 1)
    # and every paper when it is said so.
    assert extract(retry_failed=True).exit_code == 0
    assert chat.count - before == 1


def test_a_failure_from_an_earlier_run_is_told_again_but_stored_once(chat, extract):
    bad = reply_of(chat, "refusal")
    chat.otherwise = lambda seen: bad if seen.speaks_of("Thornfield") else chat.answer()
    extract()
    summary = extract()
    assert [failure.reason for failure in summary.tally.failures] == ["refused"]
    assert asked("select count(*) n from failures") == [{"n": 1}]
    assert asked("select outcome, count(*) n from run_papers group by all order by all") == [
        {"outcome": "extracted", "n": 6},
        {"outcome": "failed", "n": 2},
    ]


# ---------------------------------------------------------------- what stops a run


@pytest.mark.parametrize(
    "concurrency", [pytest.param(1, id="one at a time"), pytest.param(8, id="many at once")]
)
@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(401, "invalid_api_key", id="a wrong key"),
        pytest.param(404, "model_not_found", id="an unknown model"),
        pytest.param(429, "insufficient_quota", id="an empty account"),
    ],
)
def test_what_no_paper_can_survive_stops_the_run_with_one_error(chat, extract, status, code, concurrency):
    # Given a server that lets nobody in,
    chat.otherwise = lambda _: chat.fails(status, "we do not know you", code=code)
    # when the page is run, then one error says who answered what, and what to look at.
    with pytest.raises(RunStoppedError, match="we do not know you") as raised:
        extract(concurrency=concurrency)
    message = str(raised.value)
    assert "\n" not in message
    for word in (str(status), MODEL, "--model", chat.base_url):
        assert word in message
    assert chat.count <= concurrency
    assert asked("select status from runs") == [{"status": "stopped"}]


def test_a_run_that_is_stopped_keeps_what_was_done_before(chat, extract):
    chat.script(chat.answer(HARBOURLIGHT), chat.answer(), chat.fails(401, "the key has run out"))
    with pytest.raises(RunStoppedError):
        extract()
    assert asked("select count(*) n from extractions") == [{"n": 2}]
    before = chat.count
    extract()
    assert chat.count - before == 2


# ---------------------------------------------------------------- trying again


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("status 500", id="after the server's own fault"),
        pytest.param("status 429", id="after a rate limit"),
        pytest.param("status 408", id="after a timeout of the server"),
        pytest.param("status 503", id="after an overload"),
        pytest.param("closed", id="after a closed connection"),
    ],
)
def test_a_request_without_an_answer_is_sent_again(chat, extract, kind):
    chat.script(reply_of(chat, kind), reply_of(chat, kind), chat.answer(HARBOURLIGHT))
    summary = extract()
    assert (summary.tally.extracted, summary.tally.failed) == (4, 0)
    assert chat.count == 4 + 2
    assert chat.requests[0].body == chat.requests[1].body == chat.requests[2].body


def test_a_pause_that_the_server_asks_for_is_kept(chat, extract, provider):
    # Given a server that asks for a fifth of a second,
    chat.script(chat.fails(429, "slow down", retry_after="0.2"))
    # when one request is sent, it comes again no sooner.
    summary = extract(provider=provider(longest_wait=1.0))
    assert summary.tally.extracted == 4
    assert summary.seconds >= 0.2


# ---------------------------------------------------------------- asking again


def test_an_answer_outside_the_schema_is_asked_for_again_with_what_was_wrong(chat, extract):
    chat.script(chat.says('{"tasks": "one, two"}'), chat.answer(HARBOURLIGHT))
    extract()
    again = chat.requests[1]
    assert again.contents[:-1] == chat.requests[0].contents
    assert "tasks" in again.contents[-1]
    assert asked("select attempts, input_tokens, output_tokens from responses where attempts > 1") == [
        {"attempts": 2, "input_tokens": 2 * 321, "output_tokens": 2 * 45}
    ]


@IN_EVERY_MODE
def test_asking_again_never_grows(chat, extract, provider, mode):
    # Given a model that fails in many ways, each time more,
    chat.otherwise = chat.answers
    chat.script(
        said(chat, mode, '{"a": 1}'),
        said(chat, mode, str({f"key_{n}": n for n in range(500)}).replace("'", '"')),
    )
    # when it is asked for the third time,
    extract(provider=provider(mode=mode))
    # then the question is as long as the first but for one short message,
    sizes = [len("".join(seen.contents)) for seen in chat.requests[:3]]
    counts = [len(seen.contents) for seen in chat.requests[:3]]
    assert counts[1] == counts[2] <= counts[0] + 1
    assert sizes[0] < sizes[1]
    assert sizes[2] - sizes[0] < 1000
    # and what it had answered is not sent back.
    assert not chat.requests[2].speaks_of("key_499")
    # and the next paper is asked as the first was.
    assert [seen.mode for seen in chat.requests] == [mode] * 6
    assert len(chat.requests[3].contents) == counts[0]


@IN_EVERY_MODE
def test_a_valid_second_answer_is_kept_and_both_are_counted(chat, extract, provider, mode):
    chat.otherwise = chat.answers
    chat.script(said(chat, mode, '{"tasks": 7}'), said(chat, mode, json.dumps(HARBOURLIGHT)))
    summary = extract(provider=provider(mode=mode))
    assert (summary.tally.extracted, chat.count) == (4, 5)
    assert asked("select dataset, value, verified from claims") == [
        {"dataset": "CIFAR-100", "value": 83.4, "verified": True}
    ]
    assert asked(
        "select attempts, input_tokens, output_tokens, cached_tokens from responses order by 1 desc limit 1"
    ) == [{"attempts": 2, "input_tokens": 2 * 321, "output_tokens": 2 * 45, "cached_tokens": 2 * 256}]
    assert summary.tally.usage.input_tokens == 5 * 321


def test_asking_again_starts_as_the_first_question_did_and_asks_for_the_same_form(chat, extract):
    chat.script(chat.says("no"))
    extract()
    first, again = chat.requests[:2]
    assert again.body["response_format"] == first.body["response_format"]
    assert again.body["messages"][:-1] == first.body["messages"]
    assert set(again.body) == set(first.body)


def test_a_transient_error_while_asking_again_is_tried_again(chat, extract):
    chat.script(chat.says("no"), chat.fails(503), chat.hangs_up(), chat.answer(HARBOURLIGHT))
    assert extract().tally.extracted == 4
    assert chat.count == 4 + 3
    assert chat.requests[1].body == chat.requests[2].body == chat.requests[3].body


SIZED = """
from typing import Annotated
from pydantic import Field
from extractor.records import Record

class Opinion(Record):
    sure: Annotated[int | None, Field(ge=1, le=5)] = None
    word: Annotated[str | None, Field(max_length=8, pattern="^[a-z]+$")] = None
"""


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param('{"sure": 6, "word": null}', id="a number too great"),
        pytest.param('{"sure": 1, "word": "interminable"}', id="a word too long"),
        pytest.param('{"sure": 1, "word": "Loud"}', id="a word of another form"),
    ],
)
def test_a_constraint_that_is_only_told_to_the_server_is_enforced(
    chat, page, provider, own_surroundings, broken
):
    # Given a schema with bounds, which the strict form cannot carry,
    (own_surroundings / "opinions.py").write_text(SIZED, encoding="utf-8")
    good = chat.says('{"sure": 5, "word": "calm"}')
    chat.otherwise = lambda _: good
    # when an answer breaks one,
    chat.script(chat.says(broken))
    summary = extractor.run(page, provider=provider(), model=MODEL, schema_name="opinions.py")
    # then it is asked for again, told what was wrong.
    assert (summary.tally.extracted, chat.count) == (4, 5)
    assert ("sure" if '"sure": 6' in broken else "word") in chat.requests[1].contents[-1]
    sent = chat.requests[0].body["response_format"]["json_schema"]["schema"]["properties"]
    assert "maximum" not in str(sent)
    assert "at most 5" in str(sent["sure"])


def test_a_reasked_answer_is_stored_under_the_first_requests_fingerprint(chat, extract):
    chat.script(chat.says("no"), chat.answer(HARBOURLIGHT))
    extract()
    before = chat.count
    assert extract().tally.from_cache == 4
    assert chat.count == before


# ---------------------------------------------------------------- asking once


def test_a_second_run_asks_nothing(chat, extract):
    chat.script(chat.answer(HARBOURLIGHT))
    extract()
    summary = extract()
    assert chat.count == 4
    assert (summary.tally.extracted, summary.tally.from_cache) == (4, 4)
    assert (summary.tally.usage.input_tokens, summary.tally.usage.output_tokens) == (None, None)
    assert asked("select count(*) n from claims") == [{"n": 1}]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"model": "heron-small"}, id="another model"),
        pytest.param({"params": {"temperature": 0.5}}, id="other parameters"),
        pytest.param({"mode": "json_schema"}, id="a mode that was given"),
        pytest.param({"mode": "json"}, id="another mode"),
    ],
)
def test_another_question_is_asked_anew(chat, page, extract, other):
    extract()
    model = other.get("model", MODEL)
    asked_now = OpenAIProvider(**{"model": MODEL, "base_url": chat.base_url, "api_key": KEY, **other})
    summary = extractor.run(page, provider=asked_now, model=model, concurrency=1)
    assert (chat.count, summary.tally.from_cache) == (8, 0)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({}, {"mode": "auto"}, id="the mode that is taken anyway"),
        pytest.param({"mode": "json"}, {"mode": "json"}, id="the same mode"),
        pytest.param({"params": {}}, {"params": None}, id="no parameters"),
        pytest.param(
            {"params": {"seed": 1, "stop": "#"}},
            {"params": {"stop": "#", "seed": 1}},
            id="parameters in another order",
        ),
    ],
)
def test_the_same_question_in_other_words_is_not_asked_anew(chat, extract, provider, before, now):
    extract(provider=provider(**before))
    summary = extract(provider=provider(**now))
    assert (chat.count, summary.tally.from_cache) == (4, 4)


# ---------------------------------------------------------------- modes


REFUSALS = {
    "json_schema": "Invalid parameter: 'response_format' of type 'json_schema' is not supported.",
    "tools": "heron-large does not support tools",
    "json": "'response_format' of type 'json_object' is unknown here",
}


def knowing(chat, *modes, status=400):
    """Return what a server says that knows these modes and refuses the others by name."""

    def reply(seen):
        return (
            chat.answers(seen, HARBOURLIGHT)
            if seen.mode in modes
            else chat.fails(status, REFUSALS[seen.mode])
        )

    return reply


def test_the_mode_tools_sends_a_tool_and_reads_its_arguments(chat, extract, provider):
    # Given a server that calls tools,
    chat.otherwise = lambda seen: chat.answers(seen, HARBOURLIGHT if seen.speaks_of("Harbourlight") else None)
    # when it is asked in that mode,
    summary = extract(provider=provider(mode="tools"))
    # then a request holds one tool, which has to be called, and nothing that was not asked for;
    body = chat.requests[0].body
    assert set(body) == {"model", "messages", "tools", "tool_choice"}
    [tool] = body["tools"]
    assert tool["type"] == body["tool_choice"]["type"] == "function"
    assert body["tool_choice"]["function"]["name"] == tool["function"]["name"] == "PaperRecord"
    parameters = tool["function"]["parameters"]
    assert sorted(parameters["required"]) == ["claims", "code_url", "datasets", "method", "metrics", "tasks"]
    assert parameters["additionalProperties"] is False
    assert '"default"' not in json.dumps(parameters)
    # and its arguments are the answer.
    assert (summary.tally.extracted, chat.count) == (4, 4)
    assert asked("select dataset, value, verified from claims") == [
        {"dataset": "CIFAR-100", "value": 83.4, "verified": True}
    ]
    assert asked(
        "select distinct input_tokens, output_tokens, cached_tokens, finish_reason from responses"
    ) == [{"input_tokens": 321, "output_tokens": 45, "cached_tokens": 256, "finish_reason": "tool_calls"}]


@pytest.mark.parametrize(
    "content", [pytest.param("", id="nothing"), pytest.param("I shall call the tool now.", id="a remark")]
)
def test_what_a_model_says_beside_a_tool_call_is_not_its_answer(chat, extract, provider, content):
    reply = chat.calls(json.dumps(HARBOURLIGHT), content=content)
    chat.otherwise = lambda _: reply
    summary = extract(provider=provider(mode="tools"))
    assert (summary.tally.extracted, chat.count) == (4, 4)
    assert asked("select distinct method from records") == [{"method": "Harbourlight"}]


def test_an_answer_in_plain_text_to_the_mode_tools_is_read(chat, extract, provider):
    # Given a server that is told of tools and answers with JSON nevertheless, when asked, then it is taken.
    chat.otherwise = lambda _: chat.answer(HARBOURLIGHT)
    assert extract(provider=provider(mode="tools")).tally.extracted == 4
    assert chat.count == 4


def test_the_mode_json_tells_the_schema_in_words(chat, extract, provider):
    summary = extract(provider=provider(mode="json"))
    body = chat.requests[0].body
    assert (summary.tally.extracted, chat.count) == (4, 4)
    assert set(body) == {"model", "messages", "response_format"}
    assert body["response_format"] == {"type": "json_object"}
    assert body["messages"][0]["role"] == "system"
    for word in ("code_url", "baseline_value", "additionalProperties"):
        assert word in chat.requests[0].contents[0]
    assert "Harbourlight" in chat.requests[0].contents[-1]


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    ("known", "way"),
    [
        pytest.param("json_schema", ["json_schema"], id="a server that knows schemas"),
        pytest.param("tools", ["json_schema", "tools"], id="a server that knows tools"),
        pytest.param("json", ["json_schema", "tools", "json"], id="a server that knows JSON"),
    ],
)
def test_a_server_that_refuses_a_form_is_asked_in_the_next_once_for_the_run(
    chat, make_page, provider, known, way, status
):
    # Given a server that knows one form,
    chat.otherwise = knowing(chat, known, status=status)
    # when a page of six papers is run, one at a time,
    summary = extractor.run(make_page(6), provider=provider(), model=MODEL)
    # then the first paper finds the form, and the others are asked in it at once.
    assert (summary.tally.extracted, summary.tally.failed) == (6, 0)
    assert [seen.mode for seen in chat.requests] == [*way, *[known] * 5]
    # and a further run asks nothing, whatever way the answers came.
    assert extractor.run("reeds.txt", provider=provider(), model=MODEL).tally.from_cache == 6
    assert chat.count == len(way) + 5


def test_many_that_are_refused_at_once_move_the_run_once(chat, make_page, provider):
    # Given a server that knows tools alone, and refuses four schemas only when it has got all four,
    all_here = threading.Event()

    def reply(seen):
        if seen.mode == "tools":
            return chat.answers(seen)
        if sum(other.mode == "json_schema" for other in chat.requests) == 4:
            all_here.set()
        return chat.fails(400, REFUSALS[seen.mode]).held_until(all_here)

    chat.otherwise = reply
    # when eight papers are run, four at once,
    summary = extractor.run(make_page(8), provider=provider(concurrency=4), model=MODEL)
    # then the four are asked again with tools, and so is the rest: nobody goes on to JSON.
    assert (summary.tally.extracted, summary.tally.failed) == (8, 0)
    assert sorted(seen.mode for seen in chat.requests) == ["json_schema"] * 4 + ["tools"] * 8


def test_one_that_is_refused_late_takes_the_mode_that_the_run_has_reached(chat, make_page, provider):
    # Given a server that knows JSON alone, and refuses one schema only when another paper has its answer,
    reached = threading.Event()

    def reply(seen):
        if seen.mode == "json":
            reached.set()
            return chat.answers(seen)
        refusal = chat.fails(400, REFUSALS[seen.mode])
        return refusal.held_until(reached) if seen.speaks_of("Reed 1:") else refusal

    chat.otherwise = reply
    # when six papers are run, two at once,
    extractor.run(make_page(6), provider=provider(concurrency=2), model=MODEL)
    # then that paper is not asked with tools first.
    assert [seen.mode for seen in chat.requests if seen.speaks_of("Reed 1:")] == ["json_schema", "json"]
    assert [seen.mode for seen in chat.requests].count("tools") == 1


def test_a_server_that_knows_no_form_stops_the_run_once_it_has_refused_three_papers(chat, extract):
    chat.otherwise = knowing(chat)
    with pytest.raises(RunStoppedError, match="first 3 papers all were turned down"):
        extract()
    assert [seen.mode for seen in chat.requests] == [*MODES, "json", "json"]
    assert asked("select reason, paid, count(*) n from failures group by all") == [
        {"reason": "rejected", "paid": False, "n": 3}
    ]


@IN_EVERY_MODE
def test_a_mode_that_was_given_never_moves(chat, extract, provider, mode):
    chat.otherwise = knowing(chat)
    with pytest.raises(RunStoppedError) as raised:
        extract(provider=provider(mode=mode))
    assert [seen.mode for seen in chat.requests] == [mode] * 3
    assert REFUSALS[mode] in str(raised.value)


def test_after_a_move_what_is_wrong_is_asked_for_again_in_the_new_mode(chat, extract):
    chat.otherwise = knowing(chat, "tools")
    chat.script(chat.fails(400, REFUSALS["json_schema"]), chat.calls("no"))
    assert extract().tally.extracted == 4
    assert [seen.mode for seen in chat.requests] == ["json_schema", *["tools"] * 5]
    assert len(chat.requests[2].contents) == len(chat.requests[1].contents) + 1


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        pytest.param(
            "rejected",
            {"message": "temperature has to lie between 0 and 2", "param": "temperature"},
            id="a parameter",
        ),
        pytest.param(
            "too long",
            {
                "message": "This model's maximum context length is 4096 tokens. However, your messages "
                "resulted in 5000 tokens (4100 in the messages, 900 in the functions). Please reduce the "
                "length of the messages or functions.",
                "param": "messages",
                "code": "context_length_exceeded",
            },
            id="a text too long, told as OpenAI does",
        ),
        pytest.param(
            "rejected",
            {
                "message": "we do not speak of 'a loss function that folds tools' here",
                "code": "content_policy",
            },
            id="a text of which some words are repeated",
        ),
    ],
)
def test_what_is_wrong_with_one_paper_moves_nothing(chat, extract, reason, refusal):
    # Given a server that refuses one paper for what it is,
    bad = chat.fails(400, **refusal)
    chat.otherwise = lambda seen: bad if seen.speaks_of("Harbourlight") else chat.answers(seen)
    # when the page is run, then that paper fails, asked once, and the others are asked as before.
    summary = extract()
    assert (summary.tally.extracted, summary.tally.failed) == (3, 1)
    assert asked("select reason, paid from failures") == [{"reason": reason, "paid": False}]
    assert [seen.mode for seen in chat.requests] == ["json_schema"] * 4


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_moves_nothing_whatever_it_says(chat, extract, status):
    chat.script(chat.fails(status, "response_format could not be compiled in time"))
    assert extract().tally.extracted == 4
    assert {seen.mode for seen in chat.requests} == {"json_schema"}


# ---------------------------------------------------------------- the key


def everything_written(folder):
    return b"".join(
        path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "page.txt"
    )


def test_the_key_of_the_environment_is_sent(chat, page, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    extractor.run(page, model=MODEL, base_url=chat.base_url)
    assert {seen.headers["authorization"] for seen in chat.requests} == {f"Bearer {KEY}"}


def test_a_server_without_a_key_is_asked_without_the_users_key(chat, page):
    extractor.run(page, model=MODEL, base_url=chat.base_url)
    assert all("sk-" not in seen.headers.get("authorization", "") for seen in chat.requests)


def test_the_key_is_written_nowhere(chat, extract, own_surroundings):
    # Given answers, failures and a server that repeats the key in what it says is wrong,
    bad = chat.fails(400, f"Incorrect request with key {KEY}")
    chat.otherwise = lambda seen: bad if seen.speaks_of("Thornfield") else chat.answer()
    # when the page is run,
    summary = extract()
    # then the key stands in no file and no message.
    assert summary.tally.failed == 1
    assert KEY not in summary.tally.failures[0].message
    assert KEY.encode() not in everything_written(own_surroundings)
    assert KEY not in repr(summary)


def test_the_key_is_in_no_error_message(chat, extract):
    chat.otherwise = lambda _: chat.fails(401, f"Incorrect API key provided: {KEY}")
    with pytest.raises(RunStoppedError) as raised:
        extract()
    assert KEY not in str(raised.value)


@IN_EVERY_MODE
def test_the_key_is_in_no_log(chat, extract, provider, caplog, mode):
    chat.otherwise = lambda _: chat.fails(400, f"Incorrect request with key {KEY}")
    with pytest.raises(RunStoppedError) as raised:
        extract(provider=provider(mode=mode))
    assert chat.count == 3
    assert KEY not in caplog.text
    assert KEY not in str(raised.value)


def test_white_space_around_the_key_is_not_sent(chat, page, monkeypatch):
    # Given a key as it comes from a file that was cut carelessly,
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\r\n")
    # when the page is run, then the server gets the key alone.
    extractor.run(page, model=MODEL, base_url=chat.base_url)
    assert {seen.headers["authorization"] for seen in chat.requests} == {f"Bearer {KEY}"}


def test_a_key_that_no_request_can_carry_is_told_without_showing_it(chat, page, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}é")
    with pytest.raises(extractor.ExtractorError, match="OPENAI_API_KEY") as raised:
        extractor.run(page, model=MODEL, base_url=chat.base_url)
    assert KEY not in str(raised.value)
    assert chat.count == 0


def test_the_key_is_not_shown_with_the_settings(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert KEY not in repr(extractor.Settings.load())


# ---------------------------------------------------------------- the two doors


async def test_the_async_door_leaves_the_loop_free(chat, page, provider, eventually):
    # Given a server that waits for something that only this loop does,
    released = threading.Event()
    chat.otherwise = lambda _: chat.answer().held_until(released)

    async def release_when_asked():
        await asyncio.to_thread(eventually, lambda: chat.requests)
        released.set()

    # when both go on at once, then both end.
    summary, _ = await asyncio.gather(
        extractor.arun(page, provider=provider(), model=MODEL), release_when_asked()
    )
    assert summary.tally.extracted == 4


def test_rows_can_be_read_while_a_run_waits_for_answers(chat, page, provider, eventually):
    # Given a run whose second answer does not come,
    released = threading.Event()
    chat.script(chat.answer(HARBOURLIGHT))
    chat.otherwise = lambda _: chat.answer().held_until(released)
    run = threading.Thread(
        target=extractor.run, args=(page,), kwargs={"provider": provider(), "model": MODEL}
    )
    run.start()
    try:
        # when its first batch is written, then a plain client reads it, the run still going.
        eventually(lambda: chat.count >= 2)
        eventually(lambda: asked("select count(*) n from claims")[0]["n"] == 1)
        assert asked("select status from runs") == [{"status": "running"}]
    finally:
        released.set()
        run.join()
    with duckdb.connect("outputs/extractor.duckdb", read_only=True) as plain:
        assert plain.execute("select status, extracted from runs").fetchall() == [("done", 4)]


@pytest.mark.parametrize(
    "character",
    [
        pytest.param("\\u0000", id="NUL"),
        pytest.param("\\ud800", id="half a character"),
        pytest.param("\\u001b[31m", id="a colour code"),
        pytest.param("\\r", id="a carriage return"),
    ],
)
def test_no_character_of_an_answer_stops_a_run(chat, extract, character):
    # Given an answer with a character that hardly anything takes,
    chat.script(chat.says('{"method": "Harbour?light", "tasks": ["?"]}'.replace("?", character)))
    # when the page is run, then every paper is an extraction or a failure, and all are stored.
    summary = extract()
    assert summary.tally.extracted + summary.tally.failed == 4
    assert asked("select count(*) n from run_papers") == [{"n": 4}]
    # and what is stored can be shown and exported.
    shown = extractor.Database().show("Harbourlight")
    assert shown.paper_id
    assert write_table(extractor.Database(), "records", Path("records.csv")).rows == summary.tally.extracted
