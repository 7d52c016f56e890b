import pytest

from extractor.sources.formats.shared_ids import OF_LIBRARIES, sure_ids
from extractor.sources.shapes import Found, Skipped

REEDS, TIDES = "Reeds of the Lower Marsh: A Count", "Tables of Tides, Old and New"


def read(*found):
    yield from found


read_library = sure_ids(*OF_LIBRARIES)(read)


def ids_of(found):
    return [one.ids for one in found]


def ids(*records):
    """Return the ids that are left of records with one id and a title each."""
    return ids_of(read_library(*(Found(1, title, None, (name,)) for name, title in records)))


@pytest.mark.parametrize("name", ["arxiv:2101.00001", "doi:10.1000/x1", "pmid:17", "Reed2021"])
def test_an_id_that_another_title_had_before_is_no_ones_else(name):
    assert ids((name, REEDS), (name, TIDES), (name, REEDS.upper())) == [(name,), (), (name,)]


@pytest.mark.parametrize("name", ["arxiv:2101.00001", "doi:10.1000/x1"])
def test_a_paper_keeps_its_id_under_a_title_that_is_changed(name):
    titles = (REEDS, "Counting Reeds in the Lower Marsh", "Reeds of the lower marsh", "{Reeds} & Marsh")

    assert ids(*((name, title) for title in titles)) == [(name,)] * len(titles)


def test_a_key_that_an_author_has_for_all_of_a_year_is_the_first_ones_alone():
    assert ids(("Reed2021", REEDS), ("Reed2021", f"{REEDS} of Ten Years")) == [("Reed2021",), ()]


def test_names_that_many_may_have_and_records_without_title_are_left_as_they_are():
    shared = ("url:https://marsh.example", "s2:17")
    records = [
        Found(1, REEDS, None, shared),
        Found(2, TIDES, None, shared),
        Found(3, None, "x", ("doi:10.1/x",)),
    ]

    assert list(read_library(*records, Skipped(4, "deleted", ""))) == [*records, Skipped(4, "deleted", "")]


def test_the_other_ids_of_a_record_stay():
    first, second = Found(1, REEDS, None, ("arxiv:1", "doi:a")), Found(2, TIDES, None, ("arxiv:1", "doi:b"))

    assert ids_of(read_library(first, second)) == [("arxiv:1", "doi:a"), ("doi:b",)]


def test_ids_of_all_the_world_are_believed_where_they_are_not_doubted():
    first, second = Found(1, REEDS, None, ("arxiv:1", "a")), Found(2, TIDES, None, ("arxiv:1", "a"))

    assert ids_of(sure_ids()(read)(first, second)) == [("arxiv:1", "a"), ("arxiv:1",)]


def test_a_row_that_changes_a_title_is_the_same_row_where_no_program_made_its_id_up():
    records = [Found(1, title, None, ("17",)) for title in (REEDS, f"{REEDS}, Again", TIDES)]

    assert ids_of(sure_ids()(read)(*records)) == [("17",), ("17",), ()]
