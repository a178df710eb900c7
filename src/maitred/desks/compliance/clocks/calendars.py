"""Which days are open: versions of a calendar, each in force from a day on; a day is judged by the one valid then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

DAY = timedelta(days=1)
FARTHEST = 366
"""Days in a row that may be closed; beyond that a calendar is broken and a day counts as open."""


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A calendar as it is from ``valid_from`` on. ``closed`` and ``opened`` are days that differ from the week's rule.

    ``weekend`` are weekdays, Monday 0. ``closes_on`` gives the hour of days that close early.
    """

    valid_from: date
    weekend: frozenset[int] = frozenset({5, 6})
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(17)
    closes_on: Mapping[date, time] = field(default_factory=dict)

    def is_open(self, day: date) -> bool:
        """Whether a day is one on which people work."""
        if day in self.opened:
            return True
        return day.weekday() not in self.weekend and day not in self.closed


@dataclass(frozen=True, slots=True)
class Calendar:
    """Versions by the day from which they hold; days before the first are judged by the first."""

    id: str
    versions: tuple[CalendarVersion, ...]

    def on(self, day: date) -> CalendarVersion:
        """The version that is valid on a day."""
        for one in reversed(self.versions):
            if one.valid_from <= day:
                return one
        return self.versions[0]

    def is_open(self, day: date) -> bool:
        """Whether a day is open by the version valid on that day."""
        return self.on(day).is_open(day)

    def hours(self, day: date) -> tuple[time, time]:
        """When a day opens and closes."""
        found = self.on(day)
        return found.opens, found.closes_on.get(day, found.closes)

    def next_open(self, day: date) -> date:
        """The first open day after a day."""
        for ahead in range(1, FARTHEST + 1):
            if self.is_open(day + ahead * DAY):
                return day + ahead * DAY
        return day + DAY

    def last_open(self, day: date, first: date) -> date | None:
        """The last open day up to a day and not before ``first``; None where there is none."""
        while day >= first:
            if self.is_open(day):
                return day
            day -= DAY
        return None

    def forward(self, day: date, n: int) -> date:
        """The n-th open day after a day."""
        for _ in range(n):
            day = self.next_open(day)
        return day

    def backward(self, day: date, n: int) -> date:
        """The n-th open day before a day."""
        for _ in range(n):
            day = next((day - back * DAY for back in range(1, FARTHEST + 1) if self.is_open(day - back * DAY)),
                       day - DAY)  # fmt: skip
        return day

    def open_between(self, after: date, until: date) -> int:
        """How many open days there are after one day, up to and with another."""
        return sum(self.is_open(after + one * DAY) for one in range(1, (until - after).days + 1))

    def in_hours(self, local: datetime) -> bool:
        """Whether a local instant lies within the hours of an open day."""
        opens, closes = self.hours(local.date())
        return self.is_open(local.date()) and opens <= local.time().replace(tzinfo=None) < closes
