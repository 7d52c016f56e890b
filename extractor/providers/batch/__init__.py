"""Answers within a day at half the price: requests are gathered into files that a server works through."""

from extractor.providers.batch.provider import BatchProvider

__all__ = ["BatchProvider"]
