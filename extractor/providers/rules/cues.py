"""The ways in which authors name their contribution, as compiled patterns."""

import re

_REST = r"(?:\w|[-\u2010'\u2019./+&@*^](?=\w))*(?:\+{1,2}(?!\w))?"
TOKEN = rf"[^\W_]{_REST}"
_LINK = r"(?:of|for|and|with|in|by|to|the|from|on|as|via|a)"
# A run of capitalised words, with up to two small words between them.
RUN = rf"[A-Z0-9]{_REST}(?:[ ](?:{_LINK}[ ]){{0,2}}[A-Z0-9]{_REST}){{0,7}}"
_VERBS = (
    r"(?:propose|present|introduce|develop|design|describe|release|contribute|construct|build"
    r"|create|collect|devise|formulate|offer|derive|extend|compile|suggest|adopt|employ|put\sforward)"
)
_THINGS = (
    r"(?:method|model|approach|framework|network|architecture|algorithm|dataset|system|technique"
    r"|benchmark|corpus|module|detector|tracker|parser|mechanism|scheme|strategy|procedure|agent"
    r"|tool|toolkit|library|loss|loss\sfunction|simulator|environment|solution|variant|paradigm|layer|family|models|networks|methods)"
)
PROPOSE = re.compile(
    r"\b(?:we|paper|work|study|article|letter|report|authors|here|and|,)\s"
    r"(?:\w+ly\s|also\s|then\s|first\s|further\s|thus\s|hence\s|next\s|here\s|aims?\sto\s"
    r"|to\s|instead\s){0,2}"
    rf"{_VERBS}(?:s|d|ed)?\b"
    r"|\b(?:is|are|was|were)\s(?:\w+\s)?(?:proposed|presented|introduced|developed)\b|\bgiving\srise\sto\b",
    re.IGNORECASE,
)
CALLED = re.compile(
    r"\b(?:called|named|termed|dubbed|coined|denoted(?:\s(?:as|by))?|namely|a\.k\.a\.?"
    r"|abbreviated(?:\sas)?|nicknamed|known\sas|titled|entitled"
    r"|refer(?:red)?(?:\sto)?(?:\s(?:it|this|our\s\w+|\w+\s\w+))?\s(?:to\s)?as"
    r"|(?:which\s)?(?:we\s)?(?:call|name|term|dub|denote|coin)(?:\s(?:it|this|these|our|the))?"
    rf"(?:\s(?:new|proposed|resulting|modified|joint|\w+)){{0,2}}?(?:\s{_THINGS})?(?:\sas|\sby)?)"
    r"\s?[:,]?\s(?:the\s|an?\s|as\s)?[\"'“‘`]{0,2}"
    rf"(?P<name>{RUN}|{TOKEN})"
)
OURS = re.compile(rf"\b(?:[Oo]ur|[Tt]he\s(?:proposed|resulting|new)|[Tt]he)\s(?P<name>{RUN})")
OUR_NOUN = re.compile(
    rf"\b(?:[Oo]ur|[Tt]he\s(?:proposed|resulting)|[Pp]roposed|[Tt]his|new|novel)\s(?:[\w-]+\s){{0,3}}?{_THINGS}"
    rf"(?:\sfamily)?(?:\s?,\s|\s-\s|\s)(?:called\s|named\s)?[\"“‘]?(?P<name>{RUN})"
)
ACTS = re.compile(
    rf"(?P<name>{TOKEN})(?:\s\([^()]{{1,20}}\))?,?\s"
    r"(?:also\s|not\sonly\s|can\s|significantly\s|consistently\s|further\s|effectively\s|easily\s)?"
    r"(?:outperform|achieve|improve|obtain|reach|surpass|attain|yield|perform|exceed|consist|use"
    r"|learn|provide|enable|allow|employ|leverage|reduce|combine|generate|show|set|beat|exploit"
    r"|require|introduce|utilize|adopt|take|aim|is|are|has|can|comprise|make|incorporate|deliver)"
    r"s?\b"
)
SHORT = re.compile(
    r"\(\s?(?:i\.e\.,?\s|called\s|or\s|named\s|termed\s|aka\s)?[\"'“‘`]?"
    rf"(?P<name>{TOKEN}(?:\s{TOKEN}){{0,2}}?)[\"'”’`]?(?:\s?[,;]\s[^()]{{0,20}}|\sfor\sshort)?\s?\)"
)
TITLE = re.compile(r"^(?P<name>[^:?]{2,60}?)\s?(?::|\s[-\u2013\u2014]\s)\s?\S")
TITLE_FIRST = re.compile(rf"^(?P<name>{TOKEN})\s(?:for|is|in|with|can|goes|meets|from|on)\s")
AFTER_PROPOSE = re.compile(
    rf"\s?[,:]?\s(?:the\s|an?\s|our\s|two\s|new\s|novel\s|to\suse\s){{0,3}}(?:\w+\s){{0,1}}?"
    rf"[\"'“‘`]{{0,2}}(?P<name>{RUN})"
)
