from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.formats.pubmed_text import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

FULL = """\
1. J Marsh. 2021 Mar 4;3(2):1-10. doi: 10.1000/reed.1. Epub 2020 Dec 1.

Reeds of the lower marsh: a
count of ten years.

Reed AB(1)(2), van der Sedge B Jr(2); Marsh Study Group.

Author information:
(1)Marsh University, where reeds are counted by very many people every year, and
where this goes on and on, so that it is longer than what was found.
(2)Sedge Institute.

Comment in
    J Marsh. 2022 May;4(1):3.

BACKGROUND: Reeds are many.
RESULTS: We counted
2. times, and they are.

© 2021 The Authors. Published by Marsh Press, with a notice that is as long as any
abstract would be, if not longer.

DOI: 10.1000/Reed.1
PMCID: PMC77
PMID: 301 [Indexed for MEDLINE]

Conflict of interest statement: none, none at all, and this is told at some length here too.


2. Ann Tides. 1999.

[On tides.]

[Article in German]

PMID: 302
"""


def read(text):
    return list(FORMAT.read([text if isinstance(text, bytes) else text.encode()]))


def fits(text):
    return FORMAT.fits(Beginning(text.lstrip().lower(), "x.txt"))


def test_what_is_said_of_a_paper_is_told_from_its_abstract():
    assert read(FULL) == [
        Found(
            1,
            "Reeds of the lower marsh: a\ncount of ten years.",
            "BACKGROUND: Reeds are many.\nRESULTS: We counted\n2. times, and they are.",
            ids=("pmid:301", "doi:10.1000/reed.1", "pmc:PMC77"),
            authors=("Reed AB", "van der Sedge B Jr", "Marsh Study Group"),
            published=date(2021, 3, 4),
            venue="J Marsh",
            url="https://pubmed.ncbi.nlm.nih.gov/301/",
        ),
        Found(
            30,
            "[On tides.]",
            None,
            ids=("pmid:302",),
            published=date(1999, 1, 1),
            venue="Ann Tides",
            url="https://pubmed.ncbi.nlm.nih.gov/302/",
        ),
    ]


def test_an_abstract_stands_there_where_no_authors_do():
    (found,) = read(
        "1. J Marsh. 2021.\n\nReeds.\n\nWe used CT, MRI and much else, and found reeds.\n\nPMID: 3\n"
    )

    assert (found.authors, found.abstract) == ((), "We used CT, MRI and much else, and found reeds.")


def test_a_record_in_another_encoding_is_named_and_the_rest_is_read():
    data = FULL.replace("Sedge Institute", "Institut für Riede").encode("latin-1")

    assert [type(one) for one in read(data)] == [Skipped, Found]
    assert read(data)[0].kind == "not UTF-8"


def test_a_file_is_told_by_a_citation_and_an_id():
    assert fits(FULL)


@pytest.mark.parametrize(
    "text", ["1. Reeds of 2021\n\nWe count.", "PMID: 3\n\n1. J Marsh. 2021.", "PMID- 3\n"]
)
def test_a_list_that_is_numbered_is_none(text):
    assert not fits(text)


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(data):
    assert all(isinstance(one, Found | Skipped) for one in read(b"1. J Marsh. 2021.\n\n" + data))
