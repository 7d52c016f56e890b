"""Papers that come again, on their way from who reads to who writes."""

from contextlib import closing

import pytest

from extractor.papers import Paper, Text
from extractor.sources import Again


def paper(number: int, **more: object) -> Paper:
    text = Text(title=f"Reeds {number}", abstract=f"We count {number} reeds,\nin all weathers: {'x' * 400}.")
    return Paper(paper_id=str(number), text=text, source="reeds.bib", **more)


@pytest.fixture
def again():
    with closing(Again()) as queue:
        yield queue


def test_papers_come_out_in_their_order_however_many(again):
    papers = [paper(number, line=number) for number in range(20_000)]
    for one in papers:
        again.put(one)

    assert list(again.waiting()) == papers


def test_papers_stay_until_they_are_settled(again):
    again.put(paper(1))
    assert list(again.waiting()) == list(again.waiting()) == [paper(1)]
    again.settle()

    assert list(again.waiting()) == []


def test_what_comes_or_is_left_while_others_are_taken_is_there_the_next_time(again):
    again.put(paper(1))
    again.put(paper(2))
    for one in again.waiting():
        again.leave(one) if one.paper_id == "1" else again.put(paper(3))
    again.settle()

    assert list(again.waiting()) == [paper(1), paper(3)]


def test_what_differs_in_its_line_alone_is_kept_once(again):
    for line in range(1, 1000):
        again.put(paper(1, line=line))
    again.put(paper(1, line=7, venue="Reed Letters"))

    assert list(again.waiting()) == [paper(1, line=1), paper(1, line=7, venue="Reed Letters")]
