"""
A server that speaks OpenAI's chat completions, answers about invented papers, and fails as often as told.

It answers after `--latency` seconds: the record of the paper that a request is about (`invented.py`), as
content, as a tool's arguments, or in langextract's form. What goes wrong is decided by the seed, the paper
and how often it was asked about, so that each client meets the same faults. After a fault the next request
about the same paper succeeds, unless `--always` is given.

    python benchmarks/serving.py --port 8000 --latency 0.2 --rate-limited 0.1 --retry-after 1 --hanging 0.02

The first line that it prints is its address, for `--base-url`; it prints `first request` when that comes.
`GET /counts` tells what it did, and `POST /reset` begins anew. `answered` are whole answers that hold for the
schema; `abandoned` are requests whose client was gone before the answer.
"""

import argparse
import asyncio
import hashlib
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import invented

JSON = dict[str, Any]

GOOD = "answered"
FAULTS = {
    "rate_limited": "status 429, with Retry-After",
    "broken": "status 500",
    "malformed": "status 200, and JSON that breaks off",
    "cut_off": "status 200, finish reason length",
    "refused": "status 200, a refusal",
    "hanging": "no answer at all",
}
HANGING = "hanging"
OK, LIMITED, BROKEN, UNKNOWN = 200, 429, 500, 404
_STATUS = {"rate_limited": LIMITED, "broken": BROKEN}
_USED = {"prompt_tokens": 1500, "completion_tokens": 400, "total_tokens": 1900}
_PROBED = {"name": "Jason", "age": 25}
"""The answer where no paper is asked about: curator tries a server by this."""
_ABOUT = re.compile(rb"Reed (\d+)")
_LENGTH = re.compile(rb"\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Faults:
    """How often each fault befalls a request: shares of one; see FAULTS."""

    shares: dict[str, float]
    seed: int = 1
    always: bool = False

    def of(self, about: str, attempt: int) -> str:
        """Return what becomes of an attempt: GOOD or a fault."""
        digest = hashlib.blake2b(f"{self.seed}/{about}/{attempt}".encode(), digest_size=8).digest()
        drawn = int.from_bytes(digest, "big") / 2**64
        for name, share in self.shares.items():
            drawn -= share
            if drawn < 0:
                return name
        return GOOD


@dataclass
class Ledger:
    """What the server did since its start, or since it was told to begin anew."""

    counts: Counter[str] = field(default_factory=Counter)
    attempts: Counter[str] = field(default_factory=Counter)
    answered_at: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed_last: set[str] = field(default_factory=set)
    in_flight: int = 0
    is_begun: bool = False
    cpu_before: float = field(default_factory=time.process_time)

    def take(self, about: str, faults: Faults) -> str:
        """Note a request; return what becomes of it."""
        if not self.is_begun:
            self.is_begun = True
            sys.stdout.write("first request\n")
            sys.stdout.flush()
        self.counts["requests"] += 1
        self.attempts[about] += 1
        self.in_flight += 1
        if about in self.failed_last and not faults.always:
            self.failed_last.discard(about)
            return GOOD
        fate = faults.of(about, self.attempts[about])
        if fate != GOOD:
            self.failed_last.add(about)
        return fate

    def close(self, about: str, fate: str) -> None:
        """Note that a request was answered."""
        self.in_flight -= 1
        self.counts[fate] += 1
        if fate == GOOD:
            self.answered_at[about].append(time.time())

    def abandon(self, fate: str) -> None:
        """Note that the client is gone and waits no longer."""
        self.in_flight -= 1
        self.counts[fate if fate == HANGING else "abandoned"] += 1

    def told(self) -> JSON:
        """Return it as JSON."""
        return {
            **{name: self.counts[name] for name in ("requests", GOOD, "abandoned", *FAULTS)},
            "in_flight": self.in_flight,
            "distinct": len(self.answered_at),
            "papers": list(self.answered_at),
            "answered_more_than_once": {
                about: times for about, times in self.answered_at.items() if len(times) > 1
            },
            "cpu_seconds": time.process_time() - self.cpu_before,
        }


@dataclass
class Service:
    """What all connections share."""

    latency: float
    retry_after: float
    faults: Faults
    ledger: Ledger = field(default_factory=Ledger)


class Connection(asyncio.Protocol):
    """One client's connection. Clients send the next request on it when they have the last answer."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._received = bytearray()
        self._waiting: dict[asyncio.TimerHandle, Callable[[], None]] = {}
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own form.
        """Give up what the client waited for."""
        for timer, abandon in self._waiting.items():
            timer.cancel()
            abandon()

    def data_received(self, data: bytes) -> None:
        """Serve each request that is there as a whole."""
        self._received += data
        while (end := self._received.find(_HEAD_END)) >= 0:
            head = bytes(self._received[:end])
            length = _LENGTH.search(head)
            start = end + len(_HEAD_END)
            whole = start + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            body = bytes(self._received[start:whole])
            del self._received[:whole]
            self._serve(head, body)

    def _serve(self, head: bytes, body: bytes) -> None:
        asked = head[: head.index(b" HTTP/")].decode()
        if asked.startswith("POST") and asked.endswith("/chat/completions"):
            self._converse(body)
        elif asked == "GET /counts":
            self._send(OK, self._service.ledger.told())
        elif asked == "POST /reset":
            self._service.ledger = Ledger()
            self._send(OK, {})
        elif asked == "GET /v1/models":
            self._send(OK, {"object": "list", "data": [{"id": "invented", "object": "model"}]})
        else:
            self._send(UNKNOWN, _error(f"no {asked} here"))

    def _converse(self, body: bytes) -> None:
        """Answer after the latency, well or badly."""
        named = _ABOUT.search(body)
        about = named[1].decode() if named else hashlib.sha256(body).hexdigest()
        service, ledger = self._service, self._service.ledger
        fate = ledger.take(about, service.faults)

        def answer() -> None:
            del self._waiting[timer]
            ledger.close(about, fate)
            status = _STATUS.get(fate, OK)
            told = _completion(about, body, fate) if status == OK else _error(fate)
            self._send(status, told, f"Retry-After: {service.retry_after:g}\r\n" if status == LIMITED else "")

        never = 10**6
        after = never if fate == HANGING else service.latency
        timer = asyncio.get_running_loop().call_later(after, answer)
        self._waiting[timer] = lambda: ledger.abandon(fate)

    def _send(self, status: int, told: JSON, headers: str = "") -> None:
        body = json.dumps(told).encode()
        head = f"HTTP/1.1 {status} -\r\n{headers}Content-Type: application/json\r\n"
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def _error(message: str) -> JSON:
    return {"error": {"message": message, "type": "an_error", "param": None, "code": None}}


def _completion(about: str, body: bytes, fate: str) -> JSON:
    """Return a chat completion with the answer about a paper, spoilt as its fate has it."""
    content = json.dumps(_content(about, body))
    message: JSON = {"role": "assistant", "content": None, "refusal": None}
    reason = "stop"
    if fate in ("malformed", "cut_off"):
        content = content[: len(content) * 2 // 3]
        reason = "length" if fate == "cut_off" else reason
    if fate == "refused":
        message["refusal"] = "I cannot help with that."
    elif b'"tools"' in body:
        function = {"name": json.loads(body)["tools"][0]["function"]["name"], "arguments": content}
        message["tool_calls"] = [{"id": "call-1", "type": "function", "function": function}]
        reason = "tool_calls" if reason == "stop" else reason
    else:
        message["content"] = content
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "invented",
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": _USED,
    }


def _content(about: str, body: bytes) -> JSON:
    if not about.isdecimal():
        return _PROBED
    number = int(about)
    return invented.extractions(number) if b"extractions" in body else invented.record(number)


async def serve(service: Service, port: int, *, with_stdin: bool) -> None:
    """Serve until the process is ended, or until standard input is closed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", port, backlog=1024)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1\n")
    sys.stdout.flush()
    if with_stdin:
        await asyncio.to_thread(sys.stdin.read)
    else:
        await server.serve_forever()


def main() -> None:
    """Serve as the options say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.2, help="seconds before each answer")
    parser.add_argument("--retry-after", type=float, default=1, help="seconds that a 429 asks to wait")
    for name, meaning in FAULTS.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=float,
            default=0,
            metavar="SHARE",
            help=f"share with {meaning}",
        )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--always", action="store_true", help="faults may follow on faults")
    parser.add_argument("--with-stdin", action="store_true", help="end when standard input is closed")
    options = parser.parse_args()
    shares = {name: getattr(options, name) for name in FAULTS}
    faults = Faults(shares, options.seed, options.always)
    service = Service(options.latency, options.retry_after, faults)
    asyncio.run(serve(service, options.port, with_stdin=options.with_stdin))


if __name__ == "__main__":
    main()
