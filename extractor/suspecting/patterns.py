"""
What a pattern is, and where it counts.

Patterns are for text in lower case and begin with what is rare. For speed one is tried only where its words
stand in the text (those of a command: where they may command), and what stands before is looked at only where
it matches.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

POLITE = ("please", "kindly", "now", "instead", "simply", "bitte")

NO_WORD = re.compile(r"[\W_]\Z")
LINE_START = re.compile(r"\n[ \t]*\Z")
COMMANDING = re.compile(
    rf"""(?: \n | [.!?}}>#|] [\s"'(*#>-]* | [:;\u2014]\s | \b(?:{"|".join(POLITE)}),?\s )\s*\Z""",
    re.VERBOSE,
)
SPEAKING = re.compile(r"""[\n.!?\])}>"'*#=-]\s*[\[(*#"'<-]{0,3}\s?\Z""")
TURN = re.compile(rf"{SPEAKING.pattern}(?#and a capital letter after it)")
"""What stands before a turn of a conversation, whose text begins with a capital letter."""
ANYWHERE = re.compile(r"\Z")
_MOST_BEFORE = 24


class Rule(NamedTuple):
    """A pattern, what must stand before it, and groups of words of each of which one must be in the text."""

    pattern: re.Pattern[str]
    before: re.Pattern[str]
    words: tuple[frozenset[str], ...]


def rule(pattern: str, before: re.Pattern[str] = ANYWHERE, *words: str) -> Rule:
    """Return a rule; each of `words` is a list with blanks between."""
    return Rule(re.compile(pattern, re.VERBOSE), before, tuple(frozenset(some.split()) for some in words))


class Reading:
    """A text as patterns read it: in lower case, with its words, and those of them that may command."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self.lowered = _lowered(plain)
        self._words = frozenset(self.lowered.translate(_MARKS).split())
        self._openers = self._commanding()
        self._mentions: tuple[tuple[int, int], ...] | None = None

    def matches(self, rules: tuple[Rule, ...]) -> Iterator[re.Match[str]]:
        """Yield where rules match, rule by rule."""
        for one in rules:
            given = self._openers if one.before is COMMANDING else self._words
            for some in one.words:
                if some.isdisjoint(given):
                    break
            else:
                yield from (m for m in one.pattern.finditer(self.lowered) if self._counts(one, m))

    def _commanding(self) -> frozenset[str]:
        openers = {*_OPENER.findall("\n" + self.lowered), *(w for w in _SHOUTED if w.upper() in self._plain)}
        if not self._words.isdisjoint(POLITE):
            openers.update(_POLITE.findall(self.lowered))
        return frozenset(openers)

    def _counts(self, one: Rule, match: re.Match[str]) -> bool:
        """Tell whether what must stand before a match does; what is written in capitals commands anywhere."""
        start = match.start()
        ahead = ("" if start > _MOST_BEFORE else "\n") + self.lowered[max(0, start - _MOST_BEFORE) : start]
        if one.before is TURN and not self._plain[match.end()].isupper():
            return False
        if one.before.search(ahead):
            return not self._is_mention(*match.span())
        verb = match.group().split(maxsplit=1)[0]
        return one.before is COMMANDING and self._plain.startswith(verb.upper(), start)

    def _is_mention(self, start: int, end: int) -> bool:
        """Tell whether a place lies in words that the text quotes; a quote with digits in it is a claim."""
        if self._mentions is None:
            self._mentions = tuple(match.span() for match in _QUOTED.finditer(self.lowered))
        return any(first < start and end <= last for first, last in self._mentions)


_QUOTED = re.compile(
    r"""(?:(?<=[^\W\d_]\s)|(?<=,\s)|(?<=\())(?:"[^"\n\d]{2,160}"|\u201c[^\u201d\n\d]{2,160}\u201d
    |\u2018[^\u2018\n\d]{2,160}\u2019(?!\w)|'(?:[^'\n\d]|(?<=\w)'(?=\w)){2,160}'(?!\w))""",
    re.VERBOSE,
)
_MARKS = dict.fromkeys((place for place in range(128) if not chr(place).isalpha()), " ")
_OPENER = re.compile(r"""[.!?:;\n}>#|\u2014][\s"'(*#>-]*([^\W\d_]+)""")
_POLITE = re.compile(rf"(?:{'|'.join(POLITE)}),?\s+([^\W\d_]+)")
_SHOUTED = ("ignore", "disregard", "forget", "override")


def _lowered(plain: str) -> str:
    """Return a text in lower case and of the same length: some letters would become two."""
    lowered = plain.lower()
    return lowered if len(lowered) == len(plain) else "".join(char.lower()[:1] for char in plain)
