from extractor.sources.identifiers import address_id, paper_at


def test_an_address_of_pubmed_names_a_pmid():
    assert paper_at("https://pubmed.ncbi.nlm.nih.gov/123/") == "pmid:123"
    assert address_id("http://www.ncbi.nlm.nih.gov/pubmed/123") == "pmid:123"


def test_an_address_that_may_be_any_page_names_no_paper_but_itself():
    assert paper_at("https://example.org/a") is None
    assert address_id(" https://example.org/a ") == "url:https://example.org/a"
