"""The promise of a first reply that each ticket had, and the hours in which its clock ran.

For measuring simulated and real weeks with one and the same ruler. Targets and schedules are read from the history; a
workspace without targets is measured against a stand-in that is named in the notes of the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from maitred.floor.world import CHANNELS, LIVE, PRIORITIES
from maitred.insight.whatif.history import History
from maitred.insight.whatif.past import Past
from maitred.metrics.clocks import schedules
from maitred.metrics.clocks.policies import Policy, read_policies

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STAND_IN_ASYNC = 8 * 3_600
STAND_IN_LIVE = 120
NONE = -1
REPLIES = ("first_reply", "next_reply")


@dataclass(frozen=True, slots=True)
class OpenTime:
    """Open stretches of one schedule, epoch ms, with the open time before each; without stretches it never closes."""

    opens: Ints
    closes: Ints
    before: Ints

    def elapsed(self, instants: Ints) -> Ints:
        """Open time from the beginning to each instant, ms."""
        if not len(self.opens):
            return instants
        at = np.searchsorted(self.opens, instants, side="right") - 1
        kept = np.maximum(at, 0)
        inside = np.minimum(instants, self.closes[kept]) - self.opens[kept]
        return np.where(at >= 0, self.before[kept] + np.maximum(inside, 0), 0).astype(np.int64)

    def reached(self, elapsed: Ints) -> Ints:
        """The first instant with so much open time before it (the inverse of ``elapsed``)."""
        if not len(self.opens):
            return elapsed
        at = np.maximum(np.searchsorted(self.before, elapsed, side="left") - 1, 0)
        return np.asarray(self.opens[at] + (elapsed - self.before[at]), np.int64)


@dataclass(frozen=True, slots=True)
class Promises:
    """Targets in seconds for the first and the next reply by group and priority, shape (2, groups, 4), -1 none.

    ``clocks`` are the open times of the groups; with ``stand_in`` no policy told anything.
    """

    seconds: Ints
    business: NDArray[np.bool_]
    clocks: tuple[OpenTime, ...]
    stand_in: bool

    def due(self, created: Ints, group: Ints, priority: Ints, channel: Ints, reply: int = 0) -> Ints:
        """When a reply is due to what was asked at ``created``, epoch ms, -1 where nothing was promised.

        ``reply`` is 0 for the first and 1 for the next ones.
        """
        found = np.full(len(created), NONE, np.int64)
        live = np.array([one in LIVE for one in CHANNELS])[channel]
        for k in range(len(self.clocks)):
            for p in range(len(PRIORITIES)):
                mine = (group == k) & (priority == p)
                target = int(self.seconds[reply, k, p])
                if target < 0 or not mine.any():
                    continue
                seconds = np.where(live[mine] & self.stand_in, STAND_IN_LIVE, target)
                if self.business[reply, k, p]:
                    clock = self.clocks[k]
                    found[mine] = clock.reached(clock.elapsed(created[mine]) + seconds * 1000)
                else:
                    found[mine] = created[mine] + seconds * 1000
        return found

    def waited(self, created: Ints, replied: Ints, group: Ints) -> Floats:
        """Seconds from creation to the reply on the group's clock; infinite where there is no reply."""
        found = np.full(len(created), np.inf)
        for k, clock in enumerate(self.clocks):
            mine = (group == k) & (replied >= 0)
            found[mine] = (clock.elapsed(replied[mine]) - clock.elapsed(created[mine])) / 1000
        return found


def promises(history: History, known: Past, at: int) -> Promises:
    """The promises in force at ``at`` (epoch ms), by group.

    Of several policies the first whose group conditions hold applies; other conditions than on the group are read as
    holding, because what is simulated has no such fields.
    """
    policies = read_policies(history.sla_policies.to_pylist(), history.sla_targets.to_pylist())
    second = at // 1000
    live = [one for one in policies if one.since <= second < one.until and not one.unreadable]
    n = len(known.groups)
    shape = (len(REPLIES), n, len(PRIORITIES))
    seconds, business = np.full(shape, NONE, np.int64), np.ones(shape, np.bool_)
    for k, group in enumerate(known.groups):
        policy = _policy_of(live, group)
        for target in policy.targets if policy is not None else ():
            if target.metric in REPLIES and target.since <= second < target.until:
                place = REPLIES.index(target.metric)
                for p, priority in enumerate(PRIORITIES):
                    if target.priority in (None, priority):
                        seconds[place, k, p], business[place, k, p] = target.seconds, target.business
    stand_in = bool((seconds[0] < 0).all())
    if stand_in:
        seconds[0] = STAND_IN_ASYNC
    used = _schedule_of_group(known)
    clocks = _clocks(history, known, at)
    return Promises(seconds, business, tuple(clocks[place] for place in used), stand_in)


def _policy_of(policies: Sequence[Policy], group: str) -> Policy | None:
    for policy in policies:
        mine = [one for one in policy.conditions() if one.field == "group"]
        if all((group.casefold() in one.values) == one.wanted for one in mine):
            return policy
    return None


def _schedule_of_group(known: Past) -> list[int]:
    """The schedule that most tickets of a group follow, -1 for the default."""
    found = []
    for k in range(len(known.groups)):
        mine = known.tickets.schedule[known.tickets.group == k]
        values, counts = np.unique(mine, return_counts=True)
        found.append(int(values[np.argmax(counts)]) if len(values) else -1)
    return found


def _clocks(history: History, known: Past, at: int) -> list[OpenTime]:
    """Open time of each schedule, and of the default one at the end of the list (place -1)."""
    start = datetime.fromtimestamp(int(known.tickets.created.min(initial=at)) / 1000, UTC) - timedelta(days=14)
    end = datetime.fromtimestamp(at / 1000, UTC) + timedelta(days=200)
    clocks = []
    default = 0
    for place, row in enumerate(history.schedules.to_pylist()):
        default = place if row["is_default"] else default
        clocks.append(_open_time(history, row, start, end))
    if not clocks:
        none = np.zeros(0, np.int64)
        return [OpenTime(none, none, none)]
    return [*clocks, clocks[default]]


def _open_time(history: History, row: dict[str, object], start: datetime, end: datetime) -> OpenTime:
    key = row["external_id"]
    hours = tuple(
        schedules.Hours(one["weekday"], one["start_min"], one["end_min"])
        for one in history.schedule_intervals.to_pylist()
        if one["schedule_id"] == key
    )
    closed = tuple(
        schedules.Holiday(str(one["name"] or ""), one["start_date"], one["end_date"])
        for one in history.schedule_holidays.to_pylist()
        if one["schedule_id"] == key
    )
    name = str(row["name"] or key)
    schedule = schedules.Schedule(str(key), name, str(row["tz"]), (schedules.Version(hours),), closed)
    stretches = np.array(schedules.open_intervals(schedule, start, end), np.int64).reshape(-1, 2) * 1000
    lengths = stretches[:, 1] - stretches[:, 0]
    return OpenTime(stretches[:, 0], stretches[:, 1], np.cumsum(lengths) - lengths)
