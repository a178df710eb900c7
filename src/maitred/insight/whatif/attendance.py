"""Who was there when, read from what they did: sessions, the usual week of each person, breaks, absence.

For the fit and for replays. A session is a run of a person's actions with no pause of five hours. Where sessions of
one weekday begin (or end) alike, the usual edge is taken; where not, the first action or, for one that ends work on a
ticket, a typical handling time before it. Times of day are minutes of the person's own local day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from maitred.floor.world import Span
from maitred.insight.whatif.volume import offsets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MINUTE = 60_000
DAY = 86_400_000
_PAUSE = 5 * 3_600_000
_STEP = 15
_NEAR = 75
"""Minutes within which a session's edge counts as the usual one."""
_BIN = 5
_QUIET, _BELOW = 0.45, 0.93
"""Of the usual rate of beginning something: below the first a break is found, up to the second it reaches."""
_WANDER, _LONGEST = 8, 24
"""Bins by which a dip may reach back, and that a break may last."""
_AROUND = 25
"""Minutes around the usual break in which the one of a day is looked for."""
_FEWEST = 12
"""Sessions below which nobody has a usual week."""


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of presence, epoch ms; ``breaks`` are (from, to) inside it."""

    agent: int
    on: int
    off: int
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Usual:
    """A person's usual week: ``spans`` of local time, breaks as (minutes after the start, minutes long), absence."""

    spans: tuple[Span, ...]
    breaks: tuple[tuple[int, int], ...]
    absence: float
    shifts: int
    """Shifts that the usual week would have had: the n of ``absence``."""
    last: int
    """Day number (epoch days, local) of the last session."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Presence of everybody: what it was, and what is usual."""

    sessions: tuple[Session, ...]
    usual: tuple[Usual | None, ...]


def attendance(
    time: Ints,
    agent: Ints,
    begun: Ints,
    zones: Sequence[str],
    first: date,
    last: date,
    closed: Sequence[date] = (),
) -> Attendance:
    """Read presence from actions.

    Parameters
    ----------
    time, agent
        When somebody did something, epoch ms, and who; shape (n,), by time.
    begun
        For each action the instant from which the person must have been there (the same instant for taking a ticket,
        earlier for an action that ends work).
    zones
        Time zone of each person.
    first, last
        Window of the usual week, both inclusive; sessions outside are still returned.
    closed
        Days on which nobody is expected.
    """
    sessions: list[Session] = []
    usual: list[Usual | None] = []
    for k, zone in enumerate(zones):
        mine = agent == k
        found, week = _person(k, time[mine], begun[mine], zone, first, last, closed)
        sessions += found
        usual.append(week)
    return Attendance(tuple(sorted(sessions, key=lambda one: (one.on, one.agent))), tuple(usual))


def _person(
    agent: int, time: Ints, begun: Ints, zone: str, first: date, last: date, closed: Sequence[date]
) -> tuple[list[Session], Usual | None]:
    if not len(time):
        return [], None
    cuts = np.flatnonzero(np.diff(time) > _PAUSE) + 1
    starts, ends = np.r_[0, cuts], np.r_[cuts, len(time)]
    # the first action of a session may end work that began before it
    bounds = list(zip(starts.tolist(), ends.tolist(), strict=True))
    on = np.array([int(begun[a : min(b, a + 3)].min()) for a, b in bounds])
    on = np.maximum(on, time[starts] - 2 * 3_600_000)
    latest = np.array([int(begun[a:b].max()) for a, b in bounds])
    off = time[ends - 1]
    moved = offsets(on, zone)
    local = on + moved
    day, minute = local // DAY, (local % DAY) / MINUTE
    last_begin, last_end = (latest + moved - day * DAY) / MINUTE, (off + moved - day * DAY) / MINUTE
    weekday = (day + 3) % 7
    edges = [_edges(minute, last_begin, last_end, weekday == number) for number in range(7)]
    offset_bins = _breaks(time, begun, starts, ends, on, moved, day, weekday, edges)
    sessions = []
    for place in range(len(on)):
        edge = edges[weekday[place]]
        a, b = int(on[place]), int(max(off[place], latest[place]))
        if edge is not None:
            usual_on = int(day[place] * DAY + edge[0] * MINUTE - moved[place])
            usual_off = int(day[place] * DAY + edge[1] * MINUTE - moved[place])
            a = usual_on if abs(a - usual_on) <= _NEAR * MINUTE else a
            b = usual_off if abs(b - usual_off) <= _NEAR * MINUTE else b
        mine = np.sort(begun[starts[place] : ends[place]])
        breaks = tuple(one for one in _pauses(mine, a, offset_bins) if a < one[0] and one[1] < b)
        if b - a >= 5 * MINUTE:
            sessions.append(Session(agent, a, b, breaks))
    return sessions, _usual(day, weekday, edges, offset_bins, first, last, closed)


def _edges(minute: Floats, last_begin: Floats, last_end: Floats, mine: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Usual start and end (minutes of the local day; the end may pass midnight) on one weekday, if there is one."""
    if mine.sum() < 4:
        return None
    start = float(np.quantile(minute[mine], 0.1))
    if np.mean(np.abs(minute[mine] - start) <= _NEAR) < 0.6:
        return None
    # work is begun until the end of the shift and finished after it
    end = float(np.quantile(last_begin[mine], 0.9))
    end = min(end, float(np.quantile(last_end[mine], 0.6)) + 30.0)
    if np.mean(np.abs(last_begin[mine] - end) <= 2 * _NEAR) < 0.5:
        return None
    return round(start / _STEP) * _STEP, int(np.ceil((end - 3) / _STEP)) * _STEP


def _breaks(
    time: Ints,
    begun: Ints,
    starts: Ints,
    ends: Ints,
    on: Ints,
    moved: Ints,
    day: Ints,
    weekday: Ints,
    edges: Sequence[tuple[int, int] | None],
) -> tuple[tuple[int, int], ...]:
    """Stretches of the shift, counted from its usual start, in which hardly anything is begun."""
    counts = np.zeros(24 * 60 // _BIN)
    lengths = []
    for place, (a, b) in enumerate(zip(starts, ends, strict=True)):
        edge = edges[weekday[place]]
        if edge is None:
            continue
        begin = day[place] * DAY + edge[0] * MINUTE - moved[place]
        bins = ((begun[a:b] - begin) // (_BIN * MINUTE)).astype(np.int64)
        bins = bins[(bins >= 0) & (bins < len(counts))]
        np.add.at(counts, bins, 1)
        lengths.append((edge[1] - edge[0]) // _BIN)
    if len(lengths) < _FEWEST:
        return ()
    length = int(np.median(lengths))
    usual = float(np.median(counts[:length])) if length else 0.0
    return _dips(counts[:length] / usual) if usual >= 3 else ()


def _dips(rate: Floats) -> tuple[tuple[int, int], ...]:
    """Breaks as (minutes after the start, minutes long) from the relative rate of beginning something, by bin.

    A break that wanders from day to day leaves a wide and shallow dip; what is missing in the dip is its length.
    """
    found = []
    place = 6
    while place < len(rate) - 6:
        if rate[place] >= _QUIET:
            place += 1
            continue
        first = last = place
        while first > 0 and place - first < _WANDER and rate[first - 1] < _BELOW:
            first -= 1
        while last + 1 < len(rate) and (rate[last + 1] < _BELOW and last - place < _LONGEST):
            last += 1
        missing = np.maximum(0.0, 1.0 - rate[first : last + 1])
        long = float(missing.sum()) * _BIN
        if 3 * _BIN <= long <= _LONGEST * _BIN and last < len(rate) - 3:
            centre = float((missing * (np.arange(first, last + 1) + 0.5)).sum() / missing.sum()) * _BIN
            found.append((round((centre - long / 2) / _BIN) * _BIN, round(long)))
        place = last + 1
    return tuple(found)


def _pauses(begun: Ints, on: int, breaks: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Where a session's breaks really were: up to the end of the longest pause around the usual place."""
    found = []
    for after, long in breaks:
        usual = (on + after * MINUTE, on + (after + long) * MINUTE)
        low, high = usual[0] - _AROUND * MINUTE, usual[1] + _AROUND * MINUTE
        inside = np.r_[low, begun[(begun > low) & (begun < high)], high]
        gaps = np.diff(inside)
        longest = int(np.argmax(gaps))
        if gaps[longest] >= 0.6 * long * MINUTE and longest < len(gaps) - 1:
            end = int(inside[longest + 1])
            found.append((end - long * MINUTE, end))
        else:
            found.append(usual)
    return tuple(found)


def _usual(
    day: Ints,
    weekday: Ints,
    edges: Sequence[tuple[int, int] | None],
    breaks: tuple[tuple[int, int], ...],
    first: date,
    last: date,
    closed: Sequence[date],
) -> Usual | None:
    """The usual week of the last half of the window, and how often a shift of it was missed."""
    epoch = date(1970, 1, 1)
    low, high = (first - epoch).days, (last - epoch).days
    inside = (day >= low) & (day <= high)
    if inside.sum() < _FEWEST:
        return None
    recent = max(low, high - 91, int(day[inside].min()))
    shut = {(one - epoch).days for one in closed}
    spans: list[Span] = []
    expected = missed = 0
    there = set(day.tolist())
    for number in range(7):
        edge = edges[number]
        days = [one for one in range(recent, high + 1) if (one + 3) % 7 == number and one not in shut]
        came = sum(one in there for one in days)
        if edge is None or not days or came < 0.5 * len(days):
            continue
        expected += len(days)
        missed += len(days) - came
        spans += _spans(number, *edge)
    if not spans:
        return None
    absence = (missed + 0.6) / (expected + 20.0)
    return Usual(
        tuple(sorted(spans, key=lambda one: (one.weekday, one.start))),
        breaks,
        absence,
        expected,
        int(day[inside].max()),
    )


def _spans(weekday: int, start: int, end: int) -> list[Span]:
    """A shift as spans of local days; one that passes midnight makes two."""
    if end <= 1440:
        return [Span(weekday, start, end)]
    return [Span(weekday, start, 1440), Span((weekday + 1) % 7, 0, min(1440, end - 1440))]


def local_midnight(day: date) -> int:
    """Epoch ms of a day's midnight UTC.

    >>> local_midnight(date(1970, 1, 2))
    86400000
    """
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def days_between(first: date, last: date) -> list[date]:
    """All days from first to last, both inclusive."""
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]
