from datetime import date

import pytest

from extractor.sources.dates import first_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-03-04", date(2019, 3, 4)),
        ("20190304", date(2019, 3, 4)),
        ("2019/03/04/Spring", date(2019, 3, 4)),
        ("2019 Mar 4", date(2019, 3, 4)),
        ("4 March 2019", date(2019, 3, 4)),
        ("March 4, 2019", date(2019, 3, 4)),
        ("1948/07//", date(1948, 7, 1)),
        ("2018 Jul-Aug", date(2018, 7, 1)),
        ("2018 10~oct", date(2018, 10, 10)),
        ("2014//", date(2014, 1, 1)),
        ("Spring 2019", date(2019, 1, 1)),
        ("2019-02-30", date(2019, 2, 1)),
        ("2019-13-01", date(2019, 1, 1)),
        ("10 15", None),
        ("in press", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_far_as_it_is_told(text, day):
    assert first_day(text) == day


def test_of_several_dates_the_most_exact_is_taken_and_then_the_first():
    assert first_day(None, "2019", "2020 May", "2021 Jun") == date(2020, 5, 1)
    assert first_day() is None
