import logging
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.cleaning import clean
from extractor.sources.formats.bibtex import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

FULL = r"""% Encoding: UTF-8

@string{jt = "Journal of " # {Tides}}
@preamble{"\newcommand{\x}{y}"}

@Article{writer-2024-tides,
    title = "{T}ide{N}et: Reading {\'E}tretat's Sea{---}by Night",
    author = "Writer, Ann  and
      Erd{\H{o}}s, P{\'a}l and {Sea and Sand Society} and others",
    Journal = jt,
    month = nov,
    year = 2024,
    url = "https://example.org/tide",
    doi = "10.1000/TIDE.1",
    abstract = "Tides rise, and {``}fall{''}.
  We read $x_{i}^{2}$ of them; {B}EACH and $\{a\}$ stay. It is right in 93.2{\%}.",
}
"""
marks = st.sampled_from(
    [
        "@article{a,",
        "@string{x=",
        "@comment{",
        "\n",
        "{",
        "}",
        '"',
        ",",
        "=",
        "#",
        "x",
        "title",
        "\\",
        "%",
        "(",
        ")",
        " ",
    ]
)


def read(text, size=None):
    data = text if isinstance(text, bytes) else text.encode()
    blocks = [data[at : at + size] for at in range(0, len(data), size)] if size else [data]
    return list(FORMAT.read(blocks))


def titles(text):
    return [one.title if isinstance(one, Found) else one.line for one in read(text)]


def title_of(value):
    (found,) = read("@misc{k, title = " + value + "}")
    return found.title


def test_a_full_entry_is_read():
    (found,) = read(FULL)

    assert (found.line, found.ids) == (6, ("doi:10.1000/tide.1", "writer-2024-tides"))
    assert found.authors == ("Writer, Ann", r"Erd{\H{o}}s, P{\'a}l", "Sea and Sand Society")
    assert (found.published, found.venue) == (date(2024, 11, 1), "Journal of Tides")
    assert found.url == "https://example.org/tide"


def test_title_and_abstract_come_out_clean_together_with_cleaning():
    (found,) = read(FULL)

    assert clean(found.title) == "TideNet: Reading Étretat's Sea—by Night"
    assert clean(found.abstract) == (
        r"Tides rise, and “fall”. We read $x_{i}^{2}$ of them; BEACH and $\{a\}$ stay. It is right in 93.2%."
    )


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("{Plain}", "Plain"),
        ('"Quoted, = and # {"}in{"}"', 'Quoted, = and # "in"'),
        ("{{Both {N}ested, a: b}}", "Both Nested, a: b"),
        ('"one " # jan # { two}', "one jan two"),
        ("12", "12"),
        ("nowhere", "nowhere"),
        (r"{A {\em b} \textit{c} {D} $x_{N}$, \frac{A}{B}}", r"A {\em b} \textit{c} D $x_{N}$, \frac{A}{B}"),
        (r"{ends in \\}", r"ends in \\"),
        (r'"G\"odel"', r"G\"odel"),
        ("{line\n@k (top) of it}", "line @k (top) of it"),
    ],
)  # fmt: skip
def test_a_value_is_what_its_parts_say(value, title):
    assert title_of(value) == title


def test_macros_are_filled_in_whatever_their_case():
    text = (
        '@STRING(sea = "The Sea")\n@string{more = SEA # ", again"}\n@misc{k, title = More, month = 10 # oct}'
    )

    assert titles(text) == ["The Sea, again"]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("eprint = {2409.12656v2}, archivePrefix = {arXiv}", ("arxiv:2409.12656",)),
        ("eprint = {cs/0503050}, eprinttype = {arxiv}", ("arxiv:cs/0503050",)),
        ("journal = {arXiv preprint arXiv:2409.12656}", ("arxiv:2409.12656",)),
        ("journal = {CoRR}, volume = {abs/2409.12656}", ("arxiv:2409.12656",)),
        ("doi = {https://doi.org/10.48550/arXiv.2409.12656}", ("arxiv:2409.12656",)),
        (r"howpublished = {\url{https://openreview.net/forum?id=aB-1}}", ("openreview:aB-1",)),
        ("pmid = {301}, url = {https://example.org}", ("pmid:301",)),
        ("eprint = {12345}, eprinttype = {jstor}", ()),
    ],
)
def test_ids_stand_in_many_fields(fields, names):
    (found,) = read("@misc{k, title = {A}, " + fields + "}")

    assert found.ids == (*names, "k")


def test_an_entry_without_abstract_or_without_key_is_found_all_the_same():
    assert read("@misc{, title = {A}}") == [Found(1, "A", None)]


@pytest.mark.parametrize("opened", ["@misc{", " @misc{\n   ", "@Misc {\n\t"])
def test_an_entry_may_have_no_place_for_a_key(opened):
    assert titles(f'{opened}title = {{A}},\n year = 1999\n}}\n{opened}title = "B"\n}}\n') == ["A", "B"]


def test_a_brace_too_many_or_too_few_in_a_value_costs_no_more_than_the_braces_of_that_value():
    text = "@misc{a,\ntitle={The {Reed}},\nabstract={We {count, in all, reeds of {B}.},\nnote={x} }\n"

    assert [(one.title, one.abstract) for one in read(text + text.replace("{count", "}count"))] == [
        ("The Reed", "We count, in all, reeds of B.")
    ] * 2


def test_two_entries_for_one_paper_are_both_found():
    text = (
        "@misc{a, title={One}, doi={10.1000/1}}\n@misc{b, title={One}, doi={10.1000/1}} @misc{b, title={Two}}"
    )

    assert [(found.title, found.ids) for found in read(text)] == [
        ("One", ("doi:10.1000/1", "a")),
        ("One", ("doi:10.1000/1", "b")),
        ("Two", ()),
    ]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("@misc{b, title={Two}, abstract={unclosed", "Unexpectedly reached end of file."),
        ("@misc{b, title={Two}, abstract={closed}", "Unexpectedly reached end of file."),
        ("@misc{b, title={Two}\n abstract={W}}", "a comma is missing between two fields"),
        ('@misc{b, title="Two, abstract={W}}', "Unexpectedly reached end of file."),
        ("@misc{b, title {Two}}", "Expected a `=` after entry key, but found `{`."),
    ],
)
def test_what_is_malformed_in_the_middle_is_named_by_its_line_and_the_rest_is_read(entry, reason):
    before, skipped, after = read(f"@misc{{a, title={{One}}}}\n\n{entry}\n\n@misc{{c, title={{Three}}}}\n")

    assert (before.title, after.title) == ("One", "Three")
    assert (skipped.line, skipped.reason) == (3, f"malformed BibTeX: {reason}")


def test_fields_that_are_commented_out_and_repeated_ones_do_no_harm():
    assert titles("@misc{a,\n % title = {No},\n title = {Yes}, url={u}, url={v}, title={Late}}") == ["Yes"]


def test_what_a_comment_holds_is_left_out():
    old = "@comment{\n@misc{a, title={Old}}\n@misc{b, title={Older}}\n}"
    text = f"@comment{{jabref-meta: x;}}\n{old}\n@misc{{c, title={{New}}}}"

    assert titles(text) == ["New"]


def test_after_a_comment_that_is_not_closed_the_rest_is_read():
    assert titles("@comment{so\n@misc{a, title={One}}\n@misc{b, title={Two}}") == [1, "One", "Two"]


def test_macros_made_of_macros_cannot_fill_the_memory():
    text = '@string{a = "0123456789"}\n' + "@string{a = a # a}\n" * 60

    assert {one.reason for one in read(text)} == {"malformed BibTeX: a value of over 2 MiB"}


def test_macros_that_are_long_together_are_not_kept():
    long = "@string{a = {" + "x" * (1 << 20) + "}}\n"
    text = long + "".join(f"@string{{b{number} = a # a}}\n" for number in range(9)) + "@misc{k, title={One}}"

    assert titles(text) == [9, 10, "One"]
    assert read(text)[0].reason == "malformed BibTeX: macros of over 16 MiB"


def test_other_line_ends_encodings_and_marks_are_read_or_named():
    assert titles("\ufeff" + FULL.replace("\n", "\r\n")) == titles(FULL)
    assert titles("@misc{a, title={é}}\n".encode("latin-1") + b"@misc{b, title={Two}}") == [1, "Two"]


def test_an_entry_that_is_too_long_is_named_and_the_rest_is_read():
    assert titles("@misc{a, title={" + "x" * (1 << 21) + "}}\n@misc{b, title={Two}}") == [1, "Two"]


def test_nothing_is_logged_for_what_is_malformed(caplog):
    with caplog.at_level(logging.DEBUG, logger="root"):
        read("@misc{a, title={One}\n")

    assert not caplog.records


def test_a_file_is_told_by_a_line_that_begins_an_entry_whatever_stands_before():
    def fits(text):
        return FORMAT.fits(Beginning(text.lstrip().lower(), "papers"))

    assert fits(FULL)
    assert fits("This file was made by hand.\n\n@InProceedings {a,\n title = {A}}")
    assert not fits("Write to ann@article.example, or see @user {so}")
    assert fits("@audio{k1,\n  title = {A}}")
    assert not fits("@dataclass(frozen = True)\nclass A:")
    assert not fits("TY  - JOUR\nTI  - A")


@given(st.lists(marks).map("".join), st.integers(1, 9))
def test_whatever_stands_there_nothing_is_raised_and_blocks_change_nothing(text, size):
    assert read(text, size) == read(text)


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(data):
    assert all(isinstance(one, Found | Skipped) for one in read(b"@misc{a, title={" + data))
