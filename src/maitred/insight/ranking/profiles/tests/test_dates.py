"""Months: a union of intervals, years alone from July to June, and dates that cannot be as unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.insight.ranking.profiles.dates import Span, months_of, read_date, span_of

DAY = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("start", "end", "months", "exact"),
    [
        ("2018", "2020", 24, False),
        ("2018-01", "2018-12", 12, True),
        ("2018-01-15", "2018-12-03", 12, True),
        ("2026-03", "", 3, True),
        ("2026-03", "present", 3, True),
        ("2019", "2019", 0, False),
        ("März 2019", "Juni 2019", 4, True),
        ("03/2019", "08/2019", 6, True),
        ("septembre 2020", "à ce jour", 69, True),
        ("2024-01", "2030-01", 29, True),
    ],
)
def test_dates_count_as_months_with_both_ends(start: str, end: str, months: int, exact: bool) -> None:
    span = span_of(start, end, DAY)
    assert isinstance(span, Span)
    assert (span.months, span.exact) == (months, exact)


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2020-05", "2019-01", "ends before it begins"),
        ("2020-13", "", "no date"),
        ("2020-02-31", "", "no date"),
        ("1802", "1900", "before 1940"),
        ("2031-01", "", "after the day"),
        ("soon", "2020", "no date"),
        ("", "2020", "beginning is not told"),
        ("1941-01", "2026-01", "more than sixty years"),
    ],
)
def test_dates_that_cannot_be_are_unknown_and_named(start: str, end: str, why: str) -> None:
    found = span_of(start, end, DAY)
    assert isinstance(found, str)
    assert why in found


def test_no_dates_are_unknown_without_a_word() -> None:
    assert span_of("", "", DAY) == ""


def test_the_same_month_is_read_in_many_languages() -> None:
    written = ["2019-05", "May 2019", "Mai 2019", "mai 2019", "mayo 2019", "maggio 2019", "05/2019", "2019/05"]
    assert {found.month for one in written if (found := read_date(one)) is not None} == {2019 * 12 + 4}
    assert all(read_date(one) for one in written)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 120)), max_size=12))
def test_a_month_in_two_jobs_counts_once(jobs: list[tuple[int, int]]) -> None:
    spans = [Span(first, first + length, True, False) for first, length in jobs]
    assert months_of(spans) == len({month for one in spans for month in range(one.first, one.after)})
