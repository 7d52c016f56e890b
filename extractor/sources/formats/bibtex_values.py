"""A value of BibTeX as it is written -> the text that it stands for."""

import re
from collections.abc import Iterator, Mapping

LONGEST_VALUE = 1 << 21

_NAME = re.compile(r"[^\s#\"{}]+")
_MARKS = {"{": re.compile(r"(?<!\\)[{}]"), '"': re.compile(r"(?<!\\)[{}\"]")}
_AND = re.compile(r"(?<!\\)[{}]| and(?= )", re.IGNORECASE)
# The braces of a command, an index or an exponent are found together with what they belong to.
_BRACE = re.compile(r"\\[A-Za-z]+\*?\s*\{|[_^]\s*\{|\\.|[{}$]", re.DOTALL)
# What a group begins with that LaTeX's signs are made of: {\o}, {``}, {--}.
_SIGNS = ("\\", "``}", "''}", "--}", "---}")


class OddValueError(Exception):
    """A value that is not parts with # between; the message says what is wrong."""


def value_of(written: str, macros: Mapping[str, str]) -> str:
    """
    Return the text of `"a" # jan # {b}`: parts joined, macros filled in; one that is not defined is its name.

    Raises:
        OddValueError: something else stands between the parts, or macros made of macros grow too long.
    """
    texts: list[str] = []
    at = size = 0
    while True:
        text, at = _part(written, _after_blanks(written, at), macros)
        texts.append(text)
        size += len(text)
        at = _after_blanks(written, at)
        if size > LONGEST_VALUE:
            message = f"a value of over {LONGEST_VALUE >> 20} MiB"
            raise OddValueError(message)
        if at >= len(written):
            return "".join(texts)
        if written[at] != "#":
            message = "a comma is missing between two fields"
            raise OddValueError(message)
        at += 1


def names_of(value: str) -> tuple[str, ...]:
    """Return the names of a list that "and" joins, outside of braces; without "others"."""
    value = " ".join(value.split())
    names, depth, start = [], 0, 0
    for found in _AND.finditer(value):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth <= 0:
            names.append(value[start : found.start()])
            start = found.end()
    names.append(value[start:])
    plain = (without_braces(name).strip() for name in names)
    return tuple(name for name in plain if name and name.lower() != "others")


def without_braces(value: str) -> str:
    """Return a text without the braces that only group; those of commands and formulas stay."""
    return "".join(_kept(value)) if "{" in value else value


def _kept(value: str) -> Iterator[str]:
    """Yield what stays; `stay` tells of each group that is open whether its braces do."""
    stay: list[bool] = []
    is_formula = False
    at = argument_ends = 0
    for found in _BRACE.finditer(value):
        yield value[at : found.start()]
        at, mark = found.end(), found[0]
        is_kept = True
        if mark == "{":
            is_argument = 0 < argument_ends == found.start()
            is_kept = is_formula or is_argument or value.startswith(_SIGNS, at)
            stay.append(is_kept)
        elif mark == "}" and stay:
            is_kept = stay.pop()
            argument_ends = at if is_kept else 0
        elif mark == "$":
            is_formula = not is_formula
        elif mark.endswith("{") and mark != "\\{":
            stay.append(True)
        if is_kept:
            yield mark
    yield value[at:]


def _after_blanks(written: str, at: int) -> int:
    while at < len(written) and written[at].isspace():
        at += 1
    return at


def _part(written: str, at: int, macros: Mapping[str, str]) -> tuple[str, int]:
    """Return the text of the part that begins at a place, and where the part ends."""
    if at < len(written) and written[at] in _MARKS:
        end = _end(written, at)
        return written[at + 1 : end], end + 1
    name = _NAME.match(written, at)
    return (macros.get(name[0].lower(), name[0]), name.end()) if name else ("", at)


def _end(written: str, at: int) -> int:
    """Return where the brace or quote that opens at a place is closed; the end of all where it is not."""
    depth = 0
    for found in _MARKS[written[at]].finditer(written, at + 1):
        if found[0] == "{":
            depth += 1
        elif depth == 0:
            return found.start()
        elif found[0] == "}":
            depth -= 1
    return len(written)
