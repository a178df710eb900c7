"""Plans: what could be seen, before; the goal stands still once it began; whether it helped, at the follow-up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.desks.coaching import access, measuring, pairs, shapes, showing
from maitred.desks.coaching.judging import Told
from maitred.desks.coaching.measuring import Wanted
from maitred.desks.coaching.models import Plan
from maitred.desks.coaching.shapes import (
    Amount,
    ForeseenShown,
    MetricName,
    PersonId,
    PlanId,
    PlanListed,
    PlanShown,
    PlanState,
    SelectedOn,
    Sentence,
    VerdictShown,
    Way,
)
from maitred.insight.goals import goal_metric, in_unit
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.interventions.models import Registered
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.people.models import Team

_GOAL: dict[str, Any] = {
    "person": 7, "goal": "first replies within the hour", "metric": "frt.business_all", "smallest_effect": 0.15,
    "start": "2030-01-07", "follow_up": "2030-03-11", "selected_on": "other",
}  # fmt: skip
_LONGEST = timedelta(days=366)


@question(needs=Right.COACHING_READ, example={})
def plans(
    actor: Actor, person: PersonId | None = None, state: PlanState | None = None, cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PlanListed]:  # fmt: skip
    """List coaching plans, the newest first: one's own, and those of the people whom one leads.

    Parameters
    ----------
    person
        Only those of this person.
    state
        Only those in this state.
    """
    rows = access.visible_plans(actor)
    if person is not None:
        rows = rows.filter(person=access.access_person(actor, person))
    if state is not None:
        rows = rows.filter(state=state)
    name = f"coaching-plans:{person}:{state}"
    return paged(rows, actor, name, cursor, limit, lambda row: showing.plan_listed(actor, row), newest=True)


@question(needs=Right.COACHING_READ, example={"plan": 1})
def show_plan(actor: Actor, plan: PlanId) -> PlanShown:
    """Show a plan: its goal, what could be seen when it began, and its verdict."""
    return showing.plan(actor, access.access_plan(actor, plan))


@question(needs=Right.COACHING_READ, example={"plan": 1})
def foresee(actor: Actor, plan: PlanId) -> ForeseenShown:
    """Tell what a plan could show: the smallest effect that would be found in eight of ten such plans.

    A plan that began has what was told then; of a draft it is computed from the days that are known by now.
    """
    row = access.access_plan(actor, plan)
    kept = showing.plan(actor, row).foreseen
    return kept if kept is not None else _foreseen(measuring.of_plan(row))


@question(needs=Right.COACHING_READ, example={"plan": 1})
def way(actor: Actor, plan: PlanId) -> Way:
    """Show the weeks or days of a plan: the person's usual value and that of the others, before and after its start."""
    row = access.access_plan(actor, plan)
    wanted = measuring.of_plan(row)
    found = measuring.after(wanted)
    assert isinstance(found.answer, Told)
    scale = wanted.goal.scale
    buckets = tuple(
        shapes.BucketShown(one.first, in_unit(one.own, scale), one.n, in_unit(one.others, scale),
                           one.after, one.selected)
        for one in found.answer.buckets if one.first <= found.known_until
    )  # fmt: skip
    unit = wanted.metric.unit
    return Way(row.pk, row.metric, unit, showing.bucket(found.answer.width), buckets, found.publication)


@question(needs=Right.COACHING_WRITE, example={name: one for name, one in _GOAL.items() if name != "goal"})
def preview_plan(
    actor: Actor, person: PersonId, metric: MetricName, smallest_effect: Amount, start: date, follow_up: date,
    selected_on: SelectedOn, selected_from: date | None = None, selected_to: date | None = None,
) -> ForeseenShown:  # fmt: skip
    """Tell what a plan could show, before it is made; nothing is written.

    Parameters
    ----------
    metric
        What is to change, from the catalogue; told by assignee.
    smallest_effect
        The smallest effect worth having: of durations a share of the usual time (0.1: a tenth faster), of shares a
        difference (0.05: five points), else in the metric's unit.
    start, follow_up
        First day of the plan, and the day on which it is looked at.
    selected_on
        How the person was chosen. ``worst_of`` needs the days by which: such a choice improves by itself.
    selected_from, selected_to
        Those days.
    """
    two = pairs.pair(actor, person)
    team = access.team(two.team)
    picked = _picked(selected_on, selected_from, selected_to, start)
    return _foreseen(_wanted(two.person.pk, team, metric, smallest_effect, start, follow_up, selected_on, picked))


@action(needs=Right.COACHING_WRITE, example=_GOAL)
def add_plan(
    actor: Actor, person: PersonId, goal: Sentence, metric: MetricName, smallest_effect: Amount, start: date,
    follow_up: date, selected_on: SelectedOn, selected_from: date | None = None, selected_to: date | None = None,
) -> PlanShown:  # fmt: skip
    """Write down a plan as a draft: a goal bound to a metric, and how the person was chosen.

    Parameters
    ----------
    goal
        What is to be different, in one sentence; for the two of them.
    metric, smallest_effect, start, follow_up, selected_on, selected_from, selected_to
        As in ``coaching.preview_plan``.
    """
    two = pairs.pair(actor, person)
    team = access.team(two.team)
    picked = _picked(selected_on, selected_from, selected_to, start)
    wanted = _wanted(two.person.pk, team, metric, smallest_effect, start, follow_up, selected_on, picked)
    row = deeds.create(
        Plan, lead_id=two.lead, person=two.person, team=team, goal=goal, **_columns(wanted)
    )  # fmt: skip
    return showing.plan(actor, access.access_plan(actor, row.pk))


@action(needs=Right.COACHING_WRITE, example={"plan": 1, "version": 1, "follow_up": "2030-04-01"})
def change_plan(
    actor: Actor, plan: PlanId, version: Version, goal: Sentence | None = None, metric: MetricName | None = None,
    smallest_effect: Amount | None = None, start: date | None = None, follow_up: date | None = None,
    selected_on: SelectedOn | None = None, selected_from: date | None = None, selected_to: date | None = None,
) -> PlanShown:  # fmt: skip
    """Change a draft. Once a plan began its goal stands still: whoever wants another one makes a new plan.

    Parameters
    ----------
    goal, metric, smallest_effect, start, follow_up, selected_on, selected_from, selected_to
        What is to be different; what is left out stays.
    """
    row = _lead_of(actor, plan)
    if row.state != Plan.DRAFT:
        raise Conflict(
            f"the goal of coaching plan {row.pk} stands since it began: a metric chosen afterwards proves nothing",
            "give this one up and make a new plan",
        )
    chosen = selected_on or row.selected_on
    begin = start or row.start
    picked = _picked(chosen, selected_from or row.selected_from, selected_to or row.selected_to, begin)
    wanted = _wanted(
        row.person_id, row.team, metric or row.metric, smallest_effect or row.smallest_effect, begin,
        follow_up or row.follow_up, chosen, picked,
    )  # fmt: skip
    return showing.plan(actor, deeds.change(row, version, goal=goal or row.goal, **_columns(wanted)))


@action(needs=Right.COACHING_WRITE, example={"plan": 1, "version": 1})
def begin_plan(actor: Actor, plan: PlanId, version: Version) -> PlanShown:
    """Begin a plan: what could be seen is kept with it, its goal stands still, and charts show it from its start."""
    row = _lead_of(actor, plan)
    pairs.require_still(row)
    if row.state != Plan.DRAFT:
        raise Conflict(f"coaching plan {row.pk} is {row.state.replace('_', ' ')} already", "make a new plan")
    if row.start < clock.now().date():
        raise _misfit("start", "the start has passed, and a goal chosen afterwards proves nothing: move the start")
    other = access.other_running(row.person_id, row.metric, row.pk)
    if other is not None:
        raise Conflict(f"coaching plan {other.pk} runs for the same person and metric", "conclude it first")
    wanted = measuring.of_plan(row)
    seen = _foreseen(wanted)
    change = _registered(row, wanted, seen)
    changed = deeds.change(
        row, version, state=Plan.RUNNING, begun_at=clock.now(), foreseen=showing.kept(seen),
        publication=seen.publication, intervention=change,
    )  # fmt: skip
    return showing.plan(actor, changed)


@action(needs=Right.COACHING_WRITE, example={"plan": 1, "version": 2, "reason": "another team"})
def give_up_plan(actor: Actor, plan: PlanId, version: Version, reason: Sentence) -> PlanShown:
    """End a plan without a verdict, and say why; both can read it."""
    row = _lead_of(actor, plan)
    if row.state not in (Plan.DRAFT, Plan.RUNNING):
        raise Conflict(f"coaching plan {row.pk} is over", "make a new plan")
    _end(row)
    return showing.plan(actor, deeds.change(row, version, state=Plan.GIVEN_UP, closed_at=clock.now(), why=reason))


@action(needs=Right.COACHING_WRITE, example={"plan": 1, "version": 2})
def conclude_plan(actor: Actor, plan: PlanId, version: Version) -> PlanShown:
    """Judge a plan at its follow-up: worked, did not, or cannot tell, with interval, n and what could have been seen.

    Not before the follow-up: whoever looks early and often finds something by chance.
    """
    row = _lead_of(actor, plan)
    if row.state != Plan.RUNNING:
        raise Conflict(f"coaching plan {row.pk} does not run", "begin it first, or make a new plan")
    wanted = measuring.of_plan(row)
    ready = measuring.last_day(wanted)
    found = measuring.after(wanted)
    if found.known_until < ready - timedelta(days=1):
        raise Conflict(
            f"the follow-up can be judged from {ready.isoformat()} on, and the data end on {found.known_until}",
            "wait until then; looking early finds something by chance",
        )
    judged: VerdictShown = showing.verdict(found)
    _end(row)
    changed = deeds.change(
        row, version, state=Plan.CONCLUDED, closed_at=clock.now(), verdict=judged.verdict, result=showing.kept(judged)
    )
    return showing.plan(actor, changed)


def _lead_of(actor: Actor, plan: int) -> Plan:
    row = access.access_plan(actor, plan, Right.COACHING_WRITE)
    access.require_lead(actor, row)
    return row


def _wanted(
    person: int, team: Team | None, metric: str, smallest: float, start: date, follow_up: date, selected_on: str,
    picked: tuple[date, date] | None,
) -> Wanted:  # fmt: skip
    if follow_up <= start:
        raise _misfit("follow_up", "the follow-up comes after the start: give a later day")
    if follow_up - start > _LONGEST:
        raise _misfit("follow_up", "a plan lasts at most a year: give an earlier day")
    known = goal_metric(metric)
    if known.kind in ("duration", "share") and smallest >= 1:
        raise _misfit("smallest_effect", "this is a share below 1, such as 0.1 for a tenth")
    return Wanted(person, team, known, smallest, start, follow_up, selected_on, picked)


def _picked(selected_on: str, first: date | None, last: date | None, start: date) -> tuple[date, date] | None:
    """The days by which somebody was chosen as one of the worst; of other choices there are none."""
    if selected_on != "worst_of":
        return None
    if first is None or last is None:
        raise _misfit("selected_from", "say of which days they were among the worst: such a time passes by itself")
    if last < first:
        raise _misfit("selected_to", "the last of these days is not before the first: mend one of them")
    if last >= start:
        raise _misfit("selected_to", "they were chosen before the plan: these days end before its start")
    return first, last


def _columns(wanted: Wanted) -> dict[str, Any]:
    first, last = wanted.selected or (None, None)
    return {
        "metric": wanted.metric.id, "direction": str(wanted.metric.direction), "smallest_effect": wanted.smallest,
        "start": wanted.start, "follow_up": wanted.follow_up, "selected_on": wanted.selected_on,
        "selected_from": first, "selected_to": last,
    }  # fmt: skip


def _foreseen(wanted: Wanted) -> ForeseenShown:
    return showing.foreseen(wanted.metric, wanted.smallest, measuring.before(wanted), wanted.goal.scale)


def _registered(row: Plan, wanted: Wanted, seen: ForeseenShown) -> Registered:
    """The plan as an intervention, which charts show and insight judges; the smallest effect in the metric's unit."""
    effect = wanted.smallest * (seen.usual or 0.0) if wanted.goal.scale == "ratio" else wanted.smallest
    period = f"{row.selected_from}..{row.selected_to}" if row.selected_from else ""
    return deeds.create(
        Registered, person=row.person, team=row.team, desk="coaching", kind="coaching", what="a coaching plan",
        units=[f"person:{row.person_id}"], start=_midnight(row.start, row), selected_on=row.selected_on,
        selected_period=period, metric=row.metric, direction="up" if row.direction == "higher" else "down",
        smallest_effect=repr(float(effect)), publication=seen.publication,
    )  # fmt: skip


def _midnight(day: date, row: Plan) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZoneInfo(row.person.time_zone or "UTC"))


def _end(row: Plan) -> None:
    """A change that began ends; one given up before its start keeps no end that lies before it."""
    change = row.intervention
    if change is not None and change.end is None:
        deeds.change(change, None, end=max(clock.now(), change.start + timedelta(seconds=1)))


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
