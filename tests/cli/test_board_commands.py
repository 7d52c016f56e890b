"""The commands `leaderboard` and `compare`: what is chosen, and what is printed."""

import csv
import io
import json

import pytest

import extractor

HOSTILE = r"=Al|der_\input{x}<b>&"


def claim(value, dataset="MarshBench", metric="accuracy", **more):
    quote = f"It reaches {value} {metric} on {dataset}"
    return {"quote": quote, "dataset": dataset, "metric": metric, "value": value, "kind": "absolute", **more}


@pytest.fixture
def fill(paper, answering):
    """Return a function that fills the database: claims by the title of their paper."""

    def fill(papers):
        answers = {
            title: {"method": title, "tasks": ["marsh mapping"], "claims": claims}
            for title, claims in papers.items()
        }
        given = [
            paper(title, f"We study {title} for marsh mapping. " + " ".join(f"{c['quote']}." for c in claims))
            for title, claims in papers.items()
        ]
        extractor.run(given, provider=answering(answers), model="heron-large")

    return fill


@pytest.fixture
def filled_boards(fill):
    """Fill the database with two boards that are ranked and one that is not."""
    fill(
        {
            "Alder": [claim(70.5, unit="%"), claim(60.5, "Fens"), claim(1.5, "Fens", "soggedness")],
            "Birch": [
                claim(80.5, unit="%"),
                claim(0.95),
                {**claim(2.5), "quote": "It gains 2.5 points of accuracy over Osier", "dataset": None}
                | {"kind": "difference", "unit": "points", "baseline": "Osier", "direction": "increase"},
            ],
            "Cedar": [
                {**claim(65.5, "Fens"), "quote": "It reaches 65.5 accuracy on Fens, where Osier has 64.5"}
                | {"baseline": "Osier", "baseline_value": 64.5}
            ],
        }
    )


@pytest.mark.usefixtures("filled_boards")
def test_a_board_says_which_way_is_better_what_it_could_not_rank_and_whose_task_it_is(extract):
    out = extract("leaderboard", "--dataset", "MarshBench").out
    assert "MarshBench, Accuracy: higher is better (claimed in the abstract; † the paper's task)" in out
    assert "unit unclear: 0.95 may be a fraction" in out
    assert "marsh mapping †" in out
    assert "80.5 %" in out
    unknown = extract("leaderboard", "--metric", "soggedness").out
    assert "not ranked, since nothing says which way is better" in unknown


@pytest.mark.usefixtures("filled_boards")
def test_boards_are_narrowed_by_options(extract):
    def methods(*options):
        return [row["method"] for row in json.loads(extract("leaderboard", *options, "--json").out)]

    assert methods("--dataset", "fens", "--metric", "acc") == ["Cedar", "Alder"]
    assert methods("--dataset", "fens", "--metric", "acc", "--limit", 1) == ["Cedar"]
    assert methods("--method", "birch", "--limit", 1) == ["Birch"]
    assert methods("--metric", "accuracy", "--since", "2026-01-01") == []
    assert methods("--dataset", "Fens", "--metric", "accuracy", "--baselines") == ["Cedar", "Alder", "Osier"]
    assert extract("leaderboard", "--since", "yesterday").code == 2
    assert extract("leaderboard", "--limit", 0).code == 2


@pytest.mark.usefixtures("filled_boards")
def test_quoted_baselines_have_a_table_of_their_own(extract):
    out = extract("leaderboard", "--dataset", "Fens", "--metric", "accuracy", "--baselines").out
    own, _, theirs = out.partition("quoted baselines, not ranked")
    assert "Osier 64.5" in own
    assert "Cedar" in theirs


@pytest.mark.usefixtures("filled_boards")
def test_columns_are_chosen_for_every_format(extract):
    asked = ("leaderboard", "--dataset", "MarshBench", "--columns", "method,result")
    assert extract(*asked, "--csv").out == "method,result\nBirch,80.5 %\nAlder,70.5 %\nBirch,0.95\n"
    assert "| method | result |" in extract(*asked, "--format", "md").out
    assert "method & result" in extract(*asked, "--format", "latex").out
    assert (
        "no column 'nope'; there are: rank, dataset"
        in extract("leaderboard", "-d", "Fens", "-c", "nope").message
    )


@pytest.mark.usefixtures("filled_boards")
def test_the_list_of_boards_names_the_best_of_each(extract):
    rows = json.loads(extract("leaderboard", "--json").out)
    assert [
        (row["dataset"], row["metric"], row["rows"], row["best_method"], row["best"]) for row in rows
    ] == [
        ("MarshBench", "Accuracy", 3, "Birch", "80.5 %"),
        ("Fens", "Accuracy", 2, "Cedar", "65.5"),
        ("Fens", "soggedness", 1, None, None),
    ]
    assert len(json.loads(extract("leaderboard", "--limit", 2, "--json").out)) == 2


@pytest.mark.usefixtures("filled_boards")
def test_gains_say_who_claims_how_much_over_whom(extract):
    out = extract("leaderboard", "--gains").out
    assert "Gains (claimed in the abstract" in out
    assert [part in out for part in ("Birch", "+2.5 points", "Osier")] == [True, True, True]
    data = csv.DictReader(io.StringIO(extract("leaderboard", "--gains", "--csv").out))
    assert [row["value"] for row in data] == ["2.5"]


def test_data_are_boards_even_where_no_board_has_two_rows(extract, fill):
    gain = {**claim(2.5), "quote": "It gains 2.5 points of accuracy", "dataset": None, "kind": "difference"}
    fill({"Alder": [claim(70.5), gain]})
    assert [row["dataset"] for row in json.loads(extract("leaderboard", "--json").out)] == ["MarshBench"]
    assert "these are the gains instead" in extract("leaderboard").err


# ---------------------------------------------------------------- compare


@pytest.mark.usefixtures("filled_boards")
def test_few_papers_stand_in_columns_and_data_in_rows(extract):
    out = extract("compare", "Birch", "Alder").out
    head = next(line for line in out.splitlines() if "Alder" in line)
    assert head.index("Birch") < head.index("Alder")
    assert "Accuracy 80.5 % on MarshBench" in out
    rows = json.loads(extract("compare", "Birch", "Alder", "--json").out)
    assert [(row["title"], row["gains"]) for row in rows] == [
        ("Birch", ["Accuracy +2.5 points over Osier"]),
        ("Alder", []),
    ]


@pytest.mark.usefixtures("filled_boards")
def test_methods_are_compared_by_the_chosen_columns(extract):
    asked = ("compare", "--by", "method", "--columns", "method, datasets", "--limit", 2, "--csv")
    assert (
        extract(*asked).out
        == 'method,datasets\nAlder,"[""Fens"", ""MarshBench""]"\nBirch,"[""MarshBench""]"\n'
    )


@pytest.mark.usefixtures("filled_boards")
def test_a_pivot_is_printed_in_every_format(extract):
    asked = ("compare", "--pivot", "accuracy")
    assert "claimed in the abstract" in extract(*asked).out
    assert extract(*asked, "--csv").out == (
        "method,Fens,MarshBench\nAlder,60.5,70.5\nBirch,,80.5\nCedar,65.5,\n"
    )
    assert json.loads(extract(*asked, "--json").out)[1] == {
        "method": "Birch",
        "Fens": None,
        "MarshBench": 80.5,
    }
    assert r"\toprule" in extract(*asked, "--format", "latex").out
    assert "| Birch |  | 80.5 % \\* |" in extract(*asked, "--format", "md").out


@pytest.mark.usefixtures("filled_boards")
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("compare", "nobody"), "no paper 'nobody'"),
        (("compare", "nobody", "--by", "method"), "no method 'nobody'"),
        (("compare", "--columns", "title,nope"), "no column 'nope'; there are: title, task"),
        (("compare", "'; drop table papers; --", "--pivot", "accuracy"), "no method"),
    ],
)
def test_what_is_not_here_is_told(extract, asked, message):
    done = extract(*asked)
    assert done.code == 2
    assert message in done.message


def test_a_hostile_name_is_text_in_every_format(extract, fill):
    # Given a method and a dataset that are called like markup, a formula and a command,
    dataset = "Ma|rsh_$x^2$"
    fill({HOSTILE: [claim(70.5, dataset)], "Birch": [claim(80.5, dataset)]})
    for asked in (("leaderboard", "--metric", "accuracy"), ("compare", "--pivot", "accuracy"), ("compare",)):
        # when boards and comparisons are printed,
        latex, markdown, html, rows = (
            extract(*asked, "--format", form).out for form in ("latex", "md", "html", "csv")
        )
        # then it is text: no command, no markup, no cell of its own, no formula.
        assert r"\input{x}" not in latex
        assert "_" not in latex.replace(r"\_", "")
        assert "<b>" not in html
        assert "<b>" not in markdown
        table = [line for line in markdown.splitlines() if line.startswith("|")]
        assert len({line.replace(r"\|", "").count("|") for line in table}) == 1
        cells = [cell for row in csv.reader(io.StringIO(rows)) for cell in row]
        assert not any(cell.startswith("=") for cell in cells)
