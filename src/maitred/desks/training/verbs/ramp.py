"""How long people who started need until they work like their team."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from maitred.desks.training.ramp import access
from maitred.desks.training.ramp.curves import (
    FEWEST_PEOPLE,
    PERCENTILE,
    SETTLED_WEEKS,
    STAY,
    Cohort,
    Ramp,
    Solved,
)
from maitred.desks.training.ramp.curves import ramp as curves
from maitred.desks.training.ramp.shapes import RampAt, RampCohort, RampShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import reading
from maitred.kit.verbs import question
from maitred.metrics.scope import Scope

_METRIC = "solved#1"


@question(needs=Right.TRAINING_LEAD, example={})
def ramp(actor: Actor) -> RampShown:
    """Show how many weeks starters needed until they work like their team, per half-year in which they started.

    Whoever has not got there yet, or left before, is followed as long as they are there (Kaplan-Meier). A cohort of
    fewer than five people has no curve.
    """
    teams = access.followed(actor)
    users = access.users_of(teams)
    with reading() as found:
        known = (found.as_of.astimezone(found.zone) - timedelta(days=1)).date()
        key = ("training_ramp", tuple(sorted(users.items())), tuple(sorted(teams.items())))

        def made() -> Ramp:
            if not users:
                return Ramp((), 0, 0)
            asked = {"assignee": [f"{source}:{own}" for source, own in users]}
            rows = found.ask.tickets(
                _METRIC, None, known.isoformat(), ("assignee",), asked, found.zone.key, scope=Scope.of((), users)
            ).rows  # fmt: skip
            return curves(_solved(rows, users, found.zone), teams, known)

        shown = found.ask.remembered(key, made)
        return _shown(shown, found.publication.number, known)


def _solved(rows: pa.Table, users: dict[tuple[str, str], int], zone: ZoneInfo) -> list[Solved]:
    many: Counter[tuple[int, date]] = Counter()
    for at, source, assignee in zip(*(rows[name].to_pylist() for name in ("at", "source_id", "assignee")), strict=True):
        person = users.get((source, str(assignee).removeprefix(f"{source}:")))
        if person is not None:
            many[person, at.astimezone(zone).date()] += 1
    return [Solved(person, day, count) for (person, day), count in sorted(many.items())]


def _shown(found: Ramp, publication: int, known: date) -> RampShown:
    return RampShown(
        tuple(_cohort(one) for one in found.cohorts), found.settled, found.too_new, STAY, PERCENTILE, SETTLED_WEEKS,
        publication, known,
    )  # fmt: skip


def _cohort(one: Cohort) -> RampCohort:
    if one.curve is None:
        return RampCohort(one.name, one.n, FEWEST_PEOPLE, 0, (), None, None, None)
    at = tuple(
        RampAt(int(each.t), 1 - each.value, 1 - each.high, 1 - each.low, each.at_risk, int(each.t) in one.steps)
        for each in one.curve.at
    )
    curve = one.curve
    return RampCohort(
        one.name, one.n, None, curve.events, at, curve.median, curve.median_low, curve.median_high
    )  # fmt: skip
