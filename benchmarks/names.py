"""
How well are names united and metrics directed? Judged pairs and directions against the shipped lists.

A pair that is united and should be counts for precision and recall; a direction is right, unknown or wrong.

    python benchmarks/names.py --data DIR [--errors]

DIR holds `pairs.csv` (kind, left, right, same) and `metric_direction.csv` (metric, direction).
"""

import argparse
import csv
import sys
import time
from collections import Counter
from pathlib import Path

from extractor.normalizing import canonical, direction_of, shipped
from extractor.records import NAME_KINDS, NameKind

Row = dict[str, str]


def main() -> None:
    """Print both tables."""
    options = _options()
    if not options.data.is_dir():
        sys.exit(f"no folder {options.data}")
    started = time.perf_counter()
    shipped().direction_rows  # noqa: B018 - made when it is first asked for
    made = time.perf_counter() - started
    pairs = _rows(options.data / "pairs.csv")
    _print_pairs(pairs, errors=options.errors)
    _print_directions(_rows(options.data / "metric_direction.csv"), errors=options.errors)
    print(f"\nthe lists are made in {made * 1000:.0f} ms; {_microseconds(pairs):.0f} µs a new name")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--errors", action="store_true", help="list what is wrong")
    return parser.parse_args()


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _print_pairs(pairs: list[Row], *, errors: bool) -> None:
    print(f"{'kind':10}{'pairs':>7}{'same':>7}{'united':>8}{'precision':>11}{'recall':>8}")
    wrong: list[str] = []
    total: Counter[str] = Counter()
    for kind in NAME_KINDS:
        counts = Counter({"pairs": 0})
        for pair in pairs:
            if pair["kind"] == kind:
                counts.update(_judged(kind, pair, wrong))
        _print_counts(kind, counts)
        total.update(counts)
    _print_counts("all", total)
    if errors:
        print("\n".join(wrong))


def _judged(kind: NameKind, pair: Row, wrong: list[str]) -> list[str]:
    left, right = (canonical(kind, pair[side], table=shipped()) for side in ("left", "right"))
    should, united = pair["same"] == "1", left == right
    if should != united:
        what = "left apart" if should else "united"
        wrong.append(f"  {what}: {kind} {pair['left']!r} ({left}), {pair['right']!r} ({right})")
    named = {"pairs": True, "same": should, "united": united, "right": should and united}
    return [name for name, holds in named.items() if holds]


def _print_counts(kind: str, counts: Counter[str]) -> None:
    precision = _share(counts["right"], counts["united"])
    recall = _share(counts["right"], counts["same"])
    print(f"{kind:10}{counts['pairs']:7}{counts['same']:7}{counts['united']:8}{precision:>11}{recall:>8}")


def _print_directions(rows: list[Row], *, errors: bool) -> None:
    counts = Counter({"right": 0, "unknown": 0, "wrong": 0})
    lines: list[str] = []
    for row in rows:
        direction = direction_of(row["metric"], table=shipped())[0] or "none"
        verdict = "right" if direction == row["direction"] else "unknown" if direction == "none" else "wrong"
        counts[verdict] += 1
        if verdict != "right":
            lines.append(f"  {verdict}: {row['metric']!r} is {row['direction']}, not {direction}")
    print(f"\n{'directions':10}{len(rows):7}")
    for verdict, count in counts.items():
        print(f"  {verdict:8}{count:7}{_share(count, len(rows)):>8}")
    if errors:
        print("\n".join(lines))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _microseconds(pairs: list[Row]) -> float:
    """Return how long it takes to normalize a name that has not been seen."""
    names = [(kind, f"{pair['left']} of {place}") for place, pair in enumerate(pairs) for kind in NAME_KINDS]
    started = time.perf_counter()
    for kind, name in names:
        canonical(kind, name, table=shipped())
    return (time.perf_counter() - started) / len(names) * 1e6


if __name__ == "__main__":
    main()
