import pytest

from extractor.sources.identifiers import address_id, arxiv_id, doi, paper_at


@pytest.mark.parametrize(
    "text",
    [
        "math/0309136",
        "math.GT/0309136",
        "arXiv:math.GT/0309136v2",
        "https://arxiv.org/abs/math.GT/0309136",
        "http://export.arxiv.org/pdf/math/0309136v1.pdf",
        "oai:arXiv.org:math/0309136",
        "MATH/0309136",
    ],
)
def test_an_old_id_of_arxiv_is_one_with_its_subject_class_and_without(text):
    assert arxiv_id(text) == "arxiv:math/0309136"


def test_a_new_id_of_arxiv_is_one_however_it_is_written():
    texts = ("2409.12656", " arXiv: 2409.12656v3", "https://arxiv.org/html/2409.12656v1/")
    assert {arxiv_id(text) for text in texts} == {"arxiv:2409.12656"}


@pytest.mark.parametrize("text", ["", "math.GT/", "0309136", "math.GTX/0309136", "math/03091", "2409.126567"])
def test_what_is_no_id_of_arxiv_is_none(text):
    assert arxiv_id(text) is None


def test_a_doi_that_arxiv_gave_and_an_address_are_the_id_too():
    assert doi("10.48550/arXiv.math.GT/0309136") == "arxiv:math/0309136"
    assert paper_at("https://arxiv.org/abs/math.GT/0309136v1") == "arxiv:math/0309136"


def test_an_address_of_pubmed_names_a_pmid():
    assert paper_at("https://pubmed.ncbi.nlm.nih.gov/123/") == "pmid:123"
    assert address_id("http://www.ncbi.nlm.nih.gov/pubmed/123") == "pmid:123"


def test_an_address_that_may_be_any_page_names_no_paper_but_itself():
    assert paper_at("https://example.org/a") is None
    assert address_id(" https://example.org/a ") == "url:https://example.org/a"
