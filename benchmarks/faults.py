"""
What do faults and a kill -9 cost: how many papers are lost, and how many answers are paid for twice?

Three trials, each by `extractor run` and by plain instructor (mode TOOLS, three tries, one gather, its
records appended to a file at the end, as its documentation does):

    faults    10 % of requests get a 429 with Retry-After, 5 % a 500, 5 % JSON that breaks off
    hanging   the same, and 2 % are never answered; a try is cut after --timeout seconds
    killed    the same as the first; kill -9 when half of the papers are answered, and the same command again

Then the same command again, which ought to ask nothing. `paid` are whole answers that hold for the schema;
`twice` are those beyond the first for a paper. What was in flight at the kill is counted apart.

    python benchmarks/faults.py [--papers 300] [--trial killed]
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import invented, measuring
from benchmarks.measuring import Running, Server

OURS, PEER = "extractor", "instructor"
FAULTS, HANGING, KILLED = "faults", "hanging", "killed"
TRIALS = {
    FAULTS: {"rate_limited": 0.1, "broken": 0.05, "malformed": 0.05},
    HANGING: {"rate_limited": 0.1, "broken": 0.05, "malformed": 0.05, "hanging": 0.02},
    KILLED: {"rate_limited": 0.1, "broken": 0.05, "malformed": 0.05},
}
HEADS = (
    "trial",
    "seconds",
    "x limit",
    "finished",
    "lost",
    "requests",
    "paid",
    "twice",
    "in flight at the kill",
    "again: requests",
    "again: paid",
)


class Figures(NamedTuple):
    """What one trial of a contestant came to."""

    seconds: float
    finished: int
    requests: int
    paid: int
    twice: int
    in_flight: int
    requests_again: int
    paid_again: int


class Contestant(NamedTuple):
    """A command that is given the same papers again and again, and the file that it fills."""

    command: list[object]
    kept: Path

    def finished(self) -> int:
        """Return how many papers are in its file."""
        if self.kept.suffix == ".duckdb":
            return measuring.finished_in(self.kept)
        lines = self.kept.read_text("utf-8").splitlines() if self.kept.exists() else []
        return len({json.loads(line)["id"] for line in lines})


def main() -> None:
    """Print the table."""
    options = _options()
    limit = options.papers / options.concurrency * options.latency
    rows = []
    for trial in options.trial:
        for name in (OURS, PEER):
            measuring.tell(f"{trial}: {name}")
            told = _figures(name, trial, options)
            rows.append(
                [
                    f"{trial}: {name}",
                    f"{told.seconds:.1f}",
                    f"{told.seconds / limit:.2f}",
                    f"{told.finished}",
                    f"{options.papers - told.finished}",
                    f"{told.requests}",
                    f"{told.paid}",
                    f"{told.twice}",
                    f"{told.in_flight}" if trial == KILLED else "",
                    f"{told.requests_again}",
                    f"{told.paid_again}",
                ]
            )
    print(f"{options.papers} abstracts, {options.concurrency} in flight, {options.latency:g} s an answer\n")
    measuring.print_table(HEADS, rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--concurrency", type=int, default=measuring.CONCURRENCY)
    parser.add_argument("--latency", type=float, default=measuring.LATENCY, help="seconds an answer takes")
    parser.add_argument("--timeout", type=float, default=5, help="seconds after which a try is cut")
    parser.add_argument("--seed", type=int, default=1, help="decides which requests fail")
    parser.add_argument("--trial", action="append", choices=TRIALS, help="may be given again [default: all]")
    options = parser.parse_args()
    options.trial = options.trial or list(TRIALS)
    return options


def _figures(name: str, trial: str, options: argparse.Namespace) -> Figures:
    """Put a contestant to a trial, with a server and a folder of its own."""
    faults = TRIALS[trial]
    with (
        tempfile.TemporaryDirectory() as temporary,
        measuring.serving(latency=options.latency, seed=options.seed, retry_after=1, **faults) as server,
    ):
        contestant = _contestant(name, Path(temporary), server, options)
        started = time.monotonic()
        if trial == KILLED:
            _kill_half_way(contestant, server, options.papers // 2)
        in_flight = server.settled()["abandoned"] if trial == KILLED else 0
        _run(contestant, server)
        seconds = time.monotonic() - started
        first = server.counts()
        finished = contestant.finished()
        _run(contestant, server)
        last = server.counts()
    return Figures(
        seconds=seconds,
        finished=finished,
        requests=first["requests"],
        paid=first["answered"],
        twice=first["answered"] - first["distinct"],
        in_flight=in_flight,
        requests_again=last["requests"] - first["requests"],
        paid_again=last["answered"] - first["answered"],
    )


def _contestant(name: str, folder: Path, server: Server, options: argparse.Namespace) -> Contestant:
    papers = invented.write_papers(folder / "papers.jsonl", options.papers)
    common = {"concurrency": options.concurrency, "timeout": options.timeout}
    if name == OURS:
        db = folder / "ours.duckdb"
        return Contestant(measuring.extractor_run(papers, server, db, **common), db)
    output = folder / "records.jsonl"
    return Contestant(measuring.peer_run(PEER, papers, server, output=output, **common), output)


def _run(contestant: Contestant, server: Server) -> None:
    """Run it to its end; an exit code other than 0 is no news here, what is lost is counted."""
    Running(contestant.command, server, contestant.kept.parent).wait()


def _kill_half_way(contestant: Contestant, server: Server, half: int) -> None:
    running = Running(contestant.command, server, contestant.kept.parent)
    while server.counts()["distinct"] < half:
        if not running.is_running():
            message = f"it ended before it could be killed: {running.wait().err}"
            raise RuntimeError(message)
        time.sleep(0.02)
    running.kill()


if __name__ == "__main__":
    main()
