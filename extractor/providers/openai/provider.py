"""
A provider for every server that speaks OpenAI's chat completions.

The first ask goes the short way, with a strict JSON schema. instructor serves re-asks, and the modes of
servers that know no such schema. A server that refuses the form of the question moves the run on to the
next mode, once.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from extractor.exchange import Request, Response
from extractor.providers.openai.bodies import Bodies
from extractor.providers.openai.connecting import connect
from extractor.providers.openai.short_way import ShortWay, go_on
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
    `pause` is given the seconds for which the server says that its limits are used up. A request is ended
    by whoever asks: there is no time-out here. Nothing is imported and no connection made before the first
    request.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        mode: str = AUTO,
        params: Mapping[str, Any] | None = None,
        pause: Callable[[float], None] = go_on,
    ) -> None:
        self.model = model
        self.identity = {"provider": "openai", "host": base_url or OFFICIAL}
        if params:
            self.identity["params"] = json.dumps(params, sort_keys=True)
        if mode != AUTO:
            self.identity["mode"] = mode
        self._base_url = base_url or OFFICIAL
        self._api_key = api_key or NO_KEY
        self._pause = pause
        self._is_auto = mode == AUTO
        self._mode = MODES[0] if self._is_auto else mode
        self._params = free_params(params or {})
        self._bodies = Bodies(model, self._params)
        self._short_way: ShortWay | None = None
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
        if self._short_way is not None:
            await self._short_way.aclose()

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
        short_way = await self._connected()
        if mode == MODES[0] and request.correction is None:
            with translated_errors(self._base_url, self.model, self._api_key):
                return await short_way.ask(body)
        instructed = await self._instructing(short_way.client)
        with translated_errors(self._base_url, self.model, self._api_key):
            return await instructed.ask(mode, self.model, request, self._params)

    async def _connected(self) -> ShortWay:
        async with self._starting:
            if self._short_way is None:
                # The import takes a second of CPU: not in the loop's thread.
                client = await asyncio.to_thread(connect, self._base_url, self._api_key, None)
                self._short_way = ShortWay(client, self.model, self._pause)
            return self._short_way

    async def _instructing(self, client: "openai.AsyncOpenAI") -> Instructed:
        async with self._starting:
            if self._instructed is None:
                self._instructed = await asyncio.to_thread(Instructed, client, self._bodies.schema_of)
            return self._instructed
