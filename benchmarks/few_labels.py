"""
What do a few labels of another schema give? Trains on them in several ways, and scores on unseen papers.

    python benchmarks/few_labels.py --data DIR [--labels 5] [--papers 20] [--way text_alone] [--way afresh]

DIR holds `train/abstracts.jsonl` and `train/labels.jsonl`; their labels are told in the words of
`other_names.py`. Learned are the first that are not in `validation_ids.txt`, scored the first that are.
The embedded model's own adapter has learned the same papers, in its own words. Printed is the F1 of each
field for the rules, for `extractor train` as it is called unasked, and for each way beside it, with the
ratio of the macro means to the first.
"""

import argparse
import itertools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractor.evaluation import figure_text
from extractor.training.card import Made
from extractor.training.conducting import Job, train
from extractor.training.plan import Recipe

IDS = Path(__file__).with_name("validation_ids.txt")
SCHEMA = Path(__file__).with_name("other_names.py")
RECORD = {
    "method": "approach",
    "tasks": "problems",
    "datasets": "corpora",
    "code_url": "page",
    "claims": "findings",
}
PART = {
    "quote": "quote",
    "value": "figure",
    "metric": "measure",
    "dataset": "corpus",
    "baseline": "against",
    "kind": "sort",
}
SORTS = {
    "absolute": "score",
    "relative_change": "change",
    "difference": "gap",
    "ratio": "factor",
    "qualitative": "words",
}
WAYS: dict[str, dict[str, Any]] = {
    "unasked": {},
    "text_alone": {"recipe": Recipe(with_rules=False)},
    "afresh": {"afresh": True},
}

Row = dict[str, Any]


def main() -> None:
    """Print the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        labels, held_out = _files(options, folder)
        made = {way: train(_job(way, labels, held_out, folder, options), print) for way in options.way}
    _print_table(made)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=5, help="learn so many")
    parser.add_argument("--papers", type=int, default=20, help="score so many")
    parser.add_argument("--way", action="append", choices=list(WAYS), help="beside `unasked`")
    parser.add_argument("--keep", type=Path, help="keep adapters and cards here, and go on where one stopped")
    options = parser.parse_args()
    options.way = list(dict.fromkeys(["unasked", *(options.way or ())]))
    return options


def _files(options: argparse.Namespace, folder: Path) -> tuple[Path, Path]:
    """Return a file of labels in the other words, and one of the ids that are not to be learned."""
    lines = (options.data / "train" / "labels.jsonl").read_text("utf-8").splitlines()
    rows, unseen = [json.loads(line) for line in lines], set(IDS.read_text().split())
    learned = itertools.islice((row for row in rows if row["id"] not in unseen), options.labels)
    scored = list(itertools.islice((row for row in rows if row["id"] in unseen), options.papers))
    labels, held_out = folder / "labels.jsonl", folder / "ids.txt"
    labels.write_text("".join(f"{json.dumps(_retold(row))}\n" for row in (*learned, *scored)), "utf-8")
    held_out.write_text("".join(f"{row['id']}\n" for row in scored), "utf-8")
    return labels, held_out


def _retold(row: Row) -> Row:
    """Return a labelled paper in the words of the other schema."""
    findings = [
        {**dict(_renamed(claim, PART)), "sort": SORTS.get(claim["kind"] or "")} for claim in row["claims"]
    ]
    return {"id": row["id"], **dict(_renamed(row, RECORD)), "findings": findings}


def _renamed(values: Row, names: dict[str, str]) -> Iterator[tuple[str, Any]]:
    return ((names[name], value) for name, value in values.items() if name in names)


def _job(way: str, labels: Path, held_out: Path, folder: Path, options: argparse.Namespace) -> Job:
    texts = options.data / "train" / "abstracts.jsonl"
    out = folder / f"{way}.adapter.gguf"
    return Job((labels,), out, str(SCHEMA), texts=(texts,), held_out=held_out, **WAYS[way])


def _print_table(made: dict[str, Made]) -> None:
    scored = {way: one.scored for way, one in made.items() if one.scored}
    first = next(iter(scored.values()))
    rules = first.evaluation.runs[0]
    runs = {"rules": rules, **{way: one.evaluation.runs[1] for way, one in scored.items()}}
    print(f"F1 on {first.papers} papers that were not learned")
    print(f"{'field':24}" + "".join(f"{name:>12}" for name in runs))
    for field in rules.scores:
        print(f"{field:24}" + "".join(f"{figure_text(run.scores[field].f1):>12}" for run in runs.values()))
    macros = [run.macro.f1 or 0.0 for run in runs.values()]
    print(f"{'macro mean':24}" + "".join(f"{figure_text(macro):>12}" for macro in macros))
    print(f"{'ratio to the first':24}" + "".join(f"{macro / (macros[0] or 1):12.2f}" for macro in macros))


if __name__ == "__main__":
    main()
