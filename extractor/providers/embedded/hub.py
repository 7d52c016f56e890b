"""
A file of the Hugging Face hub -> what the hub says of it, and its bytes.

The hub's own library speaks to it: addresses, tokens (HF_TOKEN), redirects and broken connections are its
business. Its downloads into a cache or folder, by `hf_xet` or without, throw away what they had when they end
early; so the bytes are taken by the road under them, which goes on at any byte.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import RunStoppedError
from extractor.providers.embedded.catalogue import GGUF, HubFile
from extractor.providers.embedded.hub_troubles import told

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import ModelInfo, RepoSibling

TIMEOUT = 10.0
NAMES_SHOWN = 8
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Offer:
    """
    What the hub says of a file: bytes, SHA-256, revision (a commit) and licence, "not said" without one.

    `page` is the repository's own page.
    """

    hub: HubFile
    size: int
    sha256: str
    revision: str
    licence: str
    page: str


class Hub:
    """
    The hub at an address: None is Hugging Face's own, or that of HF_ENDPOINT.

    Raises:
        RunStoppedError: its library is not installed.
    """

    def __init__(self, address: str | None) -> None:
        try:
            import huggingface_hub  # noqa: PLC0415 - an extra, and a second to import.
        except ImportError as error:
            message = (
                "models are fetched from the Hugging Face hub by huggingface_hub, which is not installed: "
                "pip install 'extractor-papers[hub]'"
            )
            raise RunStoppedError(message) from error
        self._api: HfApi = huggingface_hub.HfApi(
            endpoint=address.rstrip("/") if address else None, library_name="extractor-papers"
        )

    def offer(self, hub: HubFile) -> Offer:
        """
        Return what the hub says of a file, having asked whether it hands it out.

        Raises:
            RunStoppedError: it cannot be asked, or hands out no such file, or says too little of it.
        """
        with told(hub, self._api.endpoint):
            info = self._api.model_info(hub.repo, files_metadata=True, timeout=TIMEOUT)
            offer = _offer(hub, info, f"{self._api.endpoint}/{hub.repo}")
            self._api.get_hf_file_metadata(url=self._address(offer), timeout=TIMEOUT)
        return offer

    def fetch(self, offer: Offer, part: Path) -> None:
        """
        Append to `part` what it lacks of a file; on a terminal with a bar.

        Raises:
            RunStoppedError: it broke off. What came is kept.
        """
        from huggingface_hub.file_download import http_get  # noqa: PLC0415
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined] # noqa: PLC0415

        headers = {**build_hf_headers(library_name="extractor-papers"), "Accept-Encoding": "identity"}
        with part.open("ab") as file, told(offer.hub, self._api.endpoint):
            http_get(
                self._address(offer),
                file,
                resume_size=file.tell(),
                headers=headers,
                expected_size=offer.size,
                displayed_filename=offer.hub.file.rpartition("/")[2],
            )

    def _address(self, offer: Offer) -> str:
        import huggingface_hub  # noqa: PLC0415

        return huggingface_hub.hf_hub_url(
            offer.hub.repo, offer.hub.file, revision=offer.revision, endpoint=self._api.endpoint
        )


def _offer(hub: HubFile, info: "ModelInfo", page: str) -> Offer:
    sibling = _sibling(hub, info, page)
    sha256, revision = (sibling.lfs.sha256 if sibling.lfs else ""), info.sha or ""
    if not (sibling.size and _SHA256.fullmatch(sha256) and _COMMIT.fullmatch(revision)):
        message = (
            f"{page} does not say size, SHA-256 and revision of {hub.file}, so it cannot be checked: "
            "fetch it yourself, and use it as local:FILE.gguf"
        )
        raise RunStoppedError(message)
    return Offer(hub, sibling.size, sha256, revision, _licence(info), page)


def _sibling(hub: HubFile, info: "ModelInfo", page: str) -> "RepoSibling":
    siblings = info.siblings or []
    for sibling in siblings:
        if sibling.rfilename == hub.file:
            return sibling
    files = [sibling.rfilename for sibling in siblings if sibling.rfilename.endswith(GGUF)]
    has = f"it has {', '.join(files[:NAMES_SHOWN])}" if files else "it has no GGUF file at all"
    more = f" and {len(files) - NAMES_SHOWN} more" if len(files) > NAMES_SHOWN else ""
    message = f"{page} has no file {hub.file} (any more): {has}{more}"
    raise RunStoppedError(message)


def _licence(info: "ModelInfo") -> str:
    card = info.card_data
    said = card and (card.get("license_name") or card.get("license"))
    tagged = [tag.removeprefix("license:") for tag in info.tags or [] if tag.startswith("license:")]
    return str(said or next(iter(tagged), "not said"))
