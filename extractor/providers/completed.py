"""A provider whose answers bring along a partner's, for one record to be made of both."""

from dataclasses import replace

from extractor.exchange import Request, Response
from extractor.providers.base import Provider


class CompletedProvider:
    """
    Wraps a weak provider and its partner; both are asked, and the partner's answer is the completion.

    The partner is asked first, and the provider is told what it found.
    """

    def __init__(self, provider: Provider, partner: Provider) -> None:
        self._provider = provider
        self._partner = partner
        self.model = provider.model
        whose = {f"completed_{key}": value for key, value in partner.identity.items()}
        self.identity = {**provider.identity, **whose}

    async def complete(self, request: Request) -> Response:
        """Return the provider's answer with the partner's beside it."""
        completion = await self._partner.complete(request)
        answer = await self._provider.complete(replace(request, found=completion.text))
        return replace(
            answer,
            completion=completion.text,
            completed_by=self._partner.identity["provider"],
        )

    async def aclose(self) -> None:
        """Close both."""
        await self._provider.aclose()
        await self._partner.aclose()
