from datetime import date

import pytest

from extractor.sources.formats.rss import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><title>cs.CL updates</title><description>of today</description>
"""
OLD_HEAD = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
"""
ITEM = """<item>
  <title>TideNet: $a &lt; b$ at Sea</title>
  <link>https://arxiv.org/abs/2608.19540</link>
  <description>arXiv:2608.19540v1 Announce Type: {kind}
Abstract: We read tides where $x&lt;b$ and c&gt;d. The &lt;b&gt; token stands.</description>
  <guid isPermaLink="false">oai:arXiv.org:2608.19540v1</guid>
  <pubDate>Wed, 26 Aug 2026 00:00:00 -0400</pubDate>
  <arxiv:announce_type>{kind}</arxiv:announce_type>
  <arxiv:DOI>10.1000/tide.2</arxiv:DOI>
  <arxiv:journal_reference>J. Tides 5</arxiv:journal_reference>
  <dc:creator>Ada Marsh, Bo Ebb</dc:creator>
</item>
"""
OLD_ITEM = """<item rdf:about="http://arxiv.org/abs/2006.12345">
  <title>Glaciers (and Ice) Move. (arXiv:2006.12345v1 [cs.LG]{updated})</title>
  <link>http://arxiv.org/abs/2006.12345</link>
  <description>&lt;p&gt;We watch &lt;i&gt;ice&lt;/i&gt; &amp;amp; snow.
&lt;/p&gt;</description>
  <dc:creator>&lt;a href="http://arxiv.org/a/1"&gt;Ada Marsh&lt;/a&gt;,
    &lt;a href="http://arxiv.org/a/2"&gt;Bo Ebb&lt;/a&gt;</dc:creator>
  <dc:date>2020-06-22</dc:date>
</item>
"""


def read(*items, head=HEAD, tail="</channel></rss>"):
    return list(FORMAT.read([(head + "".join(items) + tail).encode()]))


@pytest.mark.parametrize(
    ("kind", "published"),
    [("new", date(2026, 8, 26)), ("cross", None), ("replace", None), ("replace-cross", None)],
)
def test_an_announcement_has_its_abstract_as_it_was_written(kind, published):
    assert read(ITEM.format(kind=kind)) == [
        Found(
            line=4,
            title="TideNet: $a < b$ at Sea",
            abstract="We read tides where $x<b$ and c>d. The <b> token stands.",
            ids=("arxiv:2608.19540", "doi:10.1000/tide.2"),
            authors=("Ada Marsh", "Bo Ebb"),
            published=published,
            venue="J. Tides 5",
            url="https://arxiv.org/abs/2608.19540",
        )
    ]


def test_a_paper_is_found_as_often_as_it_is_announced():
    found = read(ITEM.format(kind="new"), ITEM.format(kind="cross"))

    assert [one.ids[0] for one in found if isinstance(one, Found)] == 2 * ["arxiv:2608.19540"]


@pytest.mark.parametrize(("updated", "published"), [("", date(2020, 6, 22)), (" UPDATED", None)])
def test_an_announcement_of_the_old_form_has_its_id_in_the_title(updated, published):
    (found,) = read(OLD_ITEM.format(updated=updated), head=OLD_HEAD, tail="</rdf:RDF>")

    assert found == Found(
        line=3,
        title="Glaciers (and Ice) Move",
        abstract="We watch ice & snow.",
        ids=("arxiv:2006.12345",),
        authors=("Ada Marsh", "Bo Ebb"),
        published=published,
        url="http://arxiv.org/abs/2006.12345",
    )


def test_a_feed_of_another_site_is_read_too():
    item = """<item><title>Moors &amp;amp; Mud</title><link>https://example.org/7</link>
      <description><![CDATA[<p>We wade.</p>]]></description><dc:creator>Marsh, Ada</dc:creator>
      <dc:identifier>doi:10.1000/mud</dc:identifier></item>"""
    (found,) = read(item)

    assert isinstance(found, Found)
    assert (found.title, found.abstract) == ("Moors & Mud", "We wade.")
    assert found.authors == ("Marsh, Ada",)
    assert found.ids == ("doi:10.1000/mud", "url:https://example.org/7")


def test_an_item_that_cannot_be_parsed_is_named_and_the_next_one_read():
    broken, good = read("<item><title>Salt & mud</title></item>\n", ITEM.format(kind="new"))

    assert isinstance(broken, Skipped)
    assert (broken.kind, broken.line, broken.shown) == ("malformed XML", 4, "Salt & mud")
    assert isinstance(good, Found)


def test_a_day_without_announcements_holds_nothing():
    assert read() == []


@pytest.mark.parametrize(
    ("beginning", "fits"), [(HEAD, True), (OLD_HEAD, True), ("<rdf:rdf>", False), ("<feed>", False)]
)
def test_rss_is_told_by_its_root(beginning, fits):
    assert FORMAT.fits(Beginning(beginning.lower(), "papers.txt")) == fits
