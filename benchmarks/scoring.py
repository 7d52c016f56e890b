"""
Do our figures agree with those of the scorer that lies beside the data, on any prediction?

Takes gold.jsonl and the labelled abstracts of train/. Scores by both what the rules find in these papers
(ours by `extractor.evaluate`, from a database), the gold itself, and predictions made from it by random
changes. Prints of each figure the largest difference that was found; fails where one is as large as 0.0005.
Counts must be the same.

    python benchmarks/scoring.py --data DIR [--random 6] [--seed 0]
    python benchmarks/scoring.py --data DIR --gold FILE --predicted FILE

DIR holds `score.py`, `gold.jsonl`, `daily_papers.txt` and `train/abstracts.jsonl`, `train/labels.jsonl`. A
gold file and predictions of one's own, as JSON lines, are scored without looking into texts.
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
import extractor
from benchmarks.mutations import Mutator
from benchmarks.quality import gold_of_labels
from extractor.catalog import load_schema
from extractor.evaluation import Accuracy, RunFigures, Share, evaluate, read_gold
from extractor.papers import Paper, Text, title_alias
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
    """Papers with labels: rows in the scorer's form, their texts, and where the rules read them from."""

    name: str
    rows: list[Row]
    texts: dict[str, Text]
    source: Path | list[Paper]


class Trial(NamedTuple):
    """Predictions, and the gold that they are scored by; those of a database have its path."""

    name: str
    gold: list[Row]
    predicted: list[Row]
    texts: dict[str, Text]
    db: Path | None = None


def main() -> None:
    """Print the table."""
    options = _options()
    largest: dict[str, float] = {}
    papers = trials = 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for trial in _trials(options, Path(folder)):
            trials, papers = trials + 1, papers + len(trial.gold)
            for name, difference in _differences(trial, options.data / "score.py"):
                largest[name] = max(largest.get(name, 0.0), difference)
    print(f"{trials} sets of predictions, {papers} papers, {time.monotonic() - started:.0f} s")
    _print_table(largest)
    sys.exit(max(largest.values()) >= AGREEING)


def _trials(options: argparse.Namespace, folder: Path) -> Iterator[Trial]:
    if options.gold:
        yield Trial(str(options.predicted), _rows(options.gold), _rows(options.predicted), {})
        return
    for case in (_gold_case(options.data), _train_case(options.data)):
        yield _by_rules(case, folder / f"{case.name}.duckdb")
        yield Trial(f"{case.name}, itself", case.rows, Mutator(0, case.rows).predictions(0), case.texts)
        for number in range(options.seed, options.seed + options.random):
            mutator = Mutator(number, case.rows)
            gold = mutator.gold() if number % 2 else case.rows
            predicted = mutator.predictions(SHARES[number % len(SHARES)])
            yield Trial(f"{case.name}, seed {number}", gold, predicted, case.texts)


def _by_rules(case: Case, db: Path) -> Trial:
    extractor.run(case.source, model="rules", db=db)
    rows = extractor.Database(db).table("records").rows()
    return Trial(f"{case.name}, by rules", case.rows, rows, case.texts, db)


def _print_table(largest: Mapping[str, float]) -> None:
    rows: dict[str, list[str]] = {}
    for name, difference in sorted(largest.items()):
        row, _, figure = name.partition(": ")
        rows.setdefault(row, []).append(f"{figure} {difference:.6f}")
    for row, cells in rows.items():
        print(f"{row:28}{'  '.join(cells)}")
    print(f"{'largest of all':28}{max(largest.values()):.6f}")


def _differences(trial: Trial, scorer: Path) -> Iterator[tuple[str, float]]:
    """Yield by how much each figure differs on one set of predictions; says so where it is too much."""
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = _by_scorer(trial, scorer, Path(folder)), _by_us(trial, Path(folder))
    for name in theirs.keys() | ours.keys():
        difference = _difference(theirs.get(name), ours.get(name))
        if difference >= AGREEING:
            print(f"{trial.name}: {name} is {theirs.get(name)}, we say {ours.get(name)}")
        yield name, difference


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--random", type=int, default=6, help="so many sets of predictions of each")
    parser.add_argument("--seed", type=int, default=0, help="of the first set")
    parser.add_argument("--gold", type=Path, help="score by this file alone")
    parser.add_argument("--predicted", type=Path, help="what was found, beside --gold")
    options = parser.parse_args()
    if (options.gold is None) != (options.predicted is None):
        parser.error("--gold and --predicted belong together")
    return options


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _gold_case(data: Path) -> Case:
    rows = _rows(data / "gold.jsonl")
    by_title = {title_alias(row["title"]): row["id"] for row in rows}
    page = data / "daily_papers.txt"
    texts = {by_title[title_alias(paper.text.title)]: paper.text for paper in read_file(page)}
    return Case("gold", rows, texts, page)


def _train_case(data: Path) -> Case:
    rows = _rows(data / "train" / "abstracts.jsonl")
    texts = {row["id"]: Text(title=row["title"], abstract=row["abstract"]) for row in rows}
    labelled = gold_of_labels(data / "train", list(texts))
    papers = [Paper(paper_id=key, text=text) for key, text in texts.items()]
    return Case("train", [{**row, "title": texts[row["id"]].title} for row in labelled], texts, papers)


def _by_scorer(trial: Trial, scorer: Path, folder: Path) -> Figures:
    texts = [{"id": key, "title": t.title, "abstract": t.abstract} for key, t in trial.texts.items()]
    files = {"gold": trial.gold, "predicted": trial.predicted, "texts": texts}
    for name, rows in files.items():
        (folder / name).write_text("".join(_line(row) for row in rows), "utf-8")
    asked = [sys.executable, str(scorer.resolve()), "gold", "predicted", "--json"]
    asked += ["--papers", "texts"] if texts else []
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 - it.
    scored: Row = json.loads(done.stdout)
    return _figures_of_scorer(scored)


def _by_us(trial: Trial, folder: Path) -> Figures:
    if trial.db is not None:
        run = extractor.evaluate(folder / "gold", trial.db, resamples=0).runs[0]
        return _figures(run, has_texts=True)
    record_type = load_schema("papers").record_type
    gold = read_gold((_line(row) for row in trial.gold), record_type)
    run = evaluate(gold, {"run": trial.predicted}, {"run": trial.texts}, resamples=0).runs[0]
    return _figures(run, has_texts=bool(trial.texts))


def _line(row: Row) -> str:
    return json.dumps(row, default=str) + "\n"


def _figures_of_scorer(scored: Row) -> Figures:
    made: Figures = {f"macro: {name}": scored["macro"][name] for name in ("p", "r", "f1")}
    for field in SCORES.values():
        made |= {f"{field}: {name}": scored["fields"][field][name] for name in ("p", "r", "f1", *COUNTS)}
    for name, found in scored["claim_attributes"].items():
        made |= {f"claims' {name}: share": found["accuracy"], f"claims' {name}: of": found["n"]}
    for name, found in scored.get("hallucination", {}).items():
        made |= {f"{name} in the text: share": found["rate"], f"{name} in the text: of": found["n"]}
    return made


def _figures(run: RunFigures, *, has_texts: bool) -> Figures:
    macro = run.macro
    made: Figures = {"macro: p": macro.precision, "macro: r": macro.recall, "macro: f1": macro.f1}
    for ours, field in SCORES.items():
        score = run.scores[ours]
        made |= {f"{field}: p": score.precision, f"{field}: r": score.recall, f"{field}: f1": score.f1}
        made |= {f"{field}: {name}": getattr(score, name) for name in COUNTS}
    for name, share in _accuracies(run):
        made |= {f"claims' {name}: share": share.share, f"claims' {name}: of": share.of}
    if not has_texts:
        return made
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
