"""The pace of a collection: even, rounded up, and whole on the last day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from petitions.domain.pace import Pace, needed_by, pace

OPENED = date(2026, 11, 23)


def test_an_even_pace_from_the_first_day_to_the_last() -> None:
    closes = OPENED + timedelta(days=3)
    assert [needed_by(10, OPENED, closes, OPENED + timedelta(days=n)) for n in range(-1, 5)] == [
        0,
        0,
        4,
        7,
        10,
        10,
    ]
    assert needed_by(10, OPENED, OPENED, OPENED) == 10


@given(st.integers(1, 10**6), st.integers(1, 400))
def test_the_pace_never_falls_and_ends_whole(threshold: int, days: int) -> None:
    closes = OPENED + timedelta(days=days)
    steps = [needed_by(threshold, OPENED, closes, OPENED + timedelta(days=n)) for n in range(days + 1)]
    assert steps == sorted(steps) and (steps[0], steps[-1]) == (0, threshold)


def test_what_is_left_counts_today_and_the_last_day() -> None:
    assert pace(100, 40, OPENED, OPENED + timedelta(days=6)) == Pace(60, 7, 9)
    assert pace(100, 40, OPENED, OPENED - timedelta(days=1)) == Pace(60, 0, 60)
    assert pace(100, 140, OPENED, OPENED) == Pace(0, 1, 0)
