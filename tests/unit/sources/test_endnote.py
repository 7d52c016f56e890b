from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.formats.endnote import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

FULL = """\
%0 Journal Article
%T Reeds of the
Lower Marsh
%A Reed, Ada B.
%A Sedge, Bo
%J Journal of Marshes
%D 2021
%8 March 4, 2021
%R 10.1000/Reed.1
%U https://marsh.example/1
%X We count reeds; 10
% of them are dry.
%@ 1234-5678

%0 Book
%T Tides
"""


def read(text):
    return list(FORMAT.read([text if isinstance(text, bytes) else text.encode()]))


def fits(text):
    return FORMAT.fits(Beginning(text.lstrip().lower(), "x.enw"))


def test_a_full_record_is_read():
    assert read(FULL) == [
        Found(
            1,
            "Reeds of the\nLower Marsh",
            "We count reeds; 10\n% of them are dry.",
            ids=("doi:10.1000/reed.1",),
            authors=("Reed, Ada B.", "Sedge, Bo"),
            published=date(2021, 3, 4),
            venue="Journal of Marshes",
            url="https://marsh.example/1",
        ),
        Found(15, "Tides", None),
    ]


def test_records_begin_with_the_tag_that_the_first_one_begins_with():
    text = "%T Reeds\n%0 Journal Article\n%X We count.\n\n\n%T Tides\n%X We read.\n"

    assert read(text) == [Found(1, "Reeds", "We count."), Found(6, "Tides", "We read.")]


@pytest.mark.parametrize("text", [FULL, "\n%T Reeds\n%A Reed\n"])
def test_a_file_is_told_by_its_tags(text):
    assert fits(text)


@pytest.mark.parametrize("text", ["% a comment\n@article{k,\n%T x\n", "%PDF-1.4", "A page\n%T with a tag\n"])
def test_what_else_begins_with_a_percent_sign_is_none(text):
    assert not fits(text)


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(data):
    assert all(isinstance(one, Found | Skipped) for one in read(b"%0 Book\n" + data))
