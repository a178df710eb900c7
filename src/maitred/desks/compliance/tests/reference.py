"""A second way of counting, day by day and second by second from the words of the rules, without code of the clocks.

Slow on purpose: it walks over days one at a time and asks each whether it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ONE = timedelta(days=1)
Open = Callable[[date], bool]


def due(
    at: datetime, n: int, unit: str, zone: ZoneInfo, is_open: Open, close: Callable[[date], tuple[int, int]],
    day_zero: str, ends: str, closed: str, out_of_hours: str = "same_day", opens: tuple[int, int] = (9, 0),
) -> datetime:  # fmt: skip
    """The last instant in time, found by walking."""
    if out_of_hours == "next_business_day":
        at = _opening(at, zone, is_open, close, opens)
    if unit == "minutes":
        return at + timedelta(seconds=60 * n)
    if unit == "hours":
        return at + timedelta(seconds=3600 * n)
    local = at.astimezone(zone)
    receipt = date(local.year, local.month, local.day)
    last = _walk(receipt, n, unit, day_zero, is_open)
    if closed == "earlier" and not is_open(last):
        day, found = receipt, None
        while day <= last:
            if is_open(day):
                found = day
            day += ONE
        last = found if found is not None else _after(last, is_open)
    elif closed == "next_working_day" and not is_open(last):
        last = _after(last, is_open)
    while True:
        moment = _moment(last, ends, local, zone, close)
        if moment >= at:
            return moment
        last = last + ONE if closed == "same" else _after(last, is_open)


def _walk(receipt: date, n: int, unit: str, day_zero: str, is_open: Open) -> date:
    if unit == "business_days":
        left, day = n, receipt
        if day_zero == "included" and is_open(day):
            left -= 1
        while left:
            day += ONE
            if is_open(day):
                left -= 1
        return day
    if unit == "months":
        month, year = receipt.month, receipt.year
        for _ in range(n):
            month += 1
            if month == 13:
                month, year = 1, year + 1
        number = receipt.day
        while True:
            try:
                day = date(year, month, number)
                break
            except ValueError:
                number -= 1
    else:
        day = receipt
        for _ in range(n * (7 if unit == "weeks" else 1)):
            day += ONE
    return day - ONE if day_zero == "included" else day


def _after(day: date, is_open: Open) -> date:
    day += ONE
    while not is_open(day):
        day += ONE
    return day


def _moment(
    day: date, ends: str, local: datetime, zone: ZoneInfo, close: Callable[[date], tuple[int, int]]
) -> datetime:
    if ends == "end_of_day":
        return _last_second(day, zone)
    hour, minute = close(day) if ends == "close_of_business" else (local.hour, local.minute)
    second, micro = (0, 0) if ends == "close_of_business" else (local.second, local.microsecond)
    found = datetime(day.year, day.month, day.day, hour, minute, second, micro, tzinfo=zone)
    return found.astimezone(UTC)


def _last_second(day: date, zone: ZoneInfo) -> datetime:
    """The last UTC second that a clock on the wall calls this day, by trying; from noon on forward."""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=zone).astimezone(UTC)
    step = 3600 * 8
    while step:
        while (moment + timedelta(seconds=step)).astimezone(zone).date() <= day:
            moment += timedelta(seconds=step)
        step //= 2
    return moment


def _opening(
    at: datetime, zone: ZoneInfo, is_open: Open, close: Callable[[date], tuple[int, int]], opens: tuple[int, int]
) -> datetime:  # fmt: skip
    local = at.astimezone(zone)
    day = local.date()
    clock = (local.hour, local.minute, local.second, local.microsecond)
    if is_open(day) and clock < (*close(day), 0, 0):
        if clock >= (*opens, 0, 0):
            return at
    else:
        day = _after(day, is_open)
    return datetime(day.year, day.month, day.day, *opens, tzinfo=zone).astimezone(UTC)
