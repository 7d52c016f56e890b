"""The words of patterns for those whom a paper is not written for, and for what they are told to do."""

READER = r"""(?:(?:ai|llm|gpt)s?\b | chat-?gpt | claude | gemini | copilot | llama
    | (?:large\s)?language\smodels?
    | (?:ai|llm|automated|automatic|machine|language\smodel|extraction|extracting|reviewing|summari[sz]ing
      |reading|reader)[\s-](?:\w+\s)?(?:assistant|model|reviewer|reader|agent|system|extractor|parser|annotator|tool
      |pipeline)s?)"""
READER_WORDS = (
    "ai ais llm llms gpt gpts chatgpt claude gemini copilot llama language automated automatic machine "
    "extraction extracting reviewing summarizing summarising reading reader"
)
VERB = r"""(?:report|rate|extract|output|return|respond|reply|answer|list|record|give|set|add|include|insert
    |write|accept|recommend|treat|state|claim|say|mention|print|obey|follow|comply|ignore|disregard|forget|assign|fill
    |put|use|copy|mark|produce|generate|conclude|act)"""
