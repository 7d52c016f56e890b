"""An address -> a page of a service in its format, or a clear error that says what the service said."""

import re
from collections.abc import Iterator

from extractor.errors import SourceError
from extractor.sources.formats.xml_streams import SERVER_ERROR, root_of
from extractor.sources.network.web import Web, Wrong
from extractor.sources.network.wording import on_a_line
from extractor.sources.shapes import Beginning, Format, Found, Skipped

_BEGINNING, _END, _SHOWN = 1 << 16, 1 << 10, 100
_CLOSING = {"[": "]", "{": "}"}
_ADVICE = {
    401: "the service wants a log-in, which is not given here",
    403: "this machine may have asked too often: wait an hour, or ask a mirror",
    407: "the proxy wants a log-in: see HTTPS_PROXY",
    404: "check the name, or the address of the mirror that is set",
}


def page(web: Web, address: str, form: Format, wrong: Wrong) -> bytes:
    """
    Return the body at an address; `wrong` says what is wrong with one that came, None for nothing.

    Raises:
        SourceError: none came that can be used, or the service refuses the request.
    """
    answer = web.get(address, wrong)
    if answer.is_refusal:
        said = _said(form, answer.body)
        advice = _ADVICE.get(answer.status, "check what is asked for")
        message = f"{on_a_line(address)} answered {answer.status}{f': {said}' if said else ''}; {advice}"
        raise SourceError(message)
    return answer.body


def unlike(form: Format, body: bytes) -> str | None:
    """Say what is wrong with a body that does not begin or end as its format does; None for nothing."""
    text = body[:_BEGINNING].decode(errors="replace").lstrip("\ufeff \r\n\t")
    if not form.fits(Beginning(text.lower(), "")):
        return f"what came is not {form.name} but {_short(text)!r}"
    return None if _has_end(text.lower(), body[-_END:]) else f"what came is cut off after {len(body)} bytes"


def _has_end(text: str, tail: bytes) -> bool:
    """Tell whether a page ends as it began: what is cut may lack its papers, or the mark of the next page."""
    end = tail.decode(errors="replace").rstrip().lower()
    if closing := _CLOSING.get(text[:1]):
        return end.endswith(closing)
    root = re.escape(root_of(Beginning(text, "")))
    return re.search(rf"</(?:[\w.-]+:)?{root}\s*>|/>\Z", end) is not None


def papers(address: str, form: Format, body: bytes) -> Iterator[Found | Skipped]:
    """
    Yield what a page holds.

    Raises:
        SourceError: it tells an error of the server.
    """
    for thing in form.read([body]):
        if isinstance(thing, Skipped) and thing.kind == SERVER_ERROR:
            said = _short(thing.detail.lstrip(": "))
            message = f"{on_a_line(address)} answered with an error: {said}; check what is asked for"
            raise SourceError(message)
        yield thing


def _said(form: Format, body: bytes) -> str:
    """Return what a refusal says, where it is written in the service's own format."""
    skipped = next((thing for thing in form.read([body]) if isinstance(thing, Skipped)), None)
    if skipped is None or unlike(form, body):
        return ""
    return _short(skipped.detail.lstrip(": ") if skipped.kind == SERVER_ERROR else skipped.shown)


def name_of(thing: Found | Skipped) -> str:
    """Return what a record is known by, to tell pages that hold nothing new."""
    if isinstance(thing, Skipped):
        return thing.shown
    return next(iter(thing.ids), None) or thing.title or thing.abstract or ""


def _short(text: str) -> str:
    return on_a_line(" ".join(on_a_line(text, _END).split()), _SHOWN)
