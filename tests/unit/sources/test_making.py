from dataclasses import replace
from typing import Any

import pytest

from extractor.papers import Paper
from extractor.sources.making import paper_of
from extractor.sources.shapes import Found, Skipped

ABSTRACT = "We count the reeds of one bed, and of another, and compare the two beds with each other."


def made(of: str = "reeds.bib", **parts: Any) -> Any:
    return paper_of(replace(Found(7, "Reeds", ABSTRACT), **parts), of)


@pytest.mark.parametrize(
    ("ids", "paper_id"),
    [
        (("arxiv:2409.12656", "doi:10.1000/x1"), "2409.12656"),
        (("r1", "doi:10.1000/x1", "pmid:5"), "10.1000/x1"),
        (("r1", "pmid:5"), "pmid:5"),
        (("openreview:aBc", "s2:77"), "openreview:aBc"),
        (("r1", "s2:77"), "r1"),
        (("item:1", "s2:77"), "item:1"),
        (("url:https://reeds.example/1", "s2:77"), "s2:77"),
        (("url:https://reeds.example/1", "r1"), "r1"),
        (("2409.12656", "arxiv:2409.12656"), "2409.12656"),
    ],
)
def test_a_paper_is_called_by_its_surest_id(ids, paper_id):
    assert made(ids=ids).paper_id == paper_id


def test_a_paper_without_ids_is_called_by_its_title():
    assert made().paper_id.startswith("reeds-")
    assert made(ids=("url:https://reeds.example/1",)).paper_id.startswith("reeds-")


def test_aliases_are_all_names_the_surest_first():
    paper = made(ids=("url:https://reeds.example/1", "r1", "doi:10.1000/x1", "arxiv:2409.12656"))

    arxiv, doi, url, own, title = paper.aliases
    assert (arxiv, doi, url, title) == (
        "arxiv:2409.12656",
        "doi:10.1000/x1",
        "url:https://reeds.example/1",
        "title:reeds",
    )
    assert own.startswith("file:")
    assert own.endswith("#r1")


def test_an_id_of_a_files_own_is_of_that_file_alone():
    one, same, other = (made(ids=("r1",), of=source) for source in ("a.bib", "a.bib", "b.bib"))

    assert one.paper_id == other.paper_id == "r1"
    assert one.ids == same.ids
    assert not set(one.ids) & set(other.ids)


def test_texts_and_names_are_cleaned():
    paper = made(title="{R}eeds\n  and  wind", authors=('Ada  L\\"of', " "), venue="Beds &amp; Banks")

    assert paper.text.title == "Reeds and wind"
    assert (paper.authors, paper.venue) == (("Ada Löf",), "Beds & Banks")


def test_the_language_is_as_given_or_as_the_abstract_reads():
    german = "Wir zählen das Schilf eines Ufers und vergleichen es mit dem Schilf von einem anderen Ufer."

    assert made().language == "en"
    assert made(abstract=german).language == "de"
    assert made(abstract=german, language="nl").language == "nl"


def test_an_abstract_that_reads_english_is_so_whatever_the_paper_is_in():
    abstract = "We count the reeds of ten marshes and the sedges of the lower one."

    assert made(abstract=abstract, language="zh").language == "en"


@pytest.mark.parametrize(
    ("parts", "reason", "shown"),
    [
        ({"abstract": None}, "no abstract", "Reeds"),
        ({"abstract": " \n\0", "title": None, "ids": ("r1",)}, "no abstract", "r1"),
        ({"title": None}, "neither id nor title", ABSTRACT[:69] + "…"),
        ({"abstract": "This paper has been withdrawn by the authors."}, "withdrawn", "Reeds"),
        ({"abstract": "See the text."}, "too short: under 5 words", "Reeds"),
    ],
)
def test_what_is_no_paper_is_skipped_with_its_reason(parts, reason, shown):
    skipped = made(**parts)

    assert isinstance(skipped, Skipped)
    assert (skipped.line, skipped.reason, skipped.shown) == (7, reason, shown)


def test_a_long_text_without_blanks_is_not_too_short():
    assert isinstance(made(abstract="芦" * 40, language="zh"), Paper)
