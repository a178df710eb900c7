"""Whether people, course and days make waves that can be judged; every refusal names the thing and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.desks.training import access as training
from maitred.desks.training import showing as courses
from maitred.desks.training.giving import misfit
from maitred.desks.training.models import Course, WavePlan
from maitred.desks.training.waves import access, showing
from maitred.desks.training.waves.lots import drawn
from maitred.desks.training.waves.measuring import Wanted
from maitred.insight.goals import goal_metric
from maitred.kit.access.actor import Actor
from maitred.people.models import Person, Team


@dataclass(frozen=True, slots=True)
class Chosen:
    """Waves that can be: the course, its people and their teams, and what is measured."""

    course: Course
    people: dict[int, Person]
    teams: dict[int, Team]
    wanted: Wanted


def chosen(
    actor: Actor, course: int, people: Sequence[int], metric: str, smallest: float, start: date, selected_on: str,
    weeks: int, settle: int, waves: int, selected_from: date | None, selected_to: date | None, seed: int,
) -> Chosen:  # fmt: skip
    """Everything about waves that is to be fixed before, checked.

    Raises
    ------
    Invalid, NotFound
        Something does not fit; the refusal names it.
    """
    known = goal_metric(metric)
    if known.kind in ("duration", "share") and smallest >= 1:
        raise misfit("smallest_effect", "this is a share below 1, such as 0.1 for a tenth")
    if settle >= weeks:
        raise misfit("settle", f"the course takes {settle} weeks, and the next wave begins after {weeks}: wait longer")
    picked = _picked(selected_on, selected_from, selected_to, start)
    row = training.access_course(actor, course)
    found = _people(actor, people)
    teams = _teams(found)
    asked = tuple(sorted(found))
    lots = drawn({one: teams[one].pk for one in asked}, waves, seed)
    wanted = Wanted(
        known, smallest, start, weeks, settle, waves, seed, picked, asked, tuple(teams[one].pk for one in asked),
        tuple(lots[one] for one in asked),
    )  # fmt: skip
    _refuse_days(row, wanted)
    _refuse_taught(row, found, wanted)
    return Chosen(row, found, {team.pk: team for team in teams.values()}, wanted)


def refuse_now(actor: Actor, row: WavePlan, wanted: Wanted) -> None:
    """What may have changed since waves were drafted.

    Raises
    ------
    Invalid, NotFound
        Somebody left, moved or was taught meanwhile, or the course or its days do not fit any more.
    """
    found = _people(actor, wanted.people)
    teams = _teams(found)
    for person, team in zip(wanted.people, wanted.teams, strict=True):
        if teams[person].pk != team:
            raise misfit("people", f"{found[person].name} is in another team since the lots were drawn: plan anew")
    _refuse_days(row.course, wanted)
    _refuse_taught(row.course, found, wanted, row.pk)


def _picked(selected_on: str, first: date | None, last: date | None, start: date) -> tuple[date, date] | None:
    if selected_on != "worst_of":
        return None
    if first is None or last is None:
        raise misfit("selected_from", "say of which days they were the worst: such a time passes by itself")
    if last < first:
        raise misfit("selected_to", "the last of these days is not before the first: mend one of them")
    if last >= start:
        raise misfit("selected_to", "they were chosen before the course: these days end before its start")
    return first, last


def _people(actor: Actor, people: Sequence[int]) -> dict[int, Person]:
    asked = list(dict.fromkeys(people))
    if actor.person is not None and actor.person in asked:
        raise misfit("people", "nobody gives a course to themselves: your lead does it")
    found = access.led_people(actor, asked)
    missing = [one for one in asked if one not in found]
    left = access.leavers(actor, missing)
    for one in missing:
        if one in left:
            day = left[one].left_on
            raise misfit("people", f"{left[one].name} left on {day.isoformat() if day else ''}: leave them out")
        raise NotFound(f"there is no person {one} whom you lead", "check the number, or ask who leads them")
    return found


def _teams(people: dict[int, Person]) -> dict[int, Team]:
    """The one team of each, within which lots are drawn."""
    found = access.teams_of(people)
    for key, row in people.items():
        there = found.get(key, [])
        if not there:
            raise misfit("people", f"{row.name} is in no team: give them one, or leave them out")
        if len(there) > 1:
            names = " and ".join(one.name for one in there)
            what = f"{row.name} is in {len(there)} teams, {names}: lots are drawn within one team, so leave them out"
            raise misfit("people", what)
    return {key: there[0] for key, there in found.items()}


def _refuse_days(course: Course, wanted: Wanted) -> None:
    edition = training.published_editions([course.pk]).get(course.pk)
    why = courses.why_not(course, edition)
    if why:
        what, _, remedy = why.partition(": ")
        raise Invalid(what, remedy, ({"field": "course", "message": why, "code": "misfit"},))
    assert course.opens_on is not None
    assert course.closes_on is not None
    if wanted.start < clock.now().date():
        raise misfit("start", "the start has passed, and what is chosen afterwards proves nothing: give a later day")
    if wanted.start < course.opens_on:
        raise misfit("start", f"{course.title} begins on {course.opens_on.isoformat()}: start on that day or later")
    last = showing.due_on(wanted, wanted.starts[-1])
    if last > course.closes_on:
        raise misfit(
            "start",
            f"the last wave takes the course until {last.isoformat()}, and {course.title} ends on "
            f"{course.closes_on.isoformat()}: start earlier, or let it end later",
        )
    if wanted.end - wanted.start > timedelta(weeks=104):
        raise misfit("weeks", "the comparison lasts at most two years: fewer waves, or fewer weeks between them")


def _refuse_taught(course: Course, people: dict[int, Person], wanted: Wanted, but: int | None = None) -> None:
    had = access.had_it(course, people)
    for key in sorted(had, key=lambda one: people[one].name):
        state = "completed" if had[key] == "completed" else "has"
        what = f"{people[key].name} {state} {course.title} already, so there is no before: leave them out"
        raise misfit("people", what)
    for one in access.running_for(people, wanted.metric.id, but):
        what = (
            f"{one.person.name} is in waves of {one.plan.course.title} that are to move the same metric: "
            "wait for their verdict, or leave them out"
        )
        raise misfit("people", what)
