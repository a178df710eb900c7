"""What has worked? News for managers who tried something: a course, or a change in a group.

A course is judged by differences in differences: its people before and after against untrained people of the same
groups over the same weeks, one difference per person, as ``insight.effect`` does it. The four weeks before a course are
no baseline: whoever was sent there for a bad month would get better by itself. A group's fall of waits or reopenings
counts when it lasts three weeks, goes below what the group ever had, comes with no fewer tickets, and follows a change
that can be named. News never stand above harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.datasets import DataSet
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.group_gains import Gains
from maitred.insight.detectors.saying import when
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.effect import FEWEST_IN_ARM, Judged, effect
from maitred.insight.evidence.tables import Evidence, Flags, Floats, Ints

NAME: Final = "improvement.training#1"
GROUP: Final = "improvement.group#1"
SURE: Final = 1.6
"""Half-widths of the 95 % interval that an effect must be from zero: many looks ask for more than one look does."""
AFTER: Final = 3
"""Whole weeks after the first start before anything is said."""
SELECTED: Final = 4
"""Weeks before a start that are no baseline."""
TOLD: Final = 28
"""Days for which an effect is news."""
FEWEST: Final = 30
_MATURE = 7
_PICKED = 1.0
"""Share of the 95 % half-width that is shown: the whole of it, as effects told were picked for their size."""
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class _Measure:
    """One outcome: its metric, and of every case who, when known (day), value (higher is better) and ticket."""

    metric: str
    words: str
    person: Ints
    day: Ints
    value: Floats
    ticket: Ints
    share: bool
    falls: bool
    """Whether the metric itself falls where the value rises."""


@dataclass(frozen=True, slots=True)
class _Effect:
    """The effect of a course on one measure as known after some whole weeks."""

    course: str
    measure: _Measure
    judged: Judged
    start: int
    trained: Ints
    cases: Ints


def prepare(evidence: Evidence) -> Watch:
    """Outcomes of people by week, and the look at courses and groups."""
    courses = _Courses(evidence)
    gains = Gains(evidence)

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        found = tuple(_training(evidence, one) for one in courses.news(moment))
        groups = tuple(gains.at(moment, GROUP))
        return Looked((*found, *groups), (Checked("improvement", "trained people", courses.trained(moment)),))

    return watch


class _Courses:
    """Courses, and their effects week by week."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.names = sorted({one for one in evidence.people.training if one})
        self.measures = _measures(evidence) if self.names else ()
        self.known: dict[int, list[_Effect]] = {}

    def trained(self, moment: Moment) -> int:
        """People who had been trained by an instant."""
        return int((self.evidence.people.trained_at < moment.at).sum())

    def news(self, moment: Moment) -> Iterator[_Effect]:
        """The latest effects of courses of which one was sure within the last four weeks for the first time."""
        week = moment.days // 7
        for course in self.names:
            first = next((one for one in range(LEARNING // 7, week + 1) if self._sure(course, one)), None)
            if first is None or (week - first) * 7 >= TOLD:
                continue
            # the week in which it was sure stands where later ones waver
            latest = next(one for one in range(week, first - 1, -1) if self._sure(course, one))
            yield max(self._sure(course, latest), key=lambda one: _strength(one.judged))

    def _sure(self, course: str, week: int) -> list[_Effect]:
        if week not in self.known:
            self.known[week] = [
                one
                for name in self.names
                for measure in self.measures
                if (one := self._judged(name, measure, week)) is not None
            ]
        return [one for one in self.known[week] if one.course == course]

    def _judged(self, course: str, measure: _Measure, week: int) -> _Effect | None:
        """The effect of a course by the first ``week`` weeks; nothing where it is not surely good."""
        evidence, people = self.evidence, self.evidence.people
        end = int(evidence.days.starts[min(7 * week, len(evidence.days) - 1)])
        named = np.array([one == course for one in people.training])
        trained = np.flatnonzero(named & (people.trained_at < end))
        if len(trained) < FEWEST_IN_ARM:
            return None
        starts = (evidence.days.of(people.trained_at[trained]) + 6) // 7
        begun = starts[starts >= SELECTED + 4]
        if not len(begun) or week - int(begun.min()) < AFTER:
            return None
        others = _peers(evidence, trained, end)
        start = np.full(len(people.names), np.nan)
        start[trained] = starts
        inside = (measure.day >= 0) & (measure.day < 7 * week) & np.isin(measure.person, [*trained, *others])
        inside &= evidence.tickets.excluded_at[measure.ticket] >= end
        mine = inside & np.isin(measure.person, trained)
        after = mine & (measure.day // 7 >= start[np.maximum(measure.person, 0)])
        if after.sum() < FEWEST or (mine & ~after).sum() < FEWEST:
            return None
        chosen = (float(begun.min()) - SELECTED, float(begun.max()) - 1)
        found = effect(_panel(measure, inside, start), "share" if measure.share else "mean", selected_on=chosen)
        if found.verdict != "improved" or _strength(found) < SURE:
            return None
        first = int(evidence.days.of(people.trained_at[trained]).min())
        cases = np.unique(measure.ticket[after])[::-1]
        return _Effect(course, measure, found, first, trained, cases)


def _strength(found: Judged) -> float:
    """The effect in half-widths of its 95 % interval."""
    if found.effect is None:
        return 0.0
    half = (found.effect.high - found.effect.low) / 2
    return found.effect.value / half if half > 0 else 0.0


def _panel(measure: _Measure, inside: Flags, start: Floats) -> DataSet:
    """Cases by person and week."""
    key = measure.person[inside] * 10_000 + measure.day[inside] // 7
    cells, place = np.unique(key, return_inverse=True)
    n = np.bincount(place).astype(np.float64)
    total = np.bincount(place, measure.value[inside])
    person = cells // 10_000
    columns = {
        "unit": [f"{one:06d}" for one in person],
        "t": (cells % 10_000).astype(np.float64),
        "value": total if measure.share else total / n,
        "n": n,
        "treated_from": start[person],
    }
    return DataSet("0", columns, len(cells))


def _peers(evidence: Evidence, trained: Ints, end: int) -> Ints:
    """Other people of the groups of those trained."""
    members, people = evidence.members, evidence.people
    known = members.from_at < end
    person, group = members.ticket[known].astype(np.int64), members.value[known]
    if not len(person):
        solves = evidence.solves
        done = (solves.solved_at < end) & (solves.agent >= 0)
        person, group = solves.agent[done].astype(np.int64), solves.group[done]
    groups = np.unique(group[np.isin(person, trained)])
    there = np.unique(person[np.isin(group, groups)])
    there = there[people.staff[there] & ~people.bot[there]]
    return np.setdiff1d(there, trained)


def _measures(evidence: Evidence) -> tuple[_Measure, ...]:
    solves, ratings, days = evidence.solves, evidence.ratings, evidence.days
    person, solved = solves.agent.astype(np.int64), days.of(solves.solved_at)
    back = solves.reopened_at - solves.solved_at <= _MATURE * _DAY
    timed = (person >= 0) & (solves.seconds > 0)
    return (
        _Measure(
            "episode_resolution.business_all#1", "resolves", person[timed], solved[timed],
            -np.log(np.maximum(solves.seconds[timed], 60).astype(np.float64)), solves.ticket[timed].astype(np.int64),
            False, True,
        ),
        _Measure(
            "reopen_rate.transitions#1", "tickets come back", person[person >= 0], solved[person >= 0] + _MATURE + 1,
            (~back[person >= 0]).astype(np.float64), solves.ticket[person >= 0].astype(np.int64), True, True,
        ),
        _Measure(
            "csat.rate@at_solve#1", "customers are content", ratings.agent.astype(np.int64), days.of(ratings.rated_at),
            ratings.good.astype(np.float64), ratings.ticket.astype(np.int64), True, False,
        ),
    )  # fmt: skip


def _training(evidence: Evidence, one: _Effect) -> Candidate:
    found = one.judged.effect
    assert found is not None
    half = (found.high - found.low) / 2 * _PICKED
    sign = -1.0 if one.measure.falls else 1.0
    ends = sorted(sign * (found.value + side * half) for side in (-1, 1))
    value = sign * found.value
    if one.measure.share:
        size = Size(100 * value, 100 * ends[0], 100 * ends[1], "points")
    else:
        size = Size(float(np.exp(value)), float(np.exp(ends[0])), float(np.exp(ends[1])), "ratio")
    controls = one.judged.checks.get("units", {}).get("never_treated", 0)
    return Candidate(
        "improvement",
        NAME,
        Subject("training", f"training:{one.course}", one.course, one.course),
        one.measure.metric,
        one.start,
        size,
        len(one.cases),
        _title(evidence, one, size),
        round(min(0.95, 0.6 + 0.1 * _strength(one.judged)), 3),
        one.cases[:2_000],
        cause=Cause("training", f"{len(one.trained)} trained people against {controls} others of their groups", 0.8),
        good=True,
        parts=tuple(evidence.people.names.names[int(person)] for person in one.trained[:20]),
    )


def _title(evidence: Evidence, one: _Effect, size: Size) -> str:
    since = when(evidence.days, one.start)
    who = f"{len(one.trained)} people"
    if size.unit == "ratio":
        return f"{one.course} worked: {who} resolve in {size.value:.2f} of the time since {since}"
    if one.measure.falls:
        return f"{one.course} worked: tickets of {who} come back {-size.value:.0f} points less often since {since}"
    return f"{one.course} worked: customers of {who} are content {size.value:.0f} points more often since {since}"


DETECTORS: Final = (Detector(NAME, "improvement", prepare),)
"""What this module offers."""
