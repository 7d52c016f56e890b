"""
A model's name and address -> what its tokens cost; tokens -> dollars.

Prices are those of the kept list `genai-prices`. A server that is not on it is priced by the model's
name, as its maker sells it; what neither knows has no price.
"""

import re
from dataclasses import dataclass

from extractor.errors import SettingsError
from extractor.exchange import Usage

MILLION = 1_000_000
BATCH_SHARE = 0.5
"""What a batch costs of the price of single requests."""
_SAMPLE = 1000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens: input, output, and input that the server had cached."""

    input: float
    output: float
    cached: float

    def of(self, usage: Usage) -> float | None:
        """Return what tokens cost in US dollars, None where the server did not count them."""
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        cached = min(usage.cached_tokens or 0, usage.input_tokens)
        fresh = usage.input_tokens - cached
        return (fresh * self.input + cached * self.cached + usage.output_tokens * self.output) / MILLION

    def in_batch(self) -> "Price":
        """Return the price of the same tokens by way of a batch."""
        return Price(self.input * BATCH_SHARE, self.output * BATCH_SHARE, self.cached * BATCH_SHARE)


def price_of(model: str, base_url: str) -> Price | None:
    """Return the price of a model at an address, None where it is not known or not of tokens alone."""
    from genai_prices import Usage as Tokens  # noqa: PLC0415
    from genai_prices import calc_price  # noqa: PLC0415 - imported when used: it takes a while.

    def rate(tokens: Tokens) -> float:
        try:
            found = calc_price(tokens, model, provider_api_url=base_url)
        except LookupError:
            found = calc_price(tokens, model)
        if found.total_price != found.input_price + found.output_price:
            message = f"{model} has a price for each request too"
            raise LookupError(message)
        return float(found.total_price) / _SAMPLE * MILLION

    try:
        return Price(
            input=rate(Tokens(input_tokens=_SAMPLE)),
            output=rate(Tokens(output_tokens=_SAMPLE)),
            cached=rate(Tokens(input_tokens=_SAMPLE, cache_read_tokens=_SAMPLE)),
        )
    except LookupError:
        return None


_GIVEN = re.compile(r"(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?")


def read_price(given: str) -> Price:
    """
    Return a price given as INPUT,OUTPUT or INPUT,OUTPUT,CACHED, dollars for a million tokens.

    Raises:
        SettingsError: it is no such thing.
    """
    found = _GIVEN.fullmatch(given.replace(" ", ""))
    if found is None:
        message = f"--price {given!r}: INPUT,OUTPUT is needed, dollars for a million tokens, such as 0.25,2"
        raise SettingsError(message)
    paid, made, cached = found.groups()
    return Price(float(paid), float(made), float(cached or paid))
