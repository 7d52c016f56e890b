"""What a paper is: its metadata, and the text that is read."""

import hashlib
import re
import unicodedata
from datetime import date
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SLUG_WORDS = 6
OWN = "file:"
"""How an alias begins that holds in one file alone: the id that only that file gives."""
TITLE, ADDRESS = "title:", "url:"

_MARKS = {code: None for code in range(128) if not chr(code).isalnum()}


def storable(text: str) -> str:
    """Return a text without what no database takes: NUL and lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text  # As nearly every text.
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


Storable = Annotated[str, AfterValidator(storable)]


class Text(BaseModel):
    """
    A title and an abstract, never changed once stored.

    Offsets of evidence count code points of these two strings. Another version of a paper is another
    text of the same paper.
    """

    model_config = ConfigDict(frozen=True)

    title: Storable = ""
    abstract: Storable

    @cached_property
    def text_id(self) -> str:
        """Hash of title and abstract: 16 hexadecimal digits."""
        return hashlib.sha256(f"{self.title}\0{self.abstract}".encode()).hexdigest()[:16]


class Paper(BaseModel):
    """One paper as a source gives it: `aliases` are all the names that it is known by."""

    model_config = ConfigDict(frozen=True)

    paper_id: Storable
    text: Text
    aliases: tuple[Storable, ...] = ()
    authors: tuple[Storable, ...] = ()
    published: date | None = None
    venue: Storable | None = None
    url: Storable | None = None
    language: Storable | None = Field(default=None, description="of the abstract, as ISO 639-1 has it")
    source: Storable | None = Field(default=None, description="file, or name that was fetched")
    line: int | None = Field(default=None, description="line of it, or place in the answer, counted from 1")

    @property
    def place(self) -> str:
        """Where it was read: the file and the line, as far as they are known."""
        return ", ".join(filter(None, (self.source, f"line {self.line}" if self.line else None))) or "given"

    @property
    def ids(self) -> tuple[str, ...]:
        """
        The names that are this paper's alone: neither its title nor its address, which others may share.

        A plain id that a file gives is not among them, for other files may give it to other papers; its name
        in that file is.
        """
        named = tuple(one for one in self.aliases if not one.startswith((TITLE, ADDRESS)))
        is_own = any(one.startswith(OWN) and one.endswith(f"#{self.paper_id}") for one in named)
        return named if is_own else (self.paper_id, *named)


def title_alias(title: str) -> str:
    """Return the alias that a title gives: its letters and digits, case and marks ignored."""
    if title.isascii():
        return TITLE + title.lower().translate(_MARKS)  # The same, several times as fast.
    plain = unicodedata.normalize("NFKC", title).casefold()
    return TITLE + re.sub(r"[\W_]+", "", plain)


def id_from_title(title: str) -> str:
    """Return a readable id for a paper that brings none: the title's first words and a short hash."""
    alias = title_alias(title)
    digest = hashlib.sha256(alias.encode()).hexdigest()[:6]
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_title)[:SLUG_WORDS]
    return "-".join([*words, digest])
