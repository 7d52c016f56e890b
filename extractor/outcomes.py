"""What becomes of one paper: an extraction or a failure."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

from extractor.exchange import NOTHING_USED, Response, Usage
from extractor.grounding import GroundedRecord
from extractor.papers import Paper

VERSION = version("extractor-papers")


@dataclass(frozen=True)
class Extraction:
    """One text's answer, validated and grounded."""

    paper: Paper
    fingerprint: str
    schema_name: str
    schema_version: str
    provider: str
    response: Response
    grounded: GroundedRecord
    from_cache: bool = False

    @cached_property
    def extraction_id(self) -> str:
        """Hash of text, fingerprint and extractor version: 16 hexadecimal digits."""
        parts = f"{self.paper.text.text_id}\0{self.fingerprint}\0{VERSION}"
        return hashlib.sha256(parts.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Failure:
    """
    Why one paper has no extraction.

    `paid` is true where an answer came; `raw_text` is that answer, kept for a look at it.
    """

    paper: Paper
    fingerprint: str
    reason: str
    message: str
    paid: bool = False
    raw_text: str | None = None
    model: str | None = None
    usage: Usage = NOTHING_USED
    attempts: int = 1
    from_cache: bool = False


Outcome = Extraction | Failure
