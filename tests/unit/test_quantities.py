import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.quantities import Quantity, find_quantities, numbers_in


def read(text):
    return [(one.value, one.unit) for one in find_quantities(text)]


def only(text) -> Quantity:
    (quantity,) = find_quantities(text)
    return quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("an accuracy of 93.2%", 93.2, "%"),
        ("fell by 2\\% overall", 2, "%"),
        ("3,5 % weniger", 3.5, "%"),
        ("25 percent less", 25, "%"),
        ("it costs 1,234.5 dollars", 1234.5, None),
        ("with 1.5M parameters", 1_500_000, "parameters"),
        ("a 7B model", 7e9, None),
        ("2.4 million rows", 2_400_000, None),
        ("runs 4x faster", 4, "x"),
        ("runs 4X faster", 4, "x"),
        ("8× smaller", 8, "x"),
        ("$3\\times$ fewer steps", 3, "x"),
        ("a 3-fold gain", 3, "x"),
        ("a threefold gain", 3, "x"),
        ("four times cheaper", 4, "x"),
        ("1,800+ times faster", 1800, "x"),
        ("half the calls", 0.5, "x"),
        ("doubling the speed", 2, "x"),
        ("twice the speed", 2, "x"),
        ("one tenth of the time", 0.1, "x"),
        ("two thirds of the cost", 2 / 3, "x"),
        ("~1/1000 of the data", 0.001, "x"),
        ("gains 2.1 points", 2.1, "points"),
        ("gains 2.1 percentage points", 2.1, "points"),
        ("within 12 ms per image", 12, "ms"),
        ("at 33.05dB", 33.05, "dB"),
        ("28.4 BLEU on news", 28.4, "BLEU"),
        ("an F1 of .81 there", 0.81, None),
        ("a change of −3.2 dB", -3.2, "dB"),
        ("at +1.5 mAP", 1.5, "mAP"),
        ("seven datasets", 7, None),
        ("twenty-three points", 23, "points"),
        ("Ninety two percent", 92, "%"),
        ("two million rows", 2_000_000, None),
        ("two hundred times faster", 200, "x"),
        ("thirtyfold", 30, "x"),
        ("a twenty-fold gain", 20, "x"),
        ("reaches 0,93 here", 0.93, None),
    ],
)
def test_a_number_is_read_with_its_unit(text, value, unit):
    quantity = only(text)
    assert quantity.value == pytest.approx(value)
    assert quantity.unit == unit


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("1.3-2x faster", 1.3, 2, "x"),
        ("4sim 16times fewer", 4, 16, "x"),
        ("between 3 and 5% better", 3, 5, "%"),
        ("10 to 20% of the time", 10, 20, "%"),
        ("from 5–10 ms", 5, 10, "ms"),
        ("6% − 7.5% better", 6, 7.5, "%"),
        ("being 4x -9x smaller", 4, 9, "x"),
        ("gains from 2% to 5%", 2, 5, "%"),
    ],
)
def test_a_range_has_both_ends(text, low, high, unit):
    quantity = only(text)
    assert (quantity.value, quantity.high, quantity.unit) == (low, high, unit)
    assert quantity.baseline is None


@pytest.mark.parametrize(
    ("text", "value", "baseline"),
    [
        ("rises from 0.28 to 0.34", 0.34, 0.28),
        ("falls from 69% to 61.5%", 61.5, 69),
        ("0.28 → 0.34", 0.34, 0.28),
    ],
)
def test_from_a_to_b_is_b_with_the_baseline_a(text, value, baseline):
    quantity = only(text)
    assert (quantity.value, quantity.baseline, quantity.high) == (value, baseline, None)


@pytest.mark.parametrize(
    "text",
    [
        "CIFAR-10",
        "GPT-4 and ResNet-50",
        "Top-1 accuracy",
        "the F1 score",
        "2D and 3D shapes",
        "COVID-19",
        "v2",
        "PASCAL VOC 2007",
        "SQuAD 2.0",
        "NLVR 2 is",
        "two orders of magnitude faster",
        "images of 224x224 or 64 × 64",
        "as shown [12, 13] before",
        "in Table 3",
        "(1) a model and",
        "on 23 Apr 2020",
        "https://host.org/v1/10",
        "10-shot",
        "the first half and the second half",
        "one of them",
    ],
)
def test_digits_of_names_labels_and_dates_are_no_quantity(text):
    assert find_quantities(text) == []


def test_numbers_in_a_list_stay_apart():
    assert read("72.2, 90.1, and 81.4%") == [(72.2, None), (90.1, None), (81.4, "%")]
    assert read("0.910/0.896") == [(0.910, None), (0.896, None)]


def test_a_deviation_is_not_a_second_result():
    assert read("92.5±0.3 points") == [(92.5, None)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("half of it", {0.5, 50}),
        ("2\\% less", {2}),
        ("1.5M rows", {1.5, 1_500_000}),
        ("0.95", {0.95}),
        ("1/1000 of", {0.001, 1}),
        ("by −3.2", {3.2, -3.2}),
        ("doubling, then twice", {2}),
        ("threefold", {3}),
        ("1,234", {1234}),
        ("from seven to CIFAR-10", {7}),
        ("3,5 %", {3.5}),
        ("1st place", {1}),
        ("a third", {1 / 3, 0.33, 0.333, 3}),
        ("the fourth place", {4, 0.25}),
        ("twenty-three points", {23}),
        ("two hundred times", {200}),
        ("a thirtyfold gain", {30}),
        ("28,4 BLEU", {28.4}),
        ("0,93", {0.93}),
        ("1{,}234 rows", {1234}),
        ("12\u202f500 rows", {12_500}),
        ("5x-11x faster", {5, 11}),
        ("92.5pm0.3", {92.5, 0.3}),
        ("92.5±0.3", {92.5, 0.3}),
        ("a x4 speed-up", {4}),
        ("the top-5% of them", {5}),
        ("accuracy—93.2%", {93.2}),
        ("ranks #1", {1}),
    ],
)
def test_every_reading_of_a_number_is_among_the_numbers(text, numbers):
    assert numbers <= numbers_in(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("on CIFAR-10", 10),
        ("on CUB200", 200),
        ("GPT-4 and GPT-3.5", 4),
        ("GPT-4 and GPT-3.5", 3.5),
        ("Top-1 accuracy", 1),
        ("the best F1", 1),
        ("R@1 of 93.2", 1),
        ("ImageNet-1K", 1000),
        ("3D shapes", 3),
        ("two orders of magnitude", 2),
        ("2 orders of magnitude", 2),
        ("two to three orders of magnitude", 3),
        ("an order of magnitude", 10),
        ("twenty-three points", 3),
        ("0,93", 93),
    ],
)
def test_digits_of_names_and_orders_of_magnitude_are_no_numbers(text, number):
    assert number not in numbers_in(text)


def test_words_alone_hold_no_number():
    assert numbers_in("no figure stands here") == frozenset()
    assert numbers_in("") == frozenset()


NOISE = st.text() | st.text(alphabet="0123456789.,-–/%x× ~?()$\\MKfromtohalf\n", max_size=60)


@given(NOISE)
def test_offsets_cover_what_they_say_and_lie_in_order(text):
    end = 0
    for one in find_quantities(text):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip()
        end = one.end


@given(NOISE)
def test_every_value_found_is_among_the_numbers_of_the_text(text):
    numbers = numbers_in(text)
    for one in find_quantities(text):
        stated = {one.value, one.high, one.baseline} - {None}
        assert stated <= numbers


@given(NOISE)
def test_numbers_are_finite(text):
    assert all(math.isfinite(number) for number in numbers_in(text))


@given(st.floats(min_value=0, max_value=1e6).map(lambda value: round(value, 3)))
def test_a_printed_percentage_is_read_back(value):
    quantity = only(f"an accuracy of {value:.3f}% here")
    assert (quantity.value, quantity.unit) == (float(f"{value:.3f}"), "%")


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1,111", "1.", "-", " ", "1 ", "1-", "half ", "1/", "http://a "]
)
def test_hostile_text_comes_to_an_end(piece):
    # Were the time not linear, the test would take minutes.
    text = piece * (60_000 // len(piece))
    assert len(find_quantities(text)) <= len(text)
    assert len(numbers_in(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("t in [0.5,1]", {0.5, 1}),
        ("93.2,94 % of them", {93.2, 94}),
        ("1.234,5", {1.234, 5}),
        ("2-3 orders of magnitude", set()),
        ("one or two orders of magnitude", set()),
        ("two full orders of magnitude", set()),
        ("half an order of magnitude", set()),
        ("10 000 images", {0, 10, 10_000}),
        ("one hundred and twenty", {1, 120}),
        ("two hundred and fifty thousand", {2, 250_000}),
        ("two and a half times", {2, 2.5}),
        ("3e-4", {3, 4, 0.0003}),
        ("10^5", {5, 10, 100_000}),
        ("a dozen", {12}),
        ("-1K", {1, -1, 1000, -1000}),
    ],
)
def test_numbers_of_many_forms_are_read(text, numbers):
    assert numbers_in(text) == numbers


pieces = st.sampled_from(
    [
        *(
            "one",
            "two",
            "half",
            "a",
            "and",
            "hundred",
            "thousand",
            "orders",
            "of",
            "magnitude",
            "decimal",
            "to",
        ),
        *(
            "fold",
            "times",
            "x",
            "%",
            "e",
            "-",
            "\u2013",
            ",",
            ".",
            "^",
            "{",
            "}",
            "\\times",
            "10",
            "5",
            "93",
            ",5",
        ),
        *(".5", "1,234", "e5", "third", "dozen", " ", "\u00a0"),
    ]
)


@given(
    st.one_of(
        st.text("0123456789.,%-/x{}\\ ^eE"), st.lists(pieces).map("".join), st.lists(pieces).map(" ".join)
    )
)
def test_any_text_can_be_read_and_has_finite_numbers_alone(text):
    assert all(math.isfinite(number) for number in numbers_in(text))
    assert all(math.isfinite(quantity.value) for quantity in find_quantities(text))
