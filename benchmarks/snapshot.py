"""
How fast is a snapshot of arXiv's metadata read, what do unwanted lines cost, does memory stay flat?

Writes invented papers as Kaggle's snapshot has them, an object a line. Each way to read them runs in a
process of its own on one core, beside a bare `json.loads` of each line.

    python benchmarks/snapshot.py [--lines 2500000] [--keep FILE]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import invented_snapshot, measuring
from extractor.sources import Choice, read_files

HEADS = ("what", "lines", "papers", "seconds", "lines/s", "x json.loads", "MB at 1/4", "MB at the end")
BARE = "json.loads alone"


class Figures(NamedTuple):
    """What one way to read took."""

    lines: int
    papers: int
    seconds: float
    mb_early: float
    mb: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--lines", type=int, default=2_500_000)
    parser.add_argument("--keep", type=Path, help="write the lines here, or read them where they are there")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(_measured(options.way, options.keep, options.lines)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        path = options.keep or Path(temporary) / "snapshot.jsonl"
        if not path.exists():
            measuring.tell(f"{options.lines} lines are written")
            with path.open("w") as file:
                file.writelines(invented_snapshot.lines(options.lines))
        measured = {way: _in_a_process(way, path, options.lines) for way in WAYS}
    print(f"{options.lines} lines in the shape of arXiv's snapshot, on one core\n")
    bare = measured[BARE].seconds
    measuring.print_table(HEADS, [_row(way, figures, bare) for way, figures in measured.items()])


def _row(way: str, figures: Figures, bare: float) -> tuple[str, ...]:
    lines, papers, seconds, early, mb = figures
    return (
        way, f"{lines}", f"{papers}", f"{seconds:.1f}", f"{lines / seconds:.0f}", f"{seconds / bare:.2f}",
        f"{early:.0f}", f"{mb:.0f}",
    )  # fmt: skip


def _in_a_process(way: str, path: Path, lines: int) -> Figures:
    measuring.tell(way)
    command = [sys.executable, __file__, "--way", way, "--keep", str(path), "--lines", str(lines)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own.
    return Figures(*json.loads(ended.stdout))


def _measured(way: str, path: Path, lines: int) -> Figures:
    """Read all, on one core; memory is looked at when a quarter of the papers was read, and at the end."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start = time.perf_counter()
    papers = WAYS[way](path)
    early = sum(1 for _ in islice(papers, lines // 4))
    mb_early = _mb()
    count = early + sum(1 for _ in papers)
    return Figures(lines, count, time.perf_counter() - start, mb_early, _mb())


def _mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _bare(path: Path) -> Iterator[object]:
    with path.open("rb") as file:
        yield from map(json.loads, file)


def _read(choice: Choice) -> Callable[[Path], Iterator[object]]:
    return lambda path: iter(read_files([path], choice))


WAYS: dict[str, Callable[[Path], Iterator[object]]] = {
    BARE: _bare,
    "all as papers": _read(Choice()),
    "--where, 1 of 12 wanted": _read(Choice(where="categories like '%cs.CL%'")),
    "--where, none wanted": _read(Choice(where="categories like '%cs.XX%'")),
    "--since, none wanted": _read(Choice(since=date(2100, 1, 1))),
}


if __name__ == "__main__":
    main()
