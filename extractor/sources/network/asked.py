"""What a name asks a service for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from extractor.errors import SourceError
from extractor.sources.network.web import Web
from extractor.sources.shapes import Format, Found, Skipped

Tell = Callable[[str], None]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a name asks for; nothing is sent before `read` is iterated.

    `name` is the name as it can be given again, `address` what is asked first, in `form`, `at_most` how many
    papers there can be (None where only asking would tell), `nothing` what it means when none comes.
    """

    name: str
    address: str
    form: Format
    at_most: int | None
    nothing: str
    read: Callable[[Web, Tell], Iterator[Found | Skipped]]


def day(name: str, text: str) -> date:
    """
    Return a day of a name.

    Raises:
        SourceError: it is none.
    """
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        """As 2026-02-30: told below."""
    message = f"{name}: {text!r} is no day; write it as 2026-09-03"
    raise SourceError(message)
