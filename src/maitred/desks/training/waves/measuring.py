"""From a plan to cases: whose are read, and what a publication says of the time before and of what came after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from maitred.desks.training import access as training
from maitred.desks.training.models import WavePlan
from maitred.desks.training.waves import access
from maitred.desks.training.waves.judging import Foreseen, Told, foreseen, judged
from maitred.desks.training.waves.table import LONG_BASELINE_WEEKS, WEEK, Cases, Design
from maitred.insight.goals import SCALES, Scale, personal_cases
from maitred.kit.reading import Reading, reading
from maitred.metrics.catalogue import Metric, resolve


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan before or after it is a row: people with their team and wave, and what was fixed."""

    metric: Metric
    smallest: float
    start: date
    weeks: int
    settle: int
    count: int
    seed: int
    selected: tuple[date, date] | None
    people: tuple[int, ...]
    teams: tuple[int, ...]
    waves: tuple[int, ...]

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each wave."""
        return tuple(self.start + timedelta(weeks=self.weeks * one) for one in range(self.count))

    @property
    def end(self) -> date:
        """The day up to which cases count: the start of the last of several waves."""
        return self.start + timedelta(weeks=self.weeks * max(1, self.count - 1))

    @property
    def judged_from(self) -> date:
        """The first day on which it can be judged: the outcomes are ripe."""
        return self.end + timedelta(days=self.metric.maturity_days)

    @property
    def scale(self) -> Scale:
        """The scale of the metric."""
        return SCALES[self.metric.kind]


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer at one publication; ``known_until`` is the last whole day that it knows, ``width`` is in days."""

    publication: int
    known_until: date
    width: int
    answer: Foreseen | Told


def of_plan(row: WavePlan) -> Wanted:
    """A plan as it is measured."""
    members = sorted(access.members_of(row), key=lambda one: one.person_id)
    picked = (row.selected_from, row.selected_to) if row.selected_from and row.selected_to else None
    return Wanted(
        resolve(row.metric), row.smallest_effect, row.start, row.weeks, row.settle, row.count, row.seed, picked,
        tuple(one.person_id for one in members), tuple(one.team_id for one in members),
        tuple(one.wave for one in members),
    )  # fmt: skip


def before(wanted: Wanted) -> Measured:
    """What could be seen, from the days before the start that are known by now."""
    return _measured(wanted, None)


def after(wanted: Wanted, width: int) -> Measured:
    """What became of it, from the days up to its end that are known by now."""
    return _measured(wanted, width)


def _measured(wanted: Wanted, width: int | None) -> Measured:
    beside = _beside(wanted)
    place = {person: number for number, person in enumerate((*wanted.people, *beside))}
    users = {user: place[person] for user, person in training.helpdesk_users(place).items()}
    design = _design(wanted, len(beside))
    with reading() as found:
        known = (found.as_of.astimezone(found.zone) - timedelta(days=1)).date()
        key = ("training", wanted.metric.id, design, tuple(sorted(users.items())), width)
        answer, days = found.ask.remembered(key, lambda: _answer(found, wanted, design, users, known, width))
        return Measured(found.publication.number, known, days, answer)


def _answer(
    found: Reading, wanted: Wanted, design: Design, users: dict[tuple[str, str], int], known: date, width: int | None
) -> tuple[Foreseen | Told, int]:
    last = min(known, (wanted.start if width is None else wanted.end) - timedelta(days=1))
    cases = _cases(found, wanted, design, users, last)
    if width is None:
        told = foreseen(cases, design, last)
        return told, told.width
    return judged(cases, design, width), width


def _cases(
    found: Reading, wanted: Wanted, design: Design, users: dict[tuple[str, str], int], last: date
) -> Cases:  # fmt: skip
    first = wanted.start - timedelta(days=WEEK * LONG_BASELINE_WEEKS)
    rows = personal_cases(found.ask, wanted.metric, users, first, last, found.zone) if users else None
    if rows is None:
        return Cases(np.array([]), np.array([]), np.array([], np.int64))
    begun = {place: wanted.starts[wave - 1].toordinal() for place, wave in enumerate(wanted.waves)
             if wave < wanted.count or not design.drawn}  # fmt: skip
    still = sum(day >= begun.get(int(who), 1 << 40) for day, who in zip(rows.open_day, rows.open_who, strict=True))
    return Cases(rows.day, rows.value, rows.who, int(still))


def _design(wanted: Wanted, others: int) -> Design:
    return Design(
        wanted.scale, wanted.metric.direction == "higher", wanted.smallest, wanted.starts, wanted.end, wanted.settle,
        wanted.waves, wanted.teams, others, wanted.selected, wanted.seed,
    )  # fmt: skip


def _beside(wanted: Wanted) -> Sequence[int]:
    """Colleagues beside a single wave; of several waves lots made the comparison."""
    if wanted.count > 1:
        return ()
    moment = datetime.combine(wanted.start, datetime.min.time(), ZoneInfo("UTC"))
    return access.colleagues(wanted.teams, wanted.people, moment)
