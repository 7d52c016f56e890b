"""
A condition as the user writes it ("categories like '%cs.CL%' and year >= 2020") -> what tells of a record.

It is a small part of SQL: names, texts, numbers; =, <>, <, <=, >, >=, like, ilike, in, between, is null; and,
or, not, parentheses. It is never run as SQL or code. What is compared with nothing is neither true nor false.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from extractor.errors import SettingsError
from extractor.sources.comparisons import (
    COMPARED,
    Field,
    Test,
    Value,
    all_of,
    any_of,
    compared,
    like,
    negated,
)

_LONGEST = 10_000
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^']|'')*')
    | (?P<number>[-+]?\d+(?:\.\d+)?(?![\w.]))
    | (?P<name>"(?:[^"]|"")+"|[A-Za-z_][\w.]*(?:-[A-Za-z_][\w.]*)*)
    | (?P<sign><>|!=|<=|>=|==|[=<>(),])
    )""",
    re.VERBOSE,
)
_WORDS = frozenset(["and", "or", "not", "like", "ilike", "in", "between", "is", "null", "true", "false"])
_SAME = {"==": "=", "!=": "<>"}


class Condition:
    """Tells whether a record is wanted; `names` are those that it asks for, `missing` those no record had."""

    def __init__(self, text: str) -> None:
        """
        Read a condition.

        Raises:
            SettingsError: it is none; the message says where.
        """
        parser = _Parser(text)
        self.text = text
        self._test = parser.whole()
        self._fields = parser.fields

    def __call__(self, record: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds; where a value is missing it does not."""
        return self._test(record) is True

    @property
    def names(self) -> tuple[str, ...]:
        """The names of keys or columns that it asks for."""
        return tuple(self._fields)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names that no record so far had."""
        return tuple(name for name, field in self._fields.items() if not field.is_there)


class _Parser:
    """One condition, read from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.fields: dict[str, Field] = {}
        self._tokens = (
            list(_tokens(text)) if len(text) <= _LONGEST else self._fail(f"over {_LONGEST} characters")
        )
        self._at = 0

    def whole(self) -> Test:
        try:
            test = self._or()
        except RecursionError:
            self._fail("nested too deeply")
        if self._at < len(self._tokens):
            self._fail(f"{self._tokens[self._at][1]!r} is not expected")
        return test

    def _or(self) -> Test:
        tests = [self._and()]
        while self._take("or"):
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else any_of(tests)

    def _and(self) -> Test:
        tests = [self._not()]
        while self._take("and"):
            tests.append(self._not())
        return tests[0] if len(tests) == 1 else all_of(tests)

    def _not(self) -> Test:
        if self._take("not"):
            return negated(self._not())
        if self._take("("):
            test = self._or()
            self._need(")")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        field = self._name()
        if self._take("is"):
            is_not = self._take("not")
            self._need("null")
            return (
                (lambda record: field(record) is not None) if is_not else lambda record: field(record) is None
            )
        is_negated = self._take("not")
        test = self._of(field)
        return negated(test) if is_negated else test

    def _of(self, field: Field) -> Test:
        for word in ("like", "ilike"):
            if self._take(word):
                return like(field, str(self._value()), is_exact=word == "like")
        if self._take("in"):
            self._need("(")
            tests = [compared(field, "=", self._value())]
            while self._take(","):
                tests.append(compared(field, "=", self._value()))
            self._need(")")
            return any_of(tests)
        if self._take("between"):
            low = compared(field, ">=", self._value())
            self._need("and")
            return all_of([low, compared(field, "<=", self._value())])
        sign = self._next()[1]
        sign = _SAME.get(sign, sign)
        if sign not in COMPARED:
            self._fail(f"after {field.name} a comparison is needed, such as = 'text' or like '%text%'")
        return compared(field, sign, self._value())

    def _name(self) -> Field:
        kind, token = self._next()
        if kind != "name":
            self._fail(f"a name is needed, not {token!r}")
        name = token[1:-1].replace('""', '"') if token.startswith('"') else token
        return self.fields.setdefault(name, Field(name))

    def _value(self) -> Value:
        kind, token = self._next()
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return float(token)
        if kind != "word" or token not in {"true", "false"}:
            self._fail(f"a text in single quotes or a number is needed, not {token!r}")
        return token.startswith("t")

    def _take(self, token: str) -> bool:
        is_next = self._at < len(self._tokens) and self._tokens[self._at] in {
            ("word", token),
            ("sign", token),
        }
        self._at += is_next
        return is_next

    def _need(self, token: str) -> None:
        if not self._take(token):
            self._fail(f"{token!r} is missing")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            self._fail("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _fail(self, problem: str) -> NoReturn:
        raise SettingsError(_problem(self._text, problem))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if not found or not found.lastgroup:
            at = len(text) - len(text[at:].lstrip())
            raise SettingsError(_problem(text, f"character {at + 1} ({text[at]!r}) is not understood"))
        at, token = found.end(), found[found.lastgroup]
        is_word = found.lastgroup == "name" and token.lower() in _WORDS
        yield ("word", token.lower()) if is_word else (found.lastgroup, token)


def _problem(text: str, problem: str) -> str:
    return f"--where {text[:200]!r}: {problem}"
