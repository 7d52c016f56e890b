"""The beginning of a file -> the format that it is read by."""

import importlib
import logging
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import entry_points

from extractor.errors import SourceError
from extractor.sources.shapes import Beginning, FileFormat, Format

GROUP = "extractor.sources"
"""The group of entry points by which a plugin adds a format."""

_FOREIGN = {
    "HTML": re.compile(r"<(?:!doctype html|html)"),
    "XML": re.compile(r"<\?xml"),
    "markup": re.compile(r"<\w"),
}

AnyFormat = Format | FileFormat

_log = logging.getLogger(__name__)

# Special kinds before those that take nearly everything; a page of text is what nothing else is.
_BUILT_IN = (
    *("parquet", "arxiv_atom", "rss", "oai_pmh", "pubmed_xml", "endnote_xml"),
    *("hf_daily", "kaggle_arxiv", "openalex", "semantic_scholar", "openreview", "json_papers"),
    *("web_of_science", "nbib", "pubmed_text", "ris", "endnote", "bibtex", "tables", "page"),
)


@cache
def known_formats() -> tuple[AnyFormat, ...]:
    """Return all formats in the order in which they are tried: those of plugins, then our own."""
    return (*_of_plugins(), *map(_built_in, _BUILT_IN))


def choose(beginning: Beginning, formats: Sequence[AnyFormat]) -> AnyFormat:
    """
    Return the first format that a file fits.

    Raises:
        SourceError: it fits none; the message lists what was tried.
    """
    for one in formats:
        if _fits(one, beginning):
            return one
    kind = next((kind for kind, sign in _FOREIGN.items() if sign.match(beginning.text)), None)
    message = f"is nothing known{f' and looks like {kind}' if kind else ''}; tried: {tried(formats)}"
    raise SourceError(message)


def tried(formats: Iterable[AnyFormat]) -> str:
    """Return the names of formats, to be told."""
    return ", ".join(one.name for one in formats)


def that_take(formats: Iterable[AnyFormat], option: str) -> tuple[AnyFormat, ...]:
    """Return the formats that can be told something."""
    return tuple(one for one in formats if option in one.takes)


def _built_in(name: str) -> AnyFormat:
    found: AnyFormat = importlib.import_module(f"extractor.sources.formats.{name}").FORMAT
    return found


def _of_plugins() -> Iterable[AnyFormat]:
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found = point.load()
        except Exception as error:  # noqa: BLE001 - It is somebody else's code, and may fail in any way.
            _log.warning("format %s of %s cannot be loaded: %r", point.name, point.value, error)
            continue
        if isinstance(found, Format | FileFormat):
            yield found
        else:
            _log.warning(
                "format %s of %s is no Format, but %r", point.name, point.value, type(found).__name__
            )


def _fits(one: AnyFormat, beginning: Beginning) -> bool:
    try:
        return bool(one.fits(beginning))
    except Exception as error:  # noqa: BLE001 - As above: a plugin's flaw stops no file.
        _log.warning("format %s cannot tell what it fits: %r", one.name, error)
        return False
