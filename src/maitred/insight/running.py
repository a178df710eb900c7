"""What is known about SLA clocks at any instant: how much of the target is used up, who has the ticket, how busy it is.

Each clock counts as the helpdesk counts it: business time of the ticket's schedule or all time, standing still in the
statuses that pause it. Everything at an instant comes from rows before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import CHANNELS, NEVER, Evidence, Flags, Floats, Ints, Spans
from maitred.metrics.clocks import schedules as hours

_EVERY = 10_800
"""Seconds between looks at the past."""
_DAY = 86_400
_SPAN = np.int64(1) << 34
_RUNS = {
    "pausable_update": ("new", "open", "hold"),
    "requester_wait": ("new", "open", "hold"),
    "agent_work": ("new", "open"),
    "group_ownership": ("new", "open"),
    "total_resolution": ("new", "open", "hold", "pending"),
}
"""Statuses in which a clock runs; clocks not named always run."""
_STATUS = ("new", "open", "pending", "hold")
_KNOTS = (0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Seen:
    """Features of clocks, shape (clocks, features), and the seconds that each has left by its own time."""

    features: Floats
    left: Floats


class Clocks:
    """The targets of the evidence with what can be known about them at any instant."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        targets = evidence.targets
        self.ticket, self.metric = targets.ticket.astype(np.int64), targets.metric.astype(np.int64)
        self.seconds = np.maximum(targets.seconds, 1)
        self.started = targets.started_at
        gone = evidence.tickets.excluded_at[self.ticket] if len(self.ticket) else np.empty(0, np.int64)
        self.ended = np.minimum(targets.ended_at, gone)
        # a clock without an end that ran out is missed when it ran out; one that ended first never was
        self.missed = np.where(targets.due_at < self.ended, targets.due_at, NEVER)
        self.open_hours = _open_hours(evidence)
        self.schedule = self._schedules()
        self.statuses, self.assignees, self.groups = (
            Course.of(one) for one in (evidence.statuses, evidence.assignees, evidence.groups_of)
        )
        turns = evidence.turns
        self.turns = Course(turns.ticket, turns.opened_at, np.minimum(turns.ended_at, turns.answered_at))
        self.paused = _Pauses(evidence)
        self.by_status = np.array([name in _RUNS for name in evidence.target_names] or [False])
        self.business = self._business(targets.due_at)
        self.load = _Load(self)

    def instants(self) -> Ints:
        """When the past is looked at: every three hours while some schedule is open, else once a night."""
        grid = np.arange(int(self.evidence.days.starts[0]) + _DAY, self.evidence.as_of, _EVERY, dtype=np.int64)
        opened = np.full(len(grid), not self.open_hours)
        for one in self.open_hours:
            opened |= one.before(grid + 60) > one.before(grid)
        opened |= np.arange(len(grid)) % (_DAY // _EVERY) == 2
        kept: Ints = grid[opened]
        return kept

    def running(self, at: int) -> Ints:
        """Clocks that have begun, were not stopped and have not run out."""
        return np.flatnonzero((self.started < at) & (self.ended >= at) & (self.missed >= at))

    def seen(self, target: Ints, at: Ints) -> Seen:
        """What is known about clocks at instants of their own."""
        tickets = self.evidence.tickets
        ticket = self.ticket[target]
        elapsed = self.elapsed(target, at)
        seconds = self.seconds[target].astype(np.float64)
        used = np.clip(elapsed / seconds, 0.0, 1.0)
        left = np.maximum(seconds - elapsed, 0.0)
        until = self.clock(target, at + np.maximum(left, 1.0).astype(np.int64), True) - self.clock(target, at, True)
        open_left = np.where(self.business[target], left, until)
        status, holder, group = (one.at(ticket, at) for one in (self.statuses, self.assignees, self.groups))
        kinds = len(self.evidence.target_names)
        own = (self.metric[target][:, None] == np.arange(kinds)).astype(np.float64)
        columns = [
            used[:, None],
            np.maximum(0.0, used[:, None] - np.array(_KNOTS)),
            np.log1p(left / 600)[:, None],
            np.log1p(open_left / 600)[:, None],
            np.log(seconds)[:, None],
            own,
            own * used[:, None],
            self.load.features(group, self.metric[target], at),
            tickets.channel[ticket][:, None] == np.arange(len(CHANNELS)),
            tickets.priority[ticket][:, None] == np.arange(4),
            (holder >= 0)[:, None],
            status[:, None] == np.arange(len(_STATUS)),
            self.open_now(target, at)[:, None],
            (self.turns.at(ticket, at) >= at)[:, None],
        ]
        return Seen(np.concatenate(columns, axis=1).astype(np.float64), left)

    def elapsed(self, target: Ints, at: Ints) -> Floats:
        """Seconds that count for each clock up to an instant."""
        began = self.started[target]
        run = self.clock(target, at) - self.clock(target, began)
        return np.asarray(np.maximum(run - self.paused.between(self, target, at), 0.0), np.float64)

    def clock(self, target: Ints, at: Ints, business: bool = False) -> Floats:
        """Open seconds before an instant by the clock's schedule, all seconds where it runs by the calendar."""
        found = at.astype(np.float64)
        for number, opened in enumerate(self.open_hours):
            mine = (self.schedule[target] == number) & (business | self.business[target])
            found[mine] = opened.before(at[mine])
        return found

    def open_now(self, target: Ints, at: Ints) -> Floats:
        """1 where the schedule of the clock is open at the instant."""
        return np.asarray(self.clock(target, at + 60, True) - self.clock(target, at, True) > 0, np.float64)

    def due(self, target: Ints, at: Ints, left: Floats) -> Ints:
        """When each runs out if nothing pauses it any more; ``NEVER`` while it is paused or has no opening hours."""
        found = at + np.ceil(left).astype(np.int64)
        for number, opened in enumerate(self.open_hours):
            mine = (self.schedule[target] == number) & self.business[target]
            found[mine] = opened.reached(opened.before(at[mine]) + left[mine])
        found[~self.paused.runs(self, target, at)] = NEVER
        return found

    def _schedules(self) -> Ints:
        known = value_at(self.evidence.schedules.of_ticket, self.ticket, self.started).astype(np.int64)
        return np.where(known >= 0, known, self.evidence.schedules.default)

    def _business(self, due: Ints) -> Flags:
        """Whether the clocks of a policy and metric count business time: by the first of them that tell."""
        found = np.ones(len(self.ticket), np.bool_)
        if not self.open_hours:
            return np.zeros(len(self.ticket), np.bool_)
        self.business = found
        known = due < NEVER
        target = np.flatnonzero(known)
        wall = due[target] - self.started[target]
        business = self.clock(target, due[target], True) - self.clock(target, self.started[target], True)
        away_wall, away = np.abs(wall - self.seconds[target]), np.abs(business - self.seconds[target])
        tells = np.abs(away_wall - away) > 60
        key = self.evidence.targets.policy.astype(np.int64) * 16 + self.metric
        for one in np.unique(key):
            mine = np.flatnonzero(tells & (key[target] == one))[:50]
            if len(mine):
                found[key == one] = np.mean(away[mine] < away_wall[mine]) >= 0.5
        return found


class _Hours:
    """Open stretches of one schedule, and open seconds before each."""

    def __init__(self, stretches: list[tuple[int, int]]) -> None:
        self.opens = np.array([one for one, _ in stretches], np.int64)
        self.closes = np.array([one for _, one in stretches], np.int64)
        self.sums = np.concatenate([[0], np.cumsum(self.closes - self.opens)])

    def before(self, at: Ints) -> Floats:
        """Open seconds before each instant."""
        place = np.searchsorted(self.opens, at, side="right")
        inside = np.minimum(at, self.closes[np.maximum(place - 1, 0)]) - self.opens[np.maximum(place - 1, 0)]
        return np.where(place > 0, self.sums[np.maximum(place - 1, 0)] + inside, 0).astype(np.float64)

    def reached(self, seconds: Floats) -> Ints:
        """The instant at which so many open seconds are over; ``NEVER`` if that lies beyond."""
        place = np.searchsorted(self.sums, seconds, side="left") - 1
        known = np.clip(place, 0, len(self.opens) - 1)
        found = self.opens[known] + np.ceil(seconds - self.sums[known]).astype(np.int64)
        return np.where(seconds <= self.sums[-1], found, NEVER)


def _open_hours(evidence: Evidence) -> list[_Hours]:
    first = datetime.fromtimestamp(int(evidence.days.starts[0]), UTC) - timedelta(days=14)
    last = datetime.fromtimestamp(evidence.as_of, UTC) + timedelta(days=120)
    found = []
    known = evidence.schedules
    for place, zone in enumerate(known.zones):
        week = tuple(hours.Hours(a // 1440, a % 1440, a % 1440 + b - a) for a, b in _days_of(known.weeks[place]))
        closed = tuple(hours.Holiday("", day, day) for day in sorted(known.holidays[place]))
        schedule = hours.Schedule(known.names.ids[place], "", zone, (hours.Version(week),), closed)
        stretches = hours.open_intervals(schedule, first, last)
        found.append(_Hours(stretches or [(0, 0)]))
    return found


def _days_of(week: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Opening minutes cut at midnights."""
    found = []
    for start, end in week:
        cuts = [start, *range((start // 1440 + 1) * 1440, end, 1440), end]
        found += [(a, b) for a, b in pairwise(cuts) if a < b]
    return found


class Course:
    """Values of tickets since instants, sorted once for many questions."""

    def __init__(self, ticket: Ints, since: Ints, value: NDArray[np.integer]) -> None:
        order = np.lexsort((since, ticket))
        self.key = ticket[order].astype(np.int64) * _SPAN + np.clip(since[order], 0, _SPAN - 1)
        self.ticket, self.value = ticket[order], value[order].astype(np.int64)

    @classmethod
    def of(cls, spans: Spans) -> Course:
        """Of a field of tickets."""
        return cls(spans.ticket, spans.from_at, spans.value)

    def at(self, ticket: Ints, at: Ints) -> Ints:
        """The value of each ticket just before an instant of its own; -1 where it had none."""
        if not len(self.key):
            return np.full(len(ticket), -1, np.int64)
        place = np.searchsorted(self.key, ticket.astype(np.int64) * _SPAN + at, side="left") - 1
        known = np.maximum(place, 0)
        return np.where((place >= 0) & (self.ticket[known] == ticket), self.value[known], -1)


class _Pauses:
    """Time in statuses in which clocks stand still."""

    def __init__(self, evidence: Evidence) -> None:
        spans = evidence.statuses
        order = np.lexsort((spans.from_at, spans.ticket))
        self.ticket = spans.ticket[order].astype(np.int64)
        self.value, self.begin, self.end = spans.value[order], spans.from_at[order], spans.to_at[order]
        self.rules = {
            number: np.array([_STATUS[value] not in _RUNS[name] for value in range(len(_STATUS))] + [True])
            for number, name in enumerate(evidence.target_names)
            if name in _RUNS
        }

    def between(self, clocks: Clocks, target: Ints, at: Ints) -> Floats:
        """Seconds of each clock's own time that it stood still up to an instant."""
        found = np.zeros(len(target))
        for metric, still in self.rules.items():
            mine = np.flatnonzero(clocks.metric[target] == metric)
            if len(mine) and len(self.ticket):
                found[mine] = self._still(clocks, target[mine], at[mine], still)
        return found

    def _still(self, clocks: Clocks, target: Ints, at: Ints, still: Flags) -> Floats:
        ticket = clocks.ticket[target]
        low = np.searchsorted(self.ticket, ticket, side="left")
        many = np.searchsorted(self.ticket, ticket, side="right") - low
        row = np.repeat(np.arange(len(target)), many)
        span = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
        begin = np.maximum(self.begin[span], clocks.started[target][row])
        end = np.minimum(np.minimum(self.end[span], at[row]), at[row])
        kept = still[np.minimum(self.value[span], len(_STATUS))] & (begin < end)
        row, begin, end = row[kept], begin[kept], end[kept]
        seconds = clocks.clock(target[row], end) - clocks.clock(target[row], begin)
        return np.bincount(row, seconds, len(target)).astype(np.float64)

    def runs(self, clocks: Clocks, target: Ints, at: Ints) -> Flags:
        """Whether each clock runs at the instant."""
        status = clocks.statuses.at(clocks.ticket[target], at)
        found = np.ones(len(target), np.bool_)
        for metric, still in self.rules.items():
            mine = (clocks.metric[target] == metric) & (status >= 0)
            found[mine] = ~still[np.minimum(status[mine], len(_STATUS))]
        return found


class _Load:
    """How busy the groups are: clocks open per person, and the share of targets missed over the last four weeks."""

    def __init__(self, clocks: Clocks) -> None:
        evidence = clocks.evidence
        self.days, self.groups = evidence.days, max(1, len(evidence.groups))
        self.kinds = max(1, len(evidence.target_names))
        group = value_at(evidence.groups_of, clocks.ticket, clocks.started).astype(np.int64)
        self.starts = [np.sort(clocks.started[group == one]) for one in range(self.groups)]
        over = np.minimum(clocks.ended, NEVER)
        self.ends = [np.sort(over[group == one]) for one in range(self.groups)]
        self.people = _active(evidence, self.groups)
        days = len(evidence.days)
        known = np.minimum(clocks.missed, clocks.ended)
        day = evidence.days.of(known)
        kept = (group >= 0) & (day >= 0) & (day < days) & (known < NEVER)
        place = ((np.maximum(group, 0) * self.kinds + clocks.metric) * days + np.maximum(day, 0))[kept]
        shape = (self.groups * self.kinds, days)
        missed = (clocks.missed < clocks.ended).astype(np.float64)[kept]
        self.hits = _recent(np.bincount(place, missed, shape[0] * days).reshape(shape).astype(np.float64))
        self.all = _recent(np.bincount(place, minlength=shape[0] * days).astype(np.float64).reshape(shape))

    def features(self, group: NDArray[np.integer], metric: Ints, at: Ints) -> Floats:
        """Log of open clocks per active person, and log odds of missing lately, of each group at each instant."""
        known = np.clip(group, 0, self.groups - 1).astype(np.int64)
        before = np.clip(self.days.of(at) - 1, 0, len(self.days) - 1)
        running = np.zeros(len(at))
        for one in np.unique(known):
            mine = known == one
            begun = np.searchsorted(self.starts[one], at[mine], side="left")
            running[mine] = begun - np.searchsorted(self.ends[one], at[mine], side="left")
        load = np.log1p(running / np.maximum(1.0, self.people[known, before]))
        place = known * self.kinds + metric
        overall = self.hits[:, before].sum(axis=0) + 1, self.all[:, before].sum(axis=0) + 5
        share = (self.hits[place, before] + 10 * overall[0] / overall[1]) / (self.all[place, before] + 10)
        return np.column_stack([load, np.log(share / np.maximum(1 - share, 0.01))])


def _recent(daily: Floats, days: int = 28) -> Floats:
    """Sums over the last days, the day itself included."""
    total = np.cumsum(daily, axis=1)
    found: Floats = total.copy()
    found[:, days:] -= total[:, :-days]
    return found


def _active(evidence: Evidence, groups: int) -> Floats:
    """People of each group who answered or solved something on each day, smoothed over a week: shape (groups, days)."""
    days = len(evidence.days)
    agent = np.concatenate([evidence.turns.agent, evidence.solves.agent]).astype(np.int64)
    group = np.concatenate([evidence.turns.group, evidence.solves.group]).astype(np.int64)
    day = evidence.days.of(np.concatenate([evidence.turns.answered_at, evidence.solves.solved_at]))
    kept = (agent >= 0) & (group >= 0) & (day >= 0) & (day < days)
    kept[kept] &= ~evidence.people.bot[agent[kept]]
    once = np.unique((group[kept] * days + day[kept]) * (1 << 24) + agent[kept]) >> 24
    daily = np.bincount(once, minlength=groups * days)[: groups * days].reshape(groups, days).astype(np.float64)
    return _recent(daily, 7) / 5
