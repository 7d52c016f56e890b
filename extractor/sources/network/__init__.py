"""A name such as `arxiv:2409.12656` -> what a service says of it, asked for politely and only when read."""

from extractor.sources.network.fetching import Fetching, Network
from extractor.sources.network.naming import is_fetched
from extractor.sources.network.sites import Sites

__all__ = ["Fetching", "Network", "Sites", "is_fetched"]
