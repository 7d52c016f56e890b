import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.cleaning import clean, is_withdrawal

FRAGMENTS = [
    *("&", "amp;", "&lt;", "&#38;", "lt;", "&#233;", "<i>", "</i>", "<b>", "<br/>", "<jats:p>", "a < b > c"),
    *("\\", '"', "'", "`", "^", "~", "{", "}", "o", "S", "\\ss", "\\o ", "\\v", "\\i", "--", "---", "``"),
    *("$", "\\$", "$$", "\\(", "\\)", "\\[", "\\]", "x_{i}", "\\%", "\\&", "\\textendash", "\\alpha"),
    *(" ", "\n", "\n\n", "\xa0", "word", "Fig.", "3", "mm", "é", "e\u0301", "Σ", "p<0.05", "''", "\ufdd0"),
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("  Tides rise\n  twice a day.\n\n  We ask why. \n", "Tides rise twice a day. We ask why."),
        ("the con-\nvolution", "the con- volution"),
        ("one\ttwo\u00a0three\u2003four", "one two three four"),
        ("no\u200bchange cafe\u0301 ﬁ Å", "no\u200bchange cafe\u0301 ﬁ Å"),
        ("", ""),
    ],
)
def test_white_space_is_unwrapped_and_unicode_is_left(given_text, stored):
    assert clean(given_text) == stored


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("caf&eacute; &#233; &#xE9; &alpha;", "café é é α"),
        ("p &lt; 0.05", "p < 0.05"),
        ("p &amp;lt; 0.05 &amp;amp; more", "p < 0.05 & more"),
        ("$a &lt; b$", "$a < b$"),
        ("R&D; AT&T; &notit; &nothing; Q&A", "R&D; AT&T; &notit; &nothing; Q&A"),
    ],
)
def test_entities_are_decoded_however_often_they_were_made_and_other_ampersands_stay(given_text, stored):
    assert clean(given_text) == stored


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("<i>in vitro</i> CO<sub>2</sub>", "in vitro CO2"),
        ("<jats:title>Aim</jats:title><jats:p>We ask.</jats:p>", "Aim We ask."),
        ("one<br/>two<br>three", "one two three"),
        ('a <a href="https://example.org">link</a>', "a link"),
        ("&lt;sup&gt;13&lt;/sup&gt;C", "13C"),
        ("a < b > c", "a < b > c"),
        ("p<0.05 and q>0.1", "p<0.05 and q>0.1"),
        ("if a<b>c then", "if a<b>c then"),
        ("the mean <p> of it", "the mean <p> of it"),
        ("<EOS> and <unk> tokens", "<EOS> and <unk> tokens"),
        ("$a<i>b</i>$", "$a<i>b</i>$"),
    ],
)
def test_tags_are_removed_where_they_clearly_are_tags(given_text, stored):
    assert clean(given_text) == stored


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        (r"G\"odel, Schr\"{o}dinger, {\"U}ber, {\"{u}}ber", "Gödel, Schrödinger, Über, über"),
        (r"Kut{\'a}k, \'Ecole, cr\`eme, \^ile, ma\~nana, \=a, \.Z", "Kuták, École, crème, île, mañana, ā, Ż"),
        (r"na\"{\i}ve na{\"\i}ve na\"\i ve", "naïve naïve naïve"),
        (r"\v{S}koda, Fran\c{c}ois, Fran\c cois, Erd\H{o}s, \k{a}, \u{g}, \r{u}, \d{h}",
         "Škoda, François, François, Erdős, ą, ğ, ů, ḥ"),
        (r"Stra{\ss}e, Stra\ss e, M{\o}ller, \L{}ukasz, \AA ngstr{\o}m, \ae",
         "Straße, Straße, Møller, Łukasz, Ångstrøm, æ"),
        (r"93.2\% of R\&D in a\_b", "93.2% of R&D in a_b"),
        (r"{S}ci{ER}: {BERT} in {3D} and {New York}", "SciER: BERT in 3D and New York"),
        (r"lens{---}or glass---is 1{--}2, {``}so{''}, don{'}t", "lens—or glass—is 1–2, “so”, don't"),
        (r"it{\textquoteright}s 5{\textendash}10 {\textdegree}C", "it’s 5–10 °C"),
        (r"Fig.~3 and Sec.~$x$ of~$y$~is 3~mm, et al.~say", "Fig. 3 and Sec. $x$ of $y$ is 3 mm, et al. say"),
        (r"costs \$5, not \$6", "costs $5, not $6"),
        (r"some {\~}5, {\~{}}6 or \~{}7; 2\^{}3 of {\{}SCI{\}} for {\$}8, 1, 2, {\ldots}",
         "some ~5, ~6 or ~7; 2^3 of SCI for $8, 1, 2, …"),
        (r"at \raisebox{-0.5ex}\textasciitilde12 K, N.{\textordmasculine} 3", "at ~12 K, N.º 3"),
    ],
)  # fmt: skip
def test_latex_letters_and_signs_are_decoded(given_text, stored):
    assert clean(given_text) == stored


@pytest.mark.parametrize(
    "text",
    [
        r"$\"o_{N}$ $$\alpha~{B}$$ \(x_{N} {A}\) \[{B}---\]",
        r"\mathbb{R}^{N} \textit{BERT} \frac{A}{B} \cite{Foo} x_{N} {\em so}",
        'N-{2-[4-(3-x)]} {a, B} {"key": 1} \\{1, 2\\}',
        "~5 mg, 5~10 nm, X~N(0,1), https://example.org/~user",
        "a -- b, Bose--Einstein, --verbose, -----",
        r"he said \"open\" to us, it\'s so",
        r"costs \$5 where $x$ is",
        r"C:\users \n \x \zeta",
    ],
)
def test_formulas_commands_and_what_only_looks_like_latex_are_left(text):
    assert clean(text) == text


@given(texts)
def test_cleaning_twice_is_cleaning_once(text):
    cleaned = clean(text)

    assert clean(cleaned) == cleaned


@given(st.text(alphabet="abcXYZ {}\\_^~-<>=0123", min_size=1), texts.filter(lambda text: "$" not in text))
def test_a_formula_is_found_again_but_for_its_white_space(formula, text):
    formula = f"${' '.join(formula.split())}x$".replace("\\x", "x")
    before = text.replace("\\", "").replace("<", "").replace("&", "")

    assert formula in clean(f"{before} {formula} end")


@pytest.mark.parametrize(
    "abstract",
    [
        "This paper has been withdrawn by the author due to a sign error in Eq. 3.",
        "Withdrawn.",
        "[withdrawn]",
        "WITHDRAWN: an error was found in the proof.",
        "Withdrawn by the authors",
        "This submission has been withdrawn by arXiv administrators because its text is not its author's.",
        "The authors have withdrawn this paper because Lemma 2 is wrong.",
        "The paper is being withdrawn for revision.",
        "This paper by A. Writer has been withdrawn; it is superseded by another.",
        "This article has been retracted at the request of the editor.",
        "Paper has been withdrawn, as it contains an error.",
        "This paper contains an error in Section 2 and was withdrawn.",
        "(This manuscript has been temporarily withdrawn)",
        "I withdraw this preprint, for its main theorem does not hold.",
        "Paper withdrawn due to an error",
    ],
)
def test_a_notice_is_told_by_how_it_begins(abstract):
    assert is_withdrawal(abstract)


@pytest.mark.parametrize(
    "abstract",
    [
        "",
        "Drug withdrawal is hard. We study it in 20 patients.",
        "This drug has been withdrawn from the market because of its risk. We ask who was told.",
        "The troops have been withdrawn from the border, and prices fell.",
        "Withdrawn patients were followed for a year.",
        "This paper studies papers that have been withdrawn by their authors.",
        "We withdraw heat from a solid by light.",
        "Retracted papers are cited on. We count how often.",
        "This work is about funds withdrawn by clients in a bank run, and how to model them.",
        "We retract our simplicial map onto the core; this gives a deformation.",
        "This paper has been withdrawn by the author. " + "It told how ice moves over stones and sand. " * 9,
    ],
)
def test_an_abstract_that_speaks_of_withdrawal_is_none(abstract):
    assert not is_withdrawal(abstract)
