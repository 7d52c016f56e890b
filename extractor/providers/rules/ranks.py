"""Passage -> the ranks that it claims: "1st place", "ranked second"."""

import re
from collections.abc import Iterator

_ORDINALS = {
    "first": 1.0,
    "1st": 1.0,
    "1": 1.0,
    "second": 2.0,
    "2nd": 2.0,
    "2": 2.0,
    "third": 3.0,
    "3rd": 3.0,
    "3": 3.0,
}
_RANK = re.compile(
    r"\b(?:(?:won|wins?|winning|achiev\w+|obtain\w*|rank\w*|plac\w+|took|takes?|taking|secur\w+|earn\w+|reach\w*|holds?|awarded|gain\w*|attain\w*|at|in|of|as)\s(?:at\s|as\s|in\s|on\s)?(?:the\s)?"
    r"(?P<a>first|second|third|1\s?st|2\s?nd|3\s?rd)[\s-](?:place|position|rank|prize|spot)"
    r"|rank(?:s|ed|ing)?\s(?:at\s|as\s|in\s)?(?:the\s)?(?P<b>first|second|third|1\s?st|2\s?nd|3\s?rd|No\.\s?1|#1|number one|top-1 on)\b)",
    re.IGNORECASE,
)


def find_ranks(passage: str) -> Iterator[tuple[float, int, int]]:
    """Yield each rank with its place in the passage."""
    for match in _RANK.finditer(passage):
        word = (match["a"] or match["b"]).lower().replace(" ", "")
        yield _ORDINALS.get(word, 1.0), match.start(), match.end()
