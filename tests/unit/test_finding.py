import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.finding import NOWHERE, Evidence, Finder, Match, digits_and_signs
from extractor.folding import fold
from extractor.papers import Text
from extractor.suspecting import Passage

ABSTRACT = (
    "We present TideNet, a network for tidal flats. TideNet reaches 93.2% accuracy on MudBench-10 "
    "and 41.7 mIoU on ShoreSet. On MudBench-100 the networks need 1.5 hours, and TideNet+ needs 0.95."
)


def find(needle, abstract=ABSTRACT, *, title="", near=None):
    return Finder(Text(title=title, abstract=abstract)).find(needle, near)


def find_url(url, abstract):
    return Finder(Text(abstract=abstract)).find_url(url)


def printed(evidence, abstract=ABSTRACT):
    assert evidence.field == "abstract"
    return abstract[evidence.start : evidence.end]


@pytest.mark.parametrize(
    "needle", ["TideNet", "41.7 mIoU", "MudBench-10", "1.5", "0.95", "tidal flats", "TideNet+"]
)
def test_words_that_stand_there_are_exact(needle):
    evidence = find(needle)

    assert evidence.match is Match.EXACT
    assert printed(evidence) == needle


@pytest.mark.parametrize(
    ("needle", "abstract"),
    [
        ("AG", "MAGIC is read."),
        ("AG", "The FLAG set is read."),
        ("AG", "AGNews is read."),
        ("CIFAR-10", "We train on CIFAR-100."),
        ("COCO", "We train on COCO+ alone."),
        ("1.5", "A gain of 1.51 is seen."),
        ("1.5", "A gain of 11.5 is seen."),
        ("95", "It reaches 0.95 there."),
        ("95", "It reaches .95 there."),
        (".5", "It reaches 0.5 there."),
        ("500", "It reads 1,500 pages."),
        ("1", "It reads 1,500 pages."),
        ("12", "It is halved to \u00bd here."),
        ("ine", "It is \ufb01ne-grained."),
        ("Net", "A Réseau-TideNet is made."),
    ],
    ids=[
        "AG in MAGIC",
        "AG in FLAG",
        "AG in AGNews",
        "CIFAR-10 in CIFAR-100",
        "COCO in COCO+",
        "1.5 in 1.51",
        "1.5 in 11.5",
        "95 in 0.95",
        "95 in .95",
        ".5 in 0.5",
        "500 in 1,500",
        "1 in 1,500",
        "12 in a half",
        "end of a ligature",
        "Net in TideNet",
    ],
)
def test_a_piece_of_a_longer_word_or_number_is_not_found(needle, abstract):
    assert find(needle, abstract) == NOWHERE


@pytest.mark.parametrize(
    ("needle", "abstract"),
    [
        ("COCO+", "We train on COCO alone."),
        ("hepatitis A", "We study hepatitis B."),
        ("Model A", "We compare Model B and Model C."),
        ("mAP@50", "The mAP@75 is high."),
    ],
    ids=["plus", "letter at the end", "capital letter at the end", "number after at"],
)
def test_a_name_that_differs_in_a_sign_or_letter_is_not_firm(needle, abstract):
    assert not find(needle, abstract).is_firm


@pytest.mark.parametrize(
    ("needle", "abstract", "reads"),
    [
        ("MudBench10", "We use MudBench-10 here.", "MudBench-10"),
        ("mudbench-10", "We use MudBench-10 here.", "MudBench-10"),
        ("tide network", "Two tide networks are made.", "tide network"),
        ("tide networks", "A tide network is made.", "tide network"),
        ("many categories", "One of many category errors.", "many category"),
        ("best accuracy", "The best accuracies are seen.", "best accuracies"),
        ("two classes", "One of two class labels.", "two class"),
        ("gap analysis", "Two gap analyses are made.", "gap analyses"),
        ("sea corpora", "A sea corpus is read.", "sea corpus"),
        ("three NASs", "Of three NAS runs.", "three NAS"),
        ("GAIN OF A NET", "A gain of a net is seen.", "gain of a net"),
        ("STATE-OF-THE-ART", "A state-of-the-art model.", "state-of-the-art"),
        ("stateoftheart nets", "Two state-of-the-art nets.", "state-of-the-art nets"),
        ("gain of a net", r"A gain~of~a~{\bf net} is seen.", r"gain~of~a~{\bf net"),
        ("tide network", "A tide net\u00adwork is made.", "tide net\u00adwork"),
        ("state-of-the-art", "A state\u2212of\u2212the\u2212art model.", "state\u2212of\u2212the\u2212art"),
        ("gain of 2%", r"A gain of 2\% is seen.", r"gain of 2\%"),
        ("bold TideNet", r"A bold \textbf{TideNet} is seen.", r"bold \textbf{TideNet"),
        ("efficient flow", "An e\ufb03cient \ufb02ow is seen.", "e\ufb03cient \ufb02ow"),
        ("so efficient flow", "A so  efficient   flow is seen.", "so  efficient   flow"),
        ("reaches the best score", "It reaches best score there.", "reaches best score"),
        ("reaches best score", "It reaches the best score there.", "reaches the best score"),
        ("Réseau profond", "Un Reseau profond est lu.", "Reseau profond"),
        ("réseau profond", "Un re\u0301seau profond est lu.", "re\u0301seau profond"),
        ("ＭｕｄＢｅｎｃｈ", "We use MudBench here.", "MudBench"),
        ("10000 images", "We read 10,000 images.", "10,000 images"),
        ("by -3 points", "It moves by \u22123 points.", "by \u22123 points"),
        ("state of the art", "A state-of-the-art model.", "state-of-the-art"),
        ("state-of-the-art", "It sets the state of the art.", "state of the art"),
        ("small \u2014 and fast", "It is small\u2014and fast.", "small\u2014and fast"),
        ("don't stop", "We don\u2019t stop.", "don\u2019t stop"),
        ("reading the sea", "On Reading The Sea.", "Reading The Sea"),
        ("state-of-the-art", "A state\u2011of\u2011the\u2011art model.", "state\u2011of\u2011the\u2011art"),
    ],
    ids=[
        "hyphen",
        "case",
        "plural in the text",
        "plural in the value",
        "plural in ies",
        "plural in ies in the text",
        "plural in es",
        "plural of analysis",
        "plural of corpus",
        "plural of capitals",
        "capitals with an article",
        "capitals with an article between hyphens",
        "no hyphens",
        "LaTeX ties and bold",
        "soft hyphen",
        "minus signs for hyphens",
        "escaped percent",
        "LaTeX dress",
        "ligatures",
        "doubled blanks",
        "article too many",
        "article too few",
        "accent",
        "combining mark",
        "full width",
        "thousands",
        "minus sign",
        "hyphens for blanks",
        "blanks for hyphens",
        "blanks around a dash",
        "apostrophe",
        "article with a capital",
        "hyphens that do not break",
    ],
)
def test_small_differences_of_form_are_normalized(needle, abstract, reads):
    evidence = find(needle, abstract)

    assert evidence.match is Match.NORMALIZED
    assert printed(evidence, abstract) == reads


@pytest.mark.parametrize(
    ("needle", "abstract"),
    [
        ("数据集", "我们使用数据集进行训练。"),
        ("모델", "우리는 모델을 만든다."),
        ("TideNet", "我们提出TideNet模型。"),
        ("😀 set", "An 😀😀 set and an 😀 set."),
        ("MudBench", "👩‍🔬🧪 use MudBench."),
        ("𝒩et", "A 𝒩et is used."),
    ],
    ids=[
        "Chinese",
        "Korean",
        "Latin in Chinese",
        "emoji in the value",
        "emoji before",
        "outside the first plane",
    ],
)
def test_offsets_are_code_points_in_any_script(needle, abstract):
    evidence = find(needle, abstract)

    assert evidence.match is Match.EXACT
    assert printed(evidence, abstract) == needle


def test_the_abstract_goes_before_the_title():
    assert find("TideNet", title="TideNet reads the sea").field == "abstract"
    assert find("the sea", title="TideNet reads the sea") == Evidence(Match.EXACT, "title", 14, 21)


def test_exact_in_the_title_goes_before_normalized_in_the_abstract():
    evidence = find("SHORESET", title="On SHORESET")

    assert evidence == Evidence(Match.EXACT, "title", 3, 11)


@pytest.mark.parametrize(
    "needle", ["", "  ", "\n\t", "(;)"], ids=["empty", "blanks", "other blanks", "marks"]
)
def test_nothing_is_found_nowhere(needle):
    assert find(needle) == NOWHERE


def test_blanks_around_a_value_do_not_matter():
    assert printed(find("  ShoreSet\n")) == "ShoreSet"


def test_something_else_is_found_nowhere():
    assert find("GlacierNet-7") == NOWHERE


@pytest.mark.parametrize(
    "passage",
    ["We present TideNet", "TideNet reaches 93.2%", "The TideNet needs 0.95"],
    ids=["first", "second", "third"],
)
def test_of_several_places_the_one_in_the_quote_counts(passage):
    abstract = ABSTRACT + " The TideNet needs 0.95."
    near = find(passage, abstract)

    evidence = find("TideNet", abstract, near=near)

    assert near.start <= evidence.start < evidence.end <= near.end


def test_a_place_behind_the_quote_can_be_nearer_than_one_far_before():
    text = "ShoreSet is old. " + "It is wet and cold. " * 5 + "We gain 3 points. ShoreSet is new."
    near = find("We gain 3 points", text)

    assert find("ShoreSet", text, near=near).start == text.rindex("ShoreSet")


def test_a_place_in_the_quotes_own_field_is_nearer_than_one_in_the_other():
    near = Evidence(Match.EXACT, "title", 0, 7)

    assert find("TideNet", title="TideNet reads", near=near).field == "title"


@pytest.mark.parametrize(
    ("needle", "abstract"),
    [
        ("a network for tidel flats", ABSTRACT),
        ("TideNett reaches 93.2% accuracy", ABSTRACT),
        ("TideNet reached 93.2% accuracy on MudBench-10", ABSTRACT),
    ],
    ids=["changed letter", "doubled letter", "other tense"],
)
def test_a_similar_passage_with_the_same_numbers_is_fuzzy(needle, abstract):
    evidence = find(needle, abstract)

    assert evidence.match is Match.FUZZY
    assert not evidence.is_firm
    assert digits_and_signs(printed(evidence, abstract)) == digits_and_signs(needle)


@pytest.mark.parametrize(
    ("needle", "abstract"),
    [
        ("TideNett reaches 93.3% accuracy", ABSTRACT),
        ("TideNett reaches 93.2 accuracy on", ABSTRACT),
        ("improves acuracy by -5 points overall", "It improves accuracy by 5 points overall."),
        ("improves acuracy by +5 points overall", "It improves accuracy by -5 points overall."),
        ("improves acuracy by 1.5 points overall", "It improves accuracy by 15 points overall."),
        ("improves acuracy by 1 to 25 points", "It improves accuracy by 12 to 5 points."),
        ("holds acuracy where error < 5 points", "It holds accuracy where error > 5 points."),
        ("the new SegmentNet+ model is made", "Then new SegmentNet model is made."),
    ],
    ids=[
        "digit",
        "percent",
        "minus",
        "plus and minus",
        "decimal point",
        "digits divided otherwise",
        "comparison",
        "plus of a name",
    ],
)
def test_a_similar_passage_with_another_number_or_sign_is_not_found(needle, abstract):
    assert find(needle, abstract) == NOWHERE


@pytest.mark.parametrize("count", [1, 3, 60], ids=["one", "three", "sixty"])
def test_letters_that_grow_in_lower_case_do_not_shift_a_fuzzy_place(count):
    abstract = "İ" * count + " convolutional networks, and more of them are read."

    evidence = find("convolutionel networks", abstract)

    assert evidence.match is Match.FUZZY
    assert printed(evidence, abstract) == "convolutional networks"


def test_fuzzy_goes_to_the_ends_of_words():
    evidence = find("tidel flats. TideNet reach")

    assert evidence.match is Match.FUZZY
    assert printed(evidence) == "tidal flats. TideNet reaches"


@pytest.mark.parametrize("needle", ["TidN", "x" * 1001], ids=["short", "long"])
def test_the_very_short_and_the_very_long_is_never_fuzzy(needle):
    assert find(needle) == NOWHERE


@pytest.mark.parametrize(
    ("abstract", "place"),
    [
        ("Code: https://example.org/a.", (6, 27)),
        ("Code (https://example.org/a) is out.", (6, 27)),
        ("https://example.org/a", (0, 21)),
        ("See https://example.org/a, and more.", (4, 25)),
        ("See https://example.org/ab or https://example.org/a", (30, 51)),
        ("代码见https://example.org/a。", (3, 24)),
        (r"\url{https://example.org/a}", (5, 26)),
        ("Code:https://example.org/a\u2014and data", (5, 26)),
    ],
    ids=["full stop", "brackets", "alone", "comma", "behind a longer one", "Chinese", "LaTeX", "dash"],
)
def test_a_link_is_found_where_it_stands_whole(abstract, place):
    evidence = find_url("https://example.org/a", abstract)

    assert evidence == Evidence(Match.EXACT, "abstract", *place)


@pytest.mark.parametrize(
    ("url", "abstract"),
    [
        ("https://example.org/a", "See https://example.org/ab."),
        ("https://example.org/a", "See https://example.org/a/b."),
        ("https://example.org/a", "See https://example.org/a.git."),
        ("https://example.org/a", "See https://example.org/a?b=1."),
        ("https://example.org/a", "See https://example.org/a#b."),
        ("https://example.org", "See https://example.org:8080/a."),
        ("https://example.org/a", "See https://example.org/a@v2."),
        ("code.example/a", "See https://decode.example/a."),
        ("https://example.org/A", "See https://example.org/a."),
        ("https://example.org/c", "See https://example.org/a."),
        ("", "See https://example.org/a."),
        ("  ", "See https://example.org/a."),
    ],
    ids=[
        "longer word",
        "longer path",
        "ending",
        "query",
        "fragment",
        "port",
        "at",
        "end of another host",
        "case",
        "another",
        "empty",
        "blanks",
    ],
)
def test_a_link_that_does_not_stand_there_whole_is_nowhere(url, abstract):
    assert find_url(url, abstract) == NOWHERE


def test_a_link_without_its_scheme_is_found_within_the_whole():
    assert find_url("example.org/a", "See https://example.org/a now.") == Evidence(
        Match.EXACT, "abstract", 12, 25
    )


# ---------------------------------------------------------------- properties

WORDS = st.lists(
    st.text(alphabet="bcdefTN019.,-+% é\u0301ﬁ½İß数集😀", min_size=1, max_size=8), min_size=1, max_size=12
).map(" ".join)
ANY = st.text(max_size=80)


@st.composite
def words_of_a_text(draw):
    words = draw(st.lists(st.text(alphabet="bcdeTN01é数😀", min_size=1, max_size=6), min_size=1, max_size=12))
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, len(words) - 1))
    return " ".join(words), " ".join(words[first : last + 1])


@given(words_of_a_text())
def test_whole_words_of_a_text_are_found_exactly_and_read_the_same(given_words):
    text, words = given_words

    evidence = find(words, text)

    assert evidence.match is Match.EXACT
    assert printed(evidence, text) == words


@given(needle=WORDS | ANY, title=ANY, abstract=WORDS | ANY)
def test_evidence_is_always_within_the_text(needle, title, abstract):
    text = Text(title=title, abstract=abstract)

    evidence: Any = Finder(text).find(needle)

    if evidence.match is Match.NONE:
        assert evidence == NOWHERE
    else:
        assert 0 <= evidence.start < evidence.end <= len(getattr(text, evidence.field))


@st.composite
def slices_of_a_text(draw, change=lambda passage: passage):
    abstract = draw(WORDS)
    start = draw(st.integers(0, len(abstract) - 1))
    end = draw(st.integers(start + 1, len(abstract)))
    return abstract, change(abstract[start:end])


@given(slices_of_a_text())
def test_any_slice_that_is_exact_reads_the_same(given_slice):
    abstract, needle = given_slice

    evidence = find(needle, abstract)

    if evidence.match is Match.EXACT:
        assert printed(evidence, abstract) == needle.strip()


def plain(text):
    """Fold a text and set a plural ending aside."""
    return re.sub(r"(?:ies|y|s)$", "", fold(text).chars)


@given(slices_of_a_text(lambda passage: passage.swapcase().replace(" ", "  ")))
def test_what_is_normalized_folds_to_the_same(given_slice):
    abstract, needle = given_slice

    evidence = find(needle, abstract)

    if evidence.match is Match.NORMALIZED:
        assert plain(printed(evidence, abstract)) == plain(needle)


@given(words_of_a_text())
def test_whole_words_in_other_case_and_spacing_are_still_firm(given_words):
    text, words = given_words

    assert find(words.upper().replace(" ", "  "), text).is_firm


TEXT = st.text(alphabet="bcd 1,数集é\u0301😀👩\u200d", max_size=40)


@given(before=TEXT, after=TEXT)
def test_a_string_put_into_any_text_is_found_there_exactly(before, after):
    abstract = f"{before} TideNet-7 {after}"

    assert find("TideNet-7", abstract) == Evidence(Match.EXACT, "abstract", len(before) + 1, len(before) + 10)


@given(gaps=st.lists(TEXT, min_size=2, max_size=5), chosen=st.integers(0, 4))
def test_of_several_places_the_nearest_to_the_quote_is_taken(gaps, chosen):
    # Given a name at several places, and a quote behind one of them,
    chosen %= len(gaps)
    pieces = [f"{gap} TideNet" + (" wins here" if n == chosen else "") for n, gap in enumerate(gaps)]
    abstract = " ".join(pieces)
    near = find("wins here", abstract)
    # when the name is looked for, then the place is the nearest that there is.
    found = find("TideNet", abstract, near=near)
    gap = max(near.start - found.start, found.end - near.end)
    places = [match.start() for match in re.finditer("TideNet", abstract)]
    assert gap == min(max(near.start - place, place + 7 - near.end) for place in places)


NOISES = {
    "case": str.swapcase,
    "hyphens": lambda words: words.replace("-", "\u2011"),
    "hyphens for blanks": lambda words: words.replace(" ", "-"),
    "LaTeX": lambda words: r"\textbf{" + words.replace("%", r"\%") + "}",
    "LaTeX of old": lambda words: r"{\bf " + words.replace(" ", "~") + "}",
    "ligatures": lambda words: words.replace("ffi", "\ufb03").replace("fi", "\ufb01"),
    "doubled blanks": lambda words: words.replace(" ", " \n "),
    "an article": lambda words: f"the {words}",
    "a soft hyphen": lambda words: words.replace("o", "o\u00ad"),
}


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)
@given(
    words=st.lists(st.sampled_from(["efficient", "TideNet-7", "fish", "of", "93.2%", "corpora"]), min_size=1)
)
def test_noise_in_the_string_or_in_the_text_hides_nothing(noise, words):
    plain = " ".join(words)

    assert find(noise(plain), f"We see {plain} here.").is_firm
    assert find(plain, f"We see {noise(plain)} here.").is_firm


def test_a_place_in_a_passage_to_be_avoided_is_taken_only_where_there_is_no_other():
    text = Text(abstract="TideNet reads. tide-net reads. MudBench reads.")
    avoiding = Finder(text, (Passage("abstract", 0, 14), Passage("abstract", 31, 47)))

    assert avoiding.find("TideNet") == Evidence(Match.NORMALIZED, "abstract", 15, 23)
    assert avoiding.find("MudBench") == Evidence(Match.EXACT, "abstract", 31, 39)
    assert avoiding.is_avoided(avoiding.find("MudBench"))


def test_a_link_outside_of_a_passage_to_be_avoided_is_preferred():
    text = Text(abstract="See https://e.org/a now. See https://e.org/a then.")

    assert Finder(text, (Passage("abstract", 0, 24),)).find_url("https://e.org/a").start == 29


@given(slices_of_a_text(lambda passage: passage[:6] + "z" + passage[6:]))
def test_fuzzy_never_differs_in_a_digit_or_sign(given_slice):
    abstract, needle = given_slice

    evidence = find(needle, abstract)

    if evidence.match is Match.FUZZY:
        assert digits_and_signs(printed(evidence, abstract)) == digits_and_signs(needle)


@given(
    needle=st.text(alphabet="abcdefg 123-", max_size=30),
    abstract=st.text(alphabet="uvwxyz 456+", max_size=60),
)
def test_what_shares_no_letter_or_digit_with_the_text_is_nowhere(needle, abstract):
    assert find(needle, abstract) == NOWHERE


@given(url=ANY | st.just("https://e.org/a"), abstract=ANY | st.just("See https://e.org/ab, https://e.org/a."))
def test_a_link_that_is_found_reads_the_same(url, abstract):
    evidence = find_url(url, abstract)

    if evidence.match is Match.NONE:
        assert evidence == NOWHERE
    else:
        text = Text(abstract=abstract)
        assert text.abstract[evidence.start : evidence.end] == url.strip() != ""
