"""
Do our figures agree with those of the scorer that lies beside the data, on any prediction?

Takes gold.jsonl and the labelled abstracts of train/, makes predictions from them by random changes, and
scores these by both. Prints of each figure the largest difference that was found; fails where one is as large
as 0.0005. Counts must be the same.

    python benchmarks/scoring.py --data DIR [--random 6] [--seed 0]

DIR holds `score.py`, `gold.jsonl`, `daily_papers.txt` and `train/abstracts.jsonl`, `train/labels.jsonl`.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks.mutations import Mutator
from benchmarks.quality import gold_of_labels
from extractor.catalog import load_schema
from extractor.evaluation import Accuracy, RunFigures, Share, evaluate, read_gold
from extractor.papers import Text, title_alias
from extractor.sources import read_file

AGREEING = 0.0005
SHARES = (0.05, 0.2, 0.5)
SCORES = {
    "task": "task",
    "tasks": "tasks_list",
    "method": "method",
    "datasets": "datasets",
    "metrics": "metrics",
    "code_url": "code_url",
    "claims_numbered": "claims_quantified",
    "claims_unnumbered": "claims_qualitative",
}
COUNTS = ("tp", "fp", "fn", "ignored")
COMPARED = ("unit", "metric", "baseline", "dataset", "kind", "direction")
LOOKED_UP = {
    **{name: (name,) for name in ("tasks", "method", "datasets", "metrics", "code_url")},
    "claim names": tuple(f"claims.{name}" for name in ("metric", "dataset", "method", "baseline")),
    "quotes": ("claims.quote",),
    "numbers": ("claims.value", "claims.value_high"),
}

Row = dict[str, Any]
Figures = dict[str, float | None]


class Case(NamedTuple):
    """Papers with labels: rows in the scorer's form, and their texts."""

    name: str
    rows: list[Row]
    texts: dict[str, Text]


def main() -> None:
    """Print the table."""
    options = _options()
    largest: dict[str, float] = {}
    papers = 0
    started = time.monotonic()
    cases = (_gold_case(options.data), _train_case(options.data))
    for number in range(options.seed, options.seed + options.random):
        for case in cases:
            papers += len(case.rows)
            for name, difference in _differences(case, number, options.data / "score.py"):
                largest[name] = max(largest.get(name, 0.0), difference)
    sets = options.random * len(cases)
    print(f"{sets} sets of predictions, {papers} papers, {time.monotonic() - started:.0f} s")
    _print_table(largest)
    sys.exit(max(largest.values()) >= AGREEING)


def _print_table(largest: Mapping[str, float]) -> None:
    rows: dict[str, list[str]] = {}
    for name, difference in sorted(largest.items()):
        row, _, figure = name.partition(": ")
        rows.setdefault(row, []).append(f"{figure} {difference:.6f}")
    for row, cells in rows.items():
        print(f"{row:28}{'  '.join(cells)}")
    print(f"{'largest of all':28}{max(largest.values()):.6f}")


def _differences(case: Case, number: int, scorer: Path) -> Iterator[tuple[str, float]]:
    """Yield by how much each figure differs on one set of predictions; says so where it is too much."""
    trial = _Trial(case, number)
    theirs, ours = trial.by_scorer(scorer), trial.by_us()
    for name in theirs.keys() | ours.keys():
        difference = _difference(theirs.get(name), ours.get(name))
        if difference >= AGREEING:
            print(f"{case.name}, seed {number}: {name} is {theirs.get(name)}, we say {ours.get(name)}")
        yield name, difference


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--random", type=int, default=6, help="so many sets of predictions of each")
    parser.add_argument("--seed", type=int, default=0, help="of the first set")
    return parser.parse_args()


def _gold_case(data: Path) -> Case:
    rows = [json.loads(line) for line in (data / "gold.jsonl").read_text("utf-8").splitlines()]
    by_title = {title_alias(row["title"]): row["id"] for row in rows}
    papers = read_file(data / "daily_papers.txt")
    texts = {by_title[title_alias(paper.text.title)]: paper.text for paper in papers}
    return Case("gold", rows, texts)


def _train_case(data: Path) -> Case:
    lines = (data / "train" / "abstracts.jsonl").read_text("utf-8").splitlines()
    texts = {row["id"]: Text(title=row["title"], abstract=row["abstract"]) for row in map(json.loads, lines)}
    labelled = gold_of_labels(data / "train", list(texts))
    return Case("train", [{**row, "title": texts[row["id"]].title} for row in labelled], texts)


class _Trial:
    """One set of predictions, and the gold that it is scored by."""

    def __init__(self, case: Case, number: int) -> None:
        mutator = Mutator(number, case.rows)
        self._gold = mutator.gold() if number % 2 else case.rows
        self._predicted = mutator.predictions(SHARES[number % len(SHARES)])
        self._texts = case.texts

    def by_scorer(self, scorer: Path) -> Figures:
        """Return the scorer's figures."""
        with tempfile.TemporaryDirectory() as folder:
            return self._by_scorer(scorer, Path(folder))

    def _by_scorer(self, scorer: Path, folder: Path) -> Figures:
        texts = [{"id": key, "title": t.title, "abstract": t.abstract} for key, t in self._texts.items()]
        files = {"gold": self._gold, "predicted": self._predicted, "texts": texts}
        for name, rows in files.items():
            (folder / name).write_text("".join(_line(row) for row in rows), "utf-8")
        asked = [sys.executable, str(scorer.resolve()), "gold", "predicted", "--papers", "texts", "--json"]
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 - it.
        scored: Row = json.loads(done.stdout)
        return _figures_of_scorer(scored)

    def by_us(self) -> Figures:
        """Return our figures."""
        record_type = load_schema("papers").record_type
        gold = read_gold((_line(row) for row in self._gold), record_type)
        return _figures(evaluate(gold, {"run": self._predicted}, self._texts, resamples=0).runs[0])


def _line(row: Row) -> str:
    return json.dumps(row) + "\n"


def _figures_of_scorer(scored: Row) -> Figures:
    made: Figures = {f"macro: {name}": scored["macro"][name] for name in ("p", "r", "f1")}
    for field in SCORES.values():
        made |= {f"{field}: {name}": scored["fields"][field][name] for name in ("p", "r", "f1", *COUNTS)}
    for name, found in scored["claim_attributes"].items():
        made |= {f"claims' {name}: share": found["accuracy"], f"claims' {name}: of": found["n"]}
    for name, found in scored["hallucination"].items():
        made |= {f"{name} in the text: share": found["rate"], f"{name} in the text: of": found["n"]}
    return made


def _figures(run: RunFigures) -> Figures:
    macro = run.macro
    made: Figures = {"macro: p": macro.precision, "macro: r": macro.recall, "macro: f1": macro.f1}
    for ours, field in SCORES.items():
        score = run.scores[ours]
        made |= {f"{field}: p": score.precision, f"{field}: r": score.recall, f"{field}: f1": score.f1}
        made |= {f"{field}: {name}": getattr(score, name) for name in COUNTS}
    for name, share in _accuracies(run):
        made |= {f"claims' {name}: share": share.share, f"claims' {name}: of": share.of}
    absent = {name: _together(run, fields) for name, fields in LOOKED_UP.items()}
    for name, share in (absent | {"all": run.absent_in_all}).items():
        made |= {f"{name} in the text: share": share.share, f"{name} in the text: of": share.of}
    return made


def _accuracies(run: RunFigures) -> Iterator[tuple[str, Share]]:
    for name in COMPARED:
        accuracy = run.accuracies.get(f"claims.{name}", Accuracy(Share(0, 0), Share(0, 0)))
        yield name, accuracy.all
        if name == "direction":
            yield f"{name} (stated)", accuracy.stated


def _together(run: RunFigures, fields: tuple[str, ...]) -> Share:
    return sum((run.absent[field] for field in fields if field in run.absent), Share(0, 0))


def _difference(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0 if one is other else math.inf
    return abs(one - other)


if __name__ == "__main__":
    main()
