"""Working time, leave and parts of a person: what a week holds, and what cannot be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import Invalid
from maitred.desks.roster.hours import Away, Week, available, checked_leave, checked_shares, checked_week

MONDAY = date(2026, 1, 5)
FULL = (480, 480, 480, 480, 480, 0, 0)


def fields(error: Invalid) -> set[str]:
    return {one["field"] for one in error.errors}


@pytest.mark.parametrize(
    ("minutes", "zone", "named"),
    [
        ((1500, 0, 0, 0, 0, 0, 0), "UTC", {"monday"}),
        ((0, 0, -60, 0, 0, 0, 0), "UTC", {"wednesday"}),
        ((720,) * 7, "UTC", {"minutes"}),
        ((480,) * 5, "UTC", {"minutes"}),
        (FULL, "Mars/Olympus", {"zone"}),
        ((1500, 0, 0, 0, 0, 0, 1500), "Nowhere", {"monday", "sunday", "zone"}),
    ],
)
def test_impossible_hours_are_refused_by_name(minutes: tuple[int, ...], zone: str, named: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        checked_week(minutes, zone)
    assert fields(refused.value) == named
    assert all(one["message"] for one in refused.value.errors)


def test_a_possible_week_is_taken_as_it_is() -> None:
    assert checked_week(list(FULL), "Europe/Berlin") == FULL
    assert checked_week([0] * 7, "UTC") == (0,) * 7


@pytest.mark.parametrize(
    ("first", "last", "field", "says"),
    [
        (MONDAY, MONDAY - timedelta(1), "last", "before it begins"),
        (MONDAY, MONDAY + timedelta(400), "last", "year by year"),
        (MONDAY + timedelta(4), MONDAY + timedelta(9), "first", "already"),
        (MONDAY - timedelta(9), MONDAY + timedelta(30), "first", "already"),
    ],
)
def test_leave_that_cannot_be_is_refused(first: date, last: date, field: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_leave(first, last, [Away(MONDAY, MONDAY + timedelta(4))])
    assert fields(refused.value) == {field}
    assert says in refused.value.errors[0]["message"]


def test_leave_may_begin_on_the_day_after_another() -> None:
    there = [Away(MONDAY, MONDAY + timedelta(4))]
    assert checked_leave(MONDAY + timedelta(5), MONDAY + timedelta(5), there).holds(MONDAY + timedelta(5))


@pytest.mark.parametrize("shares", [[], [(1, 60)], [(1, 60), (2, 50)], [(1, 50), (1, 50)], [(1, 0), (2, 100)]])
def test_parts_that_are_no_whole_person_are_refused(shares: list[tuple[int, int]]) -> None:
    with pytest.raises(Invalid) as refused:
        checked_shares(shares)
    assert fields(refused.value) == {"teams"}


@given(st.integers(1, 99))
def test_parts_that_come_to_a_hundred_are_taken_and_others_are_not(part: int) -> None:
    checked_shares([(1, part), (2, 100 - part)])
    checked_shares([(1, 100)])
    with pytest.raises(Invalid, match="do not add up"):
        checked_shares([(1, part), (2, 101 - part)])


def test_available_time_leaves_out_leave_and_changes_with_the_contract() -> None:
    weeks = [Week(FULL, date(2025, 1, 1), MONDAY + timedelta(2)), Week((240,) * 5 + (0, 0), MONDAY + timedelta(2))]
    away = [Away(MONDAY + timedelta(3), MONDAY + timedelta(3))]
    assert available(weeks, away, MONDAY) == (2 * 480 + 2 * 240) * 60
    assert available([], away, MONDAY) is None
    assert available(weeks, [Away(MONDAY, MONDAY + timedelta(20))], MONDAY) == 0


@given(st.lists(st.integers(0, 600), min_size=7, max_size=7), st.integers(0, 6), st.integers(0, 6))
def test_leave_never_adds_time(minutes: list[int], start: int, length: int) -> None:
    week = [Week(tuple(minutes), date(2025, 1, 1))]
    first = MONDAY + timedelta(start)
    whole = available(week, [], MONDAY)
    free = available(week, [Away(first, first + timedelta(length))], MONDAY)
    assert whole == sum(minutes) * 60
    assert free is not None
    assert 0 <= free <= whole
