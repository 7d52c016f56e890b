"""Base addresses -> where each service is, how often it may be asked, and which redirects stay with it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from extractor.errors import SettingsError

_ARXIV, _ARXIV_PAUSE = "arxiv.org", 3.0  # One request in three seconds: arXiv's terms for its interfaces.
_HF, _HF_PAUSE = "huggingface.co", 1.0


@dataclass(frozen=True, slots=True)
class Sites:
    """
    Where the services are: arXiv's own addresses and Hugging Face's, or those of mirrors.

    A mirror of arXiv answers at `/api/query`, `/rss/...` and `/oai` under its address, one of Hugging Face at
    `/api/daily_papers`.
    """

    arxiv: str | None = None
    hf: str | None = None

    def __post_init__(self) -> None:
        for name, base in (("arxiv_url", self.arxiv), ("hf_url", self.hf)):
            if base is not None:
                _refuse_odd(name, base)

    @property
    def arxiv_api(self) -> str:
        """Address of arXiv's search."""
        return f"{_base(self.arxiv, 'https://export.arxiv.org')}/api/query"

    @property
    def arxiv_rss(self) -> str:
        """Address of arXiv's announcements, without the category."""
        return f"{_base(self.arxiv, 'https://rss.arxiv.org')}/rss"

    @property
    def arxiv_oai(self) -> str:
        """Address of arXiv's OAI-PMH."""
        return f"{_base(self.arxiv, 'https://oaipmh.arxiv.org')}/oai"

    @property
    def hf_daily(self) -> str:
        """Address of Daily Papers."""
        return f"{_base(self.hf, f'https://{_HF}')}/api/daily_papers"


def pause_at(address: str) -> float:
    """Return how many seconds are to lie between requests: a mirror of one's own has its own rules."""
    host = _host(address)
    return _ARXIV_PAUSE if _is_of(host, _ARXIV) else _HF_PAUSE if _is_of(host, _HF) else 0.0


def stays(address: str, target: str) -> bool:
    """
    Tell whether a redirect from one address to another may be followed.

    It may within a site and by https: to the same host, or between hosts of arxiv.org or huggingface.co. A
    mirror that is asked by http may send on within its own host and port.
    """
    if _origin(target) == _origin(address):
        return True
    here, there = _host(address), _host(target)
    site = next((site for site in (_ARXIV, _HF) if _is_of(here, site)), None)
    is_within = _is_of(there, site) if site else there == here
    return is_within and urlsplit(target).scheme == "https"


def _base(given: str | None, own: str) -> str:
    return (given or own).rstrip("/")


def _is_of(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port


def _refuse_odd(name: str, base: str) -> None:
    """
    Do nothing with an address that others can hang on.

    Raises:
        SettingsError: it is none.
    """
    if not _is_plain(base):
        message = f"{name} = {base!r}: an address is needed, such as https://mirror.example.org/arxiv"
        raise SettingsError(message)


def _is_plain(base: str) -> bool:
    try:
        parts = urlsplit(base)
        is_found = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_bare = not (parts.query or parts.fragment or "@" in parts.netloc or base != base.strip())
    return is_found and is_bare and parts.scheme in {"http", "https"}
