from datetime import date

import pytest

from extractor.sources.formats.oai_pmh import FORMAT, resumption_token
from extractor.sources.shapes import Beginning, Found, Skipped

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<request verb="ListRecords" metadataPrefix="arXiv">http://example.org/oai</request>
"""
ARXIV = """<arXiv xmlns="http://arxiv.org/OAI/arXiv/">
  <id>2504.01234</id><created>2025-04-15</created><updated>2026-01-05</updated>
  <authors><author><keyname>Marsh</keyname><forenames>Ada</forenames><suffix>Jr.</suffix></author>
    <author><keyname>The Mud Team</keyname></author></authors>
  <title>Marsh&#39;s Tides</title><categories>cs.LG</categories><comments>5 pages</comments>
  <journal-ref>J. Tides 7, 2025</journal-ref><doi>10.1000/a1 10.1000/B2</doi>
  <abstract>  We read
  tides.</abstract>
</arXiv>"""
RAW = """<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">
  <id>math/0703456</id><submitter>Ada Marsh</submitter>
  <version version="v1"><date>Mon, 2 Apr 2007 19:18:42 GMT</date><size>9kb</size></version>
  <version version="v2"><date>Tue, 1 May 2007 10:00:00 GMT</date><size>9kb</size></version>
  <title>Tides</title>
  <authors>Ada Marsh (1 and 2), Bo Ebb (1) and C. van der Flow ((1) Mud Lab (North), (2) Sea)</authors>
  <abstract>We read tides.</abstract>
</arXivRaw>"""
DC = """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:title xml:lang="de">Gezeiten</dc:title><dc:title xml:lang="en">Tides</dc:title>
  <dc:creator>Marsh, Ada</dc:creator><dc:creator>Ebb, Bo</dc:creator>
  <dc:description>Comment: 37 pages, and of these many, many more are empty</dc:description>
  <dc:description xml:lang="de">Wir lesen Gezeiten, und zwar solche von allen Meeren.</dc:description>
  <dc:description xml:lang="en">Note.</dc:description>
  <dc:description xml:lang="en">We read tides.</dc:description>
  <dc:date>2025-05-06</dc:date><dc:date>2024-05</dc:date><dc:date>soon</dc:date>
  <dc:identifier>J. Tides 3, 1</dc:identifier><dc:identifier>http://example.org/p/9</dc:identifier>
  <dc:identifier>doi:10.1000/C3</dc:identifier><dc:source>J. Tides 3</dc:source>
  <dc:language>ger</dc:language>
</oai_dc:dc>"""


def record(metadata, name="oai:arXiv.org:2504.01234"):
    return f"""<record>
<header><identifier>{name}</identifier><datestamp>2026-01-05</datestamp></header>
<metadata>{metadata}</metadata>
</record>
"""


def read(*parts, tail="</OAI-PMH>"):
    return list(FORMAT.read([(HEAD + "".join(parts) + tail).encode()]))


def test_arxiv_metadata_give_a_paper_dated_by_its_first_version():
    assert read(record(ARXIV)) == [
        Found(
            line=4,
            title="Marsh's Tides",
            abstract="We read\n  tides.",
            ids=("arxiv:2504.01234", "doi:10.1000/a1", "doi:10.1000/b2"),
            authors=("Ada Marsh Jr.", "The Mud Team"),
            published=date(2025, 4, 15),
            venue="J. Tides 7, 2025",
            url="https://arxiv.org/abs/2504.01234",
        )
    ]


def test_arxiv_raw_has_its_authors_in_one_text_and_a_date_a_version():
    (found,) = read(record(RAW, "oai:arXiv.org:math/0703456"))

    assert isinstance(found, Found)
    assert found.ids == ("arxiv:math/0703456",)
    assert found.authors == ("Ada Marsh", "Bo Ebb", "C. van der Flow")
    assert found.published == date(2007, 4, 2)


def test_dublin_core_gives_its_english_texts_its_longest_description_and_its_first_date():
    assert read(record(DC, "oai:example.org:9")) == [
        Found(
            line=4,
            title="Tides",
            abstract="We read tides.",
            ids=("doi:10.1000/c3", "url:http://example.org/p/9", "oai:example.org:9"),
            authors=("Marsh, Ada", "Ebb, Bo"),
            published=date(2024, 5, 1),
            venue="J. Tides 3",
            url="http://example.org/p/9",
            language="en",
        )
    ]


def test_dublin_core_of_arxiv_is_known_by_its_id():
    (found,) = read(record(DC.replace("http://example.org/p/9", "http://arxiv.org/abs/2504.01234v2")))

    assert isinstance(found, Found)
    assert found.ids == ("arxiv:2504.01234", "doi:10.1000/c3")


def test_metadata_may_stand_without_a_record_around_them():
    (found,) = FORMAT.read([ARXIV.encode()])

    assert isinstance(found, Found)
    assert found.title == "Marsh's Tides"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ('<record><header status="deleted"><identifier>oai:a:1</identifier></header></record>', "deleted"),
        ("<record><header><identifier>oai:a:1</identifier></header></record>", "no metadata"),
        (
            record('<marc:record xmlns:marc="urn:marc"/>', "oai:a:1"),
            "metadata of another form: record; arXiv, arXivRaw, arXivOld, dc are read",
        ),
        (record(ARXIV.replace("5 pages", "This paper was withdrawn by arXiv")), "withdrawn"),
        (record(DC.replace("Comment: 37 pages", "Comment: Withdrawn by the authors")), "withdrawn"),
        ('<error code="noRecordsMatch"/>', "an error of the server: noRecordsMatch"),
        (
            '<error code="badResumptionToken">It is too old</error>',
            "an error of the server: badResumptionToken It is too old",
        ),
    ],
)
def test_what_is_no_paper_is_passed_over_with_its_reason(part, reason):
    (skipped,) = read(part)

    assert isinstance(skipped, Skipped)
    assert (skipped.line, skipped.reason) == (4, reason)


def test_marc_records_within_records_do_not_end_them():
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'

    assert [type(one) for one in read(record(marc), record(ARXIV))] == [Skipped, Found]


def test_pages_of_a_harvest_may_follow_each_other():
    page = HEAD + record(ARXIV) + "</OAI-PMH>\n"

    assert len(list(FORMAT.read([page.encode(), page.encode()]))) == 2


@pytest.mark.parametrize(
    ("tail", "token"),
    [
        ('<resumptionToken cursor="0">more|1000</resumptionToken></OAI-PMH>', "more|1000"),
        ('<resumptionToken cursor="1000"/></OAI-PMH>', None),
        ("</OAI-PMH>", None),
    ],
)
def test_a_page_says_how_to_ask_for_the_next_one(tail, token):
    assert resumption_token([(HEAD + record(ARXIV) + tail).encode()]) == token


@pytest.mark.parametrize(
    ("beginning", "fits"),
    [
        (HEAD, True),
        (ARXIV, True),
        ("<html> http://www.openarchives.org/OAI/2.0/", False),
        ("broken xml", False),
    ],
)
def test_oai_is_told_by_its_namespaces(beginning, fits):
    assert FORMAT.fits(Beginning(beginning.lower(), "papers.txt")) == fits
