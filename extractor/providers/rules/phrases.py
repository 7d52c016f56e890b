"""Title and abstract -> the descriptive phrase for a contribution that has no coined name."""

import re

from extractor.providers.rules import cues
from extractor.providers.rules.patterns import compiled, either

_NOUNS = either(
    """
    methods?; models?; frameworks?; networks?; architectures?; approach; approaches; algorithms?;
    systems?; datasets?; benchmarks?; corpus; modules?; techniques?; strategy; strategies; loss;
    layers?; mechanisms?; schemes?; pipeline; paradigm; procedure; representations?; functions?;
    objective; units?; operators?; regularization; attention; embeddings?; detectors?; trackers?;
    parsers?; encoders?; decoders?; classifiers?; generators?; transformers?; kernels?; toolkit;
    library; metrics?; agents?; policy; formulation; augmentation; estimators?; optimizers?;
    solution; variants?; baselines?; convolutions?; net; convnets; machines?; features;
    descriptors?; autoencoders?; memory; blocks?; extension; simulator; environment;
    normalization; distillation; adaptation; pooling; recipe; treebank; database; learning;
    training; consistency; flows?; search; bias; space; mapping; inference; GANs; VAEs; processes;
    process
    """
)
_LEAD = either(
    """
    novel; new; simple; simpler; effective; efficient; yet; but; and; very; highly; surprisingly;
    innovative; first; general; generic; powerful; principled; different; several; alternative;
    practical; flexible; conceptually; straightforward; embarrassingly; remarkably; improved;
    large-scale; lightweight; fast; robust; scalable; complete; purely; more; also; elegant;
    intuitive; comprehensive; non-trivial
    """
)
_NEVER_INSIDE = either(
    r"""
    that; which; for; to; of; with; by; in; on; from; using; upon; issue; release; publicly; code;
    source; problem; we; our; is; are; as; and release; address; how; its; ever; first ever
    """
)
_AFTER = compiled(
    r"\s?:?\s(?:the\suse\sof\s|to\suse\s|on\s)?(?:(?:an?|the|two|three|our|some)\s)?"
    rf"(?:{_LEAD}\s?,?\s){{0,6}}"
    rf"(?P<name>(?:(?!{_NEVER_INSIDE}\b)[\w'\u2019/+-]+\s){{0,6}}?{_NOUNS})\b(?!\s{_NOUNS}\b)"
)
_TAIL = re.compile(r"\s(?:of|for|on|with|based\son|that|to|where|by|in|over|tailored\sfor)\s[^.,;:()]{3,80}")
_OUR = re.compile(
    rf"\b(?:[Oo]ur|[Tt]he\sproposed|[Tt]his)\s(?P<name>(?:(?!(?:an?|the|{_NEVER_INSIDE})\b)[\w-]+\s){{1,4}}?{_NOUNS})\b"
    rf"(?!\s{_NOUNS}\b)"
)
_VIA = compiled(
    r"\s(?:via|with|using|by|through)\s(?:an?\s|the\s)?(?P<name>[^:?]{4,70})$",
)
_HEADER = r"(?:published\sas\sa\sconference\spaper\sat\siclr\s\d{4}\s)?"
_BEFORE_FOR = compiled(
    rf"^{_HEADER}(?:an?\s|the\s)?(?P<name>[^:?]{{4,70}}?)"
    r"\s(?:for|of|in|to|towards|on|from|with|via|by|using)\s",
)
_GENERIC = re.compile(rf"^(?:{_LEAD}\s)*{_NOUNS}$")
_ENDS_IN_NOUN = compiled(rf"{_NOUNS}\s?\*?$")
_ACTIVITY = compiled(
    r"(?:\w+ing|"
    + either(
        """
        Towards?; On; Improved; Stronger; How; Can; What; Why; Exploration; Study; Investigation;
        Evaluation; Analysis; Survey; Comprehensive; Review; Both; Limited; Deep Look; Short;
        Principled
        """
    )
    + r")\b"
)
_OVERVIEW = compiled(
    r"\b"
    + either(
        """
        survey; review; handbook; lessons; tutorial; perspective; deep look; position paper;
        overview; case study
        """
    )
    + r"\b"
)
_STATES = compiled(r"\b(?:is|are|was|were|do|does|can|needs?|makes?|have|has|ain't|improves?)\b")
_LONGEST_TAIL, _LONGEST_MEANS, _LONGEST_TITLE, _PLAIN = 8, 7, 6, 2


def describe(title: str, abstract: str) -> str | None:
    """Return the phrase that introduces the contribution, from the abstract or the title."""
    if _OVERVIEW.search(title):
        return None
    stated = _introduced(abstract)
    entitled = _from_title(title, abstract)
    if entitled and entitled.lower() in abstract.lower():
        return entitled
    if entitled and (_ACTIVITY.match(entitled) or _STATES.search(entitled)):
        entitled = None
    if stated and (len(stated.split()) > _PLAIN or entitled is None):
        return stated
    return entitled or _ours(abstract)


def _introduced(abstract: str) -> str | None:
    """Return the noun phrase behind "we propose", with what follows a plain noun."""
    for match in cues.PROPOSE.finditer(abstract):
        phrase = _AFTER.match(abstract, match.end())
        if phrase:
            return _with_tail(abstract, phrase)
    return None


def _with_tail(abstract: str, phrase: re.Match[str]) -> str | None:
    """Add "for detecting cats" to "framework", which alone says nothing."""
    tail = _TAIL.match(abstract, phrase.end()) if _GENERIC.match(phrase["name"]) else None
    if tail is None:
        return phrase["name"]
    short = len(tail.group().split()) <= _LONGEST_TAIL
    return abstract[phrase.start("name") : tail.end()] if short else None


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
    if via and len(via["name"].split()) <= _LONGEST_MEANS:
        return via["name"].strip(" *")
    match = _BEFORE_FOR.match(body)
    if match and " " in match["name"].strip():
        return match["name"].strip()
    whole = _ENDS_IN_NOUN.search(body) and len(body.split()) <= _LONGEST_TITLE
    return body.strip(" *") if whole else None
