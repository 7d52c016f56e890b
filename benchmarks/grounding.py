"""
Is what the text says found, and only that? Labelled abstracts against the rooms that tie values to the text.

Every labelled string is looked for in its own paper as it stands, with noise put into it, and with noise
put into the text; strings of other papers are looked for where they do not stand; labelled numbers are looked
for among the numbers of their quotes, and so are those of other claims. Then: which abstracts are taken for
ones that speak to the model, and how long a record takes, beside looking for the same strings by `str.find`.

    python benchmarks/grounding.py --data DIR [--seed 0] [--errors 0]

DIR holds `train/abstracts.jsonl` and `train/labels.jsonl`.
"""

import argparse
import json
import math
import random
import re
import statistics
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks.noise import KINDS
from extractor.catalog import load_schema
from extractor.finding import Evidence, Finder
from extractor.grounding import ground
from extractor.papers import Text
from extractor.quantities import numbers_in
from extractor.suspecting import suspect_passages

LISTS = {"tasks": "task", "datasets": "dataset", "metrics": "metric"}
CLAIM_NAMES = ("task", "dataset", "metric", "method", "baseline")
NUMBERS = ("value", "value_high", "baseline_value")
FOREIGN_A_PAPER = 4
ROUNDS = 5
IDS = Path(__file__).with_name("validation_ids.txt")

Row = dict[str, Any]


class Value(NamedTuple):
    """A labelled string: what it is, and the quote that it belongs to."""

    kind: str
    text: str
    quote: str | None = None


class Labelled(NamedTuple):
    """A paper with its labels."""

    paper_id: str
    text: Text
    labels: Row
    values: tuple[Value, ...]


class Tally:
    """Counts of one table: how many of how many, and some that are none of them."""

    def __init__(self) -> None:
        self.of: defaultdict[str, int] = defaultdict(int)
        self.found: defaultdict[str, int] = defaultdict(int)
        self.placed: defaultdict[str, int] = defaultdict(int)
        self.told: list[str] = []

    def note(self, name: str, told: str, *, found: bool, placed: bool, wanted: bool = True) -> None:
        """Count one; `told` is kept where it is not as `wanted`."""
        self.of[name] += 1
        self.found[name] += found
        self.placed[name] += placed
        if placed != wanted:
            self.told.append(f"  {name}: {told}")

    def share(self, name: str) -> float:
        """Return the share found."""
        return self.found[name] / self.of[name]


def main() -> None:
    """Print the tables."""
    options = _options()
    papers = list(_papers(options.data / "train"))
    chance = random.Random(options.seed)  # noqa: S311 - it makes noise, no secret.
    print(
        f"{len(papers)} abstracts, {sum(len(paper.values) for paper in papers)} strings, seed {options.seed}"
    )
    tallies = [_standing(papers), *_noisy(papers, chance), _foreign(papers, chance), _numbers(papers, chance)]
    _suspects(papers, options.errors)
    _speed(papers)
    for tally in tallies if options.errors else ():
        print("\n".join(tally.told[: options.errors]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="list the first N errors of each table"
    )
    return parser.parse_args()


def _papers(folder: Path) -> Iterator[Labelled]:
    labels = {row["id"]: row for row in map(json.loads, _lines(folder / "labels.jsonl"))}
    for row in map(json.loads, _lines(folder / "abstracts.jsonl")):
        label = labels[row["id"]]
        text = Text(title=row["title"], abstract=row["abstract"])
        yield Labelled(row["id"], text, label, tuple(_values(label)))


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def _values(label: Row) -> Iterator[Value]:
    for name, kind in LISTS.items():
        yield from (Value(kind, item) for item in label[name])
    if label["method"]:
        yield Value("method", label["method"])
    if label["code_url"]:
        yield Value("code URL", label["code_url"])
    for claim in label["claims"]:
        yield Value("quote", claim["quote"])
        yield from (Value(name, claim[name], claim["quote"]) for name in CLAIM_NAMES if claim[name])


# ---------------------------------------------------------------- strings that stand there


def _standing(papers: list[Labelled]) -> Tally:
    tally = Tally()
    for paper in papers:
        finder = Finder(paper.text)
        for value in paper.values:
            near = finder.find(value.quote) if value.quote else None
            evidence = _look(finder, value, value.text, near)
            placed = _printed(paper.text, evidence) == value.text
            tally.note(value.kind, _told(paper, value.text, evidence), found=evidence.is_firm, placed=placed)
            if near is not None:
                nearest = _is_nearest(paper.text, value.text, evidence, near)
                tally.note(
                    "nearest to its quote", _told(paper, value.text, evidence), found=nearest, placed=nearest
                )
    _print_tally("strings as they stand", ("found", "reads the same"), [tally])
    return tally


def _look(finder: Finder, value: Value, text: str, near: Evidence | None) -> Evidence:
    return finder.find_url(text) if value.kind == "code URL" else finder.find(text, near)


def _printed(text: Text, evidence: Evidence) -> str:
    content: str = getattr(text, evidence.field) if evidence.field else ""
    return content[evidence.start : evidence.end]


def _told(paper: Labelled, text: str, evidence: Evidence) -> str:
    return f"{paper.paper_id} {text!r} at {_printed(paper.text, evidence)!r} ({evidence.match.value})"


def _is_nearest(text: Text, words: str, found: Evidence, near: Evidence) -> bool:
    """Tell whether no whole occurrence of the words is nearer to the quote than the one that was found."""
    if (
        near.field is None
        or near.start is None
        or near.end is None
        or found.start is None
        or found.end is None
    ):
        return False
    content: str = getattr(text, near.field or "abstract")
    whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    gaps = [_gap(match.start(), match.end(), near.start, near.end) for match in whole.finditer(content)]
    if not gaps:
        return True
    return found.field == near.field and _gap(found.start, found.end, near.start, near.end) <= min(gaps)


def _gap(start: int, end: int, near_start: int, near_end: int) -> int:
    return max(0, near_start - start, end - near_end)


# ---------------------------------------------------------------- strings with noise


def _noisy(papers: list[Labelled], chance: random.Random) -> tuple[Tally, Tally]:
    in_string, in_text = Tally(), Tally()
    for paper in papers:
        finder = Finder(paper.text)
        for text in dict.fromkeys(value.text for value in paper.values if value.kind != "code URL"):
            stands = finder.find(text)
            for name, noise in KINDS.items():
                noisy = noise(text, chance)
                if noisy != text:
                    _note_noisy_string(in_string, name, paper, noisy, finder, stands)
                    _note_noisy_text(in_text, name, paper, noisy, stands)
    _print_tally("noise in the string, noise in the text", ("found", "right place"), [in_string, in_text])
    return in_string, in_text


def _note_noisy_string(
    tally: Tally, name: str, paper: Labelled, noisy: str, finder: Finder, stands: Evidence
) -> None:
    evidence = finder.find(noisy)
    same = _bare(_printed(paper.text, evidence)) == _bare(_printed(paper.text, stands))
    placed = evidence.is_firm and (same or _bare(_printed(paper.text, evidence)) == _bare(noisy))
    tally.note(name, _told(paper, noisy, evidence), found=evidence.is_firm, placed=placed)


def _note_noisy_text(tally: Tally, name: str, paper: Labelled, noisy: str, stands: Evidence) -> None:
    """Put the noisy form where the string stood, and look for the string."""
    field = stands.field or "abstract"
    content: str = getattr(paper.text, field)
    start, end = stands.start or 0, stands.end or 0
    words = content[start:end]
    text = Text(**{**paper.text.model_dump(), field: content[:start] + noisy + content[end:]})
    evidence = Finder(text).find(words)
    there = (evidence.field, evidence.start) == (field, start) and (evidence.end or 0) <= start + len(noisy)
    placed = evidence.is_firm and (there or _bare(_printed(text, evidence)) in (_bare(words), _bare(noisy)))
    told = (
        f"{paper.paper_id} {words!r} for {noisy!r} at {_printed(text, evidence)!r} ({evidence.match.value})"
    )
    tally.note(name, told, found=evidence.is_firm, placed=placed)


def _bare(text: str) -> str:
    """Return letters and digits alone, without articles and LaTeX: a reading that is not the product's."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = re.sub(r"\\(?:text\w*|emph|math\w+|bf|em)\b", "", plain)
    plain = re.sub(r"\b(?:an?|the)\b", "", plain)
    return "".join(char for char in plain if char.isalnum()).rstrip("s")


# ---------------------------------------------------------------- strings of other papers


def _foreign(papers: list[Labelled], chance: random.Random) -> Tally:
    tally = Tally()
    by_kind: dict[str, list[str]] = defaultdict(list)
    for paper in papers:
        for value in paper.values:
            by_kind[value.kind].append(value.text)
    for paper in papers:
        finder, words = Finder(paper.text), _words(f"{paper.text.title} | {paper.text.abstract}")
        for kind, texts in by_kind.items():
            for text in chance.sample(texts, FOREIGN_A_PAPER):
                if not _stands(text, words):
                    evidence = finder.find_url(text) if kind == "code URL" else finder.find(text)
                    firm = evidence.is_firm
                    tally.note(kind, _told(paper, text, evidence), found=firm, placed=firm, wanted=False)
    _print_tally("strings of other papers", ("borne out",), [tally])
    return tally


def _words(text: str) -> str:
    """Return the runs of letters, of digits and of signs of a text, each between bars."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "|" + "|".join(re.findall(r"[^\W\d_]+|\d+|[+%@#]", plain)) + "|"


def _stands(text: str, words: str) -> bool:
    """Tell whether a string stands there as whole words, wherever they are divided, or in the plural."""
    singular = re.sub(r"(?:ies|y|e?s)\|\Z", "|", _words(text))
    letters = [re.escape(char) for char in singular if char != "|"]
    return re.search(r"\|" + r"\|?".join(letters) + r"(?:ies|y|e?s?)\|", words) is not None


# ---------------------------------------------------------------- numbers


def _numbers(papers: list[Labelled], chance: random.Random) -> Tally:
    tally = Tally()
    claims = [claim for paper in papers for claim in paper.labels["claims"]]
    labelled = [claim[name] for claim in claims for name in NUMBERS if claim[name] is not None]
    for claim in claims:
        quote, numbers = claim["quote"], numbers_in(claim["quote"])
        for name in NUMBERS:
            if claim[name] is not None:
                found = _is_among(claim[name], numbers)
                tally.note("labelled", f"{claim[name]:g} {quote!r}", found=found, placed=found)
        printed = {float(digits.replace(",", "")) for digits in _DIGITS.findall(quote)}
        for value in chance.sample(labelled, FOREIGN_A_PAPER):
            if not _is_among(value, printed):
                found = _is_among(value, numbers)
                tally.note("of other claims", f"{value:g} {quote!r}", found=found, placed=found, wanted=False)
        for value in _digits_of_names(quote):
            found = _is_among(value, numbers)
            tally.note("digits of names", f"{value:g} {quote!r}", found=found, placed=found, wanted=False)
    _print_tally("numbers, among those of the quote", ("borne out",), [tally])
    return tally


_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NAME_DIGITS = re.compile(r"\b[A-Za-z]+-?(\d+)\b(?![.,]\d|\s?\\?%)")


def _digits_of_names(quote: str) -> list[float]:
    """Return the digits that end a name, such as CIFAR-10, and stand nowhere else in the quote."""
    rest = _DIGITS.findall(_NAME_DIGITS.sub(" ", quote))
    return [float(digits) for digits in dict.fromkeys(_NAME_DIGITS.findall(quote)) if digits not in rest]


def _is_among(value: float, numbers: set[float] | frozenset[float]) -> bool:
    return any(math.isclose(value, number, rel_tol=1e-9) for number in numbers)


# ---------------------------------------------------------------- text addressed to a model, and time


def _suspects(papers: list[Labelled], errors: int) -> None:
    validation = set(IDS.read_text().split())
    flagged = {paper.paper_id: spans for paper in papers if (spans := suspect_passages(paper.text))}
    print("\nabstracts taken for ones that speak to a model")
    for name, ids in (("all", {paper.paper_id for paper in papers}), ("of validation_ids.txt", validation)):
        count = len(ids & flagged.keys())
        print(f"  {name:28}{count:7} of {len(ids)}  {_share(count, len(ids))}")
    for paper in papers if errors else ():
        for span in flagged.get(paper.paper_id, ()):
            print(f"  {paper.paper_id} {getattr(paper.text, span.field)[span.start : span.end]!r}")


def _speed(papers: list[Labelled]) -> None:
    record_type = load_schema("papers").record_type
    names = set(record_type.model_fields)
    records = [record_type.model_validate({k: v for k, v in p.labels.items() if k in names}) for p in papers]
    pairs = zip(records, papers, strict=True)
    ours = [_least_ms(partial(ground, record, paper.text)) for record, paper in pairs]
    theirs = [_least_ms(partial(_find_plainly, paper)) for paper in papers]
    print("\nms an abstract, least of 5   median    mean   99 of 100")
    for name, times in (("grounding a record", ours), ("str.find of its strings", theirs)):
        highest = statistics.quantiles(times, n=100)[98]
        print(f"  {name:26}{statistics.median(times):7.3f}{statistics.mean(times):8.3f}{highest:12.3f}")
    print(f"  ratio                     {statistics.median(ours) / statistics.median(theirs):7.1f}")


def _least_ms(task: Callable[[], object]) -> float:
    """Return the least time of several: what others do on the machine only adds to it."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        task()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def _find_plainly(paper: Labelled) -> list[int]:
    return [
        max(paper.text.abstract.find(value.text), paper.text.title.find(value.text)) for value in paper.values
    ]


# ---------------------------------------------------------------- printing


def _print_tally(title: str, columns: tuple[str, ...], tallies: list[Tally]) -> None:
    print(
        f"\n{title:38}"
        + "".join(f"{'of':>8}" + "".join(f"{column:>16}" for column in columns) for _ in tallies)
    )
    for name in dict.fromkeys(name for tally in tallies for name in tally.of):
        cells = ""
        for tally in tallies:
            counts = (tally.found[name], tally.placed[name])[: len(columns)]
            cells += f"{tally.of[name]:8}" + "".join(
                f"{_share(count, tally.of[name]):>16}" for count in counts
            )
        print(f"  {name:36}{cells}")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"


if __name__ == "__main__":
    main()
