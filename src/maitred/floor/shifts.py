"""Who is there and when: shifts of local time as UTC instants, with breaks, leave, sickness and planted gaps taken out.

Planned absence (leave), unplanned absence (sickness) and what a plant took are kept apart, so that shrinkage has a
truth. Sickness and the minutes by which breaks wander are drawn by the person's id and the date.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numba as nb
import numpy as np
from numpy.typing import NDArray

from maitred.floor.logbook import Kind
from maitred.floor.streams import Purpose, uniform
from maitred.floor.world import Agent, Missing, World

PRESENCE: Final = np.dtype(
    [
        ("time", "i8"),  # ms from the origin
        ("agent", "i4"),
        ("old", "i4"),  # ABSENT: SICK, AWAY or TAKEN
        ("value", "i4"),  # ABSENT: minutes of the shift lost
        ("kind", "i2"),  # SHIFT_ON … ABSENT of logbook.Kind
    ]
)
SICK, AWAY, TAKEN = 0, 1, 2
BREAK_WANDERS: Final = 15
"""Minutes by which a break begins earlier or later at most."""
BEYOND: Final = 4
"""Days after the world's end for which shifts are still told: whoever lays work aside must know when they are back."""
MINUTE, DAY = 60_000, 86_400_000

Times = NDArray[np.int64]
Pieces = list[tuple[int, int]]


def presence(world: World) -> NDArray[np.void]:
    """Shifts, breaks and absences of everybody in a planted world.

    Returns
    -------
    NDArray
        ``PRESENCE``, sorted by (time, kind, agent), from the origin to ``BEYOND`` days after the end. A shift that runs
        at the origin begins there. Shifts that touch are one, so somebody on duty at midnight does not leave; bots
        begin once and stay. ``ABSENT`` stands at the beginning of what is lost.
    """
    calendar = _Calendar(world)
    gaps = _gaps(world)
    rows: list[tuple[int, int, int, int, int]] = []
    for place, agent in enumerate(world.agents):
        if agent.is_bot:
            rows += _around_the_clock(calendar, place, agent)
        else:
            rows += _Roster(calendar, place, agent, gaps.get(agent.id, [])).rows()
    made = np.array(rows, PRESENCE)
    return made[np.lexsort((made["agent"], made["kind"], made["time"]))]


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift as planned, in ms from the origin; ``day`` is its local date's ordinal, ``nth`` its number that day."""

    start: int
    end: int
    day: int
    nth: int


def planned(world: World, agent: Agent) -> list[Shift]:
    """The shifts that somebody's contract and their group's holidays leave, before any absence."""
    return _Calendar(world).planned(agent)


class _Calendar:
    """The local days of a world and where their minutes are in UTC; looked up once for each zone and minute."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.origin = datetime.combine(world.start - timedelta(days=world.warmup), datetime.min.time(), UTC)
        self.end = (world.warmup + world.days + BEYOND) * DAY
        first = self.origin.date().toordinal() - 2
        self.days = np.arange(first, first + world.warmup + world.days + BEYOND + 4)
        self.weekday = (self.days - 1) % 7
        self.known: dict[tuple[str, int], Times] = {}
        schedules = {one.name: one for one in world.schedules}
        self.closed: dict[str, NDArray[np.bool_]] = {}
        for group in world.groups:
            holidays = schedules[group.schedule].holidays if group.schedule in schedules else ()
            self.closed[group.name] = self.inside((one.first, one.last) for one in holidays)

    def inside(self, spans: Iterable[tuple[date, date]]) -> NDArray[np.bool_]:
        """Which days lie in one of some spans of dates, both ends included."""
        found = np.zeros(len(self.days), np.bool_)
        for first, last in spans:
            found |= (self.days >= first.toordinal()) & (self.days <= last.toordinal())
        return found

    def instants(self, zone: str, minute: int) -> Times:
        """A minute of each local day, in ms from the origin."""
        if (zone, minute) not in self.known:
            self.known[zone, minute] = np.array([self._instant(zone, int(day), minute) for day in self.days], np.int64)
        return self.known[zone, minute]

    def _instant(self, zone: str, day: int, minute: int) -> int:
        local = datetime.fromordinal(day) + timedelta(minutes=minute)
        return round((local.replace(tzinfo=ZoneInfo(zone)) - self.origin) / timedelta(milliseconds=1))

    def ms(self, instant: datetime) -> int:
        aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return round((aware - self.origin) / timedelta(milliseconds=1))

    def planned(self, agent: Agent) -> list[Shift]:
        """Shifts that touch the time of the world, in order."""
        works = self._works(agent)
        found: list[Shift] = []
        for nth, span in enumerate(sorted(agent.shifts, key=lambda one: (one.weekday, one.start))):
            starts, ends = self.instants(agent.zone, span.start), self.instants(agent.zone, span.end)
            mine = np.flatnonzero(
                works & (self.weekday == span.weekday) & (ends > starts) & (ends > 0) & (starts < self.end)
            )
            found += [Shift(int(starts[at]), int(ends[at]), int(self.days[at]), nth) for at in mine]
        return sorted(found, key=lambda one: one.start)

    def _works(self, agent: Agent) -> NDArray[np.bool_]:
        """Days of somebody's employment on which their first group is open; the day of ``left`` is no longer one."""
        works = np.ones(len(self.days), np.bool_)
        if agent.hired is not None:
            works &= self.days >= agent.hired.toordinal()
        if agent.left is not None:
            works &= self.days < agent.left.toordinal()
        if agent.groups:
            works &= ~self.closed[agent.groups[0]]
        return works


class _Roster:
    """One person's shifts with what is taken out of them."""

    def __init__(self, calendar: _Calendar, place: int, agent: Agent, gaps: Sequence[Missing]) -> None:
        self.calendar, self.place, self.agent, self.gaps = calendar, place, agent, gaps
        self.shifts = calendar.planned(agent)
        self.seed, self.identity = np.uint64(calendar.world.seed), identity(agent.id)
        self.absent: list[tuple[int, int, int, int, int]] = []

    def rows(self) -> list[tuple[int, int, int, int, int]]:
        pieces: Pieces = []
        pauses: Pieces = []
        for shift in self._attended():
            parts = self._kept(shift)
            pieces += parts
            pauses += _common(self._breaks(shift), parts)
        limit = self.calendar.end
        made = self.absent
        for kinds, spans in (((Kind.SHIFT_ON, Kind.SHIFT_OFF), _joined(pieces)), (_BREAK, _joined(pauses))):
            for start, end in spans:
                if end > 0 and start < limit:
                    made.append((max(0, start), self.place, 0, 0, int(kinds[0])))
                    made.append((end, self.place, 0, 0, int(kinds[1])))
        return made

    def _attended(self) -> Iterator[Shift]:
        """Shifts without leave and sickness; who is on leave is not sick as well."""
        days = np.array([shift.day for shift in self.shifts], np.int64)
        away = {int(day) for day in self.calendar.days[self.calendar.inside(self.agent.leave)]}
        lots = _lots(self.seed, int(Purpose.ABSENCE), self.identity, days)
        for shift, lot in zip(self.shifts, lots, strict=True):
            if shift.day in away:
                self._lose(shift.start, shift.end, AWAY)
            elif lot < self.agent.absence:
                self._lose(shift.start, shift.end, SICK)
            else:
                yield shift

    def _lose(self, start: int, end: int, why: int) -> None:
        if end > 0 and start < self.calendar.end:
            self.absent.append((max(0, start), self.place, why, (end - max(0, start)) // MINUTE, int(Kind.ABSENT)))

    def _kept(self, shift: Shift) -> Pieces:
        """What planted gaps leave of a shift."""
        pieces = [(shift.start, shift.end)]
        lost: Pieces = []
        for gap in self.gaps:
            for window in self._windows(gap, shift):
                lost += _common([window], pieces)
                pieces = _without(pieces, window)
        for start, end in _joined(lost):
            self._lose(start, end, TAKEN)
        return pieces

    def _windows(self, gap: Missing, shift: Shift) -> Pieces:
        """The part of a gap that lies on the local day of a shift."""
        at = shift.day - int(self.calendar.days[0])
        if (shift.day - 1) % 7 not in gap.weekdays:
            return []
        start = max(self.calendar.ms(gap.start), int(self.calendar.instants(self.agent.zone, gap.hours[0])[at]))
        end = min(self.calendar.ms(gap.end), int(self.calendar.instants(self.agent.zone, gap.hours[1])[at]))
        return [(start, end)] if start < end else []

    def _breaks(self, shift: Shift) -> Pieces:
        """Breaks of a shift, each a little earlier or later than planned, but inside."""
        found = []
        for number, (after, minutes) in enumerate(self.agent.breaks):
            lot: Any = uniform(
                self.seed, int(Purpose.BREAK_JITTER), self.identity, shift.day * 64 + shift.nth * 8 + number
            )
            start = shift.start + after * MINUTE + round((2 * lot - 1) * BREAK_WANDERS) * MINUTE
            start = max(start, shift.start + MINUTE)
            end = min(start + minutes * MINUTE, shift.end - MINUTE)
            if start < end:
                found.append((start, end))
        return found


_BREAK = (Kind.BREAK_ON, Kind.BREAK_OFF)


def _around_the_clock(calendar: _Calendar, place: int, agent: Agent) -> list[tuple[int, int, int, int, int]]:
    """A bot's one shift, from its first day to its last."""
    start, end = 0, calendar.end
    if agent.hired is not None:
        start = max(0, calendar._instant(agent.zone, agent.hired.toordinal(), 0))
    if agent.left is not None:
        end = min(end, calendar._instant(agent.zone, agent.left.toordinal(), 0))
    if start >= end:
        return []
    return [(start, place, 0, 0, int(Kind.SHIFT_ON)), (end, place, 0, 0, int(Kind.SHIFT_OFF))]


def _gaps(world: World) -> dict[str, list[Missing]]:
    """The planted gaps of each person."""
    found: dict[str, list[Missing]] = defaultdict(list)
    for plant in world.plants:
        for gap in plant.missing(world):
            for id in gap.agents:
                found[id].append(gap)
    return found


def identity(id: str) -> int:
    """63 bits that stand for a person in draws."""
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:8], "big") >> 1


@nb.njit(cache=True)
def _lots(seed: np.uint64, purpose: int, who: int, days: Times) -> NDArray[np.float64]:
    drawn = np.empty(len(days))
    for place in range(len(days)):
        drawn[place] = uniform(seed, purpose, who, days[place])
    return drawn


def _joined(pieces: Pieces) -> Pieces:
    """Pieces that touch or overlap as one, in order."""
    found: Pieces = []
    for start, end in sorted(pieces):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _common(ones: Pieces, others: Pieces) -> Pieces:
    """What is in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in ones for c, d in others)
    return [(start, end) for start, end in pairs if start < end]


def _without(pieces: Pieces, window: tuple[int, int]) -> Pieces:
    """Pieces with a window cut out."""
    found: Pieces = []
    for start, end in pieces:
        before, after = (start, min(end, window[0])), (max(start, window[1]), end)
        found += [part for part in (before, after) if part[0] < part[1]]
    return found
