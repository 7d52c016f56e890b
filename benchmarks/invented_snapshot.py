"""
A count -> lines as Kaggle's snapshot of arXiv's metadata has them, of invented papers.

They have the real one's mean length, and as many formulas, commands of LaTeX, wrapped titles, versions and
authors, by its first 200 lines.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import format_datetime

_SENTENCES = (
    "We study how reeds bend in a steady wind, and what their bending tells of the soil that they stand in.",
    "The motion of a single stem is described by an equation that holds for all stems of the same length.",
    "A bound on the number of stems is derived from the area of the bed alone, and it is shown to be tight.",
    "In the limit of small angles the spectrum is the same as that of a chain of springs with random masses.",
    "Measurements of three beds over two years agree with this picture to within the errors of the counts.",
    "This explains an earlier observation, for which no mechanism was known, and predicts a new one.",
    "The method needs neither a model of the wind nor any knowledge of the water level and its changes.",
    "Our results are compared with those of numerical simulations on lattices of several sizes.",
    "Finally, we discuss the consequences for the design of shelters and for the counting of herons.",
)
_FORMULAS = (
    "For stems of length $\\ell > k$ the force grows as $f(\\ell) \\sim \\ell^{3/2}$, where $k < \\ell_c$.",
    "Let $G = (V, E)$ be the graph of all stems that touch; its chromatic number is at most $\\Delta + 1$.",
)
_COMMANDS = (
    "It rests on an idea of Poincar\\'e and G\\\"odel, which we recall; see Sec.~4 for the general case.",
    "The {\\em thin} and the {\\em thick} stems are treated apart, as was done by Erd\\H{o}s.",
)
_CATEGORIES = (
    "hep-ph", "math.CO cs.CG", "physics.gen-ph", "math.CA math.FA", "cond-mat.mes-hall", "gr-qc", "astro-ph",
    "cs.CL", "cs.CV cs.LG", "cs.LG stat.ML", "quant-ph", "hep-th math-ph",
)  # fmt: skip
_AUTHORS = (
    ("Reed", "A. B.", ""),
    ("Sedge", "Carla", ""),
    ("Ros\u00e9n", "\u00c9mile", ""),
    ("Fen", "D.", "Jr"),
)
_PRINTED = ("A. B. Reed", "Carla Sedge", "\\'Emile Ros\\'en", "D. Fen Jr")
_SHAPES, _A_YEAR, _WIDTH = 997, 130_000, 79
_WITH_FORMULAS, _WITH_COMMANDS, _WRAPPED = 0.27, 0.15, 0.34
"""Shares of the abstracts, and of the titles."""


def lines(count: int) -> Iterator[str]:
    """Yield invented papers: all differ in id, title, abstract and date, the rest is of one of 997 shapes."""
    shapes = [_shape(random.Random(number)) for number in range(_SHAPES)]  # noqa: S311 - the same each time.
    for number in range(count):
        year, place = divmod(number, _A_YEAR)
        month, place = divmod(place, _A_YEAR // 12 + 1)
        name = f"{7 + year:02}{month + 1:02}.{place:05}"
        day = date(2007 + year, month + 1, 1 + place % 28)
        printed = format_datetime(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), usegmt=True)
        text = shapes[number % _SHAPES].replace("@id", name).replace("@number", str(number))
        yield text.replace("@created", printed).replace("@day", day.isoformat())


def _shape(chance: random.Random) -> str:
    sentences = [*chance.sample(_SENTENCES, 7), "Bed @number is our example."]
    sentences += chance.sample(_FORMULAS, 1) if chance.random() < _WITH_FORMULAS else []
    sentences += chance.sample(_COMMANDS, 1) if chance.random() < _WITH_COMMANDS else []
    chance.shuffle(sentences)
    authors = chance.sample(range(len(_AUTHORS)), chance.choice((1, 2, 3, 4)))
    title = "Reeds in a Steady Wind, and What Their Bending Tells of Bed @number"
    versions = chance.choice((1, 1, 2))
    return (
        json.dumps(
            {
                "id": "@id",
                "submitter": "Ada Reed",
                "authors": ", ".join(_PRINTED[one] for one in authors),
                "title": title.replace(" Tells", "\n  Tells") if chance.random() < _WRAPPED else title,
                "comments": chance.choice(("12 pages, 3 figures", "published version", None)),
                "journal-ref": chance.choice(("J.Reeds B12:013009,2007", None)),
                "doi": chance.choice(("10.1000/reeds.@number", None)),
                "report-no": None,
                "categories": chance.choice(_CATEGORIES),
                "license": chance.choice(("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", None)),
                "abstract": _wrapped(" ".join(sentences)),
                "versions": [{"version": f"v{one + 1}", "created": "@created"} for one in range(versions)],
                "update_date": "@day",
                "authors_parsed": [_AUTHORS[one] for one in authors],
            }
        )
        + "\n"
    )


def _wrapped(text: str) -> str:
    lines, line = [], " "
    for word in text.split():
        if len(line) + len(word) > _WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}"
    return "\n".join([*lines, line, ""])
