from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.formats.web_of_science import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

FULL = """\
FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Writer, A
   Reader, B
AF Writer, Ann
   Reader, Bo
TI Salt in Winter Roads: What
   the Rivers Keep
SO JOURNAL OF SALT
LA English
AB Rivers keep salt. We measure how much of it
   AND for how long. It is much.
PD JAN 15
PY 2019
DI 10.1000/Salt.1
UT WOS:000123
PM 4711
ER

PT C
TI Second
AB Other words.
PY 2020
UT WOS:000124
ER

EF"""


def read(text):
    return list(FORMAT.read([text if isinstance(text, bytes) else text.encode()]))


def test_a_full_record_is_read():
    assert read(FULL)[0] == Found(
        line=3,
        title="Salt in Winter Roads: What\n   the Rivers Keep",
        abstract="Rivers keep salt. We measure how much of it\n   AND for how long. It is much.",
        ids=("doi:10.1000/salt.1", "pmid:4711", "wos:000123"),
        authors=("Writer, Ann", "Reader, Bo"),
        published=date(2019, 1, 15),
        venue="JOURNAL OF SALT",
    )


def test_every_record_is_read_whether_it_is_ended_or_not():
    for text in (FULL, FULL.replace("ER\n", ""), FULL.replace("\n", "\r\n"), "\ufeff" + FULL):
        assert [(found.title or "")[:6] for found in read(text)] == ["Salt i", "Second"]


def test_a_file_is_told_by_how_it_begins_whatever_it_is_called():
    def fits(text):
        return FORMAT.fits(Beginning(text.lstrip().lower(), "savedrecs.ris"))

    assert fits(FULL)
    assert fits(FULL.replace("\n", "\r\n"))
    assert fits(FULL.split("\n", 2)[2])
    assert not fits("TY  - JOUR\nTI  - A")
    assert not fits("PT Jumps\n\nAnd other titles")


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(data):
    assert all(isinstance(one, Found | Skipped) for one in read(b"PT J\n" + data))
