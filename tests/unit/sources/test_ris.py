from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.formats.ris import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

FULL = """\
TY  - JOUR
TI  - Tides and Their Tables
AU  - Writer, Ann
AU  - Reader,Bo
DA  - 2019/05/13
PY  - 2019
JO  - J Tid
JF  - Journal of Tides
AB  - We read old tables of tides. They are right.
DO  - https://doi.org/10.1000/TIDE.1
UR  - https://pubmed.ncbi.nlm.nih.gov/123/; https://example.org/tide
LA  - eng
ER  -
"""
lines = st.sampled_from(
    [
        "TY  - JOUR",
        "TY - JOUR",
        "ER  -",
        "ER  - ",
        "TI  - A",
        "AB  - b",
        "N2  -",
        "",
        "more",
        "IL - 6",
        "PY  - 10 15",
    ]
)


def read(text, size=None):
    data = text if isinstance(text, bytes) else text.encode()
    blocks = [data[at : at + size] for at in range(0, len(data), size)] if size else [data]
    return list(FORMAT.read(blocks))


def abstracts(text):
    return [found.abstract for found in read(text)]


def fits(text):
    return FORMAT.fits(Beginning(text.lstrip().lower(), "papers.txt"))


def test_a_full_record_is_read():
    assert read(FULL) == [
        Found(
            line=1,
            title="Tides and Their Tables",
            abstract="We read old tables of tides. They are right.",
            ids=("doi:10.1000/tide.1", "pmid:123"),
            authors=("Writer, Ann", "Reader,Bo"),
            published=date(2019, 5, 13),
            venue="Journal of Tides",
            url="https://pubmed.ncbi.nlm.nih.gov/123/",
            language="en",
        )
    ]


def test_title_and_abstract_stand_under_either_of_their_tags_and_empty_ones_count_for_nothing():
    text = "TY  - GEN\nTI  -\nT1  - The title\nAB  - \nN2  - The abstract.\nER  -\n"

    assert read(text) == [Found(line=1, title="The title", abstract="The abstract.")]


def test_a_record_without_title_or_abstract_is_found_all_the_same():
    assert read("TY  - GEN\nTI  - Only this\nN2  -\nER  -\n") == [Found(1, "Only this", None)]
    assert read("TY  - GEN\nTI  -\nN2  - Only that.\nER  -\n") == [Found(1, None, "Only that.")]


def test_a_line_without_a_tag_goes_on_with_the_one_before():
    wrapped = (
        "TY  - JOUR\nN2  - first,\n      ER then second,\nIL - 6 and ER third\nN1  - a\n      * b\nER  -\n"
    )

    assert abstracts(wrapped) == ["first,\n      ER then second,\nIL - 6 and ER third"]


def test_an_abstract_under_several_tags_is_one():
    assert abstracts("TY  - JOUR\nAB  - Aim: one.\nAB  - Result: two.\nN2  - other\nER  -\n") == [
        "Aim: one.\nResult: two."
    ]


def test_what_stands_outside_of_records_is_left_out():
    text = f"\ufeffRecord #1 of 2\nProvider: Somebody\n1.\n{FULL}\nRecord #2 of 2\n2.\n{FULL}\nend"

    assert [(found.line, found.title) for found in read(text)] == [
        (4, "Tides and Their Tables"),
        (20, "Tides and Their Tables"),
    ]


def test_a_record_that_is_not_ended_is_ended_by_the_next_or_by_the_file():
    text = "TY  - JOUR\nTI  - One\nAB  - First.\nTY  - JOUR\nTI  - Two\nAB  - Second."

    assert read(text) == [Found(1, "One", "First."), Found(4, "Two", "Second.")]


def test_tags_before_any_record_are_named_once_by_their_line():
    text = f"{FULL}\nTI  - Lost\nAB  - Lost too.\nER  -\n{FULL}"

    assert [type(one) for one in read(text)] == [Found, Skipped, Found]
    assert read(text)[1] == Skipped(15, "no TY before it", "TI - Lost")


def test_what_ovid_writes_after_a_record_is_no_record():
    assert read(f"{FULL}\nNL  - J Tides\n\nLink to the full text\n{FULL}") == [
        replace(one, line=line) for line in (1, FULL.count("\n") + 5) for one in read(FULL)
    ]


def test_ids_of_pubmed_are_read_and_go_on_with_no_other_line():
    text = "TY  - JOUR\nTI  - One\nPMID - 301\nPMCID  - PMC77\nER  -\nTY  - JOUR\nTI  - Two\nPMID  - n/a\n"

    assert [(one.title, one.ids) for one in read(text)] == [("One", ("pmid:301", "pmc:PMC77")), ("Two", ())]


def test_a_faulty_year_is_no_date_and_a_year_is_its_first_day():
    text = "TY  - JOUR\nPY  - {}\nTI  - One\nER  -\n"

    assert read(text.format("10 15"))[0].published is None
    assert read(text.format("2014//"))[0].published == date(2014, 1, 1)


def test_other_line_ends_and_one_blank_before_the_dash_are_read():
    for text in (FULL.replace("\n", "\r\n"), FULL.replace("\n", "\r"), FULL.replace("  - ", " - ")):
        assert read(text) == read(FULL)


def test_a_record_in_another_encoding_is_named_and_the_rest_is_read():
    text = FULL.replace("Writer", "Wríter").encode("latin-1") + FULL.encode()

    assert [type(one) for one in read(text)] == [Skipped, Found]
    assert read(text)[0] == Skipped(
        1, "not UTF-8", "JOUR Tides and Their Tables Wr�ter, Ann Reader,Bo 2019/05/13 2019 J T…"
    )


def test_a_record_of_over_16_mib_is_named_and_the_rest_is_read():
    long = (
        "TY  - JOUR\nAB  - " + "long words " * (1 << 20) + "\n" + "more and more " * (1 << 19) + f"\n{FULL}"
    )

    assert [one.line for one in read(long, 1 << 16)] == [1, 4]
    assert read(long)[0] == Skipped(1, "a record over 16 MiB", "TY - JOUR")


def test_values_without_end_are_a_record_that_is_too_long():
    many = "TY  - JOUR\n" + "AU  - x\n" * (1 << 18) + "ER  - \n"

    assert read(many) == [Skipped(1, "a record over 16 MiB", "TY - JOUR")]


def test_a_file_is_told_by_a_line_that_begins_a_record():
    assert fits(FULL)
    assert fits(f"Provider: Somebody\n\n{FULL}")
    assert fits("TY - JOUR\nTI - A")
    assert not fits("PMID- 1\nTI  - A")
    assert not fits("A page about TY  - JOUR and other tags")


@given(st.lists(lines).map("\n".join), st.integers(1, 9))
def test_how_a_file_is_cut_into_blocks_changes_nothing_and_no_record_is_lost(text, size):
    read_whole = read(text)

    assert read(text, size) == read_whole
    assert sum(isinstance(one, Found) for one in read_whole) == sum(
        line.startswith("TY") for line in text.split("\n")
    )


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(data):
    assert all(isinstance(one, Found | Skipped) for one in read(b"TY  - JOUR\n" + data))
