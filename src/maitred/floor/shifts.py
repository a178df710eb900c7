"""Who is there and when: shifts of local time as UTC instants, with breaks, leave, sickness and planted gaps taken out.

Planned absence (leave), unplanned absence (sickness) and what a plant took are kept apart, so that shrinkage has a
truth. Sickness and the minutes by which breaks wander are drawn by the person's id and the date.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
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
Spans = tuple[Times, Times]
Pieces = list[tuple[int, int]]
_EMPTY: Final = np.zeros(0, np.int64)
_NONE: Final = np.zeros((4, 0), np.int64)


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
    columns = [
        _around_the_clock(calendar, agent)
        if agent.is_bot
        else _Roster(calendar, agent, gaps.get(agent.id, ())).events()
        for agent in world.agents
    ]
    made = np.zeros(sum(one.shape[1] for one in columns), PRESENCE)
    for name, values in zip(("time", "kind", "old", "value"), np.concatenate([_NONE, *columns], axis=1), strict=True):
        made[name] = values
    made["agent"] = np.repeat(np.arange(len(columns)), [one.shape[1] for one in columns])
    order = (made["time"] << 23) | ((made["kind"].astype(np.int64) - int(Kind.SHIFT_ON)) << 20) | made["agent"]
    return made[np.argsort(order, kind="stable")]


@dataclass(frozen=True, slots=True)
class Shifts:
    """Shifts of one person as planned, in order.

    Attributes
    ----------
    start, end
        Milliseconds from the origin.
    day
        Ordinal of the local date on which each begins.
    nth
        Number of the span in the person's week.
    """

    start: Times
    end: Times
    day: Times
    nth: Times

    def __len__(self) -> int:
        return len(self.start)

    def where(self, chosen: NDArray[np.bool_]) -> Shifts:
        return Shifts(self.start[chosen], self.end[chosen], self.day[chosen], self.nth[chosen])


def planned(world: World, agent: Agent) -> Shifts:
    """The shifts that somebody's contract and the holidays of their first group leave, before any absence."""
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
            self.known[zone, minute] = np.array([self.instant(zone, int(day), minute) for day in self.days], np.int64)
        return self.known[zone, minute]

    def instant(self, zone: str, day: int, minute: int) -> int:
        local = datetime.fromordinal(day) + timedelta(minutes=minute)
        return round((local.replace(tzinfo=ZoneInfo(zone)) - self.origin) / timedelta(milliseconds=1))

    def ms(self, instant: datetime) -> int:
        aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return round((aware - self.origin) / timedelta(milliseconds=1))

    def planned(self, agent: Agent) -> Shifts:
        """Shifts that touch the time of the world, in order."""
        works = self._works(agent)
        starts, ends, days, nths = [_EMPTY], [_EMPTY], [_EMPTY], [_EMPTY]
        for nth, span in enumerate(sorted(agent.shifts, key=lambda one: (one.weekday, one.start))):
            start, end = self.instants(agent.zone, span.start), self.instants(agent.zone, span.end)
            mine = works & (self.weekday == span.weekday) & (end > start) & (end > 0) & (start < self.end)
            starts.append(start[mine])
            ends.append(end[mine])
            days.append(self.days[mine])
            nths.append(np.full(len(starts[-1]), nth, np.int64))
        order = np.argsort(np.concatenate(starts), kind="stable")
        return Shifts(*(np.concatenate(part)[order] for part in (starts, ends, days, nths)))

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

    def __init__(self, calendar: _Calendar, agent: Agent, gaps: Sequence[Missing]) -> None:
        self.calendar, self.agent, self.gaps = calendar, agent, gaps
        self.shifts = calendar.planned(agent)
        self.seed, self.identity = np.uint64(calendar.world.seed), identity(agent.id)

    def events(self) -> Times:
        """Rows (time, kind, old, value) as columns."""
        away, sick = self._absent()
        here = self.shifts.where(~(away | sick))
        pieces, pauses = (here.start, here.end), self._breaks(here)
        lost: Spans = (_EMPTY, _EMPTY)
        if self.gaps:
            pieces, pauses, lost = self._gapped(here, pauses)
        left, sickened = self.shifts.where(away), self.shifts.where(sick)
        limit = self.calendar.end
        return np.concatenate(
            [
                *_turns(_joined(pieces), limit, Kind.SHIFT_ON, Kind.SHIFT_OFF),
                *_turns(_joined(pauses), limit, Kind.BREAK_ON, Kind.BREAK_OFF),
                _losses((sickened.start, sickened.end), limit, SICK),
                _losses((left.start, left.end), limit, AWAY),
                _losses(lost, limit, TAKEN),
            ],
            axis=1,
        )

    def _absent(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which shifts fall to leave and to sickness; who is on leave is not sick as well."""
        away = self.calendar.inside(self.agent.leave)[self.shifts.day - self.calendar.days[0]]
        lots = _lots(self.seed, int(Purpose.ABSENCE), self.identity, self.shifts.day)
        return away, (lots < self.agent.absence) & ~away

    def _breaks(self, shifts: Shifts) -> Spans:
        """Breaks of shifts, each a little earlier or later than planned, but inside."""
        starts, ends = [_EMPTY], [_EMPTY]
        for number, (after, minutes) in enumerate(self.agent.breaks):
            which = shifts.day * 1024 + shifts.nth * 16 + number
            lots = _lots(self.seed, int(Purpose.BREAK_JITTER), self.identity, which)
            wanders = np.rint((2 * lots - 1) * BREAK_WANDERS).astype(np.int64)
            start = np.maximum(shifts.start + (after + wanders) * MINUTE, shifts.start + MINUTE)
            end = np.minimum(start + minutes * MINUTE, shifts.end - MINUTE)
            starts.append(start[start < end])
            ends.append(end[start < end])
        return np.concatenate(starts), np.concatenate(ends)

    def _gapped(self, shifts: Shifts, pauses: Spans) -> tuple[Spans, Spans, Spans]:
        """Shifts and breaks without the planted gaps, and what these took."""
        pieces: Pieces = []
        lost: Pieces = []
        windows = [window for gap in self.gaps for window in self._windows(gap)]
        for start, end in zip(shifts.start.tolist(), shifts.end.tolist(), strict=True):
            kept = [(start, end)]
            for window in windows:
                if window[0] < end and window[1] > start:
                    lost += _common([window], kept)
                    kept = _without(kept, window)
            pieces += kept
        rests = [(first, last) for first, last in zip(pauses[0].tolist(), pauses[1].tolist(), strict=True)]
        for window in windows:
            rests = _without(rests, window)
        return _columns(pieces), _columns(rests), _joined(_columns(lost))

    def _windows(self, gap: Missing) -> Pieces:
        """The parts of a gap, local day by local day."""
        calendar, zone = self.calendar, self.agent.zone
        start = np.maximum(calendar.ms(gap.start), calendar.instants(zone, gap.hours[0]))
        end = np.minimum(calendar.ms(gap.end), calendar.instants(zone, gap.hours[1]))
        mine = (start < end) & np.isin(calendar.weekday, gap.weekdays)
        return list(zip(start[mine].tolist(), end[mine].tolist(), strict=True))


def _turns(spans: Spans, limit: int, on: Kind, off: Kind) -> tuple[Times, Times]:
    """Begin and end of spans that touch the time from 0 to a limit."""
    inside = (spans[1] > 0) & (spans[0] < limit)
    start, end = np.maximum(0, spans[0][inside]), spans[1][inside]
    none = np.zeros_like(start)
    return np.stack([start, none + int(on), none, none]), np.stack([end, none + int(off), none, none])


def _losses(spans: Spans, limit: int, why: int) -> Times:
    inside = (spans[1] > 0) & (spans[0] < limit)
    start, end = np.maximum(0, spans[0][inside]), spans[1][inside]
    none = np.zeros_like(start)
    return np.stack([start, none + int(Kind.ABSENT), none + why, (end - start) // MINUTE])


def _around_the_clock(calendar: _Calendar, agent: Agent) -> Times:
    """A bot's one shift, from its first day to its last."""
    start, end = 0, calendar.end
    if agent.hired is not None:
        start = max(start, calendar.instant(agent.zone, agent.hired.toordinal(), 0))
    if agent.left is not None:
        end = min(end, calendar.instant(agent.zone, agent.left.toordinal(), 0))
    served = _columns([(start, end)] if start < end else [])
    return np.concatenate(_turns(served, calendar.end, Kind.SHIFT_ON, Kind.SHIFT_OFF), axis=1)


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


def _joined(spans: Spans) -> Spans:
    """Spans that touch or overlap as one, in order."""
    if not len(spans[0]):
        return spans
    order = np.argsort(spans[0], kind="stable")
    start, end = spans[0][order], np.maximum.accumulate(spans[1][order])
    apart = start[1:] > end[:-1]
    return start[np.concatenate([[True], apart])], end[np.concatenate([apart, [True]])]


def _columns(pieces: Pieces) -> Spans:
    made = np.array(pieces, np.int64).reshape(-1, 2)
    return made[:, 0], made[:, 1]


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
