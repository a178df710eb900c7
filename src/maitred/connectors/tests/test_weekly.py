"""Weekly hours cut at midnights."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maitred.connectors.weekly import DAY, WEEK, cut_at_midnights, from_sunday


def test_minutes_since_sunday_become_weekdays_from_monday() -> None:
    assert from_sunday([(1980, 2460), (0, 60)]) == [(0, 540, 1020), (6, 0, 60)]


def test_a_span_over_midnight_is_cut_and_the_week_wraps() -> None:
    assert cut_at_midnights(6 * DAY + 1380, 7 * DAY + 60) == [(6, 1380, 1440), (0, 0, 60)]
    assert from_sunday([(0, WEEK)]) == [(day, 0, DAY) for day in range(7)]


@given(st.integers(0, WEEK), st.integers(0, WEEK))
def test_pieces_add_up_to_the_span(start: int, length: int) -> None:
    pieces = cut_at_midnights(start, start + length)
    assert sum(end - begin for _, begin, end in pieces) == length
    assert all(0 <= begin < end <= DAY for _, begin, end in pieces)
