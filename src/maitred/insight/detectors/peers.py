"""Who works with whom, when, and whether one person's share moved apart from that of comparable people.

Detectors about persons look a person up here: staff without bots by number, the days on which they did anything, the
group in which they did most of late, and a person's change held against that of the others over the same days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import AGENT, Evidence, Floats, Ints

LATELY = 56
"""Days that say which group somebody works in."""


@dataclass(frozen=True, slots=True)
class Staff:
    """People who answer customers, without bots.

    ``users`` are their positions in ``People``, ``number`` their number by helpdesk user (-1: none of them). ``who``,
    ``ticket``, ``day`` and ``group`` are what they did: one row for each person, ticket and day with a message or a
    change of status. ``done`` counts these rows (people, groups, days), running, one day more than there are.
    """

    users: Ints
    number: Ints
    who: Ints
    ticket: Ints
    day: Ints
    group: Ints
    done: Ints

    def __len__(self) -> int:
        return len(self.users)

    def touched(self) -> Floats:
        """Tickets that each person had in hand on each day, shape (people, days)."""
        found: Floats = np.diff(self.done.sum(axis=1), axis=1).astype(np.float64)
        return found

    def touched_by_group(self) -> Floats:
        """Tickets of each group that anybody had in hand on each day, shape (groups, days)."""
        found: Floats = np.diff(self.done.sum(axis=0), axis=1).astype(np.float64)
        return found

    def at_work(self) -> Floats:
        """1 on days on which somebody had at least a third of their usual tickets in hand, shape (people, days).

        A single late answer at a weekend is no working day. What is usual is the mean of the busy days before.
        """
        touched = self.touched()
        busy = np.zeros((len(self), touched.shape[1] + 1))
        sums = np.zeros_like(busy)
        np.cumsum(touched > 0, axis=1, out=busy[:, 1:])
        np.cumsum(touched, axis=1, out=sums[:, 1:])
        first = np.maximum(np.arange(touched.shape[1]) - LATELY, 0)
        many, all_of = busy[:, :-1] - busy[:, first], sums[:, :-1] - sums[:, first]
        usual = np.divide(all_of, many, out=np.zeros_like(touched), where=many > 0)
        there: Floats = ((touched > 0) & (touched >= usual / 3)).astype(np.float64)
        return there

    def homes(self, days: int) -> Ints:
        """The group in which each person did most in the eight weeks before a day; -1 where nothing was done."""
        lately = self.done[:, :, days] - self.done[:, :, max(0, days - LATELY)]
        if not lately.size:
            return np.full(len(self), -1, np.int64)
        return np.where(lately.sum(axis=1) > 0, lately.argmax(axis=1), -1).astype(np.int64)

    def home_by_day(self) -> Ints:
        """The group in which each person works, looked at once a week, shape (people, days)."""
        days = self.done.shape[2] - 1
        homes = np.stack([self.homes(day) for day in range(0, max(days, 1), 7)], axis=1)
        return np.repeat(homes, 7, axis=1)[:, :days]


def staff(evidence: Evidence) -> Staff:
    """Staff with what they did on each day, known once the day is over."""
    people, days, groups = evidence.people, len(evidence.days), len(evidence.groups)
    users = np.flatnonzero(people.staff & ~people.bot)
    number = np.full(len(people.names) + 1, -1, np.int64)
    number[users] = np.arange(len(users))
    talk, moved = evidence.messages, evidence.statuses
    said = talk.kind == AGENT
    who = np.concatenate((number[talk.author[said]], number[moved.by]))
    ticket = np.concatenate((talk.ticket[said], moved.ticket))
    at = np.concatenate((talk.sent_at[said], moved.from_at))
    day = evidence.days.of(at)
    there = np.flatnonzero((who >= 0) & (day >= 0))
    _, first = np.unique((ticket[there] * days + day[there]) * max(len(users), 1) + who[there], return_index=True)
    kept = there[first]
    who, ticket, day = who[kept], ticket[kept], day[kept]
    group = value_at(evidence.groups_of, ticket, at[kept]).astype(np.int64)
    known = group >= 0
    place = (who[known] * groups + group[known]) * days + day[known]
    counts = np.bincount(place, minlength=len(users) * groups * days).reshape(len(users), groups, days)
    done = np.zeros((len(users), groups, days + 1), np.int64)
    np.cumsum(counts, axis=2, out=done[:, :, 1:])
    return Staff(users, number, who, ticket, day, group, done)


@dataclass(frozen=True, slots=True)
class Apart:
    """How a person's share moved beyond that of the others: in shares, its standard error, and the others' own move."""

    value: float
    error: float
    others: float

    @property
    def z(self) -> float:
        return self.value / self.error if self.error > 0 else 0.0


def apart(total: Floats, weight: Floats, person: int, others: NDArray[np.integer], since: int, until: int) -> Apart:
    """A person's change of a share since a day, less that of the others over the same days.

    Parameters
    ----------
    total, weight
        Shape (people, days): hits and cases. The eight weeks before ``since`` are the past.
    """
    change, error = moved(total[person], weight[person], since, until)
    if not len(others):
        return Apart(change, error, 0.0)
    rest, rest_error = moved(total[others].sum(axis=0), weight[others].sum(axis=0), since, until)
    return Apart(change - rest, float(np.hypot(error, rest_error)), rest)


def moved(total: Floats, weight: Floats, since: int, until: int) -> tuple[float, float]:
    """Change of a daily share since a day against the eight weeks before, and its standard error."""
    before, after = slice(max(0, since - LATELY), since), slice(since, until)
    n, m = float(weight[before].sum()), float(weight[after].sum())
    was = (float(total[before].sum()) + 0.5) / (n + 1)
    now = (float(total[after].sum()) + 0.5) / (m + 1)
    if n <= 0 or m <= 0:
        return 0.0, 1.0
    spread = was * (1 - was)
    return now - was, float(np.sqrt(spread / n + max(now * (1 - now), spread) / m))
