from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SettingsError, SourceError
from extractor.sources.network import Network, Sites, is_fetched
from extractor.sources.network.naming import asked_by
from extractor.sources.network.sites import pause_at, stays

TODAY = date(2026, 9, 4)
OWN = Sites()


def asked(source, sites=OWN):
    return asked_by(source, sites, lambda: TODAY)


def refusal(source):
    with pytest.raises(SourceError) as refused:
        asked(source)
    return str(refused.value)


@pytest.mark.parametrize(
    "source",
    ["arxiv:2409.12656", "arXiv:2409.12656v2", "ARXIV:search?ti:tide", "hf:daily", " hf:daily/2026-09-03"],
)
def test_a_name_with_a_service_before_the_colon_is_fetched(source):
    assert is_fetched(source)


@pytest.mark.parametrize(
    "source",
    [
        "page.txt",
        "./arxiv:2409.12656",
        "C:/papers/arxiv.xml",
        "arxiv.xml",
        "hf",
        "-",
        "",
        "https://arxiv.org",
    ],
)
def test_a_path_is_not_fetched(source):
    assert not is_fetched(source)


# ---------------------------------------------------------------- ids


def test_ids_of_any_way_to_write_them_are_asked_for_once_with_their_version():
    ids = "arXiv:2409.12656v2, 2409.12657,https://arxiv.org/abs/2409.12657, cs/0503050, math.GT/0309136v1"
    found = asked(f"arxiv:{ids}")
    assert found.name == "arxiv:2409.12656v2,2409.12657,cs/0503050,math/0309136v1"
    assert found.at_most == 4
    assert found.address == (
        "https://export.arxiv.org/api/query"
        "?id_list=2409.12656v2,2409.12657,cs/0503050,math/0309136v1&max_results=4"
    )


def test_the_name_of_an_id_of_any_case_can_be_given_again():
    name = asked("ARXIV:https://arxiv.org/pdf/2409.12656V2.pdf").name
    assert name == "arxiv:2409.12656v2"
    assert asked(name).name == name


def test_what_is_no_id_is_named_before_anything_is_asked():
    assert "'24.1' is no id of arXiv, such as 2409.12656" in refusal("arxiv:2409.12656,24.1")


@pytest.mark.parametrize(
    "source", ["arxiv:", "arxiv:search", "arxiv:find?x", "hf:models", "hf:", "arxiv:new", "hf:daily?x"]
)
def test_an_unknown_name_is_told_which_are_known(source):
    told = refusal(source)
    assert "hf:daily/2026-09-03" in told
    assert "(a file: ./NAME)" in told


def test_commas_alone_name_no_paper():
    assert "no id" in refusal("arxiv:2409.12656,,x")
    assert asked("arxiv:2409.12656,,").name == "arxiv:2409.12656"


# ---------------------------------------------------------------- search


def test_a_query_is_asked_for_as_it_stands_newest_first():
    found = asked('arxiv:search?cat:cs.CL AND all:"tide & ebb"')
    assert found.address == (
        "https://export.arxiv.org/api/query?search_query=cat:cs.CL+AND+all:%22tide+%26+ebb%22"
        "&sortBy=submittedDate&sortOrder=descending&start=0&max_results=100"
    )
    assert found.at_most == 1000


@pytest.mark.parametrize(
    "query", ["cat:cs.CL+AND+all:%22low%20tide%22", "search_query=cat:cs.CL+AND+all:%22low+tide%22"]
)
def test_a_query_copied_from_an_address_is_decoded(query):
    assert asked(f"arxiv:search?{query}").name == 'arxiv:search?cat:cs.CL AND all:"low tide"'


def test_plus_signs_in_a_query_with_blanks_are_its_own():
    assert "%22C%2B%2B+code%22" in asked('arxiv:search?ti:"C++ code"').address


def test_options_of_the_api_stand_behind_a_query():
    found = asked("arxiv:search?ti:tide&start=20&max_results=30&sortBy=relevance&sortOrder=ascending")
    assert found.address.endswith("ti:tide&sortBy=relevance&sortOrder=ascending&start=20&max_results=30")
    assert found.at_most == 30
    assert asked(found.name).address == found.address


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "a query is needed"),
        ("max_results=5", "a query is needed"),
        ("ti:tide&max_results=0", "a query is needed"),
        ("ti:tide&start=29990&max_results=11", "30000 at most together"),
        ("ti:tide&max_results=many", "max_results = 'many'"),
        ("ti:tide&max_results=²", "max_results = '²'"),
        ("ti:tide&max_results=99999999", "30000 at most together"),
        ("ti:tide&sortBy=beauty", "sortBy = 'beauty': submittedDate, lastUpdatedDate, relevance are known"),
    ],
)
def test_a_query_or_option_that_cannot_be_used_is_refused(query, told):
    assert told in refusal(f"arxiv:search?{query}")


@given(st.text(min_size=1).map(str.strip))
def test_whatever_is_searched_for_its_address_is_plain_and_holds_all_of_it(words):
    query = f"ti:low {words} tide"
    address = asked(f"arxiv:search?{query}").address
    assert address.isascii()
    assert address.isprintable()
    assert " " not in address
    assert parse_qs(urlsplit(address).query)["search_query"] == [query]


def test_a_query_in_letters_that_no_text_has_is_asked_for_all_the_same():
    assert "search_query=ti:%3F+tide&" in asked("arxiv:search?ti:\udcff tide").address


# ---------------------------------------------------------------- announcements, harvest, daily papers


def test_announcements_are_of_one_category_or_several():
    assert asked("arxiv:new/cs.CL").address == "https://rss.arxiv.org/rss/cs.CL"
    assert asked("arxiv:new/cs.CL,astro-ph.GA").address == "https://rss.arxiv.org/rss/cs.CL+astro-ph.GA"


@pytest.mark.parametrize("category", ["", "../etc", "cs.CL/x", "cs.CL?x=1", "cs.CL,"])
def test_what_is_no_category_is_refused(category):
    assert "is no category, such as cs.CL" in refusal(f"arxiv:new/{category}")


def test_a_harvest_has_a_set_and_days():
    found = asked("arxiv:oai?set=physics:hep-th&from=2026-09-01&until=2026-09-03")
    assert found.address == (
        "https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv"
        "&set=physics:hep-th&from=2026-09-01&until=2026-09-03"
    )
    assert asked(found.name).address == found.address


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("set=cs", "without from it would be all of arXiv"),
        ("set=cs&since=2026-09-01", "since is not known"),
        ("from=last week", "'last week' is no day"),
        ("from=2026-02-30", "'2026-02-30' is no day"),
        ("from=20260901", "'20260901' is no day"),
        ("from=2026-09-03&until=2026-09-01", "a first day before the last"),
        ("set=c s&from=2026-09-03", "a set such as cs"),
    ],
)
def test_a_harvest_that_cannot_be_meant_is_refused(given, told):
    assert told in refusal(f"arxiv:oai?{given}")


def test_daily_papers_are_of_a_day_and_of_today_where_none_is_given():
    address = "https://huggingface.co/api/daily_papers?date={}&limit=100"
    assert asked("hf:daily/2026-09-03").address == address.format("2026-09-03")
    today = asked("hf:daily")
    assert (today.name, today.address) == ("hf:daily/2026-09-04", address.format("2026-09-04"))


def test_a_day_of_daily_papers_is_a_day_that_has_come():
    assert "'yesterday' is no day; write it as 2026-09-03" in refusal("hf:daily/yesterday")
    assert "still to come; today is 2026-09-04" in refusal("hf:daily/2026-09-05")


def test_what_would_be_asked_is_told_without_asking():
    assert Network().fetching("arxiv:2409.12656,2409.12657").told == (
        "arxiv:2409.12656,2409.12657 asks https://export.arxiv.org/api/query"
        "?id_list=2409.12656,2409.12657&max_results=2, 2 papers at most"
    )


# ---------------------------------------------------------------- sites


def test_a_mirror_answers_all_that_arxiv_does():
    sites = Sites(arxiv="https://mirror.example.org/arxiv/", hf="http://127.0.0.1:8000")
    assert asked("arxiv:new/cs.CL", sites).address == "https://mirror.example.org/arxiv/rss/cs.CL"
    assert asked("arxiv:ti/0309136", sites).address.startswith("https://mirror.example.org/arxiv/api/query?")
    assert asked("arxiv:oai?from=2026-09-01", sites).address.startswith(
        "https://mirror.example.org/arxiv/oai?"
    )
    assert asked("hf:daily", sites).address.startswith("http://127.0.0.1:8000/api/daily_papers?")


@pytest.mark.parametrize(
    "base",
    [
        "",
        "mirror.example.org",
        "ftp://mirror.example.org",
        "https://",
        "https://me:word@mirror.example.org",
        "http://x?y",
        "http://[x",
        "http://x:99999",
    ],
)
def test_what_is_no_address_is_no_mirror(base):
    with pytest.raises(SettingsError, match="an address is needed, such as https://"):
        Sites(arxiv=base)


@pytest.mark.parametrize(
    ("address", "seconds"),
    [
        (asked("arxiv:2409.12656").address, 3),
        (asked("arxiv:new/cs.CL").address, 3),
        (asked("arxiv:oai?from=2026-09-01").address, 3),
        (asked("hf:daily").address, 1),
        ("http://127.0.0.1:8000/api/query", 0),
        ("https://notarxiv.org/api/query", 0),
    ],
)
def test_arxiv_is_asked_once_in_three_seconds(address, seconds):
    assert pause_at(address) == seconds


HERE = "https://export.arxiv.org/api/query"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        (HERE, "https://arxiv.org/api/query"),
        (HERE, "https://export.arxiv.org/elsewhere"),
        ("http://mirror.example.org/a", "http://mirror.example.org/b"),
        ("http://mirror.example.org/a", "https://mirror.example.org/a"),
    ],
)
def test_a_redirect_within_a_site_is_followed(address, target):
    assert stays(address, target)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        (HERE, "http://export.arxiv.org/api/query"),
        (HERE, "https://example.org/"),
        (HERE, "https://arxiv.org.example.org/"),
        (HERE, "https://notarxiv.org/"),
        (HERE, "file:///etc/passwd"),
        (HERE, "https://127.0.0.1/"),
        ("https://mirror.example.org/a", "https://other.example.org/a"),
        ("https://mirror.example.org/a", "http://mirror.example.org/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:9000/a"),
    ],
)
def test_a_redirect_out_of_a_site_or_to_plain_http_is_not_followed(address, target):
    assert not stays(address, target)
