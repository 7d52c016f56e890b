"""
A provider for every server that speaks OpenAI's chat completions.

The first ask goes the short way, with a strict JSON schema. instructor serves re-asks, and the modes of
servers that know no such schema. A server that refuses the form of the question moves the run on to the
next mode, once.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from extractor.exchange import Request, Response
from extractor.providers.openai.bodies import Bodies
from extractor.providers.openai.connecting import connect
from extractor.providers.openai.short_way import ask_shortly
from extractor.providers.openai.through_instructor import Instructed
from extractor.providers.openai.translating import NO_KEY, FormatRefusedError, translated_errors
from extractor.settings import free_params

if TYPE_CHECKING:
    import openai

OFFICIAL = "https://api.openai.com/v1"
AUTO = "auto"
MODES = ("json_schema", "tools", "json")
"""The forms in which an answer is asked for, the surest first."""


class OpenAIProvider:
    """
    Asks a server for JSON that keeps the record's schema.

    `mode` is one of MODES, or `auto`: the first that the server takes. `params` are further parameters of
    the request, sent as they are; none is sent unasked, since models refuse those they do not know.
    Nothing is imported and no connection made before the first request.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        mode: str = AUTO,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.identity = {"provider": "openai", "host": base_url or OFFICIAL}
        if params:
            self.identity["params"] = json.dumps(params, sort_keys=True)
        if mode != AUTO:
            self.identity["mode"] = mode
        self._base_url = base_url or OFFICIAL
        self._api_key = api_key or NO_KEY
        self._is_auto = mode == AUTO
        self._mode = MODES[0] if self._is_auto else mode
        self._params = free_params(params or {})
        self._bodies = Bodies(model, self._params)
        self._client: openai.AsyncOpenAI | None = None
        self._instructed: Instructed | None = None
        self._starting = asyncio.Lock()

    async def complete(self, request: Request) -> Response:
        """Return the server's answer, whether it keeps the schema or not."""
        while True:
            mode = self._mode
            try:
                return await self._ask(mode, request)
            except FormatRefusedError:
                if not self._moves_on_from(mode):
                    raise

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    def _moves_on_from(self, mode: str) -> bool:
        """Take the next mode for the rest of the run, where there is one; tell whether to ask again."""
        if not self._is_auto:
            return False
        if self._mode == mode:
            following = MODES[MODES.index(mode) + 1 :]
            if not following:
                return False
            self._mode = following[0]
        return True

    async def _ask(self, mode: str, request: Request) -> Response:
        body = self._bodies.of(request)
        client = await self._connected()
        if mode == MODES[0] and request.correction is None:
            with translated_errors(self._base_url, self.model, self._api_key):
                return await ask_shortly(client, body, self.model)
        instructed = await self._instructing(client)
        with translated_errors(self._base_url, self.model, self._api_key):
            return await instructed.ask(mode, self.model, request, self._params)

    async def _connected(self) -> "openai.AsyncOpenAI":
        async with self._starting:
            if self._client is None:
                # The import takes a second of CPU: not in the loop's thread.
                self._client = await asyncio.to_thread(connect, self._base_url, self._api_key)
            return self._client

    async def _instructing(self, client: "openai.AsyncOpenAI") -> Instructed:
        async with self._starting:
            if self._instructed is None:
                self._instructed = await asyncio.to_thread(Instructed, client, self._bodies.schema_of)
            return self._instructed
