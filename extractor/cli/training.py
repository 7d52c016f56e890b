"""The command that trains an adapter for labels of one's own."""

import enum
from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.app import app
from extractor.cli.options import names_in
from extractor.cli.printing import print_rows, tell
from extractor.evaluation import figure_text
from extractor.rendering import Held
from extractor.training.base import LINEARS
from extractor.training.card import Made
from extractor.training.conducting import Job
from extractor.training.conducting import train as train_adapter
from extractor.training.plan import Recipe


class DeviceName(enum.StrEnum):
    """Where to compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class PrecisionName(enum.StrEnum):
    """In which numbers."""

    AUTO = "auto"
    BF16 = "bf16"
    F32 = "f32"


DEFAULT = Recipe()


@app.command()
def train(
    labels: Annotated[
        list[Path], typer.Argument(help="Files of labelled papers, in the form of a gold file")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The adapter to write; its name ends with .adapter.gguf")
    ],
    schema: Annotated[
        str | None, typer.Option("--schema", help="papers, file.py, module:Class [default: papers]")
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option(
            help="JSON lines of id, title, abstract, where the labels have none; may be given again"
        ),
    ] = None,
    held_out: Annotated[
        Path | None, typer.Option(help="Ids, one a line: never learned, scored at the end")
    ] = None,
    score: Annotated[int | None, typer.Option(min=0, help="Score so many of them [default: all]")] = None,
    base: Annotated[
        Path | None, typer.Option(help="A GGUF model of architecture llama [default: the embedded model]")
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            help="An adapter to go on from, of the same rank and layers [default: the embedded model's own]"
        ),
    ] = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="Go on from none")] = False,
    epochs: Annotated[
        float | None,
        typer.Option(help="How often each paper is learned [default: 3, and at least 60 steps in all]"),
    ] = DEFAULT.epochs,
    rate: Annotated[
        float | None,
        typer.Option(help="The highest learning rate [default: 0.0005; 0.0015 for one that is begun afresh]"),
    ] = None,
    rank: Annotated[int, typer.Option(help="How much the adapter holds")] = DEFAULT.rank,
    alpha: Annotated[float, typer.Option(help="Over rank: how strongly it counts")] = DEFAULT.alpha,
    blocks: Annotated[int | None, typer.Option(min=1, help="Train the last so many [default: all]")] = None,
    linears: Annotated[str, typer.Option(help="Which layers of a block, with commas")] = ",".join(LINEARS),
    batch: Annotated[int, typer.Option(help="Papers a step")] = DEFAULT.batch,
    at_once: Annotated[
        int | None, typer.Option(min=1, help="Of these computed together [default: 1, on a GPU all]")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Papers side by side on a processor [default: one a core]")
    ] = None,
    decay: Annotated[float, typer.Option(help="Weight decay")] = DEFAULT.decay,
    seed: Annotated[int, typer.Option(help="Of order and first state")] = DEFAULT.seed,
    with_rules: Annotated[
        bool, typer.Option("--with-rules/--text-alone", help="Tell the model what the rules find")
    ] = DEFAULT.with_rules,
    leads: Annotated[
        str,
        typer.Option(
            help="Fields, with commas, in which it stands against the rules [default: all but a known link]"
        ),
    ] = "",
    device: Annotated[DeviceName, typer.Option(help="Where to compute")] = DeviceName.AUTO,
    precision: Annotated[PrecisionName, typer.Option(help="In which numbers")] = PrecisionName.AUTO,
) -> None:
    """
    Train the embedded model for your schema from labelled papers; needs the extra `train`.

    Writes an adapter of a few MB, tries it on papers that were not learned, and puts a card beside it.
    Stopped or killed, the same command goes on where it was.

    \b
    Examples:
      extractor gold template --papers 200 -o labels.jsonl      (then correct them)
      extractor train labels.jsonl -o mine.adapter.gguf
      extractor train labels.jsonl --schema trials.py --held-out ids.txt -o trials.adapter.gguf
      extractor run abstracts.txt --schema trials.py --model local:trials.adapter.gguf
    """
    recipe = Recipe(
        rank=rank,
        alpha=alpha,
        blocks=blocks,
        linears=names_in(linears),
        epochs=epochs,
        rate=rate,
        batch=batch,
        decay=decay,
        seed=seed,
        with_rules=with_rules,
        at_once=at_once,
        threads=threads,
        device=device.value,
        precision=precision.value,
    )
    job = Job(
        tuple(labels),
        out,
        schema,
        tuple(texts or ()),
        held_out,
        base,
        start,
        afresh,
        names_in(leads),
        score,
        recipe,
    )
    made = train_adapter(job, tell)
    _print_scores(made)
    tell(f"{out} is ready: extractor run PAGE --model local:{out}")


def _print_scores(made: Made) -> None:
    if made.scored is None:
        return
    runs = made.scored.evaluation.runs
    fields = (*((name, *(figure_text(run.scores[name].f1) for run in runs)) for name in runs[0].scores),)
    macro = ("macro mean", *(figure_text(run.macro.f1) for run in runs))
    title = f"F1 on {made.scored.papers} papers, {made.scored_papers}"
    print_rows(Held(("field", *(run.run for run in runs)), (*fields, macro)), title=title)
