"""An address -> a page of a service in its format, or a clear error that says what the service said."""

from collections.abc import Iterator

from extractor.errors import SourceError
from extractor.sources.formats.xml_streams import SERVER_ERROR
from extractor.sources.network.web import Web, Wrong
from extractor.sources.shapes import Beginning, Format, Found, Skipped, short

_BEGINNING = 1 << 16
_ADVICE = {
    401: "the service wants a log-in, which is not given here",
    403: "this machine may have asked too often: wait an hour, or ask a mirror",
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
        message = f"{address} answered {answer.status}{f': {said}' if said else ''}; {advice}"
        raise SourceError(message)
    return answer.body


def unlike(form: Format, body: bytes) -> str | None:
    """Say what is wrong with a body that does not begin as its format does; None for nothing."""
    text = body[:_BEGINNING].decode(errors="replace").lstrip("\ufeff \r\n\t")
    if form.fits(Beginning(text.lower(), "")):
        return None
    return f"what came is not {form.name} but {_one_line(text)!r}"


def papers(address: str, form: Format, body: bytes) -> Iterator[Found | Skipped]:
    """
    Yield what a page holds.

    Raises:
        SourceError: it tells an error of the server.
    """
    for thing in form.read([body]):
        if isinstance(thing, Skipped) and thing.kind == SERVER_ERROR:
            said = _one_line(thing.detail.lstrip(": "))
            message = f"{address} answered with an error: {said}; check what is asked for"
            raise SourceError(message)
        yield thing


def _said(form: Format, body: bytes) -> str:
    """Return what a refusal says, where it is written in the service's own format."""
    skipped = next((thing for thing in form.read([body]) if isinstance(thing, Skipped)), None)
    if skipped is None or unlike(form, body):
        return ""
    return _one_line(skipped.detail.lstrip(": ") if skipped.kind == SERVER_ERROR else skipped.shown)


def _one_line(text: str) -> str:
    return short(" ".join("".join(letter if letter.isprintable() else " " for letter in text).split()))
