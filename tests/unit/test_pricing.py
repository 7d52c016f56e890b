import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SettingsError
from extractor.exchange import Usage
from extractor.pricing import Price, price_of, read_price

OPENAI = "https://api.openai.com/v1"
OPENROUTER = "https://openrouter.ai/api/v1"
ELSEWHERE = "https://models.example.org/v1"
MILLION = 1_000_000


def dollars(price):
    return tuple(round(rate, 6) for rate in (price.input, price.output, price.cached))


# ---------------------------------------------------------------- what tokens cost


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(0, 0), 0.0),
        (Usage(MILLION, 0), 1.0),
        (Usage(0, MILLION), 8.0),
        (Usage(MILLION, MILLION, MILLION), 8.25),
        (Usage(MILLION, 0, 400_000), 0.7),
        (Usage(1000, 100, 0), 0.0018),
    ],
    ids=repr,
)
def test_tokens_cost_what_the_price_says(usage, cost):
    assert Price(1.0, 8.0, 0.25).of(usage) == pytest.approx(cost)


@pytest.mark.parametrize("usage", [Usage(), Usage(1000), Usage(None, 1000), Usage(None, None, 5)], ids=repr)
def test_tokens_that_were_not_counted_have_no_price(usage):
    assert Price(1.0, 8.0, 0.25).of(usage) is None


def test_a_server_that_counts_more_cached_tokens_than_tokens_is_not_believed():
    assert Price(1.0, 8.0, 0.25).of(Usage(1000, 0, 5000)) == pytest.approx(0.00025)


def test_a_batch_costs_half():
    assert Price(1.0, 8.0, 0.25).in_batch() == Price(0.5, 4.0, 0.125)


RATES = st.floats(0, 1000)
TOKENS = st.integers(0, 10**9)


@given(RATES, RATES, st.floats(0, 1), TOKENS, TOKENS, TOKENS)
def test_a_cached_prompt_never_costs_more_and_no_answer_less_than_nothing(
    paid, made, share, tokens, answered, cached
):
    price = Price(paid, made, paid * share)
    whole, partly = price.of(Usage(tokens, answered)), price.of(Usage(tokens, answered, cached))

    assert whole is not None
    assert partly is not None
    assert 0 <= partly <= whole * (1 + 1e-9)


# ---------------------------------------------------------------- the price of a model


@pytest.mark.parametrize(
    ("model", "base_url", "price"),
    [
        ("gpt-4o-mini", OPENAI, (0.15, 0.6, 0.075)),
        ("gpt-5-mini", OPENAI, (0.25, 2.0, 0.025)),
        ("openai/gpt-4o-mini", OPENROUTER, (0.15, 0.6, 0.075)),
    ],
)
def test_a_model_has_the_price_of_the_server_that_sells_it(model, base_url, price):
    found = price_of(model, base_url)

    assert found is not None
    assert dollars(found) == price


def test_at_a_server_that_is_not_on_the_list_a_model_has_its_makers_price():
    found = price_of("gpt-4o-mini", ELSEWHERE)

    assert found is not None
    assert dollars(found) == (0.15, 0.6, 0.075)


@pytest.mark.parametrize("base_url", [OPENAI, OPENROUTER, ELSEWHERE, "no address", ""])
def test_a_model_that_nobody_knows_has_no_price(base_url):
    assert price_of("heron-large", base_url) is None


def test_where_each_request_costs_something_too_that_is_not_taken_for_a_price_of_tokens():
    # Sonar costs a dollar for a million tokens, and a fee for each search.
    found = price_of("sonar", "https://api.perplexity.ai")

    assert found is None or dollars(found) == (1.0, 1.0, 1.0)


# ---------------------------------------------------------------- a price that is given


@pytest.mark.parametrize(
    ("given_price", "price"),
    [
        ("0.25,2", Price(0.25, 2.0, 0.25)),
        ("0.25,2,0.025", Price(0.25, 2.0, 0.025)),
        ("0,0", Price(0.0, 0.0, 0.0)),
        ("1,2,0", Price(1.0, 2.0, 0.0)),
        (" 0.25, 2 ", Price(0.25, 2.0, 0.25)),
    ],
)
def test_a_price_is_read_and_cached_tokens_cost_as_much_as_others_unless_it_is_said(given_price, price):
    assert read_price(given_price) == price


@pytest.mark.parametrize(
    "given_price",
    [
        "",
        "2",
        "2,",
        ",2",
        "a,b",
        "-1,2",
        "1,2,3,4",
        "1;2",
        "$1,$2",
        "1e3,2",
        "nan,1",
        "inf,1",
        "1.,2",
        "1,2,",
    ],
)
def test_what_is_no_price_is_refused_with_an_example(given_price):
    with pytest.raises(SettingsError) as refused:
        read_price(given_price)

    assert str(refused.value) == (
        f"--price {given_price!r}: INPUT,OUTPUT is needed, dollars for a million tokens, such as 0.25,2"
    )
