"""A provider whose answers bear their price, within a budget where there is one."""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from extractor.errors import BudgetReachedError, PaperError
from extractor.exchange import Request, Response, Usage
from extractor.pricing import Price
from extractor.providers.base import Provider

FIRST_OUTPUT, SURELY = 2000, 1.5
"""Before any answer is in: its tokens, more than abstracts bring; how far a request may exceed the guess."""
REMEMBERED, P99, SURE_AFTER = 1000, 0.99, 20


class PricedProvider:
    """
    Wraps a provider: each answer's usage says what it cost.

    With a `budget` in dollars each request reserves, before it is sent, what 99 of 100 answers so far cost
    at most. Where that no longer fits, it waits for those in flight; where none is, the budget is reached.
    """

    def __init__(self, provider: Provider, price: Price, budget: float | None = None) -> None:
        self._provider = provider
        self._price = price
        self._budget = budget
        self._spent = self._reserved = 0.0
        self._in_flight = 0
        self._costs: deque[float] = deque(maxlen=REMEMBERED)
        self._p99: float | None = None
        self._answers = 0
        self._settled = asyncio.Condition()
        self.model = provider.model
        self.identity: Mapping[str, str] = provider.identity

    async def complete(self, request: Request) -> Response:
        """
        Return the answer with its price.

        Raises:
            BudgetReachedError: what is left does not pay for another request.
        """
        if self._budget is None:
            return self._priced(await self._provider.complete(request))
        reserved = await self._reserve(self._budget, request)
        cost = 0.0
        try:
            answer = self._priced(await self._provider.complete(request))
            # A server that counts no tokens may have charged for them all the same.
            cost = reserved if answer.usage.cost is None else answer.usage.cost
        except PaperError as error:
            cost = reserved if error.paid else 0.0
            raise
        finally:
            await self._settle(reserved, cost)
        self._note(cost)
        return answer

    async def aclose(self) -> None:
        """Close the wrapped provider."""
        await self._provider.aclose()

    def _priced(self, answer: Response) -> Response:
        return replace(answer, usage=replace(answer.usage, cost=self._price.of(answer.usage)))

    async def _reserve(self, budget: float, request: Request) -> float:
        async with self._settled:
            while self._spent + self._reserved + (needed := self._dearest(request)) > budget:
                if not self._in_flight:
                    message = (
                        f"${self._spent:.4f} of --max-cost {budget:g} is spent, and another request may cost "
                        f"${needed:.4f}"
                    )
                    raise BudgetReachedError(message)
                await self._settled.wait()
            self._reserved += needed
            self._in_flight += 1
            return needed

    async def _settle(self, reserved: float, cost: float) -> None:
        async with self._settled:
            self._in_flight -= 1
            self._reserved = self._reserved - reserved if self._in_flight else 0.0
            self._spent += cost
            self._settled.notify_all()

    def _note(self, cost: float) -> None:
        """Learn what answers cost, at first from each, then from every twentieth on."""
        self._costs.append(cost)
        self._answers += 1
        if self._answers <= SURE_AFTER or self._answers % SURE_AFTER == 0:
            self._p99 = sorted(self._costs)[math.ceil(P99 * len(self._costs)) - 1]

    def _dearest(self, request: Request) -> float:
        """Return what a request may cost: as 99 of 100 so far, at first as its length lets expect."""
        if self._p99 is not None:
            return self._p99
        tokens = math.ceil(request.guessed_tokens * SURELY)
        return self._price.of(Usage(tokens, FIRST_OUTPUT)) or 0.0
