"""Listings written by hand -> sets of words, phrases and regular expressions."""

import re


def words_of(listing: str) -> frozenset[str]:
    """Return the words of a listing, which white space separates."""
    return frozenset(listing.split())


def phrases_of(listing: str) -> list[str]:
    """Return the phrases of a listing, which semicolons separate."""
    return [" ".join(phrase.split()) for phrase in listing.split(";") if phrase.strip()]


def either(listing: str) -> str:
    """Return a pattern that matches any item of a listing, which semicolons separate.

    Items are patterns themselves; white space inside one matches any single white space.
    """
    return "(?:" + "|".join(re.sub(r"\s+", r"\\s", item) for item in phrases_of(listing)) + ")"


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that ignores case."""
    return re.compile(pattern, re.IGNORECASE)
