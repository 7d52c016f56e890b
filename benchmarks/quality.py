"""
How good are the values? Precision, recall and F1 on labelled abstracts, model beside model.

Runs each model over the validation split (the papers of `validation_ids.txt`) and scores what it found
by the scorer that lies beside the data; prints one table, the first model being the baseline.

    python benchmarks/quality.py --data DIR [--model rules] [--model embedded] [--limit N] [--keep FOLDER]

DIR holds `score.py` and `train/abstracts.jsonl`, `train/labels.jsonl`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import extractor

FIELDS = ("task", "method", "datasets", "metrics", "code_url", "claims_quantified")
ATTRIBUTES = ("metric", "dataset", "baseline", "unit", "kind", "direction (stated)")
IDS = Path(__file__).with_name("validation_ids.txt")

Row = dict[str, Any]


def main() -> None:
    """Print the table."""
    options = _options()
    ids = IDS.read_text().split()[: options.limit]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        gold = folder / "gold.jsonl"
        _write(gold, gold_of_labels(options.data / "train", ids))
        papers = list(_papers(options.data / "train", ids))
        scores = [_scored(options.data, gold, papers, model, folder) for model in options.model]
    _print_table(options.model, scores, len(ids))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", action="append")
    parser.add_argument("--limit", type=int, default=None, help="only the first N papers of the split")
    parser.add_argument("--keep", type=Path, help="keep the databases here, and ask nothing twice")
    options = parser.parse_args()
    options.model = options.model or ["rules"]
    return options


def _lines(path: Path, ids: list[str]) -> Iterator[Row]:
    wanted = set(ids)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["id"] in wanted:
            yield row


def _papers(folder: Path, ids: list[str]) -> Iterator[extractor.Paper]:
    for row in _lines(folder / "abstracts.jsonl", ids):
        text = extractor.Text(title=row["title"], abstract=row["abstract"])
        yield extractor.Paper(paper_id=row["id"], text=text)


def gold_of_labels(folder: Path, ids: list[str]) -> Iterator[Row]:
    """Yield labels in the scorer's form: each string accepts itself, claims without a number are optional."""
    for row in _lines(folder / "labels.jsonl", ids):
        lists = {
            name: [_accepting(name_) for name_ in row[name]] for name in ("tasks", "datasets", "metrics")
        }
        method = row["method"] and _accepting(row["method"])
        claims = [_gold_claim(claim) for claim in row["claims"]]
        yield {"id": row["id"], **lists, "method": method, "code_url": row["code_url"], "claims": claims}


def _accepting(text: str) -> Row:
    return {"accept": [text], "quote": text, "optional": False}


def _gold_claim(claim: Row) -> Row:
    names = {
        key: None if claim[key] is None else [claim[key]]
        for key in ("metric", "dataset", "task", "method", "baseline")
    }
    return {**claim, **names, "optional": claim["value"] is None}


def _scored(data: Path, gold: Path, papers: list[extractor.Paper], model: str, folder: Path) -> Row:
    db = folder / f"{model.replace('/', '-')}.duckdb"
    extractor.run(papers, model=model, db=db, retry_failed=True)
    predicted = folder / "predicted.jsonl"
    _write(predicted, extractor.Database(db, run=_last_run(db)).table("records").rows())
    texts = folder / "papers.jsonl"
    _write(texts, ({"id": p.paper_id, "title": p.text.title, "abstract": p.text.abstract} for p in papers))
    files = [str(file) for file in (data / "score.py", gold, predicted)]
    asked = [sys.executable, *files, "--papers", str(texts), "--json"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603 - the scorer beside the data.
    scored: Row = json.loads(done.stdout)
    return scored


def _last_run(db: Path) -> str:
    runs = extractor.Database(db).sql("select run_id from runs order by started_at desc limit 1")
    return str(runs.rows()[0]["run_id"])


def _write(path: Path, rows: Iterator[Row] | list[Row]) -> None:
    path.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows), "utf-8")


def _print_table(models: list[str], scores: list[Row], papers: int) -> None:
    print(f"{papers} papers of the validation split; F1, and the ratio to {models[0]}")
    print(f"{'':24}" + "".join(f"{model:>16}" for model in models))
    for field in FIELDS:
        _print_line(field, [score["fields"][field]["f1"] for score in scores])
    _print_line("macro", [score["macro"]["f1"] for score in scores])
    print("of matched numbered claims, share right")
    for name in ATTRIBUTES:
        _print_line(name, [score["claim_attributes"][name]["accuracy"] for score in scores])
    _print_line("values not in the text", [score["hallucination"]["all"]["rate"] for score in scores])


def _print_line(name: str, values: list[float | None]) -> None:
    first = values[0]
    cells = []
    for value in values:
        ratio = f" ({value / first:.2f})" if value is not None and first else ""
        cells.append(f"{'-' if value is None else f'{value:.3f}'}{ratio}")
    print(f"{name:24}" + "".join(f"{cell:>16}" for cell in cells))


if __name__ == "__main__":
    main()
