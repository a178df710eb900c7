"""From a plan to cases: which metric it may be bound to, whose cases are read, and what a publication says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from maitred.base.errors import Invalid, MaitredError
from maitred.desks.coaching import access
from maitred.desks.coaching.judging import Cases, Foreseen, Goal, Scale, Told, foreseen, judged
from maitred.desks.coaching.models import Plan
from maitred.kit.access import teams
from maitred.kit.reading import reading
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.intervals import Floats
from maitred.metrics.scope import Scope
from maitred.people.models import Team

Users: TypeAlias = "dict[tuple[str, str], int]"
"""Helpdesk users, and whose they are: 0 the person, others counted from 1."""
MINUTE = 60.0
LONGEST_PAST = timedelta(days=420)
_SCALES: dict[str, Scale] = {"duration": "ratio", "share": "share", "mean": "mean"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A goal before or after it is a row: whom, which metric, from when to when, and how the person was chosen."""

    person: int
    team: Team | None
    metric: Metric
    smallest: float
    start: date
    follow_up: date
    selected_on: str
    selected: tuple[date, date] | None

    @property
    def goal(self) -> Goal:
        """As ``judging`` takes it."""
        worst = self.selected if self.selected_on == "worst_of" else None
        higher = self.metric.direction == "higher"
        return Goal(_SCALES[self.metric.kind], higher, self.smallest, self.start, self.follow_up, worst)


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer at one publication; ``known_until`` is the last whole day that it knows."""

    publication: int
    known_until: date
    zone: str
    answer: Foreseen | Told


def of_plan(row: Plan) -> Wanted:
    """A plan as it is measured."""
    picked = (row.selected_from, row.selected_to) if row.selected_from and row.selected_to else None
    return Wanted(row.person_id, row.team, resolve(row.metric), row.smallest_effect, row.start, row.follow_up,
                  row.selected_on, picked)  # fmt: skip


def coachable(name: str) -> Metric:
    """The metric of the catalogue that a plan may be bound to.

    Raises
    ------
    Invalid
        There is none of that name, it is never shown for one person, or neither way of it is better.
    """
    try:
        metric = resolve(name)
    except MaitredError as error:
        raise _misfit(
            "metric", f"the catalogue has no metric {name!r}: choose one of those that are offered"
        ) from error
    if not _fits(metric):
        what = f"{metric.id} cannot be the goal of one person: choose a duration, a share or a mean told by assignee"
        raise _misfit("metric", what)
    return metric


def goals() -> list[Metric]:
    """The metrics that a plan may be bound to, the usual ones first."""
    return sorted(filter(_fits, METRICS.values()), key=lambda one: (not one.default, one.title, one.id))


def before(wanted: Wanted) -> Measured:
    """What could be seen, from the days before the start that are known by now."""
    return _measured(wanted, ahead=True)


def after(wanted: Wanted) -> Measured:
    """What became of it, from the days until the follow-up that are known by now."""
    return _measured(wanted, ahead=False)


def last_day(wanted: Wanted) -> date:
    """The first day on which the follow-up can be judged: its outcomes are ripe."""
    return wanted.follow_up + timedelta(days=wanted.metric.maturity_days)


def others(wanted: Wanted) -> list[int]:
    """People to compare with: those of the team, else of all that lies below the next one above, until enough."""
    moment = datetime.combine(wanted.start, datetime.min.time(), ZoneInfo("UTC"))
    found: list[int] = []
    team = wanted.team
    while team is not None and len(found) < _ENOUGH:
        below = teams.below(frozenset({team.pk}))
        found = access.others_beside(wanted.person, below, moment, wanted.metric.id)
        team = team.parent
    return found


_ENOUGH = 8
"""Fewer give intervals so wide that nothing is seen; then teams farther away are asked as well."""


def _measured(wanted: Wanted, *, ahead: bool) -> Measured:
    place = {person: number for number, person in enumerate((wanted.person, *others(wanted)))}
    users = {user: place[person] for user, person in access.helpdesk_users(place).items()}
    with reading() as found:
        zone = found.zone
        known = (found.as_of.astimezone(zone) - timedelta(days=1)).date()
        key = ("coaching", wanted.metric.id, wanted.goal, tuple(sorted(users.items())), ahead)
        answer = found.ask.remembered(key, lambda: _answer(found.ask, wanted, users, zone, known, ahead))
        return Measured(found.publication.number, known, zone.key, answer)


def _answer(
    ask: Asker, wanted: Wanted, users: Users, zone: ZoneInfo, known: date, ahead: bool
) -> Foreseen | Told:  # fmt: skip
    last = min(known, (wanted.start if ahead else wanted.follow_up) - timedelta(days=1))
    found = cases(ask, wanted, users, zone, last)
    return foreseen(found, wanted.goal) if ahead else judged(found, wanted.goal)


def cases(ask: Asker, wanted: Wanted, users: Users, zone: ZoneInfo, last: date) -> Cases:
    """The cases of the person (0) and of those beside, up to a day; each counts for whom the metric names."""
    if not any(number == 0 for number in users.values()):
        return Cases(np.array([]), np.array([]), np.array([], np.int64))
    scope = Scope.of((), users)
    asked = {"assignee": [f"{source}:{own}" for source, own in users]}
    first = wanted.start - LONGEST_PAST
    rows = ask.tickets(
        wanted.metric.id, first.isoformat(), last.isoformat(), ("assignee",), asked, zone.key, scope=scope
    ).rows  # fmt: skip
    days, values, who, still_open = [], [], [], 0
    columns = ("at", "value", "censored", "source_id", "assignee")
    for at, value, running, source, assignee in zip(*(rows[name].to_pylist() for name in columns), strict=True):
        number = users.get((source, str(assignee).removeprefix(f"{source}:")))
        day = at.astimezone(zone).date()
        if number is None:
            continue
        if running or value is None:
            still_open += number == 0 and running and day >= wanted.start
            continue
        days.append(day.toordinal())
        values.append(float(value))
        who.append(number)
    return Cases(np.array(days, np.float64), scaled(values, wanted.goal.scale), np.array(who, np.int64), still_open)


def scaled(values: list[float], scale: Scale) -> Floats:
    """Values on the scale of the goal: of durations logarithms, with a minute added so that seconds do not weigh."""
    return np.log(np.maximum(np.array(values), 0.0) + MINUTE) if scale == "ratio" else np.array(values, np.float64)


def in_unit(value: float | None, scale: Scale) -> float | None:
    """A mean on the scale of the goal in the metric's own unit; of durations that is a middle value in seconds."""
    return value if value is None or scale != "ratio" else max(0.0, exp(value) - MINUTE)


def _fits(metric: Metric) -> bool:
    return metric.kind in _SCALES and metric.direction is not None and "assignee" in metric.dimensions


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
