"""When a schedule is open, as intervals on the engine's clock: local days are settled before the loop begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from maitred.floor.world import Schedule


@lru_cache(maxsize=64)
def open_intervals(schedule: Schedule, origin: datetime, length: int) -> tuple[tuple[int, int, int], ...]:
    """Open intervals of a schedule in ms from the origin, with the open time before each."""
    zone = ZoneInfo(schedule.zone)
    day = (origin - timedelta(days=2)).date()
    last = (origin + timedelta(milliseconds=length, days=2)).date()
    found: list[tuple[int, int]] = []
    while day <= last:
        if not any(holiday.first <= day <= holiday.last for holiday in schedule.holidays):
            found += [
                (_instant(day, span.start, zone, origin), _instant(day, span.end, zone, origin))
                for span in schedule.spans
                if span.weekday == day.weekday()
            ]
        day += timedelta(days=1)
    made: list[tuple[int, int, int]] = []
    before = 0
    for start, end in sorted(found):
        if end > start:
            made.append((start, end, before))
            before += end - start
    return tuple(made)


def _instant(day: date, minutes: int, zone: ZoneInfo, origin: datetime) -> int:
    local = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return round((local.replace(tzinfo=zone).astimezone(UTC) - origin) / timedelta(milliseconds=1))
