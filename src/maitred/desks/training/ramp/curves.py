"""How long until people who started work like their team. Pure functions on what each solved on which day.

A week's value of a person is what they solved in it, for each day on which they solved anything; so part time and
leave are no slowness. The usual range of a team begins at the tenth percentile of such values of its settled people
over twelve weeks. A person is proficient from the first week on that, with the next three that have a value, does not
lie below it. Who has not got there, or left before, is censored at the last week that could still have been the first
of four (Kaplan and Meier 1958). Speed is not all there is: whether what was solved lasts is judged elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from maitred.insight.survival import Lasting, lasting

FEWEST_PEOPLE = 5
"""Fewer started together: their curve would tell of single people."""
STAY = 4
SETTLED_WEEKS = 26
FEWEST_DAYS = 2
"""Days with something solved that a week needs for a value."""
PERCENTILE = 10
RANGE_WEEKS = 12
_FEWEST_SETTLED, _FEWEST_VALUES = 5, 30
_KNOWN_BEFORE = 8
"""Whoever solves something in the first eight weeks of the record may have started before it."""
TIMES = (2, 4, 8, 12, 16, 26)


@dataclass(frozen=True, slots=True)
class Solved:
    """A day on which a person solved something, and how much."""

    person: int
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Starter:
    """Somebody who started within the record: after how many weeks they were proficient, or were last looked at."""

    person: int
    start: date
    weeks: int
    proficient: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who started within the same half-year, or all of them (empty name); no curve with too few."""

    name: str
    n: int
    curve: Lasting | None
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ramp:
    """Cohorts, how many settled people make the usual ranges, and starters who are too new to be looked at."""

    cohorts: tuple[Cohort, ...]
    settled: int
    too_new: int


def ramp(rows: Sequence[Solved], teams: Mapping[int, int], known_until: date) -> Ramp:
    """Curves of those who started within the record.

    Parameters
    ----------
    rows
        What was solved, at most one row of a person and day.
    teams
        The team of each person; its settled people make the usual range, else all of them do.
    known_until
        The last whole day of the record; weeks are counted back from it.
    """
    values = _weekly(rows, known_until)
    if not values:
        return Ramp((), 0, 0)
    first_of = {person: max(own) for person, own in values.items()}
    begun = max(first_of.values())
    new = {person for person, first in first_of.items() if first <= begun - _KNOWN_BEFORE}
    ranges = _Ranges(values, first_of, new, teams)
    found, too_new = [], 0
    for person in sorted(new):
        one = _starter(person, values[person], first_of[person], ranges, known_until)
        if one is None:
            too_new += 1
        else:
            found.append(one)
    return Ramp(_cohorts(found), len(first_of) - len(new), too_new)


def _weekly(rows: Sequence[Solved], known_until: date) -> dict[int, dict[int, float]]:
    """Value by person and weeks ago; weeks with too few days have none."""
    days: Counter[tuple[int, int]] = Counter()
    solved: Counter[tuple[int, int]] = Counter()
    for row in rows:
        place = row.person, (known_until - row.day).days // 7
        days[place] += 1
        solved[place] += row.count
    found: dict[int, dict[int, float]] = {}
    for (person, week), many in days.items():
        if week >= 0 and many >= FEWEST_DAYS:
            found.setdefault(person, {})[week] = solved[person, week] / many
    return found


class _Ranges:
    """The lower edge of what is usual in a team, by week."""

    def __init__(
        self, values: Mapping[int, Mapping[int, float]], first_of: Mapping[int, int], new: set[int],
        teams: Mapping[int, int],
    ) -> None:  # fmt: skip
        self._values, self._first, self._new, self._teams = values, first_of, new, teams
        self._known: dict[tuple[int, int], float | None] = {}

    def edge(self, person: int, week: int) -> float | None:
        """For a person's team; None where too few settled people have values."""
        team = self._teams.get(person, 0)
        key = team, week
        if key not in self._known:
            own = self._percentile([one for one in self._values if self._teams.get(one, 0) == team], week)
            self._known[key] = own if own is not None else self._percentile(list(self._values), week)
        return self._known[key]

    def _percentile(self, people: Sequence[int], week: int) -> float | None:
        found: list[float] = []
        settled = 0
        for person in people:
            since = SETTLED_WEEKS if person in self._new else 0
            held = [
                value for at, value in self._values[person].items()
                if week <= at < week + RANGE_WEEKS and at <= self._first[person] - since
            ]  # fmt: skip
            settled += bool(held)
            found += held
        if settled < _FEWEST_SETTLED or len(found) < _FEWEST_VALUES:
            return None
        return float(np.percentile(found, PERCENTILE))


def _starter(
    person: int, values: Mapping[int, float], first: int, ranges: _Ranges, known_until: date
) -> Starter | None:  # fmt: skip
    weeks = sorted((week for week in values if ranges.edge(person, week) is not None), reverse=True)
    inside = [values[week] >= (ranges.edge(person, week) or 0.0) for week in weeks]
    start = known_until - timedelta(days=7 * (first + 1) - 1)
    last = None
    for place in range(len(weeks) - STAY + 1):
        last = first - weeks[place] + 1
        if all(inside[place : place + STAY]):
            return Starter(person, start, last, True)
    return None if last is None else Starter(person, start, last, False)


def _cohorts(found: Sequence[Starter]) -> tuple[Cohort, ...]:
    names = sorted({_half_year(one.start) for one in found})
    groups = [("", list(found)), *((name, [one for one in found if _half_year(one.start) == name]) for name in names)]
    return tuple(_cohort(name, people) for name, people in groups if people)


def _cohort(name: str, people: Sequence[Starter]) -> Cohort:
    if len(people) < FEWEST_PEOPLE:
        return Cohort(name, len(people), None, ())
    durations = np.array([one.weeks for one in people], np.float64)
    ended = np.array([one.proficient for one in people], np.float64)
    steps = tuple(sorted({one.weeks for one in people if one.proficient}))
    longest = int(durations.max())
    times = sorted({*(one for one in TIMES if one <= longest), *steps})
    return Cohort(name, len(people), lasting(durations, ended, times), steps)


def _half_year(day: date) -> str:
    return f"{day.year}-H{1 if day.month <= 6 else 2}"
