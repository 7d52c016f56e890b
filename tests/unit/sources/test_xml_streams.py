import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.formats.xml_pieces import LONGEST
from extractor.sources.formats.xml_streams import MALFORMED, Record, records, root_of
from extractor.sources.formats.xml_texts import first, text_of, without_html
from extractor.sources.shapes import Beginning, Skipped

FEED = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by <nobody> -->
<feed xmlns="urn:feed" xmlns:x="urn:extra">
  <paper><name>Tides</name></paper>
  <paper x:rank="1"><name><![CDATA[<paper> & </paper>]]></name></paper><!-- <paper> -->
  <paper>
    <name>Ice &amp; snow</name>
  </paper>
</feed>
"""


def read(*blocks):
    return list(records(blocks, "paper"))


def names(found):
    return [first(one.element, "{*}name") if isinstance(one, Record) else one.kind for one in found]


def lines(found):
    return [one.line for one in found]


def in_feed(*papers):
    return b"<feed>\n" + b"\n".join(papers) + b"\n</feed>\n"


def test_each_record_comes_with_its_line_and_comments_and_cdata_do_not_count_as_tags():
    found = read(FEED)

    assert names(found) == ["Tides", "<paper> & </paper>", "Ice & snow"]
    assert lines(found) == [4, 5, 6]


@given(cuts=st.lists(st.integers(0, len(FEED)), max_size=40))
def test_it_does_not_matter_where_the_blocks_end(cuts):
    places = [0, *sorted(cuts), len(FEED)]
    blocks = [FEED[start:end] for start, end in itertools.pairwise(places)]

    assert names(read(*blocks)) == ["Tides", "<paper> & </paper>", "Ice & snow"]
    assert lines(read(*blocks)) == [4, 5, 6]


@given(length=st.integers(FEED.index(b"<feed") + 6, len(FEED) - len("</feed>\n")))
def test_a_file_cut_off_anywhere_gives_what_came_before_and_says_so_once(length):
    *before, last = read(FEED[:length])

    assert names(before) == ["Tides", "<paper> & </paper>", "Ice & snow"][: len(before)]
    assert isinstance(last, Skipped)
    assert last.kind == MALFORMED
    assert "is missing" in last.detail


@pytest.mark.parametrize(
    "broken",
    [
        b"<paper><name>R&D</name></paper>",
        b"<paper><name>a < b</name></paper>",
        b"<paper><name>no end</paper>",
        b"<paper><name>never ends</name>",
        b"<paper><name>\xff\xfe</name></paper>",
        b"<paper><name>\x0b</name></paper>",
        b"<paper><name>&unheard;</name></paper>",
        b"<paper><y:name>no such prefix</y:name></paper>",
        b"<paper>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</paper>",
        b"<paper>" + b"<a b=''/>" * 600_000 + b"</paper>",
        b"<paper><name>" + b"a" * 11_000_000 + b"</name></paper>",
        b"<paper><name>" + b"a" * LONGEST + b"</name></paper>",
    ],
    ids=[
        "ampersand",
        "less than",
        "wrong end",
        "no end",
        "not UTF-8",
        "control code",
        "unknown entity",
        "unknown prefix",
        "deep",
        "many elements",
        "over 10 MB of text",
        "over 16 MiB",
    ],
)
def test_a_broken_record_is_passed_over_with_its_line_and_the_next_one_is_read(broken):
    found = read(
        in_feed(b"<paper><name>Tides</name></paper>", broken, b"<paper><name>Glaciers</name></paper>")
    )

    assert names(found) == ["Tides", MALFORMED, "Glaciers"]
    assert lines(found) == [2, 3, 4]


def test_what_is_wrong_is_told_with_its_own_line():
    (found,) = read(in_feed(b"<paper>\n<name>Tides\n& more</name>\n</paper>"))

    assert isinstance(found, Skipped)
    assert "(line 4)" in found.detail
    assert found.shown == "Tides & more"


def test_entities_that_a_document_declares_are_not_known_so_that_no_bomb_goes_off():
    bomb = b'<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    found = read(bomb + in_feed(b"<paper><name>&b;</name></paper>", b"<paper><name>Ice</name></paper>"))

    assert names(found) == [MALFORMED, "Ice"]


def test_nothing_outside_the_file_is_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    outside = f'<!DOCTYPE feed [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'.encode()
    found = read(outside + in_feed(b"<paper><name>&a;</name></paper>"))

    assert names(found) == [MALFORMED]
    assert "secret" not in str(found[0])


def test_entities_of_html_are_decoded():
    found = read(in_feed(b"<paper><name>Caf&eacute;s&nbsp;&amp; &LT;bars&GT;</name></paper>"))

    assert names(found) == ["Cafés\xa0& <bars>"]


def test_several_documents_may_follow_each_other_and_records_may_stand_alone():
    assert names(read(FEED + FEED)) == 2 * ["Tides", "<paper> & </paper>", "Ice & snow"]
    assert names(read(b"<paper><name>Tides</name></paper>\n<paper/>")) == ["Tides", None]


def test_a_record_may_hold_an_element_of_its_own_name_from_elsewhere():
    nested = b'<paper><name>Tides</name><paper xmlns="urn:other"><paper xmlns="urn:x"/></paper></paper>'

    assert names(read(in_feed(nested, b"<paper><name>Ice</name></paper>"))) == ["Tides", "Ice"]


def test_prefixes_of_the_root_hold_in_its_records():
    document = (
        b"<a:feed xmlns:a=\"urn:a\"\n xmlns:b='urn:b'><a:paper><b:name>Tides</b:name></a:paper></a:feed>"
    )
    (found,) = read(document)

    assert isinstance(found, Record)
    assert first(found.element, "{urn:b}name") == "Tides"


def test_another_encoding_that_the_document_names_is_read():
    document = '<?xml version="1.0" encoding="ISO-8859-1"?><feed><paper><name>Følge</name></paper></feed>'

    assert names(read(document.encode("latin-1"))) == ["Følge"]
    assert names(read(document.encode())) == ["Følge"]


@pytest.mark.parametrize(
    ("endless", "most"),
    [
        (b"<feed><paper><name>", 4 * LONGEST),
        (b"<feed><paper><![CDATA[", 4 * LONGEST),
        (b"<feed><!--", LONGEST),
        (b"<feed><paper ", 4 * LONGEST),
        (b"<feed>", LONGEST),
    ],
    ids=["text", "cdata", "comment", "tag", "between"],
)
def test_memory_stays_bounded_whatever_never_ends(endless, most):
    tracemalloc.start()
    found = read(endless, *[b"endless " * (1 << 17)] * 40)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert all(isinstance(one, Skipped) for one in found)
    assert len(found) == 1
    assert peak < most


@pytest.mark.parametrize(
    ("beginning", "root"),
    [
        ('<?xml version="1.0"?>\n<!-- <rss> -->\n<!doctype a [<!entity b "c">]>\n<a:feed x="y">', "feed"),
        ("<!doctype html><html>", "html"),
        ("<record>", "record"),
        ("tides", ""),
        ("<" * 60_000, ""),
        ("<!---->" * 9_000 + "x", ""),
    ],
)
def test_a_file_is_told_by_its_first_element(beginning, root):
    assert root_of(Beginning(beginning, "papers.xml")) == root


def test_markup_is_flattened_and_an_index_stays_with_its_letter():
    (found,) = read(
        in_feed(
            b"<paper> H<sub>2</sub>O of <i>Mytilus</i>, &#946;\n\t<sub>3</sub>, <b>fast</b>\n flow </paper>"
        )
    )

    assert isinstance(found, Record)
    assert text_of(found.element) == "H2O of Mytilus, β3, fast\n flow"


def test_formulas_are_read_once_without_their_other_forms():
    (found,) = read(
        in_feed(b"<paper>At <math><mi>x</mi><annotation>\\x</annotation></math><fn>1</fn> all stop</paper>")
    )

    assert isinstance(found, Record)
    assert text_of(found.element) == "At x all stop"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ('<p class="a">One</p><p>two &amp; <b>three</b></p>', "\nOne\n\ntwo & three\n"),
        ("where a<b and c>d, p < 0.05", "where a<b and c>d, p < 0.05"),
        ("$x<i$ or i>3", "$x<i$ or i>3"),
        ("see <a href='https://example.org'>here</a><br/>now", "see here\nnow"),
    ],
)
def test_html_loses_its_tags_and_keeps_its_formulas(written, plain):
    assert without_html(written) == plain
