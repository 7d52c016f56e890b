"""
What helps an adapter? Trains one for each trial on the same papers, and sets them beside each other.

    python benchmarks/training.py --data DIR --papers 240 --trial "" --trial rank=8 --trial rate=0.0005

DIR holds `train/abstracts.jsonl` and `train/labels.jsonl`. A trial is what differs from the recipe that
`extractor train` follows unasked; the first is the baseline. Papers of `validation_ids.txt` are neither
learned nor watched. Printed are the loss of the papers that are watched and not learned (the lowest while
the others were learned, in nats a token of the answers), and the time that the steps took.
"""

import argparse
import itertools
import json
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from extractor.training.card import Made
from extractor.training.conducting import Job, train
from extractor.training.plan import Recipe

IDS = Path(__file__).with_name("validation_ids.txt")


@dataclass(frozen=True)
class Tried:
    """A trial and what came of it."""

    trial: str
    made: Made

    @property
    def loss(self) -> float:
        """The lowest loss of the watched papers."""
        return min(loss for _, loss in self.made.losses)


def main() -> None:
    """Print the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        labels = _labels(options.data / "train" / "labels.jsonl", options.papers, folder)
        texts = options.data / "train" / "abstracts.jsonl"
        tried = [
            Tried(trial, train(_job(trial, labels, texts, folder, options), print)) for trial in options.trial
        ]
    _print_table(tried)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--papers", type=int, default=None, help="learn only so many")
    parser.add_argument("--trial", action="append", help="name=value,name=value")
    parser.add_argument("--start", type=Path, help="an adapter that all go on from")
    parser.add_argument("--keep", type=Path, help="keep adapters and cards here, and go on where one stopped")
    options = parser.parse_args()
    options.trial = options.trial or [""]
    return options


def _labels(path: Path, papers: int | None, folder: Path) -> Path:
    """Return a file with the labels of so many papers that may be learned."""
    held_out = set(IDS.read_text().split())
    lines = (
        line
        for line in path.read_text("utf-8").splitlines(keepends=True)
        if json.loads(line)["id"] not in held_out
    )
    chosen = folder / "labels.jsonl"
    chosen.write_text("".join(itertools.islice(lines, papers)), "utf-8")
    return chosen


def _job(trial: str, labels: Path, texts: Path, folder: Path, options: argparse.Namespace) -> Job:
    out = folder / f"{trial.replace(',', '_') or 'unchanged'}.adapter.gguf"
    return Job(
        (labels,),
        out,
        texts=(texts,),
        start=options.start,
        afresh=options.start is None,
        scored=0,
        recipe=recipe_of(trial),
    )


def recipe_of(trial: str) -> Recipe:
    """Return the usual recipe with what a trial changes."""
    kinds = {field.name: type(field.default) for field in fields(Recipe)}
    changes = dict(change.split("=", 1) for change in trial.split(",") if change)
    return Recipe(**{name: _value(kinds[name], said) for name, said in changes.items()})


def _value(kind: type, said: str) -> Any:  # noqa: ANN401 - of any field.
    if kind is tuple:
        return tuple(said.split("+"))
    return json.loads(said.lower()) if kind in (bool, type(None)) else kind(said)


def _print_table(tried: list[Tried]) -> None:
    first = tried[0]
    print(f"{first.made.examples['learned']} papers learned, {first.made.examples['watched']} watched")
    print(f"{'trial':40}{'steps':>7}{'loss':>9}{'ratio':>7}{'s a step':>10}{'ratio':>7}{'MB':>7}")
    for one in tried:
        pace, first_pace = (each.made.seconds / each.made.steps for each in (one, first))
        print(
            f"{one.trial or 'unchanged':40}{one.made.steps:7}{one.loss:9.4f}{one.loss / first.loss:7.3f}"
            f"{pace:10.2f}{pace / first_pace:7.2f}{one.made.megabytes:7.1f}"
        )


if __name__ == "__main__":
    main()
