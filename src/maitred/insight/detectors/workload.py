"""Has somebody too much to do? Work that comes to a person, and work that lies open with them, weighed by effort.

A ticket weighs what tickets of its topic, channel, priority and length usually take. Work that comes is counted by day
on which the person was there, so leave and part-time hours are exposure; work that lies there is what is open (not
paused) at the end of such days. Both are held against the person's own past and against the others of the group over
the same days: where all have more to do, or the others are away, it is the group that is told of, and never a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maitred.insight.detectors.case_selection import hardness
from maitred.insight.detectors.comparable import mix_of
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.peers import LATELY, Staff, staff
from maitred.insight.detectors.saying import subject, when
from maitred.insight.detectors.scan import LEARNING, Rule, Shift, Sized, daily, shifts, size
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import STATUSES, Evidence, Flags, Floats, Ints

FAMILY: Final = "workload"
NAME: Final = "workload.beyond_usual#1"
SHARE: Final = Rule("share", "up", threshold=5.0, least_cases=30, smallest=0.02, windows=(2, 3, 5, 7, 10, 14, 21, 28))
MORE: Final = 1.35
"""Ratio of a person's work from which it counts as more than usual."""
LIES: Final = Rule("mean", "up", threshold=7.0, smallest=1.8, windows=(5, 7, 10, 14, 21, 28))
TEAM: Final = Rule("count", "up", threshold=7.0, least_cases=60, smallest=1.6, windows=(5, 7, 10, 14, 21, 28))
APART: Final = 4.0
LEAST_OPEN: Final = 8
"""Open tickets from which a pile is one."""
_LIVE = tuple(STATUSES.index(one) for one in ("new", "open"))
_MOST = 2_000
_WEEK = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Load:
    """Work by person and day: effort that came, effort and tickets open at its end, and whether they were there.

    ``ticket``, ``person`` and ``day`` are the takings behind it.
    """

    ticket: Ints
    person: Ints
    day: Ints
    comes: Floats
    lies: Floats
    open: Floats
    there: Floats


@dataclass(frozen=True, slots=True)
class _More:
    """How much more a person has to do than before, beyond what the others of the group have more."""

    ratio: float
    z: float


def prepare(evidence: Evidence) -> Watch:
    """Daily load of every person and group, and the look at it."""
    crew = staff(evidence)
    weights = np.exp(np.clip(hardness(evidence, mix_of(evidence)), -2.0, 2.0))
    load = load_of(evidence, crew, weights)
    days = evidence.days
    came = shifts(*shares(load, crew), days, SHARE)
    logs = np.log1p(load.lies) * load.there
    lay = shifts(logs, load.there, days, LIES)
    team = _Team(evidence, crew, load)

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        found: dict[int, Candidate] = {}
        for shift in lay:
            if shift.stands(moment.days) and _piled(load, crew, shift, moment.days):
                effect = _ratio(load.lies, load.there, shift, moment.days)
                if effect.low > 1 and effect.value >= LIES.smallest:
                    found[shift.series] = _person(evidence, crew, load, shift, effect, moment, lies=True)
        for shift in came:
            if shift.stands(moment.days) and _more_comes(load, crew, shift, moment.days):
                effect = _ratio(load.comes, load.there, shift, moment.days)
                if effect.low > 1 and effect.value >= MORE:
                    found[shift.series] = _person(evidence, crew, load, shift, effect, moment, lies=False)
        candidates = (*(found[one] for one in sorted(found)), *team.candidates(moment))
        people = int((load.there[:, max(0, moment.days - 28) : moment.days] > 0).sum())
        return Looked(candidates, (Checked(FAMILY, "days of people at work", people),))

    return watch


def load_of(evidence: Evidence, crew: Staff, weights: Floats) -> Load:
    """What came to whom and what lay with whom, by day."""
    spans, days = evidence.assignees, evidence.days
    person = crew.number[spans.value]
    day = days.of(spans.from_at)
    rows = np.flatnonzero((person >= 0) & (day >= 0))
    _, first = np.unique(spans.ticket[rows] * max(len(crew), 1) + person[rows], return_index=True)
    rows = rows[np.sort(first)]
    there = crew.at_work()
    comes, _ = daily(day[rows], person[rows], len(crew), len(days), weights[spans.ticket[rows]])
    lies, opened = _open(evidence, crew, weights)
    return Load(spans.ticket[rows], person[rows], day[rows], comes, lies, opened, there)


def _open(evidence: Evidence, crew: Staff, weights: Floats) -> tuple[Floats, Floats]:
    """Effort and tickets that are new or open in each person's hands at the end of each day."""
    days = evidence.days
    ends = np.append(days.starts[1:], np.int64(1 << 61))
    spans = evidence.statuses
    rows = np.flatnonzero(np.isin(spans.value, _LIVE))
    until = np.minimum(spans.to_at[rows], evidence.tickets.excluded_at[spans.ticket[rows]])
    first = np.searchsorted(ends, spans.from_at[rows], side="right")
    last = np.minimum(np.searchsorted(ends, until, side="left"), len(days))
    many = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(rows)), many)
    day = np.repeat(first, many) + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    ticket = spans.ticket[rows][row]
    holder = crew.number[value_at(evidence.assignees, ticket, ends[day] - 1)]
    return daily(day, holder, len(crew), len(days), weights[ticket])


def shares(load: Load, crew: Staff) -> tuple[Floats, Floats]:
    """Each person's part of what comes to their group on days at work, as if as many were at work as usual.

    Returns
    -------
    total, weight
        Shape (people, days): effort that came to the person times people at work over usual ones, and effort that came
        to the group.
    """
    home = crew.home_by_day()
    total, weight = np.zeros_like(load.comes), np.zeros_like(load.comes)
    for group in range(crew.done.shape[1]):
        mine = (home == group) * load.there
        people = mine.sum(axis=0)
        running = np.concatenate([[0.0], np.cumsum(people)])
        working = np.concatenate([[0.0], np.cumsum(people > 0)])
        first = np.maximum(np.arange(len(people)) - LATELY, 0)
        days = working[:-1] - working[first]
        usual = np.divide(running[:-1] - running[first], days, out=np.ones_like(people), where=days > 0)
        total += mine * load.comes * (people / np.maximum(usual, 1.0))
        weight += mine * (load.comes * mine).sum(axis=0)
    return np.minimum(total, weight), weight


def _others(crew: Staff, one: int, since: int) -> NDArray[np.integer]:
    """People who mostly worked for the same group before a day."""
    homes = crew.homes(since)
    return np.flatnonzero((homes == homes[one]) & (np.arange(len(homes)) != one))


def _more_comes(load: Load, crew: Staff, shift: Shift, days: int) -> bool:
    """Whether more comes to a person while it does not to the others, who are there as usual."""
    others = _others(crew, shift.series, shift.since)
    if not len(others) or not _as_usual(load.there[others], shift.since, days):
        return False
    more = _beyond(load.comes, load.there, shift.series, others, shift.since, days)
    return more.z >= APART and more.ratio >= 1.3


def _piled(load: Load, crew: Staff, shift: Shift, days: int) -> bool:
    """Whether a pile is large, and twice that of the others."""
    one, others = shift.series, _others(crew, shift.series, shift.since)
    lately = slice(max(shift.since, days - 5), days)
    mine = float(load.open[one, lately].mean())
    if mine < LEAST_OPEN or not len(others) or not _as_usual(load.there[others], shift.since, days):
        return False
    theirs = float(load.open[others, lately].mean())
    more = _beyond(load.lies, load.there, one, others, shift.since, days)
    return mine >= 2 * theirs and more.z >= APART and more.ratio >= 1.5


def _as_usual(there: Floats, since: int, days: int) -> bool:
    """Whether people are at work at least three quarters as much as before."""
    before, after = there[:, max(0, since - LATELY) : since], there[:, since:days]
    return after.size > 0 and float(after.mean()) >= 0.75 * float(before.mean())


def _beyond(value: Floats, there: Floats, one: int, others: NDArray[np.integer], since: int, days: int) -> _More:
    """Ratio of after to before on days at work, of a person over that of the others, with its score."""
    mine, own = _log_ratio(value[[one]], there[[one]], since, days)
    theirs, error = _log_ratio(value[others], there[others], since, days)
    return _More(float(np.exp(mine - theirs)), (mine - theirs) / max(float(np.hypot(own, error)), 1e-9))


def _ratio(value: Floats, there: Floats, shift: Shift, days: int) -> Size:
    """Ratio of a person's work after to before, with its 90 % interval."""
    mine = [shift.series]
    away, error = _log_ratio(value[mine], there[mine], shift.since, days)
    low, middle, high = np.exp(away + np.array([-1.0, 0.0, 1.0]) * 1.9 * error)
    return Size(float(middle), float(low), float(high), "ratio")


def _log_ratio(value: Floats, there: Floats, since: int, days: int) -> tuple[float, float]:
    """Log ratio of the means of days at work since and before a day, and its standard error."""
    first = max(0, since - LATELY)
    means, spread = [], 0.0
    for part in (slice(since, days), slice(first, since)):
        chosen = value[:, part][there[:, part] > 0]
        if len(chosen) < 2:
            return 0.0, 1.0
        means.append(float(chosen.mean()) + 0.1)
        spread += float(chosen.var(ddof=1)) / len(chosen) / means[-1] ** 2
    return float(np.log(means[0] / means[1])), max(float(np.sqrt(spread)), 1e-6)


def _person(
    evidence: Evidence, crew: Staff, load: Load, shift: Shift, effect: Size, moment: Moment, *, lies: bool
) -> Candidate:
    one = shift.series
    about = subject(evidence, "agent", int(crew.users[one]))
    day = when(evidence.days, shift.since)
    rows = np.flatnonzero((load.person == one) & (load.day >= shift.since) & (load.day < moment.days))[::-1]
    what = "open with" if lies else "coming to"
    return Candidate(
        family=FAMILY,
        detector=NAME,
        subject=about,
        metric="backlog#1" if lies else "arrivals#1",
        since=shift.since,
        effect=effect,
        n=len(rows),
        title=f"{effect.value:.1f} times the usual work is {what} {about.name} since {day}, the others have as before",
        confidence=0.95 if shift.z >= 9 else 0.88,
        tickets=load.ticket[rows][:_MOST],
        waiting=_waiting(evidence, crew.users[one], shift.since, moment),
        cause=Cause("capacity", "work is not shared as before: the others of the group have no more than usual", 0.7),
        where={"assignee": about.id},
    )


def _waiting(evidence: Evidence, user: int, since: int, moment: Moment) -> float:
    """Customer-hours of the last week for which customers waited for a person, beyond a usual week before."""
    turns = evidence.turns
    known = turns.answered_at < moment.at
    holder = np.where(known, turns.agent, -1)
    open_now = np.flatnonzero(~known & (turns.opened_at < moment.at))
    asked = np.full(len(open_now), moment.at - 1, np.int64)
    holder[open_now] = value_at(evidence.assignees, turns.ticket[open_now], asked)
    mine = holder == user
    now = _hours(evidence, mine, moment.at - _WEEK, moment.at)
    start, weeks = int(evidence.days.starts[since]), max(1, min(since // 7, 8))
    return max(0.0, now - _hours(evidence, mine, start - weeks * _WEEK, start) / weeks)


def _hours(evidence: Evidence, mine: Flags, start: int, end: int) -> float:
    turns = evidence.turns
    spent = np.minimum(turns.answered_at[mine], end) - np.maximum(turns.opened_at[mine], start)
    return float(np.maximum(spent, 0).sum()) / 3600


class _Team:
    """Effort that comes to each group, by person who is there."""

    def __init__(self, evidence: Evidence, crew: Staff, load: Load) -> None:
        self.evidence, self.crew, self.load = evidence, crew, load
        days = len(evidence.days)
        self.home = crew.home_by_day()
        groups = len(evidence.groups)
        self.comes = np.zeros((groups, days))
        self.there = np.zeros((groups, days))
        for group in range(groups):
            mine = self.home == group
            self.comes[group] = (load.comes * mine).sum(axis=0)
            self.there[group] = (load.there * mine).sum(axis=0)
        self.shifts = shifts(self.comes * (self.there > 0), self.there, evidence.days, TEAM)

    def candidates(self, moment: Moment) -> Iterator[Candidate]:
        days = self.evidence.days
        for shift in self.shifts:
            if not shift.stands(moment.days):
                continue
            told = size(self.comes * (self.there > 0), self.there, days, TEAM, shift, moment.days)
            if told.shows("count") and told.value >= TEAM.smallest and self._enough(shift, moment.days):
                yield self._candidate(shift, told, moment)

    def _enough(self, shift: Shift, days: int) -> bool:
        """Whether several people worked before: one person's leave is not a group's load."""
        before = self.there[shift.series, max(0, shift.since - LATELY) : shift.since]
        return len(before) > 0 and float(np.percentile(before, 75)) >= 3

    def _candidate(self, shift: Shift, told: Sized, moment: Moment) -> Candidate:
        group, load = shift.series, self.load
        about = subject(self.evidence, "group", group)
        day = when(self.evidence.days, shift.since)
        first = max(0, shift.since - LATELY)
        fewer = float(self.there[group, shift.since : moment.days].mean()) / max(
            float(self.there[group, first : shift.since].mean()), 1e-9
        )
        staffing = fewer < 0.85
        text = f"{100 * (1 - fewer):.0f} % fewer people are at work" if staffing else "as many people, more work comes"
        mine = self.home[load.person, load.day] == group
        rows = np.flatnonzero(mine & (load.day >= shift.since) & (load.day < moment.days))[::-1]
        return Candidate(
            family=FAMILY,
            detector=NAME,
            subject=about,
            metric="arrivals#1",
            since=shift.since,
            effect=Size(told.value, told.low, told.high, "ratio"),
            n=len(rows),
            title=f"Each person in {about.name} gets {told.value:.1f} times the usual work since {day}",
            confidence=0.85,
            tickets=load.ticket[rows][:_MOST],
            cause=Cause("staffing" if staffing else "volume", text, 0.7),
            where={"group": about.id},
        )


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
