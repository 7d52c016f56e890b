"""Abstract -> the URL of the authors' code, data or project page."""

import re

# A PDF's line break leaves a space after "https:", "//", a dot or a slash: "https://github. com/a/ b".
_URL = re.compile(
    r"""https?:\s?//\s?[^\s<>"“”|]+(?:(?<=\.)\s(?:com|org|io|edu|net)[^\s<>"“”|]*
                                     |(?<=www\.)\s[^\s<>"“”|]+)?
      |www\.[^\s<>"]+
      |(?<![\w@./-])(?:[\w-]{1,40}\.){1,4}(?:com|org|io|edu|ai|net|gg|cn|me|de|uk|ch|page|dev|fr)
         /[^\s<>"“”|]+
      |(?<![\w@./-])[\w-]{1,40}\.github\.io""",
    re.VERBOSE,
)
_NEXT = re.compile(r"\s([\w.-]*\w(?:/\s?[\w.-]+)*)")
_NEEDS_REPOSITORY = re.compile(r"(?:github|gitlab)\.com/(?:[\w.-]+/)?$|//github\.com/ ?[\w.-]+/$")
_HOSTS = ("github", "gitlab.", "bitbucket.org", "huggingface.co", "codalab.org")
_NOT_OURS = (
    "creativecommons", "doi.org", "arxiv.org", "wikipedia.org", "wikidata.org", "acm.org",
    "ieee.org", "openreview.net", "leaderboard", "competitions", "icml.cc", "neurips.cc",
)  # fmt: skip
_CUES = re.compile(
    r"\b(?:codes?|source|available|released?|implementations?|models?|datasets?|data|project|page"
    r"|website|demo|open-sourced?|publicly|found at|download\w*|visit|videos?|see)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\bcodes?\b|\bimplementation", re.IGNORECASE)


def find_code_url(text: str) -> str | None:
    """Return the printed URL of the code repository, else of the data, model or project page."""
    best, best_rank = None, 0
    for match in _URL.finditer(text):
        url = _tidy(text[match.start() : _end(text, match)])
        rank = _rank(url, text[max(0, match.start() - 160) : match.start()])
        if rank > best_rank:
            best, best_rank = url, rank
    return best


def _end(text: str, match: re.Match[str]) -> int:
    """Return where the URL ends, with the piece that a line break cut off."""
    if not match.group().endswith("/"):
        return match.end()
    following = _NEXT.match(text, match.end())
    if following is None:
        return match.end()
    is_path = any(sign in following[1] for sign in "-_/")
    if is_path or _NEEDS_REPOSITORY.search(match.group()):
        return following.end()
    return match.end()


def _tidy(url: str) -> str:
    """Take off what belongs to the sentence: full stops, closing brackets, footnote marks."""
    url = url.rstrip(".,;:'\"\u201d\u2019*†‡!?}]")
    while url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1].rstrip(".,;:")
    return url


def _rank(url: str, before: str) -> int:
    low = url.lower().replace(" ", "").rstrip("/")
    path = low.split("://")[-1].partition("/")[2]
    if "." not in low or low.endswith(("github.com", "www")) or any(p in low for p in _NOT_OURS):
        return 0
    if any(host in low for host in _HOSTS) and (path or "github.io" in low):
        return 3 if _CODE.search(before) else 2
    return 1 if _CUES.search(before) else 0
