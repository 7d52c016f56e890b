"""The name of a language as files give it, or a text -> the language's code of two letters (ISO 639-1)."""

import re

SHORTEST = 25
"""Letters that a text has at least for its language to be told."""

_ENGLISH = (" the ", " of ", " and ")
_ENGLISH_LETTERS = 160
_NAMES = {
    "ar": "ara arabic",
    "bg": "bul bulgarian",
    "ca": "cat catalan",
    "cs": "cze ces czech",
    "da": "dan danish",
    "de": "ger deu german ngerman deutsch austrian",
    "el": "gre ell greek",
    "en": "eng english american british usenglish ukenglish",
    "es": "spa spanish espanol español castilian",
    "et": "est estonian",
    "eu": "baq eus basque",
    "fa": "per fas persian farsi",
    "fi": "fin finnish",
    "fr": "fre fra french francais français",
    "gl": "glg galician",
    "he": "heb hebrew",
    "hi": "hin hindi",
    "hr": "hrv scr croatian",
    "hu": "hun hungarian magyar",
    "id": "ind indonesian",
    "it": "ita italian italiano",
    "ja": "jpn japanese",
    "ko": "kor korean",
    "lt": "lit lithuanian",
    "lv": "lav latvian",
    "nl": "dut nld dutch",
    "no": "nor norwegian",
    "pl": "pol polish polski",
    "pt": "por portuguese brazilian portugues português",
    "ro": "rum ron romanian",
    "ru": "rus russian русский",
    "sk": "slo slk slovak",
    "sl": "slv slovenian slovene",
    "sr": "srp scc serbian",
    "sv": "swe swedish",
    "th": "tha thai",
    "tr": "tur turkish",
    "uk": "ukr ukrainian",
    "vi": "vie vietnamese",
    "zh": "chi zho chinese mandarin",
}
_CODES = {name: code for code, names in _NAMES.items() for name in (code, *names.split())}
_WORD = re.compile(r"[^\W\d_]+")


def language_code(name: str | None) -> str | None:
    """Return "en" for "eng", "English", "en-US" and the like; None for what is no language known here."""
    word = _WORD.search(name or "")
    return _CODES.get(word[0].lower()) if word else None


def reads_english(text: str) -> bool:
    """Tell whether "the", "of" or "and" stands every 160 letters, some 25 words, of a text."""
    enough = len(text) / _ENGLISH_LETTERS
    return text.count(_ENGLISH[0]) > enough or sum(map(text.count, _ENGLISH)) > enough


def language_of(text: str) -> str | None:
    """
    Return the code of the language that a text is most likely in; None where it is too short to tell.

    Nearly every abstract of arXiv `reads_english`. Else py3langid is asked, which takes a second and 100 MB
    once, and then half a millisecond a text.
    """
    if len(text) < SHORTEST:
        return None
    if reads_english(text):
        return "en"
    import py3langid  # noqa: PLC0415 - it brings numpy, and is seldom needed.

    code, _ = py3langid.classify(text)
    return str(code)
