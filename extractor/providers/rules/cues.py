"""The ways in which authors name their contribution, as patterns."""

import re

from extractor.providers.rules.patterns import compiled, either

_REST = r"(?:\w|[-\u2010'\u2019./+&@*^](?=\w)){0,60}(?:\+{1,2}(?!\w))?"
TOKEN = rf"[^\W_]{_REST}"
_LINK = r"(?:of|for|and|with|in|by|to|the|from|on|as|via|a)"
# A run of capitalised words, with up to two small words between them.
RUN = rf"[A-Z0-9]{_REST}(?:[ ](?:{_LINK}[ ]){{0,2}}[A-Z0-9]{_REST}){{0,7}}"
_VERBS = either(
    """
    propose; present; introduce; develop; design; describe; release; contribute; construct; build;
    create; collect; devise; formulate; offer; derive; extend; compile; suggest; adopt; employ;
    put forward
    """
)
_THINGS = either(
    """
    method; model; approach; framework; network; architecture; algorithm; dataset; system;
    technique; benchmark; corpus; module; detector; tracker; parser; mechanism; scheme; strategy;
    procedure; agent; tool; toolkit; library; loss; loss function; simulator; environment;
    solution; variant; paradigm; layer; family; models; networks; methods; interface
    """
)
PROPOSE = compiled(
    r"\b(?:we|paper|work|study|article|letter|report|authors|here|and|,)\s"
    r"(?:\w+ly\s|also\s|then\s|first\s|further\s|thus\s|hence\s|next\s|here\s|aims?\sto\s"
    rf"|to\s|instead\s){{0,2}}{_VERBS}(?:s|d|ed)?\b"
    r"|\b(?:is|are|was|were)\s(?:\w+\s)?(?:proposed|presented|introduced|developed)\b"
    r"|\bgiving\srise\sto\b"
)
_SAYS = either(
    r"""
    called; named; termed; dubbed; coined; denoted(?: (?:as|by))?; namely; a\.k\.a\.?;
    abbreviated(?: as)?; nicknamed; known as; titled; entitled;
    refer(?:red)?(?: to)?(?: (?:it|this|our \w+|\w+ \w+))? (?:to )?as
    """
)
_WE_SAY = (
    r"(?:which\s)?(?:we\s)?(?:call|name|term|dub|denote|coin)(?:\s(?:it|this|these|our|the))?"
    rf"(?:\s\w+){{0,2}}?(?:\s{_THINGS})?(?:\sas|\sby)?"
)
CALLED = re.compile(
    rf"\b(?:{_SAYS}|{_WE_SAY})\s?[:,]?\s(?:the\s|an?\s|as\s)?[\"'“`]{{0,2}}"
    rf"(?P<name>{RUN}|{TOKEN})"
)
OURS = re.compile(rf"\b(?P<owner>[Oo]ur|[Tt]he\s(?:proposed|resulting|new)|[Tt]he)\s(?P<name>{RUN})")
OUR_NOUN = re.compile(
    r"\b(?:[Oo]ur|[Tt]he\s(?:proposed|resulting)|[Pp]roposed|[Tt]his|new|novel)\s"
    rf"(?:[\w-]+\s){{0,3}}?{_THINGS}(?:\sfamily)?(?:\s?,\s|\s-\s|\s)(?:called\s|named\s)?"
    rf"[\"“]?(?P<name>{RUN})"
)
_ACTS = either(
    """
    outperform; achieve; improve; obtain; reach; surpass; attain; yield; perform; exceed; consist;
    use; learn; provide; enable; allow; employ; leverage; reduce; combine; generate; show; set;
    beat; exploit; require; introduce; utilize; adopt; take; aim; is; are; has; can; comprise;
    make; incorporate; deliver
    """
)
ACTS = re.compile(
    rf"(?<![\w.'/+&@*^-])(?P<name>{TOKEN})(?:\s\([^()]{{1,20}}\))?,?\s"
    r"(?:also\s|not\sonly\s|can\s|significantly\s|consistently\s|further\s|effectively\s|easily\s)?"
    rf"{_ACTS}s?\b"
)
SHORT = re.compile(
    r"\(\s?(?:i\.e\.,?\s|called\s|or\s|named\s|termed\s|aka\s)?[\"'“`]?"
    rf"(?P<name>{TOKEN}(?:\s{TOKEN}){{0,2}}?)[\"'”`]?"
    r"(?:\s?[,;]\s[^()]{0,20}|\sfor\sshort)?\s?\)"
)
TITLE = re.compile(r"^(?P<name>[^:?]{2,60}?)\s?(?::|\s[-\u2013\u2014]\s)\s?\S")
TITLE_FIRST = re.compile(rf"^(?P<name>{TOKEN})\s(?:for|is|in|with|can|goes|meets|from|on)\s")
AFTER_PROPOSE = re.compile(
    r"\s?[,:]?\s(?:the\s|an?\s|our\s|two\s|new\s|novel\s|to\suse\s){0,3}(?:\w+\s)?"
    rf"[\"'“`]{{0,2}}(?P<name>{RUN})"
)
