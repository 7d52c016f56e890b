"""Every server that speaks OpenAI's chat completions."""

from extractor.providers.openai.provider import OpenAIProvider
from extractor.providers.openai.translating import translated_errors

__all__ = ["OpenAIProvider", "translated_errors"]
