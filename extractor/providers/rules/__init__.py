"""The model-free provider's reading of a paper: title and abstract -> values, by rules."""

from extractor.providers.rules.finding import RULES_VERSION, find_values

__all__ = ["RULES_VERSION", "find_values"]
