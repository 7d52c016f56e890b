import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.folding import fold


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("CIFAR-10", "CIFAR10"),
        ("ImageNet", "imagenet"),
        ("Image  Net", "image-net"),
        ("Über-Réseau", "uber reseau"),
        ("re\u0301seau", "réseau"),
        ("e\ufb03cient \ufb01ne", "efficient fine"),
        ("ＣＯＣＯ", "COCO"),
        (r"\textbf{GAIN}", "gain"),
        (r"$\mathrm{GAIN}$", "gain"),
        (r"2\%", "2%"),
        ("12,500 images", "12500 images"),
        ("improves the score", "improves score"),
        ("a score of a model", "score of model"),
        ("the “best” score", 'the "best" score'),
        ("by \u22123 points", "by -3 points"),
        ("Straße", "STRASSE"),
        ("state-of-the-art", "state of the art"),
        ("state\u2011of\u2011the\u2011art", "state of the art"),
        ("MAPS OF THE SEA", "Maps of the Sea"),
        ("Maps Of The Sea", "maps of sea"),
        ("fast \u2014 and small", "fast\u2014and small"),
    ],
    ids=[
        "hyphen",
        "case",
        "blanks",
        "accents",
        "combining mark",
        "ligatures",
        "full width",
        "bold LaTeX",
        "LaTeX math",
        "escaped percent",
        "thousands",
        "the",
        "a",
        "quotation marks",
        "minus sign",
        "sharp s",
        "hyphens for blanks around an article",
        "hyphens that do not break",
        "article in capitals",
        "article with a capital",
        "blanks around a dash",
    ],
)
def test_form_is_set_aside(left, right):
    assert fold(left).chars == fold(right).chars


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("COCO", "COCO+"),
        ("CIFAR-10", "CIFAR-100"),
        ("1.5", "15"),
        ("1.5", "1.51"),
        ("2%", "2"),
        ("by -3", "by 3"),
        ("C#", "C"),
        ("AP@5", "AP5"),
        ("p < 0.1", "p > 0.1"),
        ("hepatitis A", "hepatitis B"),
        ("A-MEM", "MEM"),
        ("by ½", "by 12"),
    ],
    ids=[
        "plus",
        "longer number",
        "decimal point",
        "one more decimal",
        "percent",
        "minus",
        "hash",
        "at",
        "comparison",
        "letter at the end",
        "article in a name",
        "fraction",
    ],
)
def test_letters_digits_and_signs_tell_apart(left, right):
    assert fold(left).chars != fold(right).chars


def test_articles_stay_where_they_are_asked_for():
    assert fold("A gain of the net", articles=True).chars == "againofthenet"
    assert fold("A gain of the net").chars == "gainofnet"


def test_a_letter_that_ends_a_name_is_no_article():
    assert fold("vitamin A").chars == "vitamina"


@pytest.mark.parametrize(
    "text", ["", "   ", "(,;)", "\u200b", "😀"], ids=["empty", "blanks", "marks", "zero width", "emoji"]
)
def test_a_text_without_letters_digits_and_signs_folds_to_nothing(text):
    assert fold(text) == ("", [], [])


def test_each_folded_letter_knows_where_it_was_printed():
    folded = fold("On 😀 ﬁne-tuned")

    assert folded.chars == "onfinetuned"
    assert folded.starts[2:4] == [5, 5]
    assert folded.ends[2:4] == [6, 6]
    assert folded.ends[-1] == len("On 😀 ﬁne-tuned")


@given(st.text())
def test_places_are_within_the_text_and_in_order(text):
    chars, starts, ends = fold(text)

    assert len(chars) == len(starts) == len(ends)
    assert starts == sorted(starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))


@given(st.text())
def test_case_and_doubled_blanks_never_matter(text):
    doubled = text.replace(" ", "  ")

    assert fold(doubled).chars == fold(text).chars


# "A" may be a name, and \EM is no \em.
@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="aA\\")))
def test_upper_case_folds_like_lower_case(text):
    assert fold(text.upper()).chars == fold(text.lower()).chars
