"""Title and abstract -> the descriptive phrase for a contribution that has no coined name."""

import re

from extractor.providers.rules import cues

_NOUNS = (
    r"(?:methods?|models?|frameworks?|networks?|architectures?|approach|approaches|algorithms?|systems?|datasets?|benchmarks?"
    r"|corpus|modules?|techniques?|strategy|strategies|loss|layers?|mechanisms?|schemes?|pipeline|paradigm|procedure"
    r"|representations?|functions?|objective|units?|operators?|regularization|attention|embeddings?"
    r"|detectors?|trackers?|parsers?|encoders?|decoders?|classifiers?|generators?|transformers?|kernels?|toolkit|library"
    r"|metrics?|agents?|policy|formulation|augmentation|estimators?|optimizers?|solution|variants?|baselines?|convolutions?"
    r"|net|convnets|machines?|features|descriptors?|autoencoders?|memory|blocks?|extension|simulator|environment"
    r"|normalization|distillation|adaptation|pooling|recipe|treebank|database|learning|training|consistency|flows?|search|bias|space|mapping|inference|GANs|VAEs|processes|process)"
)
_LEAD = (
    r"(?:novel|new|simple|simpler|effective|efficient|yet|but|and|very|highly|surprisingly|innovative"
    r"|first|general|generic|powerful|principled|different|several|alternative"
    r"|practical|flexible|conceptually|straightforward|embarrassingly|remarkably|improved|large-scale"
    r"|lightweight|fast|robust|scalable|complete|purely|more|also|elegant|intuitive|comprehensive|non-trivial)"
)
_AFTER = re.compile(
    rf"\s?:?\s(?:the\suse\sof\s|to\suse\s|on\s)?(?:(?:an?|the|two|three|our|some)\s)?(?:{_LEAD}\s?,?\s){{0,6}}"
    rf"(?P<name>(?:(?!that\b|which\b|for\b|to\b|of\b|with\b|by\b|in\b|on\b|from\b|using\b|upon\b|issue\b|release\b|publicly\b|code\b|source\b|problem\b|we\b|our\b|is\b|are\b|as\b|and\srelease|address|how\b|its\b|first\sever)[\w'’/+-]+\s){{0,6}}?{_NOUNS})\b(?!\s{_NOUNS}\b)"
)
_TAIL = re.compile(r"\s(?:of|for|on|with|based\son|that|to|where|by|in|over|tailored\sfor)\s[^.,;:()]{3,80}")
_OUR = re.compile(
    rf"\b(?:[Oo]ur|[Tt]he\sproposed|[Tt]his)\s(?P<name>(?:[\w-]+\s){{1,4}}?{_NOUNS})\b(?!\s{_NOUNS}\b)"
)
_VIA = re.compile(
    r"\s(?:via|with|using|by|through|through)\s(?:an?\s|the\s)?(?P<name>[^:?]{4,70})$",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"^(?:published as a conference paper at iclr \d{4}\s)?(?:an?\s|the\s)?(?P<name>[^:?]{4,70}?)\s(?:for|of|in|to|towards|on|from|with|via|by|using)\s",
    re.IGNORECASE,
)
_GENERIC = re.compile(rf"^(?:{_LEAD}\s)*{_NOUNS}$")


_GERUND = re.compile(
    r"(?:\w+ing|Towards?|On|Improved|Stronger|How|Can|What|Why|Exploration|Study|Investigation"
    r"|Evaluation|Analysis|Survey|Comprehensive|Review|Both|Limited|Deep Look|Short|Principled)\b",
    re.IGNORECASE,
)
_OVERVIEW = re.compile(
    r"\b(?:survey|review|handbook|lessons|tutorial|perspective|deep look|position paper|overview|case study)\b",
    re.IGNORECASE,
)


def describe(title: str, abstract: str) -> str | None:
    """Return the phrase that introduces the contribution, from the abstract or the title."""
    if _OVERVIEW.search(title):
        return None
    stated = _introduced(abstract)
    entitled = _from_title(title, abstract)
    if entitled and entitled.lower() in abstract.lower():
        return entitled
    if entitled and _GERUND.match(entitled):
        entitled = None
    if stated and (len(stated.split()) > 2 or entitled is None):
        return stated
    return entitled or _ours(abstract)


def _introduced(abstract: str) -> str | None:
    for match in cues.PROPOSE.finditer(abstract):
        phrase = _AFTER.match(abstract, match.end())
        if phrase is None:
            continue
        if _GENERIC.match(phrase["name"]) and (tail := _TAIL.match(abstract, phrase.end())):
            words = tail.group().split()
            return abstract[phrase.start("name") : phrase.end()] + tail.group() if len(words) < 9 else None
        return phrase["name"]
    return None


def _ours(abstract: str) -> str | None:
    match = _OUR.search(abstract)
    return match["name"] if match else None


def _from_title(title: str, abstract: str) -> str | None:
    """Return the part of the title that names a means: after "via", or before "for"."""
    colon = cues.TITLE.match(title)
    if colon and colon["name"].lower() in abstract.lower():
        return colon["name"].strip()
    body = title[colon.end() - 1 :] if colon else title
    via = _VIA.search(body)
    if via and len(via["name"].split()) <= 7:
        return via["name"].strip(" *")
    match = _FOR.match(body)
    if match and len(match["name"].split()) > 1:
        return match["name"].strip()
    if re.search(rf"{_NOUNS}\s?\*?$", body, re.IGNORECASE) and len(body.split()) <= 6:
        return body.strip(" *")
    return None
