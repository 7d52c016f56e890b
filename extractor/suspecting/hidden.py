"""The patterns of what a reader does not see: comments, text without colour or size, odd characters."""

import re
from collections.abc import Iterator

from extractor.suspecting.patterns import LINE_START, rule

_STYLE = r"""(?:display\s*:\s*none | visibility\s*:\s*hidden | opacity\s*:\s*0(?:\.0+)?(?![.\d])
    | font-size\s*:\s*(?:[01](?:px|pt|em)?\b|0?\.\d+(?:px|pt)|0?\.[0-2]\d*r?em)
    | (?<![-\w])color\s*[:=]\s*["']?(?:white|transparent|\#f{3,8}\b|rgba?\(\s*255)
    | (?:left|top|text-indent)\s*:\s*-\d{3} | \s(?:hidden|aria-hidden)\b)"""
_TINY = r"(?:0?\.\d+|[0-3](?:\.\d+)?)\s?(?:pt|em|ex|mm)?"
HIDDEN = (
    rule(r"<!--(?s:.*?)(?:-->|\Z)"),
    rule(rf"<(?P<tag>[a-z]+)\b[^<>]*?{_STYLE}[^<>]*>(?s:.*?)(?:</(?P=tag)\s*>|\Z)"),
    rule(r"<(?P<tag>script|style|template|noscript)\b[^<>]*>(?s:.*?)(?:</(?P=tag)\s*>|\Z)"),
    rule(r"\\(?:textcolor|color)(?:\[\w+\])?\{(?:white|1,\s?1,\s?1|ffffff)\}\s*\{?[^{}]*\}?"),
    rule(
        rf"""\\(?:[hv]?phantom\{{[^{{}}]*\}} | tiny\b[^{{}}]*
        | fontsize\{{{_TINY}\}}\{{[^{{}}]{{0,8}}\}}\s*(?:\\selectfont\b)?[^{{}}]*
        | scalebox\{{0?\.[01]\d*\}}\{{[^{{}}]*\}}?)""",
    ),
    rule(r"\\iffalse\b(?s:.*?)(?:\\fi\b|\Z) | \\begin\{comment\}(?s:.*?)(?:\\end\{comment\}|\Z)"),
    rule(
        r"%+[ \t]*(?!(?:of|in|on|to|and|or|for|more|less|higher|lower|better|fewer)\b)[^\W\d][^\n]*",
        LINE_START,
    ),
    rule(r"""\{\s*\\?["'\u201c]\w+\\?["'\u201d]\s*:(?:(?s:.*)[\]}]|(?s:.*)\Z)"""),
)
_INVISIBLE = re.compile(
    "(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]{2,}"  # letters in the form of tags,
    "|[\U000e0000-\U000e007f]{8,}"  # of which flags are made too: those have seven at most
    "|[\u200b\u200c\u200d\u2060-\u2064\ufeff]{4,}"  # runs of what has no width
    "|[\u202d\u202e][^\u202c\n]*"  # text that is set backwards
)
_BLOB = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")
_OF_CODES = (re.compile(r"\d"), re.compile(r"[A-Z]"), re.compile(r"[a-z]"))
_WINDOW = 30  # Sixty letters in a row fill one such stretch of the text.


def unreadable_spans(content: str) -> Iterator[tuple[int, int]]:
    """Yield what no reader sees or can read: invisible characters, and long runs of coded letters."""
    if not content.isascii():
        yield from (match.span() for match in _INVISIBLE.finditer(content))
    if any(" " not in content[start : start + _WINDOW] for start in range(0, len(content), _WINDOW)):
        blobs = _BLOB.finditer(content)
        yield from (blob.span() for blob in blobs if all(kind.search(blob.group()) for kind in _OF_CODES))
