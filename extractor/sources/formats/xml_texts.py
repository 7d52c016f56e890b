"""Elements -> the texts in them, inline markup flattened."""

import html
import re
from collections.abc import Iterator

from lxml import etree

_UNREAD = frozenset({"annotation", "annotation-xml", "fn", "tex-math"})
_ATTACHED = frozenset({"inf", "sub", "sup"})
_WRAPPED = re.compile(r"\s*\n\s*$")

_ATTRIBUTE = r"""\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)"""
_BLOCK = re.compile(rf"</?(?:p|br|div|li|ul|ol|h[1-6]|blockquote)(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE)
_INLINE = re.compile(
    rf"</?(?:a|abbr|b|cite|code|em|font|i|img|q|s|small|span|strong|sub|sup|tt|u)(?:{_ATTRIBUTE})*\s*/?>",
    re.IGNORECASE,
)


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def text_of(element: etree._Element | None) -> str | None:
    """Return all text in an element, blanks around it cut off; None where there is none."""
    if element is None:
        return None
    text = "".join(_texts(element)) if len(element) else element.text or ""
    return text.strip() or None


def first(element: etree._Element, path: str) -> str | None:
    """Return the text of the first element on a path that has any; `{*}title` is one of any namespace."""
    return next(every(element, path), None)


def every(element: etree._Element, path: str) -> Iterator[str]:
    """Yield the texts of the elements on a path, empty ones left out."""
    return (text for found in element.iterfind(path) if (text := text_of(found)))


def sibling(element: etree._Element, name: str) -> str:
    """Return the path of a child in its parent's namespace: the paper's title, not that of a picture."""
    space = etree.QName(element).namespace
    return f"{{{space}}}{name}" if space else name


def without_html(text: str) -> str:
    """Return a text that was written as HTML: its tags taken out, its entities decoded; `a<b` stays."""
    return html.unescape(_INLINE.sub("", _BLOCK.sub("\n", text)))


def _texts(element: etree._Element) -> Iterator[str]:
    """Yield the pieces of text; where a file is set in lines, an index still follows its letter at once."""
    before = element.text or ""
    for child in element:
        yield _WRAPPED.sub("", before) if local(child) in _ATTACHED else before
        if local(child) not in _UNREAD:
            yield from _texts(child)
        before = child.tail or ""
    yield before
