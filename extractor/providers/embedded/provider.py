"""The embedded model as a provider: started at the first request, asked like any server."""

import asyncio
from functools import partial
from pathlib import Path

from extractor.exchange import Request, Response
from extractor.providers.embedded.server import LocalServer, start_server
from extractor.providers.embedded.weights import SMOLLM2, Tell, fetch_weights
from extractor.providers.json_schemas import Bounds, bounded_schema
from extractor.providers.openai import OpenAIProvider

BOUNDS = Bounds(string=100, values=3, parts=1)
MOST_TOKENS = 1024


class EmbeddedProvider:
    """Fetches the weights once, loads them at the first request, and asks."""

    model = SMOLLM2.name

    def __init__(self, cache: Path, tell: Tell) -> None:
        self._cache = cache
        self._tell = tell
        self._starting = asyncio.Lock()
        self._server: LocalServer | None = None
        self._asked: OpenAIProvider | None = None
        self.identity = {
            "provider": "embedded",
            "weights": SMOLLM2.sha256,
            "bounds": f"{BOUNDS}, {MOST_TOKENS} tokens",
        }

    async def complete(self, request: Request) -> Response:
        """Return the model's answer, which keeps the bounded schema."""
        return await (await self._started()).complete(request)

    async def aclose(self) -> None:
        """Close the connection and let the model go."""
        if self._asked is not None:
            await self._asked.aclose()
        self._asked = self._server = None

    async def _started(self) -> OpenAIProvider:
        async with self._starting:
            if self._asked is None:
                self._server = await asyncio.to_thread(self._start)
                self._asked = OpenAIProvider(
                    self.model,
                    base_url=self._server.base_url,
                    api_key=self._server.key,
                    params={"temperature": 0, "max_tokens": MOST_TOKENS},
                    schema_of=partial(bounded_schema, bounds=BOUNDS),
                )
        return self._asked

    def _start(self) -> LocalServer:
        return start_server(fetch_weights(SMOLLM2, self._cache, self._tell))
