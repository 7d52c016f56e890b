import json
from datetime import date

import pytest

from extractor.sources.formats.openreview import FORMAT
from extractor.sources.shapes import Beginning, Found, Skipped

CONTENT = {
    "title": "Reading Tides",
    "authors": ["Ada Marsh", "Bo Ebb"],
    "abstract": "We read tides.",
    "TL;DR": "Tides.",
    "venue": "TideConf 2026 poster",
}
NOTE = {
    "id": "aBc_1-x",
    "forum": "aBc_1-x",
    "replyto": None,
    "invitation": "TideConf.org/2026/Conference/-/Blind_Submission",
    "cdate": 1_772_582_400_000,
    "content": CONTENT,
}
SECOND = NOTE | {"content": {key: {"value": value} for key, value in CONTENT.items()}}
FOUND = Found(
    1,
    "Reading Tides",
    "We read tides.",
    ("openreview:aBc_1-x",),
    ("Ada Marsh", "Bo Ebb"),
    date(2026, 3, 4),
    "TideConf 2026 poster",
    "https://openreview.net/forum?id=aBc_1-x",
)


def read(*notes, around=True):
    content = {"notes": list(notes), "count": len(notes)} if around else list(notes)
    return list(FORMAT.read([json.dumps(content).encode()]))


@pytest.mark.parametrize("note", [NOTE, SECOND])
@pytest.mark.parametrize("around", [True, False])
def test_a_note_of_either_version_is_read(note, around):
    assert read(note, around=around) == [FOUND]


def changed(note, **content):
    given = {key: {"value": value} for key, value in content.items()} if note is SECOND else content
    return note | {"content": note["content"] | given}


@pytest.mark.parametrize(
    "note",
    [
        NOTE | {"invitation": "TideConf.org/2026/Conference/-/Withdrawn_Submission"},
        changed(NOTE, withdrawal="Confirmed"),
        changed(SECOND, venueid="TideConf.org/2026/Conference/Withdrawn_Submission"),
        changed(SECOND, venue="TideConf 2026 Conference Withdrawn Submission"),
    ],
)
def test_a_withdrawn_one_is_skipped(note):
    assert read(note, NOTE) == [Skipped(1, "withdrawn", "Reading Tides"), FOUND]


@pytest.mark.parametrize(
    "note",
    [
        changed(SECOND, venueid="TideConf.org/2026/Conference/Rejected_Submission"),
        changed(SECOND, venueid="TideConf.org/2026/Conference/Desk_Rejected_Submission"),
        changed(SECOND, title="Withdrawn Tides"),
    ],
)
def test_a_rejected_one_is_a_paper(note):
    assert [type(one) for one in read(note)] == [Found]


def test_a_deleted_one_is_skipped():
    assert read(NOTE | {"ddate": 1_772_582_400_000}) == [Skipped(1, "deleted", "Reading Tides")]


@pytest.mark.parametrize(
    "reply",
    [
        {"id": "r1", "forum": "aBc_1-x", "replyto": "aBc_1-x", "content": {"title": "Official Review"}},
        {"id": "r2", "forum": "aBc_1-x", "replyto": "r1", "content": {"comment": {"value": "Thank you."}}},
    ],
)
def test_a_review_is_no_paper(reply):
    (skipped,) = read(reply)
    assert skipped.kind == "a review or comment"


def test_a_note_without_abstract_is_found_without():
    (found,) = read(NOTE | {"content": {"title": "Reading Tides", "TLDR": "Tides."}})
    assert (found.title, found.abstract) == ("Reading Tides", None)


def test_an_error_of_the_service_is_skipped():
    answer = {"name": "ForbiddenError", "message": "no access", "status": 403}
    assert list(FORMAT.read([json.dumps(answer).encode()])) == [
        Skipped(1, "an error instead of papers", "no access")
    ]


@pytest.mark.parametrize("content", [{"notes": [NOTE]}, [SECOND], NOTE])
def test_it_is_told_by_its_keys(content):
    assert FORMAT.fits(Beginning(json.dumps(content).lower(), "x"))


def test_other_json_is_not_taken_for_it():
    assert not FORMAT.fits(Beginning('[{"title": "a", "content": "b", "forum": "c"}]', "openreview.json"))
