"""The local days of an organisation, which of them are off, and business time on its schedules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from maitred.insight.evidence.cutting import no_spans, rows
from maitred.insight.evidence.tables import NEVER, Days, Ints, Names, Schedules, Spans
from maitred.metrics.clocks.schedules import local_instant

MINUTES = 24 * 60
WEEK = 7 * 86_400


def days_of(zone: str, first_at: int, as_of: int, schedules: Schedules) -> Days:
    """Local days from that of ``first_at`` to that of ``as_of``, both included; at least one.

    Parameters
    ----------
    zone
        IANA name of the time zone.
    first_at, as_of
        Seconds UTC.
    schedules
        The default one says which days are off: its holidays, and weekdays without opening minutes.

    Examples
    --------
    >>> days_of("Europe/Berlin", 1735686000, 1735772400, no_schedules()).starts.tolist()
    [1735686000, 1735772400]
    """
    local = ZoneInfo(zone)
    first = _local_day(first_at, local)
    last = max(first, _local_day(as_of, local))
    dates = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    starts = [int(datetime.combine(day, time(), local).timestamp()) for day in dates]
    return Days(zone, first, np.array(starts, dtype=np.int64), np.array(_off(dates, schedules), dtype=np.bool_))


def no_schedules() -> Schedules:
    """Business hours where none are known: no schedule, ``default`` -1."""
    return Schedules(Names((), (), ()), (), (), (), -1, no_spans())


def _local_day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).date()


def _off(dates: Sequence[date], schedules: Schedules) -> list[bool]:
    if schedules.default < 0:
        return [False] * len(dates)
    open_on = {
        weekday
        for start, end in schedules.weeks[schedules.default]
        for weekday in range(start // MINUTES, (end - 1) // MINUTES + 1)
    }
    holidays = schedules.holidays[schedules.default]
    return [day in holidays or (bool(open_on) and day.weekday() not in open_on) for day in dates]


@dataclass(frozen=True, slots=True)
class Clock:
    """Business time: open stretches of every schedule, and which schedule each ticket runs on when."""

    opens: tuple[Ints, ...]
    closes: tuple[Ints, ...]
    before: tuple[Ints, ...]
    of_ticket: Spans
    """By ticket, then by ``from_at``."""

    def until(self, schedule: int, at: Ints) -> Ints:
        """Open seconds of a schedule before instants; without a schedule no second counts."""
        if schedule < 0 or not len(self.opens[schedule]):
            return np.zeros(len(at), dtype=np.int64)
        opens, closes, before = self.opens[schedule], self.closes[schedule], self.before[schedule]
        last = np.searchsorted(opens, at, side="right") - 1
        inside = np.maximum(last, 0)
        found = before[inside] + np.minimum(at, closes[inside]) - opens[inside]
        return np.where(last < 0, 0, found).astype(np.int64)

    def reached(self, schedule: int, since: Ints, seconds: Ints) -> Ints:
        """When a schedule has been open for so long since an instant; ``NEVER`` beyond its horizon."""
        if schedule < 0 or not len(self.opens[schedule]):
            return np.full(len(since), NEVER, dtype=np.int64)
        opens, closes, before = self.opens[schedule], self.closes[schedule], self.before[schedule]
        wanted = self.until(schedule, since) + seconds
        place = np.searchsorted(before + closes - opens, wanted, side="left")
        inside = np.minimum(place, len(opens) - 1)
        return np.where(place == len(opens), NEVER, opens[inside] + wanted - before[inside]).astype(np.int64)

    def elapsed(self, ticket: Ints, since: Ints, at: Ints) -> Ints:
        """Business seconds of tickets between two instants, each part on the schedule in force then."""
        first = np.searchsorted(self.of_ticket.ticket, ticket, side="left")
        count = np.searchsorted(self.of_ticket.ticket, ticket, side="right") - first
        row = np.repeat(np.arange(len(ticket)), count)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        span = np.repeat(first, count) + nth
        start = np.where(nth == 0, since[row], np.maximum(since[row], self.of_ticket.from_at[span]))
        end = np.minimum(at[row], self.of_ticket.to_at[span])
        found = np.zeros(len(ticket), dtype=np.int64)
        for schedule in range(len(self.opens)):
            mine = (self.of_ticket.value[span] == schedule) & (end > start)
            spent = self.until(schedule, end[mine]) - self.until(schedule, start[mine])
            found += np.bincount(row[mine], spent, minlength=len(ticket)).astype(np.int64)
        return found


def clock_of(schedules: Schedules, first_at: int, until: int) -> Clock:
    """Business time of every schedule between two instants (widened by a week)."""
    laid = [
        _open_stretches(
            schedules.zones[place], schedules.weeks[place], schedules.holidays[place], first_at - WEEK, until + WEEK
        )
        for place in range(len(schedules.names))
    ]
    order = np.lexsort((schedules.of_ticket.from_at, schedules.of_ticket.ticket))
    return Clock(
        tuple(opens for opens, _ in laid),
        tuple(closes for _, closes in laid),
        tuple(np.cumsum(closes - opens) - (closes - opens) for opens, closes in laid),
        rows(schedules.of_ticket, order),
    )


def _open_stretches(
    zone: str, week: Sequence[tuple[int, int]], holidays: frozenset[date], first_at: int, until: int
) -> tuple[Ints, Ints]:
    local = ZoneInfo(zone)
    day, last = _local_day(first_at, local), _local_day(until, local)
    found: list[tuple[int, int]] = []
    while day <= last:
        if day not in holidays:
            base = day.weekday() * MINUTES
            for start, end in week:
                opens, closes = max(start, base), min(end, base + MINUTES)
                if opens < closes:
                    found.append((local_instant(day, opens - base, local), local_instant(day, closes - base, local)))
        day += timedelta(days=1)
    joined: list[list[int]] = []
    for opens, closes in sorted(found):
        if joined and opens <= joined[-1][1]:
            joined[-1][1] = max(closes, joined[-1][1])
        elif opens < closes:
            joined.append([opens, closes])
    table = np.array(joined, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
