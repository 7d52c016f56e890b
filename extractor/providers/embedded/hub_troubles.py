"""What goes wrong with the Hugging Face hub -> one line that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from extractor.errors import RunStoppedError
from extractor.providers.embedded.catalogue import HubFile

UNAUTHORISED, FORBIDDEN, MISSING = 401, 403, 404


@contextmanager
def told(hub: HubFile, endpoint: str) -> Iterator[None]:
    """
    Tell what goes wrong while a file of the hub at `endpoint` is asked for.

    Raises:
        RunStoppedError: something did; a full disk stays the OSError that it is.
    """
    import httpx2  # noqa: PLC0415 - imported when used.

    try:
        yield
    except (OSError, ValueError, TypeError, KeyError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise RunStoppedError(_trouble(error, hub, endpoint)) from error
    except httpx2.HTTPError as error:
        raise RunStoppedError(_unreachable(error, endpoint)) from error


def _trouble(error: Exception, hub: HubFile, endpoint: str) -> str:
    """Return in one line what the hub refuses, or what it is that does not answer like one."""
    from huggingface_hub import errors  # noqa: PLC0415

    page = f"{endpoint}/{hub.repo}"
    if isinstance(error, errors.GatedRepoError):
        return (
            f"{hub.repo} is gated: accept its terms at {page}, make a token at {endpoint}/settings/tokens, "
            "and set HF_TOKEN to it"
        )
    if isinstance(error, errors.HfHubHTTPError):
        return _refusal(error, error.response.status_code, hub, page)
    if isinstance(error, errors.OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set, so the hub is not asked: unset it to fetch a model"
    if isinstance(error, OSError):
        return f"fetching from {page} broke off: {_first_line(error)}. The same command goes on where it was"
    return f"{endpoint} does not answer as the hub does: look at HF_ENDPOINT, EXTRACTOR_HF_URL, proxies"


def _refusal(error: Exception, status: int, hub: HubFile, page: str) -> str:
    from huggingface_hub import errors  # noqa: PLC0415

    if isinstance(error, errors.RepositoryNotFoundError):
        return (
            f"the hub has no repository {hub.repo} that it shows you ({page}): look at the name; for a "
            "private one set HF_TOKEN"
        )
    if status in (UNAUTHORISED, FORBIDDEN):
        return (
            f"the hub refuses the token for {page} ({status}): look at HF_TOKEN and `hf auth login`; "
            "a model that is open to all needs none"
        )
    if status == MISSING:
        return f"the hub has no file {hub.file} at {page} ({status})"
    return f"the hub answers {status} for {page}: try again later; what was fetched is kept"


def _unreachable(error: Exception, endpoint: str) -> str:
    return (
        f"{endpoint} cannot be reached: {_first_line(error)}. The same command goes on where it was. Without "
        "network: fetch the file elsewhere, and use it as local:FILE.gguf"
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
