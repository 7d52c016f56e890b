"""
Does a run that is killed again and again lose a paper, double a row, or pay twice?

One database, one command, `extractor run`: it is started, and ended by kill -9 at a random moment of its
first `--longest` seconds, until it was killed `--kills` times or nothing is left to do; then it runs to its
end. The server's account is held against the rows of the database.

A paper is *in flight* at a kill when the server has not answered it yet: a server may charge for it, and
nobody can help that. *Paid twice* is beyond that: a whole answer was sent, and the paper was asked about
again. Such an answer may have been on its way when the process died: the table tells how many were sent long
before the kill, and whether one kill cost more papers than can be in flight.

    python benchmarks/kill.py [--kills 50] [--papers 3000]
"""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import invented, measuring
from benchmarks.measuring import JSON, Running, Server

KEYS = {
    "papers": "paper_id",
    "paper_ids": "alias",
    "texts": "text_id",
    "runs": "run_id",
    "run_papers": "run_id, paper_id",
    "responses": "fingerprint",
    "extractions": "text_id",
    "all_records": "extraction_id",
    "all_claims": "extraction_id, position",
}
"""What no two rows of a table may share; in other tables no two rows may be equal."""
LATE = 0.1
"""Seconds after which an answer was surely not on its way any more."""
_REAPED = 0.5
"""Seconds after a kill in which the server may still send what nobody reads; the next request comes later."""


class Killing(NamedTuple):
    """When it was killed, and how many papers the server had not answered then."""

    at: float
    in_flight: int


class Twice(NamedTuple):
    """An answer that was paid for again: the kill that lost it, if there was one, and its age then."""

    killing: int | None
    age: float


def main() -> None:
    """Print what was found."""
    options = _options()
    with (
        tempfile.TemporaryDirectory() as temporary,
        measuring.serving(latency=options.latency) as server,
    ):
        folder = Path(temporary)
        page = invented.write_papers(folder / "papers.jsonl", options.papers)
        db = folder / "killed.duckdb"
        command = measuring.extractor_run(page, server, db, concurrency=options.concurrency)
        killings = _killed_again_and_again(command, server, folder, options)
        measuring.tell("and now to its end")
        ended = Running(command, server, folder).wait()
        if ended.code:
            measuring.tell(ended.err)
        rows = [*_paid(server.counts(), killings, options.concurrency), *_kept(db, options.papers)]
    print(f"{options.papers} papers, {options.concurrency} in flight, kill -9 {len(killings)} times\n")
    cells = [(what, f"{count}", f"{count / options.papers:.3f}") for what, count in rows]
    measuring.print_table(("what", "count", "a paper"), cells)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--papers", type=int, default=3000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--latency", type=float, default=measuring.LATENCY, help="seconds an answer takes")
    parser.add_argument("--longest", type=float, default=4, help="seconds that a run lives at most")
    parser.add_argument("--seed", type=int, default=1, help="decides the moments")
    return parser.parse_args()


def _killed_again_and_again(
    command: list[object], server: Server, folder: Path, options: argparse.Namespace
) -> list[Killing]:
    """Kill the command as often as asked, or until it ends by itself."""
    chance = random.Random(options.seed)  # noqa: S311 - no secret.
    killings: list[Killing] = []
    before = 0
    while len(killings) < options.kills:
        running = Running(command, server, folder)
        time.sleep(chance.uniform(0, options.longest))
        if not running.is_running():
            running.wait()
            break
        at = time.time()
        running.kill()
        abandoned = server.settled()["abandoned"]
        killings.append(Killing(at, abandoned - before))
        before = abandoned
        measuring.tell(f"kill {len(killings)}: {server.counts()['distinct']} papers answered")
    return killings


def _paid(counts: JSON, killings: list[Killing], concurrency: int) -> list[tuple[str, int]]:
    """Return what the server's account says."""
    twice = [
        again for times in counts["answered_more_than_once"].values() for again in _again(times, killings)
    ]
    lost = Counter(answer.killing for answer in twice)
    beyond = sum(max(0, killing.in_flight + lost[n] - concurrency) for n, killing in enumerate(killings))
    return [
        ("requests", counts["requests"]),
        ("in flight at a kill", sum(killing.in_flight for killing in killings)),
        ("paid: whole answers sent", counts["answered"]),
        ("papers paid for", counts["distinct"]),
        ("paid twice", len(twice)),
        (
            f"... sent longer than {LATE * 1e3:g} ms before the kill",
            sum(answer.age > LATE for answer in twice),
        ),
        (f"... more than {concurrency} papers lost by one kill", beyond),
        ("... without a kill between", lost[None]),
    ]


def _again(times: list[float], killings: list[Killing]) -> list[Twice]:
    """Return an entry for each answer of a paper that another one followed."""
    found = []
    for sent, next_sent in itertools.pairwise(times):
        between = [n for n, killing in enumerate(killings) if sent - _REAPED <= killing.at <= next_sent]
        first = between[0] if between else None
        found.append(Twice(first, 0 if first is None else max(0, killings[first].at - sent)))
    return found


def _kept(db: Path, papers: int) -> list[tuple[str, int]]:
    """Return what the database says."""
    finished = measuring.finished_in(db)
    claims = measuring.ask(db, "select count(*) from all_claims")[0][0]
    tables = [name for (name,) in measuring.ask(db, "select table_name from duckdb_tables() order by 1")]
    duplicates = {name: _duplicates(db, name) for name in tables}
    return [
        ("papers with rows", finished),
        ("papers lost", papers - finished),
        ("claims missing, or too many", abs(claims - papers * invented.CLAIMS)),
        (f"duplicates in {len(tables)} tables", sum(duplicates.values())),
        *((f"... in {name}", count) for name, count in duplicates.items() if count),
    ]


def _duplicates(db: Path, table: str) -> int:
    kinds = f"select distinct {KEYS.get(table, '*')} from {table}"  # noqa: S608 - the database's own names.
    query = f"select (select count(*) from {table}) - (select count(*) from ({kinds}))"  # noqa: S608
    return int(measuring.ask(db, query)[0][0])


if __name__ == "__main__":
    main()
