"""Batches against a real server on loopback: what is sent, what is kept, what a restart finds."""

import asyncio
import json
import random
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from extractor.errors import FilteredError, RejectedError, RunStoppedError, TransientError
from extractor.exchange import Asking, Message, Request
from extractor.papers import Text
from extractor.providers.batch import BatchProvider
from extractor.providers.openai import OpenAIProvider
from extractor.records import Name, Record

KEY = "sk-invented-9f8e7d6c5b4a"
MODEL = "heron-large"
JSON = dict[str, Any]
CLOSED, HALVED = 0, 1
"""The status of a reply that never comes, and of one that breaks off."""
RUNNING = ("validating", "in_progress", "finalizing")


class Tide(Record):
    place: Name | None = None


# ---------------------------------------------------------------- a server


@dataclass
class Trouble:
    """What happens to requests instead; with `after` only once what they ask for is done."""

    method: str
    path: str
    status: int
    times: int
    after: bool = False
    error: tuple[tuple[str, str], ...] = ()


class BatchServer:
    """
    Speaks OpenAI's files and batches over HTTP on loopback, two batches a page of its list.

    `answer` says what becomes of a line of a batch's file: a status and a body, an error, or None for no
    line. A batch is looked at as often as it `takes` before it ends in `ends_as`, unless `works` is false.
    From request number `held_from` on, what is asked for is done and no reply sent.
    """

    def __init__(self):
        self.answer = lambda line, _: (200, completion_of(line))
        self.ends_as = lambda _: "completed"
        self.errors: Callable[[int], list[JSON]] = lambda _: []
        self.works = True
        self.takes = lambda _: 3
        self.on_upload = lambda: None
        self.files = {}
        self.batches = {}
        self.requests = []
        self.keys = set()
        self.run: Counter[str] = Counter()
        self.shown = 2
        self.id_told = None
        self.created, self.looked_at, self.held = threading.Event(), threading.Event(), threading.Event()
        self.held_from: int | None = None
        self._troubles = []
        self._released = threading.Event()
        self._ids = iter(range(1, 10**6))
        self._guard = threading.RLock()
        self._http = _Listener(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def uploads(self):
        return self.count("POST", "/files")

    def count(self, method, path):
        return sum(seen == method and re.fullmatch(path, there) is not None for seen, there in self.requests)

    def asked(self):
        """Return what is asked for in each batch, batch by batch."""
        return [
            list(map(json.loads, self.files[b["input_file_id"]].splitlines())) for b in self.batches.values()
        ]

    def troubled(self, method, path, status, times=1, **more):
        """Have the next requests of a kind answered by an error, or by nothing."""
        error = tuple(more.pop("error", {"message": "no"}).items())
        self._troubles.append(Trouble(method, path, status, times, error=error, **more))

    def recover(self):
        """Have no request troubled any more."""
        self._troubles.clear()

    def reply_to(self, method, path, query, headers, body):
        with self._guard:
            self.requests.append((method, path))
            self.keys.add(headers.get("Authorization"))
            trouble = next((t for t in self._troubles if t.times and self._meets(t, method, path)), None)
            if trouble:
                trouble.times -= 1
            if trouble and not trouble.after:
                return trouble.status, {"error": dict(trouble.error)}
            reply = self._done(method, path, query, headers, body)
            is_held = self.held_from is not None and len(self.requests) >= self.held_from
        if is_held:
            self.held.set()
            self._released.wait(30)
        if trouble and trouble.status == HALVED:
            return HALVED, reply[1]
        return (trouble.status, {"error": dict(trouble.error)}) if trouble else reply

    def _meets(self, trouble, method, path):
        return trouble.method == method and re.fullmatch(trouble.path, path) is not None

    def _done(self, method, path, query, headers, body):
        parts = path.strip("/").split("/")
        match (method, *parts):
            case ("POST", "files"):
                return 200, self._uploaded(headers, body)
            case ("POST", "batches"):
                return self._created(json.loads(body))
            case ("GET", "batches"):
                return 200, self._page(query)
            case ("GET", "batches", batch_id) if batch_id in self.batches:
                return 200, self._looked_at(batch_id)
            case ("GET", "files", file_id, "content") if file_id in self.files:
                return 200, self.files[file_id]
        return 404, {"error": {"message": f"nothing is known of {path}", "code": None}}

    def _uploaded(self, headers, body):
        boundary = re.findall(r'boundary="?([^";]+)', headers["Content-Type"])[0].encode()
        fields = {}
        for part in body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
            fields[re.findall(rb'name="([^"]+)"', head)[0]] = content
        assert fields[b"purpose"] == b"batch"
        file_id = f"file-{next(self._ids)}"
        self.files[file_id] = fields[b"file"]
        self.on_upload()
        return {"id": file_id, "object": "file", "purpose": "batch", "filename": "requests.jsonl"}

    def _created(self, wanted):
        assert (wanted["endpoint"], wanted["completion_window"]) == ("/v1/chat/completions", "24h")
        if wanted["input_file_id"] not in self.files:
            return 400, {"error": {"message": "Cannot find that file", "param": "file_id", "code": None}}
        batch = self.made(wanted["input_file_id"])
        self.created.set()
        return 200, {**batch, "id": self.id_told or batch["id"]}

    def made(self, input_file_id):
        """Make a batch of a file."""
        batch_id = f"batch_{next(self._ids)}"
        lines = len(self.files[input_file_id].splitlines())
        self.batches[batch_id] = {
            "id": batch_id,
            "object": "batch",
            "input_file_id": input_file_id,
            "status": "validating",
            "looks": 0,
            "output_file_id": None,
            "error_file_id": "",
            "errors": None,
            "request_counts": {"total": lines, "completed": 0, "failed": 0},
        }
        return self.batches[batch_id]

    def _page(self, query):
        newest_first = list(reversed(self.batches.values()))
        after = query.get("after", [None])[0]
        start = next((n + 1 for n, batch in enumerate(newest_first) if batch["id"] == after), 0)
        page = newest_first[start : start + self.shown]
        return {"object": "list", "data": page, "has_more": start + self.shown < len(newest_first)}

    def _looked_at(self, batch_id):
        batch = self.batches[batch_id]
        batch["looks"] += 1
        self.looked_at.set()
        if batch["status"] in RUNNING:
            nth = list(self.batches).index(batch_id) + 1
            ends = self.works and batch["looks"] > self.takes(nth)
            batch["status"] = "finalizing" if ends else RUNNING[min(batch["looks"], 2) - 1]
            if ends:
                self._end(batch, nth)
        return batch

    def _end(self, batch, nth):
        batch["status"] = self.ends_as(nth)
        if batch["status"] == "failed":
            batch["errors"] = {"object": "list", "data": self.errors(nth)}
            return
        output: list[str] = []
        errors: list[str] = []
        for raw in self.files[batch["input_file_id"]].splitlines():
            line = json.loads(raw)
            answer = self.answer(line, nth)
            if answer is None:
                continue
            written = {"id": f"batch_req_{next(self._ids)}", "custom_id": line["custom_id"], "response": None}
            if isinstance(answer, dict):
                written["error"] = answer
            else:
                status, body = answer
                written |= {
                    "response": {"status_code": status, "request_id": "r", "body": body},
                    "error": None,
                }
            is_answer = written["response"] is not None and written["response"]["status_code"] == 200
            self.run[line["custom_id"]] += is_answer
            (output if is_answer else errors).append(json.dumps(written))
        for kind, lines in (("output_file_id", output), ("error_file_id", errors)):
            if lines:
                random.Random(7).shuffle(lines)
                batch[kind] = f"file-{next(self._ids)}"
                self.files[batch[kind]] = "\n".join(lines).encode()
        batch["request_counts"] |= {"completed": len(output), "failed": len(errors)}


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Pass over clients that went away."""


def _handler_of(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self):
            self._reply()

        def do_POST(self):
            self._reply()

        def _reply(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = urlsplit(self.path)
            path = url.path.removeprefix("/v1")
            status, said = server.reply_to(self.command, path, parse_qs(url.query), self.headers, body)
            if status == CLOSED:
                self.close_connection = True
                return
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(200 if status == HALVED else status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if status == HALVED:
                content = content[: len(content) // 2]
                self.close_connection = True
            self.wfile.write(content)

        def log_message(self, *_):
            """Say nothing."""

    return Handler


def completion_of(line):
    """Return the completion that answers a line: it names the place that was asked about."""
    place = line["body"]["messages"][1]["content"]
    message = {"role": "assistant", "content": json.dumps({"place": place})}
    return {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 30, "completion_tokens": 5, "total_tokens": 35},
    }


@pytest.fixture
def server():
    with BatchServer() as listening:
        yield listening


# ---------------------------------------------------------------- asking


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "papers.duckdb.journal"


async def no_time(_):
    await asyncio.sleep(0)


class Asker:
    """A provider on a folder, what it was told, and for how long it has slept; `nap` is how."""

    def __init__(self, server, folder, **more):
        self.told: list[str] = []
        self.slept: list[float] = []
        self.nap = no_time
        options = {"api_key": KEY, "params": {}, "base_url": server.base_url, **more}
        self.provider = BatchProvider(
            MODEL, folder=folder, tell=self.told.append, sleep=self.sleep, **options
        )

    async def sleep(self, seconds):
        self.slept.append(seconds)
        await self.nap(seconds)

    def request(self, place):
        asking = Asking("tides", Tide, MODEL, self.provider.identity)
        return Request(Text(abstract=place), (Message("system", "Read."), Message("user", place)), asking)

    def requests(self, count):
        return [self.request(f"Bay {number}") for number in range(1, count + 1)]

    async def ask(self, requests):
        """Return for each request its answer's place, or the error."""
        results = await asyncio.gather(*map(self.provider.complete, requests), return_exceptions=True)
        return [each if isinstance(each, BaseException) else place_in(each) for each in results]

    async def ask_until_answered(self, requests):
        async def persist(request):
            while True:
                try:
                    return place_in(await self.provider.complete(request))
                except TransientError:
                    continue

        return await asyncio.gather(*map(persist, requests))

    async def heard(self, words, times=1):
        """Wait until it was told so."""
        while sum(words in line for line in self.told) < times:
            await no_time(0)

    def settle(self, requests):
        for request in requests:
            self.provider.settle(request.fingerprint)


def place_in(response):
    return json.loads(response.text)["place"]


@pytest.fixture
def asker(server, folder):
    """Return a function that opens a provider on the folder; every one of them is one run."""

    @asynccontextmanager
    async def run(**more):
        opened = Asker(more.pop("server", server), folder, **more)
        try:
            yield opened
        finally:
            await opened.provider.aclose()

    return run


def tickets(folder):
    return sorted(folder.glob("*.batch.json"))


def ticket(folder):
    (path,) = tickets(folder)
    return json.loads(path.read_text())


async def happened(event):
    assert await asyncio.to_thread(event.wait, 20)


@asynccontextmanager
async def waiting_for(asked):
    """Have requests waited for while the block runs, and let go of at its end."""
    task = asyncio.ensure_future(asked)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def killed_while_waiting(server, asker):
    """Run until a batch is waited for, and no further."""
    server.works = False
    async with asker() as run, waiting_for(run.ask(run.requests(3))):
        await run.heard("is validating")
    server.works = True


# ---------------------------------------------------------------- a good batch


async def test_2500_requests_are_answered_in_two_batches_and_leave_nothing_behind(server, asker, folder):
    async with asker(most_requests=2000) as run:
        requests = run.requests(2500)
        assert await run.ask(requests) == [f"Bay {number}" for number in range(1, 2501)]
        assert sorted(map(len, server.asked())) == [500, 2000]
        assert len(tickets(folder)) == 2, "an outcome might not be kept yet"
        run.settle(requests)
    assert (server.uploads, server.count("POST", "/batches")) == (2, 2)
    assert list(folder.iterdir()) == []
    assert server.keys == {f"Bearer {KEY}"}


async def test_an_answer_is_as_a_direct_one(server, asker):
    async with asker(params={"seed": 1}) as run:
        response = await run.provider.complete(run.request("Bay 1"))
        direct = OpenAIProvider(MODEL, base_url=server.base_url, params={"seed": 1})
        assert run.provider.identity == direct.identity
    assert (response.usage.input_tokens, response.usage.output_tokens) == (30, 5)
    assert (response.model, response.finish_reason, response.attempts) == (MODEL, "stop", 1)
    ((line,),) = server.asked()
    assert line["body"]["seed"] == 1


async def test_a_file_ends_where_it_would_be_too_large(server, asker):
    async with asker(most_bytes=1500) as run:
        assert None not in await run.ask(run.requests(7))
    assert len(server.batches) > 1
    assert all(len(server.files[batch["input_file_id"]]) <= 1500 for batch in server.batches.values())


async def test_one_request_that_is_larger_than_a_file_goes_alone(server, asker):
    async with asker(most_bytes=10) as run:
        assert await run.ask(run.requests(2)) == ["Bay 1", "Bay 2"]
    assert list(map(len, server.asked())) == [1, 1]


async def test_the_same_request_twice_is_one_line(server, asker):
    async with asker() as run:
        assert await run.ask([run.request("Bay 1")] * 2) == ["Bay 1", "Bay 1"]
        assert await run.ask([run.request("Bay 1")]) == ["Bay 1"], "it is downloaded again"
    assert server.run.total() == 1


async def test_what_happens_is_told(asker):
    async with asker() as run:
        await run.ask(run.requests(2))
    assert run.told == [
        "batch batch_2 is submitted: 2 requests, answered within 24 hours",
        "batch batch_2 is validating: 0 of 2 requests done",
        "batch batch_2 is in progress: 0 of 2 requests done",
        "batch batch_2 is completed: 2 of 2 requests done",
        "batch batch_2 is collected: 2 answers, 0 without one",
    ]


async def test_a_batch_is_looked_at_less_and_less_and_told_of_once_a_minute(server, asker):
    server.works = False
    async with asker() as run, waiting_for(run.ask(run.requests(1))):
        while run.slept.count(60) < 5:
            await no_time(0)
    pauses = [seconds for seconds in run.slept if seconds > 1]
    assert pauses[:6] == [10, 15, 22.5, 33.75, 50.625, 60]
    assert max(pauses) == 60
    progress = [line for line in run.told if "in progress" in line]
    assert len(progress) <= 1 + sum(pauses) / 60


# ---------------------------------------------------------------- lines that are no answers


async def test_lines_without_an_answer_go_into_the_next_batch(server, asker, folder):
    # Given a first batch in which every third request meets some passing failure,
    failures = [
        (429, {"error": {"message": "slow", "code": "rate_limit_exceeded"}}),
        (500, {"error": {"message": "our fault"}}),
        {"code": "request_timeout", "message": "too slow"},
        None,
        (200, {"not": "a completion"}),
    ]

    def answer(line, nth):
        number = int(line["body"]["messages"][1]["content"].split()[1])
        if nth == 1 and number % 3 == 0:
            return failures[number // 3 % len(failures)]
        return 200, completion_of(line)

    server.answer = answer
    async with asker() as run:
        # when a caller asks until there is an answer,
        requests = run.requests(30)
        assert await run.ask_until_answered(requests) == [f"Bay {number}" for number in range(1, 31)]
        # then only those are asked again, and nothing is left.
        assert list(map(len, server.asked())) == [30, 10]
        run.settle(requests)
    assert tickets(folder) == []


async def test_a_ticket_no_longer_lists_what_its_batch_did_not_answer(server, asker, folder):
    server.answer = lambda line, _: (200, completion_of(line)) if "1" in line["custom_id"][:16] else None
    async with asker() as run:
        requests = run.requests(20)
        results = dict(zip([r.fingerprint for r in requests], await run.ask(requests), strict=True))
    answered = {each for each, result in results.items() if not isinstance(result, TransientError)}
    assert set() < answered < set(results)
    assert set(ticket(folder)["custom_ids"]) == answered


async def test_an_expired_batch_gives_what_it_has_and_the_rest_is_asked_again(server, asker):
    def answer(line, nth):
        if nth == 1 and "Bay 1" in line["body"]["messages"][1]["content"]:
            return {"code": "batch_expired", "message": "too late"}
        return 200, completion_of(line)

    server.answer = answer
    server.ends_as = lambda nth: "expired" if nth == 1 else "completed"
    async with asker() as run:
        assert await run.ask_until_answered(run.requests(4)) == ["Bay 1", "Bay 2", "Bay 3", "Bay 4"]
    assert list(map(len, server.asked())) == [4, 1]
    assert max(server.run.values()) == 1


async def test_a_cancelled_batch_gives_what_it_has(server, asker):
    server.answer = lambda line, _: None if "Bay 2" in str(line) else (200, completion_of(line))
    server.ends_as = lambda _: "cancelled"
    async with asker() as run:
        first, second = await run.ask(run.requests(2))
    assert first == "Bay 1"
    assert isinstance(second, TransientError)
    assert "cancelled" in str(second)


async def test_refusals_are_of_one_request_and_final(server, asker, folder):
    refusals = {
        "Bay 1": (400, {"error": {"message": "violence", "code": "content_filter"}}),
        "Bay 2": (400, {"error": {"message": "too long", "code": "context_length_exceeded"}}),
    }
    server.answer = lambda line, _: refusals.get(
        line["body"]["messages"][1]["content"], (200, completion_of(line))
    )
    async with asker() as run:
        filtered, long, answered = await run.ask(run.requests(3))
    assert isinstance(filtered, FilteredError)
    assert isinstance(long, RejectedError)
    assert answered == "Bay 3"
    assert len(ticket(folder)["custom_ids"]) == 3, "they come again after a restart"


async def test_a_quota_that_is_used_up_stops_the_run_and_the_next_asks_again(server, asker):
    # Given a batch of which one half was run before the money was gone,
    quota = (429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})
    server.answer = lambda line, nth: (
        quota if nth == 1 and "Bay 2" in str(line) else (200, completion_of(line))
    )
    async with asker() as run:
        first, second = await run.ask(run.requests(2))
    assert first == "Bay 1"
    assert isinstance(second, RunStoppedError)
    assert "You exceeded your quota" in str(second)
    # when there is money again, then what was not run is asked, and nothing else.
    async with asker() as run:
        assert await run.ask(run.requests(2)) == ["Bay 1", "Bay 2"]
    assert list(map(len, server.asked())) == [2, 1]
    assert max(server.run.values()) == 1


# ---------------------------------------------------------------- a batch that is not run


async def test_a_batch_that_fails_validation_stops_the_run_with_the_servers_words(server, asker, folder):
    server.ends_as = lambda _: "failed"
    server.errors = lambda _: [
        {"code": "invalid_json_line", "line": 1, "message": "This line is odd."},
        {"code": "model_not_found", "line": None, "message": f"No such model for {KEY}."},
    ]
    async with asker() as run:
        first, second = await run.ask(run.requests(2))
        assert isinstance(first, RunStoppedError)
        assert (
            str(first)
            == str(second)
            == ("the server did not take batch batch_2: line 1: This line is odd.; No such model for ***.")
        )
    # Nothing was run, so that the next run asks anew.
    assert tickets(folder) == []
    server.ends_as = lambda _: "completed"
    async with asker() as run:
        assert await run.ask(run.requests(2)) == ["Bay 1", "Bay 2"]
    assert server.uploads == 2


OVER_LIMIT = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached."}


async def test_a_batch_without_room_waits_for_another_of_ours_and_is_not_uploaded_again(
    server, asker, folder
):
    # Given a batch at work beside which the server has no room for another before the third try,
    def takes(nth):
        return (
            3
            if nth > 1 or [batch["status"] for batch in server.batches.values()][3:] == ["completed"]
            else 10**9
        )

    server.takes = takes
    server.ends_as = lambda nth: "failed" if nth in (2, 3) else "completed"
    server.errors = lambda _: [OVER_LIMIT]
    async with asker(most_requests=2) as run:
        # when a second is made, then it waits,
        requests = run.requests(4)
        assert await run.ask(requests) == ["Bay 1", "Bay 2", "Bay 3", "Bay 4"]
        first, *_, last = server.batches
        assert {json.loads(path.read_text())["batch_id"] for path in tickets(folder)} == {first, last}
        run.settle(requests)
    # and is made of what is there.
    assert (server.uploads, len(server.batches)) == (2, 4)
    assert [seconds for seconds in run.slept if seconds > 60] == [120]
    assert any("Enqueued token limit reached" in line and "again in 60 s" in line for line in run.told)


async def test_a_batch_that_is_too_large_for_the_server_goes_in_parts(server, asker, folder):
    def ends_as(nth):
        return (
            "failed" if list(server.batches.values())[nth - 1]["request_counts"]["total"] > 3 else "completed"
        )

    server.ends_as = ends_as
    server.errors = lambda _: [OVER_LIMIT]
    async with asker() as run:
        requests = run.requests(10)
        assert await run.ask_until_answered(requests) == [f"Bay {number}" for number in range(1, 11)]
        run.settle(requests)
    assert server.run.total() == 10
    assert tickets(folder) == []
    assert any("batches are of 5 requests now" in line for line in run.told)
    assert any("batches are of 2 requests now" in line for line in run.told)


@pytest.mark.parametrize(("requests", "batches"), [(1, 1), (100, 5)])
async def test_a_batch_that_never_fits_stops_the_run_and_says_what_to_do(server, asker, requests, batches):
    server.ends_as = lambda _: "failed"
    server.errors = lambda _: [OVER_LIMIT]
    async with asker() as run:
        with pytest.raises(RunStoppedError, match=r"Enqueued token limit reached\..*--concurrency"):
            await run.ask_until_answered(run.requests(requests))
    assert len({len(lines) for lines in server.asked()}) >= min(batches, 4)


# ---------------------------------------------------------------- a server that is not there


async def test_a_wait_of_hours_survives_a_network_that_is_away(server, asker):
    server.troubled("GET", "/batches/.*", CLOSED, times=4)
    server.troubled("GET", "/batches/.*", 503, times=5)
    server.troubled("GET", "/files/.*/content", 500, times=3)
    async with asker() as run:
        assert await run.ask(run.requests(2)) == ["Bay 1", "Bay 2"]
    assert server.uploads == 1
    assert 600 in run.slept
    assert any("asked again in 20 s" in line for line in run.told)


async def test_a_server_that_stays_away_stops_the_run_and_nothing_is_lost(server, asker):
    server.troubled("GET", "/batches/.*", CLOSED, times=99)
    async with asker() as run:
        (error,) = await run.ask(run.requests(1))
        assert isinstance(error, RunStoppedError)
        assert server.base_url in str(error)
    assert run.told[-1] == "batch batch_2 waits at the server; the same command collects it"
    server.recover()
    async with asker() as run:
        assert await run.ask(run.requests(1)) == ["Bay 1"]
    assert server.uploads == 1


async def test_a_wrong_address_is_not_asked_for_an_hour(server, asker):
    server.troubled("POST", "/files", CLOSED, times=99)
    async with asker() as run:
        (error,) = await run.ask(run.requests(1))
    assert isinstance(error, RunStoppedError)
    assert server.uploads == 3


async def test_a_server_without_batches_says_so(server, asker):
    server.troubled("POST", "/files", 404, times=99)
    async with asker() as run:
        (error,) = await run.ask(run.requests(1))
    assert isinstance(error, RunStoppedError)
    assert "--batch needs a server" in str(error)


async def test_a_wrong_key_stops_the_run_and_is_never_shown(server, asker, folder):
    server.troubled(
        "POST", "/files", 401, times=99, error={"message": f"Incorrect key {KEY}", "code": "invalid_api_key"}
    )
    async with asker() as run:
        results = await run.ask(run.requests(3))
    assert all(isinstance(each, RunStoppedError) for each in results)
    assert server.uploads == 1
    assert "OPENAI_API_KEY" in str(results[0])
    assert KEY not in "".join([*map(str, results), *run.told])
    assert tickets(folder) == []


async def test_a_refused_upload_stops_the_run(server, asker):
    server.troubled("POST", "/files", 400, error={"message": "File is too large."})
    async with asker() as run:
        (error,) = await run.ask(run.requests(1))
        assert isinstance(error, RunStoppedError)
        assert "File is too large." in str(error)
        assert await run.ask(run.requests(1)) == ["Bay 1"], "nobody waits for what was not sent"


async def test_a_slow_down_is_heeded(server, asker):
    server.troubled("POST", "/batches", 429)
    async with asker() as run:
        assert await run.ask(run.requests(1)) == ["Bay 1"]
    assert len(server.batches) == 1


async def test_a_file_that_the_server_finds_late_is_waited_for(server, asker):
    server.troubled("POST", "/batches", 400, times=2, error={"message": "Cannot find it", "param": "file_id"})
    async with asker() as run:
        assert await run.ask(run.requests(1)) == ["Bay 1"]
    assert server.uploads == 1


async def test_a_batch_whose_making_was_not_confirmed_is_not_made_twice(server, asker):
    server.troubled("POST", "/batches", CLOSED, after=True)
    async with asker() as run:
        assert await run.ask(run.requests(2)) == ["Bay 1", "Bay 2"]
    assert len(server.batches) == 1


async def test_a_download_that_breaks_off_begins_again_and_answers_nobody_twice(server, asker):
    server.troubled("GET", "/files/.*/content", HALVED, times=2, after=True)
    async with asker() as run:
        assert await run.ask(run.requests(50)) == [f"Bay {number}" for number in range(1, 51)]
    assert server.run.total() == 50
    assert sum("broke off" in line for line in run.told) == 2


async def test_answers_that_are_counted_but_not_there_are_not_asked_again(server, asker, folder):
    async with asker() as run:
        await run.ask(run.requests(1))
        (batch,) = server.batches.values()
        batch["output_file_id"] = None
        (error,) = await run.ask(run.requests(1))
    assert isinstance(error, RunStoppedError)
    assert "try later" in str(error)
    assert len(tickets(folder)) == 1


# ---------------------------------------------------------------- a restart


async def test_a_restart_while_waiting_collects_and_sends_nothing(server, asker, folder):
    # Given a run that is gone while its batch is at work,
    await killed_while_waiting(server, asker)
    assert set(ticket(folder)) >= {
        "input_file_id",
        "batch_id",
        "base_url",
        "model",
        "custom_ids",
        "submitted_at",
    }
    # when the same is asked again,
    async with asker() as run:
        requests = run.requests(3)
        assert await run.ask(requests) == ["Bay 1", "Bay 2", "Bay 3"]
        run.settle(requests)
    # then nothing was sent, and nothing is left.
    assert (server.uploads, server.count("POST", "/batches")) == (1, 1)
    assert run.told[0] == "batch batch_2 was submitted earlier: its answers are collected"
    assert tickets(folder) == []


async def test_a_restart_sends_what_is_new_and_no_more(server, asker):
    await killed_while_waiting(server, asker)
    async with asker() as run:
        assert await run.ask(run.requests(5)) == [f"Bay {number}" for number in range(1, 6)]
    assert list(map(len, server.asked())) == [3, 2]
    assert max(server.run.values()) == 1


async def test_a_restart_says_what_waits_when_it_is_stopped_too(server, asker):
    await killed_while_waiting(server, asker)
    server.works = False
    async with asker() as run, waiting_for(run.ask(run.requests(3))):
        await run.heard("is in progress")
    assert run.told[-1] == "batch batch_2 waits at the server; the same command collects it"


_KILLED = """
import asyncio, sys
from pathlib import Path
from extractor.exchange import Asking, Message, Request
from extractor.papers import Text
from extractor.providers.batch import BatchProvider
from extractor.records import Name, Record

class Tide(Record):
    place: Name | None = None

async def main():
    provider = BatchProvider(
        "heron-large", base_url=sys.argv[1], api_key="k", params={}, folder=Path(sys.argv[2]), tell=print
    )
    asking = Asking("tides", Tide, "heron-large", provider.identity)
    await provider.complete(
        Request(Text(abstract="Bay 1"), (Message("system", "Read."), Message("user", "Bay 1")), asking)
    )

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["made", "confirmed"])
def test_a_killed_process_loses_no_batch(server, asker, folder, shell, eventually, moment):
    # Given a process that is killed when the server has made its batch, before or after it knows,
    if moment == "made":
        server.held_from = 2
    server.works = False
    process = shell.start("-c", _KILLED, server.base_url, folder)
    eventually(server.created.is_set if moment == "made" else server.looked_at.is_set)
    process.kill()
    process.wait()
    assert (ticket(folder)["batch_id"] is None) == (moment == "made")
    server.works, server.held_from = True, None

    # when another asks the same, then it gets the answer of that batch.
    async def ask_again():
        async with asker() as run:
            assert await run.ask(run.requests(1)) == ["Bay 1"]
            run.settle(run.requests(1))

    asyncio.run(ask_again())
    assert (server.uploads, len(server.batches)) == (1, 1)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("nth", range(1, 8))
async def test_a_run_that_ends_at_any_request_pays_for_nothing_twice(server, asker, folder, nth):
    # Given a run that is gone once the server has done what its nth request asked for,
    server.held_from = nth
    async with asker() as run, waiting_for(run.ask(run.requests(3))):
        await happened(server.held)
    server.held_from = None
    # when another asks the same and keeps what it gets,
    async with asker() as run:
        requests = run.requests(3)
        assert await run.ask(requests) == ["Bay 1", "Bay 2", "Bay 3"]
        run.settle(requests)
    # then each was run once, and only an upload of which no batch could be made was for nothing.
    assert server.run.total() == 3
    assert server.uploads == (2 if nth == 1 else 1)
    assert list(folder.iterdir()) == []


async def test_a_batch_that_was_made_but_not_written_down_is_found_among_many(server, asker, folder):
    # Given a ticket without a batch, and a batch of that file among others, one of them a failed one,
    await killed_while_waiting(server, asker)
    _without_batch(folder)
    async with asker() as run:
        await run.ask([run.request("Other")])
    others = ["file-1", *[batch["input_file_id"] for batch in server.batches.values()][1:] * 3]
    for file in others:
        made = server.made(file)
        made["status"] = "failed" if made["input_file_id"] == "file-1" else "completed"
    before = len(server.batches)
    # when its requests are asked for, then it is that batch that answers.
    async with asker() as run:
        assert await run.ask(run.requests(3)) == ["Bay 1", "Bay 2", "Bay 3"]
    assert len(server.batches) == before
    assert server.count("GET", "/batches") > 1, "the list has several pages"


def _without_batch(folder, **changes):
    (path,) = tickets(folder)
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "batch_id": None, **changes}))


async def test_a_file_without_a_batch_is_made_one_without_an_upload(server, asker, folder):
    await killed_while_waiting(server, asker)
    _without_batch(folder)
    server.batches.clear()
    async with asker() as run:
        requests = run.requests(3)
        assert await run.ask(requests) == ["Bay 1", "Bay 2", "Bay 3"]
        assert ticket(folder)["batch_id"] in server.batches
        run.settle(requests)
    assert (server.uploads, len(server.batches)) == (1, 1)
    assert list(folder.iterdir()) == []


async def test_a_list_that_is_behind_makes_no_second_batch(server, asker, folder):
    await killed_while_waiting(server, asker)
    _without_batch(folder)
    shown = dict(server.batches)
    server.batches.clear()
    async with asker() as run:

        async def nap(_):
            server.batches.update(shown)

        run.nap = nap
        assert await run.ask(run.requests(3)) == ["Bay 1", "Bay 2", "Bay 3"]
    assert len(server.batches) == 1


async def test_two_runs_that_find_a_file_without_a_batch_make_one_of_it(server, asker, folder):
    await killed_while_waiting(server, asker)
    _without_batch(folder)
    server.batches.clear()
    async with asker() as one, asker() as other:
        first, *rest = one.requests(3)

        def until_both_looked(me, them):
            async def nap(_):
                # Neither makes a batch before both have looked for one often enough.
                while me.slept.count(10) >= 3 > them.slept.count(10):
                    await no_time(0)
                await no_time(0)

            return nap

        one.nap, other.nap = until_both_looked(one, other), until_both_looked(other, one)
        answers = await asyncio.gather(one.ask([first]), other.ask(rest))
        assert answers[0] + answers[1] == ["Bay 1", "Bay 2", "Bay 3"]
    assert len(server.batches) == 1


async def test_answers_that_were_downloaded_but_not_kept_come_again(server, asker, folder):
    async with asker() as run:
        requests = run.requests(4)
        assert await run.ask(requests) == ["Bay 1", "Bay 2", "Bay 3", "Bay 4"]
        run.settle(requests[:2])
    async with asker() as run:
        # What is kept already comes from the database, and is settled as well.
        run.settle(requests[:2])
        assert await run.ask(requests[2:]) == ["Bay 3", "Bay 4"]
        assert len(tickets(folder)) == 1
        run.settle(requests[2:])
    assert tickets(folder) == []
    assert server.run.total() == 4
    assert server.uploads == 1


async def test_a_run_that_only_settles_asks_the_server_nothing(server, asker, folder):
    folder.mkdir()
    async with asker() as run:
        kept = {"input_file_id": "file-1", "batch_id": "batch_1", "base_url": server.base_url, "model": MODEL}
        names = [request.fingerprint for request in run.requests(3)]
        path = folder / "earlier.batch.json"
        path.write_text(json.dumps({**kept, "custom_ids": names, "submitted_at": 1}))
        run.settle(run.requests(3))
    assert server.requests == []
    assert tickets(folder) == []


async def test_a_re_ask_is_a_request_of_its_own_and_survives_a_restart(server, asker, folder):
    # Given a first answer that did not do, and a re-ask whose batch is waited for when the run is gone,
    async with asker() as run:
        first = run.request("Bay 1")
        again = first.corrected("place: no such place")
        assert await run.ask([first]) == ["Bay 1"]
        server.works = False
        async with waiting_for(run.ask([again])):
            await run.heard("is validating", times=2)
    server.works = True
    # when a run goes the same way again, then it pays for nothing a second time;
    async with asker() as run:
        assert await run.ask([first]) == ["Bay 1"]
        assert await run.ask([again]) == ["Bay 1"]
        assert len(server.batches) == 2
        # and the same mistake in that answer is another question.
        assert await run.ask([again]) == ["Bay 1"]
        assert len(server.batches) == 3
        run.settle([first])
    assert max(server.run.values()) == 1
    assert tickets(folder) == []
    ((line,),) = server.asked()[1:2]
    assert "place: no such place" in line["body"]["messages"][-1]["content"]


async def test_what_an_expired_batch_left_over_is_found_in_the_batch_that_took_it_over(server, asker):
    # Given a request in an old ticket that expired, and in a newer one that is waited for,
    server.answer = lambda line, nth: (
        None if nth == 1 and "Bay 2" in str(line) else (200, completion_of(line))
    )
    async with asker() as run:
        requests = run.requests(2)
        await run.ask(requests)
        server.works = False
        async with waiting_for(run.ask_until_answered(requests)):
            await run.heard("is validating", times=2)
    server.works = True
    # when it is asked for again, then the newer one answers.
    async with asker() as run:
        assert await run.ask(requests) == ["Bay 1", "Bay 2"]
    assert list(map(len, server.asked())) == [2, 1]


async def test_a_run_that_nobody_waits_for_sends_nothing(server, asker, folder):
    async with asker() as run:
        quiet = asyncio.Event()

        async def nap(_):
            await quiet.wait()

        run.nap = nap
        async with waiting_for(run.ask(run.requests(2))):
            while not run.slept:
                await no_time(0)
        quiet.set()
        for _ in range(9):
            await no_time(0)
        assert await run.ask([run.request("Bay 3")]) == ["Bay 3"]
        run.settle([run.request("Bay 3")])
    assert list(map(len, server.asked())) == [1]
    assert list(folder.iterdir()) == []


# ---------------------------------------------------------------- tickets that are not ours, or none


async def test_a_ticket_of_another_server_or_model_is_left_alone(server, asker, folder):
    await killed_while_waiting(server, asker)
    (path,) = tickets(folder)
    kept = json.loads(path.read_text())
    path.unlink()
    others = {
        "one": {**kept, "base_url": "https://other.example/v1"},
        "two": {**kept, "model": "heron-small"},
    }
    for name, other in others.items():
        (folder / f"{name}.batch.json").write_text(json.dumps(other))
    async with asker() as run:
        requests = run.requests(3)
        assert await run.ask(requests) == ["Bay 1", "Bay 2", "Bay 3"]
        run.settle(requests)
    assert [path.name for path in tickets(folder)] == ["one.batch.json", "two.batch.json"]
    assert server.uploads == 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"input_file_id": "../x", "base_url": "b", "model": "m", "custom_ids": [], "submitted_at": 1}',
        '{"input_file_id": "f", "base_url": "b", "model": "m", "custom_ids": ["../x"], "submitted_at": 1}',
        '{"input_file_id": "f", "base_url": "b", "model": "m", "custom_ids": [], "submitted_at": NaN}',
        "\0" * 100,
    ],
)
async def test_a_ticket_that_is_none_is_set_aside_and_told(asker, folder, content):
    folder.mkdir()
    (folder / "odd.batch.json").write_text(content)
    async with asker() as run:
        requests = run.requests(1)
        assert await run.ask(requests) == ["Bay 1"]
        run.settle(requests)
    assert [path.name for path in folder.iterdir()] == ["odd.batch.unusable"]
    assert (folder / "odd.batch.unusable").read_text() == content
    assert "odd.batch.json" in run.told[0]
    assert "set aside" in run.told[0]


async def test_a_ticket_that_cannot_be_read_stops_the_run(server, asker, folder):
    (folder / "odd.batch.json").mkdir(parents=True)
    async with asker() as run:
        (error,) = await run.ask(run.requests(1))
    assert isinstance(error, RunStoppedError)
    assert "odd.batch.json" in str(error)
    assert server.requests == []


async def test_a_ticket_that_vanishes_stays_away_and_harms_nobody(server, asker, folder):
    await killed_while_waiting(server, asker)
    server.answer = lambda line, nth: (
        None if nth == 1 and "Bay 3" in str(line) else (200, completion_of(line))
    )
    server.works = False
    async with asker() as run:
        requests = run.requests(3)
        async with waiting_for(run.ask(requests)):
            await run.heard("is in progress")
            tickets(folder)[0].unlink()
            server.works = True
            first, second, third = await run.ask(requests)
        assert (first, second) == ("Bay 1", "Bay 2")
        assert isinstance(third, TransientError)
        assert list(folder.iterdir()) == []
    assert server.uploads == 1


async def test_a_batch_that_the_server_does_not_know_is_not_paid_twice(server, asker, folder):
    # It may be the batch of another key.
    await killed_while_waiting(server, asker)
    server.batches.clear()
    async with asker() as run:
        results = await run.ask(run.requests(3))
    assert all(isinstance(each, RunStoppedError) for each in results)
    assert "batch_2" in str(results[0])
    assert "another key" in str(results[0])
    assert str(tickets(folder)[0]) in str(results[0])
    assert server.uploads == 1


async def test_a_batch_too_old_for_the_server_is_told_and_asked_anew(server, asker, folder):
    await killed_while_waiting(server, asker)
    (path,) = tickets(folder)
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "submitted_at": kept["submitted_at"] - 31 * 24 * 3600}))
    server.batches.clear()
    async with asker() as run:
        assert await run.ask_until_answered(run.requests(3)) == ["Bay 1", "Bay 2", "Bay 3"]
    assert any("keeps 30 days: its papers are asked anew" in line for line in run.told)
    assert server.uploads == 2


async def test_answers_too_old_for_the_server_are_told_and_asked_anew(server, asker):
    async with asker() as run:
        await run.ask(run.requests(2))
    del server.files[next(iter(server.batches.values()))["output_file_id"]]
    async with asker() as run:
        assert await run.ask_until_answered(run.requests(2)) == ["Bay 1", "Bay 2"]
    assert any("no longer at the server: its papers are asked anew" in line for line in run.told)


@pytest.mark.parametrize("batch_id", ["../../files", "a b", "x" * 600])
async def test_an_id_that_is_none_is_not_used(server, asker, batch_id):
    server.id_told = batch_id
    async with asker() as run:
        # The list tells the right one.
        assert await run.ask(run.requests(1)) == ["Bay 1"]
    assert len(server.batches) == 1


async def test_a_folder_that_cannot_be_written_stops_the_run(server, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    run = Asker(server, blocked / "journal")
    (error,) = await run.ask(run.requests(1))
    await run.provider.aclose()
    assert isinstance(error, RunStoppedError)
    assert str(blocked) in str(error)
    assert server.requests == []


async def test_no_batch_is_made_that_cannot_be_written_down(server, asker, folder):
    # Given a folder that goes away while the requests are uploaded,
    def block():
        shutil.rmtree(folder)
        folder.write_text("")

    server.on_upload = block
    async with asker() as run:
        (error,) = await run.ask(run.requests(1))
    # then nothing is paid.
    assert isinstance(error, RunStoppedError)
    assert "cannot be written" in str(error)
    assert server.uploads == 1
    assert server.batches == {}


async def test_settled_requests_are_never_sent_again(server, asker):
    async with asker(most_requests=3) as run:
        requests = run.requests(9)
        answers = []
        for request in requests:
            answers += await run.ask([request])
            run.settle([request])
        assert answers == [f"Bay {number}" for number in range(1, 10)]
    assert max(server.run.values()) == 1
    assert server.run.total() == 9
