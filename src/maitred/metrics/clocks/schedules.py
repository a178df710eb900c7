"""Business time: open seconds of a working schedule, exact over clock changes, holidays and edited hours.

A schedule becomes a sorted list of open UTC intervals; ``F(t)`` is the number of open seconds before ``t``, so that the
business time of a span is ``F(end) - F(start)``. Each boundary of each local date is turned into UTC on its own: a
local time that does not exist moves forward by the gap, one that occurs twice means the first (RFC 5545, 3.3.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
DAY = 86_400
_FOREVER = 1 << 60


@dataclass(frozen=True, slots=True)
class Hours:
    """One open stretch of a week day: ``weekday`` 0 = Monday, minutes from local midnight, ``end_min`` up to 1440."""

    weekday: int
    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """Local dates on which the whole day is closed, both ends included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Version:
    """Weekly hours in force from ``valid_from`` (included) to ``valid_to`` (excluded); None = without limit."""

    hours: tuple[Hours, ...]
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A working schedule with everything that decides whether an instant is open.

    ``removed`` schedules are never the default but still measure tickets that name them.
    """

    schedule_id: str
    name: str
    zone: str
    versions: tuple[Version, ...]
    holidays: tuple[Holiday, ...] = ()
    created_at: datetime | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleBook:
    """All schedules of one source as flat arrays for the kernel.

    Attributes
    ----------
    ids
        Schedule ids; their position is the number that the kernel uses.
    offset
        Shape (n + 1,): schedule ``k`` owns the intervals ``offset[k]:offset[k + 1]``.
    opens, closes, before
        Shape (m,): open intervals in epoch seconds, and the open seconds before each.
    day_offset, day_index, day_base
        For each schedule a table from day number to the last interval that opens at or before that day's start
        (epoch day ``day_base[k] + d``), so that a lookup is a step or two instead of a binary search.
    default
        Number of the default schedule, -1 without one.
    """

    ids: tuple[str, ...]
    schedules: tuple[Schedule, ...]
    offset: Ints
    opens: Ints
    closes: Ints
    before: Ints
    day_offset: Ints
    day_index: Ints
    day_base: Ints
    default: int
    number: dict[str, int] = field(default_factory=dict)


def book(schedules: Sequence[Schedule], first: datetime, last: datetime) -> ScheduleBook:
    """Lay out all schedules over ``first`` to ``last`` (both are widened by a week, so that edges never matter).

    The default schedule is the oldest that is not removed (``created_at``, then the smallest id).
    """
    start, end = first - timedelta(days=7), last + timedelta(days=7)
    opens: list[int] = []
    closes: list[int] = []
    before: list[int] = []
    offset, day_offset, day_index, day_base = [0], [0], [], []
    for schedule in schedules:
        intervals = open_intervals(schedule, start, end)
        total = 0
        starts = []
        for a, b in intervals:
            opens.append(a)
            closes.append(b)
            before.append(total)
            starts.append(a)
            total += b - a
        offset.append(len(opens))
        base = starts[0] // DAY if starts else 0
        days = (closes[-1] // DAY - base + 2) if starts else 0
        marks = (np.arange(days, dtype=np.int64) + base) * DAY
        day_index.extend((np.searchsorted(np.array(starts, np.int64), marks, side="right") - 1).tolist())
        day_offset.append(len(day_index))
        day_base.append(base)
    return ScheduleBook(
        ids=tuple(schedule.schedule_id for schedule in schedules),
        schedules=tuple(schedules),
        offset=_ints(offset),
        opens=_ints(opens),
        closes=_ints(closes),
        before=_ints(before),
        day_offset=_ints(day_offset),
        day_index=_ints(day_index),
        day_base=_ints(day_base),
        default=_default(schedules),
        number={schedule.schedule_id: k for k, schedule in enumerate(schedules)},
    )


def open_intervals(schedule: Schedule, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """Open stretches of a schedule between two instants, merged and sorted, in epoch seconds."""
    zone = ZoneInfo(schedule.zone)
    closed = _closed_dates(schedule.holidays, start.date(), end.date())
    low, high = int(start.timestamp()), int(end.timestamp())
    raw: list[tuple[int, int]] = []
    for version in schedule.versions:
        valid_from = low if version.valid_from is None else max(low, _epoch(version.valid_from))
        valid_to = high if version.valid_to is None else min(high, _epoch(version.valid_to))
        if valid_from < valid_to:
            raw.extend(_version_intervals(version, zone, closed, valid_from, valid_to))
    return _merged(raw)


def _version_intervals(
    version: Version, zone: ZoneInfo, closed: set[date], valid_from: int, valid_to: int
) -> Iterable[tuple[int, int]]:
    by_weekday: dict[int, list[Hours]] = {}
    for hours in version.hours:
        by_weekday.setdefault(hours.weekday, []).append(hours)
    day = datetime.fromtimestamp(valid_from, UTC).date() - timedelta(days=2)
    final = datetime.fromtimestamp(valid_to, UTC).date() + timedelta(days=2)
    while day <= final:
        if day not in closed:
            for hours in by_weekday.get(day.weekday(), ()):
                a = max(valid_from, local_instant(day, hours.start_min, zone))
                b = min(valid_to, local_instant(day, hours.end_min, zone))
                if a < b:
                    yield a, b
        day += timedelta(days=1)


def local_instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """Epoch second of a local wall-clock minute; minute 1440 is the next day's midnight."""
    wall = datetime.combine(day, time(0)) + timedelta(minutes=minute)
    return int(wall.replace(tzinfo=zone, fold=0).astimezone(UTC).timestamp())


def _closed_dates(holidays: Iterable[Holiday], first: date, last: date) -> set[date]:
    closed: set[date] = set()
    for holiday in holidays:
        day = max(holiday.first, first - timedelta(days=3))
        while day <= min(holiday.last, last + timedelta(days=3)):
            closed.add(day)
            day += timedelta(days=1)
    return closed


def _merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for a, b in sorted(intervals):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _default(schedules: Sequence[Schedule]) -> int:
    live = [k for k, schedule in enumerate(schedules) if not schedule.removed]
    return min(live, key=lambda k: _age(schedules[k]), default=-1)


def _age(schedule: Schedule) -> tuple[int, int, int, str]:
    created = _epoch(schedule.created_at) if schedule.created_at else _FOREVER
    numeric = schedule.schedule_id.isdigit()
    return created, 0 if numeric else 1, int(schedule.schedule_id) if numeric else 0, schedule.schedule_id


def hours_from_week_minutes(start: int, end: int) -> list[Hours]:
    """Minutes since Sunday 00:00 local, cut at each midnight, as ``Hours``.

    >>> hours_from_week_minutes(1980, 2460)
    [Hours(weekday=0, start_min=540, end_min=1020)]
    """
    cuts = [start, *range((start // 1440 + 1) * 1440, end, 1440), end] if start < end else []
    return [Hours((a // 1440 - 1) % 7, a % 1440, a % 1440 + b - a) for a, b in pairwise(cuts)]


def _epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)
