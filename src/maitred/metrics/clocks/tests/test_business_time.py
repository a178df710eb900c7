"""Business time against independent arithmetic: a reference of its own, and for short spans a walk second by second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maitred.metrics.clocks import business
from maitred.metrics.clocks.schedules import (
    Holiday,
    Hours,
    Schedule,
    ScheduleBook,
    Version,
    book,
    hours_from_week_minutes,
    local_instant,
    open_intervals,
)
from maitred.metrics.clocks.tests import reference_time

ZONES = (
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Kolkata",
    "America/New_York",
    "Europe/London",
    "UTC",
)
CHANGES = (
    date(2024, 3, 10),
    date(2024, 3, 31),
    date(2024, 4, 6),
    date(2024, 4, 7),
    date(2024, 9, 7),
    date(2024, 9, 29),
    date(2024, 10, 6),
    date(2024, 10, 27),
    date(2024, 11, 3),
)
"""Days around which one of the zones changes its clocks."""
DAY = 86_400
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def near_changes() -> st.SearchStrategy[int]:
    """Epoch seconds within three days of a change of clocks, often on a full minute."""
    midday = st.sampled_from([int(datetime(d.year, d.month, d.day, 12, tzinfo=UTC).timestamp()) for d in CHANGES])
    seconds = st.one_of(st.integers(-4_320, 4_320).map(lambda m: 60 * m), st.integers(-3 * DAY, 3 * DAY))
    return st.builds(lambda a, b: a + b, midday, seconds)


@st.composite
def weekly(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Weekly hours that may overlap, touch, fill the day or fall into a gap of the clocks."""
    minute = st.one_of(st.sampled_from((0, 60, 90, 120, 135, 150, 165, 180, 540, 1020, 1440)), st.integers(0, 1440))
    found = []
    for _ in range(draw(st.integers(0, 10))):
        a, b = sorted((draw(minute), draw(minute)))
        if a < b:
            found.append(Hours(draw(st.integers(0, 6)), a, b))
    if draw(st.booleans()):
        found.extend(Hours(day, 0, 1440) for day in draw(st.sets(st.integers(0, 6))))
    return tuple(found)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    edits = sorted(draw(st.sets(near_changes(), max_size=2)))
    instants = [None, *(datetime.fromtimestamp(at, UTC) for at in edits), None]
    versions = tuple(Version(draw(weekly()), a, b) for a, b in pairwise(instants))
    holidays = []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.sampled_from(CHANGES)) + timedelta(days=draw(st.integers(-3, 3)))
        holidays.append(Holiday("closed", first, first + timedelta(days=draw(st.integers(0, 3)))))
    return Schedule("1", "one", draw(st.sampled_from(ZONES)), versions, tuple(holidays))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, list[int]]:
    """A schedule and some instants in order, from seconds to weeks apart."""
    start = draw(near_changes())
    steps = draw(st.lists(st.one_of(st.integers(0, 7_200), st.integers(0, 5 * DAY)), min_size=1, max_size=5))
    instants = [start]
    for step in steps:
        instants.append(instants[-1] + step)
    return draw(schedules()), instants


def laid_out(schedule: Schedule, instants: list[int]) -> ScheduleBook:
    return book([schedule], *(datetime.fromtimestamp(at, UTC) for at in (instants[0], instants[-1])))


def arrays(found: ScheduleBook) -> tuple[Any, ...]:
    flat = (found.offset, found.opens, found.closes, found.before)
    return (*flat, found.day_offset, found.day_index, found.day_base)


def open_before(found: ScheduleBook, at: int) -> int:
    """F: the kernel's own look-up, run as plain Python."""
    return int(business.open_before.py_func(arrays(found), 0, at))


def reached(found: ScheduleBook, seconds: int) -> int:
    return int(business.reached.py_func(arrays(found), 0, seconds))


def independent(schedule: Schedule, a: int, b: int) -> int:
    """Open seconds of a span by the slow reference, which shares no code with the engine."""
    weeks = []
    for version in schedule.versions:
        days: list[tuple[tuple[int, int], ...]] = []
        for sunday_first in range(7):
            wanted = (sunday_first - 1) % 7
            days.append(tuple((h.start_min, h.end_min) for h in version.hours if h.weekday == wanted))
        since = -reference_time.FOREVER if version.valid_from is None else int(version.valid_from.timestamp())
        until = reference_time.FOREVER if version.valid_to is None else int(version.valid_to.timestamp())
        weeks.append(reference_time.Week(tuple(days), since, until))
    closed = [(holiday.first, holiday.last) for holiday in schedule.holidays]
    slow = reference_time.Schedule(1, ZoneInfo(schedule.zone), weeks, closed)
    return reference_time.seconds_in([reference_time.Piece(a, b, slow)])


def check_spans(case: tuple[Schedule, list[int]]) -> None:
    schedule, instants = case
    found = laid_out(schedule, instants)
    values = [open_before(found, at) for at in instants]
    for (a, b), (low, high) in zip(pairwise(instants), pairwise(values), strict=True):
        assert 0 <= high - low <= b - a
        assert high - low == independent(schedule, a, b)
    assert values[-1] - values[0] == independent(schedule, instants[0], instants[-1])


@FEW
@given(cases())
def test_the_business_time_of_a_span_equals_an_independent_sum(case: tuple[Schedule, list[int]]) -> None:
    """Section 5: over clock changes, overlapping hours, holidays and edited hours; F rises, never faster than time."""
    check_spans(case)


@pytest.mark.slow
@MANY
@given(cases())
def test_many_more_spans_equal_an_independent_sum(case: tuple[Schedule, list[int]]) -> None:
    check_spans(case)


def test_a_walk_second_by_second_counts_the_same() -> None:
    """Where no clock changes, a second is open if its local time of day lies inside the hours of its weekday."""
    hours = (Hours(0, 0, 1440), Hours(1, 0, 61), Hours(1, 30, 90), Hours(1, 90, 91), Hours(2, 1439, 1440))
    schedule = Schedule(
        "1", "one", "Asia/Kolkata", (Version(hours),), (Holiday("off", date(2024, 6, 5), date(2024, 6, 5)),)
    )
    zone = ZoneInfo("Asia/Kolkata")
    start = int(datetime(2024, 6, 3, 17, tzinfo=UTC).timestamp())
    found = laid_out(schedule, [start, start + 2 * DAY])
    counted = 0
    for second in range(start, start + 2 * DAY):
        if second % 997 == 0:
            assert open_before(found, second) - open_before(found, start) == counted
        local = datetime.fromtimestamp(second, zone)
        minute = local.hour * 60 + local.minute
        weekday, holiday = local.weekday(), local.date() == date(2024, 6, 5)
        counted += not holiday and any(h.weekday == weekday and h.start_min <= minute < h.end_min for h in hours)
    assert counted == open_before(found, start + 2 * DAY) - open_before(found, start)
    assert counted > 0


@FEW
@given(schedules(), near_changes())
def test_each_minute_of_an_hour_counts_exactly_if_an_interval_covers_it(schedule: Schedule, start: int) -> None:
    """Walked minute by minute on both sides of a version or clock change; the minutes add up to the hour."""
    instants = [start, start + 3_600]
    found = laid_out(schedule, instants)
    total = 0
    for a in range(start, start + 3_600, 60):
        inside = [
            int(opens) < a + 60 and int(closes) > a for opens, closes in zip(found.opens, found.closes, strict=True)
        ]
        here = open_before(found, a + 60) - open_before(found, a)
        assert (here > 0) == any(inside)
        total += here
    assert total == independent(schedule, *instants)


@FEW
@given(cases(), st.integers(1, 10 * DAY))
def test_the_inverse_gives_the_first_instant_at_which_so_much_was_open(
    case: tuple[Schedule, list[int]], seconds: int
) -> None:
    """F(inverse(s)) = s, one second earlier it is less; -1 where the schedule is never open for so long."""
    found = laid_out(*case)
    total = sum(int(b - a) for a, b in zip(found.opens, found.closes, strict=True))
    at = reached(found, seconds)
    if seconds > total:
        assert at == -1
        return
    assert open_before(found, at) == seconds
    assert open_before(found, at - 1) == seconds - 1


@FEW
@given(cases())
def test_the_flat_arrays_are_what_the_kernel_expects(case: tuple[Schedule, list[int]]) -> None:
    """Intervals sorted, apart and not empty; ``before`` their running sum; the day table points at the right one."""
    found = laid_out(*case)
    spans = list(zip(found.opens.tolist(), found.closes.tolist(), strict=True))
    assert all(a < b for a, b in spans)
    assert all(b < c for (_, b), (c, _) in pairwise(spans))
    assert found.before.tolist() == [sum(b - a for a, b in spans[:k]) for k in range(len(spans))]
    base = int(found.day_base[0])
    for day, place in enumerate(found.day_index.tolist()):
        assert place == sum(a <= (base + day) * DAY for a, _ in spans) - 1


@FEW
@given(cases())
def test_several_schedules_in_one_book_do_not_touch_each_other(case: tuple[Schedule, list[int]]) -> None:
    schedule, instants = case
    other = Schedule("2", "other", "UTC", (Version((Hours(0, 0, 1440),)),))
    none = Schedule("3", "none", "UTC", (Version(()),))
    ends = [datetime.fromtimestamp(at, UTC) for at in (instants[0], instants[-1])]
    together, alone = book([none, other, schedule], *ends), laid_out(schedule, instants)
    for at in instants:
        assert business.open_before.py_func(arrays(together), 2, at) == open_before(alone, at)
        assert business.open_before.py_func(arrays(together), 0, at) == 0
    assert business.open_before.py_func(arrays(together), -1, instants[0]) == 0


@FEW
@given(schedules(), near_changes(), st.integers(1, 20), st.integers(1, 20))
def test_a_wider_book_gives_the_same_spans(schedule: Schedule, start: int, before: int, after: int) -> None:
    """How far a schedule is laid out never changes a figure."""
    end = start + 3 * DAY
    narrow = laid_out(schedule, [start, end])
    wide = laid_out(schedule, [start - before * DAY, end + after * DAY])
    spans = [open_before(found, end) - open_before(found, start) for found in (narrow, wide)]
    assert spans[0] == spans[1]


@given(st.integers(0, 20_000), st.integers(0, 20_000))
def test_minutes_of_the_week_come_apart_at_midnight_without_loss(start: int, length: int) -> None:
    parts = hours_from_week_minutes(start, start + length)
    assert sum(part.end_min - part.start_min for part in parts) == length
    assert all(0 <= part.start_min < part.end_min <= 1440 for part in parts)
    assert all(a.end_min == 1440 and b.start_min == 0 for a, b in pairwise(parts))


@pytest.mark.parametrize(
    ("zone", "day", "minute", "utc"),
    [
        ("America/New_York", date(2024, 3, 10), 150, "2024-03-10T07:30"),
        ("America/New_York", date(2024, 11, 3), 90, "2024-11-03T05:30"),
        ("Australia/Lord_Howe", date(2024, 10, 6), 135, "2024-10-05T15:45"),
        ("America/Santiago", date(2024, 9, 8), 0, "2024-09-08T04:00"),
        ("Pacific/Chatham", date(2024, 9, 29), 1440, "2024-09-29T10:15"),
    ],
)
def test_a_local_time_that_is_missing_moves_on_and_a_doubled_one_is_the_first(
    zone: str, day: date, minute: int, utc: str
) -> None:
    """RFC 5545, 3.3.5."""
    wanted = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert local_instant(day, minute, ZoneInfo(zone)) == int(wanted.timestamp())


def test_a_schedule_that_is_never_open_has_no_intervals() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    assert open_intervals(Schedule("1", "one", "UTC", (Version(()),)), start, start + timedelta(days=400)) == []
