"""From a plan to cases: which metric it may be bound to, whose cases are read, and what a publication says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from maitred.desks.coaching import access
from maitred.desks.coaching.judging import Cases, Foreseen, Goal, Told, foreseen, judged
from maitred.desks.coaching.models import Plan
from maitred.insight.goals import SCALES, personal_cases
from maitred.kit.access import teams
from maitred.kit.reading import reading
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import Metric, resolve
from maitred.people.models import Team

Users: TypeAlias = "dict[tuple[str, str], int]"
"""Helpdesk users, and whose they are: 0 the person, others counted from 1."""
LONGEST_PAST = timedelta(days=420)


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
        return Goal(SCALES[self.metric.kind], higher, self.smallest, self.start, self.follow_up, worst)


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
    first = wanted.start - LONGEST_PAST
    found = personal_cases(ask, wanted.metric, users, first, last, zone)
    mine = (found.open_who == 0) & (found.open_day >= wanted.start.toordinal())
    return Cases(found.day, found.value, found.who, int(mine.sum()))
