"""How long customers waited, as it became known: answered waits on the day of the answer, open ones once they are long.

A group that stops answering must not look fast. So every wait counts exactly once: on the day it was answered, or on
the day its age passed what is long for this group and channel (the cap), whichever comes first. Values are logarithms
of business seconds less what is usual for the channel, priority and hour at which they began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from maitred.insight.detectors.scan import LEARNING
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import CHANNELS, NEVER, Codes, Evidence, Flags, Floats, Ints

_FLOOR_S: Final = 60.0
_CAP: Final = 2.5
"""Multiple of the ninth decile from which a wait is long, whether answered or not."""
_FEWEST: Final = 30
_BLOCKS: Final = 14
_STEADY: Final = 20.0
_AHEAD_DAYS: Final = 150
_SHIFT: Final = np.int64(1) << 33


class BusinessClock:
    """Business seconds between instants, by schedule; where there is no schedule all time counts."""

    def __init__(self, evidence: Evidence) -> None:
        hours, starts = evidence.schedules, evidence.days.starts
        first = datetime.fromtimestamp(int(starts[0]), UTC).date() - timedelta(days=60)
        length = len(starts) + 60 + _AHEAD_DAYS
        self._edges: list[Ints] = []
        self._gone: list[Ints] = []
        for place in range(len(hours.names)):
            edges, gone = _open_course(hours.zones[place], hours.weeks[place], hours.holidays[place], first, length)
            self._edges.append(edges)
            self._gone.append(gone)
        of = hours.of_ticket
        self._schedule = np.full(len(evidence.tickets), hours.default, np.int32)
        inside = of.ticket < len(evidence.tickets)
        self._schedule[of.ticket[inside][::-1]] = of.value[inside][::-1]

    def elapsed(self, ticket: Ints, begin: Ints, end: Ints) -> Floats:
        """Business seconds of each ticket's schedule from one instant to another."""
        found: Floats = (end - begin).astype(np.float64)
        for place, mine in self._parts(ticket):
            edges, gone = self._edges[place], self._gone[place]
            found[mine] = np.interp(end[mine], edges, gone) - np.interp(begin[mine], edges, gone)
        return np.maximum(found, 0.0)

    def after(self, ticket: Ints, begin: Ints, seconds: Floats) -> Ints:
        """The instant at which so many business seconds will have gone by."""
        found = begin + np.ceil(seconds).astype(np.int64)
        for place, mine in self._parts(ticket):
            edges, gone = self._edges[place], self._gone[place]
            due = np.interp(begin[mine], edges, gone) + seconds[mine]
            later = np.searchsorted(gone, due, side="left")
            inside = np.clip(later, 1, len(edges) - 1)
            instant = edges[inside] - (gone[inside] - due)
            found[mine] = np.where(later >= len(edges), NEVER, np.ceil(instant)).astype(np.int64)
        return found

    def _parts(self, ticket: Ints) -> list[tuple[int, Flags]]:
        schedule = self._schedule[ticket]
        return [(place, schedule == place) for place in range(len(self._edges)) if len(self._edges[place]) > 1]


def _open_course(
    zone: str, week: tuple[tuple[int, int], ...], holidays: frozenset[date], first: date, length: int
) -> tuple[Ints, Ints]:
    """Instants at which the clock starts or stops, and business seconds gone by then."""
    local = ZoneInfo(zone)
    edges: list[int] = []
    gone: list[int] = []
    total = 0
    for offset in range(length):
        day = first + timedelta(days=offset)
        if day in holidays:
            continue
        midnight = int(datetime.combine(day, time(), local).timestamp())
        base = day.weekday() * 1440
        for start, end in week:
            low, high = max(start - base, 0), min(end - base, 1440)
            if low < high:
                edges += [midnight + low * 60, midnight + high * 60]
                gone += [total, total + (high - low) * 60]
                total += (high - low) * 60
    return np.array(edges, np.int64), np.array(gone, np.int64)


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of one metric, as long as each other.

    ``answered`` is ``NEVER`` while open, ``seconds`` then -1; ``dropped``: when it stopped to be a wait without an
    answer (solved, deleted). ``known`` is the instant at which it counts, ``value`` what it counts for then (log of
    capped business seconds less what is usual), ``usual`` what was taken off. ``group`` is the one at ``known``,
    ``home`` the one at the beginning.
    """

    metric: str
    ticket: Ints
    opened: Ints
    answered: Ints
    seconds: Floats
    dropped: Ints
    known: Ints
    day: Ints
    opened_day: Ints
    value: Floats
    usual: Floats
    group: Codes
    home: Codes
    channel: Codes
    policy: Codes

    def of_group(self, group: int, end: int) -> Flags:
        """Which are a group's as far as is known at an instant: open ones are where they began."""
        return np.asarray(np.where(self.known < end, self.group, self.home) == group, np.bool_)


def first_replies(evidence: Evidence, clock: BusinessClock) -> Waits:
    """From creation to the first reply of a person."""
    tickets = evidence.tickets
    rows = np.arange(len(tickets), dtype=np.int64)
    return _waits(
        evidence, clock, "frt.business_all#1", rows, tickets.created, tickets.first_reply_at, tickets.first_reply_s
    )


def next_replies(evidence: Evidence, clock: BusinessClock) -> Waits:
    """From a customer's later message to the answer."""
    later = ~evidence.turns.first
    turns = evidence.turns
    return _waits(
        evidence, clock, "nrt.business_all#1", turns.ticket[later], turns.opened_at[later], turns.answered_at[later],
        turns.seconds[later],
    )  # fmt: skip


def resolutions(evidence: Evidence, clock: BusinessClock) -> Waits:
    """From creation or reopening to the solve, by people."""
    solves, tickets = evidence.solves, evidence.tickets
    people = (solves.agent < 0) | ~evidence.people.bot[np.maximum(solves.agent, 0)]
    never = np.ones(len(tickets), np.bool_)
    never[solves.ticket] = False
    open_again = solves.reopened_at < NEVER
    later = np.searchsorted(_keys(solves.ticket, solves.started_at, sort=True), _key(solves.ticket, solves.reopened_at))
    ordered = _keys(solves.ticket, solves.started_at, sort=True)
    there = (later < len(ordered)) & (ordered[np.minimum(later, max(len(ordered) - 1, 0))] == _key(
        solves.ticket, solves.reopened_at)) if len(ordered) else np.zeros(0, np.bool_)  # fmt: skip
    waiting = open_again & ~there
    rows = np.arange(len(tickets), dtype=np.int64)[never]
    ticket = np.concatenate([solves.ticket[people], solves.ticket[waiting], rows])
    opened = np.concatenate([solves.started_at[people], solves.reopened_at[waiting], tickets.created[never]])
    still = np.full(int(waiting.sum()) + len(rows), NEVER, np.int64)
    seconds = np.concatenate([solves.seconds[people], np.full(len(still), -1, np.int64)])
    return _waits(
        evidence, clock, "episode_resolution.business_all#1", ticket, opened,
        np.concatenate([solves.solved_at[people], still]), seconds, solved_ends=False,
    )  # fmt: skip


def _key(ticket: Ints, at: Ints) -> Ints:
    return ticket.astype(np.int64) * _SHIFT + np.minimum(at, _SHIFT - 1)


def _keys(ticket: Ints, at: Ints, *, sort: bool) -> Ints:
    keys = _key(ticket, at)
    return np.sort(keys) if sort else keys


def _first_solve(evidence: Evidence, ticket: Ints, opened: Ints) -> Ints:
    """When the ticket was next solved after each instant."""
    solves = evidence.solves
    if not len(solves.ticket):
        return np.full(len(ticket), NEVER, np.int64)
    keys = _keys(solves.ticket, solves.solved_at, sort=True)
    place = np.searchsorted(keys, _key(ticket, opened), side="right")
    found = keys[np.minimum(place, len(keys) - 1)]
    mine = (place < len(keys)) & (found // _SHIFT == ticket)
    return np.where(mine, found % _SHIFT, NEVER).astype(np.int64)


def _waits(
    evidence: Evidence, clock: BusinessClock, metric: str, ticket: Ints, opened: Ints, answered: Ints,
    seconds: NDArray[np.int64], *, solved_ends: bool = True,
) -> Waits:  # fmt: skip
    tickets, days = evidence.tickets, evidence.days
    order = np.lexsort((ticket, opened))
    ticket, opened, answered = ticket[order], opened[order], answered[order]
    took = np.maximum(seconds[order].astype(np.float64), 0.0)
    dropped = tickets.excluded_at[ticket]
    if solved_ends:
        dropped = np.minimum(dropped, _first_solve(evidence, ticket, opened))
    answered = np.where(answered <= dropped, answered, NEVER)
    channel, priority = tickets.channel[ticket], tickets.priority[ticket]
    home = value_at(evidence.groups_of, ticket, opened)
    home = np.where(home < 0, tickets.group[ticket], home).astype(np.int32)
    learnt = (days.of(answered) < LEARNING) & (answered < NEVER)
    logs = np.log(np.maximum(took, _FLOOR_S))
    cell = (np.maximum(home, -1) + 1).astype(np.int64) * len(CHANNELS) + np.maximum(channel, 0)
    cap = _caps(logs, learnt, cell, (len(evidence.groups) + 1) * len(CHANNELS))[cell]
    crossed = clock.after(ticket, opened, cap)
    long = crossed < answered
    known = np.where(long, crossed, answered)
    known = np.where(known < dropped, known, np.where(answered < NEVER, known, NEVER)).astype(np.int64)
    known = np.where(long & (crossed >= dropped), NEVER, known).astype(np.int64)
    capped = np.where(long, np.log(cap), np.minimum(logs, np.log(cap)))
    usual = _usual(evidence, capped, learnt | (long & (days.of(crossed) < LEARNING)), opened, cell, priority)
    group = value_at(evidence.groups_of, ticket, np.minimum(known, evidence.as_of))
    group = np.where(group < 0, home, group).astype(np.int32)
    return Waits(
        metric, ticket, opened, answered, np.where(answered < NEVER, took, -1.0), dropped, known,
        np.where(known < NEVER, days.of(known), len(days)).astype(np.int64), days.of(opened), capped - usual, usual,
        group, home, channel, tickets.policy[ticket],
    )  # fmt: skip


def _caps(logs: Floats, learnt: Flags, cell: Ints, cells: int) -> Floats:
    """Seconds from which a wait is long, by group and channel, from the first weeks."""
    some = logs[learnt]
    fallback = float(np.quantile(some, 0.9)) if len(some) else np.log(86_400.0)
    found = np.full(cells, fallback)
    for place in np.unique(cell[learnt]):
        mine = logs[learnt & (cell == place)]
        if len(mine) >= _FEWEST:
            found[place] = np.quantile(mine, 0.9)
    return np.asarray(np.maximum(np.exp(found) * _CAP, 10 * _FLOOR_S), np.float64)


def _usual(evidence: Evidence, value: Floats, learnt: Flags, opened: Ints, cell: Ints, priority: Codes) -> Floats:
    """What is usual for group and channel, hour of the week and priority, learnt once from the first weeks."""
    found = np.zeros(len(value))
    if not learnt.any():
        return found
    found += float(value[learnt].mean())
    group = cell // len(CHANNELS)
    block = week_block(evidence, (group - 1).astype(np.int32), opened)
    for code in (cell, group * _BLOCKS + block, group * 5 + np.clip(priority, -1, 3) + 1):
        size = int(code.max()) + 1
        total = np.bincount(code[learnt], weights=(value - found)[learnt], minlength=size)
        count = np.bincount(code[learnt], minlength=size)
        found += (total / (count + _STEADY))[code]
    return found


def week_block(evidence: Evidence, group: Codes, at: Ints) -> Ints:
    """Which of fourteen parts of the week: seven pieces of the local day, working days and weekends apart."""
    weekday, hour = week_hour(evidence, group, at)
    piece = np.searchsorted(np.array([6, 9, 11, 13, 15, 18]), hour, side="right")
    return (piece + 7 * (weekday >= 5)).astype(np.int64)


def week_hour(evidence: Evidence, group: NDArray[np.integer], at: Ints) -> tuple[Ints, Ints]:
    """Weekday (Monday 0) and hour of each instant, by the clock of the group's schedule."""
    days = evidence.days
    zones = zones_of(evidence)
    names = sorted(set(zones))
    noon = [int(start) + 43_200 for start in days.starts]
    offsets = np.array([
        [int((datetime.fromtimestamp(one, ZoneInfo(name)).utcoffset() or timedelta()).total_seconds()) for one in noon]
        for name in names
    ])  # fmt: skip
    code = np.array([names.index(zone) for zone in zones])[np.where(group >= 0, group, len(zones) - 1)]
    local = at + offsets[code, np.clip(days.of(at), 0, len(days) - 1)]
    return (local // 86_400 + 3) % 7, local % 86_400 // 3600


def zones_of(evidence: Evidence) -> list[str]:
    """The time zone of each group, by the schedule of most of its first weeks' tickets; at the end that of all."""
    hours, tickets = evidence.schedules, evidence.tickets
    found = [evidence.days.zone] * (len(evidence.groups) + 1)
    if not len(hours.names):
        return found
    schedule = np.full(len(tickets), hours.default, np.int32)
    of = hours.of_ticket
    inside = of.ticket < len(tickets)
    schedule[of.ticket[inside][::-1]] = of.value[inside][::-1]
    early = (evidence.days.of(tickets.created) < LEARNING) & (schedule >= 0)
    for group in range(len(evidence.groups)):
        mine = schedule[early & (tickets.group == group)]
        if len(mine):
            found[group] = hours.zones[int(np.bincount(mine).argmax())]
    return found


@dataclass(frozen=True, slots=True)
class Longer:
    """By what factor waits grew: ratio with 90 % interval, waits behind it, how far each is beyond the usual."""

    ratio: float
    low: float
    high: float
    n: int
    rows: Ints
    excess: Floats
    hours_a_week: float


_NINETY: Final = 1.6448536269514722
_PICKED: Final = 1.25


def longer(waits: Waits, mine: Flags, clock: BusinessClock, since: int, days: int, starts: Ints) -> Longer:
    """The ratio of waits that began since a day to those of eight weeks before, as known at an instant.

    Open waits count with what waits of their age last further (Buckley and James 1979, with the shape of the past).

    Parameters
    ----------
    mine
        Which waits are the subject's.
    since, days
        First day of the change; how many days are over. Only what was known before the last of them ended is used.
    """
    end = int(starts[days])
    gone = waits.dropped < end
    answered = (waits.answered < end) & (waits.seconds >= 0)
    usable = mine & (waits.opened < end) & (answered | ~gone)
    now = np.flatnonzero(usable & (waits.opened_day >= since))
    past = np.flatnonzero(usable & (waits.opened_day >= since - 56) & (waits.opened_day < since))
    if len(now) < 8 or len(past) < 30:
        return Longer(1.0, 0.0, np.inf, len(now), now, np.zeros(len(now)), 0.0)
    rows = np.concatenate([past, now])
    age = clock.elapsed(waits.ticket[rows], waits.opened[rows], np.full(len(rows), end, np.int64))
    done = answered[rows]
    y = np.log(np.maximum(np.where(done, waits.seconds[rows], age), _FLOOR_S)) - waits.usual[rows]
    before, shape = y[: len(past)], np.sort(y[: len(past)])
    level, sigma_day = _by_day(before, waits.opened_day[past])
    values, after = y[len(past) :], 0.0
    open_now = ~done[len(past) :]
    for _ in range(12):
        filled = values.copy()
        filled[open_now] = _outlasting(shape - level, values[open_now] - level - after) + level + after
        moved = float(np.mean(filled)) - level
        if abs(moved - after) < 1e-3:
            after = moved
            break
        after = moved
    k = len(np.unique(waits.opened_day[now]))
    variance = sigma_day**2 * (1 / k + 1 / max(len(np.unique(waits.opened_day[past])), 1))
    variance += float(np.var(before)) * (1 / len(now) + 1 / len(past))
    half = _NINETY * _PICKED * np.sqrt(variance)
    ratio = float(np.exp(after))
    excess = filled - level
    recent = waits.opened_day[now] >= days - 28
    lasted = np.minimum(np.where(waits.answered[now] < end, waits.answered[now], end), end) - waits.opened[now]
    weeks = max(1, min(28, days - since)) / 7
    hours = float(lasted[recent].sum()) / 3600 * max(0.0, 1 - 1 / max(ratio, 1e-9)) / weeks
    low, high = float(np.exp(after - half)), float(np.exp(after + half))
    return Longer(ratio, low, high, len(now), now, excess, hours)


def _by_day(value: Floats, day: Ints) -> tuple[float, float]:
    """Mean, and standard deviation of what days have in common beyond their single cases."""
    level = float(value.mean())
    _, code = np.unique(day, return_inverse=True)
    count = np.bincount(code)
    mean = np.bincount(code, weights=value) / count
    within = float(np.var(value - mean[code])) * len(value) / max(len(value) - len(count), 1)
    weight = count / count.sum()
    between = float((weight * (mean - level) ** 2).sum()) - within * float((weight / count).sum())
    return level, float(np.sqrt(max(between, 0.0)))


def _outlasting(shape: Floats, age: Floats) -> Floats:
    """The mean of the values of a sorted shape that lie above each age; the age itself where none does."""
    tails = np.concatenate([np.cumsum(shape[::-1])[::-1], [0.0]])
    place = np.searchsorted(shape, age, side="right")
    left = len(shape) - place
    mean = np.divide(tails[place], left, out=age.copy(), where=left > 0)
    return np.asarray(np.maximum(mean, age), np.float64)
