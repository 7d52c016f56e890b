"""
How fast is a whole run, against the limit that nobody can beat and against our peers?

The limit is papers / concurrency x latency. Each contestant is a process of its own and asks the same local
server about the same invented papers; measured are the seconds until it ended, its CPU with all its threads,
and its memory. `extractor` is the command `extractor run`: asking, validating, grounding, and rows in DuckDB.
The others ask and validate, `raw aiohttp` only asks. A peer that is not installed says so; one that needs an
environment of its own is given that one's Python by `--python`.

    python benchmarks/throughput.py [--papers 2000] [--only extractor --only "raw aiohttp"] [--rounds 3]
    python benchmarks/throughput.py --python lotus=ENVIRONMENT/bin/python
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import invented, measuring
from benchmarks.measuring import Ended, Running, Server
from benchmarks.peers import PEERS

OURS, FLOOR = "extractor", "raw aiohttp"
HEADS = (
    "contestant",
    "finished",
    "seconds",
    "x limit",
    "from first request",
    "x limit",
    "CPU ms an abstract",
    "from first request",
    f"x {FLOOR}",
    "peak MB",
)


class Figures(NamedTuple):
    """What was measured of one contestant; *asking* begins with the first request."""

    finished: float
    seconds: float
    seconds_asking: float
    cpu: float
    cpu_asking: float
    peak_mb: float
    server_cpu: float


def main() -> None:
    """Print the table."""
    options = _options()
    missing = [name for name in options.only if not _is_there(name, _python(name, options))]
    measured: defaultdict[str, list[Figures]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as temporary, measuring.serving(latency=options.latency) as server:
        papers = invented.write_papers(Path(temporary) / "papers.jsonl", options.papers)
        for number in range(options.rounds):
            for name in options.only:
                if name not in missing:
                    measuring.tell(f"round {number + 1} of {options.rounds}: {name}")
                    measured[name].append(_figures(name, papers, server, options))
    medians = {
        name: Figures(*map(statistics.median, zip(*rounds, strict=True))) for name, rounds in measured.items()
    }
    _print_figures(medians, missing, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=measuring.CONCURRENCY)
    parser.add_argument("--latency", type=float, default=measuring.LATENCY, help="seconds an answer takes")
    parser.add_argument("--rounds", type=int, default=1, help="contestants in turn; the table shows medians")
    parser.add_argument("--only", action="append", choices=(OURS, *PEERS), help="may be given again")
    parser.add_argument("--python", action="append", default=[], metavar="PEER=PATH")
    options = parser.parse_args()
    options.only = options.only or [FLOOR, OURS, *(name for name in PEERS if name != FLOOR)]
    return options


def _python(name: str, options: argparse.Namespace) -> str:
    """Return the Python that a contestant runs under."""
    pythons = dict(word.split("=", 1) for word in options.python)
    return str(pythons.get(name, sys.executable))


def _is_there(name: str, python: str) -> bool:
    """Tell whether a contestant can be imported; ours can."""
    if name == OURS:
        return True
    package = PEERS[name].module.partition(".")[0]
    look = f"import importlib.util as u, sys; sys.exit(u.find_spec({package!r}) is None)"
    return subprocess.run([python, "-c", look], check=False).returncode == 0  # noqa: S603 - a Python.


def _figures(name: str, papers: Path, server: Server, options: argparse.Namespace) -> Figures:
    """Run a contestant in a folder of its own, and measure it."""
    server.reset()
    with tempfile.TemporaryDirectory(dir=papers.parent) as own:
        db = Path(own) / "ours.duckdb"
        if name == OURS:
            command = measuring.extractor_run(papers, server, db, concurrency=options.concurrency)
        else:
            python = _python(name, options)
            command = measuring.peer_run(name, papers, server, python, concurrency=options.concurrency)
        ended = Running(command, server, Path(own)).wait()
        if ended.code:
            measuring.tell(ended.err)
        finished = measuring.finished_in(db) if name == OURS else _finished(ended)
    counts = server.counts()
    return Figures(
        finished=finished,
        seconds=ended.seconds,
        seconds_asking=ended.seconds_asking,
        cpu=ended.cpu * 1e3 / options.papers,
        cpu_asking=ended.cpu_asking * 1e3 / options.papers,
        peak_mb=ended.peak_mb,
        server_cpu=counts["cpu_seconds"] * 1e3 / max(counts["requests"], 1),
    )


def _finished(ended: Ended) -> int:
    """Return how many papers a peer says that it finished."""
    return 0 if ended.code else int(json.loads(ended.out.splitlines()[-1])["finished"])


def _print_figures(medians: dict[str, Figures], missing: list[str], options: argparse.Namespace) -> None:
    limit = options.papers / options.concurrency * options.latency
    floor = medians.get(FLOOR)
    rows = [["the limit", f"{options.papers}", f"{limit:.2f}", "1.00", f"{limit:.2f}", "1.00", *[""] * 4]]
    for name, told in medians.items():
        ratio = f"{told.cpu_asking / floor.cpu_asking:.1f}" if floor else ""
        rows.append(
            [
                name,
                f"{told.finished:.0f}",
                f"{told.seconds:.2f}",
                f"{told.seconds / limit:.2f}",
                f"{told.seconds_asking:.2f}",
                f"{told.seconds_asking / limit:.2f}",
                f"{told.cpu:.2f}",
                f"{told.cpu_asking:.2f}",
                ratio,
                f"{told.peak_mb:.0f}",
            ]
        )
    rows += [[f"{name}: not installed", *[""] * (len(HEADS) - 1)] for name in missing]
    print(f"{options.papers} abstracts, {options.concurrency} in flight, {options.latency:g} s an answer\n")
    measuring.print_table(HEADS, rows)
    for name, told in medians.items():
        measuring.tell(f"the server's own CPU, asked by {name}: {told.server_cpu:.2f} ms a request")


if __name__ == "__main__":
    main()
