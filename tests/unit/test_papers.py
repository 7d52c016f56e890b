import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from extractor.papers import Paper, Text, id_from_title, title_alias


def test_the_same_title_and_abstract_are_the_same_text():
    assert (
        Text(title="Tides", abstract="They move.").text_id
        == Text(title="Tides", abstract="They move.").text_id
    )


@pytest.mark.parametrize(
    "other",
    [
        Text(title="Tides", abstract="They move!"),
        Text(title="Tide", abstract="They move."),
        Text(title="", abstract="They move."),
        Text(title="TidesThey", abstract=" move."),
        Text(title="tides", abstract="They move."),
    ],
    ids=["abstract", "title", "no title", "border", "case"],
)
def test_another_title_or_abstract_is_another_text(other):
    assert other.text_id != Text(title="Tides", abstract="They move.").text_id


def test_a_text_id_is_sixteen_hexadecimal_digits():
    text_id = Text(abstract="They move.").text_id

    assert len(text_id) == 16
    assert int(text_id, 16) >= 0


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("ti\0des", "tides"),
        ("ti\ud800des", "tides"),
        ("ti😀des", "ti😀des"),
        ("e\u0301", "e\u0301"),
        (" a  b\n", " a  b\n"),
    ],
    ids=["NUL", "lone surrogate", "emoji", "combining mark", "blanks"],
)
def test_a_text_drops_what_no_database_takes_and_nothing_else(given_text, kept):
    text = Text(title=given_text, abstract=given_text)

    assert (text.title, text.abstract) == (kept, kept)


@pytest.mark.parametrize("paper_id", ["a\0b", "a\ud800b"], ids=["NUL", "lone surrogate"])
def test_a_paper_id_that_no_database_takes_is_made_storable(paper_id):
    paper = Paper(paper_id=paper_id, text=Text(abstract="They move."))

    assert paper.paper_id == "ab"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_every_text_can_be_encoded(content):
    text = Text(title=content, abstract=content)

    assert text.abstract.encode() == text.title.encode()
    assert "\0" not in text.abstract
    assert len(text.text_id) == 16


def test_a_text_never_changes():
    text = Text(abstract="They move.")

    with pytest.raises(ValidationError, match="frozen"):
        text.abstract = "They rest."  # type: ignore[misc]


@pytest.mark.parametrize(
    "title",
    [
        "Tide-Net: Reading, the Sea!",
        "TIDENET reading the sea",
        "  tide net  reading the_sea ",
        "ＴｉｄｅＮｅｔ reading the sea",
    ],
    ids=["marks", "case", "blanks", "full width"],
)
def test_an_alias_of_a_title_ignores_case_marks_and_blanks(title):
    assert title_alias(title) == "title:tidenetreadingthesea"


def test_an_alias_of_a_title_keeps_other_scripts():
    assert title_alias("数据集: 潮汐") == "title:数据集潮汐"


def test_an_id_from_a_title_is_readable():
    assert id_from_title("Über TideNet: Reading the Sea, Slowly and Well").startswith(
        "uber-tidenet-reading-the-sea-slowly-"
    )


def test_an_id_from_a_title_ignores_case_and_marks_alone():
    assert id_from_title("TideNet: Reading") == id_from_title("TIDENET reading")
    assert id_from_title("TideNet: Reading") != id_from_title("TideNet: Reading it")


def test_a_title_without_latin_letters_has_an_id_too():
    assert id_from_title("潮汐") != id_from_title("数据")
    assert len(id_from_title("潮汐")) == 6


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_an_id_from_a_title_is_always_plain(title):
    made = id_from_title(title)

    assert made
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
