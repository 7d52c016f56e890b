"""
Gold rows -> predictions made from them, right and wrong in every way that comes to mind.

A prediction starts as one accepted form of each item. Then items are left out, said twice, renamed, taken
from another field or paper; numbers and quotes are changed; letters become odd Unicode; values come in the
wrong type, fields are null or missing, papers come twice, under another id, or not at all.
"""

import copy
import math
import random
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

NAMES = ("tasks", "datasets", "metrics")
CLAIM_NAMES = ("metric", "dataset", "baseline", "method", "task")
UNITS = (
    "%",
    "percent",
    "points",
    "pp",
    "x",
    "Fold",
    "\u00d7",
    "accuracy",
    "ms",
    "ms/step",
    "score",
    "",
    None,
    3,
)
MEASURES = (
    "speed",
    "Training time",
    "throughput",
    "latency",
    "cost saving",
    "reductions",
    "accelerated runs",
)
KINDS = ("absolute", "relative_change", "difference", "ratio", "qualitative", "", None)
DIRECTIONS = ("increase", "decrease", "", None)
NUMBERS = (
    0,
    1,
    -1,
    0.5,
    1e-7,
    1e9,
    math.nan,
    "",
    "8x",
    "93.2%",
    "1,000",
    "1e3",
    "many",
    True,
    [5],
    {"of": 5},
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    [],
    {},
    "",
    " ",
    0,
    False,
    7.5,
    "word",
    ["", None, 3, "CIFAR-10"],
    [["nested"]],
    {"a": 1},
)
URLS = (
    *("https://Example.org/A/b.", "HTTP://EXAMPLE.org/a", "<https://example.org/a/>", "example.org", "..."),
    *("git+https://Example.org", "https://github.com/LAION-AI/AIW", "\u017fsh://Host/Path"),
)
ODD_LETTERS = {
    "a": "\uff41",
    "e": "e\u0301",
    "f": "\ufb01",
    "i": "\u0130",
    "k": "\u212a",
    "s": "\u017f",
    "x": "\u00d7",
    "1": "\u00b9",
    "2": "\uff12",
    "-": "\u2011",
    " ": "\u00a0",
    "'": "\u2019",
    "%": "\\%",
}
JUNK = (
    *("\u200b", "\u00ad", "\u2014", "_+", "_-", "-", "^", "$", "\\", "\u4e2d", "\U0001f600", "\u00df", "."),
    *("the ", " a ", "s", "ies", "s'", "+", "\n", "\t", "(", "12,500", "1/3", "half", "\u06f3", "_"),
)


class Mutator:
    """Makes predictions, and other gold, from gold rows; the same of the same seed."""

    def __init__(self, seed: int, rows: list[Row]) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - it must be the same each time.
        self._rows = rows
        self._names = [
            form for row in rows for name in NAMES for item in row[name] for form in item["accept"]
        ]
        self._names += [form for row in rows if row["method"] for form in row["method"]["accept"]]
        self._quotes = [claim["quote"] for row in rows for claim in row["claims"]]

    def gold(self) -> list[Row]:
        """Return the gold rows, some items left out, or optional where they were required, or the reverse."""
        return [self._other_gold(copy.deepcopy(row)) for row in self._rows]

    def predictions(self, share: float) -> list[Row]:
        """Return a run's rows; `share` is about how many of the values are changed."""
        rows = [self._prediction(row, share) for row in self._rows]
        for row in list(rows):
            if self._happens(share / 8):
                rows.remove(row)
            elif self._happens(share / 8):
                rows.append({**self._prediction(self._any(self._rows), share), "id": row["id"]})
            elif self._happens(share / 4):
                row["id"] = f"elsewhere:{row['id']}"
        return rows

    def _happens(self, share: float) -> bool:
        return self._draw.random() < share

    def _any(self, things: Any) -> Any:  # noqa: ANN401 - of any sequence.
        return self._draw.choice(things)

    # ------------------------------------------------------------ the gold

    def _other_gold(self, row: Row) -> Row:
        for field in (*NAMES, "claims"):
            row[field] = [item for item in row[field] if not self._happens(0.05)]
            for item in row[field]:
                item["optional"] ^= self._happens(0.15)
        if row["method"]:
            row["method"]["optional"] ^= self._happens(0.15)
            row["method"] = None if self._happens(0.05) else row["method"]
        for claim in row["claims"]:
            claim["unit"] = self._any([*UNITS[:9], None]) if self._happens(0.1) else claim["unit"]
            claim["kind"] = self._any(KINDS[:4]) if self._happens(0.1) else claim["kind"]
            claim["direction"] = self._any(["increase", "decrease", None, claim["direction"]])
            claim["metric"] = [self._any(MEASURES)] if self._happens(0.1) else claim["metric"]
            claim["value"] = self._any((3, 20, 0.25, 7e9)) if self._happens(0.1) else claim["value"]
        row["claims"] += [self._twin(claim) for claim in row["claims"] if self._happens(0.2)]
        return row

    def _twin(self, claim: Row) -> Row:
        """Return a claim of the same number in the same quote, which names alone tell from the other."""
        names = {name: self._any((claim[name], None, [self._any(self._names)])) for name in CLAIM_NAMES}
        return {**claim, **names, "unit": self._any(("GPU days", "days", claim["unit"]))}

    # ------------------------------------------------------------ predictions

    def _prediction(self, row: Row, share: float) -> Row:
        made: Row = {"id": row["id"], "title": row.get("title")}
        for field in NAMES:
            made[field] = self._list([self._any(item["accept"]) for item in row[field]], self._name, share)
        made["method"] = row["method"] and self._any(row["method"]["accept"])
        made["code_url"] = row["code_url"]
        if self._happens(share):
            made["method"] = self._name(self._any(self._names))
        if self._happens(share):
            made["code_url"] = self._any([*URLS, f"{row['code_url']}/", None])
        made["claims"] = self._list([self._claim(claim) for claim in row["claims"]], self._other_claim, share)
        return self._misshapen(made, share)

    def _list(self, items: list[Any], change: Callable[[Any], Any], share: float) -> list[Any]:
        made: list[Any] = []
        for item in items:
            if self._happens(share / 3):
                continue
            made.append(change(item) if self._happens(share) else item)
            if self._happens(share / 3):
                made.append(item)
        if self._happens(share):
            self._draw.shuffle(made)
        return made

    def _misshapen(self, row: Row, share: float) -> Row:
        if self._happens(share / 3):
            row["task"] = self._any([row["tasks"], self._any(self._names), None])
        for field in (*NAMES, "method", "code_url", "claims"):
            if self._happens(share / 10):
                del row[field]
            elif self._happens(share / 10):
                row[field] = self._any(ODD_VALUES if field != "claims" else (None, [], [None, "x", {}]))
            elif self._happens(share / 10) and field in NAMES and row[field]:
                row[field] = row[field][0]
        return row

    def _name(self, name: str) -> str:
        """Return another name: of something else, in other words, or in other letters."""
        words = name.split()
        ways = (
            lambda: self._any(self._names),
            lambda: f"{name} {self._any(self._names)}",
            lambda: " ".join(words[: self._draw.randint(0, len(words))]),
            lambda: " ".join(self._draw.sample(words, len(words))),
            lambda: self._any((str.upper, str.lower, str.title, str.swapcase))(name),
            lambda: name.removesuffix("s") if name.endswith("s") else f"{name}s",
            lambda: name.replace(" ", "-"),
            lambda: name.replace("-", self._any(("", " ", "\u2013"))),
            lambda: self._odd(name),
        )
        return str(self._any(ways)())

    def _odd(self, text: str) -> str:
        for _ in range(self._draw.randint(1, 3)):
            old = self._any(tuple(ODD_LETTERS))
            text = text.replace(old, ODD_LETTERS[old], self._draw.randint(0, 2))
            at = self._draw.randint(0, len(text))
            text = text[:at] + self._any(JUNK) + text[at:]
        return text

    def _claim(self, claim: Row) -> Row:
        names = {name: claim[name] and self._any(claim[name]) for name in CLAIM_NAMES}
        return {key: value for key, value in claim.items() if key != "optional"} | names

    def _other_claim(self, claim: Row) -> Row | str:
        made = dict(claim)
        ways: dict[str, Callable[[], Any]] = {
            **{
                name: lambda: self._any((None, [], self._name(self._any(self._names))))
                for name in CLAIM_NAMES
            },
            "metric": lambda: self._any((*MEASURES, self._any(self._names), ["speed", "FID"], 3)),
            "quote": lambda: self._quote(claim["quote"]),
            "value": lambda: self._number(claim["value"]),
            "value_high": lambda: self._number(claim["value_high"]),
            "unit": lambda: self._any(UNITS),
            "kind": lambda: self._any(KINDS),
            "direction": lambda: self._any(DIRECTIONS),
        }
        for field in self._draw.sample(sorted(ways), self._draw.randint(1, 3)):
            made[field] = ways[field]()
            if self._happens(0.1):
                del made[field]
        return made

    def _number(self, number: float | None) -> object:
        near = 1.0 if number is None else number
        return self._any((*NUMBERS, near, near + 1e-7, near + 2e-6, f"{near}x", str(near), near / 100, None))

    def _quote(self, quote: str) -> object:
        words = quote.split()
        start, end = sorted(self._draw.choices(range(len(words) + 1), k=2))
        return self._any(
            (
                *(
                    " ".join(words[start:end]),
                    " ".join(words[:end]),
                    self._odd(quote),
                    self._any(self._quotes),
                ),
                *(
                    quote.upper(),
                    f"{quote} {self._any(self._quotes)}",
                    " ".join(words * 4),
                    "",
                    None,
                    [quote],
                ),
            )
        )
