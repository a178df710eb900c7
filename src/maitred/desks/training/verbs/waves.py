"""Courses in waves: what could be seen, before; lots that are kept; whether it changed anything, when it has passed."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid
from maitred.desks.training import access as training
from maitred.desks.training.models import Wave, WaveMember, WavePlan
from maitred.desks.training.waves import access, choosing, measuring, shapes, showing
from maitred.desks.training.waves.measuring import Wanted
from maitred.desks.training.waves.shapes import (
    Amount,
    Count,
    MetricName,
    OtherId,
    People,
    PlanId,
    PowerShown,
    Seed,
    SelectedOn,
    Sentence,
    Settle,
    State,
    WavePlanListed,
    WavePlanShown,
    WavesPreview,
    WavesWay,
    Weeks,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.whose import for_person
from maitred.kit.audit import deeds
from maitred.kit.interventions.models import Registered
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

_PLAN: dict[str, Any] = {
    "course": 1, "people": [7, 9, 11, 13], "metric": "csat.rate@at_solve", "smallest_effect": 0.05,
    "start": "2030-01-07", "selected_on": "other", "weeks": 13, "settle": 2, "waves": 2, "seed": 7,
}  # fmt: skip


@question(needs=Right.TRAINING_LEAD, example={})
def wave_plans(
    actor: Actor, course: OtherId | None = None, state: State | None = None, cursor: Cursor = None, limit: Limit = 50,
) -> Page[WavePlanListed]:  # fmt: skip
    """List courses in waves, the newest first: one's own, and those of which one leads everybody.

    Parameters
    ----------
    course
        Only those of this course.
    state
        Only those in this state.
    """
    rows = access.visible_plans(actor)
    if course is not None:
        rows = rows.filter(course=training.access_course(actor, course))
    if state is not None:
        rows = rows.filter(state=state)
    return paged(rows, actor, f"wave-plans:{course}:{state}", cursor, limit, showing.listed, newest=True)


@question(needs=Right.TRAINING_LEAD, example={"plan": 1})
def show_wave_plan(actor: Actor, plan: PlanId) -> WavePlanShown:
    """Show a course in waves: what was fixed before, who is in which wave, what could be seen, and its verdict."""
    return showing.shown(actor, access.access_plan(actor, plan))


@question(needs=Right.TRAINING_LEAD, example={"plan": 1})
def wave_way(actor: Actor, plan: PlanId) -> WavesWay:
    """Show the weeks of a course in waves: those who began first, and those who wait or stand beside."""
    row = access.access_plan(actor, plan)
    wanted = measuring.of_plan(row)
    return showing.way(row, wanted, measuring.after(wanted, row.width or 7))


@question(needs=Right.TRAINING_LEAD, example=_PLAN)
def preview_waves(
    actor: Actor, course: OtherId, people: People, metric: MetricName, smallest_effect: Amount, start: date,
    selected_on: SelectedOn, weeks: Weeks = 13, settle: Settle = 2, waves: Count = 2,
    selected_from: date | None = None, selected_to: date | None = None, seed: Seed | None = None,
) -> WavesPreview:  # fmt: skip
    """Draw waves and tell what they could show, before anything is written.

    Parameters
    ----------
    course
        A published course with dates; every wave takes it within them.
    people
        Whom, of those whom one leads; each in one team, within which lots are drawn.
    metric, smallest_effect
        What is to change, and the smallest change that matters: of durations a share of the usual time (0.1: a tenth
        faster), of shares a difference (0.05: five points), else in the metric's unit.
    start
        First day of the first wave.
    selected_on
        How the people were chosen. ``worst_of`` needs the days by which: such a choice improves by itself.
    weeks, settle, waves
        Weeks from one start to the next (of a single wave: until the end); in the first ``settle`` of them the course
        is taken, and nothing counts. The last of several waves is the comparison until its own start.
    selected_from, selected_to
        The days by which people were chosen as the worst.
    seed
        Of the lots; the same gives the same waves. Left out: a new one.
    """
    chosen = choosing.chosen(
        actor, course, people, metric, smallest_effect, start, selected_on, weeks, settle, waves, selected_from,
        selected_to, secrets.randbelow(2**31) if seed is None else seed,
    )  # fmt: skip
    wanted = chosen.wanted
    power = showing.power(wanted, measuring.before(wanted))
    names = {key: row.name for key, row in chosen.people.items()}
    return WavesPreview(
        chosen.course.pk, chosen.course.title, showing.waves(wanted, names, chosen.teams), wanted.seed,
        wanted.judged_from, power,
    )  # fmt: skip


@action(needs=Right.TRAINING_LEAD, example=_PLAN)
def plan_waves(
    actor: Actor, course: OtherId, people: People, metric: MetricName, smallest_effect: Amount, start: date,
    selected_on: SelectedOn, seed: Seed, weeks: Weeks = 13, settle: Settle = 2, waves: Count = 2,
    selected_from: date | None = None, selected_to: date | None = None,
) -> WavePlanShown:  # fmt: skip
    """Write down waves as they were previewed, with what they could show; nothing is scheduled yet.

    Parameters
    ----------
    course, people, metric, smallest_effect, start, selected_on, seed, weeks, settle, waves, selected_from, selected_to
        As in ``training.preview_waves``; the seed is the one that it answered.
    """
    if actor.person is None:
        raise Invalid("waves are planned by a person, and you act as none", "sign in and do it there")
    chosen = choosing.chosen(
        actor, course, people, metric, smallest_effect, start, selected_on, weeks, settle, waves, selected_from,
        selected_to, seed,
    )  # fmt: skip
    wanted = chosen.wanted
    power = showing.power(wanted, measuring.before(wanted))
    first, last = wanted.selected or (None, None)
    row = deeds.create(
        WavePlan, course=chosen.course, by_id=actor.person, metric=wanted.metric.id,
        direction=str(wanted.metric.direction), smallest_effect=wanted.smallest, start=start, weeks=weeks,
        settle=settle, count=waves, seed=seed, selected_on=selected_on, selected_from=first, selected_to=last,
        foreseen=shapes.kept(power), publication=power.publication, width=power.days,
    )  # fmt: skip
    for person, team, wave in zip(wanted.people, wanted.teams, wanted.waves, strict=True):
        deeds.create(WaveMember, plan=row, person_id=person, team_id=team, wave=wave)
    return showing.shown(actor, access.access_plan(actor, row.pk))


@action(needs=Right.TRAINING_LEAD, example={"plan": 1, "version": 1})
def schedule_waves(actor: Actor, plan: PlanId, version: Version, knowing: bool = False) -> WavePlanShown:
    """Schedule waves: what is judged stands still, each wave is registered as a change, and gets its course in time.

    Parameters
    ----------
    knowing
        Schedule it although the smallest change that matters most likely cannot be seen.
    """
    row = _own(actor, plan)
    if row.state != WavePlan.DRAFT:
        raise Conflict(f"wave plan {row.pk} is {row.state.replace('_', ' ')} already", "make a new plan")
    wanted = measuring.of_plan(row)
    choosing.refuse_now(actor, row, wanted)
    power = showing.power(wanted, measuring.before(wanted))
    if not power.seen and not knowing:
        raise Conflict(_unseen(power, wanted), "more people, more weeks, or schedule it knowing that")
    for number, start in enumerate(wanted.starts, start=1):
        change = _registered(actor, row, wanted, number, start, power)
        deeds.create(Wave, plan=row, number=number, start=start, intervention=change)
    changed = deeds.change(
        row, version, state=WavePlan.RUNNING, scheduled_at=clock.now(), knowing=not power.seen, width=power.days,
        foreseen=shapes.kept(power), publication=power.publication,
    )  # fmt: skip
    return showing.shown(actor, changed)


@action(needs=Right.TRAINING_LEAD, example={"plan": 1, "version": 2, "reason": "the product changed"})
def give_up_waves(actor: Actor, plan: PlanId, version: Version, reason: Sentence) -> WavePlanShown:
    """End waves without a verdict, and say why; waves that have not begun get no course any more."""
    row = _own(actor, plan)
    if row.state not in (WavePlan.DRAFT, WavePlan.RUNNING):
        raise Conflict(f"wave plan {row.pk} is over", "make a new plan")
    _end(row)
    return showing.shown(
        actor, deeds.change(row, version, state=WavePlan.GIVEN_UP, closed_at=clock.now(), why=reason)
    )  # fmt: skip


@action(needs=Right.TRAINING_LEAD, example={"plan": 1, "version": 2})
def judge_waves(actor: Actor, plan: PlanId, version: Version) -> WavePlanShown:
    """Judge a course once its weeks have passed: improved, worse, no real change, or cannot tell.

    Not before: whoever looks early and often finds something by chance. The verdict is kept with its publication and
    the version of the metric, and never changes.
    """
    row = _own(actor, plan)
    if row.state != WavePlan.RUNNING:
        raise Conflict(f"wave plan {row.pk} does not run", "schedule it first, or make a new plan")
    wanted = measuring.of_plan(row)
    found = measuring.after(wanted, row.width or 7)
    if found.known_until < wanted.judged_from - timedelta(days=1):
        raise Conflict(
            f"the course can be judged from {wanted.judged_from.isoformat()} on, and the data end on "
            f"{found.known_until.isoformat()}",
            "wait until then; looking early finds something by chance",
        )
    told = showing.result(wanted, found)
    _end(row)
    changed = deeds.change(
        row, version, state=WavePlan.CONCLUDED, closed_at=clock.now(), verdict=told.verdict, result=shapes.kept(told)
    )
    return showing.shown(actor, changed)


def _own(actor: Actor, plan: int) -> WavePlan:
    row = access.access_plan(actor, plan)
    if actor.person is None or actor.person != row.by_id:
        raise Denied(f"{row.by.name} planned these waves and decides this", "ask them, or plan waves of your own")
    return row


def _unseen(power: PowerShown, wanted: Wanted) -> str:
    people = len(wanted.people)
    if power.smallest_seen is None:
        return f"what these {people} people and {power.weeks} weeks show cannot be told from chance"
    return (
        f"with {people} people and {power.weeks} weeks only a change of {power.smallest_seen:.3g} or more would be "
        f"seen; the {wanted.smallest:.3g} that matters most likely cannot"
    )


def _registered(
    actor: Actor, row: WavePlan, wanted: Wanted, number: int, start: date, power: PowerShown
) -> Registered:  # fmt: skip
    """A wave as an intervention; the smallest effect in the metric's unit."""
    owner, team = for_person(actor, Right.INTERVENTIONS_WRITE, None)
    effect = wanted.smallest * (power.usual or 0.0) if wanted.scale == "ratio" else wanted.smallest
    period = f"{row.selected_from}..{row.selected_to}" if row.selected_from else ""
    inside = [one for one, wave in zip(wanted.people, wanted.waves, strict=True) if wave == number]
    return deeds.create(
        Registered, person_id=owner, team_id=team, desk="training", kind="course",
        what=f"{row.course.title}, wave {number} of {row.count}", units=[f"person:{one}" for one in inside],
        start=datetime.combine(start, time(), UTC), wave=number, selected_on=row.selected_on, selected_period=period,
        metric=row.metric, direction="up" if row.direction == "higher" else "down", smallest_effect=repr(float(effect)),
        publication=power.publication,
    )  # fmt: skip


def _end(row: WavePlan) -> None:
    """A change that began ends; one given up before its start keeps no end that lies before it."""
    for wave in access.waves_of(row):
        change = wave.intervention
        if change.end is None:
            deeds.change(change, None, end=max(clock.now(), change.start + timedelta(seconds=1)))
