"""
A number -> an invented paper, and what is to be found in it.

Benchmarks write the papers to a file, their server makes the answers: both from the number alone. An
abstract is as long as a real one (1,500 characters), and an answer has three claims that stand in it.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

JSON = dict[str, Any]

CLAIMS = 3
"""How many claims each answer has."""

_TASKS = ("semantic segmentation", "machine translation", "speech recognition", "link prediction")
_DATASETS = ("Marshland-20K", "SedgeBench", "OpenFen", "BitternQA", "Reedmace-1M", "Saltmarsh", "WillowSet")
_BASELINES = ("Bulrush", "Cattail", "Sweetflag", "Watermint", "Marigold")

_FIELDS = "task dataset metric method baseline value value_high baseline_value unit kind direction"
_NO_CLAIM: JSON = dict.fromkeys(["quote", *_FIELDS.split()])

_ATTRIBUTES = ("dataset", "metric", "baseline", "value", "unit", "kind")

_ABSTRACT = (
    "Models for {task} have grown faster than the data by which they are judged, and much of what they learn "
    "is lost as soon as the setting changes. Larger models put this off, but do not solve it, and they are "
    "out of reach for those who have one machine. In this paper we present {name}, a method that keeps "
    "what earlier layers have seen in a small table and reads it again when it is needed. It is filled "
    "during training at no further cost, is never larger than the activations of a single layer, and can be "
    "dropped where memory is short. We explain why earlier attempts at such tables failed, derive a bound on "
    "what they forget, and show that the bound is reached in practice. Without any further data, {name} "
    "reaches {score}% accuracy on {dataset}, which is {gain} points above {baseline}, the strongest of the "
    "published methods that can be trained on the same machine. A closer look shows that most of this comes "
    "from rare cases, where earlier methods fall back to what is frequent. In addition, {name} runs {speed}x "
    "faster than {baseline}, since the layers that the table replaces need not be computed at all. We also "
    "study where the table does harm: in settings in which everything changes at once, it should be emptied, "
    "and we give a simple test that tells when. Finally, we discuss what this means for the way in which "
    "such methods are compared, and why a single figure says little about them. Code, trained models and the "
    "settings of all experiments are available at {url}."
)


class Invented(NamedTuple):
    """What differs from one invented paper to the next."""

    name: str
    task: str
    dataset: str
    baseline: str
    score: str
    gain: str
    speed: str
    url: str


def invented(number: int) -> Invented:
    """Return the particulars of a paper."""
    return Invented(
        name=f"Reed {number}",
        task=_TASKS[number % len(_TASKS)],
        dataset=_DATASETS[number % len(_DATASETS)],
        baseline=_BASELINES[number % len(_BASELINES)],
        score=f"{50 + number % 449 / 10:.1f}",
        gain=f"{0.1 + number % 89 / 10:.1f}",
        speed=f"{1.5 + number % 13:.1f}",
        url=f"https://example.org/reed-{number}",
    )


def paper(number: int) -> JSON:
    """Return a paper as an object of a JSON-lines file: id, title and abstract."""
    told = invented(number)
    return {
        "id": f"reed-{number}",
        "title": f"{told.name}: Tables That Remember, for {told.task.title()}",
        "abstract": _ABSTRACT.format(**told._asdict()),
    }


def record(number: int) -> JSON:
    """Return what a good reader finds in a paper, in the form of schema `papers`."""
    told = invented(number)
    scored = {"dataset": told.dataset, "metric": "accuracy"}
    beaten = {"baseline": told.baseline, "direction": "increase"}
    claims: list[JSON] = [
        {
            **scored,
            "quote": f"{told.name} reaches {told.score}% accuracy on {told.dataset}",
            "value": float(told.score),
            "unit": "%",
            "kind": "absolute",
        },
        {
            **scored,
            **beaten,
            "quote": f"accuracy on {told.dataset}, which is {told.gain} points above {told.baseline}",
            "value": float(told.gain),
            "unit": "points",
            "kind": "difference",
        },
        {
            **beaten,
            "quote": f"{told.name} runs {told.speed}x faster than {told.baseline}",
            "value": float(told.speed),
            "unit": "x",
            "kind": "ratio",
        },
    ]
    return {
        "tasks": [told.task],
        "method": told.name,
        "datasets": [told.dataset],
        "metrics": ["accuracy"],
        "code_url": told.url,
        "claims": [{**_NO_CLAIM, "method": told.name, **claim} for claim in claims],
    }


def extractions(number: int) -> JSON:
    """Return the same in the form in which langextract asks for it."""
    found = record(number)
    claims = [
        {"claim": claim["quote"], "claim_attributes": {k: str(claim[k]) for k in _ATTRIBUTES}}
        for claim in found["claims"]
    ]
    return {"extractions": [{"method": found["method"], "method_attributes": {}}, *claims]}


def write_papers(path: Path, count: int) -> Path:
    """Write the first `count` papers to a file of JSON lines; return its path."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(paper(number)) + "\n" for number in range(1, count + 1))
    return path
