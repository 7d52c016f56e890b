"""What goes out to a provider and what comes back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

from extractor.papers import Text
from extractor.records import Record

N = TypeVar("N", int, float)

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """
    Tokens of an answer and their price in US dollars, all its attempts together.

    None where the server did not say, or no price is known.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cost: float | None = None

    def __add__(self, other: "Usage") -> "Usage":
        """Add up; a figure that neither gives stays None."""
        return Usage(
            _plus(self.input_tokens, other.input_tokens),
            _plus(self.output_tokens, other.output_tokens),
            _plus(self.cached_tokens, other.cached_tokens),
            _plus(self.cost, other.cost),
        )


NOTHING_USED = Usage()


def _plus(left: N | None, right: N | None) -> N | None:
    if left is None or right is None:
        return right if left is None else left
    return left + right


@dataclass(frozen=True)
class Asking:
    """
    All that decides an answer beside the messages: who is asked, and how.

    `identity` is what the provider says of itself (kind, host, hashes of model files, rules version).
    """

    schema_name: str
    record_type: type[Record]
    model: str
    identity: Mapping[str, str]
    params: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Hash of everything here, the JSON schema of the record among it."""
        parts = {
            "schema": self.schema_name,
            "json_schema": self.record_type.model_json_schema(),
            "model": self.model,
            "identity": dict(self.identity),
            "params": dict(self.params),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def hash_of(self, messages: tuple[Message, ...]) -> "hashlib._Hash":
        """Return a hash of this and of messages that are the same for many texts, to go on with."""
        if messages not in self._hashes:
            digest = hashlib.sha256(self.digest.encode())
            for message in messages:
                digest.update(_hashed(message))
            self._hashes[messages] = digest
        return self._hashes[messages].copy()

    @cached_property
    def _hashes(self) -> "dict[tuple[Message, ...], hashlib._Hash]":
        return {}


def _hashed(message: Message) -> bytes:
    return f"\0{message.role}\0{message.content}".encode()


@dataclass(frozen=True, slots=True)
class Request:
    """
    One question about one text.

    `correction` is what was wrong with the last answer; it is no part of the fingerprint, so that a
    re-asked answer is stored under the first request's. Nor is `found`, a partner's answer for a model that
    reads it before it answers: whose it is stands in the identity.
    """

    text: Text
    messages: tuple[Message, ...]
    asking: Asking
    correction: str | None = None
    found: str | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides the answer: 32 hexadecimal digits."""
        *constant, last = self.messages
        digest = self.asking.hash_of(tuple(constant))
        digest.update(_hashed(last))
        return digest.hexdigest()[:32]

    @property
    def guessed_tokens(self) -> int:
        """About how many tokens the messages are, four characters each; no tokenizer is asked."""
        return sum(len(message.content) for message in self.messages) // CHARACTERS_A_TOKEN

    def corrected(self, error: str) -> "Request":
        """Return the same question with what was wrong with the last answer."""
        return replace(self, correction=error)


@dataclass(frozen=True, slots=True)
class Response:
    """
    An answer as it came.

    `completion` is a partner's answer to the same request, from which one record is made with this one;
    `completed_by` names the partner. `leads` are the fields in which this answer stands, whatever the partner
    says.
    """

    text: str
    model: str
    usage: Usage = NOTHING_USED
    finish_reason: str | None = None
    attempts: int = 1
    completion: str | None = None
    completed_by: str | None = None
    leads: tuple[str, ...] = ()
