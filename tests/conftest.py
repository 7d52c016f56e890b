"""What tests share: surroundings of their own, a page, a provider of their own, a server that speaks chat."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import gguf
import hypothesis
import numpy as np
import pytest

import extractor
from extractor import cli
from extractor.exchange import Request, Response, Usage
from extractor.papers import Paper, Text

# Tests are not timed: a busy machine fails none.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

JSON = dict[str, Any]

_OURS = ("EXTRACTOR_", "HF_", "OPENAI_")
_COLOURS = ("FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "COLUMNS")


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    Stand in an empty folder, with none of our variables set.

    The folder of the embedded model's weights stays the user's own, so that they are fetched once.
    """
    for name in list(os.environ):
        if name in _COLOURS or (name.startswith(_OURS) and name != "EXTRACTOR_CACHE_DIR"):
            monkeypatch.delenv(name)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


# ---------------------------------------------------------------- papers

PAGE = """\
Papers of the day

Subscribe

12 Nov 2026

Harbourlight: Gated Pooling for Image Classification

Pooling throws away where things are. We present Harbourlight, a pooling layer that learns a gate for \
each channel and keeps the position of what it lets through. Harbourlight reaches 83.4% accuracy on \
CIFAR-100 without extra data, and trains 1.5x faster than average pooling. Code is available at \
https://example.org/harbourlight.

Thornfield: Image Classification with Folded Kernels

Large kernels see far but cost much. This paper introduces Thornfield, a network whose kernels are \
folded along two axes before they are applied. Thornfield achieves 81.9% accuracy on CIFAR-100 and \
reduces inference time by 40% over its unfolded twin.

Low Tide: Speech Recognition from Half the Frames

Most frames of an utterance repeat the one before. We propose Low Tide, an acoustic model that drops \
every second frame by a learned rule. Low Tide attains a word error rate of 4.7% on LibriSpeech, where \
the full model needs twice the memory for the same figure.

On the Patience of Annotators

Annotators grow tired, and their labels tell. We discuss how long a shift of labelling ought to last, \
and why breaks are rarely reported in the papers that rely on them. Our essay closes with five questions \
that a data sheet should answer.
"""


@pytest.fixture
def page(own_surroundings: Path) -> Path:
    """Return a page of four invented papers; by the rules two of them share a board."""
    path = own_surroundings / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for what is made once and copied."""
    return tmp_path_factory.mktemp("once")


@pytest.fixture
def filled(page: Path, once: Path) -> extractor.Database:
    """Return the database of the page, made by the rules, where the settings have it."""
    made = once / "page.duckdb"
    if not made.is_file():
        extractor.run(page, model="rules", db=made)
    database = extractor.Database()
    database.path.parent.mkdir(parents=True)
    shutil.copy(made, database.path)
    return database


@pytest.fixture
def make_page(own_surroundings: Path) -> Callable[..., Path]:
    """Return a function that writes a page of so many invented papers, called `Reed 1` and so on."""

    def make(papers: int, name: str = "reeds.txt") -> Path:
        entries = [
            f"Reed {number}: A Study of Reeds\n\n"
            f"Reeds bend in the wind and do not break. We present Reed {number}, a model of how the stalks "
            f"of one bed share their load. Reed {number} reaches {number}.5% accuracy on ReedBench, and is "
            "the first of its kind.\n"
            for number in range(1, papers + 1)
        ]
        path = own_surroundings / name
        path.write_text("\n".join(entries), encoding="utf-8")
        return path

    return make


@pytest.fixture
def paper() -> Callable[..., Paper]:
    """Return a function that makes a paper of a title and an abstract."""

    def make(title: str, abstract: str, **more: Any) -> Paper:
        return Paper(
            paper_id=title.lower().replace(" ", "-"), text=Text(title=title, abstract=abstract), **more
        )

    return make


# ---------------------------------------------------------------- a provider of our own

EMPTY: JSON = {"tasks": [], "method": None, "datasets": [], "metrics": [], "code_url": None, "claims": []}


@dataclass
class Answering:
    """A provider that answers each text by its title; `asked` are the titles in the order they came."""

    answers: Mapping[str, JSON]
    model: str = "heron-large"
    kind: str = "openai"
    asked: list[str] = field(default_factory=list)
    is_closed: bool = False

    @property
    def identity(self) -> Mapping[str, str]:
        """Return the kind of provider that it stands for."""
        return {"provider": self.kind}

    async def complete(self, request: Request) -> Response:
        """Return the answer to a title; what it leaves out is null or []."""
        self.asked.append(request.text.title)
        record = {**EMPTY, **self.answers.get(request.text.title, {})}
        return Response(json.dumps(record), self.model, Usage(100, 20), "stop")

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.is_closed = True


@pytest.fixture
def answering() -> type[Answering]:
    """Return the class of a provider that answers by title."""
    return Answering


# ---------------------------------------------------------------- a server

CLOSED = 0
"""The status of a reply that never comes: the connection is closed instead."""


@dataclass(frozen=True)
class Reply:
    """What the server says to one request; `after` is waited for first."""

    status: int = 200
    body: JSON | str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: threading.Event | None = None

    def held_until(self, event: threading.Event) -> "Reply":
        """Return the same reply, sent when the event is set."""
        return replace(self, after=event)


@dataclass(frozen=True)
class Seen:
    """One request as it came; `raw` are the bytes of its body."""

    path: str
    headers: Mapping[str, str]
    body: JSON
    raw: bytes

    @property
    def contents(self) -> list[str]:
        """Return the contents of its messages."""
        return [str(message["content"]) for message in self.body["messages"]]

    @property
    def title(self) -> str:
        """Return the title of the paper that it asks about: the last that stands between the marks."""
        return str(re.findall(r"<paper-\w+>\s*(.+)", "\n".join(self.contents))[-1])

    @property
    def key(self) -> str:
        """Return the key that it brings."""
        return self.headers["authorization"].removeprefix("Bearer ")

    def speaks_of(self, words: str) -> bool:
        """Tell whether a message holds these words."""
        return any(words in content for content in self.contents)

    @property
    def mode(self) -> str:
        """Return the form in which it asks for an answer, called as `--mode` calls it."""
        if "tools" in self.body:
            return "tools"
        form = str(self.body["response_format"]["type"])
        return "json" if form == "json_object" else form


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Pass over clients that were killed."""


class _Server:
    """Answers over HTTP on loopback while its context lasts."""

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self._http = _Listener(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def port(self) -> int:
        """Return the port that it listens at."""
        return int(self._http.server_address[1])


class ChatServer(_Server):
    """
    Speaks OpenAI's chat completions over HTTP on loopback.

    `script` lists replies, in order; when they are used up, `otherwise` answers. `requests` are those
    that came, each kept before it is answered. Without a `port` it takes one that is free.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Seen] = []
        self.otherwise: Callable[[Seen], Reply] = lambda _: self.answer()
        self._script: list[Reply] = []
        self._guard = threading.Lock()
        super().__init__(port, _handler_of(self))

    @property
    def base_url(self) -> str:
        """Return the address that a client is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    def script(self, *replies: Reply) -> None:
        """Have the next requests answered by these replies, in order."""
        self._script.extend(replies)

    def reply_to(self, seen: Seen) -> Reply:
        """Note a request and return its reply."""
        with self._guard:
            self.requests.append(seen)
            if self._script:
                return self._script.pop(0)
        return self.otherwise(seen)

    @property
    def count(self) -> int:
        """Return how many requests came."""
        return len(self.requests)

    @property
    def titles(self) -> list[str]:
        """Return the titles that were asked about, in order."""
        return [seen.title for seen in self.requests]

    def answer(self, record: Mapping[str, Any] | None = None, **choice: Any) -> Reply:
        """Return a valid answer that holds a record; keys left out are null or []."""
        return self.says(json.dumps({**EMPTY, **(record or {})}), **choice)

    def says(self, content: str | None, *, finish_reason: str = "stop", refusal: str | None = None) -> Reply:
        """Return an answer with this very content."""
        message = {"role": "assistant", "content": content, "refusal": refusal}
        body = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "as-the-server-calls-it",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
            "usage": {
                "prompt_tokens": 321,
                "completion_tokens": 45,
                "total_tokens": 366,
                "prompt_tokens_details": {"cached_tokens": 256},
            },
        }
        return Reply(body=body)

    def calls(
        self, arguments: str, *, content: str | None = None, finish_reason: str = "tool_calls"
    ) -> Reply:
        """Return an answer that calls a tool with these very arguments."""
        reply = self.says(content, finish_reason=finish_reason)
        assert isinstance(reply.body, dict)
        function = {"name": "as-the-model-calls-it", "arguments": arguments}
        reply.body["choices"][0]["message"]["tool_calls"] = [
            {"id": "call-1", "type": "function", "function": function}
        ]
        return reply

    def answers(self, seen: Seen, record: Mapping[str, Any] | None = None) -> Reply:
        """Return a valid answer in the form in which this request asks for it."""
        if seen.mode == "tools":
            return self.calls(json.dumps({**EMPTY, **(record or {})}))
        return self.answer(record)

    def fails(
        self,
        status: int,
        message: str = "no",
        *,
        code: str | None = None,
        param: str | None = None,
        **headers: str,
    ) -> Reply:
        """Return an error as servers send it; `retry_after="1"` becomes the header Retry-After."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        error = {"message": message, "type": "an_error", "param": param, "code": code}
        return Reply(status, {"error": error}, named)

    def hangs_up(self) -> Reply:
        """Return no reply: the connection is closed."""
        return Reply(CLOSED)


def _handler_of(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # One packet a reply: two would wait for each other's acknowledgement.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            raw = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.reply_to(Seen(self.path, headers, json.loads(raw), raw))
            if reply.after is not None:
                reply.after.wait(30)
            if reply.status == CLOSED:
                self.close_connection = True
                return
            _send(self, reply, "application/json")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _send(handler: BaseHTTPRequestHandler, reply: Reply, kind: str) -> None:
    """Send a reply whole; a header of its own goes before the usual one."""
    text = json.dumps(reply.body) if isinstance(reply.body, dict) else reply.body
    body = text.encode() if isinstance(text, str) else text
    handler.send_response(reply.status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **reply.headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    """Yield a server that speaks chat completions."""
    with ChatServer() as server:
        yield server


@dataclass(frozen=True)
class Got:
    """One request for a page as it came: its path, the fields behind it, and its headers."""

    path: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]
    method: str = "GET"


class PageServer(_Server):
    """
    Hands out pages over HTTP on loopback, as arXiv and Hugging Face do.

    `script` lists replies, in order; when they are used up, `otherwise` answers. `requests` are those that
    came, each kept before it is answered.
    """

    def __init__(self) -> None:
        self.requests: list[Got] = []
        self.otherwise: Callable[[Got], Reply | str] = lambda _: self.fails(404)
        self._script: list[Reply | str] = []
        super().__init__(0, _pages_of(self))

    @property
    def url(self) -> str:
        """Return the address that it stands at."""
        return f"http://127.0.0.1:{self.port}"

    def script(self, *replies: Reply | str) -> None:
        """Have the next requests answered by these replies, in order; a text is a page."""
        self._script.extend(replies)

    def reply_to(self, got: Got) -> Reply:
        """Note a request and return its reply."""
        self.requests.append(got)
        reply = self._script.pop(0) if self._script else self.otherwise(got)
        return Reply(body=reply) if isinstance(reply, str) else reply

    def page(self, body: str | bytes, **headers: str) -> Reply:
        """Return a page, sent with headers of its own: `content_encoding="gzip"`."""
        return self.fails(200, body, **headers)

    def fails(self, status: int, body: str | bytes = "", **headers: str) -> Reply:
        """Return another status; `retry_after="1"` becomes the header Retry-After."""
        return Reply(status, body, {name.replace("_", "-").title(): text for name, text in headers.items()})

    def hangs_up(self) -> Reply:
        """Return no reply: the connection is closed."""
        return Reply(CLOSED)


def _pages_of(server: PageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            fields = dict(parse_qsl(parts.query))
            reply = server.reply_to(Got(unquote(parts.path), fields, headers, self.command))
            if reply.after is not None:
                reply.after.wait(30)
            if reply.status == CLOSED:
                self.close_connection = True
            else:
                _send(self, reply, "text/xml")

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def service() -> Iterator[PageServer]:
    """Yield a server that hands out pages."""
    with PageServer() as server:
        yield server


# ---------------------------------------------------------------- the hub of models

GATED, WRONG_TOKEN = "hf_gated", "hf_wrong"


class HubServer:
    """
    Speaks the Hugging Face hub's protocol on loopback, as its own client asks it: one repository, one file.

    `pages` says what the hub has, and sends whoever wants the bytes to `store`, another host. `gated` asks
    for a token, `sent` is what the store has where that is not `content`, and `told_size` what is said of
    it. `cache` is the folder that models are fetched to.
    """

    repo, file, revision = "heron/Heron-1B-GGUF", "heron-1b-q8_0.gguf", "a1" * 20

    def __init__(self, pages: PageServer, store: PageServer, content: bytes, cache: Path) -> None:
        self.pages, self.store, self.cache = pages, store, cache
        self.content = self.sent = content
        self.told_size = len(content)
        self.gated = False
        self.card: JSON = {"license": "apache-2.0"}
        pages.otherwise = self._page
        store.otherwise = self._bytes

    @property
    def name(self) -> str:
        """Return what the file is called by `models pull`."""
        return f"hf:{self.repo}/{self.file}"

    @property
    def sha256(self) -> str:
        """Return what the hub says that the file's SHA-256 is."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def asked_for(self) -> list[str | None]:
        """Return from where on the bytes were asked for, request by request; None is all of them."""
        return [got.headers.get("range") for got in self.store.requests]

    def grow(self) -> None:
        """Make the file larger than the client's pieces of 10 MiB, of which it keeps whole ones."""
        self.content = self.sent = b"GGUF" + bytes(range(256)) * 50_000
        self.told_size = len(self.content)

    def breaks_off_at(self, end: int) -> Reply:
        """Return a reply of the store that ends too early, and whose connection closes."""
        return Reply(200, self.sent[:end], {"Content-Length": str(len(self.sent)), "Connection": "close"})

    def _page(self, got: Got) -> Reply:
        token = got.headers.get("authorization", "").removeprefix("Bearer ")
        if token == WRONG_TOKEN:
            return self._refusal(401, message="Invalid credentials in Authorization header")
        if got.path == f"/api/models/{self.repo}":
            return self._info()
        if not got.path.startswith(f"/{self.repo}/resolve/{self.revision}/"):
            return self._refusal(401 if not token else 404, "RepoNotFound", "Repository not found")
        if self.gated and token != GATED:
            return self._refusal(401 if not token else 403, "GatedRepo", "Access is restricted")
        if not got.path.endswith(f"/{self.file}"):
            return self._refusal(404, "EntryNotFound", "Entry not found")
        return self._way_to_the_store()

    def _info(self) -> Reply:
        lfs = {"sha256": self.sha256, "size": self.told_size, "pointerSize": 135}
        siblings = [
            {"rfilename": "README.md", "size": 20, "blobId": "b2" * 20},
            {"rfilename": self.file, "size": self.told_size, "blobId": "c3" * 20, "lfs": lfs},
        ]
        info = {
            "id": self.repo,
            "sha": self.revision,
            "siblings": siblings,
            "cardData": self.card,
            "tags": [],
        }
        gated = "manual" if self.gated else False
        return Reply(body={**info, "gated": gated}, headers={"Content-Type": "application/json"})

    def _way_to_the_store(self) -> Reply:
        headers = {
            "Location": f"{self.store.url}/{self.sha256}",
            "X-Repo-Commit": self.revision,
            "X-Linked-Size": str(self.told_size),
            "X-Linked-Etag": f'"{self.sha256}"',
            "ETag": f'"{"c3" * 20}"',
            "X-Xet-Hash": "d4" * 32,
            "Link": f'<{self.pages.url}/api/models/{self.repo}/xet-read-token/main>; rel="xet-auth"',
        }
        return Reply(302, "", headers)

    def _refusal(self, status: int, code: str = "", message: str = "") -> Reply:
        return Reply(status, {"error": message}, {"X-Error-Code": code, "X-Error-Message": message})

    def _bytes(self, got: Got) -> Reply:
        begun = re.fullmatch(r"bytes=(\d+)-", got.headers.get("range", ""))
        if not begun:
            return Reply(body=self.sent, headers={"ETag": f'"{self.sha256}"'})
        start, size = int(begun[1]), len(self.sent)
        return Reply(206, self.sent[start:], {"Content-Range": f"bytes {start}-{size - 1}/{size}"})


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """Yield a stand-in of the Hugging Face hub, which is asked for models, and an empty cache folder."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("EXTRACTOR_CACHE_DIR", str(cache))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))  # Where no token lies.
    with PageServer() as pages, PageServer() as store:
        monkeypatch.setenv("EXTRACTOR_HF_URL", pages.url)
        yield HubServer(pages, store, b"GGUF" + bytes(range(256)) * 400, cache)


# ---------------------------------------------------------------- the command line


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, and what it wrote where."""

    code: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """Return the one message that a command failed with."""
        assert self.out == ""
        assert "Traceback" not in self.err
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("error: ")
        return self.err.strip()


@pytest.fixture
def extract(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Return a function that runs the command line in this process, as `main` does."""

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["extractor", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run


# ---------------------------------------------------------------- other processes


class Shell:
    """Starts the command line as a process of its own, in the test's folder and environment."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []

    def __call__(self, *arguments: object, **environment: str) -> Done:
        """Run a command to its end."""
        process = self.start("-m", "extractor", *arguments, **environment)
        out, err = process.communicate(timeout=60)
        return Done(process.returncode, out, err)

    def start(self, *arguments: object, **environment: str) -> "subprocess.Popen[str]":
        """Start this Python with arguments; it is killed at the test's end."""
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        )
        self._started.append(process)
        return process

    def clear(self) -> None:
        """Kill what still runs."""
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()


@pytest.fixture
def shell() -> Iterator[Shell]:
    """Yield a function that runs `extractor` with arguments, and `start` for any Python process."""
    started = Shell()
    yield started
    started.clear()


_HOLDER = """
import sys, duckdb
held = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Yield a function by which another process holds a database; closing its stdin lets go."""
    holders: list[subprocess.Popen[str]] = []

    def start(path: Path) -> "subprocess.Popen[str]":
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", _HOLDER, str(path)]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        return holder

    yield start
    for holder in holders:
        holder.kill()
        with holder:
            """Wait for its end, and close its pipes."""


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Return a function that waits until a condition holds, at most 20 seconds, and returns its value."""

    def wait(condition: Callable[[], Any]) -> Any:
        until = time.monotonic() + 20
        while not (value := condition()):
            assert time.monotonic() < until, "it never came about"
            time.sleep(0.01)
        return value

    return wait


# ---------------------------------------------------------------- a model to be trained

BLOCKS, WIDTH, HEADS, KV_HEADS, INNER, LLAMA_CONTEXT = 2, 64, 4, 2, 96, 4096
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TOKENS = 260
MERGED = ("t", "h")
MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def _letters() -> list[str]:
    """Return the letter that stands for each byte, as GPT-2's tokens have it."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


def _write_tokens(writer: gguf.GGUFWriter) -> None:
    """Write a vocabulary of bytes, one pair of letters, and marks."""
    tokens = [*MARKS, *_letters(), "".join(MERGED)]
    writer.add_vocab_size(TOKENS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([control] * len(MARKS) + [normal] * 257)
    writer.add_token_merges([" ".join(MERGED)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(value=False)
    writer.add_chat_template(TEMPLATE)


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a made-up llama model with weights by chance, small enough to be trained within a test."""
    path = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    chance = np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny llama")
    writer.add_context_length(LLAMA_CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    _write_tokens(writer)
    side = WIDTH // HEADS * KV_HEADS
    shapes = {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (side, WIDTH),
        "attn_v": (side, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_gate": (INNER, WIDTH),
        "ffn_up": (INNER, WIDTH),
        "ffn_down": (WIDTH, INNER),
    }
    writer.add_tensor("token_embd.weight", chance.normal(size=(TOKENS, WIDTH)).astype(np.float32))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for block in range(BLOCKS):
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(
                f"blk.{block}.{norm}.weight", chance.uniform(0.5, 1.5, WIDTH).astype(np.float32)
            )
        for name, shape in shapes.items():
            made = chance.normal(size=shape) / shape[1] ** 0.5
            writer.add_tensor(f"blk.{block}.{name}.weight", made.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
