"""A model inside the process as a provider: started at the first request, held to the text by a grammar."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from extractor.errors import RejectedError, RunStoppedError
from extractor.exchange import Request, Response
from extractor.providers.embedded.grammar import GRAMMAR_VERSION, forced_start, grammar_for
from extractor.providers.embedded.server import LocalServer, start_server
from extractor.providers.embedded.short_form import read_short_form, said_once, short_form, short_messages
from extractor.providers.embedded.short_grammar import short_grammar_for
from extractor.providers.embedded.spans import Spans, look_alike, restored
from extractor.providers.embedded.sums import sum_of
from extractor.providers.embedded.trained import Trained, trained_for
from extractor.providers.embedded.weights import SMOLLM2, Tell, pull, sha256_of
from extractor.providers.openai.bodies import messages_of
from extractor.providers.openai.connecting import connect
from extractor.providers.openai.short_way import ShortWay
from extractor.providers.openai.translating import translated_errors
from extractor.records import Record
from extractor.settings import free_params

MOST_TOKENS = 1024
ADAPTER, MAGIC = ".adapter.gguf", b"GGUF"
SHIPPED = Path(__file__).with_name(f"papers{ADAPTER}")
"""The embedded model's own adapter, for schema `papers`; its card lies beside it."""


class EmbeddedProvider:
    """
    Asks a GGUF model through llama.cpp's server in this process.

    `find` returns the file of weights, fetching it where it must. Answers are what the text allows: spans of
    it, its links, and the numbers of what is quoted. An adapter that was trained for the records that are
    asked for is asked in its own short form; for others it is left aside.
    """

    def __init__(
        self,
        model: str,
        identity: Mapping[str, str],
        find: Callable[[], Path],
        params: Mapping[str, Any] | None = None,
        *,
        adapter: Path | None = None,
    ) -> None:
        self.model = model
        self._find = find
        self._adapter = adapter
        self._params = {"temperature": 0, "max_tokens": MOST_TOKENS, **free_params(params or {})}
        self._starting = asyncio.Lock()
        self._server: LocalServer | None = None
        self._short_way: ShortWay | None = None
        self.identity = {
            "grammar": GRAMMAR_VERSION,
            "params": json.dumps(self._params, sort_keys=True),
            **identity,
        }

    @property
    def partner(self) -> str | None:
        """The provider whose findings the model was trained to read before it answers."""
        return self._trained.partner

    @cached_property
    def _trained(self) -> Trained:
        return trained_for(self._adapter) if self._adapter else Trained()

    async def complete(self, request: Request) -> Response:
        """Return the model's answer, as the text prints what it says."""
        short_way = await self._started()
        spans = Spans(request.text)
        body = json.dumps(self._body(request, spans)).encode()
        with translated_errors(str(short_way.client.base_url), self.model, short_way.client.api_key):
            response = await short_way.ask(body)
        if response.finish_reason != "stop":
            return response
        record_type = request.asking.record_type
        if not self._trained.answers(record_type):
            return replace(response, text=_restored_text(response.text, record_type, spans))
        text = _restored_short(response.text, self._trained.answer_type(record_type), spans)
        return replace(response, text=text, leads=self._trained.leads)

    async def aclose(self) -> None:
        """Close the connection and let the model go."""
        if self._short_way is not None:
            await self._short_way.aclose()
        self._short_way = self._server = None

    def _body(self, request: Request, spans: Spans) -> dict[str, Any]:
        record_type = request.asking.record_type
        body = {**self._params, "model": self.model}
        if self._trained.answers(record_type):
            messages = short_messages(request.text, self._told(request))
            answer_type = self._trained.answer_type(record_type)
            grammar = short_grammar_for(answer_type, spans, self._trained.end)
        else:
            *constant, last = request.messages
            shown = replace(last, content=look_alike(last.content, keep_lines=True))
            messages, grammar = (*constant, shown), grammar_for(record_type, spans)
            if self._trained.is_ours:
                body["lora"] = [{"id": 0, "scale": 0.0}]
        return {**body, "messages": messages_of(replace(request, messages=messages)), "grammar": grammar}

    def _told(self, request: Request) -> str:
        """Return what the partner found, where the adapter was trained to read it."""
        if self._trained.partner is None or request.found is None:
            return ""
        return short_form(json.loads(request.found), request.asking.record_type)

    async def _started(self) -> ShortWay:
        async with self._starting:
            if self._short_way is None:
                self._server = await asyncio.to_thread(self._start)
                client = await asyncio.to_thread(connect, self._server.base_url, self._server.key, None)
                self._short_way = ShortWay(client, self.model)
            return self._short_way

    def _start(self) -> LocalServer:
        return start_server(self._find(), self._adapter)


def _restored_text(answer: str, record_type: type[Record], spans: Spans) -> str:
    """
    Return an answer as the text prints what it says.

    Raises:
        RejectedError: the grammar did not hold it: the runtime refused the grammar, and went on without.
    """
    if not answer.startswith(forced_start(record_type)):
        message = f"the runtime takes no grammar for {record_type.__name__} on this text"
        raise RejectedError(message)
    try:
        said = json.loads(answer)
    except ValueError:
        return answer
    return json.dumps(restored(said, record_type, spans), ensure_ascii=False)


def _restored_short(answer: str, record_type: type[Record], spans: Spans) -> str:
    """
    Return an answer in the short form as JSON, as the text prints what it says.

    Raises:
        RejectedError: the grammar did not hold it.
    """
    try:
        said = said_once(read_short_form(answer, record_type))
    except ValueError as error:
        message = f"the runtime takes no grammar for {record_type.__name__} on this text: {error}"
        raise RejectedError(message) from error
    return json.dumps(restored(said, record_type, spans), ensure_ascii=False)


def shipped_model(cache: Path, tell: Tell, params: Mapping[str, Any]) -> EmbeddedProvider:
    """Return the default model with its adapter; its weights are fetched at the first request."""
    identity = {"provider": "embedded", "weights": SMOLLM2.sha256, **_adapter_sum(SHIPPED)}
    return EmbeddedProvider(
        SMOLLM2.name, identity, lambda: pull(SMOLLM2, cache, tell), params, adapter=SHIPPED
    )


def local_model(path: Path, params: Mapping[str, Any], cache: Path, tell: Tell) -> EmbeddedProvider:
    """
    Return a model of the user's own, with its adapter where one lies beside it.

    Beside `NAME.gguf` that is `NAME.adapter.gguf`. An adapter by itself goes on top of the default model.

    Raises:
        RunStoppedError: the file is not there, or is no GGUF.
    """
    try:
        with path.open("rb") as file:
            is_gguf = file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        names = "`extractor models list` has names that local:NAME takes"
        message = f"the model file {path} cannot be read: {error.strerror}; {names}"
        raise RunStoppedError(message) from error
    if not is_gguf:
        message = f"{path} is no GGUF file; local:FILE takes one"
        raise RunStoppedError(message)
    if path.name.endswith(ADAPTER):
        return adapted_model(path, lambda: pull(SMOLLM2, cache, tell), SMOLLM2.sha256, params)
    adapter = adapter_beside(path)
    identity = {"provider": "local", "weights": sum_of(path, cache), **_adapter_sum(adapter)}
    return EmbeddedProvider(f"local:{path.stem}", identity, lambda: path, params, adapter=adapter)


def adapted_model(
    adapter: Path, find: Callable[[], Path], weights_sum: str, params: Mapping[str, Any]
) -> EmbeddedProvider:
    """Return a model with an adapter on top, which is a file of its own."""
    identity = {"provider": "local", "weights": weights_sum, **_adapter_sum(adapter)}
    return EmbeddedProvider(f"local:{adapter.stem}", identity, find, params, adapter=adapter)


def adapter_beside(weights: Path) -> Path | None:
    """Return the adapter that lies beside a file of weights, if there is one."""
    adapter = weights.with_suffix(ADAPTER)
    return adapter if adapter.is_file() else None


def _adapter_sum(adapter: Path | None) -> dict[str, str]:
    return {"adapter": sha256_of(adapter)} if adapter else {}
