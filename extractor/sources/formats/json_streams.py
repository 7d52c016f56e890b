"""
Blocks of JSON -> one object a record, with its line.

JSON lines, a list, an object, and an object that holds a list, pretty-printed or not, are all read.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json

from extractor.sources.formats.json_pieces import HOLDERS, PAPER_KEYS, pieces
from extractor.sources.formats.lines import begun, lines, shown
from extractor.sources.shapes import KEEP_ALL, LONGEST, NOT_UTF_8, Beginning, Found, Keep, Skipped, short

Fields = Mapping[str, Any]

_BEGINS = re.compile(r'\{|\[\s*(?:["\[{\]]|null\b|$)')
_NO_JSON = "no JSON"
_NO_OBJECT = "a JSON object is needed"
_NULL = "null instead of a paper"
_ERROR = "an error instead of papers"
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)  # NaN is what pandas has for none.


class Record(NamedTuple):
    """An object, and the line that it begins on."""

    line: int
    fields: Fields


def is_json(beginning: Beginning) -> bool:
    """Tell whether a file begins as JSON does; "[Submitted on" does not."""
    return bool(_BEGINS.match(beginning.text))


def papers(
    blocks: Iterable[bytes], paper: Callable[[int, Fields], Found | Skipped], keep: Keep = KEEP_ALL
) -> Iterator[Found | Skipped]:
    """Yield what `paper` makes of each object that is wanted, and what is none."""
    for record in records(blocks):
        if isinstance(record, Skipped):
            yield record
        elif keep(record.fields):
            yield paper(*record)


def records(blocks: Iterable[bytes]) -> Iterator[Record | Skipped]:
    """
    Yield the objects of JSON in any layout; of a key that stands twice in one the last counts.

    What is malformed is skipped; of JSON lines the next line is read, of a document what follows the bracket
    that ends it.
    """
    first, blocks = begun(blocks, lambda data: b"\n" in data.strip())
    read = _from_lines(blocks) if is_lines(first) else _from_document(blocks)
    for record in read:
        yield _told(record) if isinstance(record, Record) and _is_error(record.fields) else record


def is_lines(beginning: bytes) -> bool:
    """Tell whether each line is an object by itself."""
    first, _, rest = beginning.lstrip().partition(b"\n")
    first, rest = first.strip(), rest.lstrip()
    if not first.startswith(b"{") or not rest:
        return False
    if first.endswith(b"}"):
        return not rest.startswith((b",", b"]", b"}"))
    return rest.startswith(b'{"') and not first.endswith((b"[", b":", b",", b"{"))


def _from_lines(blocks: Iterable[bytes]) -> Iterator[Record | Skipped]:
    for number, data in enumerate(lines(blocks), start=1):
        if len(data) > LONGEST:
            yield Skipped(number, f"over {LONGEST >> 20} MiB in one line", shown(data))
        elif data.strip():
            record = _parsed(number, data, "; JSON lines hold one object a line")
            held = None if isinstance(record, Skipped) else _holding(record.fields)
            if held is None:
                yield record
            else:
                yield from _members(number, held)


def _from_document(blocks: Iterable[bytes]) -> Iterator[Record | Skipped]:
    for piece in pieces(blocks):
        if piece.flaw:
            yield Skipped(piece.line, piece.flaw, shown(piece.data))
        else:
            yield from _by_key(_parsed(piece.line, piece.data))


def _parsed(line: int, data: bytes, advice: str = "") -> Record | Skipped:
    try:
        given = _decoded(data)
    except UnicodeDecodeError:
        return Skipped(line, NOT_UTF_8, shown(data))
    except json.JSONDecodeError as error:
        place = f"line {line + error.lineno - 1}, " if error.lineno > 1 else ""
        return Skipped(line, _NO_JSON, shown(data), f" ({error.msg}, {place}column {error.colno}){advice}")
    except (ValueError, RecursionError) as error:
        return Skipped(line, _NO_JSON, shown(data), f" ({error}){advice}")
    if isinstance(given, dict):
        return Record(line, given)
    kind = _NULL if given is None else _NO_OBJECT
    return Skipped(line, kind, shown(data), "" if given is None else ", with keys title and abstract")


def _decoded(data: bytes) -> object:
    """Return what JSON says: read fast where it keeps to the standard, else by what forgives and explains."""
    try:
        return from_json(data, allow_inf_nan=False)
    except ValueError:
        decoded: object = _DECODER.decode(data.decode())
        return decoded


def _members(line: int, held: list[Any]) -> Iterator[Record | Skipped]:
    """Yield the objects of a list that an object holds, as the page of a service in one line."""
    for one in held:
        if isinstance(one, dict):
            yield Record(line, one)
        else:
            kind = _NULL if one is None else _NO_OBJECT
            yield Skipped(line, kind, short(json.dumps(one)))


def _holding(fields: Fields) -> list[Any] | None:
    if _is_of_paper(fields):
        return None
    return next(
        (value for key, value in fields.items() if key.lower() in HOLDERS and isinstance(value, list)), None
    )


def _is_of_paper(fields: Fields) -> bool:
    """Tell whether it has a key that an object of records has not, in whatever letters."""
    return not (PAPER_KEYS.isdisjoint(fields) and PAPER_KEYS.isdisjoint(map(str.lower, fields)))


def _by_key(record: Record | Skipped) -> Iterator[Record | Skipped]:
    """Yield the papers that an object holds by their ids, each with its key as `id`, else itself."""
    fields = {} if isinstance(record, Skipped) else record.fields
    if not isinstance(record, Skipped) and _are_ids(fields) and all(map(_is_paper, fields.values())):
        for key, value in fields.items():
            yield Record(record.line, {"id": key} | value)
    else:
        yield record


def _are_ids(keys: Iterable[str]) -> bool:
    """Tell whether keys can be ids; one word alone is what a service puts a paper under."""
    words = list(keys)
    return len(words) > 1 or not all(map(str.isalpha, words))


def _is_paper(value: object) -> bool:
    return isinstance(value, dict) and "title" in {key.lower() for key in value}


def _is_error(fields: Fields) -> bool:
    """Tell whether a service answers with what went wrong."""
    is_answer = "message" in fields and not {"status", "code"}.isdisjoint(fields)
    return (is_answer or "error" in fields or "errors" in fields) and not _is_of_paper(fields)


def _told(record: Record) -> Skipped:
    said = record.fields.get("message") or record.fields.get("error") or record.fields.get("errors")
    return Skipped(record.line, _ERROR, short(" ".join(str(said).split())))
