"""Messages and answers -> the tokens that the model inside the process reads and writes."""

from typing import Any

from extractor.exchange import Message
from extractor.providers.embedded.server import LocalServer

TIMEOUT = 600.0


class ServerTokens:
    """
    Asks a running server, so that chat template and tokens are those of every later request.

    `end` is the token that ends an answer.
    """

    def __init__(self, server: LocalServer, end: int) -> None:
        import httpx2  # noqa: PLC0415 - a tenth of a second, needed for training alone.

        self._server = server  # It runs for as long as somebody holds it.
        self._client = httpx2.Client(
            base_url=server.base_url.removesuffix("/v1"),
            headers={"Authorization": f"Bearer {server.key}"},
            timeout=TIMEOUT,
        )
        self._end = end

    def question(self, messages: tuple[Message, ...]) -> list[int]:
        """Return the tokens of messages in the model's chat template, up to where its answer begins."""
        sent = [{"role": message.role, "content": message.content} for message in messages]
        return self._tokens(self.asked("/apply-template", messages=sent)["prompt"], specials=True)

    def answer(self, text: str) -> list[int]:
        """Return the tokens of an answer, its end among them."""
        return [*self._tokens(text, specials=False), self._end]

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def asked(self, path: str, **body: object) -> dict[str, Any]:
        """Return what the server answers to a body."""
        response = self._client.post(path, json=body)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _tokens(self, text: str, *, specials: bool) -> list[int]:
        answer = self.asked("/tokenize", content=text, add_special=specials, parse_special=specials)
        return [int(token) for token in answer["tokens"]]
