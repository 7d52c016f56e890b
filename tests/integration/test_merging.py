"""The same paper from several sources, through runs into a database: it is one, and loses nothing."""

from datetime import date

import pytest

import extractor
from extractor.papers import Paper, Text, title_alias

ABSTRACT = "We count the reeds of one bed in the wind, and reach an accuracy of 93.1% on ReedBench."
LATER = "We count the reeds of nine beds in the wind, and reach an accuracy of 95.0% on ReedBench."


def paper(paper_id="r1", title="Reeds in the Wind", abstract=ABSTRACT, *aliases, **more):
    names = (*aliases, title_alias(title))
    return Paper(paper_id=paper_id, text=Text(title=title, abstract=abstract), aliases=names, **more)


@pytest.fixture
def ran():
    def run(*papers):
        extractor.run(list(papers), model="rules")

    return run


def rows(sql):
    return extractor.Database().sql(sql).rows()


def ids():
    return sorted(row["paper_id"] for row in rows("from papers"))


def test_what_is_null_is_filled_and_what_is_there_stays(ran):
    ran(paper(authors=("Ada Reed",), venue="Beds", source="a.bib", line=3))
    more = {"url": "https://reeds.example", "language": "en", "published": date(2024, 5, 6)}
    ran(paper(authors=("A. R.", "B. S."), venue="Else", source="b.ris", line=9, **more))

    assert rows("select * exclude (added_at) from papers") == [
        {
            "paper_id": "r1",
            "title": "Reeds in the Wind",
            "authors": ["Ada Reed"],
            "venue": "Beds",
            "source": "a.bib",
            "line": 3,
            **more,
        }
    ]
    assert rows("select source, line from paper_sources order by source") == [
        {"source": "a.bib", "line": 3},
        {"source": "b.ris", "line": 9},
    ]


def test_a_year_gives_way_to_a_day_of_that_year_and_to_no_other(ran):
    for day in (date(2024, 1, 1), date(2023, 7, 7), date(2024, 5, 6), date(2024, 8, 9)):
        ran(paper(published=day))

    assert rows("select published from papers") == [{"published": date(2024, 5, 6)}]


def test_another_version_is_another_text_of_the_same_paper_and_evidence_stays(ran):
    ran(paper("2401.00001", "Reeds in the Wind", ABSTRACT, "arxiv:2401.00001"))
    before = rows("from evidence order by all")
    ran(paper("10.1000/reeds", "Reeds in Wind, Revised", LATER, "doi:10.1000/reeds", "arxiv:2401.00001"))

    assert ids() == ["2401.00001"]
    assert rows("select paper_id, count(*) n from texts group by all") == [{"paper_id": "2401.00001", "n": 2}]
    after = rows("from evidence order by all")
    assert before
    assert [row for row in after if row in before] == before
    assert {row["alias"] for row in rows("from paper_ids where paper_id = '2401.00001'")} >= {
        "2401.00001",
        "arxiv:2401.00001",
        "doi:10.1000/reeds",
        "10.1000/reeds",
    }


def test_papers_of_one_title_are_one_where_no_id_contradicts_it(ran):
    ran(paper("2401.00001", "Reeds in the Wind", ABSTRACT, "arxiv:2401.00001"))
    ran(paper("10.1000/reeds", "Reeds in the wind", LATER, "doi:10.1000/reeds"))
    ran(paper("2402.00002", "Reeds in the Wind", f"{LATER} Again.", "arxiv:2402.00002"))

    assert ids() == ["2401.00001", "2402.00002"]


def test_papers_of_a_title_that_many_have_are_many(ran):
    ran(paper("10.1000/1", "Editorial", ABSTRACT, "doi:10.1000/1"))
    ran(paper("pmid:2", "Editorial", LATER, "pmid:2"))

    assert ids() == ["10.1000/1", "pmid:2"]


@pytest.mark.parametrize("is_one_run", [True, False], ids=["in one run", "in two"])
def test_an_id_of_a_files_own_joins_no_papers_of_different_files(ran, is_one_run):
    one = paper("r1", "Reeds in the Wind", ABSTRACT, "file:aa#r1", source="a.csv")
    other = paper("r1", "Gulls", LATER, "file:bb#r1", source="b.csv")
    for papers in [(one, other)] if is_one_run else [(one,), (other,)]:
        ran(*papers)
    ran(other)

    first, second = ids()
    assert first == "r1"
    assert second.startswith("r1-")
    assert [row["title"] for row in rows("select title from records order by title")] == [
        "Gulls",
        "Reeds in the Wind",
    ]


def test_an_id_of_a_files_own_joins_papers_of_that_file(ran):
    ran(paper("r1", "Reeds in the Wind", ABSTRACT, "file:aa#r1", source="a.csv"))
    ran(paper("r1", "Reeds in a Storm", LATER, "file:aa#r1", source="a.csv"))

    assert ids() == ["r1"]


def test_a_chain_of_papers_in_one_run_is_one_paper_with_all_its_sources(ran):
    ran(
        paper("2401.00001", "Reeds in the Wind", ABSTRACT, "arxiv:2401.00001", source="a.bib"),
        paper("2401.00001", "Reeds", ABSTRACT, "arxiv:2401.00001", "doi:10.1000/reeds", source="b.bib"),
        paper("10.1000/reeds", "Reeds in Storms", LATER, "doi:10.1000/reeds", source="c.bib"),
    )

    assert ids() == ["2401.00001"]
    assert [row["source"] for row in rows("from paper_sources order by source")] == [
        "a.bib",
        "b.bib",
        "c.bib",
    ]
