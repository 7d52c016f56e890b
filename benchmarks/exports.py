"""
What does it take to write claims to files, beside DuckDB's own COPY of the same rows?

Fills a database with invented papers, read by the rules and then copied under other ids; has `extractor
export`, and DuckDB called from Python, write the same rows, each in a process of its own; prints seconds, the
most memory that a process ever held, and the ratios. All tables are written beside EXPORT DATABASE, and read
back. Where DuckDB writes no such format, or cannot make the views again (IMPORT DATABASE), no ratio is given.

    python benchmarks/exports.py [--rows 1000000] [--formats csv jsonl parquet ...]
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

import extractor

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import invented, measuring

HEADS = ("", "seconds", "DuckDB", "ratio", "peak MB", "DuckDB", "ratio", "file MB")
PAPERS = 1000
MOST_ROWS = {"xlsx": 1_000_000}
COPIES = {
    "csv": "copy (from claims) to '{file}' (format csv, header)",
    "tsv": "copy (from claims) to '{file}' (format csv, header, delimiter '\t')",
    "jsonl": "copy (from claims) to '{file}' (format json)",
    "parquet": "copy (from claims) to '{file}' (format parquet, compression zstd)",
}
OTHERS = ("md", "html", "latex", "bibtex", "xlsx")
IDS = ("paper_id", "alias", "text_id", "extraction_id", "fingerprint")
KEPT = ("schemas", "runs", "name_lists", "names", "metric_directions")


class Took(NamedTuple):
    """What a command took."""

    seconds: float
    peak_mb: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", nargs="+", choices=[*COPIES, *OTHERS], default=[*COPIES, *OTHERS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        db = folder / "papers.duckdb"
        # In a process of its own: what is started by a large one is counted as large.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows = pool.apply(_fill, (db, options.rows))
        print(
            f"{rows:,} claims, a database of {db.stat().st_size / 1e6:.0f} MB, DuckDB {duckdb.__version__}\n"
        )
        measuring.print_table(HEADS, [*_written(db, rows, folder, options.formats), *_moved(db, folder)])


def _fill(db: Path, rows: int) -> int:
    """Make a database of so many claims or a few more, and return how many."""
    measuring.tell("making the papers")
    extractor.run(invented.write_papers(db.with_suffix(".jsonl"), PAPERS), model="rules", db=db)
    with duckdb.connect(str(db)) as made:
        (few,) = made.execute("select count(*) from claims").fetchone() or (0,)
        columns = made.execute(
            "select table_name, list(column_name) from duckdb_columns() join duckdb_tables() "
            "using (table_name) group by table_name"
        ).fetchall()
        for table, names in columns:
            ids = ", ".join(f"{name} || '-' || copy as {name}" for name in names if name in IDS)
            if table not in KEPT:
                source = f'"{table}" cross join range(1, {-(-rows // few)}) copies(copy)'
                copied = f"select * exclude (copy) replace ({ids}) from {source}"  # noqa: S608 - our own names
                made.execute(f'insert into "{table}" {copied}')
        (many,) = made.execute("select count(*) from claims").fetchone() or (0,)
    return int(many)


def _written(db: Path, rows: int, folder: Path, formats: Sequence[str]) -> Iterator[list[str]]:
    """Yield a row a format."""
    for form in formats:
        measuring.tell(form)
        ours, theirs = folder / f"ours.{form}", folder / f"theirs.{form}"
        limit = MOST_ROWS.get(form) if rows > MOST_ROWS.get(form, rows) else None
        what = ["--sql", f"from claims limit {limit}"] if limit else ["claims"]
        took = _took(_extractor("export", *what, "--format", form, "--output", ours, "--db", db), folder)
        peer = None
        if form in COPIES:
            peer = _took(_duckdb(db, COPIES[form].format(file=theirs)), folder)
        yield _row(f"{form}, {limit:,} rows" if limit else form, took, peer, ours.stat().st_size)
        ours.unlink()
        theirs.unlink(missing_ok=True)


def _moved(db: Path, folder: Path) -> Iterator[list[str]]:
    """Yield a row for all tables, and one for their way back."""
    measuring.tell("all tables")
    ours, theirs = folder / "ours", folder / "theirs"
    out = _took(_extractor("export", "--all", ours, "--db", db), folder)
    peer = _took(_duckdb(db, f"export database '{theirs}' (format parquet, compression zstd)"), folder)
    size = sum(file.stat().st_size for file in ours.iterdir())
    yield _row("all tables", out, peer, size)
    back = _took(_extractor("import", ours, "--db", folder / "again.duckdb"), folder)
    yield _row("and back", back, None, size)


def _extractor(*words: object) -> list[str]:
    return [sys.executable, "-m", "extractor", *map(str, words)]


def _duckdb(db: Path, statement: str) -> list[str]:
    program = f"import duckdb\nduckdb.connect({str(db)!r}).execute({statement!r})"
    return [sys.executable, "-c", program]


def _took(command: Sequence[str], folder: Path) -> Took:
    """Run a command to its end, and return what it took."""
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - a command of a benchmark.
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(command)} ended with {process.returncode}: {said.decode()}"
        raise SystemExit(message)
    return Took(time.monotonic() - started, used.ru_maxrss / 1e3)


def _row(what: str, took: Took, peer: Took | None, size: int) -> list[str]:
    seconds, peak = ([f"{value:.{digits}f}"] for value, digits in zip(took, (1, 0), strict=True))
    if peer:
        seconds += [f"{peer.seconds:.1f}", f"{took.seconds / peer.seconds:.1f}"]
        peak += [f"{peer.peak_mb:.0f}", f"{took.peak_mb / peer.peak_mb:.1f}"]
    else:
        seconds += ["", ""]
        peak += ["", ""]
    return [what, *seconds, *peak, f"{size / 1e6:.1f}"]


if __name__ == "__main__":
    main()
