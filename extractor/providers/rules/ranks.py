"""Passage -> the ranks that it claims: "1st place", "ranked second"."""

from collections.abc import Iterator

from extractor.providers.rules.patterns import compiled

_ORDINAL = r"first|second|third|1\s?st|2\s?nd|3\s?rd"
_VALUES = {"s": 1.0, "1": 1.0, "f": 1.0, "2": 2.0, "3": 3.0, "t": 3.0, "n": 1.0, "#": 1.0}
_RANK = compiled(
    r"\b(?:(?:won|wins?|winning|achiev\w+|obtain\w*|rank\w*|plac\w+|took|takes?|taking|secur\w+"
    r"|earn\w+|reach\w*|holds?|awarded|gain\w*|attain\w*|at|in|of|as|and)\s(?:at\s|as\s|in\s|on\s)?"
    rf"(?:the\s)?(?P<place>{_ORDINAL})[\s-](?:place|position|rank|prize|spot)\b"
    rf"|rank(?:s|ed|ing)?\s(?:at\s|as\s|in\s)?(?:the\s)?(?P<rank>{_ORDINAL}|No\.\s?1|\#1"
    r"|number\sone)\b)"
)


def find_ranks(passage: str) -> Iterator[tuple[float, int, int]]:
    """Yield each rank with its place in the passage."""
    for match in _RANK.finditer(passage):
        word = (match["place"] or match["rank"]).lower()
        value = 2.0 if word == "second" else _VALUES[word[0]]
        yield value, match.start(), match.end()
