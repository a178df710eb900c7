"""The five weekly figures by which a simulated floor is judged, measured on real and on simulated weeks alike.

Per queue and in total: share of first replies in time, median and 90 % first reply, backlog at the week's end, solved
tickets, occupancy. A ticket belongs to the queue and the week that it was created in; one without a reply counts as
waiting without end, so that silence never looks fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Measure = Literal["sla", "median", "p90", "backlog", "solved", "occupancy"]
MEASURES: tuple[Measure, ...] = ("sla", "median", "p90", "backlog", "solved", "occupancy")
TOTAL = -1


@dataclass(frozen=True, slots=True)
class Observed:
    """What is measured: tickets, their openings and closings, work and presence. Epoch ms throughout.

    Attributes
    ----------
    created, group, due, replied, waited
        Per ticket; ``due`` and ``replied`` are -1 where there is none, ``waited`` in seconds on the queue's clock.
    change, change_ticket, step
        Instants at which a ticket became unsolved (+1) or solved (-1).
    work, work_agent, seconds
        Ends of segments, who worked, and for how long.
    presence
        Rows (agent, from, to), shape (n, 3).
    members
        Pairs (agent, group), shape (m, 2).
    """

    created: Ints
    group: Ints
    due: Ints
    replied: Ints
    waited: Floats
    change: Ints
    change_ticket: Ints
    step: Ints
    work: Ints
    work_agent: Ints
    seconds: Floats
    presence: Ints
    members: Ints


@dataclass(frozen=True, slots=True)
class Weeks:
    """Figures by week for one queue (``TOTAL``: all), each of shape (weeks,); nan where nothing can be said.

    ``n`` counts tickets with a settled promise; ``whole_sla`` and ``whole_median`` are over all weeks together.
    """

    group: int
    n: Ints
    sla: Floats
    median: Floats
    p90: Floats
    backlog: Floats
    solved: Floats
    occupancy: Floats
    whole_sla: float
    whole_median: float


def weekly(seen: Observed, edges: Ints, groups: int) -> tuple[Weeks, ...]:
    """The figures of every queue, the total last.

    Parameters
    ----------
    edges
        Bounds of the weeks, epoch ms, ascending, shape (weeks + 1,); data are complete until the last.
    groups
        Number of queues.
    """
    week = np.searchsorted(edges, seen.created, side="right") - 1
    inside = (week >= 0) & (week < len(edges) - 1) & (seen.created < edges[-1])
    busy = _by_week(seen.work, edges, seen.seconds, seen.work_agent)
    there = _presence(seen.presence, edges)
    found = []
    for k in (*range(groups), TOTAL):
        mine = inside if k == TOTAL else inside & (seen.group == k)
        found.append(_of_queue(seen, edges, k, mine, week, busy, there))
    return tuple(found)


def _of_queue(
    seen: Observed,
    edges: Ints,
    group: int,
    mine: NDArray[np.bool_],
    week: Ints,
    busy: Floats,
    there: Floats,
) -> Weeks:
    weeks = len(edges) - 1
    end = edges[-1]
    replied = np.where((seen.replied >= 0) & (seen.replied < end), seen.replied, -1)
    settled = mine & (seen.due >= 0) & ((replied >= 0) | (seen.due < end))
    met = settled & (replied >= 0) & (replied <= seen.due)
    n = np.bincount(week[settled], minlength=weeks)
    in_time = np.bincount(week[met], minlength=weeks)
    waited = np.where(replied >= 0, seen.waited, np.inf)
    median, p90 = np.full(weeks, np.nan), np.full(weeks, np.nan)
    for w in range(weeks):
        values = waited[mine & (week == w)]
        if len(values):
            median[w], p90[w] = _quantile(values, 0.5), _quantile(values, 0.9)
    own = np.ones(len(seen.created), np.bool_) if group == TOTAL else seen.group == group
    changed = own[seen.change_ticket] if len(seen.change_ticket) else np.zeros(0, np.bool_)
    people = np.unique(seen.members[:, 0] if group == TOTAL else seen.members[seen.members[:, 1] == group, 0])
    return Weeks(
        group=group,
        n=n,
        sla=np.divide(in_time, n, out=np.full(weeks, np.nan), where=n > 0),
        median=median,
        p90=p90,
        backlog=_backlog(seen.change[changed], seen.step[changed], edges),
        solved=_solved(seen.change[changed], seen.step[changed], edges),
        occupancy=_ratio(busy, there, people),
        whole_sla=float(in_time.sum() / n.sum()) if n.sum() else float("nan"),
        whole_median=_quantile(waited[mine], 0.5) if mine.any() else float("nan"),
    )


def _quantile(values: Floats, q: float) -> float:
    """An order statistic, so that unanswered tickets can be infinite."""
    place = min(len(values) - 1, int(q * len(values)))
    return float(np.partition(values, place)[place])


def _backlog(change: Ints, step: Ints, edges: Ints) -> Floats:
    order = np.argsort(change, kind="stable")
    level = np.r_[0, np.cumsum(step[order])]
    return np.asarray(level[np.searchsorted(change[order], edges[1:], side="right")], np.float64)


def _solved(change: Ints, step: Ints, edges: Ints) -> Floats:
    when = np.sort(change[step < 0])
    return np.diff(np.searchsorted(when, edges)).astype(np.float64)


def _by_week(time: Ints, edges: Ints, seconds: Floats, agent: Ints) -> Floats:
    """Seconds of work by agent and week, shape (agents, weeks)."""
    weeks = len(edges) - 1
    week = np.searchsorted(edges, time, side="right") - 1
    good = (week >= 0) & (week < weeks) & (agent >= 0)
    agents = int(agent.max(initial=-1)) + 1
    sums = np.bincount(agent[good] * weeks + week[good], weights=seconds[good], minlength=agents * weeks)
    found: Floats = np.asarray(sums, np.float64)
    found.shape = (agents, weeks)
    return found


def _presence(presence: Ints, edges: Ints) -> Floats:
    """Seconds of presence by agent and week, shape (agents, weeks)."""
    weeks = len(edges) - 1
    agents = int(presence[:, 0].max(initial=-1)) + 1
    found = np.zeros((agents, weeks))
    for w in range(weeks):
        inside = np.minimum(presence[:, 2], edges[w + 1]) - np.maximum(presence[:, 1], edges[w])
        np.add.at(found[:, w], presence[:, 0], np.maximum(inside, 0) / 1000)
    return found


def _ratio(busy: Floats, there: Floats, people: Ints) -> Floats:
    work = busy[people[people < len(busy)]].sum(axis=0)
    present = there[people[people < len(there)]].sum(axis=0)
    return np.asarray(np.divide(work, present, out=np.full(len(work), np.nan), where=present > 0), np.float64)
