from datetime import date

import pytest

from extractor.sources.formats.endnote_xml import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

STYLED = '<style face="normal" font="default" size="100%">{}</style>'
FULL = f"""<?xml version="1.0" encoding="UTF-8" ?><xml><records>
<record><database name="My.enl">My.enl</database><rec-number>1</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author>{STYLED.format("Reed, Ada B.")}</author><author>Sedge, Bo</author></authors>
<secondary-authors><author>Editor, Ed</author></secondary-authors></contributors>
<titles><title>{STYLED.format("Reeds of ")}{STYLED.format("Phragmites")}</title>
<secondary-title>{STYLED.format("Marshes")}</secondary-title></titles>
<dates><year>{STYLED.format("2021")}</year><pub-dates><date>Mar 4</date></pub-dates></dates>
<abstract>{STYLED.format("We count reeds &amp; sedges.")}</abstract><language>eng</language>
<electronic-resource-num>10.1000/Reed.1</electronic-resource-num>
<urls><related-urls><url>https://pubmed.ncbi.nlm.nih.gov/301/</url></related-urls></urls></record>
<record><rec-number>2</rec-number><titles><title>Tides</title></titles></record>
</records></xml>"""


def read(text):
    return list(FORMAT.read([text.encode()]))


def test_a_full_record_is_read():
    assert read(FULL) == [
        Found(
            2,
            "Reeds of Phragmites",
            "We count reeds & sedges.",
            ids=("doi:10.1000/reed.1", "pmid:301"),
            authors=("Reed, Ada B.", "Sedge, Bo"),
            published=date(2021, 3, 4),
            venue="Marshes",
            url="https://pubmed.ncbi.nlm.nih.gov/301/",
            language="en",
        ),
        Found(12, "Tides", None),
    ]


def test_a_record_that_is_broken_harms_no_other():
    assert [type(one) for one in read(FULL.replace("</titles>", "</title>", 1))] == [Skipped, Found]


@pytest.mark.parametrize(("text", "fits"), [(FULL, True), ("<xml><records><a/></records></xml>", False)])
def test_a_file_is_told_by_its_numbered_records(text, fits):
    assert FORMAT.fits(Beginning(text.lower(), "x.xml")) is fits
