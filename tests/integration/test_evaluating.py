"""Runs of a database by a gold file, and by each other; gold files that are started from a database."""

import json
from pathlib import Path

import pytest

import extractor
from extractor.assessing import gold_problems, template_lines, write_new
from extractor.errors import GoldError, QueryError, SettingsError, StoreError
from extractor.evaluation import Share
from extractor.papers import Text
from extractor.providers.fake import FakeProvider

QUOTE = "It reaches 91.2% accuracy on MarshBench"
CLAIM = {"quote": QUOTE, "value": 91.2, "metric": "accuracy", "dataset": "MarshBench", "unit": "%"}
TITLES = ("Alder", "Birch", "Cedar", "Dogwood")


def right(title, **more):
    """Return all that the text of a paper says."""
    return {
        "tasks": ["marsh mapping"],
        "method": title,
        "datasets": ["MarshBench"],
        "metrics": ["accuracy"],
        "claims": [{**CLAIM, "kind": "absolute"}],
        **more,
    }


GOLD = [{"id": title.lower(), "title": title, **right(title)} for title in TITLES]
FOUND = {
    "Alder": right("Alder"),
    "Birch": right("Osier", datasets=["MarshBench", "ReedBench"], metrics=[], claims=[]),
    "Cedar": {"tasks": ["mapping of a marsh"]},
}


def is_in_order(*numbers):
    return list(numbers) == sorted(numbers)


def write_gold(rows, name="gold.jsonl"):
    path = Path(name)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def gold():
    """Return a gold file of four papers."""
    return write_gold(GOLD)


@pytest.fixture
def marsh(paper, answering):
    """Return a function that has a model read papers by title; it returns the run's id."""

    def run(found, model="heron-large", more="", **options):
        papers = [paper(title, f"{title} is for marsh mapping. {QUOTE}.{more}") for title in found]
        provider = answering(found, model=model)
        return extractor.run(papers, provider=provider, model=model, **options).run_id

    return run


# ---------------------------------------------------------------- by a gold file


def test_figures_are_those_computed_by_hand(gold, marsh):
    # Given three papers of four, one right, one half right, one with a task alone,
    marsh(FOUND)
    # when they are evaluated,
    evaluation = extractor.evaluate(gold)
    # then each field has its figures,
    (run,) = evaluation.runs
    counts = {name: (s.tp, s.fp, s.fn) for name, s in run.scores.items() if s.f1 is not None}
    assert counts == {
        "task": (3, 0, 1),
        "tasks": (3, 0, 1),
        "method": (1, 1, 3),
        "datasets": (2, 1, 2),
        "metrics": (1, 0, 3),
        "claims_numbered": (1, 0, 3),
    }
    assert (run.scores["method"].precision, run.scores["method"].recall) == (0.5, 0.25)
    assert run.scores["method"].f1 == pytest.approx(1 / 3)
    # the mean is over the fields of which there is anything,
    assert run.macro.f1 == pytest.approx((6 / 7 + 1 / 3 + 4 / 7 + 2 / 5 + 2 / 5) / 5)
    assert is_in_order(run.macro.low, run.macro.f1, run.macro.high)
    # the paper that no run has counts as empty,
    assert (evaluation.papers, run.missing) == (4, ("dogwood",))
    # and what the text does not say is counted.
    assert run.absent["datasets"] == Share(1, 3)
    assert run.absent["method"] == Share(1, 2)
    assert (run.run, run.models) == ("current", ("heron-large",))


def test_papers_of_other_ids_are_joined_by_title(marsh):
    marsh({"Alder": right("Alder")})
    gold = write_gold([{**GOLD[0], "id": "g1", "title": "ALDER!"}])

    (run,) = extractor.evaluate(gold).runs

    assert (run.missing, run.macro.f1) == ((), 1.0)
    assert run.absent["datasets"] == Share(0, 1)


def test_runs_are_named_by_id_by_its_beginning_as_the_latest_or_by_model(gold, marsh):
    first = marsh(FOUND)
    second = marsh({title: right(title) for title in TITLES}, "heron-small")

    assert extractor.evaluate(gold, runs=[first]).runs[0].run == first
    assert extractor.evaluate(gold, runs=[second[:-2]]).runs[0].run == second
    assert extractor.evaluate(gold, runs=["latest"]).runs[0].run == second
    evaluation = extractor.evaluate(gold, models=["heron-small", "heron-large"])
    assert [(run.run, len(run.missing)) for run in evaluation.runs] == [
        ("heron-small", 0),
        ("heron-large", 1),
    ]


def test_each_further_run_has_its_paired_difference_from_the_first(gold, marsh):
    first = marsh(FOUND)
    second = marsh({title: right(title) for title in TITLES}, "heron-small")

    evaluation = extractor.evaluate(gold, runs=[first, second])

    (difference,) = evaluation.differences
    assert (difference.run, difference.baseline) == (second, first)
    method = difference.scores["method"]
    assert method.f1 == pytest.approx(1 - 1 / 3)
    assert is_in_order(0, method.low, method.f1, method.high, 1)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"runs": ["19990101"]}, "no run '19990101' in .*`extractor runs` lists them"),
        ({"models": ["nobody"]}, "no model 'nobody'"),
        ({"runs": ["2"]}, "'2' fits 2 runs, among them: 2"),
        ({"models": ["heron-large", "heron-large"]}, "heron-large is named twice"),
    ],
    ids=["no such run", "no such model", "a beginning of two", "one twice"],
)
def test_a_run_that_cannot_be_meant_is_refused(gold, marsh, names, told):
    marsh(FOUND)
    marsh(FOUND, "heron-small")

    with pytest.raises(QueryError, match=told):
        extractor.evaluate(gold, **names)


def test_values_are_looked_for_in_the_text_that_their_run_has_read(gold, marsh):
    # Given two versions of a text, and a dataset that only the second speaks of,
    first = marsh({"Alder": right("Alder", datasets=["MarshBench"])})
    second = marsh(
        {"Alder": right("Alder", datasets=["MarshBench", "ReedBench"])}, more=" ReedBench is harder."
    )
    # when both runs are evaluated, then neither has a value that its text does not say.
    evaluation = extractor.evaluate(gold, runs=[first, second])
    assert [run.absent["datasets"] for run in evaluation.runs] == [Share(0, 1), Share(0, 2)]


def test_without_a_database_nothing_is_evaluated(gold):
    with pytest.raises(StoreError, match="extractor run"):
        extractor.evaluate(gold)


# ---------------------------------------------------------------- gold files that cannot be used


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"id": "alder", "tasks": ["a"]}\n{"id": "bir', r"gold\.jsonl, line 2: not JSON"),
        (b'{"id": "alder", "tasks": "a"}\n', r"gold\.jsonl, line 1, tasks: must be a list"),
        (b'{"id": "alder", "claims": [{"quote": "a", "value": "5"}]}\n', r"line 1, claims\[0\]\.value: "),
        (b'{"paper": 5}\n', r"gold\.jsonl, line 1, id: missing"),
        (b"paper,task\n", r"gold\.jsonl, line 1: not JSON"),
        (b"\xff\xfe\x00", r"gold\.jsonl is no UTF-8 text: byte 0"),
        (b"\n", r"gold\.jsonl holds no papers"),
    ],
    ids=["torn", "no list", "no number", "foreign", "CSV", "binary", "empty"],
)
def test_a_gold_file_that_cannot_be_used_is_refused_by_name_line_and_field(marsh, content, told):
    marsh(FOUND)
    Path("gold.jsonl").write_bytes(content)

    with pytest.raises(GoldError, match=told):
        extractor.evaluate("gold.jsonl")


@pytest.mark.parametrize(("name", "told"), [("nowhere.jsonl", "No such file"), (".", "directory")])
def test_a_gold_file_that_is_none_is_refused(marsh, name, told):
    marsh(FOUND)

    with pytest.raises(GoldError, match=told):
        extractor.evaluate(name)


def test_a_gold_file_with_a_mark_of_its_encoding_is_read(marsh):
    marsh(FOUND)
    Path("gold.jsonl").write_text("\ufeff" + json.dumps(GOLD), encoding="utf-8")

    assert extractor.evaluate("gold.jsonl").papers == 4


# ---------------------------------------------------------------- gold files of one's own


def test_a_template_holds_what_was_found_and_by_it_that_is_right(marsh):
    marsh({title: right(title) for title in TITLES})
    write_new(template_lines(), Path("folder/mine.jsonl"))

    assert gold_problems(Path("folder/mine.jsonl")) == []
    (run,) = extractor.evaluate("folder/mine.jsonl").runs
    assert run.macro.f1 == 1.0
    assert len(run.papers) == 4


def test_a_template_may_be_of_some_papers_the_same_each_time(marsh):
    marsh({f"Reed {number}": right(f"Reed {number}") for number in range(12)})

    drawn = [[json.loads(line)["title"] for line in template_lines(papers=5)] for _ in range(2)]

    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 5
    assert set(drawn[0]) < {json.loads(line)["title"] for line in template_lines(papers=6)}


def test_a_template_may_be_of_one_run_of_one_model_or_empty(marsh):
    first = marsh({"Alder": right("Alder"), "Birch": right("Birch")})
    marsh({"Alder": right("Osier")}, "heron-small")

    def methods(**chosen):
        return [json.loads(line)["method"] for line in template_lines(**chosen)]

    assert methods(run=first[:-1]) == [{"accept": [name], "optional": False} for name in ("Alder", "Birch")]
    assert methods(model="heron-small") == [{"accept": ["Osier"], "optional": False}]
    assert methods(run=first, empty=True) == [None, None]


def test_a_template_without_papers_is_refused(marsh):
    marsh({})

    with pytest.raises(QueryError, match="no papers to be labelled"):
        template_lines()


def test_a_gold_file_is_never_written_over():
    path = write_gold(GOLD)

    with pytest.raises(SettingsError, match=r"gold\.jsonl is there already"):
        write_new(["{}"], path)
    assert path.read_text().count("\n") == 4


@pytest.mark.usefixtures("page")
def test_a_gold_file_is_not_written_where_there_is_no_folder():
    with pytest.raises(SettingsError, match="cannot be written"):
        write_new(["{}"], Path("page.txt/gold.jsonl"))


# ---------------------------------------------------------------- schemas of one's own


TRIALS = '''
"""Trials."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from extractor.records import Judging, Name, Number, Quote, Record


class Outcome(Record):
    """One outcome."""

    quote: Quote = ""
    outcome: Name | None = None
    effect: Annotated[float | None, Number(of="quote")] = None


class Trial(Record):
    """One trial."""

    judging: ClassVar[Judging] = Judging(primary={"drugs": "drug"})

    drugs: list[Name] = []
    phase: Literal["1", "2", "3"] | None = None
    outcomes: list[Outcome] = []
'''
FEVER = extractor.Paper(
    paper_id="fever",
    text=Text(
        title="Willow bark for fever", abstract="Phase 2. Salicin and rest. Fever fell by 1.5 degrees."
    ),
)
TRIAL = {
    "id": "fever",
    "drugs": ["salicin", {"accept": ["rest"], "optional": True}],
    "phase": "2",
    "outcomes": [{"quote": "Fever fell by 1.5 degrees", "outcome": ["fever"], "effect": 1.5}],
}
TRIAL_FOUND = {
    "drugs": ["Salicin", "aspirin"],
    "phase": "3",
    "outcomes": [{"quote": "fell by 1.5 degrees", "outcome": "temperature", "effect": 1.5}],
}


@pytest.fixture
def trials():
    """Make a database of a schema of one's own, with one paper."""
    Path("trials.py").write_text(TRIALS)
    provider = FakeProvider(lambda _: json.dumps(TRIAL_FOUND))
    extractor.run([FEVER], provider=provider, model="fake", schema_name="trials.py")


@pytest.mark.usefixtures("trials")
def test_a_schema_of_ones_own_is_evaluated_by_its_roles():
    gold = write_gold([TRIAL])

    (run,) = extractor.evaluate(gold, models=["fake"]).runs

    counts = {name: (s.tp, s.fp, s.fn) for name, s in run.scores.items()}
    assert counts == {
        "drug": (1, 0, 0),
        "drugs": (1, 1, 0),
        "phase": (0, 1, 1),
        "outcomes_numbered": (1, 0, 0),
        "outcomes_unnumbered": (0, 0, 0),
    }
    assert run.macro.f1 == pytest.approx((1 + 0 + 1) / 3)
    assert run.accuracies["outcomes.outcome"].all == Share(0, 1)
    assert run.absent["drugs"] == Share(1, 2)


@pytest.mark.usefixtures("trials")
def test_a_gold_file_is_checked_by_the_schema_of_the_database_or_the_one_that_is_named():
    gold = write_gold([{**TRIAL, "phase": "4"}])

    assert [str(problem) for problem in gold_problems(gold)] == [
        "line 1, phase: Input should be '1', '2' or '3', not '4'"
    ]
    assert {problem.field for problem in gold_problems(gold, schema="papers")} == {
        "drugs",
        "phase",
        "outcomes",
    }
    elsewhere = gold_problems(gold, "nowhere.duckdb", "trials.py")
    assert [problem.field for problem in elsewhere] == ["phase"]
    assert {problem.field for problem in gold_problems(gold, "nowhere.duckdb")} == {
        "drugs",
        "phase",
        "outcomes",
    }


def test_a_template_of_a_schema_to_come_is_empty(marsh):
    marsh({"Alder": right("Alder")})
    Path("trials.py").write_text(TRIALS)

    (line,) = template_lines(schema="trials.py")

    row = json.loads(line)
    assert (row["id"], row["drugs"], row["phase"]) == ("alder", [], None)
    assert "method" not in row


# ---------------------------------------------------------------- by each other


def test_two_runs_are_compared_on_the_papers_that_both_have(marsh):
    first = marsh(FOUND)
    second = marsh({title: right(title) for title in ("Alder", "Birch", "Dogwood")}, "heron-small")

    agreement = extractor.compare_runs(first, "heron-small")

    assert (agreement.first, agreement.second) == (first, "heron-small")
    assert (agreement.papers, agreement.first_only, agreement.second_only) == (2, ("cedar",), ("dogwood",))
    by_field = {f.field: (f.both, f.first, f.second, f.different) for f in agreement.fields}
    assert by_field["method"] == (1, 0, 0, 1)
    assert by_field["datasets"] == (2, 1, 0, 0)
    assert by_field["claims_numbered"] == (1, 0, 1, 0)
    assert extractor.compare_runs("heron-large", second).macro == agreement.macro
    assert [(d.field, d.first, d.second) for d in agreement.disagreements if d.field == "method"] == [
        ("method", "Osier", "Birch")
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("latest", "nobody"), "no run and no model 'nobody'"),
        (("heron-large", "heron-large"), "are the same"),
    ],
)
def test_what_cannot_be_compared_is_refused(marsh, names, told):
    marsh(FOUND)

    with pytest.raises(QueryError, match=told):
        extractor.compare_runs(*names)
