"""
Does memory stay flat however many papers there are?

Runs `extractor run` over ever more invented papers, from a local server that answers fast, each in a process
and a database of its own, and prints the most memory that each process ever held.

    python benchmarks/memory.py [--papers 1000 20000 100000]
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import invented, measuring
from benchmarks.measuring import Running, Server

HEADS = ("papers", "finished", "seconds", "CPU ms an abstract", "peak MB", "x the first")


class Figures(NamedTuple):
    """What was measured of one run."""

    papers: int
    finished: int
    seconds: float
    cpu: float
    peak_mb: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--papers", type=int, nargs="+", default=[1000, 20_000, 100_000])
    parser.add_argument("--concurrency", type=int, default=measuring.CONCURRENCY)
    parser.add_argument("--latency", type=float, default=0.01, help="seconds an answer takes")
    options = parser.parse_args()
    measured = []
    with measuring.serving(latency=options.latency) as server:
        for papers in options.papers:
            measuring.tell(f"{papers} papers")
            measured.append(_figures(papers, server, options.concurrency))
    print(f"extractor run, {options.concurrency} in flight\n")
    first = measured[0].peak_mb
    measuring.print_table(HEADS, [_row(told, first) for told in measured])


def _figures(papers: int, server: Server, concurrency: int) -> Figures:
    """Run over so many papers, and measure it."""
    server.reset()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        page = invented.write_papers(folder / "papers.jsonl", papers)
        db = folder / "papers.duckdb"
        ended = Running(
            measuring.extractor_run(page, server, db, concurrency=concurrency), server, folder
        ).wait()
        if ended.code:
            measuring.tell(ended.err)
        finished = measuring.finished_in(db)
    return Figures(papers, finished, ended.seconds, ended.cpu * 1e3 / papers, ended.peak_mb)


def _row(told: Figures, first: float) -> list[str]:
    return [
        f"{told.papers}",
        f"{told.finished}",
        f"{told.seconds:.1f}",
        f"{told.cpu:.2f}",
        f"{told.peak_mb:.0f}",
        f"{told.peak_mb / first:.2f}",
    ]


if __name__ == "__main__":
    main()
