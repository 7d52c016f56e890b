"""Every server that speaks OpenAI's chat completions."""

from extractor.providers.openai.connecting import is_on_loopback
from extractor.providers.openai.provider import OFFICIAL, OpenAIProvider
from extractor.providers.openai.translating import translated_errors

__all__ = ["OFFICIAL", "OpenAIProvider", "is_on_loopback", "translated_errors"]
