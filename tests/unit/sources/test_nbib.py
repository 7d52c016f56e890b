from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.formats.nbib import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

FULL = """\

PMID- 301
OWN - NLM
STAT- MEDLINE
DP  - 2018 Jul-Aug
TI  - Sleep of harbour porters: a survey of
      two towns.
LID - S0000-0000(18)30456-1 [pii]
LID - 10.1000/Sleep.1 [doi]
AB  - BACKGROUND: Porters sleep little. METHODS: We asked
      two hundred of them - ER and ward alike.
      RESULTS: They do.
FAU - Writer, Ann
AU  - Writer A
FAU - Reader, Bo
AU  - Reader B
LA  - ger
DEP - 20180613
TA  - J Sleep
JT  - Journal of sleep
PMC - PMC77
AID - 10.1000/sleep.1 [doi]

PMID- 302
TI  - [Title in brackets].
OAB - Un resumen.
OABL- spa
DP  - 2001
"""


def read(text):
    return list(FORMAT.read([text if isinstance(text, bytes) else text.encode()]))


def test_a_full_record_is_read():
    assert read(FULL)[0] == Found(
        line=2,
        title="Sleep of harbour porters: a survey of\n      two towns.",
        abstract="BACKGROUND: Porters sleep little. METHODS: We asked\n"
        "      two hundred of them - ER and ward alike.\n      RESULTS: They do.",
        ids=("pmid:301", "doi:10.1000/sleep.1", "pmc:PMC77"),
        authors=("Writer, Ann", "Reader, Bo"),
        published=date(2018, 6, 13),
        venue="Journal of sleep",
        url="https://pubmed.ncbi.nlm.nih.gov/301/",
        language="en",
    )


def test_an_abstract_in_another_language_is_taken_where_there_is_no_other():
    second = read(FULL)[1]

    assert (second.line, second.abstract, second.language) == (24, "Un resumen.", "es")
    assert second.published == date(2001, 1, 1)


def test_a_book_has_its_own_tag_for_the_title_and_a_record_may_have_no_abstract():
    assert read("PMID- 3\nBTI - A Book of Winds\nCN  - Wind Society\n") == [
        Found(
            1,
            "A Book of Winds",
            None,
            ids=("pmid:3",),
            authors=("Wind Society",),
            venue="A Book of Winds",
            url="https://pubmed.ncbi.nlm.nih.gov/3/",
        )
    ]


def test_records_of_eric_begin_with_their_owner():
    text = "\nOWN - ERIC\nTI  - {}\nAID - http://dx.doi.org/10.1000/Reed.{}\nOID - EJ{}\nAB  - We count.\n"

    assert [
        (one.line, one.title, one.ids) for one in read(text.format("A", 1, 1) + text.format("B", 2, 2))
    ] == [
        (2, "A", ("doi:10.1000/reed.1", "EJ1")),
        (8, "B", ("doi:10.1000/reed.2", "EJ2")),
    ]


def test_windows_line_ends_are_read():
    assert [found.title for found in read(FULL.replace("\n", "\r\n"))] == [
        found.title for found in read(FULL)
    ]


def test_a_file_is_told_by_its_first_tag():
    def fits(text):
        return FORMAT.fits(Beginning(text.lstrip().lower(), "x.nbib"))

    assert fits(FULL)
    assert fits("OWN - ERIC\nTI  - A")
    assert not fits("TY  - JOUR\nTI  - A")
    assert not fits("On PMID- and other tags")
    assert not fits("TY  - JOUR\nPMID- 301\nTI  - A record of RIS")


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(data):
    assert all(isinstance(one, Found | Skipped) for one in read(b"PMID- 1\n" + data))
