from datetime import date

import pytest

from extractor.sources.formats.arxiv_atom import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
      xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/x1</id>
  <title>arXiv Query: tides</title>
"""
PAPER = """<entry>
    <id>http://arxiv.org/abs/2601.01234v3</id>
    <media:title>A picture of the sea</media:title>
    <title>TideNet: Reading
  the Sea</title>
    <updated>2026-02-01T10:00:00Z</updated>
    <link href="https://arxiv.org/pdf/2601.01234v3" rel="related" title="pdf"/>
    <link href="https://arxiv.org/abs/2601.01234v3" rel="alternate" type="text/html"/>
    <summary>  We read tides where $a &lt; b$,
  and see https://example.org/tide.</summary>
    <published>2026-01-05T18:30:00Z</published>
    <arxiv:comment>9 pages</arxiv:comment>
    <arxiv:journal_ref>J. Tides 4 (2026)</arxiv:journal_ref>
    <arxiv:doi>10.1000/TIDE.1</arxiv:doi>
    <author><name>Ada Marsh</name><arxiv:affiliation>Mud Lab</arxiv:affiliation></author>
    <author><name>Bo Ebb</name></author>
  </entry>
"""
ANNOUNCED = """<entry>
    <id>oai:arXiv.org:2608.01234v2</id>
    <title>Glaciers Move</title>
    <link href="https://arxiv.org/abs/2608.01234" rel="alternate" type="text/html"/>
    <summary>arXiv:2608.01234v2 Announce Type: {kind}
Abstract: We watch ice.</summary>
    <published>2026-08-20T00:00:00-04:00</published>
    <dc:creator>Ada Marsh (Mud Lab), Bo Ebb</dc:creator>
  </entry>
"""


def read(*entries):
    return list(FORMAT.read([(HEAD + "".join(entries) + "</feed>\n").encode()]))


def test_an_entry_is_a_paper_with_all_that_is_told_of_it():
    assert read(PAPER) == [
        Found(
            line=6,
            title="TideNet: Reading\n  the Sea",
            abstract="We read tides where $a < b$,\n  and see https://example.org/tide.",
            ids=("arxiv:2601.01234", "doi:10.1000/tide.1"),
            authors=("Ada Marsh", "Bo Ebb"),
            published=date(2026, 1, 5),
            venue="J. Tides 4 (2026)",
            url="https://arxiv.org/abs/2601.01234v3",
        )
    ]


def test_an_old_id_is_known_with_its_archive():
    (found,) = read(PAPER.replace("2601.01234v3", "quant-ph/0201082v1"))

    assert isinstance(found, Found)
    assert found.ids[0] == "arxiv:quant-ph/0201082"


def test_an_error_of_arxiv_is_no_paper():
    error = """<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id><title>Error</title>
        <summary>incorrect id format for abc</summary></entry>"""
    (skipped,) = read(error)

    assert isinstance(skipped, Skipped)
    assert skipped.reason == "an error of the server: incorrect id format for abc"


def test_a_paper_with_the_title_error_is_one():
    (found,) = read(PAPER.replace("TideNet: Reading\n  the Sea", "Error"))

    assert isinstance(found, Found)


def test_a_feed_without_entries_holds_nothing():
    assert read() == []


@pytest.mark.parametrize(
    "comment",
    [
        "Withdrawn due to an error in Lemma 2",
        "This paper has been withdrawn by us",
        "paper withdrawn",
    ],
)
def test_a_paper_that_its_comment_calls_withdrawn_is_passed_over(comment):
    (skipped,) = read(PAPER.replace("9 pages", comment))

    assert isinstance(skipped, Skipped)
    assert (skipped.kind, skipped.line) == ("withdrawn", 6)


@pytest.mark.parametrize(
    ("kind", "published"), [("new", date(2026, 8, 20)), ("replace-cross", None), ("cross", None)]
)
def test_an_announcement_has_its_abstract_behind_its_kind(kind, published):
    assert read(ANNOUNCED.format(kind=kind)) == [
        Found(
            line=6,
            title="Glaciers Move",
            abstract="We watch ice.",
            ids=("arxiv:2608.01234",),
            authors=("Ada Marsh", "Bo Ebb"),
            published=published,
            url="https://arxiv.org/abs/2608.01234",
        )
    ]


def test_texts_written_as_html_lose_their_tags():
    html = """<entry><id>tag:example.org,2026:1</id>
        <title type="html">&lt;b&gt;Tides&lt;/b&gt; &amp;amp; ice</title>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">We <i>see</i> them.</div></content>
        <link href="https://example.org/1"/></entry>"""
    (found,) = read(html)

    assert isinstance(found, Found)
    assert (found.title, found.abstract) == ("Tides & ice", "We see them.")
    assert found.ids == ("url:https://example.org/1",)


def test_an_entry_without_title_or_abstract_is_found_all_the_same():
    (found,) = read("<entry><id>http://arxiv.org/abs/2601.01234</id></entry>")

    assert isinstance(found, Found)
    assert (found.title, found.abstract, found.ids) == (None, None, ("arxiv:2601.01234",))


@pytest.mark.parametrize(
    ("beginning", "fits"),
    [
        (HEAD, True),
        (PAPER, False),
        ("<rss><channel><atom:link xmlns:atom='http://www.w3.org/2005/Atom'/>", False),
        ("<html>", False),
        ("@article{feed", False),
    ],
)
def test_atom_is_told_by_its_root_and_namespace(beginning, fits):
    assert FORMAT.fits(Beginning(beginning.lower(), "papers.txt")) == fits
