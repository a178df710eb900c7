"""Opening hours as helpdesks write them that know one span a day."""

from __future__ import annotations

from maitred.floor.world import Schedule


def day_spans(schedule: Schedule) -> dict[int, tuple[int, int]]:
    """First and last minute of each weekday (0 = Monday) that has hours; breaks between spans are not told."""
    found: dict[int, tuple[int, int]] = {}
    for span in schedule.spans:
        start, end = found.get(span.weekday, (span.start, span.end))
        found[span.weekday] = (min(start, span.start), max(end, span.end))
    return found


def days() -> tuple[str, ...]:
    """The weekdays from Monday on, in small letters."""
    return ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def clock_12(minute: int) -> str:
    """A minute of the day as ``8:00 am``; the midnight that ends a day as ``12:00 am``."""
    hour, rest = divmod(minute % 1440, 60)
    return f"{hour % 12 or 12}:{rest:02d} {'am' if hour < 12 else 'pm'}"


def clock_24(minute: int) -> str:
    """A minute of the day as ``08:00:00.000Z``; the midnight that ends a day as its beginning."""
    hour, rest = divmod(minute % 1440, 60)
    return f"{hour:02d}:{rest:02d}:00.000Z"
