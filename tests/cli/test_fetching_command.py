"""`extractor run` over names that are fetched: from a server on loopback that answers as they do."""

import json
import signal
import socket
import threading
from pathlib import Path

import pytest

import extractor
from extractor.errors import SourceError

RULES = ("--model", "rules")


def entry(number, published="2026-09-01"):
    return f"""
  <entry>
    <id>http://arxiv.org/abs/2609.{number:05}v1</id>
    <title>Reeds of Bed {number}</title>
    <summary>  Reeds of bed {number} bend and do not break. We count them in the wind, and reach
93.1% accuracy on ReedBench, two points more than a gauge.</summary>
    <published>{published}T10:00:00Z</published>
    <author><name>Ada Reed</name></author>
  </entry>"""


def feed(*entries, total=None):
    count = len(entries) if total is None else total
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">
  <opensearch:totalResults>{count}</opensearch:totalResults>{"".join(entries)}
</feed>"""


def of_ids(got):
    """Answer a request for ids: those of 2609 are there."""
    ids = [one for one in got.fields["id_list"].split(",") if one.startswith("2609.")]
    return feed(*(entry(int(one[5:10])) for one in ids))


def found_of(total):
    """Return a function that answers a query for which there are so many papers."""

    def answer(got):
        start, count = int(got.fields["start"]), int(got.fields["max_results"])
        return feed(*(entry(number) for number in range(start, min(total, start + count))), total=total)

    return answer


def daily(*numbers):
    return json.dumps(
        [
            {
                "paper": {
                    "id": f"2609.{number:05}",
                    "title": f"Gulls of Cliff {number}",
                    "summary": f"Gulls of cliff {number} are loud, and few have asked why they are.",
                    "ai_summary": "A model says that gulls are loud.",
                    "publishedAt": "2026-09-02T00:00:00.000Z",
                },
                "publishedAt": "2026-09-03T00:00:00.000Z",
            }
            for number in numbers
        ]
    )


@pytest.fixture
def mirror(service, monkeypatch):
    """Return the server of this test, set as the mirror of both services."""
    monkeypatch.setenv("EXTRACTOR_ARXIV_URL", service.url)
    monkeypatch.setenv("EXTRACTOR_HF_URL", service.url)
    return service


def rows(sql):
    return extractor.Database().sql(sql).rows()


# ---------------------------------------------------------------- what is asked for by name


def test_a_paper_is_fetched_by_its_id_and_stored_with_the_name_that_it_was_asked_for_by(extract, mirror):
    mirror.otherwise = of_ids

    done = extract("run", "arxiv:2609.00007v1", *RULES)

    assert (done.code, done.out) == (0, "")
    assert f"arxiv:2609.00007v1 asks {mirror.url}/api/query?id_list=2609.00007v1" in done.err
    assert "1 papers: 1 extracted" in done.err
    assert rows("select paper_id, title, authors, source, line from papers") == [
        {
            "paper_id": "2609.00007",
            "title": "Reeds of Bed 7",
            "authors": ["Ada Reed"],
            "source": "arxiv:2609.00007v1",
            "line": 1,
        }
    ]
    assert rows("select source, status, papers from runs") == [
        {"source": "arxiv:2609.00007v1", "status": "done", "papers": 1}
    ]
    assert [(got.path, got.fields["id_list"]) for got in mirror.requests] == [("/api/query", "2609.00007v1")]


def test_names_and_files_are_read_one_after_the_other_and_the_same_paper_of_both_is_one(
    extract, mirror, page, own_surroundings
):
    mirror.script(daily(1, 2), feed(entry(2), entry(3)))
    (own_surroundings / "in").mkdir()
    (own_surroundings / "in" / "more.jsonl").write_text(
        json.dumps({"title": "Herons at Rest", "abstract": "Herons stand still for long, and nobody minds."})
    )

    done = extract("run", "hf:daily/2026-09-03", page, "arxiv:2609.00002,2609.00003", "in", *RULES)

    assert done.code == 0
    assert "8 papers: 8 extracted" in done.err
    assert "skipped, arxiv:2609.00002,2609.00003, line 1: the same paper" in done.err
    assert rows("select source, count(*)::int papers from papers group by all order by source") == [
        {"source": str(page), "papers": 4},
        {"source": "arxiv:2609.00002,2609.00003", "papers": 1},
        {"source": "hf:daily/2026-09-03", "papers": 2},
        {"source": "in/more.jsonl", "papers": 1},
    ]
    assert rows("select source from paper_sources where paper_id = '2609.00002' order by source") == [
        {"source": "arxiv:2609.00002,2609.00003"},
        {"source": "hf:daily/2026-09-03"},
    ]


def test_a_dry_run_says_what_was_fetched_and_asks_no_model(extract, mirror):
    mirror.script(daily(1, 2))

    done = extract("run", "--dry-run", "hf:daily/2026-09-03", *RULES)

    assert (done.code, done.out) == (0, "")
    asked = f"hf:daily/2026-09-03 asks {mirror.url}/api/daily_papers?date=2026-09-03&limit=100"
    assert asked in done.err
    assert "2 papers: 0 answered already" in done.err
    assert "fetched hf:daily/2026-09-03 (Hugging Face Daily Papers (JSON)): 2 papers, 0 skipped" in done.err
    assert "paper, line 1: Gulls of Cliff 1" in done.err
    assert not Path("outputs").exists()


def test_no_more_pages_are_fetched_than_the_limit_needs(extract, mirror):
    mirror.otherwise = found_of(5000)

    done = extract("run", "arxiv:search?ti:reeds", "--limit", 50, *RULES)

    assert "50 papers: 50 extracted" in done.err
    assert "arXiv: 5000 papers for ti:reeds; 1000 at most are read, &max_results=N for more" in done.err
    assert len(mirror.requests) == 1


def test_what_is_wanted_of_a_query_is_asked_of_what_is_fetched_too(extract, mirror):
    mirror.script(feed(entry(1, "2026-09-01"), entry(2, "2019-01-01"), entry(3, "2026-09-02")))

    options = ("--since", "2026-01-01", "--where", "title <> 'Reeds of Bed 3'")
    done = extract("run", "arxiv:search?ti:reeds", *options, "--dry-run", *RULES)

    assert "1 papers: " in done.err
    assert "left out: 1 by --since, 1 by --where" in done.err


def test_an_id_that_is_not_there_is_skipped_by_name(extract, mirror):
    mirror.otherwise = of_ids

    done = extract("run", "arxiv:2609.00001,0001.00001", *RULES)

    assert done.code == 0
    assert "1 papers: 1 extracted (0 from cache), 0 failed, 1 skipped" in done.err
    assert "skipped, line 2: not at arXiv: 0001.00001" in done.err


def test_a_name_that_is_given_twice_is_asked_for_once(extract, mirror):
    mirror.otherwise = of_ids

    done = extract("run", "arxiv:2609.00001", "ArXiv:2609.00001", *RULES)

    assert "1 papers: 1 extracted" in done.err
    assert "skipped, arxiv:2609.00001: the same file again" in done.err
    assert len(mirror.requests) == 1


def test_a_day_that_has_no_papers_is_no_error(extract, mirror):
    mirror.script("[]")

    done = extract("run", "hf:daily/2026-09-05", *RULES)

    assert done.code == 0
    assert "hf:daily/2026-09-05: Daily Papers has none of that day" in done.err
    assert "0 papers: 0 extracted" in done.err


def test_the_same_names_go_by_python_where_a_path_is_a_file(mirror, own_surroundings, page):
    mirror.otherwise = of_ids
    told: list[str] = []

    summary = extractor.run(["arxiv:2609.00001", page], model="rules", tell=told.append)

    assert (summary.exit_code, summary.tally.extracted) == (0, 5)
    assert told[0].startswith("arxiv:2609.00001 asks ")
    page.rename(own_surroundings / "arxiv:2609.00001")
    assert extractor.run(Path("arxiv:2609.00001"), model="rules").tally.extracted == 4
    assert len(mirror.requests) == 1


async def test_names_are_fetched_inside_a_running_loop_too(mirror):
    mirror.otherwise = of_ids
    assert (await extractor.arun("arxiv:2609.00001", model="rules")).tally.extracted == 1


def test_a_file_that_is_called_like_a_name_is_read_by_its_path_and_that_is_told(extract, mirror, page):
    mirror.otherwise = of_ids
    page.rename("arxiv:2609.00001")

    done = extract("run", "arxiv:2609.00001", *RULES)
    assert "1 papers: 1 extracted" in done.err
    assert "arxiv:2609.00001 was fetched; the file that is called so is ./arxiv:2609.00001" in done.err

    assert "4 papers: 4 extracted" in extract("run", "./arxiv:2609.00001", *RULES).err
    assert len(mirror.requests) == 1


def test_files_in_a_folder_that_are_called_like_names_ask_nobody(extract, mirror, page, own_surroundings):
    folder = own_surroundings / "library"
    folder.mkdir()
    page.rename(folder / "arxiv:2609.00001.txt")

    assert "4 papers: 4 extracted" in extract("run", folder, *RULES).err
    assert mirror.requests == []


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("arxiv:nonsense", "'arxiv:nonsense' asks for nothing that is known"),
        ("arxiv:24.1", "is no id of arXiv"),
        ("hf:daily/soon", "'soon' is no day; write it as 2026-09-03"),
        ("arxiv:new/../etc", "is no category"),
        ("arxiv:oai?set=cs", "without from it would be all of arXiv"),
    ],
)
def test_a_name_that_asks_for_nothing_is_refused_before_anything_is_read(extract, mirror, page, name, told):
    for named in ([name], [page, "arxiv:2609.00001", name]):
        done = extract("run", *named, *RULES)
        assert (done.code, told in done.message) == (2, True)
    assert mirror.requests == []
    assert not Path("outputs").exists()


def test_a_condition_that_cannot_be_asked_of_what_is_fetched_is_refused_before_anything_is_read(
    extract, mirror, page
):
    done = extract("run", page, "hf:daily/2026-09-03", "--where", "upvotes > 3", *RULES)

    assert done.code == 2
    assert "has no upvotes that --where could ask for; it has: title, abstract" in done.message
    assert mirror.requests == []


def test_a_mirror_that_is_no_address_is_refused_by_the_name_of_its_setting(extract, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_HF_URL", "mirror.example.org")

    assert "hf_url = 'mirror.example.org': an address is needed" in extract("run", "hf:daily", *RULES).message


def test_a_service_that_asks_to_be_left_alone_ends_the_run_before_it_begins(extract, mirror):
    mirror.script(mirror.fails(429, retry_after="3600"))

    done = extract("run", "arxiv:2609.00001", *RULES)

    assert done.code == 2
    assert "error: " in done.err
    assert "the server answered 429, in 1 try; it asks to be left alone for 3600 s" in done.err
    assert not Path("outputs").exists()


def test_a_service_that_refuses_in_a_dry_run_is_told_too(extract, mirror, page):
    mirror.otherwise = lambda _: mirror.fails(403)

    done = extract("run", page, "arxiv:2609.00001", "--dry-run", *RULES)

    assert (done.code, "4 papers: " in done.err) == (1, True)
    assert "not read to its end: " in done.err
    assert "answered 403; this machine may have asked too often" in done.err


def test_what_was_read_before_a_service_goes_away_is_kept_and_what_follows_is_read(extract, mirror, page):
    mirror.script(feed(*(entry(number) for number in range(100)), total=150))
    mirror.otherwise = lambda _: mirror.fails(400)

    done = extract("run", "arxiv:search?ti:reeds", page, *RULES)

    assert done.code == 1
    assert "104 papers: 104 extracted" in done.err
    assert (
        "answered 400; check what is asked for (100 records came before; the same command goes on)"
        in done.err
    )
    assert rows("select count(*)::int papers from papers") == [{"papers": 104}]
    assert rows("select status from runs") == [{"status": "stopped"}]


def test_a_source_that_gives_nothing_loses_none_of_the_others(extract, mirror, page):
    mirror.otherwise = lambda got: mirror.fails(404) if "daily" in got.path else of_ids(got)

    done = extract("run", "hf:daily/2026-09-03", page, "arxiv:2609.00001", *RULES)

    assert (done.code, "5 papers: 5 extracted" in done.err) == (1, True)
    assert f"stopped: {mirror.url}/api/daily_papers?date=2026-09-03&limit=100 answered 404" in done.err


def test_without_a_network_it_is_told_that_files_need_none(shell):
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"

    done = shell("run", "arxiv:2609.00001", *RULES, EXTRACTOR_ARXIV_URL=closed)

    assert (done.code, done.out) == (2, "")
    assert "in 3 tries; is this machine online?" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["run", "dry run"])
def test_an_interrupt_while_an_answer_is_waited_for_ends_it(mirror, shell, eventually, options):
    never = threading.Event()
    mirror.otherwise = lambda _: mirror.page(feed(entry(1))).held_until(never)
    process = shell.start("-m", "extractor", "run", "arxiv:2609.00001", *RULES, *options)
    eventually(lambda: mirror.requests)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    never.set()
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_an_interrupt_between_two_pages_keeps_the_first_and_waits_for_no_other(
    mirror, chat, shell, eventually
):
    never = threading.Event()

    def pages(got):
        page = mirror.page(found_of(300)(got))
        return page if got.fields["start"] == "0" else page.held_until(never)

    mirror.otherwise = pages
    chat.otherwise = lambda _: chat.answer()
    model = ("--model", "m", "--base-url", chat.base_url)
    process = shell.start("-m", "extractor", "run", "arxiv:search?ti:reeds", *model)
    eventually(lambda: len(mirror.requests) == 2 and chat.count == 100)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    never.set()
    assert (process.returncode, out) == (130, "")
    assert "the same command goes on: extractor run 'arxiv:search?ti:reeds'" in err
    assert rows("select count(*)::int papers from papers") == [{"papers": 100}]


def test_a_name_is_refused_from_python_too_and_papers_of_a_program_ask_nobody(mirror):
    with pytest.raises(SourceError, match="asks for nothing that is known"):
        extractor.run("arxiv:nonsense", model="rules")
    given = [
        extractor.Paper(paper_id="arxiv:2609.00001", text=extractor.Text(abstract="Reeds bend in wind."))
    ]
    assert extractor.run(given, model="rules").tally.done == 1
    assert mirror.requests == []
