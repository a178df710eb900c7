"""Business time for the slow reference: walk the local dates, turn each interval boundary into UTC, add up overlaps.

Instants are whole seconds since 1970 (UTC). Nothing here is shared with the engine that it checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FOREVER = 1 << 50
DAY_SECONDS = 86_400

RAILS_ZONES = {
    "Eastern Time (US & Canada)": "America/New_York",
    "Central Time (US & Canada)": "America/Chicago",
    "Mountain Time (US & Canada)": "America/Denver",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Atlantic Time (Canada)": "America/Halifax",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "Santiago": "America/Santiago",
    "Azores": "Atlantic/Azores",
    "London": "Europe/London",
    "Dublin": "Europe/Dublin",
    "Lisbon": "Europe/Lisbon",
    "UTC": "Etc/UTC",
    "Berlin": "Europe/Berlin",
    "Paris": "Europe/Paris",
    "Chennai": "Asia/Kolkata",
    "Kolkata": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "New Delhi": "Asia/Kolkata",
    "Kathmandu": "Asia/Kathmandu",
    "Tokyo": "Asia/Tokyo",
    "Adelaide": "Australia/Adelaide",
    "Sydney": "Australia/Sydney",
    "Auckland": "Pacific/Auckland",
    "Chatham Is.": "Pacific/Chatham",
    "Samoa": "Pacific/Apia",
}


def zone_of(name: str) -> ZoneInfo:
    """The zone behind a Rails or IANA name."""
    return ZoneInfo(RAILS_ZONES.get(name, name))


@dataclass(frozen=True, slots=True)
class Week:
    """Opening hours of one version: minutes of the local day per weekday (0 = Sunday), and when the version holds."""

    hours: tuple[tuple[tuple[int, int], ...], ...]
    valid_from: int
    valid_to: int


@dataclass(slots=True)
class Schedule:
    """One schedule: zone, its versions in order, its closed local dates (inclusive pairs)."""

    id: int
    zone: ZoneInfo
    weeks: list[Week]
    holidays: list[tuple[date, date]]
    _days: dict[date, list[tuple[int, int]]] = field(default_factory=dict)

    def instant(self, day: date, minute: int) -> int:
        """The UTC instant of a local minute: a gap moves forward, a doubled time is the first one."""
        local = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
        return int(local.replace(tzinfo=self.zone, fold=0).astimezone(UTC).timestamp())

    def open_on(self, day: date) -> list[tuple[int, int]]:
        """The UTC intervals that belong to one local date."""
        if day not in self._days:
            self._days[day] = self._work_out(day)
        return self._days[day]

    def _work_out(self, day: date) -> list[tuple[int, int]]:
        if any(first <= day <= last for first, last in self.holidays):
            return []
        weekday = day.isoweekday() % 7
        found = []
        for week in self.weeks:
            for start, end in merged(week.hours[weekday]):
                a = max(self.instant(day, start), week.valid_from)
                b = min(self.instant(day, end), week.valid_to)
                if a < b:
                    found.append((a, b))
        return found


def merged(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join overlapping and touching intervals."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def local_dates(a: int, b: int) -> Iterator[date]:
    """Every date that can have local time between two instants, in any zone."""
    day = datetime.fromtimestamp(a, UTC).date() - timedelta(days=2)
    last = datetime.fromtimestamp(b, UTC).date() + timedelta(days=2)
    while day <= last:
        yield day
        day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time measured by one clock: wall time, one schedule, or (``closed``) no schedule in force."""

    start: int
    end: int
    schedule: Schedule | None
    closed: bool = False

    def open_parts(self) -> list[tuple[int, int]]:
        """The parts of the stretch that count."""
        if self.end <= self.start or self.closed:
            return []
        if self.schedule is None:
            return [(self.start, self.end)]
        day_parts = [part for day in local_dates(self.start, self.end) for part in self.schedule.open_on(day)]
        clipped = [(max(a, self.start), min(b, self.end)) for a, b in merged(day_parts)]
        return [(a, b) for a, b in clipped if a < b]


def seconds_in(pieces: Sequence[Piece], until: int = FOREVER) -> int:
    """Counted seconds of the pieces up to an instant."""
    return sum(max(0, min(b, until) - a) for piece in pieces for a, b in piece.open_parts())


def reached_at(pieces: Sequence[Piece], start: int, target: int) -> int:
    """The first instant at which the counted seconds of the pieces reach the target."""
    left = target
    if left <= 0:
        return start
    for piece in pieces:
        for a, b in piece.open_parts():
            if b - a >= left:
                return a + left
            left -= b - a
    raise ValueError("the target is never reached")
