"""Did a plan help one person? Pure functions on that person's cases, those of the others, and the goal.

One person is one unit, so that nothing is known of chance between people; what can be judged is the way of the person
against the way of the others over the same weeks (``insight.effect``: an interrupted series with level, slope and
errors that follow each other). Whoever was chosen for a bad time would have come back to their own usual by
themselves: that time is no part of "before", and without the others there is no "worked" for them at all (Barnett, van
der Pols, Dobson 2005). What could be seen is told before: the same computation on the past alone, as if the plan had
begun in it.

A model of errors may be wrong; so the same is computed for each of the others as if they had been coached ("placebo
people"), and no interval is narrower than how far those moved with no plan at all (Abadie, Diamond, Hainmueller 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import stdtrit

from maitred.insight.datasets import DataSet
from maitred.insight.effect import Judged, effect
from maitred.insight.goals import Scale, told
from maitred.insight.interrupted import FEWEST_AFTER, FEWEST_BEFORE
from maitred.metrics.intervals import Floats

Verdict = Literal["worked", "did_not", "cannot_tell"]
Reason = Literal["", "regression_to_the_mean", "too_short", "too_few", "too_wide", "still_open", "worse", "no_data"]
Bools: TypeAlias = "np.ndarray"

FEWEST_OTHERS = 5
"""Fewer people have no mean in which nobody can be made out."""
WEEK, DAY = 7, 1
_FEWEST_CASES = {WEEK: 3, DAY: 2}
"""Cases of the person that make a bucket; fewer are a gap."""
_FEWEST_OF_OTHERS = 5
_MOST_PLACEBOS = 30
_MOST_OPEN = 0.1
"""A larger share of cases that still run would make the plan look good for leaving them."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to change.

    Parameters
    ----------
    scale
        ``ratio``: values are logarithms of durations, effects are shares of the usual time. ``share``: values are 0 or
        1. ``mean``: values are as they are.
    higher_is_better
        Which way is the good one.
    smallest
        The smallest effect worth having: a share of the usual time, of one, or in units of the metric.
    start, end
        First day of the plan, and the day of the follow-up, which is not counted any more.
    selected
        First and last day by which the person was chosen as one of the worst; None for every other choice.
    """

    scale: Scale
    higher_is_better: bool
    smallest: float
    start: date
    end: date
    selected: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases by day (``date.toordinal``), value (as the scale says) and whose: 0 is the person, others count from 1.

    ``open`` counts the person's cases since the start that still run and have no value.
    """

    day: Floats
    value: Floats
    who: np.ndarray
    open: int = 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """One week or day: the person's mean and how many cases, the others' mean, on the scale of the goal."""

    first: date
    own: float | None
    n: int
    others: float | None
    after: bool
    selected: bool


@dataclass(frozen=True, slots=True)
class Size:
    """An effect that is good when positive: a share of the usual time, of one, or in units of the metric."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a plan.

    ``effect`` and ``smallest_seen`` are None where nothing can be computed. ``n`` are the person's cases since the
    start and ``n_before`` those of the baseline; ``others`` how many people they were compared with.
    """

    verdict: Verdict
    reason: Reason
    effect: Size | None
    smallest_seen: float | None
    n: int
    n_before: int
    others: int
    width: int
    design: str
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What could be seen, told before: the smallest effect found in eight of ten such plans; None where none could.

    ``usual`` is the person's usual value on the scale of the goal, ``n`` the cases a week behind it.
    """

    smallest_seen: float | None
    reason: Reason
    usual: float | None
    n: float
    others: int
    width: int


def judged(cases: Cases, goal: Goal) -> Told:
    """Judge a plan at its follow-up.

    The interval decides: ``worked`` where it lies above nothing, ``did_not`` where it lies below nothing or below the
    smallest effect worth having, ``cannot_tell`` otherwise.
    """
    width = _width(cases, goal)
    table = _tabled(cases, goal, width)
    after = table.times >= 0
    found = _found(table, goal, start=0.0)
    n, before = int(table.n[0, after].sum()), int(table.n[0, ~after & ~table.selected].sum())
    verdict, reason = _verdict(found, goal, table.others, cases.open, n)
    size = None if found.effect is None else Size(*(_told(one, goal) for one in found.effect))
    smallest = None if found.smallest is None else _told(found.smallest, goal)
    return Told(verdict, reason, size, smallest, n, before, table.others, width, found.design, table.buckets(goal))


def foreseen(cases: Cases, goal: Goal) -> Foreseen:
    """Tell from the past alone what a plan of this length could show: its last stretch is taken for the plan."""
    width = _width(cases, goal)
    whole = _tabled(cases, goal, width)
    past = whole.kept((whole.times < 0) & ~whole.selected & (whole.n[0] >= _FEWEST_CASES[width]))
    count = len(past.times)
    usual = float(past.total[0].sum() / past.n[0].sum()) if count else None
    n = float(past.n[0].sum()) / max(1.0, count * width / WEEK)
    length = (goal.end - goal.start).days // width

    def told(smallest: float | None, reason: Reason) -> Foreseen:
        return Foreseen(smallest, reason, usual, n, whole.others, width)

    if length < FEWEST_AFTER:
        return told(None, "too_short")
    if goal.selected and whole.others < FEWEST_OTHERS:
        return told(None, "regression_to_the_mean")
    if count < FEWEST_BEFORE + FEWEST_AFTER:
        return told(None, "too_few")
    began = past.times[-min(length, max(FEWEST_AFTER, (count - FEWEST_BEFORE) // 2))]
    found = _found(past, goal, start=float(began))
    return told(None, "too_few") if found.smallest is None else told(_told(found.smallest, goal), "")


@dataclass(frozen=True, slots=True)
class _Table:
    """Sums and counts of cases by person (the first is the coached one) and bucket."""

    width: int
    times: Floats
    selected: Bools
    total: Floats
    n: Floats

    @property
    def others(self) -> int:
        return int((self.n[1:].sum(axis=1) > 0).sum())

    def kept(self, there: Bools) -> _Table:
        return _Table(self.width, self.times[there], self.selected[there], self.total[:, there], self.n[:, there])

    def of(self, who: int, *, against: bool) -> tuple[Floats, Floats]:
        """Times and values of one person, against the mean of the others (never that of the coached one)."""
        rest = [one for one in range(1, len(self.n)) if one != who]
        n, total = self.n[rest].sum(axis=0), self.total[rest].sum(axis=0)
        there = self.n[who] >= _FEWEST_CASES[self.width]
        if against:
            there &= n >= _FEWEST_OF_OTHERS
        own = self.total[who, there] / self.n[who, there]
        return self.times[there], own - total[there] / n[there] if against else own

    def buckets(self, goal: Goal) -> tuple[Bucket, ...]:
        """The way of the person and of the others, for the drawing."""
        own, rest = self.n[0], self.n[1:].sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mine, theirs = self.total[0] / own, self.total[1:].sum(axis=0) / rest
        return tuple(
            Bucket(
                date.fromordinal(goal.start.toordinal() + int(time) * self.width),
                float(mine[place]) if own[place] >= _FEWEST_CASES[self.width] else None, int(own[place]),
                float(theirs[place]) if self.others >= FEWEST_OTHERS and rest[place] >= _FEWEST_OF_OTHERS else None,
                bool(time >= 0), bool(self.selected[place]),
            )
            for place, time in enumerate(self.times)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """An effect on the scale of the series, good when positive, with what would have been seen."""

    design: str
    effect: tuple[float, float, float] | None
    smallest: float | None
    reason: str


def _width(cases: Cases, goal: Goal) -> int:
    """Weeks where there are enough of them before and after, else days; decided by dates, never by values."""
    own = cases.day[cases.who == 0]
    before = (goal.start.toordinal() - float(own.min())) / WEEK if len(own) else 0.0
    left_out = 0.0 if goal.selected is None else (goal.selected[1] - goal.selected[0]).days / WEEK + 1
    after = (goal.end - goal.start).days // WEEK
    return WEEK if before - left_out >= FEWEST_BEFORE + FEWEST_AFTER and after >= FEWEST_AFTER else DAY


def _tabled(cases: Cases, goal: Goal, width: int) -> _Table:
    """The whole buckets from the person's first case to the follow-up."""
    index = np.floor((cases.day - goal.start.toordinal()) / width).astype(np.int64)
    own = cases.who == 0
    first = int(index[own].min()) if own.any() else 0
    times = np.arange(first, (goal.end - goal.start).days // width)
    people = int(cases.who.max()) + 1 if len(cases.who) else 1
    total, n = np.zeros((people, len(times))), np.zeros((people, len(times)))
    there = (index >= first) & (index < first + len(times))
    np.add.at(total, (cases.who[there], index[there] - first), cases.value[there])
    np.add.at(n, (cases.who[there], index[there] - first), 1)
    selected = np.zeros(len(times), bool)
    if goal.selected is not None:
        began, ended = ((one - goal.start).days // width for one in goal.selected)
        selected = (times >= began) & (times <= ended) & (times < 0)
    return _Table(width, times.astype(np.float64), selected, total, n)


def _found(table: _Table, goal: Goal, start: float) -> _Found:
    """The effect for the person, no surer than the others' way allows; alone by weeks only, since days have seasons."""
    against = table.others >= FEWEST_OTHERS
    if not against and table.width == DAY:
        return _Found("none", None, None, "too_few")
    own = _effect(table, 0, goal, start, against=against)
    if own.effect is None or own.smallest_effect is None:
        return _Found(own.design, None, None, own.reason)
    half = max(own.effect.value - own.effect.low, own.effect.high - own.effect.value)
    smallest = own.smallest_effect
    if against:
        moved = _placebos(table, goal, start)
        if len(moved) < FEWEST_OTHERS:
            return _Found(own.design, None, None, "too_few")
        error, freedom = float(np.std(moved, ddof=1) * np.sqrt(1 + 1 / len(moved))), len(moved) - 1
        half = max(half, float(stdtrit(freedom, 0.975)) * error)
        smallest = max(smallest, float(stdtrit(freedom, 0.975) + stdtrit(freedom, 0.8)) * error)
    value = own.effect.value
    return _Found(own.design, (value, value - half, value + half), smallest, "")


def _placebos(table: _Table, goal: Goal, start: float) -> list[float]:
    """How far each of the others moved, computed as if the plan had been theirs."""
    people = np.flatnonzero(table.n[1:].sum(axis=1) > 0)[:_MOST_PLACEBOS] + 1
    found = [_effect(table, int(one), goal, start, against=True).effect for one in people]
    return [one.value for one in found if one is not None]


def _effect(table: _Table, who: int, goal: Goal, start: float, *, against: bool) -> Judged:
    times, value = table.of(who, against=against)
    picked = table.times[table.selected]
    columns = {
        "unit": ["plan"] * len(times), "t": times, "value": value if goal.higher_is_better else -value,
        "treated_from": np.full(len(times), start),
    }  # fmt: skip
    selected = (float(picked.min()), float(picked.max())) if len(picked) else None
    return effect(DataSet("plan", columns, len(times)), "mean", 1, selected)


def _verdict(found: _Found, goal: Goal, others: int, still_open: int, n: int) -> tuple[Verdict, Reason]:
    alone = goal.selected is not None and others < FEWEST_OTHERS
    if not n:
        return "cannot_tell", "no_data"
    if still_open > _MOST_OPEN * (n + still_open):
        return "cannot_tell", "still_open"
    if alone or found.reason == "regression_to_the_mean":
        return "cannot_tell", "regression_to_the_mean"
    if found.effect is None:
        return "cannot_tell", "too_few"
    _value, low, high = found.effect
    if high < 0:
        return "did_not", "worse"
    if low > 0:
        return "worked", ""
    return ("did_not", "") if _told(high, goal) < goal.smallest else ("cannot_tell", "too_wide")


def _told(amount: float, goal: Goal) -> float:
    return told(amount, goal.scale, higher_is_better=goal.higher_is_better)
