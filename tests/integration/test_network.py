import gzip
import json
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from extractor.errors import SourceError
from extractor.sources.network import Network, Sites
from extractor.sources.network.answers import AGENT, LARGEST
from extractor.sources.network.web import Web
from extractor.sources.shapes import Found, Skipped


class Clock:
    """Time that passes only where somebody sleeps; `slept` are the pauses."""

    def __init__(self):
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Reader:
    """Fetches from a server on loopback, in time of its own; `told` are the lines of progress."""

    def __init__(self, url):
        self.sites = Sites(arxiv=url, hf=url)
        self.clock = Clock()
        self.told: list[str] = []
        self.network = Network(self.sites, self.told.append, clock=self.clock, sleep=self.clock.sleep)

    def fetching(self, source):
        return self.network.fetching(source)

    def __call__(self, source):
        return list(self.fetching(source))

    def refusal(self, source):
        with pytest.raises(SourceError) as refused:
            self(source)
        return str(refused.value)


@pytest.fixture
def fetch(service):
    """Return a function that fetches from the server of this test."""
    return Reader(service.url)


def titles(things):
    return [thing.title for thing in things if isinstance(thing, Found)]


# ---------------------------------------------------------------- pages as arXiv and Hugging Face write them


def entry(arxiv, title="A Study of Tides"):
    return f"""
  <entry>
    <id>http://arxiv.org/abs/{arxiv}</id>
    <title>{title}</title>
    <updated>2026-09-02T10:00:00Z</updated>
    <link href="https://arxiv.org/abs/{arxiv}" rel="alternate" type="text/html"/>
    <summary>  Tides come and go. We count
how often they do.</summary>
    <published>2026-09-01T10:00:00Z</published>
    <author><name>Ida Ebb</name></author>
  </entry>"""


def feed(*entries, total=None):
    count = len(entries) if total is None else total
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/abc</id>
  <title>arXiv Query</title>
  <opensearch:totalResults>{count}</opensearch:totalResults>{"".join(entries)}
</feed>"""


ERROR = feed(
    """
  <entry>
    <id>https://arxiv.org/api/errors#malformed_query</id>
    <title>Error</title>
    <summary>the query has a bracket too many</summary>
    <author><name>arXiv api core</name></author>
  </entry>"""
)


def record(arxiv, title):
    return f"""
  <record>
    <header><identifier>oai:arXiv.org:{arxiv}</identifier><datestamp>2026-09-02</datestamp></header>
    <metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/">
      <id>{arxiv}</id><created>2026-09-01</created><title>{title}</title><abstract>We count tides.</abstract>
    </arXiv></metadata>
  </record>"""


def harvest(*records, token=None):
    more = "" if token is None else f"<resumptionToken>{token}</resumptionToken>"
    return _oai(f"<ListRecords>{''.join(records)}{more}</ListRecords>")


def _oai(inner):
    return f'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inner}</OAI-PMH>'


def announcements(*items):
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'


ITEM = """
  <item>
    <title>Tides Once More</title>
    <link>https://arxiv.org/abs/2609.00001</link>
    <description>arXiv:2609.00001v1 Announce Type: new
Abstract: We count tides.</description>
    <pubDate>Thu, 03 Sep 2026 00:00:00 -0400</pubDate>
  </item>"""


def daily(*numbers):
    return json.dumps(
        [
            {
                "paper": {
                    "id": f"2609.{number:05}",
                    "title": f"Tide {number}",
                    "summary": "We count tides.",
                    "ai_summary": "A model says that it counts tides.",
                    "publishedAt": "2026-09-01T00:00:00.000Z",
                },
                "publishedAt": "2026-09-02T00:00:00.000Z",
                "title": f"Tide {number}",
            }
            for number in numbers
        ]
    )


# ---------------------------------------------------------------- what is asked, and what comes


def test_nothing_is_sent_before_the_first_paper_is_asked_for(service, fetch):
    papers = fetch.fetching("arxiv:2609.00001")
    assert papers.told.startswith(f"arxiv:2609.00001 asks {service.url}/api/query?id_list=2609.00001")
    iter(papers)
    assert service.requests == []


def test_a_paper_is_found_by_its_id(service, fetch):
    service.script(feed(entry("2609.00001v2")))
    (found,) = fetch("arxiv:2609.00001v2")
    assert (found.line, found.title, found.ids[0]) == (1, "A Study of Tides", "arxiv:2609.00001")
    assert service.requests[0].path == "/api/query"
    assert service.requests[0].fields == {"id_list": "2609.00001v2", "max_results": "1"}


def test_the_service_is_told_who_asks_and_no_address_of_anybody(service, fetch):
    service.script(feed(entry("2609.00001v1")))
    fetch("arxiv:2609.00001")
    agent = service.requests[0].headers["user-agent"]
    assert agent == AGENT
    assert agent.startswith("extractor-papers/")
    assert "@" not in agent


def test_ids_that_are_not_there_are_passed_over_by_name(service, fetch):
    service.script(feed(entry("math/0309136v1"), entry("2609.00002v3")))
    things = fetch("arxiv:2609.00001,math.GT/0309136,2609.00002v3")
    assert len(titles(things)) == 2
    assert things[2:] == [Skipped(3, "not at arXiv", "2609.00001")]


def test_a_service_that_gives_more_papers_than_ids_is_held_to_their_number(service, fetch):
    service.script(feed(*(entry(f"2609.{number:05}v1") for number in range(1, 60))))
    assert len(fetch("arxiv:2609.00001,2609.00002")) == 2


def test_many_ids_are_asked_for_a_hundred_at_a_time(service, fetch):
    service.otherwise = lambda got: feed(*(entry(f"{one}v1") for one in got.fields["id_list"].split(",")))
    ids = [f"2609.{number:05}" for number in range(1, 251)]
    assert len(titles(fetch(f"arxiv:{','.join(ids)}"))) == 250
    assert [got.fields["max_results"] for got in service.requests] == ["100", "100", "50"]
    assert fetch.told == ["arXiv: 100 of 250 ids asked for", "arXiv: 200 of 250 ids asked for"]


def test_none_of_the_ids_being_there_is_no_error_but_passed_over(service, fetch):
    service.script(feed())
    assert fetch("arxiv:9999.99999") == [Skipped(1, "not at arXiv", "9999.99999")]


def found_of(total):
    """Return a function that answers a query for which there are so many papers."""

    def answer(got):
        start, count = int(got.fields["start"]), int(got.fields["max_results"])
        entries = (entry(f"2609.{number:05}v1") for number in range(start, min(total, start + count)))
        return feed(*entries, total=total)

    return answer


def test_a_query_is_turned_page_by_page_to_its_end(service, fetch):
    service.otherwise = found_of(230)
    things = fetch('arxiv:search?cat:cs.CL AND all:"low tide"')
    assert [thing.line for thing in things] == list(range(1, 231))
    assert len({thing.ids for thing in things}) == 230
    assert [got.fields["start"] for got in service.requests] == ["0", "100", "200"]
    assert {got.fields["search_query"] for got in service.requests} == {'cat:cs.CL AND all:"low tide"'}
    assert {(got.fields["sortBy"], got.fields["sortOrder"]) for got in service.requests} == {
        ("submittedDate", "descending")
    }
    assert fetch.told == [
        'arXiv: 230 papers for cat:cs.CL AND all:"low tide"',
        "arXiv: 100 of 230 papers so far",
        "arXiv: 200 of 230 papers so far",
    ]


def test_a_query_ends_at_its_bound_and_says_how_many_there_are(service, fetch):
    service.otherwise = found_of(5000)
    assert len(fetch("arxiv:search?ti:tide&max_results=120&start=40")) == 120
    asked = [(got.fields["start"], got.fields["max_results"]) for got in service.requests]
    assert asked == [("40", "100"), ("140", "20")]
    assert fetch.told[0] == (
        "arXiv: 5000 papers for ti:tide; 120 at most are read from number 41 on, &max_results=N for more"
    )


def test_no_page_is_asked_for_before_its_papers_are(service, fetch):
    service.otherwise = found_of(5000)
    papers = iter(fetch.fetching("arxiv:search?ti:tide"))
    for _ in range(100):
        next(papers)
    assert len(service.requests) == 1
    next(papers)
    assert len(service.requests) == 2


def test_an_empty_page_in_the_middle_is_asked_for_again(service, fetch):
    whole = found_of(150)
    service.script(feed(*(entry(f"2609.{number:05}v1") for number in range(100)), total=150))
    service.script(feed(total=150), feed(total=150))
    service.otherwise = whole
    assert len(titles(fetch("arxiv:search?ti:tide"))) == 150
    assert [got.fields["start"] for got in service.requests] == ["0", "100", "100", "100"]
    assert "an empty page, although there are 150 papers; again in" in fetch.told[2]


def test_pages_that_stay_empty_end_it_with_what_came_before(service, fetch):
    service.script(feed(*(entry(f"2609.{number:05}v1") for number in range(100)), total=150))
    service.otherwise = lambda _: feed(total=150)
    came = []
    with pytest.raises(SourceError, match=r"an empty page, .*100 records came before") as refused:
        came.extend(fetch.fetching("arxiv:search?ti:tide"))
    assert "start=100" in str(refused.value)
    assert len(service.requests) == 9


def test_a_page_that_is_not_full_loses_no_paper(service, fetch):
    whole = found_of(130)
    service.script(feed(*(entry(f"2609.{number:05}v1") for number in range(60)), total=130))
    service.otherwise = whole
    assert len({thing.ids for thing in fetch("arxiv:search?ti:tide")}) == 130
    assert [got.fields["start"] for got in service.requests] == ["0", "60"]


def test_a_service_that_gives_more_than_is_asked_for_is_held_to_the_bound(service, fetch):
    service.script(feed(*(entry(f"2609.{number:05}v1") for number in range(60)), total=60))
    assert len(fetch("arxiv:search?ti:tide&max_results=5")) == 5


def test_a_service_that_turns_no_pages_is_not_asked_for_the_same_page_for_ever(service, fetch):
    first = "<opensearch:startIndex>0</opensearch:startIndex>"
    service.otherwise = lambda _: feed(first, entry("2609.00001v1"), entry("2609.00002v1"), total=9)
    assert len(fetch("arxiv:search?ti:tide")) == 2
    assert fetch.told[-1] == "the service turns no pages: only the first 2 papers are read"
    assert len(service.requests) == 2


def test_a_service_that_gives_the_same_page_for_another_is_not_asked_for_ever(service, fetch):
    def same(got):
        start = f"<opensearch:startIndex>{got.fields['start']}</opensearch:startIndex>"
        return feed(start, entry("2609.00001v1"), entry("2609.00002v1"), total=900)

    service.otherwise = same
    assert len(fetch("arxiv:search?ti:tide")) == 2
    assert fetch.told[-1] == "the service turns no pages: only the first 2 papers are read"
    assert len(service.requests) == 2


@pytest.mark.parametrize("total", [0, 1])
def test_papers_that_are_there_count_more_than_a_total_that_is_too_small(service, fetch, total):
    service.script(feed(entry("2609.00001v1"), entry("2609.00002v1"), total=total))
    assert len(fetch("arxiv:search?ti:tide")) == 2


def test_a_service_that_says_no_total_is_read_until_nothing_comes(service, fetch):
    page = feed(entry("2609.00001v1"))
    without = page.replace("totalResults", "other")
    service.script(without, feed().replace("totalResults", "other"))
    assert len(fetch("arxiv:search?ti:tide")) == 1


def test_a_query_that_finds_nothing_says_so(service, fetch):
    service.script(feed())
    assert fetch("arxiv:search?ti:qqq") == []
    assert "arXiv finds nothing for 'ti:qqq'" in fetch.told[0]
    assert len(service.requests) == 1


def test_an_error_that_comes_as_an_entry_is_told_and_not_asked_for_again(service, fetch):
    service.script(ERROR)
    told = fetch.refusal("arxiv:search?ti:tide)")
    assert "answered with an error: the query has a bracket too many" in told
    assert f"{service.url}/api/query?search_query=ti:tide%29" in told
    assert len(service.requests) == 1


def test_a_refusal_is_told_in_the_words_of_the_service(service, fetch):
    service.script(service.fails(400, ERROR))
    told = fetch.refusal("arxiv:search?ti:tide)")
    assert "answered 400: the query has a bracket too many; check what is asked for" in told
    assert len(service.requests) == 1


def test_announcements_of_the_day_are_read(service, fetch):
    service.script(announcements(ITEM))
    (found,) = fetch("arxiv:new/cs.CL+cs.LG")
    assert (found.title, found.abstract) == ("Tides Once More", "We count tides.")
    assert service.requests[0].path == "/rss/cs.CL+cs.LG"


def test_a_day_without_announcements_says_so(service, fetch):
    service.script(announcements())
    assert fetch("arxiv:new/cs.CL") == []
    assert "announces nothing there today" in fetch.told[0]


def test_a_harvest_follows_its_tokens(service, fetch):
    first = harvest(record("2609.00001", "Tide 1"), token="a|1001")
    service.script(first, harvest(record("2609.00002", "Tide 2"), token=""))
    things = fetch("arxiv:oai?set=cs&from=2026-09-01")
    assert [(thing.line, thing.title) for thing in things] == [(1, "Tide 1"), (2, "Tide 2")]
    assert [got.fields for got in service.requests] == [
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "set": "cs", "from": "2026-09-01"},
        {"verb": "ListRecords", "resumptionToken": "a|1001"},
    ]
    assert fetch.told == ["arXiv: 1 records so far, and more to come"]


def test_a_harvest_that_goes_in_circles_ends(service, fetch):
    service.otherwise = lambda _: harvest(record("2609.00001", "Tide 1"), token="again")
    assert "sends on and on without a new record" in fetch.refusal("arxiv:oai?from=2026-09-01")
    assert len(service.requests) == 2


def test_a_harvest_of_ever_new_pages_without_a_record_ends(service, fetch):
    service.otherwise = lambda _: harvest(token=f"token-{len(service.requests)}")
    assert "sends on and on without a new record" in fetch.refusal("arxiv:oai?from=2026-09-01")
    assert len(service.requests) == 1


def test_a_harvest_of_ever_new_tokens_and_the_same_records_ends(service, fetch):
    def pages(_):
        number = len(service.requests)
        return harvest(record(f"2609.0000{number % 2}", "A Tide"), token=f"token-{number}")

    service.otherwise = pages
    assert "sends on and on without a new record" in fetch.refusal("arxiv:oai?from=2026-09-01")
    assert len(service.requests) == 3


def test_a_token_that_no_address_holds_is_not_sent(service, fetch):
    service.script(harvest(record("2609.00001", "Tide 1"), token="x" * 100_000))
    told = fetch.refusal("arxiv:oai?from=2026-09-01")
    assert "sends on to no address" in told
    assert len(told) < 500


def test_a_harvest_that_is_cut_off_before_its_token_is_not_taken_for_the_end(service, fetch):
    first = harvest(record("2609.00001", "Tide 1"), token="next")
    service.script(first[: first.index("<resumptionToken>")], first, harvest(record("2609.00002", "Tide 2")))
    assert titles(fetch("arxiv:oai?from=2026-09-01")) == ["Tide 1", "Tide 2"]
    assert "what came is cut off after" in fetch.told[0]


def test_an_error_of_a_harvest_is_told(service, fetch):
    service.script(_oai('<error code="badArgument">no such set</error>'))
    assert "badArgument no such set" in fetch.refusal("arxiv:oai?from=2026-09-01&set=reeds")


def test_a_harvest_of_days_in_which_nothing_changed_is_no_error(service, fetch):
    service.script(_oai('<error code="noRecordsMatch">nothing changed</error>'))
    assert fetch("arxiv:oai?from=2026-09-01") == []
    assert "no record changed in these days" in fetch.told[0]


def test_a_token_that_is_no_longer_good_leaves_what_came_before(service, fetch):
    service.script(harvest(record("2609.00001", "Tide 1"), token="old"))
    service.script(_oai('<error code="badResumptionToken">expired</error>'))
    papers = iter(fetch.fetching("arxiv:oai?from=2026-09-01"))
    assert next(papers).title == "Tide 1"
    with pytest.raises(SourceError, match=r"badResumptionToken expired.*1 records came before"):
        next(papers)


def test_daily_papers_of_a_day_are_read_page_by_page(service, fetch):
    service.script(daily(*range(100)), daily(*range(100, 130)))
    things = fetch("hf:daily/2026-09-03")
    assert len(titles(things)) == 130
    assert things[0].abstract == "We count tides."
    assert [got.fields for got in service.requests] == [
        {"date": "2026-09-03", "limit": "100"},
        {"date": "2026-09-03", "limit": "100", "p": "1"},
    ]


def test_a_service_that_knows_no_pages_is_asked_once_more_and_no_paper_comes_twice(service, fetch):
    service.otherwise = lambda _: daily(*range(100))
    assert len(fetch("hf:daily/2026-09-03")) == 100
    assert len(service.requests) == 2


def test_a_day_of_papers_without_end_ends(service, fetch):
    def pages(got):
        first = 100 * int(got.fields.get("p", 0))
        return daily(*range(first, first + 100))

    service.otherwise = pages
    assert "sends on and on: no day has 5000 papers" in fetch.refusal("hf:daily/2026-09-03")
    assert len(service.requests) == 50


def test_a_day_without_daily_papers_says_so(service, fetch):
    service.script("[]")
    assert fetch("hf:daily/2026-09-05") == []
    assert "hf:daily/2026-09-05: Daily Papers has none of that day" in fetch.told[0]


def test_what_daily_papers_refuse_is_told_in_their_words(service, fetch):
    service.script(service.fails(400, '{"error": "the date is too early"}'))
    assert "answered 400: the date is too early" in fetch.refusal("hf:daily/2013-09-05")


# ---------------------------------------------------------------- trouble on the way

PAPER = feed(entry("2609.00001v1"))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again_after_growing_pauses(service, fetch, status):
    service.script(*(service.fails(status) for _ in range(7)), PAPER)
    assert titles(fetch("arxiv:2609.00001")) == ["A Study of Tides"]
    for pause, longest in zip(fetch.clock.slept, (2, 4, 8, 16, 32, 60, 60), strict=True):
        assert longest / 2 <= pause <= longest
    assert fetch.told[0].startswith(f"127.0.0.1: the server answered {status}; again in ")
    assert fetch.told[0].endswith("(try 1 of 8)")


def test_a_server_says_when_to_come_again(service, fetch):
    service.script(service.fails(503, retry_after="42"), PAPER)
    fetch("arxiv:2609.00001")
    assert fetch.clock.slept == [42]


@pytest.mark.parametrize("seconds", ["3600", "99999999"])
def test_nobody_waits_longer_than_ten_minutes_for_a_server(service, fetch, seconds):
    service.script(service.fails(429, retry_after=seconds))
    told = fetch.refusal("arxiv:2609.00001")
    assert f"in 1 try; it asks to be left alone for {seconds} s: run the same again then" in told
    assert fetch.clock.slept == []


def test_nobody_waits_longer_than_twenty_minutes_for_an_answer(service, fetch):
    service.otherwise = lambda _: service.fails(503, retry_after="600")
    assert "the server answered 503, in 3 tries" in fetch.refusal("arxiv:2609.00001")
    assert fetch.clock.slept == [600, 600]


def test_a_server_that_stays_in_trouble_is_given_up(service, fetch):
    service.otherwise = lambda _: service.fails(503)
    told = fetch.refusal("arxiv:2609.00001")
    assert told == (
        f"{service.url}/api/query?id_list=2609.00001&max_results=1: the server answered 503, in 8 tries; "
        "it may be overloaded: run the same again later"
    )
    assert len(service.requests) == 8


def test_a_connection_that_is_lost_is_made_again(service, fetch):
    service.script(service.hangs_up(), PAPER)
    assert titles(fetch("arxiv:2609.00001")) == ["A Study of Tides"]


def test_an_answer_that_ends_early_is_asked_for_again(service, fetch):
    service.script(service.page(PAPER[:200], content_length="2000", connection="close"), PAPER)
    assert titles(fetch("arxiv:2609.00001")) == ["A Study of Tides"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_page_that_is_cut_off_is_asked_for_again_whatever_its_length_says(service, fetch, pack):
    cut = pack(PAPER.encode())[:-20]
    headers = {"content_encoding": "gzip"} if pack is gzip.compress else {}
    service.script(service.page(cut, **headers), PAPER)
    assert titles(fetch("arxiv:2609.00001")) == ["A Study of Tides"]
    assert "what came is cut off after" in fetch.told[0]


def test_a_list_of_daily_papers_that_is_cut_off_is_asked_for_again(service, fetch):
    service.script(daily(1, 2)[:-30], daily(1, 2))
    assert len(titles(fetch("hf:daily/2026-09-03"))) == 2


def test_without_a_server_it_is_tried_three_times_and_told_that_files_need_none():
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"
    offline = Reader(closed)
    told = offline.refusal("arxiv:2609.00001")
    assert told.startswith(f"{closed}/api/query?id_list=2609.00001")
    assert told.endswith(
        "in 3 tries; is this machine online? Saved answers are read as files, without a network"
    )
    assert len(offline.clock.slept) == 2


def test_the_proxy_of_the_environment_is_asked_in_place_of_a_host(service, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", service.url)
    service.script(PAPER)
    far = Network(Sites(arxiv="http://mirror.example.org/arxiv"))
    assert titles(far.fetching("arxiv:2609.00001")) == ["A Study of Tides"]
    assert service.requests[0].headers["host"] == "mirror.example.org"
    assert service.requests[0].path == "/arxiv/api/query"


def test_a_proxy_that_wants_a_log_in_is_told_without_its_address(service, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", service.url.replace("//", "//me:secret@"))
    service.script(service.fails(407))
    far = Network(Sites(arxiv="http://mirror.example.org"))
    with pytest.raises(SourceError, match="answered 407; the proxy wants a log-in: see HTTPS_PROXY") as told:
        list(far.fetching("arxiv:2609.00001"))
    assert "secret" not in str(told.value)


def test_a_proxy_that_cannot_be_used_is_told_without_its_password(service, fetch, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "gopher://me:secret@127.0.0.1:1")
    told = fetch.refusal("arxiv:2609.00001")
    assert "the environment's proxy or certificates cannot be used; see HTTPS_PROXY" in told
    assert "secret" not in told
    assert service.requests == []


def test_a_page_that_is_no_feed_is_not_taken_for_an_empty_one(service, fetch):
    service.otherwise = lambda _: "<html><body>Log in to this network</body></html>"
    told = fetch.refusal("arxiv:2609.00001")
    assert "what came is not Atom, as of arXiv but '<html><body>Log in to this network</body></html>'" in told
    assert "a log-in page or a proxy may answer in its place" in told
    assert len(service.requests) == 3


def test_codes_of_a_terminal_do_not_come_through_an_error(service, fetch):
    service.script(service.fails(400, ERROR.replace("bracket", "\u202e bracket\x9b31m")))
    told = fetch.refusal("arxiv:2609.00001")
    assert "bracket" in told
    assert told.isprintable()


def test_codes_of_a_terminal_in_a_name_are_neither_told_nor_stored(service, fetch):
    service.script(feed(entry("2609.00001v1")))
    papers = fetch.fetching("arxiv:search?ti:\x1b[31m \udcff tide\n")
    assert len(list(papers)) == 1
    assert [line.isprintable() for line in (papers.name, papers.told, *fetch.told)] == [True] * 3


def test_a_name_of_very_many_ids_is_cut_where_it_is_shown_and_stored(fetch):
    ids = ",".join(f"2609.{number:05}" for number in range(500))
    papers = fetch.fetching(f"arxiv:{ids}")
    assert (len(papers.name), papers.at_most) == (500, 500)
    assert len(papers.told) < 1000


def test_a_page_in_gzip_is_unpacked(service, fetch):
    service.script(service.page(gzip.compress(PAPER.encode()), content_encoding="gzip"))
    assert titles(fetch("arxiv:2609.00001")) == ["A Study of Tides"]
    assert service.requests[0].headers["accept-encoding"] == "gzip"


def test_a_page_that_unpacks_to_more_than_there_is_room_for_is_refused(service, fetch):
    bomb = gzip.compress(bytes(LARGEST + 1))
    service.script(service.page(bomb, content_encoding="gzip"))
    assert "answers with over 64 MiB; ask for less at once" in fetch.refusal("arxiv:2609.00001")


@pytest.mark.parametrize("encoding", ["zstd", "gzip, gzip", "br"])
def test_a_page_that_is_packed_in_another_way_than_asked_for_is_refused(service, fetch, encoding):
    service.script(service.page(b"x", content_encoding=encoding))
    assert "in a way that is not read here" in fetch.refusal("arxiv:2609.00001")


def test_a_redirect_within_the_site_is_followed(service, fetch):
    service.script(service.fails(301, location="/api/query2"), PAPER)
    assert titles(fetch("arxiv:2609.00001")) == ["A Study of Tides"]
    assert [got.path for got in service.requests] == ["/api/query", "/api/query2"]


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/", "file:///etc/hosts", "https://example.org/", "//[x"]
)
def test_a_redirect_to_another_site_is_not_followed(service, fetch, target):
    service.script(service.fails(302, location=target))
    told = fetch.refusal("arxiv:2609.00001")
    assert f"sends on to {target}, which is not the same site by https; not followed" in told
    assert len(service.requests) == 1


def test_a_redirect_without_end_is_given_up(service, fetch):
    service.otherwise = lambda _: service.fails(302, location="/api/query")
    assert "sends on more than 5 times" in fetch.refusal("arxiv:2609.00001")
    assert len(service.requests) == 6


# ---------------------------------------------------------------- pace, and the end


def test_requests_to_arxiv_begin_three_seconds_apart(service):
    clock = Clock()
    web = Web(lambda _: None, clock, clock.sleep, pause=lambda _: 3.0)
    service.otherwise = lambda _: PAPER
    for passed in (0.0, 1.0, 5.0):
        clock.now += passed
        web.get(service.url, lambda _: None)
    assert clock.slept == [2.0]


def test_the_pace_is_kept_between_names_too_and_told_once(service):
    clock = Clock()
    told: list[str] = []
    sites = Sites(arxiv=service.url, hf=service.url)
    network = Network(sites, told.append, clock=clock, sleep=clock.sleep, pause=lambda _: 3.0)
    service.script(PAPER, PAPER, daily(1))
    for name in ("arxiv:2609.00001", "arxiv:2609.00001v1", "hf:daily/2026-09-03"):
        assert len(list(network.fetching(name))) == 1
    assert clock.slept == [3.0, 3.0]
    assert told == ["127.0.0.1 is asked once in 3 s, as it wishes"]


def test_an_answer_that_never_ends_is_not_waited_for(service):
    clock, never = Clock(), threading.Event()
    service.otherwise = lambda _: service.page(PAPER).held_until(never)
    web = Web(lambda _: None, clock, clock.sleep, whole=0.01)
    with pytest.raises(SourceError, match=r"no whole answer within 0\.01 s, in 3 tries"):
        web.get(service.url, lambda _: None)
    never.set()


INTERRUPTED = """
import sys
from extractor.sources.network import Network, Sites
try:
    list(Network(Sites(arxiv=sys.argv[1])).fetching("arxiv:2609.00001"))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_ends_the_waiting(service, shell, eventually):
    never = threading.Event()
    service.otherwise = lambda _: service.page(PAPER).held_until(never)
    process = shell.start("-c", INTERRUPTED, service.url)
    eventually(lambda: service.requests)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("interrupted\n", "")
    never.set()


async def test_papers_are_fetched_inside_a_running_loop_too(service, fetch):
    service.script(PAPER)
    assert titles(fetch("arxiv:2609.00001")) == ["A Study of Tides"]


def test_a_stop_ends_at_once_what_another_thread_waits_for(service, fetch, eventually):
    never = threading.Event()
    service.otherwise = lambda _: service.page(PAPER).held_until(never)
    papers = fetch.fetching("arxiv:2609.00001")
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(list, papers)
        eventually(lambda: service.requests)
        fetch.network.stop()
        with pytest.raises(SourceError, match="the run was stopped"):
            reading.result(20)
    never.set()


def test_nothing_is_sent_after_a_stop(service, fetch):
    papers = fetch.fetching("arxiv:2609.00001")
    fetch.network.stop()
    with pytest.raises(SourceError, match="the run was stopped"):
        list(papers)
    assert service.requests == []
