"""Commands that measure: what they print where, and how they end."""

import csv
import io
import json
from pathlib import Path

import pytest

import extractor

ESCAPE = "\x1b"
HARBOURLIGHT = {
    "id": "h1",
    "title": "Harbourlight: Gated Pooling for Image Classification",
    "tasks": ["image classification"],
    "method": "Harbourlight",
    "datasets": ["CIFAR-100"],
    "metrics": ["accuracy"],
    "code_url": "https://example.org/harbourlight",
    "claims": [
        {
            "quote": "Harbourlight reaches 83.4% accuracy on CIFAR-100",
            "value": 83.4,
            "unit": "%",
            "metric": ["accuracy"],
            "dataset": ["CIFAR-100"],
            "kind": "absolute",
        }
    ],
}
LOST = {"id": "lost", "title": "A Paper That Nobody Ran", "tasks": ["waiting"]}


@pytest.fixture
def gold():
    """Return a gold file of a paper of the page, and of one that is not there."""
    path = Path("gold.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in (HARBOURLIGHT, LOST)), encoding="utf-8")
    return path


@pytest.fixture
def twice(filled, page):
    """Return the database of the page, read by the rules and by a model that finds nothing."""
    extractor.run(page, model="fake")
    return filled


# ---------------------------------------------------------------- evaluate


@pytest.mark.usefixtures("filled")
def test_a_run_is_measured_field_by_field(extract, gold):
    done = extract("evaluate", "--gold", gold)

    assert done.code == 0
    assert "current (rules) against gold.jsonl: 2 papers, 1 of which it lacks (counted as empty)" in done.out
    method = next(line for line in done.out.splitlines() if line.lstrip().startswith("method"))
    assert method.split()[:4] == ["method", "1.000", "1.000", "1.000"]
    for field in ("datasets", "code_url", "claims_numbered", "macro mean", "claims.direction"):
        assert f"\n {field} " in done.out
    assert ESCAPE not in done.out
    assert done.err == "current lacks 1 of the papers, which count as empty: lost\n"


@pytest.mark.usefixtures("filled")
def test_json_holds_all_figures(extract, gold):
    document = json.loads(extract("evaluate", "--gold", gold, "--json").out)

    expected = extractor.evaluate(gold)
    (run,), (found,) = document["runs"], expected.runs
    assert (document["gold"], document["papers"]) == ("gold.jsonl", 2)
    assert run["scores"]["task"] == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "low": found.scores["task"].low,
        "high": found.scores["task"].high,
        "tp": 1,
        "fp": 0,
        "fn": 1,
        "ignored": 0,
    }
    assert run["macro"]["f1"] == found.macro.f1
    assert run["macro"]["fields"] == list(found.macro.fields)
    assert run["accuracies"]["claims.unit"]["all"] == {"count": 1, "of": 1, "share": 1.0}
    assert run["absent_in_all"]["count"] == 0
    assert (run["missing"], len(run["unknown"]), "errors" in run) == (["lost"], 3, False)


@pytest.mark.usefixtures("filled")
def test_csv_holds_a_row_a_figure(extract, gold):
    rows = list(csv.DictReader(io.StringIO(extract("evaluate", "--gold", gold, "--csv").out)))

    task = next(row for row in rows if (row["kind"], row["field"]) == ("score", "task"))
    assert (task["run"], task["models"], task["recall"], task["fn"]) == ("current", "rules", "0.5", "1")
    assert {row["kind"] for row in rows} == {"score", "right", "right where stated", "not in the text"}


@pytest.mark.usefixtures("twice")
def test_several_runs_stand_side_by_side_with_their_difference(extract, gold):
    asked = ("evaluate", "--gold", gold, "--model", "rules", "--model", "fake")

    shown, document = extract(*asked).out, json.loads(extract(*asked, "--json").out)

    assert "F1 side by side; in brackets the difference from rules" in shown
    method = [line.split() for line in shown.splitlines() if line.lstrip().startswith("method")][-1]
    assert method[1:4] == ["1.000", "0.000", "(-1.000,"]
    (difference,) = document["differences"]
    assert (difference["run"], difference["baseline"]) == ("fake", "rules")
    assert difference["scores"]["method"] == {"f1": -1.0, "low": -1.0, "high": -1.0}
    kinds = {row["kind"] for row in csv.DictReader(io.StringIO(extract(*asked, "--csv").out))}
    assert "difference from rules" in kinds


@pytest.mark.usefixtures("filled")
def test_errors_are_listed_by_paper_on_request(extract, gold):
    asked = ("evaluate", "--gold", gold, "--errors")

    (run,) = json.loads(extract(*asked, "--json").out)["runs"]
    rows = list(csv.DictReader(io.StringIO(extract(*asked, "--csv").out)))

    lost = {"paper_id": "lost", "field": "tasks", "what": "missed", "part": None, "predicted": None}
    assert {**lost, "expected": "waiting"} in run["errors"]
    assert len(rows) == len(run["errors"])
    assert list(rows[0]) == ["run", "paper_id", "field", "what", "part", "predicted", "expected"]
    assert "What differs from gold.jsonl" in extract(*asked).out


@pytest.mark.usefixtures("twice")
@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--model", "rules", "--min-f1", "0.3"), 0, ()),
        (("--model", "rules", "--min-f1", "1"), 1, ("macro F1 of rules is 0.",)),
        (
            ("--model", "rules", "--model", "fake", "--min-f1", "0.3"),
            1,
            ("macro F1 of fake is 0.000, below 0.3",),
        ),
    ],
    ids=["met", "not met", "not met by one of two"],
)
def test_a_gate_is_every_runs_macro_f1(extract, gold, options, code, told):
    done = extract("evaluate", "--gold", gold, *options)

    lines = [line for line in done.err.splitlines() if line.startswith("macro")]
    assert done.code == code
    assert len(lines) == len(told)
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=True))
    assert "against gold.jsonl" in done.out


@pytest.mark.usefixtures("twice")
def test_a_gate_is_not_met_where_there_is_nothing_to_measure(extract):
    row = {"id": HARBOURLIGHT["id"], "title": HARBOURLIGHT["title"], "claims": []}
    Path("gold.jsonl").write_text(json.dumps(row))

    # Given no task in the gold and none found: the task is missed, and nothing else can be measured.
    done = extract("evaluate", "--gold", "gold.jsonl", "--model", "fake", "--min-f1", "0.1")

    assert done.code == 1
    assert "macro F1 of fake is 0.000, below 0.1" in done.err


@pytest.mark.usefixtures("filled")
def test_keys_of_the_gold_that_the_schema_lacks_are_told(extract):
    Path("gold.jsonl").write_text(json.dumps({**HARBOURLIGHT, "source": 1, "by": 2}))

    done = extract("evaluate", "--gold", "gold.jsonl")

    assert done.code == 0
    assert "gold.jsonl, line 1, source: there is no such field: passed over (and 1 more" in done.err


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--gold", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
        (("--gold", "page.txt"), "page.txt, line 1: not JSON"),
        (("--gold", "gold.jsonl", "--run", "1999"), "no run '1999'"),
        (("--gold", "gold.jsonl", "--model", "nobody"), "no model 'nobody'"),
        (("--gold", "gold.jsonl", "--db", "other.duckdb"), "extractor run PAGE"),
    ],
)
def test_what_cannot_be_measured_ends_with_2_and_one_message(extract, gold, options, told):
    assert gold.is_file()

    done = extract("evaluate", *options)

    assert done.code == 2
    assert told in done.message


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("option", [("--min-f1", "2"), ("--resamples", "-1"), ("--seed", "x")])
def test_a_number_out_of_bounds_ends_with_2_and_its_usage(extract, gold, option):
    done = extract("evaluate", "--gold", gold, *option)

    assert (done.code, done.out) == (2, "")
    assert option[0] in done.err


def test_text_of_a_paper_among_errors_steers_neither_terminal_nor_spreadsheet(extract, paper, answering):
    # Given a model that finds hostile names,
    hostile = [f"{ESCAPE}[31mred", "=HYPERLINK(1)"]
    found = answering({"Reeds": {"datasets": hostile}})
    extractor.run([paper("Reeds", "Reeds bend in the wind and do not break.")], provider=found, model="heron")
    Path("gold.jsonl").write_text('{"id": "reeds", "datasets": ["ReedBench"]}')
    asked = ("evaluate", "--gold", "gold.jsonl", "--errors")
    # when its errors are listed, then none of them does a thing.
    assert ESCAPE not in extract(*asked).out
    out = extract(*asked, "--csv").out
    assert ESCAPE not in out
    assert "'=HYPERLINK(1)" in out


# ---------------------------------------------------------------- gold files


@pytest.mark.usefixtures("filled")
def test_a_gold_file_is_started_checked_and_measured_by(extract):
    # Given a template of two papers,
    done = extract("gold", "template", "--papers", "2", "-o", "mine.jsonl")
    assert (done.code, done.out) == (0, "")
    assert "2 papers written to mine.jsonl" in done.err
    # when it is checked as it is, then nothing is wrong;
    checked = extract("gold", "check", "mine.jsonl")
    assert (checked.code, checked.out, checked.err) == (0, "", "mine.jsonl: nothing is wrong\n")
    # and what was found is right by it.
    (run,) = json.loads(extract("evaluate", "--gold", "mine.jsonl", "--json").out)["runs"]
    assert {score["f1"] for name, score in run["scores"].items() if name != "task"} <= {1.0, None}
    # A second template does not take its place.
    again = extract("gold", "template", "-o", "mine.jsonl")
    assert again.code == 2
    assert "is there already" in again.message


@pytest.mark.usefixtures("filled")
def test_a_template_goes_to_standard_output(extract):
    lines = extract("gold", "template", "--empty").out.splitlines()

    assert len(lines) == 4
    assert {json.loads(line)["method"] for line in lines} == {None}


def test_problems_of_a_gold_file_are_told_by_line_and_field(extract):
    lines = [json.dumps({**HARBOURLIGHT, "colour": 1}), '{"id": "h2", "datasets": [5]}', '{"id": "h3"']
    Path("mine.jsonl").write_text("\n".join(lines))

    done = extract("gold", "check", "mine.jsonl")

    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "mine.jsonl, line 1, colour: there is no such field",
        "mine.jsonl, line 2, datasets[0]: Input should be a valid string, not 5",
        "mine.jsonl, line 3: not JSON (Expecting ',' delimiter: line 1 column 12 (char 11))",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
        (("check", "page.txt", "--schema", "poems"), "no schema 'poems'"),
        (("template",), "extractor run PAGE"),
    ],
)
@pytest.mark.usefixtures("page")
def test_a_gold_file_that_cannot_be_made_or_read_ends_with_2(extract, arguments, told):
    done = extract("gold", *arguments)

    assert done.code == 2
    assert told in done.message


# ---------------------------------------------------------------- runs


@pytest.mark.usefixtures("twice")
def test_runs_are_listed_and_two_are_put_side_by_side(extract):
    listed = json.loads(extract("runs", "--json").out)
    assert [run["model"] for run in listed] == ["fake", "rules"]

    done = extract("runs", "diff", listed[1]["run_id"], "fake", "--limit", "2")

    assert (done.code, done.err) == (0, "")
    assert "agree: 4 papers that both have" in " ".join(done.out.split())
    assert "\n method " in done.out
    assert "Where they differ, 2 of " in done.out
    assert "Where they differ" not in extract("runs", "diff", "rules", "fake", "--limit", "0").out


@pytest.mark.usefixtures("twice")
def test_a_difference_of_runs_is_json_and_csv_too(extract):
    asked = ("runs", "diff", "rules", "fake")

    document = json.loads(extract(*asked, "--json").out)
    fields = list(csv.DictReader(io.StringIO(extract(*asked, "--csv").out)))
    papers = list(csv.DictReader(io.StringIO(extract(*asked, "--papers", "--csv").out)))

    assert (document["first"], document["second"], document["papers"], document["macro"]) == (
        *("rules", "fake"),
        *(4, 0.0),
    )
    assert {row["field"] for row in fields} == {field["field"] for field in document["fields"]} | {
        "macro mean"
    }
    assert len(papers) == len(document["disagreements"]) > 2
    method = next(row for row in papers if (row["field"], row["first"]) == ("method", "Thornfield"))
    assert method["second"] == ""


@pytest.mark.usefixtures("twice")
def test_options_of_the_group_stand_behind_its_command(extract):
    done = extract("runs", "--json", "diff", "rules", "fake")

    assert (done.code, done.out) == (2, "")
    assert "options stand behind 'diff'" in done.err


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("rules", "nobody"), "no run and no model 'nobody'"),
        (("latest", "latest"), "are the same"),
    ],
)
def test_runs_that_cannot_be_compared_end_with_2(extract, names, told):
    done = extract("runs", "diff", *names)

    assert done.code == 2
    assert told in done.message
