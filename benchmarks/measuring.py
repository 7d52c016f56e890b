"""What the benchmarks share: a server of our own, commands watched as they run (on Linux), tables."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

JSON = dict[str, Any]

HERE = Path(__file__).parent
EXTRACTOR = Path(sys.executable).with_name("extractor")
CONCURRENCY, LATENCY = 64, 0.2
_TICKS = os.sysconf("SC_CLK_TCK")
_ASK = """
import json, sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    print(json.dumps(connection.execute(sys.argv[2]).fetchall()))
"""
_OURS = ("EXTRACTOR_", "OPENAI_")


class Server:
    """A running `serving.py`; `at_first_request` is called when the first request comes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.base_url = self._line()
        self.at_first_request: Callable[[], None] = lambda: None
        threading.Thread(target=self._listen, daemon=True).start()

    def counts(self) -> JSON:
        """Return what it did since it was last told to begin anew."""
        return self._ask("GET", "/counts")

    def settled(self) -> JSON:
        """Return the same when nothing is in flight any more."""
        while (counts := self.counts())["in_flight"]:
            time.sleep(0.01)
        return counts

    def reset(self) -> None:
        """Have it count from nought, and forget which papers it was asked about."""
        self._ask("POST", "/reset")

    def _listen(self) -> None:
        while self._line():
            self.at_first_request()

    def _line(self) -> str:
        return self._process.stdout.readline().strip() if self._process.stdout else ""

    def _ask(self, method: str, path: str) -> JSON:
        address = self.base_url.removesuffix("/v1") + path
        request = urllib.request.Request(address, method=method)  # noqa: S310 - our own server.
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            told: JSON = json.load(answer)
        return told


@contextmanager
def serving(**options: float) -> Iterator[Server]:
    """Start a server with the options of `serving.py`: `rate_limited=0.1` is `--rate-limited=0.1`."""
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, str(HERE / "serving.py"), "--with-stdin", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603 - our own.
        try:
            yield Server(process)
        finally:
            process.kill()


@dataclass(frozen=True)
class Ended:
    """How a command ended: seconds of wall and of CPU, from its start and from its first request."""

    code: int
    seconds: float
    cpu: float
    seconds_asking: float
    cpu_asking: float
    peak_mb: float
    out: str
    err: str


class Running:
    """A command that runs, and is watched."""

    def __init__(self, command: Sequence[object], server: Server, folder: Path) -> None:
        self._out = tempfile.TemporaryFile("w+", dir=folder)  # noqa: SIM115 - closed when it ended.
        self._err = tempfile.TemporaryFile("w+", dir=folder)  # noqa: SIM115
        self._started = self._asked = time.monotonic()
        self._cpu_before = 0.0
        server.at_first_request = self._note_first_request
        self._process = subprocess.Popen(  # noqa: S603 - a command of a benchmark.
            [str(word) for word in command],
            stdout=self._out,
            stderr=self._err,
            cwd=folder,
            env=_surroundings(),
        )

    def kill(self) -> Ended:
        """Send kill -9, and return how it ended."""
        self._process.send_signal(signal.SIGKILL)
        return self.wait()

    def is_running(self) -> bool:
        """Tell whether it has not ended yet."""
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def wait(self) -> Ended:
        """Return how it ended, when it has."""
        _, status, used = os.wait4(self._process.pid, 0)
        now = time.monotonic()
        self._process.returncode = os.waitstatus_to_exitcode(status)
        cpu = used.ru_utime + used.ru_stime
        return Ended(
            code=self._process.returncode,
            seconds=now - self._started,
            cpu=cpu,
            seconds_asking=now - self._asked,
            cpu_asking=cpu - self._cpu_before,
            peak_mb=used.ru_maxrss / 1e3,
            out=_whole(self._out),
            err=_whole(self._err),
        )

    def _note_first_request(self) -> None:
        self._asked = time.monotonic()
        self._cpu_before = _cpu_so_far(self._process.pid)


def _whole(file: Any) -> str:  # noqa: ANN401 - a temporary file has no public type.
    with file:
        file.seek(0)
        return str(file.read())


def _cpu_so_far(pid: int) -> float:
    """Return the seconds of CPU that a process has used, all its threads together."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def _surroundings() -> dict[str, str]:
    """Return the environment without what would change a run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "OPENAI_API_KEY": "none"}


def extractor_run(
    papers: Path, server: Server, db: Path, *, concurrency: int = CONCURRENCY, timeout: float | None = None
) -> list[object]:
    """Return the command `extractor run`; a time-out is given where the command takes one."""
    command = [EXTRACTOR, "run", papers, "--model", "invented", "--base-url", server.base_url]
    command += ["--concurrency", concurrency, "--db", db, "--quiet"]
    if timeout is not None and "--timeout" in _help():
        command += ["--timeout", timeout]
    return command


@cache
def _help() -> str:
    asked = [str(EXTRACTOR), "run", "--help"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours.


def peer_run(
    name: str, papers: Path, server: Server, python: str = sys.executable, **options: object
) -> list[object]:
    """Return the command of a peer, see `peers.py`."""
    words = [f"--{option}={value}" for option, value in options.items()]
    command = [python, HERE / "peers.py", name, f"--papers={papers}", f"--base-url={server.base_url}"]
    return [*command, *words]


def finished_in(db: Path) -> int:
    """Return how many papers of a database have an extraction."""
    return int(ask(db, "select count(distinct text_id) from extractions")[0][0]) if db.exists() else 0


def ask(db: Path, query: str) -> list[list[Any]]:
    """
    Return the rows of a query, asked by DuckDB itself.

    In a process of its own: a command's peak memory is never told to be less than that of what started it.
    """
    asked = [sys.executable, "-c", _ASK, str(db), query]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours.
    rows: list[list[Any]] = json.loads(told)
    return rows


def tell(line: str) -> None:
    """Say on standard error what is being measured."""
    sys.stderr.write(f"{line}\n")


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown; the first column is of names."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for cells in (heads, ["-" * width for width in widths], *rows):
        padded = [cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])]
        print(f"| {' | '.join(padded)} |")
