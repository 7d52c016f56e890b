import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.sources.formats.json_streams import Record, records
from extractor.sources.shapes import Skipped

MIB = 1 << 20


def read(content, size=None):
    data = content if isinstance(content, bytes) else content.encode()
    size = size or max(1, len(data))
    return list(records(data[at : at + size] for at in range(0, len(data), size)))


def objects(content, size=None):
    return [record.fields for record in read(content, size) if isinstance(record, Record)]


def skips(content):
    return [(skip.line, skip.kind) for skip in read(content) if isinstance(skip, Skipped)]


LAYOUTS = {
    "lines": '{"n": 1}\n{"n": 2}\n',
    "lines with blank ones": '\n{"n": 1}\n\n{"n": 2}',
    "lines of Windows": '{"n": 1}\r\n{"n": 2}\r\n',
    "a list in one line": '[{"n": 1}, {"n": 2}]',
    "a list, one a line": '[\n{"n": 1},\n{"n": 2}\n]\n',
    "a list, printed to be read": json.dumps([{"n": 1}, {"n": 2}], indent=2),
    "the page of a service": '{"total": 2, "meta": {"x": [1]}, "data": [{"n": 1}, {"n": 2}], "next": 3}',
    "a page within a page": '{"status": "ok", "message": {"items": [{"n": 1}, {"n": 2}]}}',
    "pages, one a line": '{"results": [{"n": 1}]}\n{"results": [{"n": 2}]}\n',
    "pages, one after the other": '{"results": [\n{"n": 1}]}{"results": [{"n": 2}]}',
    "lists in a list": '[[{"n": 1}], [{"n": 2}]]',
    "objects, printed to be read": '{\n "n": 1\n}\n{\n "n": 2\n}\n',
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [1, 7, None])
def test_records_are_found_in_every_layout_wherever_the_blocks_end(layout, size):
    assert objects(LAYOUTS[layout], size) == [{"n": 1}, {"n": 2}]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.fixed_dictionaries({"title": st.text(), "x": VALUES}), min_size=1, max_size=5),
    st.integers(1, 40),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_what_is_written_is_read(given_, size, indent, is_ascii):
    content = json.dumps(given_, indent=indent, ensure_ascii=is_ascii)
    if not is_ascii:
        content = content.encode("utf-8", "replace").decode()
        given_ = json.loads(content)
    assert objects(content, size) == given_


@given(st.binary(max_size=200), st.integers(1, 20))
def test_no_bytes_raise(data, size):
    for begun in (b"", b"[", b'{"results": [', b'{"a": 1}\n'):
        assert all(isinstance(one, Record | Skipped) for one in read(begun + data, size))


def test_an_object_alone_is_a_record():
    assert objects('{\n "title": "Tide",\n "data": [{"n": 1}]\n}') == [{"title": "Tide", "data": [{"n": 1}]}]


def test_papers_under_their_ids_are_records_with_ids():
    content = '{"2601.00001": {"title": "Tide"}, "2601.00002": {"title": "Ebb", "id": "own"}}'
    assert objects(content) == [{"id": "2601.00001", "title": "Tide"}, {"id": "own", "title": "Ebb"}]


def test_records_have_the_lines_that_they_begin_on():
    content = '{\n"results": [\n{"n":\n1}, {"n": 2},\n\n{"n": 3}]}'
    assert [record.line for record in read(content, 3)] == [3, 4, 6]
    assert [record.line for record in read('{"n": 1}\n\n{"n": 2}\n')] == [1, 3]


@pytest.mark.parametrize(
    ("content", "skipped"),
    [
        ('{"n": 1}\n{"n": \n{"n": 2}\n', [(2, "no JSON")]),
        ('{"n": 1\n{"n": 1}\n{"n": 2}\n', [(1, "no JSON")]),
        ('[{"n": 1},\n{"n": oh},\n{"n": 2}]', [(2, "no JSON")]),
        ('[{"n": 1},\n{"n": "unclosed},\n{"n": 2}]', [(2, "a record without its end")]),
        ('[\n  {"n": 1},\n  {"n": "x}, {"n": 3},\n  {"n": 2}\n]', [(3, "a record without its end")]),
        ('[{"n": 1},\n{\n"m": "unclosed,\n"n": 2\n},\n{"n": 2}]', [(2, "no JSON")]),
        (
            '[{"n": 1},\nnull,\n3,\n{"n": 2}]',
            [(2, "null instead of a paper"), (3, "a JSON object is needed")],
        ),
        ('{"n": 1}\n["n"]\n{"n": 2}\n', [(2, "a JSON object is needed")]),
        ('{"data": [{"n": 1}, null, {"n": 2}]}\n{"data": []}', [(1, "null instead of a paper")]),
        ('[{"n": 1},\n{"n": 2}\n', [(3, "the file ends in the middle")]),
        ('{"data": [{"n": 1},\n{"n": 2},\n{"n": ', [(3, "the file ends in the middle")]),
        ('{"n": 1}\n{"n": 2}\n{"error": "Too many\\nrequests"}', [(3, "an error instead of papers")]),
        ('{"n": 1}\n{"n": 2}\n{"message": "no", "code": "429"}', [(3, "an error instead of papers")]),
    ],
)
def test_what_is_malformed_harms_no_other_record(content, skipped):
    assert objects(content) == [{"n": 1}, {"n": 2}]
    assert skips(content) == skipped


def test_lines_that_are_not_utf_8_are_named():
    assert skips(b'{"n": 1}\n{"n": "\xff"}\n') == [(2, "not UTF-8")]


def test_a_mistake_is_told_with_its_place():
    skip = read('[{"n": 1},\n{\n"n": 2,\n"m": 1 2}]')[1]
    assert (skip.line, skip.detail) == (2, " (Expecting ',' delimiter, line 4, column 8)")


def test_what_json_does_not_allow_but_programs_write_is_read():
    assert objects('[{"a": NaN, "b": -Infinity, "d": "\\ud800",\n"c": "two\nlines"\n}]') == [
        {"a": None, "b": None, "c": "two\nlines", "d": "\ud800"}
    ]


def test_of_a_key_that_stands_twice_the_last_counts():
    assert objects('{"n": 1, "n": 2}') == [{"n": 2}]


@pytest.mark.parametrize("value", ["1" * 5000, "[" * 2000 + "]" * 2000])
def test_numbers_without_end_and_deep_nesting_are_skipped(value):
    assert skips(f'{{"n": 1}}\n{{"n": {value}}}\n{{"n": 2}}') == [(2, "no JSON")]
    assert objects(f'[{{"n": 1}}, {{"n": {value}}}, {{"n": 2}}]') == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("opened", [b"[", b'{"data":', b'[{"a":', b'{"a":['])
def test_nesting_without_end_ends_the_reading(opened):
    *found, last = records(itertools.repeat(opened * (MIB // len(opened)), 3))
    assert isinstance(last, Skipped)
    assert last.kind in {"nested too deep or too much, not read from here on", "over 16 MiB in one record"}
    assert not any(isinstance(one, Record) for one in found)


@pytest.mark.parametrize(
    ("before", "after"), [(b'[{"n": "', b'"},\n{"n": 2}]'), (b'{"n": 1}\n{"n": "', b'"}\n{"n": 2}\n')]
)
def test_a_record_without_end_is_skipped_in_bounded_memory(before, after):
    largest = 0

    def blocks():
        yield before
        for _ in range(40):
            yield b"x" * MIB
        yield after

    for record in records(blocks()):
        largest = max(largest, len(str(record)))
    assert isinstance(record, Record)
    assert record.fields == {"n": 2}
    assert largest < 1000
    assert [one.kind[:11] for one in records(blocks()) if isinstance(one, Skipped)] == ["over 16 MiB"]


def test_a_record_that_lost_its_end_takes_no_more_with_it_than_a_record_may_have():
    def blocks():
        yield b'[\n {"n": 1},\n {"n": "lost},\n'
        for number in range(40_000):
            yield b' {"n": %d, "x": "%s"},\n' % (number, b"x" * 1000)
        yield b' {"n": 2}\n]\n'

    found = list(records(blocks()))
    assert [(one.line, one.kind) for one in found if isinstance(one, Skipped)] == [
        (3, "a record without its end")
    ]
    assert [one.line for one in found] == list(range(2, 40_005))
